// The lanes of one process: a member of the consumer group on the journal topic, one lane worker
// per partition it is given.
//
//   journal, feedback, moves (partition p) -> lane worker p (one thread) -> commit thread p:
//   one Kafka transaction (changelog, commit record, suggestions, dead letters, moves, offsets)
//   -> one RocksDB batch with the marker -> visible
//
// Taking over a partition is one path (start, rebalance, crash, lost or damaged disk): fence,
// stable offsets, marker, restore from the changelog, seek, go on.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "matcher/lane.h"
#include "ops/base/result.h"
#include "streams/kafka/client.h"
#include "streams/kafka/topics.h"
#include "streams/measures.h"

namespace medverka::streams {

struct ServiceOptions {
  KafkaProperties kafka;
  std::string group;     // and prefix of transactional ids
  std::string instance;  // group.instance.id
  bool exactly_once = true;
  TopicNames topics;
  std::int32_t partitions = 0;  // as VerifyTopics gave it
  std::string state_directory;  // lane p lives in <state_directory>/lane-<p>
  matcher::LaneOptions lane;    // partition and topic are set per lane
  std::int64_t commit_interval_us = 50'000;
  std::uint64_t commit_records_max = 5'000;
  std::uint64_t commit_bytes_max = 8ULL * 1024 * 1024;
  std::int64_t idle_tick_us = 30'000'000;
  std::uint64_t block_cache_bytes = 0, write_buffer_bytes = 0, hot_patient_bytes = 0;
  std::uint64_t consumer_queue_bytes = 0, producer_queue_bytes = 0;
  double backfill_share = 0.5;
  // Called at the named points of the commit and of recovery (fault_points.h), on the lane's or the
  // commit thread. For the fault campaign.
  std::function<void(std::string_view point)> at_point;
};

enum class LaneState : std::uint8_t { kRestoring, kRunning, kStopped };
struct LaneStatus {
  std::int32_t partition = 0;
  LaneState state = LaneState::kRestoring;
  std::string why_stopped;  // "": it is not
  std::int64_t restored_records = 0, restore_target = 0;
  std::uint64_t sequence = 0;  // of the last commit
  std::uint64_t catalogue_version = 0;
  std::uint64_t backfill_done = 0, backfill_total = 0;  // subjects; equal: nothing under way
  base::Instant log_time{};
  std::int64_t lag_records = 0;
};
struct ServiceStatus {
  bool ready =
      false;  // has an assignment (or was told it gets none), all its lanes run, catalogue read
  bool broker_reachable = false;
  std::uint64_t catalogue_version = 0;
  std::vector<std::string> refused_studies;  // version skew: id and why
  std::vector<LaneStatus> lanes;             // by partition
};

class Service {
 public:
  static base::Result<std::unique_ptr<Service>> Create(ServiceOptions options, Measures& measures);
  virtual ~Service() = default;
  // Until `stop`: then every lane finishes its commit, and the member leaves quietly (static
  // membership). An error: what cannot be mended by trying again (wrong topics, refused
  // authentication, a store with another subject key).
  virtual base::Result<void> Run(const std::function<bool()>& stop) = 0;
  virtual ServiceStatus status() const = 0;  // any thread
  // Any thread; takes effect at the next commit.
  virtual void Reload(std::int64_t commit_interval_us, double backfill_share) = 0;
};

}  // namespace medverka::streams
