// Holds what lies on the topics against the promises of the commit: the chain of commit records,
// what they say they wrote and what is there, no suggestion twice, committed offsets. Knows nothing
// of patients or studies.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ops/base/json.h"
#include "ops/base/result.h"
#include "streams/kafka/client.h"
#include "streams/kafka/topics.h"

namespace medverka::e2e {

struct VerifyOptions {
  streams::KafkaProperties kafka;
  streams::TopicNames topics;
  std::string group;
  std::int32_t partitions = 0;
  bool idle = true;  // nothing is under way: committed offsets are where the last commit left them,
                     // and at the end
  bool exactly_once = true;  // else a repeat carries the same id, and is allowed
};

struct Verification {
  std::vector<std::string>
      violations;  // each begins with the promise it breaks: "I4 partition 0: ..."
  // What was looked at, so that nothing found is not nothing seen.
  std::uint64_t commits = 0, rows = 0, suggestions = 0, dead_letters = 0, moves = 0, journal = 0,
                feedback = 0;
  // Changelogs that were begun anew behind damage. Suggestions that have an id that was there
  // before: a violation but with at_least_once, and behind a new beginning.
  std::uint64_t anew = 0, repeated = 0;
  // Per subject and study (the key of its record), what the last record says: {"id", "type", "data
  // hash"}.
  base::json::object last;
};

// How many records of each input the group has not committed yet, all partitions together.
struct Lag {
  std::int64_t journal = 0, feedback = 0, moves = 0;
};
base::Result<Lag> LagOf(const VerifyOptions& options);

// An error: the broker could not be asked.
base::Result<Verification> Verify(const VerifyOptions& options);

}  // namespace medverka::e2e
