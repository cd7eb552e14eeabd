// Evaluating the leaves of a program (queries, ages, scores, answers) for one patient at one log
// time.
#pragma once

#include <functional>
#include <unordered_map>

#include "criteria/internal/code_sets.h"
#include "criteria/internal/leaf.h"
#include "criteria/internal/value_test.h"

namespace medverka::criteria::internal {

// What a program needs prepared once: units interned, words folded.
struct PreparedProgram {
  PreparedProgram(const Program& program_in, Vocabulary& vocabulary_in);

  const Program& program;
  Vocabulary& vocabulary;
  CodeSets sets;
  std::vector<std::optional<PreparedTest>> query_tests;
  std::vector<PreparedTest> score_tests;
  UnitId micromole_per_litre;
  UnitId egfr_unit;
  std::vector<std::vector<CodeId>> genes;  // per variant query and gene: symbol, HGNC id
};

// One patient at one log time.
struct Moment {
  const PatientView& patient;
  base::Instant at;
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

class Leaves {
 public:
  Leaves(PreparedProgram& prepared, const Moment& moment) : prepared_(prepared), moment_(moment) {}

  // Fills `leaf`. REQUIRES: node is a leaf (kElseAsk and kAnswer: the answer alone).
  void Evaluate(const Node& node, Leaf& leaf) const;

  // Could the leaf read a fact of this resource? Never false where it could; the patient is not
  // looked at.
  bool Reads(const Node& node, const Resource& resource) const;

 private:
  void EvaluateQuery(const Query& query, const std::optional<PreparedTest>& test, Leaf& leaf) const;
  void EvaluateVariant(const VariantQuery& query, Leaf& leaf) const;
  void EvaluateAge(const AgeTest& test, Leaf& leaf) const;
  void EvaluateScore(const ScoreQuery& query, const PreparedTest& test, Leaf& leaf) const;
  void EvaluateAnswer(const AnswerQuery& query, Leaf& leaf) const;
  void EvaluateAlive(Leaf& leaf) const;

  bool Matches(const Query& query, const Fact& fact) const;
  Truth Attributes(const Query& query, const Fact& fact) const;
  void JudgeTimes(const Query& query, Item& item, Moments& moments) const;
  std::vector<Item> Gather(const Query& query, const std::optional<PreparedTest>& test,
                           Moments& moments) const;
  void EndStoppedOrders(std::vector<Item>& items, Moments& moments) const;
  void RefuteOlder(const Query& query, std::vector<Item>& items) const;
  void JudgeLength(const Query& query, std::vector<Item>& items, Moments& moments) const;
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
};

}  // namespace medverka::criteria::internal
