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
constexpr int kRestoresInVain = 2;
// A lane that had no room tries again when there is this much.
constexpr std::uint64_t kRoomBytes = 16ULL * 1024 * 1024;

std::string_view WhatFollows(LaneRemedy remedy) {
  switch (remedy) {
    case LaneRemedy::kRecover:
      break;
    case LaneRemedy::kWipe:
      return "the lane's copy of the state is given up and restored from the changelog";
    case LaneRemedy::kNoRoom:
      return "the lane has stopped, and goes on by itself when there is room";
    case LaneRemedy::kStay:
      return "the lane has stopped, and somebody must look";
    case LaneRemedy::kEnd:
      return "the lane has stopped, and the service ends";
  }
  return "the lane is taken over anew";
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
  if (wipe_) measures_.Wiped(fault.cause);
  if (fault.alarm != nullptr) measures_.Alarm(fault.alarm);
  const bool final = fault.remedy == LaneRemedy::kStay || fault.remedy == LaneRemedy::kEnd;
  // Said before it is shown: who sees a lane that has stopped finds the reason in the log.
  if (fault.why != said_ || final) {
    said_ = fault.why;
    Log(final ? LogLevel::kError : LogLevel::kWarning, WhatFollows(fault.remedy),
        {{"partition", std::int64_t{partition_}}, {"reason", fault.why}});
  }
  SetState(
      final || fault.remedy == LaneRemedy::kNoRoom ? LaneState::kStopped : LaneState::kRestoring,
      fault.why);
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
  parts.call_began_us = &call_began_us_;
  parts.tell = [this](const LaneStatus& status) {
    const std::lock_guard lock(mutex_);
    const LaneStatus before = std::exchange(status_, status);
    status_.partition = partition_;
    status_.state = LaneState::kRunning;
    status_.restored_records = before.restored_records;
    status_.restore_target = before.restore_target;
    failures_ = 0;
    restored_in_vain_ = 0;
    said_.clear();  // the same again, after work, is news
  };
  const bool whole = recovered->whole;
  auto work = LaneWork::Open(std::move(parts), std::move(*recovered));
  if (!work) {
    const LaneFault& fault = work.error();
    const bool damaged = fault.remedy == LaneRemedy::kWipe && fault.cause == kCorruption;
    // Restored from all of the changelog and damaged all the same: not by the disk, if twice.
    restored_in_vain_ = damaged && whole ? restored_in_vain_ + 1 : 0;
    if (restored_in_vain_ >= kRestoresInVain) changelog_damaged_ = fault.why;
    return fault;
  }
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
  const CallOut out(&call_began_us_);
  work->reset();
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
  recovery.changelog_damaged = changelog_damaged_;
  recovery.at_point = options.at_point;
  recovery.stop = [this] { return Stopping(); };
  recovery.call_began_us = &call_began_us_;
  recovery.progress = [this](std::int64_t records, std::int64_t position, std::int64_t target) {
    measures_.Restoring(records, records + std::max<std::int64_t>(0, target - position));
    const std::lock_guard lock(mutex_);
    status_.restored_records = records;
    status_.restore_target = records + std::max<std::int64_t>(0, target - position);
  };
  auto recovered = Recover(recovery);
  if (recovered) changelog_damaged_.clear();
  return recovered;
}

void LaneWorker::Tell(const Recovered& recovered) {
  measures_.Restored(recovered.records, recovered.seconds);
  for (const std::string_view cause : recovered.wiped) measures_.Wiped(cause);
  if (recovered.alarm != nullptr) measures_.Alarm(recovered.alarm);
  constexpr double kShortest = 1e-3;
  Log(LogLevel::kInfo, "the lane is restored",
      {{"partition", std::int64_t{partition_}},
       {"records", recovered.records},
       {"seconds", recovered.seconds},
       {"records_per_second",
        static_cast<double>(recovered.records) / std::max(recovered.seconds, kShortest)}});
}

}  // namespace medverka::streams::internal
