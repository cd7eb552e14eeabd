// The member of the consumer group: says which partitions of the journal are ours. It reads
// nothing: what it is assigned it pauses at once, and the lanes read by readers of their own, from
// the offsets that their state names. So no seek, no resume and no hand-over of half-read queues
// has a part in exactly-once (all three lose or repeat records in some versions of librdkafka), and
// feedback and moves of a partition's number come with the lane, whatever the group's assignor
// does.
//
//   subscribe -> [waiting] -> assigned(p...) -> steady -> revoked(p...) -> FinishRevoke -> steady
//                                                      \-> lost(p...)   -> FinishRevoke -> steady
//   fatal: the member is thrown away, and a new one made
//
// Callbacks only write down; the partitions are given back by FinishRevoke, when their lanes have
// closed. Static membership: a restart within session.timeout.ms moves nothing. What that can leave
// behind group_watch.h looks for.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ops/base/result.h"
#include "streams/kafka/handles.h"

namespace medverka::streams::internal {

struct MemberOptions {
  KafkaProperties kafka;
  std::string group, instance, journal;
  BrokerWatch* watch = nullptr;
  Measures* measures = nullptr;
};

class Member {
 public:
  static base::Result<std::unique_ptr<Member>> Open(const MemberOptions& options);
  // Leaves quietly: the broker keeps the place of a static member.
  ~Member();

  // The service's thread, often: librdkafka counts it as a sign of life.
  void Poll(int timeout_ms);

  struct Change {
    std::set<std::int32_t> assigned;
    std::set<std::int32_t> revoked;
    bool lost = false;  // revoked without notice: somebody else may have them already
  };
  // What came since the last call.
  Change TakeChange();
  // The lanes of the revoked partitions have closed.
  void FinishRevoke();
  // Has been told what it gets, be it nothing.
  bool joined() const { return joined_; }
  // Why the member is of no more use; none: it is. Also one that finds no coordinator for a while
  // though brokers can be reached.
  std::optional<std::string> Fatal() const;

  GroupMetadata Metadata() const;  // any thread
  // at_least_once: to be committed at a quiet moment. Any thread.
  void CommitLater(std::int32_t partition, const std::map<std::string, std::int64_t>& next);
  // The service's thread. Waits for the broker where `wait`, some seconds.
  void CommitNow(bool wait);

 private:
  explicit Member(const MemberOptions& options);
  static void OnRebalance(rd_kafka_t* handle, rd_kafka_resp_err_t what,
                          rd_kafka_topic_partition_list_t* partitions, void* opaque);
  void Assign(rd_kafka_topic_partition_list_t* partitions);
  void Revoke(rd_kafka_topic_partition_list_t* partitions);

  struct Events : ClientEvents {
    Member* member = nullptr;
  };
  const std::shared_ptr<Events> events_ = std::make_shared<Events>();
  std::int64_t reached_us_ = 0;  // monotonic: brokers can be reached since
  Change change_;
  PartitionList to_return_;  // revoked, not yet given back
  bool joined_ = false;
  std::mutex offsets_mutex_;
  std::map<std::pair<std::string, std::int32_t>, std::int64_t> offsets_;
  Handle handle_;
};

}  // namespace medverka::streams::internal
