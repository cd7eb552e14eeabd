// Judges terms. One class over three files: term_checker.cc (logic, names, questions, variants),
// query_checker.cc (queries of facts and what stands on them), event_checker.cc (events and times).
//
// A definition is walked by itself where it stands, and once more for each different thing that a
// criterion hands down to it, since only then its queries get their times. What is wrong in another
// file is told there, unless what this file hands down makes it wrong.
#pragma once

#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "criteria/internal/inherited.h"
#include "criteria/internal/scope.h"
#include "criteria/internal/set_resolver.h"
#include "criteria/internal/test_checker.h"

namespace medverka::criteria::internal {

// What the terms of a study made use of, for warnings.
struct Used {
  std::set<const ast::Define*> defines;
  std::set<const ast::Event*> events;
  std::set<const ast::Scale*> scales;
};

class TermChecker {
 public:
  TermChecker(const Scope& scope, SetResolver& sets)
      : scope_(scope), sets_(sets), module_(scope.module()) {}

  // A definition, or what stands after the colon of a criterion. `asks`: it is a question itself.
  void CheckBody(const ast::Expr& body, bool excluding, bool asks);
  void CheckEvent(const ast::Event& event);

  const Used& used() const { return used_; }

 private:
  void Report(DiagnosticCode code, Span span, std::string message, std::string hint = "") {
    module_.reporter.Report(code, span, std::move(message), std::move(hint));
  }
  bool Here(const Module& home) const { return &home == &module_; }

  void Walk(const ast::Expr& expr, const Inherited& outer, Module& home);
  void WalkLogic(const ast::Expr& expr, const ast::Logic& logic, const Inherited& outer,
                 Module& home);
  void CheckElse(const ast::Expr& expr, const Inherited& outer);
  void CheckLogic(const ast::Expr& expr, const ast::Logic& logic);
  void TimeOnlyOnLast(const ast::Expr& chain);
  bool HasQuery(const ast::Expr& expr);
  bool TakesTime(const ast::Expr& expr, bool outermost = true);
  const ast::Expr* BodyOf(const ast::Expr& expr) const;
  bool UnknownName(const ast::Expr& expr) const;

  void Name(const ast::Expr& expr, const ast::NameTerm& term, const Inherited& outer, Module& home);
  void Definition(const ast::NameTerm& term, const NamedDefinition& found, const Inherited& inner,
                  Module& home);
  void EventAsTerm(const ast::Expr& expr, const ast::NameTerm& term, const NamedEvent& found,
                   const Inherited& outer, Module& home);
  void CandidateAsTerm(const ast::Expr& expr, const ast::NameTerm& term, const Inherited& outer,
                       Module& home);
  void UnknownTerm(const ast::Name& name);
  bool HasWhere(const ast::Define& define);
  void Answer(const ast::Name& question);

  void Variant(const ast::Expr& expr, const ast::VariantTerm& variant, const Inherited& outer,
               Module& home);
  void Gene(const ast::Word& gene);
  void ChangeForm(const ast::Word& change);

  // ---- queries
  // `chooses`: the query of an event, which needs no test.
  void Fact(const ast::Expr& expr, const ast::FactTerm& fact, const Inherited& outer, Module& home,
            bool chooses = false);
  void FactParts(const ast::FactTerm& fact, const Inherited& inner, bool chooses);
  void FactWarnings(const ast::FactTerm& fact, const Inherited& inner);
  void Demands(const std::vector<ast::FieldDemand>& fields, FactKind kind, Analyte analyte);
  void Number(const ast::FieldDemand& demand);
  // Units and words of a test on what `measured` says.
  void TestOn(const ast::Test& test, const ast::Items& measured, const std::vector<CodeSet>& sets);
  void Change(const ast::Expr& expr, const ast::ChangeTerm& change, const Inherited& outer,
              Module& home);
  void Text(const ast::Expr& expr, const ast::TextTerm& text, const Inherited& outer, Module& home);

  // ---- times and events
  struct Countable {
    bool count = false;   // at least N, at most N, exactly N
    bool change = false;  // rise, fall
  };
  void Times(const ast::Expr& expr, const Inherited& outer, Module& home, FactKind kind,
             bool current, Countable countable);
  void CheckTime(const ast::Time& time, const Inherited& outer, Module& home);
  void CheckPoint(const ast::Point& point, const Inherited& outer, Module& home);
  void Event(const ast::EventTerm& event, const Inherited& outer, Module& home);
  void Choice(const ast::EventTerm& event, Module& home);
  void UnknownEvent(const ast::Name& name);
  bool IsVisit(const ast::EventTerm& event, const Inherited& outer) const;

  const Scope& scope_;
  SetResolver& sets_;
  Module& module_;
  TestChecker tests_;
  bool excluding_ = false;
  int questions_ = 0;
  Used used_;
  // Of bodies of definitions, so that one used twice by each of a long row is looked at once.
  std::map<const ast::Define*, bool> has_where_;
  std::map<const ast::Expr*, bool> has_query_;
  std::map<const ast::Expr*, bool> takes_time_;
  std::set<std::tuple<const ast::Define*, const std::vector<ast::Time>*, const ast::Else*>> walked_;
};

}  // namespace medverka::criteria::internal
