#include "streams/kafka/consumer.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "ops/base/log.h"
#include "streams/kafka/ends_watch.h"
#include "streams/kafka/handles.h"
#include "streams/kafka/partition_reader.h"

namespace medverka::streams {

using base::ErrorCode;
using base::Fail;
using base::Result;

KafkaRecord KafkaRecordView::Copy() const {
  KafkaRecord copy;
  copy.topic = topic;
  copy.partition = partition;
  copy.offset = offset;
  copy.timestamp = timestamp;
  if (key) copy.key.emplace(*key);
  if (value) copy.value.emplace(*value);
  copy.headers.reserve(headers.size());
  for (const auto& [name, text] : headers) {
    copy.headers.emplace_back(std::string(name),
                              text ? std::optional<std::string>(*text) : std::nullopt);
  }
  return copy;
}

namespace internal {
namespace {

constexpr std::int64_t kMicrosPerMs = 1000;
// A question waits behind the fetch under way (fetch.wait.max.ms), so less is not worth asking.
constexpr int kQueryTimeoutMinMs = 1'000;
constexpr int kAskAgainMs = 20;  // of a partition without a leader
constexpr int kMeetTimeoutMs = 1'000;
constexpr int kLooks = 10;  // within the time after which a client counts as stuck

// A partition that was just made, or whose broker was lost, has no leader for a moment.
bool IsSettling(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
         error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
}

class Reader final : public PartitionReader {
 public:
  // librdkafka keeps a pointer to events_, so the reader stays where it is.
  static Result<std::unique_ptr<PartitionReader>> Open(const KafkaProperties& properties,
                                                       const ReaderOptions& options) {
    auto reader = std::unique_ptr<Reader>(new Reader(properties, options));
    MEDVERKA_ASSIGN(reader->handle_, reader->MakeClient());
    return std::unique_ptr<PartitionReader>(std::move(reader));
  }

  ~Reader() override { Destroy(); }

  Result<void> Assign(const std::map<TopicPartition, std::int64_t>& from) override {
    MEDVERKA_TRY(GiveToClient(from));
    next_ = from;
    last_topic_ = nullptr;
    looks_.clear();
    return {};
  }

  Result<std::optional<KafkaRecord>> Next(int timeout_ms) override {
    MEDVERKA_ASSIGN(const KafkaRecordView* view, NextView(timeout_ms));
    if (view == nullptr) return std::nullopt;
    return view->Copy();
  }

  Result<const KafkaRecordView*> NextView(int timeout_ms) override {
    MEDVERKA_TRY(RenewWhenDue());
    message_.reset(rd_kafka_consumer_poll(handle_.get(), timeout_ms));
    while (message_ != nullptr) {
      if (message_->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (Show(*message_)) return &view_;
      } else if (message_->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        MoveTo(*message_, message_->offset);
      } else {
        base::Error error = ToError(message_->err, WhileReading(*message_));
        if (error.code == ErrorCode::kUnavailable) {
          base::Log(base::LogLevel::kWarning, "a partition cannot be read now",
                    {{"client", options_.client}, {"error", error.message}});
        }
        return tl::unexpected(std::move(error));
      }
      message_.reset(rd_kafka_consumer_poll(handle_.get(), 0));
    }
    const rd_kafka_resp_err_t failed = events_.failed.exchange(RD_KAFKA_RESP_ERR_NO_ERROR);
    if (failed == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || IsRefusal(failed)) {
      return tl::unexpected(ToError(failed, "The brokers cannot be reached"));
    }
    if (MonotonicUs() >= look_at_us_) LookAround();
    return nullptr;
  }

  Result<std::int64_t> Position(const TopicPartition& place) override {
    const auto next = next_.find(place);
    if (next == next_.end()) {
      return Fail(ErrorCode::kInvalidArgument, "{}[{}] is not assigned to this reader.",
                  place.topic, place.partition);
    }
    return std::max<std::int64_t>(next->second, 0);
  }

  Result<Watermarks> WatermarksOf(const TopicPartition& place, int timeout_ms) override {
    MEDVERKA_TRY(RenewWhenDue());
    return AskEnds(place, timeout_ms);
  }

  std::optional<std::int64_t> KnownEnd(const TopicPartition& place) const override {
    std::int64_t low = 0;
    std::int64_t high = 0;
    const rd_kafka_resp_err_t error = rd_kafka_get_watermark_offsets(
        handle_.get(), place.topic.c_str(), place.partition, &low, &high);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR || high < 0) return std::nullopt;
    return high;
  }

  Result<std::map<std::string, std::int64_t>> AskStableOffsets(
      const std::vector<std::string>& topics, std::int32_t partition, int timeout_ms) {
    MEDVERKA_TRY(RenewWhenDue());
    const CallOut out(options_.call_began_us);
    const std::int64_t began = MonotonicUs();
    PartitionList list = MakeList(topics.size());
    for (const std::string& topic : topics) {
      rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
    }
    rd_kafka_resp_err_t error = rd_kafka_committed(handle_.get(), list.get(), timeout_ms);
    std::map<std::string, std::int64_t> offsets;
    for (int i = 0; error == RD_KAFKA_RESP_ERR_NO_ERROR && i < list->cnt; ++i) {
      const rd_kafka_topic_partition_t& one = list->elems[i];
      error = one.err;
      if (one.offset >= 0) offsets.emplace(one.topic, one.offset);
    }
    Heard(error, began);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return offsets;
    return tl::unexpected(ToError(error, "The committed offsets cannot be asked for"));
  }

 private:
  // What is known of a partition that gives nothing.
  struct Look {
    std::int64_t position = 0;
    std::int64_t since_us = 0;         // monotonic: it stands there since then
    std::int64_t behind_since_us = 0;  // its end is known to be further since then; 0: it is not
  };

  Reader(KafkaProperties properties, ReaderOptions options)
      : properties_(std::move(properties)), options_(std::move(options)) {
    events_.watch = options_.watch;
    events_.measures = options_.measures;
    events_.client = options_.client;
    ends_ = options_.ends;
  }

  Result<Handle> MakeClient() {
    Settings settings = ConsumerSettings(options_.read_committed);
    // Assigned by hand it joins no group, but the library wants one; a real one where its stable
    // offsets are asked for.
    settings.emplace_back("group.id", options_.group.empty() ? "medverka-reader" : options_.group);
    // How a position gets over the control records behind the last record.
    settings.emplace_back("enable.partition.eof", "true");
    if (options_.fetch_wait_ms > 0) {
      settings.emplace_back("fetch.wait.max.ms", fmt::format("{}", options_.fetch_wait_ms));
    }
    if (options_.queue_bytes > 0) {
      settings.emplace_back(
          "queued.max.messages.kbytes",
          fmt::format("{}", std::max<std::uint64_t>(1, options_.queue_bytes / 1024)));
    }
    MEDVERKA_ASSIGN(Conf conf, MakeConf(properties_, settings, events_));
    MEDVERKA_ASSIGN(Handle handle, MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)));
    rd_kafka_poll_set_consumer(handle.get());
    look_at_us_ = MonotonicUs() + options_.stuck_us / kLooks;
    unanswered_since_us_ = 0;
    return handle;
  }

  void Destroy() {
    const CallOut out(options_.call_began_us);
    message_.reset();
    topics_.clear();
    // Assigned by hand there is no group to leave: closing would only wait.
    if (handle_ == nullptr) return;  // never opened
    rd_kafka_destroy_flags(handle_.release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }

  Result<void> GiveToClient(const std::map<TopicPartition, std::int64_t>& from) {
    MeetTopics(from);
    PartitionList list = MakeList(from.size());
    for (const auto& [place, offset] : from) {
      rd_kafka_topic_partition_list_add(list.get(), place.topic.c_str(), place.partition)->offset =
          offset;
    }
    const rd_kafka_resp_err_t error = rd_kafka_assign(handle_.get(), list.get());
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return tl::unexpected(ToError(error, "Partitions cannot be assigned"));
  }

  // The library begins to read at once where it knows the leaders; else it asks every half second.
  void MeetTopics(const std::map<TopicPartition, std::int64_t>& from) {
    const CallOut out(options_.call_began_us);
    topics_.clear();
    const std::string* before = nullptr;
    for (const auto& [place, offset] : from) {
      if (before != nullptr && *before == place.topic) continue;
      before = &place.topic;
      topics_.emplace_back(rd_kafka_topic_new(handle_.get(), place.topic.c_str(), nullptr));
    }
    const rd_kafka_metadata_t* metadata = nullptr;
    // Nobody there: reading tells.
    if (rd_kafka_metadata(handle_.get(), 0, nullptr, &metadata, kMeetTimeoutMs) ==
        RD_KAFKA_RESP_ERR_NO_ERROR) {
      rd_kafka_metadata_destroy(metadata);
    }
  }

  Result<Watermarks> AskEnds(const TopicPartition& place, int timeout_ms) {
    Watermarks marks;
    for (auto [offset, kind] : {std::pair{&marks.high, RD_KAFKA_OFFSET_END},
                                std::pair{&marks.low, RD_KAFKA_OFFSET_BEGINNING}}) {
      MEDVERKA_ASSIGN(*offset, AskEnd(place, kind, timeout_ms));
    }
    return marks;
  }

  // As an offset by time: the protocol has the two ends as times of their own. The call that is
  // meant for it, rd_kafka_query_watermark_offsets, does not keep to its timeout when a request is
  // under way, and waits for three times socket.timeout.ms then.
  Result<std::int64_t> AskEnd(const TopicPartition& place, std::int64_t kind, int timeout_ms) {
    const CallOut out(options_.call_began_us);
    const std::int64_t began = MonotonicUs();
    const std::int64_t deadline = began + timeout_ms * kMicrosPerMs;
    const PartitionList list = MakeList(1);
    rd_kafka_topic_partition_t& one =
        *rd_kafka_topic_partition_list_add(list.get(), place.topic.c_str(), place.partition);
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
    while (true) {
      one.offset = kind;
      one.err = RD_KAFKA_RESP_ERR_NO_ERROR;
      error = rd_kafka_offsets_for_times(handle_.get(), list.get(),
                                         std::max(timeout_ms, kQueryTimeoutMinMs));
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = one.err;
      if (!IsSettling(error) || MonotonicUs() > deadline) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(kAskAgainMs));
    }
    Heard(error, began);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return one.offset;
    return tl::unexpected(ToError(error, fmt::format("The ends of {}[{}] cannot be asked for",
                                                     place.topic, place.partition)));
  }

  // What became of a question that was asked at `began`.
  void Heard(rd_kafka_resp_err_t error, std::int64_t began) {
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR || IsRefusal(error) ||
        ToError(error, "").code != ErrorCode::kUnavailable) {
      unanswered_since_us_ = 0;
      return;
    }
    if (unanswered_since_us_ == 0) unanswered_since_us_ = began;
    if (MonotonicUs() - unanswered_since_us_ >= options_.stuck_us) stuck_ = "it gets no answers";
  }

  // Whether what gives nothing has nothing. In silence only: what waits in the queue behind others'
  // records is not missing.
  void LookAround() {
    const std::int64_t now = MonotonicUs();
    look_at_us_ = now + options_.stuck_us / kLooks;
    if (ends_ == nullptr) ends_ = std::make_shared<EndsWatch>(properties_, options_.stuck_us / 2);
    for (const auto& [place, position] : next_) {
      Look& look = looks_[place];
      if (look.since_us == 0 || look.position != position) {
        look = {position, now, 0};
        continue;
      }
      const auto marks = ends_->Since(place, look.since_us);
      if (!marks.has_value()) continue;
      if (std::max(position, marks->low) >= marks->high) {
        look.behind_since_us = 0;
      } else if (look.behind_since_us == 0) {
        look.behind_since_us = now;
      } else if (now - look.behind_since_us >= options_.stuck_us) {
        stuck_ = "it reads nothing where there is more";
      }
    }
  }

  Result<void> RenewWhenDue() {
    if (stuck_ == nullptr) return {};
    // All clients have the same trouble while no broker can be reached, and that is told once.
    const bool alone = options_.watch != nullptr && options_.watch->reachable();
    base::Log(alone ? base::LogLevel::kWarning : base::LogLevel::kDebug,
              "a Kafka client is stuck; a new one goes on in its place",
              {{"client", options_.client}, {"reason", std::string(stuck_)}});
    MEDVERKA_ASSIGN(Handle fresh, MakeClient());
    Destroy();
    handle_ = std::move(fresh);
    stuck_ = nullptr;
    last_topic_ = nullptr;
    looks_.clear();
    events_.failed.store(RD_KAFKA_RESP_ERR_NO_ERROR);
    return next_.empty() ? Result<void>() : GiveToClient(next_);
  }

  // False: a record that lies before the one that is due. Some paths of the library read again what
  // was read before; a reader moves forward only.
  bool Show(const rd_kafka_message_t& message) {
    if (!MoveTo(message, message.offset + 1)) return false;
    view_.topic = last_->first.topic;
    view_.partition = message.partition;
    view_.offset = message.offset;
    rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const std::int64_t stamp_ms = rd_kafka_message_timestamp(&message, &kind);
    view_.timestamp.reset();
    if (kind != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE && stamp_ms >= 0) {
      view_.timestamp = base::Instant{stamp_ms * kMicrosPerMs};
    }
    view_.key.reset();
    if (message.key != nullptr) {
      view_.key.emplace(static_cast<const char*>(message.key), message.key_len);
    }
    view_.value.reset();
    if (message.payload != nullptr) {
      view_.value.emplace(static_cast<const char*>(message.payload), message.len);
    }
    ShowHeaders(message);
    return true;
  }

  // False: it has been passed already.
  bool MoveTo(const rd_kafka_message_t& message, std::int64_t next) {
    // One partition follows itself mostly, so its name and place are looked up once.
    if (message.rkt != last_topic_ || message.partition != last_partition_) {
      last_topic_ = message.rkt;
      last_partition_ = message.partition;
      const TopicPartition place{rd_kafka_topic_name(message.rkt), message.partition};
      last_ = &*next_.try_emplace(place, 0).first;
    }
    if (next <= last_->second) return false;
    last_->second = next;
    return true;
  }

  void ShowHeaders(const rd_kafka_message_t& message) {
    view_.headers.clear();
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0;
         rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i) {
      std::optional<std::string_view> text;
      if (value != nullptr) text.emplace(static_cast<const char*>(value), size);
      view_.headers.emplace_back(name, text);
    }
  }

  static std::string WhileReading(const rd_kafka_message_t& message) {
    if (message.rkt == nullptr) return "Reading failed";
    return fmt::format("Reading {}[{}] failed", rd_kafka_topic_name(message.rkt),
                       message.partition);
  }

  const KafkaProperties properties_;
  const ReaderOptions options_;
  ClientEvents events_;
  Handle handle_;
  std::vector<Topic> topics_;  // of the handle
  Message message_;
  KafkaRecordView view_;
  std::map<TopicPartition, std::int64_t> next_;  // the offset below which nothing is due any more
  const rd_kafka_topic_t* last_topic_ = nullptr;
  std::int32_t last_partition_ = -1;
  std::pair<const TopicPartition, std::int64_t>* last_ = nullptr;
  // Whether the client still does its work.
  const char* stuck_ = nullptr;  // why the next call makes a new one
  std::shared_ptr<EndsWatch> ends_;
  std::map<TopicPartition, Look> looks_;
  std::int64_t look_at_us_ = 0;
  std::int64_t unanswered_since_us_ = 0;  // 0: the last question was answered
};

}  // namespace

Result<std::unique_ptr<PartitionReader>> OpenReader(const KafkaProperties& properties,
                                                    const ReaderOptions& options) {
  return Reader::Open(properties, options);
}

Result<std::map<std::string, std::int64_t>> StableOffsets(PartitionReader& reader,
                                                          const std::vector<std::string>& topics,
                                                          std::int32_t partition, int timeout_ms) {
  auto* const own = dynamic_cast<Reader*>(&reader);
  if (own == nullptr) {
    return Fail(ErrorCode::kInvalidArgument, "This reader has no group to ask for offsets.");
  }
  return own->AskStableOffsets(topics, partition, timeout_ms);
}

}  // namespace internal

namespace {

// Questions wait behind a fetch that waits for records; readers of this kind ask much.
constexpr int kFetchWaitMs = 100;

}  // namespace

Result<std::unique_ptr<PartitionReader>> PartitionReader::Open(const KafkaProperties& properties,
                                                               bool read_committed) {
  internal::ReaderOptions options;
  options.read_committed = read_committed;
  options.fetch_wait_ms = kFetchWaitMs;
  return internal::OpenReader(properties, options);
}

}  // namespace medverka::streams
