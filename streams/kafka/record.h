// One record of a topic, as read or as to be written. Owns its bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ops/base/time.h"

namespace medverka::streams {

// Value none: Kafka's null.
using KafkaHeader = std::pair<std::string, std::optional<std::string>>;

struct KafkaRecord {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = -1;  // as read
  std::optional<base::Instant>
      timestamp;  // as read: the broker's, or the producer's, by the topic's setting
  std::optional<std::string> key;
  std::optional<std::string> value;  // none: null, a tombstone
  std::vector<KafkaHeader> headers;
};

}  // namespace medverka::streams
