#include "streams/kafka/lane_worker.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "ops/base/log.h"
#include "streams/kafka/lane_work.h"
#include "streams/kafka/recovery.h"

namespace medverka::streams::internal {
namespace {

using base::Log;
using base::LogLevel;
using std::chrono::milliseconds;

// Pause before a partition is taken over again, doubled with each failure in a row.
constexpr int kPauseMs = 100, kPauseMaxMs = 10'000, kDoublings = 7;
constexpr int kPauseSliceMs = 20;
// A lane that had no room tries again when there is this much.
constexpr std::uint64_t kRoomBytes = 16ULL * 1024 * 1024;

const char* CauseOf(const LaneFault& fault) {
  return fault.remedy == LaneRemedy::kWipe ? "corruption" : "ahead";
}

}  // namespace

LaneWorker::LaneWorker(LaneSurroundings& around, std::int32_t partition)
    : around_(around), partition_(partition), measures_(around.measures, partition) {
  status_.partition = partition;
  thread_ = std::thread([this] { Run(); });
}

LaneWorker::~LaneWorker() { thread_.join(); }

void LaneWorker::Stop(bool abandon) {
  if (abandon) abandon_.store(true);
  stop_.store(true);
  const std::lock_guard lock(committer_mutex_);
  if (abandon && committer_ != nullptr) committer_->Abandon();
}

std::optional<std::string> LaneWorker::must_end() const {
  const std::lock_guard lock(mutex_);
  return must_end_;
}

LaneStatus LaneWorker::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

std::int64_t LaneWorker::call_began_us() {
  const std::int64_t mine = call_began_us_.load();
  if (mine != 0) return mine;
  const std::lock_guard lock(committer_mutex_);
  return committer_ == nullptr ? 0 : committer_->call_began_us();
}

void LaneWorker::SetState(LaneState state, std::string why) {
  const std::lock_guard lock(mutex_);
  status_.state = state;
  status_.why_stopped = std::move(why);
}

std::string LaneWorker::Directory() const {
  return fmt::format("{}/lane-{}", around_.options.state_directory, partition_);
}

void LaneWorker::Run() {
  while (!Stopping()) {
    const LaneFault fault = TakeOverAndWork();
    measures_.Forget();
    if (Stopping() || !After(fault)) break;
  }
  // One that only waits for an operator keeps its place, and its state to be seen.
  while (!Stopping()) std::this_thread::sleep_for(milliseconds(kPauseSliceMs));
  ended_.store(true);
}

bool LaneWorker::After(const LaneFault& fault) {
  wipe_ = fault.remedy == LaneRemedy::kWipe;
  if (wipe_) measures_.Wiped(CauseOf(fault));
  if (fault.remedy == LaneRemedy::kStay) measures_.Alarm("offset-out-of-range");
  const bool final = fault.remedy == LaneRemedy::kStay || fault.remedy == LaneRemedy::kEnd;
  SetState(
      final || fault.remedy == LaneRemedy::kNoRoom ? LaneState::kStopped : LaneState::kRestoring,
      fault.why);
  if (fault.why != said_ || final) {
    said_ = fault.why;
    Log(final ? LogLevel::kError : LogLevel::kWarning,
        final ? "the lane has stopped" : "the lane is taken over anew",
        {{"partition", std::int64_t{partition_}}, {"reason", fault.why}});
  }
  if (fault.remedy == LaneRemedy::kEnd) {
    const std::lock_guard lock(mutex_);
    must_end_ = fault.why;
  }
  if (final) return false;
  Pause(fault);
  return true;
}

void LaneWorker::Pause(const LaneFault& fault) {
  int left = std::min(kPauseMs << std::min(failures_, kDoublings), kPauseMaxMs);
  ++failures_;
  while (!Stopping() && (left > 0 || (fault.remedy == LaneRemedy::kNoRoom && !HasRoom()))) {
    std::this_thread::sleep_for(milliseconds(kPauseSliceMs));
    left -= kPauseSliceMs;
  }
}

bool LaneWorker::HasRoom() const {
  struct statvfs volume {};
  if (statvfs(around_.options.state_directory.c_str(), &volume) != 0) return true;
  return std::uint64_t{volume.f_bavail} * volume.f_frsize >= kRoomBytes;
}

LaneFault LaneWorker::TakeOverAndWork() {
  auto recovered = TakeOver();
  if (!recovered) return recovered.error();
  Tell(*recovered);
  while (!around_.catalogue.read()) {
    if (Stopping()) return {LaneRemedy::kRecover, ""};
    std::this_thread::sleep_for(milliseconds(kPauseSliceMs));
  }
  LaneWork::Parts parts;
  parts.around = &around_;
  parts.measures = &measures_;
  parts.partition = partition_;
  parts.stop = [this] { return stop_.load(std::memory_order_relaxed); };
  parts.abandon = [this] { return abandon_.load(std::memory_order_relaxed); };
  parts.tell = [this](const LaneStatus& status) {
    const std::lock_guard lock(mutex_);
    const LaneStatus before = std::exchange(status_, status);
    status_.partition = partition_;
    status_.state = LaneState::kRunning;
    status_.restored_records = before.restored_records;
    status_.restore_target = before.restore_target;
    failures_ = 0;
  };
  auto work = LaneWork::Open(std::move(parts), std::move(*recovered));
  if (!work) return work.error();
  {
    const std::lock_guard lock(committer_mutex_);
    committer_ = &(*work)->committer();
  }
  LaneFault fault = (*work)->Run();
  {
    const std::lock_guard lock(committer_mutex_);
    committer_ = nullptr;
  }
  // Taking it down waits for a commit that is under way, and destroys handles: either may hang.
  call_began_us_.store(MonotonicUs());
  work->reset();
  call_began_us_.store(0);
  return fault;
}

tl::expected<Recovered, LaneFault> LaneWorker::TakeOver() {
  const ServiceOptions& options = around_.options;
  RecoveryOptions recovery;
  recovery.kafka = options.kafka;
  recovery.producer = LaneProducer(around_, partition_);
  recovery.topics = options.topics;
  recovery.group = options.group;
  recovery.partition = partition_;
  recovery.directory = Directory();
  recovery.exactly_once = options.exactly_once;
  recovery.memory = around_.memory;
  recovery.wipe = std::exchange(wipe_, false);
  recovery.at_point = options.at_point;
  recovery.stop = [this] { return Stopping(); };
  recovery.call_began_us = &call_began_us_;
  recovery.progress = [this](std::int64_t records, std::int64_t position, std::int64_t target) {
    measures_.Restoring(records, records + std::max<std::int64_t>(0, target - position));
    const std::lock_guard lock(mutex_);
    status_.restored_records = records;
    status_.restore_target = records + std::max<std::int64_t>(0, target - position);
  };
  return Recover(recovery);
}

void LaneWorker::Tell(const Recovered& recovered) {
  measures_.Restored(recovered.records, recovered.seconds);
  if (recovered.wiped) measures_.Wiped("ahead");
  if (recovered.standing == Standing::kStateBehind || recovered.standing == Standing::kStateLost) {
    measures_.Alarm("changelog-behind");
  }
  constexpr double kShortest = 1e-3;
  Log(LogLevel::kInfo, "the lane is restored",
      {{"partition", std::int64_t{partition_}},
       {"records", recovered.records},
       {"seconds", recovered.seconds},
       {"records_per_second",
        static_cast<double>(recovered.records) / std::max(recovered.seconds, kShortest)}});
}

}  // namespace medverka::streams::internal
