// One partition's lane, for as long as the partition is ours: a thread that takes the partition
// over, works, and begins again when something fails.
//
//              Recover                 fault: kRecover, kWipe, kNoRoom, after a pause
//   [restoring] ------> [running] ---------------------------------------------+
//        ^                  | Stop: the batch in hand is committed             |
//        |                  v                                                  |
//        |               [ended]    kStay: [stopped] until the process ends    |
//        +---------------------------------------------------------------------+
//
// Working (lane_work.h) is a loop of: outcome of the commit under way, catalogue, next record,
// commit, backfill, tick. A batch is committed
//   at once            when the queue is empty, no commit is under way, and the broker has had
//                      its pause (as long as the last commit took, at most the commit interval)
//   after the interval under load
//   at its limits      of records and bytes; the lane waits for the commit under way then
// Ticks: a lane that has read all there is, for the idle time, moves log time on to the broker's
// clock: the timestamp of the lane's own last commit record and the monotonic time since. So the
// first thing a lane does is commit, with whatever it has.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "streams/kafka/catalogue_feed.h"
#include "streams/kafka/committer.h"
#include "streams/kafka/ends_watch.h"
#include "streams/kafka/handles.h"
#include "streams/kafka/lane_inputs.h"
#include "streams/kafka/lane_measures.h"
#include "streams/kafka/service.h"

namespace medverka::streams::internal {

// What the lanes of a process share; outlives them.
struct LaneSurroundings {
  const ServiceOptions& options;
  Measures& measures;
  BrokerWatch& watch;
  const CatalogueFeed& catalogue;
  std::shared_ptr<matcher::StoreMemory> memory;
  std::shared_ptr<EndsWatch> ends;
  MetadataSource group;
  std::function<void(std::int32_t partition, const Offsets& next)> offsets;
  std::atomic<std::int64_t> commit_interval_us;
  std::atomic<double> backfill_share;
  std::atomic<std::int32_t> lanes;  // of this process now: queues are divided by it
};

class LaneWorker {
 public:
  LaneWorker(LaneSurroundings& around, std::int32_t partition);
  ~LaneWorker();  // waits for the thread: Stop first

  // Any thread. `abandon`: the partition is somebody else's already, nothing more is committed.
  void Stop(bool abandon);
  bool ended() const { return ended_.load(); }
  // Why the whole service must end.
  std::optional<std::string> must_end() const;
  LaneStatus status() const;
  // For the watchdog: monotonic, since when a call to the library has not returned; 0: none is out.
  std::int64_t call_began_us();

 private:
  void Run();
  LaneFault TakeOverAndWork();
  tl::expected<Recovered, LaneFault> TakeOver();
  void Tell(const Recovered& recovered);
  // False: no further try.
  bool After(const LaneFault& fault);
  void Pause(const LaneFault& fault);
  bool Stopping() const { return stop_.load(std::memory_order_relaxed); }
  void SetState(LaneState state, std::string why);
  bool HasRoom() const;
  std::string Directory() const;

  LaneSurroundings& around_;
  const std::int32_t partition_;
  LaneMeasures measures_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> abandon_ = false;
  std::atomic<bool> ended_ = false;
  std::atomic<std::int64_t> call_began_us_ = 0;
  std::mutex committer_mutex_;
  Committer* committer_ = nullptr;  // while the lane works
  // The thread's own.
  bool wipe_ = false;
  int failures_ = 0;          // since it last worked
  int restored_in_vain_ = 0;  // the same
  std::string changelog_damaged_;
  std::string said_;  // why it stopped, as logged last
  mutable std::mutex mutex_;
  LaneStatus status_;
  std::optional<std::string> must_end_;
  std::thread thread_;
};

}  // namespace medverka::streams::internal
