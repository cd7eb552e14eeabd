// A compiled study: immutable, self-contained, the same bytes for the same meaning. Made by
// compiler.h, run by evaluator.h, stored and sent with EncodeProgram. Names of sets and definitions
// are kept for sentences only.
//
// Shape: `nodes` is a graph without cycles, children before parents; a definition used twice is one
// node.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/fact.h"
#include "ops/base/crypto.h"
#include "ops/base/result.h"

namespace medverka::criteria {

struct Bilingual {
  std::string sv;
  std::string en;
};

// ---- codes

struct CodeRule {
  enum class Match : std::uint8_t {
    kExact,
    kPrefix,  // `from` begins the code
    kRange,   // from <= code, and code <= to or `to` begins the code
  };
  SystemId system = SystemId::kNone;  // < kFirstFree, or kNone with `uri`
  std::string uri;                    // a system the language has no word for
  Match match = Match::kExact;
  std::string from;  // normal form
  std::string to;
};

// A fact is in a clause if any of its codes is in `include` and none is in `except`.
struct CodeClause {
  std::vector<CodeRule> include;
  std::vector<CodeRule> except;
};
struct CodeSet {
  std::string name;  // as the author wrote it: "colorectal cancer", or "icd10se K25.0, K25.4" for
                     // codes in place
  std::vector<CodeClause> clauses;
};
using SetIndex = std::uint32_t;

// ---- scales

// A level and the finer ones it takes in: "III" { "IIIA", "IIIB" }. A value of III is then one of
// its parts, not known which.
struct ScaleLevel {
  std::string name;
  std::vector<std::string> parts;
};
struct Scale {
  std::string name;
  std::vector<ScaleLevel> levels;  // rising
};

// ---- time

enum class Side : std::uint8_t {
  kAny,  // any instant of it: procedures and visits; for observations their one time
  kStarting,
  kEnding,
  kOngoing,
  kRecorded,
};

using EventIndex = std::uint32_t;
inline constexpr EventIndex kNoEvent = 0xffffffff;

// One end of a window `from ... to ...`, `between ... and ...`.
struct Bound {
  enum class Kind : std::uint8_t { kNone, kInstant, kNow, kEvent };
  Kind kind = Kind::kNone;
  base::Instant instant;        // kInstant
  EventIndex event = kNoEvent;  // kEvent: its start as `from`, its end as `to`; with `shift` ...
  std::optional<base::Period> shift;  // ... so long before its start or after its end
  bool before = false;
  friend bool operator==(const Bound&, const Bound&) = default;
};

// Which instant of an event that lasts is meant: of a condition, medication, allergy, device or
// participation its start; of all others `before` counts from their start, `after` from their end.
// Days and longer are calendar distances between local days; hours and shorter are instants.
struct TimeClause {
  enum class Kind : std::uint8_t {
    kWithinLast,  // near = zero
    kAtLeastAgo,  // far = none
    kBetweenAgo,  // between near and far ago
    kFixed,       // [from, to], either may be missing
    // From here on `event` is set.
    kWithinAfter,    // far: 0 to far after
    kWithinBefore,   // far: far to 0 before
    kWithinOf,       // far: either way
    kAtLeastBefore,  // near
    kAtLeastAfter,   // near
    kBetweenBefore,  // near, far
    kBetweenAfter,   // near, far
    kBefore,         // instants; same day and one of them without hour: unknown
    kAfter,
    kOnOrBefore,  // up to the end of its day
    kOnOrAfter,   // from the start of its day
    kOnSameDay,
    kDuring,       // an instant of the interval, or the side asked for; a short fact that names the
                   // event as its visit is in it whatever its time
    kOverlapping,  // any instant in common
    kSpan,         // from_bound .. to_bound; `event` is kNoEvent
  };
  Kind kind = Kind::kWithinLast;
  Side side = Side::kAny;
  base::Period near;  // kAtLeastAgo, kBetweenAgo
  base::Period far;   // kWithinLast, kBetweenAgo
  std::optional<base::Instant> from;
  std::optional<base::Instant> to;  // included
  bool to_now = false;              // kFixed: `from 2024 to now`
  EventIndex event = kNoEvent;
  Bound from_bound;  // kSpan
  Bound to_bound;    // kSpan
  friend bool operator==(const TimeClause&, const TimeClause&) = default;
};

// ---- tests

enum class CompareOp : std::uint8_t { kLess, kLessEqual, kGreater, kGreaterEqual, kEqual };

struct Limit {
  base::Decimal number;
  std::string unit;  // as written; "" for none
  friend bool operator==(const Limit&, const Limit&) = default;
};

struct ValueTest {
  enum class Kind : std::uint8_t {
    kCompare,       // op limit
    kBetween,       // limit .. limit2, both included
    kCompareBySex,  // op limit in men, limit2 in women
    kCompareRange,  // op limit.number x upper or lower reference limit
    kOutsideRange,  // above upper limit, below lower limit
    kIn,            // words: one of them
    kIs,            // words[0], or set
    kPositive,
    kNegative,
    kCompareLevel,  // op words[0], on `scale`
  };
  Kind kind = Kind::kCompare;
  CompareOp op = CompareOp::kGreaterEqual;
  Limit limit;
  Limit limit2;
  bool upper = true;                   // kCompareRange, kOutsideRange
  std::vector<std::string> words;      // as written; compared folded
  std::optional<SetIndex> set;         // kIs with the name of a set
  std::optional<std::uint32_t> scale;  // kCompareLevel; kIn, kIs where the words are levels of one
  Analyte analyte = Analyte::kNone;    // of the query's set, where all its codes agree
  friend bool operator==(const ValueTest&, const ValueTest&) = default;
};

// ---- queries

enum class Selector : std::uint8_t {
  kThereIs,
  kNo,   // compiled as kThereIs under kNot; never in a program
  kAny,  // as kThereIs; a test judges each
  kEvery,
  kAtLeast,
  kAtMost,
  kExactly,
  kLatest,
  kFirst,
  kLowest,
  kHighest,
  kAverage,  // of all, or of the last `count`
  kMedian,
};

// A demand on one attribute of a fact. Not reported is unknown.
struct FieldFilter {
  Field field = Field::kSite;
  bool value = false;              // `with value ...`: the fact's own value, `field` says nothing
  std::vector<SetIndex> sets;      // codes: one of them ...
  std::vector<std::string> words;  // ... or the text, compared folded
  std::optional<ValueTest> test;   // a number
};

// What not recorded says (criteria/LANGUAGE.md section 8).
enum class Absence : std::uint8_t { kNo, kUnknown };

struct Query {
  FactKind kind = FactKind::kCondition;
  Selector selector = Selector::kThereIs;
  bool ever = false;         // latest ever, first ever
  std::int32_t count = 0;    // at least, at most, exactly; average and median of last (0: of all)
  bool different = false;    // counts different codes: facts that share one are one
  bool consecutive = false;  // so many in a row, in order of time
  std::optional<base::Period> apart;       // counted facts, or the pair of a change, so far apart
  std::int32_t different_days = 0;         // on at least N different days
  std::optional<base::Period> within_any;  // all counted facts, or the pair, so close together
  std::vector<SetIndex> sets;              // one of them; empty: any fact of the kind
  std::vector<SetIndex>
      components;  // kObservation: component "systolic" of ...: `sets` is the whole
  bool component = false;
  bool current = false;
  std::optional<base::Period> lasting;  // for at least
  std::optional<base::Period> lasting_at_most;
  std::optional<base::Period> total;  // for a total of at least: joined intervals in the window
  std::optional<base::Period> gaps;   // intervals with gaps up to this are joined
  std::vector<FieldFilter> fields;    // all must hold
  bool main_diagnosis = false;
  bool regularly = false;
  bool suspected_too = false;          // suspected or confirmed
  std::optional<MedicationStep> step;  // prescribed, dispensed, given
  std::optional<std::uint32_t> where;  // node, with `it` being the candidate
  EventIndex of_event = kNoEvent;      // looks at nothing but the fact that this event chose; a
                                       // component of it where `component` is set
  std::optional<ValueTest> test;
  std::vector<TimeClause> times;  // all must hold
  Absence absence = Absence::kNo;
  bool absence_stated = false;  // by the author, not the kind's default

  // visit
  std::vector<std::string> visit_classes;  // v3-ActCode codes: AMB, EMER, IMP, ...
  std::string visit_unit;
  // participation
  std::string study;            // in study "X": identifiers as written; "" for any
  bool interventional = false;  // in interventional study
};

struct VariantQuery {
  enum class Type : std::uint8_t {
    kVariant,
    kFusion,  // genes[0], with `partner`
    kAmplification,
    kGain,
    kLoss,
    kDeletion,
    kHomozygousDeletion,
    kCopyNumberChange,
    kCopyNumber,  // genes[0], `copies`
    kTestedFor,   // every gene is covered by a final report
  };
  enum class Consequence : std::uint8_t {
    kAny,
    kMissense,
    kTruncating,  // nonsense, frameshift, splice site
    kInframe,
    kFrameshift,
    kSplice,
  };
  Type type = Type::kVariant;
  Consequence consequence = Consequence::kAny;
  std::vector<std::string> changes;  // "p.V600" (any change of the residue), "p.V600E", "c.76A>T"
  std::vector<std::int32_t> exons;
  std::string partner;
  std::optional<ValueTest> copies;
  std::vector<FieldFilter> fields;       // allele fraction
  std::vector<SetIndex> reasons;         // for "set"
  std::vector<std::string> genes;        // symbols as written, upper case; "HGNC:3236" too
  Origin origin = Origin::kNotReported;  // asked for: somatic, germline
  bool pathogenic = false;
  std::vector<TimeClause> times;
  Absence absence = Absence::kUnknown;
  bool absence_stated = false;
};

struct AgeTest {
  // min <= age and age <= max in whole units passed; strict for < and >. Either may be missing.
  std::optional<std::int32_t> min;
  std::optional<std::int32_t> max;
  bool min_strict = false;
  bool max_strict = false;
  base::TimeUnit unit = base::TimeUnit::kYear;
  EventIndex event = kNoEvent;  // age at its start; none: now
};

// Gestational age in days, both ends in. From the latest dating, carried forward.
struct GestationQuery {
  std::optional<std::int32_t> min_days;
  std::optional<std::int32_t> max_days;
  bool at_birth = false;
  EventIndex event = kNoEvent;  // at its start; none: now
};

// Some earlier-later pair of results differs so much.
struct ChangeQuery {
  enum class Unit : std::uint8_t { kPercent, kPoints, kUnit };  // percent of the earlier
  enum class Base : std::uint8_t { kAny, kFirst, kLowest, kHighest, kLatest };
  std::uint32_t query = 0;  // what is compared, when, how far apart; no test
  bool rise = true;
  CompareOp op = CompareOp::kGreaterEqual;
  Limit amount;
  Unit unit = Unit::kUnit;
  Base from = Base::kAny;
  Base to = Base::kAny;
};

// A pattern (RE2, case folded) in the texts of a query's facts.
struct TextQuery {
  std::uint32_t query = 0;
  std::string pattern;
  bool counts_as_yes = false;  // else a hit is a hint: unknown
};

struct ScoreQuery {
  enum class Score : std::uint8_t {
    kEgfr,
    kCreatinineClearance,
    kBmi,
    kBodySurface,
    kFib4,
    kCha2ds2Vasc,
    kHasBled,
    kNews2,
    kQsofa,
    kSofa,
    kCharlson,
  };
  enum class Formula : std::uint8_t {
    kNone,  // the score has but one
    kLmRev,
    kCkdEpi2021,
    kCkdEpi2009,
    kEkfc,
    kCockcroftGault,
    kReported,  // a result of the laboratory's own
  };
  Score score = Score::kEgfr;
  std::vector<Formula> formulas;  // the first that gives a value
  ValueTest test;                 // kCompare, kBetween or kCompareBySex
  std::vector<TimeClause> times;  // bind the score's dated inputs
  // The sets of its inputs, in the order of criteria/scores/score.h: the author's set of that name
  // where there is one, else the built-in codes.
  std::vector<SetIndex> inputs;
  Absence absence = Absence::kUnknown;
  bool absence_stated = false;
};

// An answer to a question, by its name in this study.
struct AnswerQuery {
  std::string question;  // name of the ask, or "<criterion>" for else ask
  Bilingual text;
  std::optional<base::Period> valid_for;
};

// A moment or interval that times are counted from. An event that does not exist: a query on it
// takes the absence policy of the event's kind, unless the query states its own.
struct Event {
  enum class Kind : std::uint8_t {
    kChoice,        // the fact that `query` chooses; selector any: some fact of it
    kCurrentVisit,  // the one the caller names, else the one in progress
    kVisitOf,       // of
    kStartOf,       // of
    kEndOf,         // of
    kPeriod,        // from .. to
    kShifted,       // `shift` before or after `of`: in days and longer a whole local day
    kBirth,         // the day
    kIt,            // the candidate of the `where` around it
  };
  Kind kind = Kind::kChoice;
  std::string name;          // "" where the author gave none
  std::uint32_t query = 0;   // kChoice
  EventIndex of = kNoEvent;  // comes before this one in Program::events
  Bound from;
  Bound to;
  base::Period shift;
  bool before = false;
};

enum class NodeKind : std::uint8_t {
  kAnd,
  kOr,
  kNot,
  kAtLeastOf,  // count
  kAtMostOf,
  kExactlyOf,
  kIf,        // children: condition, then, otherwise (missing: true)
  kQuery,     // payload: queries
  kVariant,   // payload: variants
  kAge,       // payload: ages
  kScore,     // payload: scores
  kAnswer,    // payload: answers
  kElseAsk,   // children: data; payload: answers. Data if they settle it, else the answer
  kSexIs,     // payload: Sex
  kResident,  // payload: regions
  kAlive,
  kConstant,   // payload: Truth
  kGestation,  // payload: gestations
  kChange,     // payload: changes
  kText,       // payload: texts
};

struct Node {
  NodeKind kind = NodeKind::kConstant;
  std::int32_t count = 0;
  std::uint32_t payload = 0;
  std::vector<std::uint32_t> children;
};

// ---- criteria and study

enum class CriterionKind : std::uint8_t { kInclude, kExclude, kAsk };
constexpr std::string_view Name(CriterionKind kind) {
  return kind == CriterionKind::kInclude   ? "include"
         : kind == CriterionKind::kExclude ? "exclude"
                                           : "ask";
}

struct Criterion {
  CriterionKind kind = CriterionKind::kInclude;
  std::string name;
  Bilingual label;  // empty where the author gave none
  std::string because;
  std::uint32_t root = 0;
  bool must_be_no = false;                // kAsk
  std::optional<std::uint32_t> asked_if;  // kAsk: node; asked unless it is false
  std::optional<std::uint32_t> cohort;    // none: common to all

  // The value that speaks for the patient: include and ask true; exclude and `must be no` false.
  Truth wanted() const {
    return kind == CriterionKind::kExclude || must_be_no ? Truth::kFalse : Truth::kTrue;
  }
};

// A part of a study with criteria of its own. A closed one never raises the study's grade.
struct Cohort {
  std::string name;
  std::string title;
  bool open = true;
};

enum class StudyStatus : std::uint8_t {
  kRecruiting,
  kPlanned,
  kPaused,
  kFull,
  kClosed,
  kCompleted
};

struct Site {
  std::string name;
  std::string region;  // "01"; "" if not given
  std::string hsa_id;
};

struct StudyHeader {
  std::string id;
  Bilingual title;
  std::vector<std::pair<std::string, std::string>>
      ids;  // register word, identifier: ("nct", "NCT02647099")
  std::string phase;
  StudyStatus status = StudyStatus::kRecruiting;
  std::string status_word;  // as written
  std::string sponsor;
  std::string contact;
  std::string period;
  std::int32_t target = 0;
  std::vector<Site> sites;
  Grade suggest_when = Grade::kLikely;
  std::optional<base::Period> decline_silences;  // none: for good
  std::vector<std::pair<std::string, std::string>>
      other;  // header lines kept as written: rank, validity, offer
};

struct Program {
  StudyHeader study;
  std::vector<CodeSet> sets;
  std::vector<Query> queries;
  std::vector<VariantQuery> variants;
  std::vector<AgeTest> ages;
  std::vector<ScoreQuery> scores;
  std::vector<AnswerQuery> answers;
  std::vector<GestationQuery> gestations;
  std::vector<ChangeQuery> changes;
  std::vector<TextQuery> texts;
  std::vector<Event> events;  // each after those it is made from
  std::vector<Scale> scales;
  std::vector<Cohort> cohorts;
  std::vector<std::vector<std::string>> regions;
  std::vector<Node> nodes;
  std::vector<Criterion> criteria;  // in the file's order
};

inline constexpr std::uint32_t kProgramFormat =
    2;  // first varint of the encoding; raised when it changes

// Canonical bytes. The same program gives the same bytes with any compiler, on any machine.
std::string EncodeProgram(const Program& program);
// kCorruption: not such bytes, or of a newer format.
base::Result<Program> DecodeProgram(std::string_view bytes);
base::Digest HashOf(const Program& program);

}  // namespace medverka::criteria
