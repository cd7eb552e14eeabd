// What one leaf of a program came to for one patient at one log time, and what it rests on: between
// the evaluator, which fills it, and why.cc, which puts it into words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "criteria/fact.h"
#include "criteria/fact_time.h"
#include "criteria/program.h"

namespace medverka::criteria::internal {

enum class Reason : std::uint8_t {
  kNone,
  kFound,         // a fact that satisfies all that is asked
  kNotRecorded,   // nothing of the set in the window: the absence policy spoke
  kAgainstAsked,  // there are facts, none satisfies (or all do, for `every`)
  kUnverified,    // preliminary, suspected
  kUnusable,      // no value, no usable unit, no limit printed with it
  kImprecise,     // a partial date, an open result, a choice left open
  kAttribute,     // something asked for is not reported
  kNotAnswered,
  kOutsideFormula,
  kPartlyCovered,  // variants: not every gene asked for was looked at
  kTooFew,         // fewer results than are asked for
  kNoEvent,        // what the times are counted from does not exist, or is not known
  kHint,           // words in a text, to be read by a person
  kLimit,          // a limit of the language was reached; never "no match"
};

struct UsedFact {
  FactRef ref;
  Span span;
  Truth truth = Truth::kUnknown;
  std::int32_t input = -1;  // of a score: which of its inputs (criteria/scores/score.h)
};

// An event that a leaf's times are counted from, as it was chosen.
struct UsedEvent {
  EventIndex event = kNoEvent;
  FactRef ref;  // empty: no fact
  Span span;
};

struct Leaf {
  Truth value = Truth::kUnknown;
  bool ask_only = false;  // unknown, and an answer alone would settle it
  Reason reason = Reason::kNone;
  std::optional<Absence> policy;
  std::vector<UsedFact> used;             // newest first
  std::size_t used_in_all = 0;            // before the list was cut
  std::vector<UsedFact> beside;           // what `where` bodies of the used facts rest on
  std::vector<UsedEvent> events;          // what its times are counted from
  EventIndex missing = kNoEvent;          // kNoEvent as reason: this one
  bool rests_on_patient = false;          // birth date, sex, residence, death
  std::optional<base::Decimal> computed;  // a score's result, an average, a change
  std::string computed_unit;              // its unit as it is shown, where that is not fixed
  // Of a score: the upper end where it lies between `computed` and that, the formula that gave it,
  // and the inputs that are not known.
  std::optional<base::Decimal> computed_high;
  ScoreQuery::Formula formula = ScoreQuery::Formula::kNone;
  std::vector<std::uint32_t> lacking;
  std::vector<base::Instant> moments;

  void Clear() {
    value = Truth::kUnknown;
    ask_only = false;
    reason = Reason::kNone;
    policy.reset();
    used.clear();
    used_in_all = 0;
    beside.clear();
    events.clear();
    missing = kNoEvent;
    rests_on_patient = false;
    computed.reset();
    computed_unit.clear();
    computed_high.reset();
    formula = ScoreQuery::Formula::kNone;
    lacking.clear();
    moments.clear();
  }
};

// A verdict of "none" can rest on a whole history; the newest of it are named.
inline constexpr std::size_t kUsedFactsMax = 10;

// The sentence of one leaf, without full stop, and what would settle it ("" where nothing is open).
struct LeafWords {
  Bilingual why;
  Bilingual needs;
};
// "within 30 days after \"op\" (2026-03-01)" / "inom 30 dagar efter \"op\" (2026-03-01)", with the
// dates of those events that the leaf rests on. REQUIRES: the clause counts from an event.
Bilingual EventClauseText(const Program& program, const TimeClause& clause, const Leaf& leaf);
// The name of an event: "op", "the current visit", "the visit of "op"", with its date where known.
Bilingual EventText(const Program& program, EventIndex event, const Leaf& leaf);

struct PreparedProgram;
LeafWords WordsOf(PreparedProgram& prepared, const Node& node, const Leaf& leaf,
                  const Demographics& demographics, base::Instant at);

}  // namespace medverka::criteria::internal
