// Idea: a follower copies records into a store, and each batch takes the positions after it along,
// so that what is stored always names where it stands. Whatever is doubtful about the store
// (damage, another topic, positions the topic no longer has, too long away to have seen every
// deletion) means: empty it and read again from the beginning.
//
//   kState  <subject hex>/<study>   event id, type, time, data
//   kMeta   topic                   the topic's name and partition count
//           position/<partition>    decimal: the next offset to read
//           seen                    decimal: wall clock of the last batch, microseconds
#include "streams/kafka/read_model.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "matcher/store/store.h"
#include "ops/base/bytes.h"
#include "ops/base/json.h"
#include "ops/base/log.h"
#include "streams/kafka/consumer.h"
#include "streams/kafka/topics.h"

namespace medverka::streams {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;
using matcher::Room;

constexpr int kPollMs = 100;  // and so how long a stop may take
constexpr int kNoRoomMs = 1'000;
constexpr int kGatherMs = 5;  // silence that ends a batch
constexpr int kWatermarksMs = 5'000;
constexpr std::size_t kBatchRecords = 2'000;
constexpr std::size_t kSubjectDigits = 34;  // key id and 16 bytes, in hex
constexpr std::size_t kStudyBytesMax = 200;
// Half of the time that tombstones are kept: nobody's clock is that wrong.
constexpr std::int64_t kAwayMaxUs = kTombstonesKeptMs / 2 * 1'000;
constexpr std::int64_t kMarkSeenUs = base::kMicrosPerHour;
constexpr std::string_view kTopicRow = "topic";
constexpr std::string_view kSeenRow = "seen";
constexpr std::string_view kPositionPrefix = "position/";

std::int64_t WallUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::optional<std::int64_t> ReadNumber(const std::optional<std::string>& text) {
  if (!text.has_value()) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failed != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return number;
}

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsKey(std::string_view key) {
  return key.size() > kSubjectDigits + 1 && key.size() <= kSubjectDigits + 1 + kStudyBytesMax &&
         IsHex(key.substr(0, kSubjectDigits)) && key[kSubjectDigits] == '/';
}

std::string Header(const KafkaRecordView& record, std::string_view name) {
  for (const auto& [header, value] : record.headers) {
    if (header == name && value.has_value()) return std::string(*value);
  }
  return "";
}

std::string Encode(const KafkaRecordView& record) {
  base::ByteWriter out;
  out.String(Header(record, "ce_id"));
  out.String(Header(record, "ce_type"));
  out.String(Header(record, "ce_time"));
  out.String(*record.value);
  return out.Take();
}

Result<StoredSuggestion> Decode(std::string_view bytes) {
  base::ByteReader in(bytes);
  StoredSuggestion stored;
  stored.event_id = in.String();
  stored.event_type = in.String();
  stored.time = in.String();
  stored.data = in.String();
  if (!in.ok() || !in.at_end()) {
    return Fail(ErrorCode::kCorruption, "a row of the suggestions does not read back");
  }
  return stored;
}

class Model final : public ReadModel {
 public:
  explicit Model(ReadModelOptions options, Measures& measures)
      : options_(std::move(options)),
        lag_(measures.GaugeOf("read_model_lag_records")),
        positions_(static_cast<std::size_t>(options_.partitions), kFromBeginning),
        targets_(positions_.size(), -1) {}

  // A full disk is no failure here: Run goes on trying.
  Result<void> OpenStore() {
    const auto opened = Reopen();
    if (opened.has_value() || opened.error().code != ErrorCode::kExhausted) return opened;
    GiveUpStore(opened.error());
    return {};
  }

  Result<void> Run(const std::function<bool()>& stop) override {
    while (!stop()) {
      const auto worked = store_ == nullptr ? Reopen() : Follow(stop);
      if (worked.has_value()) {
        SayRoom();
        continue;
      }
      const ErrorCode code = worked.error().code;
      const bool doubtful =
          code == ErrorCode::kNotFound || code == ErrorCode::kCorruption || code == ErrorCode::kIo;
      if (code == ErrorCode::kExhausted) {
        GiveUpStore(worked.error());
      } else if (doubtful) {
        base::Log(base::LogLevel::kWarning,
                  "the suggestions are read again from the beginning: " + worked.error().message);
        begin_anew_ = true;
        const std::unique_lock lock(mutex_);
        store_.reset();
      } else if (code != ErrorCode::kUnavailable) {
        return worked;
      }
      Wait(code == ErrorCode::kExhausted ? kNoRoomMs : kPollMs, stop);
    }
    return {};
  }

  Result<std::vector<StoredSuggestion>> Of(std::string_view subject) const override {
    std::vector<StoredSuggestion> found;
    if (subject.size() != kSubjectDigits || !IsHex(subject)) return found;
    const std::shared_lock lock(mutex_);
    if (store_ == nullptr) return Fail(ErrorCode::kUnavailable, "the suggestions have no store");
    Result<void> decoded;
    MEDVERKA_TRY(store_->Scan(Room::kState, std::string(subject) + "/",
                              [&](std::string_view, std::string_view value) {
                                auto one = Decode(value);
                                if (one.has_value()) {
                                  found.push_back(std::move(*one));
                                } else {
                                  decoded = tl::unexpected(one.error());
                                }
                                return one.has_value();
                              }));
    MEDVERKA_TRY(decoded);
    return found;
  }

  bool caught_up() const override { return caught_up_; }

  std::vector<std::int64_t> positions() const override {
    const std::scoped_lock lock(positions_mutex_);
    std::vector<std::int64_t> positions = positions_;
    for (std::int64_t& position : positions) position = std::max<std::int64_t>(position, 0);
    return positions;
  }

 private:
  static void Wait(int milliseconds, const std::function<bool()>& stop) {
    for (; milliseconds > 0 && !stop(); milliseconds -= kPollMs) {
      std::this_thread::sleep_for(std::chrono::milliseconds(kPollMs));
    }
  }

  Result<void> Reopen() {
    const std::unique_lock lock(mutex_);
    if (begin_anew_) return StartAnew();
    auto opened = OpenHere();
    if (!opened.has_value() && opened.error().code == ErrorCode::kCorruption) {
      base::Log(base::LogLevel::kWarning,
                "the store of the suggestions is damaged; it is emptied and read again");
      return StartAnew();
    }
    if (!opened.has_value()) return opened;
    MEDVERKA_ASSIGN(const bool usable, TakePositions());
    if (usable) return {};
    base::Log(base::LogLevel::kInfo, "the suggestions are read from the beginning");
    return StartAnew();
  }

  // What is stored stays; it is opened again when there is room. Not caught up until then, since
  // what comes meanwhile is not seen.
  void GiveUpStore(const base::Error& why) {
    const std::unique_lock lock(mutex_);
    store_.reset();
    caught_up_ = false;
    if (std::exchange(no_room_, true)) return;
    base::Log(base::LogLevel::kError,
              "the suggestions cannot be followed, and are when there is room",
              {{"reason", why.message}});
  }
  void SayRoom() {
    if (store_ == nullptr || !std::exchange(no_room_, false)) return;
    base::Log(base::LogLevel::kInfo, "there is room again; the suggestions are followed");
  }

  // Under mutex_, here and in the next two.
  Result<void> OpenHere() {
    matcher::RocksDbOptions options;
    // The topic brings back what the machine lost.
    options.sync = false;
    store_.reset();
    MEDVERKA_ASSIGN(store_, matcher::OpenRocksDbStore(options_.directory, options));
    return {};
  }

  std::string TopicRow() const { return fmt::format("{} {}", options_.topic, options_.partitions); }

  // False: what is stored is not this topic's, or too long ago.
  Result<bool> TakePositions() {
    MEDVERKA_ASSIGN(const auto topic, store_->Get(Room::kMeta, kTopicRow));
    MEDVERKA_ASSIGN(const auto seen, store_->Get(Room::kMeta, kSeenRow));
    const std::int64_t away_us = WallUs() - ReadNumber(seen).value_or(0);
    if (topic != TopicRow() || away_us > kAwayMaxUs) return false;
    const std::scoped_lock lock(positions_mutex_);
    for (std::size_t p = 0; p < positions_.size(); ++p) {
      MEDVERKA_ASSIGN(const auto position,
                      store_->Get(Room::kMeta, fmt::format("{}{}", kPositionPrefix, p)));
      positions_[p] = ReadNumber(position).value_or(kFromBeginning);
    }
    return true;
  }

  Result<void> StartAnew() {
    caught_up_ = false;
    begin_anew_ = true;  // till it is done
    store_.reset();
    MEDVERKA_TRY(matcher::WipeStoreDirectory(options_.directory));
    MEDVERKA_TRY(OpenHere());
    store_->Put(Room::kMeta, kTopicRow, TopicRow());
    store_->Put(Room::kMeta, kSeenRow, std::to_string(WallUs()));
    MEDVERKA_TRY(store_->Commit());
    begin_anew_ = false;
    const std::scoped_lock lock(positions_mutex_);
    std::fill(positions_.begin(), positions_.end(), kFromBeginning);
    return {};
  }

  TopicPartition Place(std::size_t partition) const {
    return {options_.topic, static_cast<std::int32_t>(partition)};
  }

  // Until the stop, or an error that Run judges.
  Result<void> Follow(const std::function<bool()>& stop) {
    MEDVERKA_ASSIGN(const auto reader, PartitionReader::Open(options_.kafka, true));
    std::map<TopicPartition, std::int64_t> from;
    for (std::size_t p = 0; p < positions_.size(); ++p) from[Place(p)] = positions_[p];
    MEDVERKA_TRY(reader->Assign(from));
    std::fill(targets_.begin(), targets_.end(), -1);
    while (!stop()) {
      MEDVERKA_TRY(TakeBatch(*reader));
      if (!caught_up_) MEDVERKA_TRY(LookWhetherCaughtUp(*reader));
      TellLag(*reader);
    }
    return {};
  }

  Result<void> TakeBatch(PartitionReader& reader) {
    MEDVERKA_ASSIGN(const KafkaRecordView* record, reader.NextView(kPollMs));
    std::size_t count = 0;
    while (record != nullptr) {
      Take(*record);
      if (++count == kBatchRecords) break;
      auto next = reader.NextView(kGatherMs);
      // What was taken so far is committed; the next poll tells the error again, or it is over.
      if (!next.has_value()) break;
      record = *next;
    }
    std::vector<std::int64_t> positions;
    for (std::size_t p = 0; p < positions_.size(); ++p) {
      MEDVERKA_ASSIGN(const std::int64_t position, reader.Position(Place(p)));
      positions.push_back(position);
    }
    const std::int64_t now = WallUs();
    if (positions == positions_ && now - marked_us_ < kMarkSeenUs) return {};
    marked_us_ = now;
    for (std::size_t p = 0; p < positions.size(); ++p) {
      if (positions[p] < 0) continue;
      store_->Put(Room::kMeta, fmt::format("{}{}", kPositionPrefix, p),
                  std::to_string(positions[p]));
    }
    store_->Put(Room::kMeta, kSeenRow, std::to_string(now));
    MEDVERKA_TRY(store_->Commit());
    const std::scoped_lock lock(positions_mutex_);
    positions_ = std::move(positions);
    return {};
  }

  void Take(const KafkaRecordView& record) {
    if (!record.key.has_value() || !IsKey(*record.key)) {
      PassOver(record);
      return;
    }
    if (!record.value.has_value()) {
      store_->Delete(Room::kState, *record.key);
    } else if (base::ParseJson(*record.value).has_value()) {
      store_->Put(Room::kState, *record.key, Encode(record));
    } else {
      PassOver(record);
    }
  }

  static void PassOver(const KafkaRecordView& record) {
    base::Log(base::LogLevel::kWarning, "a record of the suggestions is none of Medverka's",
              {{"partition", std::int64_t{record.partition}}, {"offset", record.offset}});
  }

  // Against the ends as they were when the following began.
  Result<void> LookWhetherCaughtUp(PartitionReader& reader) {
    bool all = true;
    for (std::size_t p = 0; p < targets_.size(); ++p) {
      if (targets_[p] < 0) {
        MEDVERKA_ASSIGN(const Watermarks marks, reader.WatermarksOf(Place(p), kWatermarksMs));
        targets_[p] = marks.high > marks.low ? marks.high : 0;  // 0: nothing to be read
      }
      all = all && std::max<std::int64_t>(positions_[p], 0) >= targets_[p];
    }
    if (all) caught_up_ = true;
    return {};
  }

  void TellLag(const PartitionReader& reader) {
    std::int64_t lag = 0;
    for (std::size_t p = 0; p < positions_.size(); ++p) {
      const auto end = reader.KnownEnd(Place(p));
      if (end.has_value() && positions_[p] >= 0) {
        lag += std::max<std::int64_t>(*end - positions_[p], 0);
      }
    }
    lag_.Set(static_cast<double>(lag));
  }

  const ReadModelOptions options_;
  Gauge& lag_;
  // The store itself may be read while the follower writes; the lock is for its being replaced.
  mutable std::shared_mutex mutex_;
  std::unique_ptr<matcher::Store> store_;
  mutable std::mutex positions_mutex_;  // the follower alone writes, and so reads without it
  std::vector<std::int64_t> positions_;
  std::vector<std::int64_t> targets_;  // -1: not asked for yet
  std::int64_t marked_us_ = 0;
  bool begin_anew_ = false, no_room_ = false;  // the follower's
  std::atomic<bool> caught_up_ = false;
};

}  // namespace

Result<std::unique_ptr<ReadModel>> ReadModel::Open(ReadModelOptions options, Measures& measures) {
  auto model = std::make_unique<Model>(std::move(options), measures);
  MEDVERKA_TRY(model->OpenStore());
  return std::unique_ptr<ReadModel>(std::move(model));
}

}  // namespace medverka::streams
