// The topics that Medverka lives by: their names, how they are created, and whether what is there
// will do. docs/topics.md says what is in them.
#pragma once

#include <cstdint>
#include <functional>
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

// max.message.bytes of the topics, and message.max.bytes of who writes to them: the largest record
// that is read (matcher::kRecordBytesMax) with key and headers; a dead letter has some more
// headers.
inline constexpr std::int64_t kMessageBytesMax = 17LL * 1024 * 1024;
inline constexpr std::int64_t kDeadLetterMessageBytesMax = 18LL * 1024 * 1024;
// Compacted topics keep a tombstone so long (delete.retention.ms): whoever follows one from a
// position older than this may have missed deletions, and must read it anew.
inline constexpr std::int64_t kTombstonesKeptMs = 7LL * 24 * 60 * 60 * 1000;

enum class TopicOutcome : std::uint8_t { kCreated, kAlreadyRight, kWrong, kMissing };
struct TopicReport {
  std::string topic;
  TopicOutcome outcome = TopicOutcome::kCreated;
  std::int32_t partitions = 0;  // 0: not there
  std::string problem;          // kWrong, kMissing: what is wrong, what it must be, what to do
  std::string warning;          // "": none. What works, but not as well as it could
};

// All of these: kInvalidArgument: authentication or a certificate was refused, a name stands for
// two topics; trying again does not help. kUnavailable: no broker could be reached, or it did not
// answer; one call tries for kReachMs.
inline constexpr int kReachMs = 10'000;

// Creates what is missing; what is there is verified and never changed. Where the journal is there,
// the others get as many partitions as it has. kInvalidArgument also: more replicas than brokers.
base::Result<std::vector<TopicReport>> CreateTopics(const KafkaProperties& properties,
                                                    const TopicPlan& plan);

// Changes nothing. One report per topic, in the order of TopicNames.
base::Result<std::vector<TopicReport>> CheckTopics(const KafkaProperties& properties,
                                                   const TopicNames& names);

// At start. Gives the partition count. kInvalidArgument: a topic is missing, or has another count
// of partitions, a wrong cleanup.policy, a max.message.bytes that is too small; each is logged with
// what to do. Warnings are logged too. Once `stop` says so it gives up: kUnavailable.
base::Result<std::int32_t> VerifyTopics(const KafkaProperties& properties, const TopicNames& names,
                                        const std::function<bool()>& stop = {});

}  // namespace medverka::streams
