#include "streams/kafka/recovery.h"

#include <charconv>
#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "matcher/store/changelog.h"
#include "ops/base/json.h"
#include "ops/base/log.h"
#include "streams/kafka/dead_letters.h"
#include "streams/kafka/fault_points.h"
#include "streams/kafka/partition_reader.h"
#include "streams/kafka/restore.h"

namespace medverka::streams::internal {
namespace {

using base::ErrorCode;
using base::Log;
using base::LogLevel;
using base::Result;
using matcher::Room;

constexpr int kCallTimeoutMs = 10'000;
constexpr int kReadTimeoutMs = 200;
// So that the end is noticed at once.
constexpr int kFetchWaitMs = 10;
constexpr std::chrono::milliseconds kPause{200};

tl::unexpected<LaneFault> Stopping() {
  return tl::unexpected(LaneFault{LaneRemedy::kRecover, "the lane is asked to stop"});
}

// None: no suggestion of ours.
std::optional<matcher::LastSaid> ReadLastSaid(const KafkaRecordView& record) {
  if (!record.key || !record.value) return std::nullopt;
  const auto data = base::ParseJson(*record.value);
  if (!data.has_value() || !data->is_object()) return std::nullopt;
  const auto* const episode = data->get_object().if_contains("episode");
  matcher::LastSaid said;
  boost::system::error_code failed;
  if (episode != nullptr) said.episode = episode->to_number<std::uint64_t>(failed);
  for (const auto& [name, value] : record.headers) {
    if (!value) continue;
    if (name == "ce_type") said.open = value->find(".withdrawn.") == std::string_view::npos;
    const std::size_t dash = value->rfind('-');
    if (name != "ce_id" || dash == std::string_view::npos) continue;
    const std::string_view count = value->substr(dash + 1);
    std::from_chars(count.data(), count.data() + count.size(), said.transitions);
  }
  if (said.episode == 0 || said.transitions == 0) return std::nullopt;
  return said;
}

class Recovering {
 public:
  explicit Recovering(const RecoveryOptions& options) : options_(options) {}

  RecoveryResult Run() {
    if (auto fault = Fence(); fault) return tl::unexpected(*fault);
    if (auto fault = AskOffsets(); fault) return tl::unexpected(*fault);
    if (auto fault = AskTarget(); fault) return tl::unexpected(*fault);
    // The caller has counted this wipe.
    if (options_.wipe) {
      if (auto fault = Wipe("", "it was found damaged"); fault) return tl::unexpected(*fault);
    }
    if (auto fault = RestoreStore(); fault) return tl::unexpected(*fault);
    At(kAfterRestore);
    if (auto fault = JudgeStanding(); fault) return tl::unexpected(*fault);
    return std::move(result_);
  }

 private:
  bool Stop() const { return options_.stop && options_.stop(); }
  void At(std::string_view point) const {
    if (options_.at_point) options_.at_point(point);
  }

  // Calls until it is answered or refused: a broker that is away comes back. Each time by a new
  // client, since one that got no answer may be stuck.
  std::optional<LaneFault> Fence() {
    while (!Stop()) {
      const CallOut out(options_.call_began_us);
      result_.producer.reset();
      auto opened = TransactionalProducer::Open(options_.producer);
      if (!opened) return FaultOfState(opened.error());
      result_.producer = std::move(*opened);
      const Outcome ready = result_.producer->Init(kCallTimeoutMs);
      if (ready.has_value()) return std::nullopt;
      if (ready.error().fault != KafkaFault::kRetriable) {
        return LaneFault{LaneRemedy::kRecover, ready.error().message};
      }
    }
    return Stopping().value();
  }

  ReaderOptions Reading() const {
    ReaderOptions reader;
    reader.client = options_.producer.client;
    reader.watch = options_.producer.watch;
    reader.call_began_us = options_.call_began_us;
    return reader;
  }

  // The reader that is asked makes itself a new client when it gets no answers.
  template <typename T>
  std::optional<LaneFault> Ask(const std::function<Result<T>()>& question, T& answer) {
    for (;;) {
      if (Stop()) return Stopping().value();
      Result<T> said = question();
      if (said.has_value()) {
        answer = std::move(*said);
        return std::nullopt;
      }
      if (said.error().code != ErrorCode::kUnavailable) return FaultOfReading(said.error());
      std::this_thread::sleep_for(kPause);
    }
  }

  std::optional<LaneFault> AskOffsets() {
    ReaderOptions reader = Reading();
    reader.group = options_.group;
    auto opened = OpenReader(options_.kafka, reader);
    if (!opened) return FaultOfState(opened.error());
    return Ask<Offsets>(
        [&] { return StableOffsets(**opened, Inputs(), options_.partition, kCallTimeoutMs); },
        committed_);
  }

  std::optional<LaneFault> AskTarget() {
    ReaderOptions reader = Reading();
    reader.read_committed = false;
    auto opened = OpenReader(options_.kafka, reader);
    if (!opened) return FaultOfState(opened.error());
    Watermarks marks;
    auto fault = Ask<Watermarks>(
        [&] { return (*opened)->WatermarksOf(Changelog(), kCallTimeoutMs); }, marks);
    target_ = marks.high;
    return fault;
  }

  TopicPartition Changelog() const { return {options_.topics.state, options_.partition}; }

  std::optional<LaneFault> Wipe(std::string_view cause, std::string_view why) {
    Log(LogLevel::kWarning, "the lane's directory is emptied",
        {{"partition", std::int64_t{options_.partition}}, {"reason", std::string(why)}});
    if (!cause.empty()) result_.wiped.push_back(cause);
    result_.store.reset();
    const auto wiped = matcher::WipeStoreDirectory(options_.directory);
    if (!wiped) return FaultOfState(wiped.error());
    return std::nullopt;
  }

  std::optional<LaneFault> RestoreStore() {
    if (!options_.changelog_damaged.empty()) return BeginAnew(options_.changelog_damaged);
    // From what is there, and once more from nothing where that does not fit the log.
    std::int64_t begin = kFromBeginning;
    for (bool wiped = false;;) {
      StoreStanding standing;
      if (auto fault = OpenStore(standing); fault) return fault;
      auto restored = RestoreInto(standing, begin);
      if (!restored) return restored.error();
      result_.records += restored->records;
      result_.whole = !standing.marker;
      switch (restored->end) {
        case RestoreEnd::kStopped:
          return Stopping().value();
        case RestoreEnd::kDone:
          standing_ = std::move(restored->standing);
          return std::nullopt;
        case RestoreEnd::kDamaged:
          result_.log_time = restored->log_time;
          return BeginAnew(restored->why);
        case RestoreEnd::kBeginsLater:
          // Each time further on, so this ends. A store that was only begun is nobody's loss.
          begin = restored->begins;
          if (auto fault = Wipe(standing.marker ? "chain" : "", "the lane began anew since");
              fault) {
            return fault;
          }
          break;
        case RestoreEnd::kMustWipe:
          if (wiped) return LaneFault{LaneRemedy::kRecover, restored->why};
          wiped = true;
          if (auto fault = Wipe(restored->cause, restored->why); fault) return fault;
          break;
      }
    }
  }

  // The changelog cannot be believed: the inputs have it all, if nothing of them is gone.
  std::optional<LaneFault> BeginAnew(const std::string& why) {
    if (auto fault = CheckInputsReachBack(why); fault) return fault;
    Log(LogLevel::kError,
        "the changelog is damaged; the lane begins anew and works through its inputs from their "
        "beginning, what was put out is not put out twice",
        {{"partition", std::int64_t{options_.partition}}, {"reason", why}});
    result_.alarm = kAlarmChangelogDamaged;
    begun_anew_ = true;
    if (auto fault = Wipe("", "the changelog is damaged"); fault) return fault;
    StoreStanding standing;
    if (auto fault = OpenStore(standing); fault) return fault;
    return SayAnew(why);
  }

  std::optional<LaneFault> CheckInputsReachBack(std::string_view why) {
    auto opened = OpenReader(options_.kafka, Reading());
    if (!opened) return FaultOfState(opened.error());
    for (const std::string& topic : Inputs()) {
      Watermarks marks;
      auto fault = Ask<Watermarks>(
          [&] {
            return (*opened)->WatermarksOf({topic, options_.partition}, kCallTimeoutMs);
          },
          marks);
      if (fault) return fault;
      ends_[topic] = marks.high;
      if (marks.low == 0) continue;
      return LaneFault{
          LaneRemedy::kStay,
          fmt::format("{} It cannot be made again from the inputs either: {}[{}] begins at offset "
                      "{} by now.",
                      why, topic, options_.partition, marks.low),
          "", kAlarmChangelogDamaged};
    }
    return std::nullopt;
  }

  // One record in a transaction of its own. Nobody else writes here: the producer has fenced them.
  std::optional<LaneFault> SayAnew(std::string_view why) {
    const std::string text = AnewJson(static_cast<std::uint32_t>(options_.partition), why);
    Outgoing record;
    record.topic = options_.topics.state.c_str();
    record.partition = options_.partition;
    record.key = kAnewKey;
    record.value = text;
    TransactionalProducer& producer = *result_.producer;
    Outcome said;
    {
      const CallOut out(options_.call_began_us);
      said = producer.Begin();
      if (said.has_value()) said = producer.ProduceLast(record);
      if (said.has_value()) said = producer.AwaitDelivery(kCallTimeoutMs);
    }
    const CallOut out(options_.call_began_us);
    if (said.has_value()) said = producer.Commit(kCallTimeoutMs);
    if (said.has_value()) return std::nullopt;
    // Whatever became of it: the next try reads it, or says it again.
    return LaneFault{LaneRemedy::kRecover, said.error().message};
  }

  std::optional<LaneFault> OpenStore(StoreStanding& standing) {
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path(options_.directory).parent_path(),
                                        ignored);
    for (int tries = 0;; ++tries) {
      auto opened = ReadStore(standing);
      if (opened.has_value()) return std::nullopt;
      const LaneFault fault = FaultOfState(opened.error());
      if (fault.remedy != LaneRemedy::kWipe || tries > 0) return fault;
      if (auto failed = Wipe(fault.cause, fault.why); failed) return failed;
    }
  }

  Result<void> ReadStore(StoreStanding& standing) {
    matcher::RocksDbOptions store;
    store.sync = false;  // the changelog has what a power cut takes
    store.memory = options_.memory;
    MEDVERKA_ASSIGN(result_.store, matcher::OpenRocksDbStore(options_.directory, store));
    const matcher::Store& there = *result_.store;
    MEDVERKA_ASSIGN(const auto marker, there.Get(Room::kMeta, matcher::kMarkerKey));
    MEDVERKA_ASSIGN(const auto place, there.Get(Room::kMeta, matcher::kChangelogPositionKey));
    standing = {};
    if (!marker && !place) return CheckEmpty(there);
    if (!marker || !place) {
      return base::Fail(ErrorCode::kCorruption, "the store does not say where it stands");
    }
    MEDVERKA_ASSIGN(standing.marker, matcher::DecodeMarker(*marker));
    MEDVERKA_ASSIGN(standing.place, ReadChangelogPlace(*place));
    return {};
  }

  // Rows without a marker: a restore that was interrupted.
  static Result<void> CheckEmpty(const matcher::Store& store) {
    bool empty = true;
    for (const Room room : {Room::kState, Room::kTimers, Room::kLedger, Room::kMeta}) {
      if (!empty) break;
      MEDVERKA_TRY(
          store.Scan(room, "", [&](std::string_view, std::string_view) { return empty = false; }));
    }
    if (!empty) {
      return base::Fail(ErrorCode::kCorruption, "a restore into it was interrupted");
    }
    return {};
  }

  tl::expected<Restored, LaneFault> RestoreInto(const StoreStanding& standing, std::int64_t begin) {
    ReaderOptions reader = Reading();
    reader.fetch_wait_ms = kFetchWaitMs;
    auto opened = OpenReader(options_.kafka, reader);
    if (!opened) return tl::unexpected(FaultOfState(opened.error()));
    RestoreOptions restore;
    restore.changelog = Changelog();
    restore.begin = begin;
    restore.target = target_;
    restore.now = WallClock();
    restore.exactly_once = options_.exactly_once;
    restore.stop = [this] { return Stop(); };
    restore.progress = [this](std::int64_t records, std::int64_t position) {
      if (options_.progress) options_.progress(records, position, target_);
    };
    restore.at_rows = [this] { At(kDuringRestore); };
    const auto began = std::chrono::steady_clock::now();
    auto restored = Restore(**opened, *result_.store, standing, restore);
    result_.seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return restored;
  }

  std::optional<LaneFault> JudgeStanding() {
    std::optional<Offsets> state;
    if (standing_.marker) {
      auto offsets = OffsetsOf(standing_.marker->positions);
      if (!offsets) return FaultOfState(offsets.error());
      state = std::move(*offsets);
    }
    result_.standing = begun_anew_ ? Standing::kStateLost : Judge(state, committed_);
    for (const std::string& topic : Inputs()) {
      result_.start[topic] = state && state->contains(topic) ? state->at(topic) : kFromBeginning;
    }
    switch (result_.standing) {
      case Standing::kFirstStart:
      case Standing::kAgree:
        return std::nullopt;
      case Standing::kOffsetsBehind:
        // Without transactions offsets follow the state, and expired ones are no news.
        if (options_.exactly_once && !committed_.empty()) {
          Say("the group's offsets lack what the state has; the state counts");
        }
        return std::nullopt;
      case Standing::kStateBehind:
        Say("the changelog lacks commits that the group's offsets have; working them again, what "
            "they put out is not put out twice");
        break;
      case Standing::kStateLost:
        if (begun_anew_) break;
        Say("the changelog is empty but the group has offsets; working from the beginning of the "
            "inputs, what was put out is not put out twice");
        if (auto fault = CheckInputsReachBack("The changelog is empty."); fault) return fault;
        break;
    }
    if (result_.alarm == nullptr) result_.alarm = kAlarmChangelogBehind;
    // What the group has no offset of is worked up to where it ends now.
    result_.again_until = committed_;
    if (begun_anew_) result_.again_until.insert(ends_.begin(), ends_.end());
    return ReadOutputTails();
  }

  void Say(std::string_view what) const {
    Log(LogLevel::kError, what, {{"partition", std::int64_t{options_.partition}}});
  }

  // Rare, so it may read the whole of the partition.
  std::optional<LaneFault> ReadOutputTails() {
    auto fault = ReadTail(options_.topics.suggestions, [&](const KafkaRecordView& record) {
      if (record.key) result_.suppressed.suggestions.erase(std::string(*record.key));
      const auto said = ReadLastSaid(record);
      if (said) result_.suppressed.suggestions.emplace(std::string(*record.key), *said);
    });
    if (fault) return fault;
    return ReadTail(options_.topics.dead_letters, [&](const KafkaRecordView& record) {
      const auto note = ReadDeadLetter(record.Copy());
      if (!note) return;
      const auto start = result_.start.find(note->topic);
      if (start == result_.start.end() || note->offset < start->second) return;
      matcher::DeadLetterEvent event;
      event.topic = note->topic;
      event.offset = static_cast<std::uint64_t>(note->offset);
      result_.suppressed.dead_letters.insert(SuppressKey(event));
    });
  }

  std::optional<LaneFault> ReadTail(const std::string& topic,
                                    const std::function<void(const KafkaRecordView&)>& take) {
    const TopicPartition place{topic, options_.partition};
    auto opened = OpenReader(options_.kafka, Reading());
    if (!opened) return FaultOfState(opened.error());
    Watermarks marks;
    auto fault =
        Ask<Watermarks>([&] { return (*opened)->WatermarksOf(place, kCallTimeoutMs); }, marks);
    if (fault) return fault;
    if (const auto assigned = (*opened)->Assign({{place, kFromBeginning}}); !assigned) {
      return FaultOfReading(assigned.error());
    }
    for (;;) {
      if (Stop()) return Stopping().value();
      const auto position = (*opened)->Position(place);
      if (!position) return FaultOfReading(position.error());
      if (*position >= marks.high) return std::nullopt;
      const auto record = (*opened)->NextView(kReadTimeoutMs);
      if (!record) {
        if (record.error().code == ErrorCode::kUnavailable) continue;
        return FaultOfReading(record.error());
      }
      if (*record != nullptr) take(**record);
    }
  }

  std::vector<std::string> Inputs() const {
    return {options_.topics.journal, options_.topics.feedback, options_.topics.moves};
  }

  static base::Instant WallClock() {
    using std::chrono::microseconds;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<microseconds>(now).count()};
  }

  const RecoveryOptions& options_;
  Offsets committed_;
  Offsets ends_;  // of the inputs, once asked
  bool begun_anew_ = false;
  std::int64_t target_ = 0;
  StoreStanding standing_;
  Recovered result_;
};

}  // namespace

Standing Judge(const std::optional<Offsets>& state, const Offsets& committed) {
  if (!state) return committed.empty() ? Standing::kFirstStart : Standing::kStateLost;
  bool ahead = false;
  bool behind = false;
  for (const auto& [topic, next] : *state) {
    const auto known = committed.find(topic);
    const std::int64_t there = known == committed.end() ? 0 : known->second;
    ahead = ahead || next > there;
    behind = behind || next < there;
  }
  for (const auto& [topic, next] : committed)
    behind = behind || (!state->contains(topic) && next > 0);
  if (behind) return Standing::kStateBehind;
  return ahead ? Standing::kOffsetsBehind : Standing::kAgree;
}

RecoveryResult Recover(const RecoveryOptions& options) { return Recovering(options).Run(); }

}  // namespace medverka::streams::internal
