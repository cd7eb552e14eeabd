// The committed suggestions of all subjects, for whoever answers HTTP: follows all partitions of
// the suggestions topic, read_committed, into a small store of its own (one RocksDB directory,
// position and data in one batch). Any process with the role `api` has one; none of them owns a
// subject.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ops/base/result.h"
#include "streams/kafka/client.h"
#include "streams/kafka/record.h"
#include "streams/measures.h"

namespace medverka::streams {

struct ReadModelOptions {
  KafkaProperties kafka;
  std::string topic;
  std::string directory;
  std::int32_t partitions = 0;
};

struct StoredSuggestion {
  std::string event_id, event_type, time;  // CloudEvents attributes
  std::string data;                        // JSON, docs/suggestion.schema.json
};

class ReadModel {
 public:
  static base::Result<std::unique_ptr<ReadModel>> Open(ReadModelOptions options,
                                                       Measures& measures);
  virtual ~ReadModel() = default;

  // The follower's loop, in a thread of its own, until `stop`. Broker away: keeps trying. Disk
  // full: says so once, is not caught up, and goes on when there is room.
  virtual base::Result<void> Run(const std::function<bool()>& stop) = 0;

  // Any thread. Newest of each study, by study id; withdrawn ones included (their state says so);
  // [] for unknown. `subject`: 34 hex digits.
  virtual base::Result<std::vector<StoredSuggestion>> Of(std::string_view subject) const = 0;
  // Has read up to what was there when it started.
  virtual bool caught_up() const = 0;
  // Last record read, per partition: offset after it.
  virtual std::vector<std::int64_t> positions() const = 0;
};

}  // namespace medverka::streams
