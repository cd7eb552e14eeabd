// Consumers, two kinds: a reader of named partitions from named offsets (catalogue, changelog, read
// model, tools), and the member of the consumer group that the lanes live by.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ops/base/result.h"
#include "streams/kafka/client.h"
#include "streams/kafka/record.h"

namespace medverka::streams {

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};
inline constexpr std::int64_t kFromBeginning = -2;
struct Watermarks {
  std::int64_t low = 0;
  std::int64_t high = 0;  // the offset that the next record gets
};

// Reads partitions it was told of; belongs to no group. Its client may get stuck: it notices and
// makes a new one, which goes on from the same positions. One thread.
class PartitionReader {
 public:
  // `read_committed` false: sees open and aborted transactions too, and Watermarks gives the true
  // end (a read_committed handle gives the last stable offset).
  static base::Result<std::unique_ptr<PartitionReader>> Open(const KafkaProperties& properties,
                                                             bool read_committed);
  virtual ~PartitionReader() = default;

  // From these offsets on, kFromBeginning for the oldest there is (offset 0 of an aged-out log is
  // an error kNotFound at Next: no silent jump).
  virtual base::Result<void> Assign(const std::map<TopicPartition, std::int64_t>& from) = 0;
  // The next record, or none after `timeout_ms` of silence. Control records are passed over.
  // kUnavailable: the broker cannot be reached now, or does not know the topic, which may pass (go
  // on calling); kNotFound: offset out of range.
  virtual base::Result<std::optional<KafkaRecord>> Next(int timeout_ms) = 0;
  // The same without a copy: what it points at is the reader's, until the next call. nullptr: none.
  virtual base::Result<const KafkaRecordView*> NextView(int timeout_ms) = 0;
  // Where the next record of it will be read: moves over control records too, so position == high
  // means caught up.
  virtual base::Result<std::int64_t> Position(const TopicPartition& partition) = 0;
  virtual base::Result<Watermarks> WatermarksOf(const TopicPartition& partition,
                                                int timeout_ms) = 0;
  // The end of an assigned partition as the broker last told it with records; none before that.
  // Asks nobody.
  virtual std::optional<std::int64_t> KnownEnd(const TopicPartition& partition) const = 0;
};

}  // namespace medverka::streams
