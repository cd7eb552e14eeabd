// Dead letters on Kafka: the record as it came, with headers that say where from and why. What is
// in the headers is ours and from closed sets; what is in the record is the patient's, and never
// quoted.
//
// A replay puts the record back where it came from. Of our headers only the number of attempts goes
// with it, so that a record that fails again says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "matcher/effects.h"
#include "ops/base/result.h"
#include "ops/base/time.h"
#include "streams/kafka/record.h"

namespace medverka::streams {

// All headers of ours begin so; all values are text.
inline constexpr std::string_view kDeadLetterHeaderPrefix = "medverka_dlq_";
inline constexpr std::string_view kDeadLetterTopic = "medverka_dlq_topic";
inline constexpr std::string_view kDeadLetterPartition = "medverka_dlq_partition";
inline constexpr std::string_view kDeadLetterOffset = "medverka_dlq_offset";
// The original record's, milliseconds since 1970 as Kafka has it.
inline constexpr std::string_view kDeadLetterTimestamp = "medverka_dlq_timestamp";
inline constexpr std::string_view kDeadLetterReason = "medverka_dlq_reason";
// Where it failed: "parse" (bytes), "envelope" (CloudEvent), "resource" (FHIR, feedback, move).
inline constexpr std::string_view kDeadLetterStage = "medverka_dlq_stage";
// How often this record was dead-lettered, this time included.
inline constexpr std::string_view kDeadLetterAttempts = "medverka_dlq_attempts";
inline constexpr std::string_view kDeadLetterAppVersion = "medverka_dlq_app_version";
// Index in the Bundle; left out for the record itself.
inline constexpr std::string_view kDeadLetterEntry = "medverka_dlq_entry";
// "Observation.status", from a closed list; left out where no element is to blame.
inline constexpr std::string_view kDeadLetterElement = "medverka_dlq_element";

// What of a record that is too large for the dead letter topic is not in its dead letter: "value",
// "value,headers" or "value,headers,key". It still stands where it came from. Left out where all is
// there.
inline constexpr std::string_view kDeadLetterLeftOut = "medverka_dlq_left_out";

// The dead letter of `original`, for the partition of the same number of `topic`. Timestamp and
// offset are left to the broker.
KafkaRecord MakeDeadLetter(const KafkaRecord& original, const matcher::DeadLetterEvent& event,
                           const std::string& topic);

// What our headers say. kInvalidArgument: it is not one of our dead letters, or a header does not
// read back (which, never its value).
struct DeadLetterNote {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::optional<base::Instant> timestamp;
  std::string reason;
  std::string stage;
  std::uint32_t attempts = 1;
  std::string app_version;
  std::int32_t entry = -1;
  std::string element;
  std::string left_out;  // "": it is whole
};
base::Result<DeadLetterNote> ReadDeadLetter(const KafkaRecord& dead);

// The record as it came, for the topic and partition it came from. kInvalidArgument also: it is not
// whole.
base::Result<KafkaRecord> ReplayOf(const KafkaRecord& dead);

}  // namespace medverka::streams
