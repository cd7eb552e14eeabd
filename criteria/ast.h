// A study file as its author wrote it, with the place of every part. Nothing is resolved here: a
// name is a name, a code is text. The parser makes it, the checker judges it, the compiler turns it
// into a Program.
//
// Room for the whole language: a new kind of term is one more alternative of Expr::payload, a
// window from an event one more Time::Shape with an event as Point, a filter one more member of
// FactTerm, a declaration one more list of File.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "criteria/program.h"
#include "criteria/source.h"

namespace medverka::criteria::ast {

struct Name {
  std::string text;  // as written, blanks squeezed, without quotes
  Span span;
};

struct Label {
  std::string sv;
  std::string en;
};

// ---- codes

struct CodeItem {
  enum class Type : std::uint8_t {
    kSetName,            // "colorectal cancer"
    kCode,               // of `system` or `uri`
    kQuestionnaireItem,  // code is "<questionnaire>#<linkId>"
    kValueSet,           // valueset "URL": `uri`
  };
  Type type = Type::kCode;
  Span span;
  SystemId system = SystemId::kNone;
  std::string uri;                // system "URI" that the language has no word for
  std::string text;               // the name, or the code as written, without <<
  bool with_descendants = false;  // <<
};

// Sets and codes of a query, in the order written: one of them.
struct Items {
  std::vector<CodeItem> items;
  Span span;
};

// ---- time

struct Amount {
  base::Period period;
  Span span;
};

struct EventTerm;
using EventRef = std::shared_ptr<const EventTerm>;

struct Point {
  enum class Type : std::uint8_t { kDate, kNow, kEvent };
  Type type = Type::kDate;
  base::TimeRange date;
  EventRef event;  // kEvent
  std::optional<Amount>
      shift;  // kEvent: `7 days before op`; `event` null: the one of the other end
  bool before = false;
  Span span;
};

struct Time {
  enum class Shape : std::uint8_t {
    kWithinLast,    // far
    kAtLeastAgo,    // near
    kBetweenAgo,    // near, far
    kSince,         // from its start: since, on or after
    kAfter,         // from after its end
    kBefore,        // to before its start
    kOnOrBefore,    // to its end
    kBetweenDates,  // from, to: between ... and ..., from ... to ...; dates, now, events
    // From here on `event` is set. kSince, kAfter, kBefore, kOnOrBefore with an event in `from`
    // stand as the four of them here.
    kWithinAfter,    // far
    kWithinBefore,   // far
    kWithinOf,       // far
    kAtLeastBefore,  // near
    kAtLeastAfter,   // near
    kAtMostBefore,   // far
    kAtMostAfter,    // far
    kBetweenBefore,  // near, far
    kBetweenAfter,   // near, far
    kBeforeEvent,
    kAfterEvent,
    kOnOrBeforeEvent,
    kOnOrAfterEvent,
    kOnSameDay,
    kDuring,
    kOverlapping,
    // No windows, but demands on the counted facts or the pair of a change.
    kApart,          // near
    kDifferentDays,  // count
    kWithinAny,      // far
  };
  Shape shape = Shape::kWithinLast;
  Side side = Side::kAny;  // kAny: none written
  Amount near;
  Amount far;
  Point from;
  Point to;
  EventRef event;
  std::int32_t count = 0;
  Span span;       // all of it
  Span when_span;  // without the side
};

// ---- tests

struct Quantity {
  base::Decimal number;
  std::string unit;  // "" for none
  Span number_span;
  Span unit_span;  // of the number where there is no unit
};

struct Word {
  std::string text;
  Span span;
  bool quoted = false;
};

struct Test {
  ValueTest::Kind kind = ValueTest::Kind::kCompare;
  CompareOp op = CompareOp::kGreaterEqual;
  Quantity limit;
  Quantity limit2;
  bool upper = true;
  std::vector<Word> words;
  Span span;
};

// ---- terms

struct Else {
  enum class Type : std::uint8_t { kNo, kUnknown, kAsk };
  Type type = Type::kNo;
  Label question;
  Span span;
};

// A demand on one attribute: `with severity is "severe"`, `with daily dose >= 20 mg`, `for "set"`.
struct FieldDemand {
  Field field = Field::kSite;
  bool value = false;  // with value
  Items items;         // sets and codes, or ...
  std::optional<Word> word;
  std::optional<Test> test;
  Span span;
};

struct Expr;

struct FactTerm {
  bool no = false;
  Selector selector = Selector::kThereIs;
  bool ever = false;
  std::int32_t count = 0;
  Span selector_span;  // empty: none written

  FactKind kind = FactKind::kCondition;
  Span kind_span;
  Items sets;
  bool component = false;
  Items components;
  std::vector<Word> visit_classes;
  std::string visit_unit;
  std::string study;
  bool interventional = false;

  bool different = false;
  bool consecutive = false;
  bool of_it = false;          // component "systolic" of it
  bool registry = false;       // participation in registry
  bool observational = false;  // participation in observational study
  bool at_visit = false;       // `at visit ...` as a term: the current visit
  EventRef reason_of;          // `reason "set" of e`: `sets` are the reasons

  std::vector<FieldDemand> fields;
  std::optional<Span> main_diagnosis;
  std::optional<Span> regularly;
  std::optional<Span> suspected_too;
  std::optional<MedicationStep> step;
  Span step_span;
  std::optional<Amount> lasting_at_most;
  std::optional<Amount> total;
  std::optional<Amount> gaps;
  std::shared_ptr<Expr> where;
  Span where_span;

  std::optional<Span> current;
  std::optional<Amount> lasting;
  Span lasting_span;
  std::optional<Test> test;
};

struct VariantTerm {
  VariantQuery::Type type = VariantQuery::Type::kVariant;
  VariantQuery::Consequence consequence = VariantQuery::Consequence::kAny;
  std::vector<Word> changes;
  std::vector<std::int32_t> exons;
  std::optional<Word> partner;
  std::optional<Test> copies;
  std::vector<FieldDemand> fields;
  Items reasons;
  Span span;  // the words that say what it is
  bool no = false;
  Origin origin = Origin::kNotReported;
  bool pathogenic = false;
  std::vector<Word> genes;
};

struct ScoreTerm {
  ScoreQuery::Score score = ScoreQuery::Score::kEgfr;
  std::vector<ScoreQuery::Formula> formulas;
  Test test;
};

struct AgeTerm {
  AgeTest test;
  std::optional<Point> at;
};

struct GestationTerm {
  GestationQuery test;
  EventRef at;
};

struct ChangeTerm {
  FactTerm of;  // observation, filters
  bool rise = true;
  CompareOp op = CompareOp::kGreaterEqual;
  Quantity amount;
  ChangeQuery::Unit unit = ChangeQuery::Unit::kUnit;
  ChangeQuery::Base from = ChangeQuery::Base::kAny;
  ChangeQuery::Base to = ChangeQuery::Base::kAny;
};

struct TextTerm {
  std::string pattern;
  Span pattern_span;
  FactTerm in;  // kind, sets, filters
  bool counts_as_yes = false;
};

struct SexTerm {
  Sex sex = Sex::kUnknown;
};

struct ResidentTerm {
  std::vector<std::string> regions;
};

struct AliveTerm {};

struct AnswerTerm {
  Name question;
};

// A definition, or an event: does it exist, and with a test, is its value so?
struct NameTerm {
  Name name;
  std::optional<Test> test;
};

// and, or, not, brackets, lists and if: `children` hold their parts.
struct Logic {
  enum class Type : std::uint8_t {
    kAnd,
    kOr,
    kNot,
    kBracket,  // one child
    kAnyOf,
    kAllOf,
    kNoneOf,
    kAtLeastOf,  // count
    kAtMostOf,
    kExactlyOf,
    kIf,  // condition, then, and maybe otherwise
  };
  Type type = Type::kAnd;
  std::int32_t count = 0;
  Span count_span;
};

struct Expr {
  std::variant<Logic, FactTerm, VariantTerm, ScoreTerm, AgeTerm, SexTerm, ResidentTerm, AliveTerm,
               AnswerTerm, NameTerm, GestationTerm, ChangeTerm, TextTerm>
      payload;
  std::vector<std::unique_ptr<Expr>> children;
  std::vector<Time> times;
  std::optional<Else>
      otherwise;  // else ... at the end of a bracket, a list item, a definition or a criterion
  Span span;
};
using ExprPtr = std::unique_ptr<Expr>;

struct EventTerm {
  enum class Type : std::uint8_t {
    kName,
    kIt,
    kBirth,
    kCurrentVisit,
    kVisitOf,  // of
    kStartOf,  // of
    kEndOf,    // of
    kChoice,   // choice: an Expr with a FactTerm
    kPeriod,   // from, to
    kShifted,  // shift before or after `of`
  };
  Type type = Type::kName;
  Name name;
  EventRef of;
  std::shared_ptr<Expr> choice;
  Point from;
  Point to;
  Amount shift;
  bool before = false;
  Span span;
};

// ---- declarations

// A declaration with a mistake inside is kept with `broken` set, so that its name is known and
// nobody complains that it is missing.
struct Use {
  std::string path;
  Span span;
};

struct Codes {
  Name name;
  std::vector<CodeItem> include;
  std::vector<CodeItem> except;
  bool broken = false;
};

struct Define {
  Name name;
  ExprPtr body;
  bool broken = false;
};

struct Scale {
  Name name;
  struct Level {
    Word word;
    std::vector<Word> parts;
  };
  std::vector<Level> levels;  // rising
  bool broken = false;
};

struct Event {
  Name name;
  EventRef body;
  bool broken = false;
};

struct Cohort {
  Name name;
  std::string title;
  bool open = true;
  Span span;
  bool broken = false;
};

struct Criterion {
  std::optional<std::size_t> cohort;  // in File::cohorts; none: common
  CriterionKind kind = CriterionKind::kInclude;
  Name name;
  Label label;
  ExprPtr body;  // include, exclude
  std::string because;

  Label question;  // ask
  bool must_be_no = false;
  std::optional<Amount> valid_for;
  ExprPtr asked_if;
  bool broken = false;
};

struct Study {
  Name id;
  StudyHeader header;  // all that needs no resolving
  Span span;
  bool broken = false;
};

// ---- examples

// One line of a small patient: `condition icd10se C18.7 on 2026-07-20`.
struct Given {
  enum class Type : std::uint8_t { kBorn, kDead, kSex, kResident, kFact };
  enum class Status : std::uint8_t {
    kUnstated,
    kActive,
    kResolved,   // resolved, stopped, completed: over, as it says
    kRefuted,    // refuted, not done, absent
    kSuspected,  // suspected, preliminary: not final
  };
  Type type = Type::kFact;
  Span span;
  base::TimeRange date;  // born, dead
  Sex sex = Sex::kUnknown;
  std::string region;

  FactKind kind = FactKind::kCondition;
  std::optional<CodeItem> code;
  std::optional<CodeItem> component;  // `code` is then the whole
  Status status = Status::kUnstated;
  std::optional<Upkeep> upkeep;  // at visit; prescribed, dispensed, given
  std::optional<base::TimeRange> on;
  std::optional<base::TimeRange> from;
  std::optional<base::TimeRange> to;
  std::optional<base::TimeRange> recorded;
  std::optional<base::TimeRange> updated;

  std::optional<Bounds> number;
  std::string unit;
  Span unit_span;
  std::optional<std::string> text;     // is "word"
  std::optional<CodeItem> value_code;  // is snomed 123
  bool without_value = false;
  std::optional<base::Decimal> limit_low;
  std::optional<base::Decimal> limit_high;

  std::string visit_class;  // v3-ActCode
  std::string visit_unit;
  std::string study;
  bool interventional = false;
  std::vector<std::string> genes;
  std::string change;               // p.H1047R
  std::vector<FieldDemand> fields;  // with FIELD ..., for "set"
  std::optional<bool> main_diagnosis;
  std::optional<bool> regular;
  std::optional<MedicationStep> step;
  std::string words_text;  // report: its conclusion
  Origin origin = Origin::kNotReported;
  Significance significance = Significance::kNotReported;
  bool covers = false;  // tested for gene ...
  Name question;
  bool answer = false;
};

struct Expectation {
  std::optional<base::Instant> at;  // none: the example's own time
  Grade grade = Grade::kEligible;
  // unknown: a, b, against: c, true: x, false: y
  // kCohort: this open cohort's grade is the study's, so a suggestion names it
  enum class Claim : std::uint8_t { kUnknown, kAgainst, kTrue, kFalse, kCohort };
  std::vector<std::pair<Claim, Name>> claims;
  Span span;
};

struct Example {
  std::string words;
  base::Instant at;
  std::vector<Given> given;
  std::vector<Expectation> expectations;
  Span span;  // keyword and words
  bool broken = false;
};

struct File {
  std::vector<Use> uses;
  std::vector<Study> studies;  // one in a good file
  std::vector<Codes> codes;
  std::vector<Define> defines;
  std::vector<Scale> scales;
  std::vector<Event> events;
  std::vector<Cohort> cohorts;
  std::vector<Criterion> criteria;  // include, exclude and ask, in the file's order
  std::vector<Example> examples;
  std::vector<Span> not_for_shared;  // keywords that have no place in a .codes file
  bool names_lost = false;           // a declaration was so broken that not even its name is known
};

}  // namespace medverka::criteria::ast

namespace medverka::criteria {

std::string_view Name(FactKind kind);  // "condition"; with its word in the language
bool HasValue(FactKind kind);          // observations and their components
bool Lasts(FactKind kind);             // a window on it must say which side is meant
Absence AbsenceOf(FactKind kind);      // what not recorded says of a query that states nothing
// v3-ActCode codes of a visit class of the language; empty if there is no such class.
std::vector<std::string> VisitClassCodes(std::string_view word);
const std::vector<std::string_view>& VisitClassWords();
// Codes of these systems stand for all codes that begin with them, and may be ranges.
bool IsPrefixSystem(SystemId system);
const std::vector<std::string_view>& SystemWords();

}  // namespace medverka::criteria
