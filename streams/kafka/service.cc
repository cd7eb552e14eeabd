#include "streams/kafka/service.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "ops/base/log.h"
#include "streams/kafka/catalogue_feed.h"
#include "streams/kafka/group.h"
#include "streams/kafka/group_watch.h"
#include "streams/kafka/lane_worker.h"

namespace medverka::streams {
namespace {

using base::ErrorCode;
using base::Log;
using base::LogLevel;
using base::Result;
using internal::LaneSurroundings;
using internal::LaneWorker;
using internal::Member;
using internal::MonotonicUs;

constexpr int kPollMs = 20;
// A call to the library that has not come back after this, though brokers can be reached, will not:
// the process ends, and its successor recovers.
constexpr std::int64_t kHungUs = 20 * 1'000'000;
constexpr std::chrono::milliseconds kWatchEvery{500};
constexpr std::int64_t kFrozenUs = 5 * 1'000'000;
// How often the ends of inputs that are silent are asked for.
constexpr std::int64_t kAskEndsUs = 5 * 1'000'000;
constexpr int kExitHung = 3;
// Lanes get this long to close when their partitions are taken away; then they are fenced.
constexpr std::int64_t kRevokeUs = 10 * 1'000'000;
// And this long when the service stops.
constexpr std::int64_t kDrainUs = 20 * 1'000'000;
constexpr std::int64_t kOffsetsEveryUs = 1'000'000;
constexpr std::int64_t kMemberPauseUs = 2'000'000;

class Serving final : public Service {
 public:
  Serving(ServiceOptions options, Measures& measures)
      : options_(std::move(options)),
        measures_(measures),
        feed_(options_.kafka, options_.topics.studies, watch_, measures),
        group_watch_({options_.kafka, options_.group, options_.topics.journal, options_.partitions,
                      options_.topics.studies},
                     watch_),
        around_{options_,
                measures_,
                watch_,
                feed_,
                matcher::MakeStoreMemory(options_.block_cache_bytes, options_.write_buffer_bytes),
                std::make_shared<internal::EndsWatch>(options_.kafka, kAskEndsUs),
                [this] { return Group(); },
                [this](std::int32_t partition, const internal::Offsets& next) {
                  const std::lock_guard lock(member_mutex_);
                  if (member_ != nullptr) member_->CommitLater(partition, next);
                },
                options_.commit_interval_us,
                options_.backfill_share,
                options_.partitions} {}

  ~Serving() override {
    ending_.store(true);
    if (watchdog_.joinable()) watchdog_.join();
  }

  Result<void> Run(const std::function<bool()>& stop) override {
    watchdog_ = std::thread([this] { Watch(); });
    Result<void> outcome;
    while (!stop()) {
      turned_us_.store(MonotonicUs());
      if (auto kept = KeepMember(); !kept.has_value()) {
        outcome = std::move(kept);
        break;
      }
      Turn();
      if (auto why = MustEnd(); why) {
        outcome = base::Fail(ErrorCode::kInvalidArgument, "{}", *why);
        break;
      }
    }
    turned_us_.store(MonotonicUs());
    Drain();
    turned_us_.store(0);
    return outcome;
  }

  ServiceStatus status() const override {
    ServiceStatus status;
    status.broker_reachable = watch_.reachable();
    status.catalogue_version = feed_.version();
    if (const auto live = feed_.live(); live != nullptr) status.refused_studies = live->refused;
    status.ready = joined_.load() && feed_.read() && watch_.reachable();
    const std::lock_guard lock(lanes_mutex_);
    for (const auto& [partition, lane] : lanes_) {
      status.lanes.push_back(lane->status());
      status.ready = status.ready && status.lanes.back().state == LaneState::kRunning;
    }
    return status;
  }

  void Reload(std::int64_t commit_interval_us, double backfill_share) override {
    around_.commit_interval_us.store(commit_interval_us);
    around_.backfill_share.store(backfill_share);
  }

 private:
  internal::GroupMetadata Group() {
    const std::lock_guard lock(member_mutex_);
    return member_ == nullptr ? nullptr : member_->Metadata();
  }

  // Makes the member, and a new one when the library has given it up.
  Result<void> KeepMember() {
    if (member_ != nullptr) {
      const auto fatal = member_->Fatal();
      if (!fatal) return {};
      Log(LogLevel::kError, "the member of the consumer group is lost; joining anew",
          {{"reason", *fatal}});
      joined_.store(false);
      StopLanes(true);
      std::unique_ptr<Member> lost;
      {
        const std::lock_guard lock(member_mutex_);
        lost = std::move(member_);
      }
      lost.reset();
      revoking_.clear();
      member_after_us_ = MonotonicUs() + kMemberPauseUs;
    }
    if (MonotonicUs() < member_after_us_) return {};
    internal::MemberOptions options;
    options.kafka = options_.kafka;
    options.group = options_.group;
    options.instance = options_.instance;
    options.journal = options_.topics.journal;
    options.watch = &watch_;
    options.measures = &measures_;
    MEDVERKA_ASSIGN(auto member, Member::Open(options));
    const std::lock_guard lock(member_mutex_);
    member_ = std::move(member);
    return {};
  }

  void Turn() {
    if (member_ == nullptr) {
      std::this_thread::sleep_for(std::chrono::milliseconds(kPollMs));
      return;
    }
    member_->Poll(kPollMs);
    joined_.store(member_->joined());
    const Member::Change change = member_->TakeChange();
    for (const std::int32_t partition : change.revoked) Revoke(partition, change.lost);
    if (!revoking_.empty()) FinishRevoking();
    wanted_.insert(change.assigned.begin(), change.assigned.end());
    StartLanes();
    const std::int64_t now = MonotonicUs();
    if (now - offsets_at_us_ >= kOffsetsEveryUs) {
      offsets_at_us_ = now;
      member_->CommitNow(false);
      DropLost();
      TellLanes();
    }
  }

  void Revoke(std::int32_t partition, bool lost) {
    wanted_.erase(partition);
    const std::lock_guard lock(lanes_mutex_);
    const auto lane = lanes_.find(partition);
    if (revoking_.empty()) revoke_at_us_ = MonotonicUs();
    revoking_.insert(partition);
    if (lane != lanes_.end()) lane->second->Stop(lost);
  }

  // Closed lanes go; when all have, or none may be waited for any longer, the partitions go back.
  void FinishRevoking() {
    const bool late = MonotonicUs() - revoke_at_us_ > kRevokeUs;
    bool closed = true;
    for (const std::int32_t partition : revoking_) closed = TakeClosed(partition, late) && closed;
    if (!closed && !late) return;
    revoking_.clear();
    member_->FinishRevoke();
    CountLanes();
  }

  // True: the lane is no more. One that is late is told to drop what it has: its successor fences
  // it.
  bool TakeClosed(std::int32_t partition, bool late) {
    std::unique_ptr<LaneWorker> gone;
    const std::lock_guard lock(lanes_mutex_);
    const auto lane = lanes_.find(partition);
    if (lane == lanes_.end()) return true;
    if (late) lane->second->Stop(true);
    if (!lane->second->ended()) return false;
    gone = std::move(lane->second);
    lanes_.erase(lane);
    return true;
  }

  void StartLanes() {
    for (auto partition = wanted_.begin(); partition != wanted_.end();) {
      const std::lock_guard lock(lanes_mutex_);
      const auto there = lanes_.find(*partition);
      // One that was late in closing must be gone first.
      if (there != lanes_.end()) {
        if (!there->second->ended()) {
          ++partition;
          continue;
        }
        lanes_.erase(there);
      }
      around_.lanes.store(static_cast<std::int32_t>(lanes_.size() + wanted_.size()));
      lanes_.emplace(*partition, std::make_unique<LaneWorker>(around_, *partition));
      partition = wanted_.erase(partition);
    }
  }

  // Lanes that a lost member has left behind, and that nobody asked for again.
  void DropLost() {
    {
      const std::lock_guard lock(lanes_mutex_);
      std::erase_if(lanes_, [](const auto& lane) {
        return lane.second->ended() && !lane.second->must_end().has_value();
      });
    }
    CountLanes();
  }

  void CountLanes() {
    const std::lock_guard lock(lanes_mutex_);
    around_.lanes.store(std::max(1, static_cast<std::int32_t>(lanes_.size())));
  }

  void StopLanes(bool abandon) {
    const std::lock_guard lock(lanes_mutex_);
    for (auto& [partition, lane] : lanes_) lane->Stop(abandon);
  }

  std::optional<std::string> MustEnd() {
    const std::lock_guard lock(lanes_mutex_);
    for (const auto& [partition, lane] : lanes_) {
      if (auto why = lane->must_end(); why) return why;
    }
    return std::nullopt;
  }

  // Every lane finishes its commit; the member goes on polling meanwhile, since its generation
  // must hold.
  void Drain() {
    StopLanes(false);
    const std::int64_t began = MonotonicUs();
    for (;;) {
      turned_us_.store(MonotonicUs());
      bool closed = true;
      {
        const std::lock_guard lock(lanes_mutex_);
        for (const auto& [partition, lane] : lanes_) closed = closed && lane->ended();
      }
      if (closed) break;
      if (MonotonicUs() - began > kDrainUs) {
        Log(LogLevel::kError, "lanes do not close; ending without them, their commits are dropped");
        _exit(kExitHung);
      }
      if (member_ != nullptr) {
        member_->Poll(kPollMs);
      } else {
        std::this_thread::sleep_for(std::chrono::milliseconds(kPollMs));
      }
    }
    if (member_ != nullptr) member_->CommitNow(true);
    {
      const std::lock_guard lock(lanes_mutex_);
      lanes_.clear();
    }
    joined_.store(false);
    const std::lock_guard lock(member_mutex_);
    member_.reset();
  }

  void TellLanes() {
    std::map<LaneState, int> count{
        {LaneState::kRestoring, 0}, {LaneState::kRunning, 0}, {LaneState::kStopped, 0}};
    {
      const std::lock_guard lock(lanes_mutex_);
      for (const auto& [partition, lane] : lanes_) ++count[lane->status().state];
    }
    const std::map<LaneState, const char*> names{{LaneState::kRestoring, "restoring"},
                                                 {LaneState::kRunning, "running"},
                                                 {LaneState::kStopped, "stopped"}};
    for (const auto& [state, number] : count) {
      measures_.GaugeOf("lanes", {{"state", names.at(state)}}).Set(number);
    }
    measures_.GaugeOf("journal_partitions").Set(options_.partitions);
    measures_.GaugeOf("broker_reachable").Set(watch_.reachable() ? 1 : 0);
    const matcher::StoreMemoryUse use = matcher::UseOf(*around_.memory);
    measures_.GaugeOf("store_bytes", {{"kind", "block-cache"}})
        .Set(static_cast<double>(use.cache_bytes));
    measures_.GaugeOf("store_bytes", {{"kind", "block-cache-capacity"}})
        .Set(static_cast<double>(use.capacity_bytes));
    measures_.GaugeOf("store_bytes", {{"kind", "memtable"}})
        .Set(static_cast<double>(use.write_buffer_bytes));
  }

  // Ends the process when a call to the library hangs: send_offsets_to_transaction ignores its
  // timeout, for one. Not while no broker can be reached, since then all calls wait.
  void Watch() {
    std::int64_t away_until_us = 0;
    std::int64_t looked_us = MonotonicUs();
    while (!ending_.load()) {
      std::this_thread::sleep_for(kWatchEvery);
      const std::int64_t now = MonotonicUs();
      // Nothing hangs in a process that was frozen whole.
      const bool frozen = now - std::exchange(looked_us, now) > kFrozenUs;
      if (frozen || !watch_.reachable()) away_until_us = now;
      const auto hangs = [&](std::int64_t began) {
        return began != 0 && now - std::max(began, away_until_us) >= kHungUs;
      };
      if (hangs(turned_us_.load())) EndHung("member");
      const std::unique_lock lock(lanes_mutex_, std::try_to_lock);
      if (!lock.owns_lock()) continue;
      for (const auto& [partition, lane] : lanes_) {
        if (hangs(lane->call_began_us())) EndHung(fmt::format("lane-{}", partition));
      }
    }
  }

  [[noreturn]] static void EndHung(const std::string& client) {
    Log(LogLevel::kError, "a call to the Kafka client hangs; ending, to recover",
        {{"client", client}});
    _exit(kExitHung);
  }

  const ServiceOptions options_;
  Measures& measures_;
  internal::BrokerWatch watch_;
  internal::CatalogueFeed feed_;
  internal::GroupWatch group_watch_;
  LaneSurroundings around_;
  std::atomic<bool> joined_ = false;
  std::atomic<bool> ending_ = false;
  std::atomic<std::int64_t> turned_us_ = 0;  // when the service's thread went round last

  std::mutex member_mutex_;  // who holds it: the service's thread for changes, lanes to ask
  std::unique_ptr<Member> member_;
  std::int64_t member_after_us_ = 0;

  mutable std::mutex lanes_mutex_;
  std::map<std::int32_t, std::unique_ptr<LaneWorker>> lanes_;
  std::set<std::int32_t> wanted_, revoking_;
  std::int64_t revoke_at_us_ = 0, offsets_at_us_ = 0;
  std::thread watchdog_;
};

}  // namespace

Result<std::unique_ptr<Service>> Service::Create(ServiceOptions options, Measures& measures) {
  MEDVERKA_TRY(CheckKafkaProperties(options.kafka));
  std::error_code failed;
  std::filesystem::create_directories(options.state_directory, failed);
  if (failed) {
    return base::Fail(ErrorCode::kInvalidArgument, "The state directory {} cannot be made: {}.",
                      options.state_directory, failed.message());
  }
  return std::unique_ptr<Service>(new Serving(std::move(options), measures));
}

}  // namespace medverka::streams
