// Murmur2 as Kafka's Java client takes it (org.apache.kafka.common.utils.Utils, seed 0x9747b28c):
// which partition a key belongs to. Not for tables, not for secrets.
#pragma once

#include <cstdint>
#include <string_view>

namespace medverka::base {

std::uint32_t Murmur2(std::string_view bytes);

// The partition that Java's default partitioner, and librdkafka's murmur2_random, give a key.
inline std::uint32_t PartitionOf(std::uint32_t murmur2, std::uint32_t partitions) {
  return (murmur2 & 0x7fffffffU) % partitions;
}

}  // namespace medverka::base
