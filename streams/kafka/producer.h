// Producers: idempotent, with or without transactions. Waiting for delivery is done by polling
// until our own count of outstanding reports is zero: librdkafka's flush takes 50 ms where this
// takes 0.5.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "ops/base/result.h"
#include "streams/kafka/client.h"
#include "streams/kafka/record.h"

namespace medverka::streams {

// Without transactions: publish tools' feedback, dead letter replay, tests. One thread.
class KafkaProducer {
 public:
  static base::Result<std::unique_ptr<KafkaProducer>> Open(const KafkaProperties& properties);
  virtual ~KafkaProducer() = default;
  // Queues. partition -1: by key, with Java's partitioner (murmur2_random).
  virtual base::Result<void> Produce(const KafkaRecord& record) = 0;
  // Until all is acknowledged by all replicas in sync. An error names topic, partition and why.
  virtual base::Result<void> Flush(int timeout_ms) = 0;
};

// Java's murmur2 over the key bytes, as Kafka's default partitioner takes it: partition = (hash &
// 0x7fffffff) % count.
std::uint32_t Murmur2(std::string_view key);

}  // namespace medverka::streams
