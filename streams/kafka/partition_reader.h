// What the lanes want of a reader beyond consumer.h: a bounded queue, the group's stable offsets, a
// place in the measures.
#pragma once

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

struct ReaderOptions {
  bool read_committed = true;
  std::string group;              // whose offsets StableOffsets gives; it is never joined
  std::uint64_t queue_bytes = 0;  // 0: the library's 64 MiB
  // Told of the end of a partition at once, not after the broker's usual half second of waiting
  // for more: for reading to an end.
  bool to_the_end = false;
  std::string client;            // label of the measures
  BrokerWatch* watch = nullptr;  // outlive the reader
  Measures* measures = nullptr;
};
base::Result<std::unique_ptr<PartitionReader>> OpenReader(const KafkaProperties& properties,
                                                          const ReaderOptions& options);

// Committed offsets of the reader's group: by topic, without those never committed. Waits for
// transactions that are about to change them. REQUIRES: made by OpenReader with read_committed.
base::Result<std::map<std::string, std::int64_t>> StableOffsets(
    PartitionReader& reader, const std::vector<std::string>& topics, std::int32_t partition,
    int timeout_ms);

}  // namespace medverka::streams::internal
