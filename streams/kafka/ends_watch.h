// Where partitions end, asked of the brokers in the background by a client that reads nothing: so
// that a reader can tell silence from a client that has got stuck, without waiting for an answer.
// (A question on the reader's own connection would wait behind its fetch, half a second.)
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "streams/kafka/client.h"
#include "streams/kafka/consumer.h"

namespace medverka::streams::internal {

class EndsWatch {
 public:
  // Has neither thread nor client before it is asked for the first time. A partition is asked for
  // every `every_us`, as long as somebody wants to know.
  EndsWatch(KafkaProperties kafka, std::int64_t every_us);
  ~EndsWatch();

  // As committed, by an answer to a question that was asked after `since_us` (monotonic). None:
  // there is no such answer yet. Any thread, at once.
  std::optional<Watermarks> Since(const TopicPartition& place, std::int64_t since_us);

 private:
  struct Known {
    Watermarks marks;
    std::int64_t asked_us = 0;  // 0: not answered yet
    std::int64_t wanted_us = 0;
  };
  void Run();
  std::optional<TopicPartition> NextDue(std::int64_t now);

  const KafkaProperties kafka_;
  const std::int64_t every_us_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<TopicPartition, Known> known_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace medverka::streams::internal
