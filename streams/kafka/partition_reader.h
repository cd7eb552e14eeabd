// What the lanes want of a reader beyond consumer.h: a bounded queue, the group's stable offsets, a
// place in the measures.
//
// A reader does not trust its silence: librdkafka can stay bound to a broker that is gone and never
// look for another (2.0.2: its metadata requests wait in that broker's queue). The end of a
// partition that gives nothing is asked for now and then; where it goes on and nothing of that
// comes, or where the reader's own questions get no answer, for `stuck_us`, it throws its client
// away and goes on with a new one from the same positions.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ops/base/result.h"
#include "streams/kafka/client.h"
#include "streams/kafka/consumer.h"

namespace medverka::streams::internal {

class BrokerWatch;
class EndsWatch;

struct ReaderOptions {
  bool read_committed = true;
  std::string group;              // whose offsets StableOffsets gives; it is never joined
  std::uint64_t queue_bytes = 0;  // 0: the library's 64 MiB
  // How long the broker holds an answer back when there is nothing to be read; the end of a
  // partition is told then, and questions wait so long. 0: the library's half second.
  int fetch_wait_ms = 0;
  std::string client;            // label of the measures
  BrokerWatch* watch = nullptr;  // outlive the reader
  Measures* measures = nullptr;
  std::atomic<std::int64_t>* call_began_us = nullptr;  // for a watchdog
  std::int64_t stuck_us = 10 * 1'000'000;              // tests shorten it
  std::shared_ptr<EndsWatch> ends;                     // none: one of its own, when it needs it
};
base::Result<std::unique_ptr<PartitionReader>> OpenReader(const KafkaProperties& properties,
                                                          const ReaderOptions& options);

// Committed offsets of the reader's group: by topic, without those never committed. Waits for
// transactions that are about to change them. REQUIRES: made by OpenReader with read_committed.
base::Result<std::map<std::string, std::int64_t>> StableOffsets(
    PartitionReader& reader, const std::vector<std::string>& topics, std::int32_t partition,
    int timeout_ms);

}  // namespace medverka::streams::internal
