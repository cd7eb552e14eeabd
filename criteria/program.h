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

// ---- time

enum class Side : std::uint8_t {
  kAny,  // any instant of it: procedures and visits; for observations their one time
  kStarting,
  kEnding,
  kOngoing,
  kRecorded,
};

struct TimeClause {
  enum class Kind : std::uint8_t {
    kWithinLast,  // near = zero
    kAtLeastAgo,  // far = none
    kBetweenAgo,  // between near and far ago
    kFixed,       // [from, to], either may be missing
  };
  Kind kind = Kind::kWithinLast;
  Side side = Side::kAny;
  base::Period near;  // kAtLeastAgo, kBetweenAgo
  base::Period far;   // kWithinLast, kBetweenAgo
  std::optional<base::Instant> from;
  std::optional<base::Instant> to;  // included
  bool to_now = false;              // kFixed: `from 2024 to now`
};

// ---- tests

enum class CompareOp : std::uint8_t { kLess, kLessEqual, kGreater, kGreaterEqual, kEqual };

struct Limit {
  base::Decimal number;
  std::string unit;  // as written; "" for none
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
  };
  Kind kind = Kind::kCompare;
  CompareOp op = CompareOp::kGreaterEqual;
  Limit limit;
  Limit limit2;
  bool upper = true;                 // kCompareRange, kOutsideRange
  std::vector<std::string> words;    // as written; compared folded
  std::optional<SetIndex> set;       // kIs with the name of a set
  Analyte analyte = Analyte::kNone;  // of the query's set, where all its codes agree
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
};

// What not recorded says (criteria/LANGUAGE.md section 8).
enum class Absence : std::uint8_t { kNo, kUnknown };

struct Query {
  FactKind kind = FactKind::kCondition;
  Selector selector = Selector::kThereIs;
  bool ever = false;           // latest ever, first ever
  std::int32_t count = 0;      // at least, at most, exactly
  std::vector<SetIndex> sets;  // one of them; empty: any fact of the kind
  std::vector<SetIndex>
      components;  // kObservation: component "systolic" of ...: `sets` is the whole
  bool component = false;
  bool current = false;
  std::optional<base::Period> lasting;  // for at least
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
};

struct ScoreQuery {
  enum class Formula : std::uint8_t { kLmRev };
  Formula formula = Formula::kLmRev;
  ValueTest test;                 // kCompare or kBetween
  std::vector<TimeClause> times;  // bind the creatinine
  SetIndex input = 0;             // the set that names the creatinine results
};

// An answer to a question, by its name in this study.
struct AnswerQuery {
  std::string question;  // name of the ask, or "<criterion>" for else ask
  Bilingual text;
  std::optional<base::Period> valid_for;
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
  kConstant,  // payload: Truth
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

  // The value that speaks for the patient: include and ask true; exclude and `must be no` false.
  Truth wanted() const {
    return kind == CriterionKind::kExclude || must_be_no ? Truth::kFalse : Truth::kTrue;
  }
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
  std::vector<std::vector<std::string>> regions;
  std::vector<Node> nodes;
  std::vector<Criterion> criteria;  // in the file's order
};

inline constexpr std::uint32_t kProgramFormat =
    1;  // first varint of the encoding; raised when it changes

// Canonical bytes. The same program gives the same bytes with any compiler, on any machine.
std::string EncodeProgram(const Program& program);
// kCorruption: not such bytes, or of a newer format.
base::Result<Program> DecodeProgram(std::string_view bytes);
base::Digest HashOf(const Program& program);

}  // namespace medverka::criteria
