// The topics that Medverka lives by: their names, how they are created, and whether what is there
// will do.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ops/base/result.h"
#include "streams/kafka/client.h"

namespace medverka::streams {

struct TopicNames {
  std::string journal = "journal.events.v1";
  std::string feedback = "match.feedback.v1";
  std::string moves = "match.moves.v1";
  std::string studies = "studies.criteria.v1";
  std::string suggestions = "match.suggestions.v1";
  std::string state = "match.state.v1";
  std::string dead_letters = "journal.events.v1.dlq";
};

struct TopicPlan {
  TopicNames names;
  std::int32_t partitions = 12;  // of all but studies, which has one
  std::int16_t replication = 3;
  std::int64_t journal_retention_ms =
      -1;  // -1: for ever; what may be rebuilt from the journal depends on it
};

enum class TopicOutcome : std::uint8_t { kCreated, kAlreadyRight, kWrong };
struct TopicReport {
  std::string topic;
  TopicOutcome outcome = TopicOutcome::kCreated;
  std::string problem;  // kWrong: what is wrong, what it must be, and what to do
};

// Creates what is missing; what is there is verified and never changed.
base::Result<std::vector<TopicReport>> CreateTopics(const KafkaProperties& properties,
                                                    const TopicPlan& plan);

// At start. kInvalidArgument: one sentence per wrong topic (missing; partition counts that differ;
// wrong cleanup.policy; max.message.bytes too small). kUnavailable: broker not there, or
// authentication refused (says which). Gives the partition count.
base::Result<std::int32_t> VerifyTopics(const KafkaProperties& properties, const TopicNames& names);

}  // namespace medverka::streams
