// Terms into nodes. One class over three files: term_compiler.cc (logic, names, questions, what is
// asked of the person, variants), query_compiler.cc (queries of facts and what stands on them:
// changes, texts, scores), event_compiler.cc (events and the times that count from them).
//
// REQUIRES: the checker found no errors; what it refuses is a MEDVERKA_CHECK here.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "criteria/internal/inherited.h"
#include "criteria/internal/program_builder.h"
#include "criteria/internal/scope.h"
#include "criteria/internal/set_resolver.h"

namespace medverka::criteria::internal {

class TermCompiler {
 public:
  TermCompiler(const Scope& scope, SetResolver& sets, ProgramBuilder& builder)
      : scope_(scope), sets_(sets), builder_(builder) {}

  // `owner`: name of the criterion, which is that of its question.
  std::uint32_t Compile(const ast::Expr& expr, std::string_view owner);
  std::uint32_t AnswerNode(std::string_view question);

 private:
  std::uint32_t Compile(const ast::Expr& expr, const Inherited& outer, Module& home);

  std::uint32_t Term(const ast::Expr& expr, const ast::Logic& logic, const Inherited& outer,
                     Module& home);
  std::uint32_t Term(const ast::Expr& expr, const ast::NameTerm& term, const Inherited& outer,
                     Module& home);
  std::uint32_t Term(const ast::Expr& expr, const ast::FactTerm& fact, const Inherited& outer,
                     Module& home);
  std::uint32_t Term(const ast::Expr& expr, const ast::VariantTerm& term, const Inherited& outer,
                     Module& home);
  std::uint32_t Term(const ast::Expr& expr, const ast::ScoreTerm& term, const Inherited& outer,
                     Module& home);
  std::uint32_t Term(const ast::Expr& expr, const ast::ChangeTerm& term, const Inherited& outer,
                     Module& home);
  std::uint32_t Term(const ast::Expr& expr, const ast::TextTerm& term, const Inherited& outer,
                     Module& home);
  std::uint32_t Term(const ast::Expr& expr, const ast::AgeTerm& term, const Inherited& outer,
                     Module& home);
  std::uint32_t Term(const ast::Expr& expr, const ast::GestationTerm& term, const Inherited& outer,
                     Module& home);
  std::uint32_t Term(const ast::Expr& expr, const ast::SexTerm& term, const Inherited& outer,
                     Module& home);
  std::uint32_t Term(const ast::Expr& expr, const ast::ResidentTerm& term, const Inherited& outer,
                     Module& home);
  std::uint32_t Term(const ast::Expr& expr, const ast::AliveTerm& term, const Inherited& outer,
                     Module& home);
  std::uint32_t Term(const ast::Expr& expr, const ast::AnswerTerm& term, const Inherited& outer,
                     Module& home);

  // ---- queries
  Query QueryOf(const ast::Expr& expr, const ast::FactTerm& fact, const Inherited& outer,
                Module& home);
  void Filters(Query& query, const ast::FactTerm& fact, Module& home);
  FieldFilter Demand(const ast::FieldDemand& demand, const ast::Items& measured, Module& home);
  ValueTest Test(const ast::Test& source, const ast::Items& measured, Module& home);
  std::vector<SetIndex> Sets(const ast::Items& items, Module& home);
  std::vector<std::string> Genes(const std::vector<ast::Word>& words);
  std::uint32_t EventAsTerm(const ast::Expr& expr, const ast::NameTerm& term, EventIndex event,
                            const NamedEvent& named, const Inherited& outer, Module& home);
  std::uint32_t CandidateAsTerm(const ast::Expr& expr, const ast::NameTerm& term,
                                const Inherited& outer, Module& home);

  // ---- times and events
  // Windows; demands on counted facts go to `query`, where there is one.
  std::vector<TimeClause> Times(const ast::Expr& expr, const Inherited& outer, Module& home,
                                bool current, Query* query);
  TimeClause Window(const ast::Time& time, Module& home, bool current);
  Bound BoundOf(const ast::Point& point, const ast::Point& other, bool is_from, Module& home);
  EventIndex EventOf(const ast::EventTerm& term, Module& home, std::string_view name = "");

  // ---- questions
  std::uint32_t AnswerIndex(AnswerQuery question);

  const Scope& scope_;
  SetResolver& sets_;
  ProgramBuilder& builder_;
  std::string owner_;  // name of the criterion or definition being compiled
  std::map<const ast::Criterion*, std::uint32_t> answer_nodes_;
  std::map<const ast::Event*, EventIndex> events_;
  std::map<std::tuple<const ast::Define*, const std::vector<ast::Time>*, const ast::Else*>,
           std::uint32_t>
      definitions_;
};

}  // namespace medverka::criteria::internal
