// Watches the group for partitions without an owner, and has it share out anew. A static member
// that is killed while it gives a partition back leaves one behind, and nothing makes the group
// look again (docs/decisions/0022).
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "streams/kafka/handles.h"

namespace medverka::streams::internal {

struct GroupWatchOptions {
  KafkaProperties kafka;
  std::string group, journal;
  std::int32_t partitions = 0;  // of the journal
  std::string other;            // another topic that is there
  std::int64_t every_us = 5 * 1'000'000;
};

// A thread with a client of its own: asking blocks, and the library's other way of asking
// (rd_kafka_DescribeConsumerGroups) ends the process on an assertion when a broker goes meanwhile.
class GroupWatch {
 public:
  // `brokers` outlives it.
  GroupWatch(GroupWatchOptions options, const BrokerWatch& brokers);
  ~GroupWatch();  // waits for a question or a client that goes, some seconds at most

 private:
  void Run();
  std::int32_t AskForOwnerless(rd_kafka_t& client) const;
  void JoinForAMoment() const;

  const GroupWatchOptions options_;
  const BrokerWatch& brokers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

}  // namespace medverka::streams::internal
