// Evaluating the leaves of a program (queries, ages, scores, answers) for one patient at one log
// time.
//
// Events: before a leaf is evaluated each event that it counts from is bound to one choice
// (events.h), so that inside EvaluateX EventOf and InClause give plain answers; what the choices
// come to together, and what an event says that does not exist, is settled outside.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>

#include "criteria/internal/code_sets.h"
#include "criteria/internal/events.h"
#include "criteria/internal/leaf.h"
#include "criteria/internal/pattern.h"
#include "criteria/internal/value_test.h"

namespace medverka::criteria::internal {

std::vector<Pattern> PatternsOf(const Program& program);

// What a program needs prepared once: units interned, words folded.
// A demand on an attribute, with its units interned and its words folded.
struct PreparedFilter {
  std::optional<PreparedTest> test;
  std::vector<std::string> words;
};
PreparedFilter Prepare(const FieldFilter& filter, const Program& program, Vocabulary& vocabulary);

// The events that a leaf depends on, those they are made from first.
using EventNeeds = std::vector<EventIndex>;

struct PreparedProgram {
  PreparedProgram(const Program& program_in, Vocabulary& vocabulary_in);

  // Needs of a leaf. Those of queries leave out what depends on the candidate of their `where`.
  const EventNeeds& NeedsOf(const Node& node) const;

  const Program& program;
  Vocabulary& vocabulary;
  CodeSets sets;
  std::vector<std::optional<PreparedTest>> query_tests;
  std::vector<PreparedTest> score_tests;
  UnitId micromole_per_litre;
  UnitId egfr_unit;
  std::vector<Pattern> patterns = PatternsOf(program);  // per text query
  std::vector<std::vector<CodeId>> genes;  // per variant query and gene: symbol, HGNC id
  std::vector<std::vector<PreparedFilter>> query_filters;  // beside Query::fields
  std::vector<std::vector<PreparedFilter>> variant_filters;

  std::vector<EventNeeds> query_needs;
  std::vector<EventNeeds> variant_needs;
  std::vector<EventNeeds> age_needs;
  std::vector<EventNeeds> gestation_needs;
  std::vector<EventNeeds> score_needs;
  std::vector<EventNeeds> event_needs;  // all that an event is made from, without itself
  std::vector<bool> of_candidate;       // per event: made from the candidate of a `where`
  // Per criterion and per query's `where`: the leaves of the tree, each once. A definition that is
  // used by others that are used by others has more ways down to it than anybody can walk.
  std::vector<std::vector<std::uint32_t>> criterion_leaves;
  std::vector<std::vector<std::uint32_t>> where_leaves;
  std::vector<std::uint32_t> study_leaves;  // of all criteria
};

// One patient at one log time.
struct Moment {
  const PatientView& patient;
  base::Instant at;
  std::string_view visit = {};  // the current one, where the caller names it
};

// One fact that a query looks at.
struct Item {
  FactRef ref;
  Span span;
  Truth window = Truth::kTrue;   // does it lie in the windows asked for?
  Truth filters = Truth::kTrue;  // current, lasting, attributes
  Truth holds = Truth::kTrue;    // confirmed, suspected, refuted
  Truth test = Truth::kTrue;
  bool unusable = false;
  bool attribute_open = false;   // something asked for is not reported
  std::vector<UsedFact> beside;  // what its `where` rests on

  bool negative() const { return ref.fact->holding == Holding::kNegative; }
  Truth inside() const { return And(window, filters); }
  Truth all() const { return And(And(inside(), holds), test); }
};

// Confirmed, suspected or refuted.
Truth HoldsOf(const Fact& fact);
// Order of facts at the same instant: issued, version, id (criteria/LANGUAGE.md section 8).
bool TieBefore(const FactRef& a, const FactRef& b);
bool EqualFolded(const std::string& a, const std::string& b);

// Do all items that are there pass, and is there one? An item whose being there is open counts both
// ways.
Truth AllThereAre(const std::vector<Item>& items, const std::function<Truth(const Item&)>& passes);

// Puts an item among those the leaf rests on.
void Use(Leaf& leaf, const Item& item);
// Puts those of `items` that decide the leaf's value there, and says why it came out so.
void Rest(Leaf& leaf, const std::vector<Item>& items);
Reason ReasonOf(Truth value);
Reason ReasonOpen(const Item& item);

// Is it a dating of a pregnancy, or the gestational age at a birth?
bool IsDating(const Fact& fact, const Vocabulary& vocabulary);

class VariantSearch;  // leaf_variant.cc

class Leaves {
 public:
  Leaves(PreparedProgram& prepared, const Moment& moment) : prepared_(prepared), moment_(moment) {}

  // Fills `leaf`. REQUIRES: node is a leaf (kElseAsk and kAnswer: the answer alone).
  void Evaluate(const Node& node, Leaf& leaf) const;

  // Could any of these leaves read a fact of this resource? As Reads.
  bool AnyReads(const std::vector<std::uint32_t>& leaves, const Resource& resource) const;
  // Could the leaf read a fact of this resource? Never false where it could; the patient is not
  // looked at.
  bool Reads(const Node& node, const Resource& resource) const;

 private:
  // The choice to which an event is bound while a leaf is evaluated. nullptr: none, which only a
  // damaged program brings about.
  const BoundEvent* EventOf(EventIndex event) const;
  // Does the fact's asked side lie in the window of the clause, also of one that counts from
  // events?
  Truth InClause(const FactRef& ref, const Span& span, const TimeClause& clause,
                 Moments& moments) const;

  void EvaluateBound(const Node& node, Leaf& leaf) const;
  void ReadyEvents() const;
  void EvaluateQuery(const Query& query, const std::optional<PreparedTest>& test, Leaf& leaf) const;
  void EvaluateVariant(const VariantQuery& query, Leaf& leaf) const;
  Truth VariantFields(const VariantQuery& query, const FactRef& ref) const;
  void JudgeTested(const VariantQuery& query, const VariantSearch& search,
                   const std::vector<Item>& looked_at, Leaf& leaf) const;
  void JudgeFound(const VariantQuery& query, const VariantSearch& search,
                  const std::vector<Item>& found, const std::vector<Item>& looked_at,
                  Leaf& leaf) const;
  void EvaluateAge(const AgeTest& test, Leaf& leaf) const;
  void EvaluateScore(const ScoreQuery& query, const PreparedTest& test, Leaf& leaf) const;
  bool ScoreReads(const ScoreQuery& query, const Fact& fact) const;
  class ScoreRun;  // leaf_score.cc
  void EvaluateAnswer(const AnswerQuery& query, Leaf& leaf) const;
  void EvaluateAlive(Leaf& leaf) const;
  void EvaluateChange(const ChangeQuery& change, Leaf& leaf) const;
  void EvaluateText(const TextQuery& text, Leaf& leaf) const;
  void EvaluateGestation(const GestationQuery& query, Leaf& leaf) const;

  // ---- events (events.cc)
  struct Fold;
  void OverEvents(const EventNeeds& needs, std::size_t next, const Node& node, int& budget,
                  Leaf& leaf) const;
  void Absent(const Node& node, EventIndex event, Leaf& leaf) const;
  Absence AbsenceOf(EventIndex event) const;
  const EventSet& Resolve(EventIndex event, EventSet& storage) const;
  EventSet ChoicesOf(EventIndex index) const;
  EventSet Chosen(std::uint32_t query) const;
  EventSet NamedVisit(std::string_view id) const;
  EventSet CurrentVisit() const;
  EventSet VisitOfEvent(const BoundEvent& of) const;
  BoundEvent BindFact(const FactRef& ref, const Span& span) const;
  EventSet Derived(const Event& event) const;
  Edge EdgeOf(const Bound& bound, bool is_from) const;
  EventWindow SpanWindow(const TimeClause& clause) const;
  EventWindow WindowNow(const TimeClause& clause) const;  // of any clause

  // ---- filters (filters.cc)
  Truth FieldHolds(const FieldFilter& filter, const PreparedFilter& prepared,
                   const FactRef& ref) const;
  Truth FieldHolds(const FieldFilter& filter, const PreparedFilter& prepared,
                   const Attribute& attribute) const;
  Truth ReasonHolds(const FieldFilter& filter, const FactRef& visit) const;
  Truth ValueHolds(const FieldFilter& filter, const PreparedFilter& prepared,
                   const Fact& fact) const;
  void JudgeFilters(const Query& query, std::vector<Item>& items) const;
  void JudgeWhere(const Query& query, Item& item, Moments& moments) const;
  using Values = std::unordered_map<std::uint32_t, Truth>;  // of nodes, for one candidate
  Truth EvaluateTree(std::uint32_t node, Values& known, Item& item, Moments& moments) const;
  Truth EvaluateNode(std::uint32_t node, Values& known, Item& item, Moments& moments) const;

  bool ReadsQuery(const Query& query, const Resource& resource) const;
  bool ReadsEvents(const EventNeeds& needs, const Resource& resource) const;

  bool Matches(const Query& query, const Fact& fact) const;
  Truth Attributes(const Query& query, const Fact& fact) const;
  void JudgeTimes(const Query& query, Item& item, Moments& moments) const;
  std::vector<Item> Gather(const Query& query, const std::optional<PreparedTest>& test,
                           Moments& moments) const;
  void EndStoppedOrders(std::vector<Item>& items, Moments& moments) const;
  void RefuteOlder(const Query& query, std::vector<Item>& items) const;
  template <typename Take>
  void ForEachFact(const Query& query, const Take& take) const;
  void GatherOne(const Query& query, const FactRef& ref, const std::optional<PreparedTest>& test,
                 std::vector<Item>& items, Moments& moments) const;
  void JudgeLengths(const Query& query, std::vector<Item>& items, Moments& moments) const;
  Span Joined(const Query& query, const std::vector<Item>& items, std::size_t index) const;
  void JudgeTotal(const Query& query, std::vector<Item>& items, Moments& moments) const;
  const FactRef* VisitOf(const Fact& fact) const;

  // What the query's selector makes of the items: the second half of EvaluateQuery. Leaves out
  // those that cannot lie in the window; lets the absence policy speak where none is left.
  void Select(const Query& query, const std::optional<PreparedTest>& test, std::vector<Item>& items,
              Moments& moments, Leaf& leaf) const;
  void NothingRecorded(const Query& query, Leaf& leaf) const;
  void Choose(const Query& query, std::vector<Item>& items, Leaf& leaf) const;
  void Extreme(const Query& query, const PreparedTest& test, std::vector<Item>& items,
               Leaf& leaf) const;
  Truth ExtremeAgainst(const Query& query, const PreparedTest& test,
                       const std::vector<Item>& items) const;
  void Exists(std::vector<Item>& items, Leaf& leaf) const;
  void Every(std::vector<Item>& items, Leaf& leaf) const;
  void Count(const Query& query, std::vector<Item>& items, Leaf& leaf) const;
  void Average(const Query& query, const std::optional<PreparedTest>& test,
               std::vector<Item>& items, Leaf& leaf) const;

  PreparedProgram& prepared_;
  Moment moment_;
  mutable std::unordered_map<std::string_view, const FactRef*>
      visits_;  // by resource id, filled on first use
  mutable bool visits_known_ = false;
  mutable std::vector<const BoundEvent*> bound_;             // per event, while a leaf is evaluated
  mutable std::vector<std::unique_ptr<EventSet>> resolved_;  // of events made from no others
  mutable std::vector<bool>
      resolving_;  // against events that a damaged program makes of themselves
};

}  // namespace medverka::criteria::internal
