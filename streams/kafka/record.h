// One record of a topic, as read or as to be written. Owns its bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

// The same, borrowed from whoever reads it, until the next record is read.
struct KafkaRecordView {
  std::string_view topic;
  std::int32_t partition = 0;
  std::int64_t offset = -1;
  std::optional<base::Instant> timestamp;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  std::vector<std::pair<std::string_view, std::optional<std::string_view>>> headers;

  KafkaRecord Copy() const;
};

}  // namespace medverka::streams
