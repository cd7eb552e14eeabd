// A suggestion as a CloudEvent (1.0), as docs/suggestion.schema.json has it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "criteria/evaluator.h"
#include "criteria/program.h"
#include "matcher/effects.h"
#include "matcher/journal/journal.h"
#include "matcher/ledger.h"
#include "ops/base/time.h"

namespace medverka::matcher {

// What made the lane look at the subject.
struct Cause {
  enum class Kind : std::uint8_t { kRecord, kTimer, kCatalogue };
  Kind kind = Kind::kTimer;
  std::uint64_t offset = 0;     // kRecord
  std::string_view topic = {};  // kRecord; must outlive the event
  std::uint64_t line = 0;       // kRecord of a file
};

struct SuggestionRecord {
  PersonKey subject;
  const criteria::Program* program = nullptr;
  const LedgerEntry* entry = nullptr;  // after the transition
  Transition transition = Transition::kNone;
  const criteria::StudyVerdict* verdict = nullptr;  // with explain; nullptr: nobody left to judge
  std::string region;                               // of the patient
  std::optional<PersonKey> merged_into;             // Withdrawal::kMerged
  base::Instant log_time;
  std::uint64_t catalogue_version = 0;
  std::uint32_t partition = 0;
  Cause cause;
};

SuggestionEvent RenderSuggestion(const SuggestionRecord& record);

}  // namespace medverka::matcher
