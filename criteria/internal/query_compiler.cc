// Queries of facts, and what stands on them: changes, texts, scores.
#include <algorithm>

#include "criteria/internal/example_checker.h"
#include "criteria/internal/scale_finder.h"
#include "criteria/internal/score_inputs.h"
#include "criteria/internal/term_compiler.h"
#include "criteria/internal/walk.h"
#include "ops/base/check.h"

namespace medverka::criteria::internal {
namespace {

template <typename AnyQuery>
void SetAbsence(AnyQuery& query, const ast::Else* otherwise, Absence by_kind) {
  query.absence = by_kind;
  if (otherwise == nullptr) return;
  query.absence = otherwise->type == ast::Else::Type::kNo ? Absence::kNo : Absence::kUnknown;
  query.absence_stated = true;
}

}  // namespace

std::uint32_t TermCompiler::Term(const ast::Expr& expr, const ast::FactTerm& fact,
                                 const Inherited& outer, Module& home) {
  return builder_.Negated(builder_.AddLeaf(builder_.program.queries,
                                           QueryOf(expr, fact, outer, home), NodeKind::kQuery),
                          fact.no);
}

Query TermCompiler::QueryOf(const ast::Expr& expr, const ast::FactTerm& fact,
                            const Inherited& outer, Module& home) {
  const Inherited inner = HandDown(expr, outer, home);
  Query query;
  query.kind = fact.kind;
  query.selector = fact.selector;
  query.ever = fact.ever;
  query.count = fact.count;
  query.different = fact.different;
  query.consecutive = fact.consecutive;
  query.component = fact.component;
  query.components = Sets(fact.components, home);
  if (fact.reason_of) {
    query.kind = FactKind::kVisit;
    query.of_event = EventOf(*fact.reason_of, home);
    FieldFilter reason;
    reason.field = Field::kReason;
    reason.sets = Sets(fact.sets, home);
    query.fields.push_back(std::move(reason));
  } else {
    query.sets = Sets(fact.sets, home);
  }
  if (fact.of_it || fact.at_visit) {
    ast::EventTerm event;
    event.type = fact.of_it ? ast::EventTerm::Type::kIt : ast::EventTerm::Type::kCurrentVisit;
    query.of_event = EventOf(event, home);
  }
  Filters(query, fact, home);
  const ast::Items& measured = fact.component ? fact.components : fact.sets;
  if (fact.test) query.test = Test(*fact.test, measured, home);
  // A test without a selector judges the latest value; under `no` it judges each. Of one fact there
  // is nothing to choose.
  if (fact.test && fact.selector == Selector::kThereIs && !fact.no && query.of_event == kNoEvent)
    query.selector = Selector::kLatest;
  query.times = Times(expr, outer, home, query.current, &query);
  SetAbsence(query, inner.otherwise, AbsenceOf(query.kind));
  if (fact.where) query.where = Compile(*fact.where, IntoWhere(inner, fact), home);
  return query;
}

void TermCompiler::Filters(Query& query, const ast::FactTerm& fact, Module& home) {
  query.current = fact.current.has_value();
  if (fact.lasting) query.lasting = fact.lasting->period;
  if (fact.lasting_at_most) query.lasting_at_most = fact.lasting_at_most->period;
  if (fact.total) query.total = fact.total->period;
  if (fact.gaps) query.gaps = fact.gaps->period;
  query.main_diagnosis = fact.main_diagnosis.has_value();
  query.regularly = fact.regularly.has_value();
  query.suspected_too = fact.suspected_too.has_value();
  query.step = fact.step;
  const ast::Items& measured = fact.component ? fact.components : fact.sets;
  for (const ast::FieldDemand& demand : fact.fields)
    query.fields.push_back(Demand(demand, measured, home));
  for (const ast::Word& word : fact.visit_classes) {
    for (std::string& code : VisitClassCodes(word.text))
      query.visit_classes.push_back(std::move(code));
  }
  std::sort(query.visit_classes.begin(), query.visit_classes.end());
  query.visit_classes.erase(std::unique(query.visit_classes.begin(), query.visit_classes.end()),
                            query.visit_classes.end());
  query.visit_unit = fact.visit_unit;
  query.study = fact.study;
  query.interventional = fact.interventional;
}

FieldFilter TermCompiler::Demand(const ast::FieldDemand& demand, const ast::Items& measured,
                                 Module& home) {
  FieldFilter filter;
  filter.field = demand.field;
  filter.value = demand.value;
  filter.sets = Sets(demand.items, home);
  const auto word = [&](const ast::Word& each) {
    const NamedSet* set = each.quoted ? scope_.FindSet(each.text) : nullptr;
    if (set != nullptr)
      filter.sets.push_back(builder_.Set(*sets_.Named(*set)));
    else
      filter.words.push_back(each.text);
  };
  if (demand.word) word(*demand.word);
  if (!demand.test) return filter;
  if (demand.test->kind == ValueTest::Kind::kIs && !demand.value) {
    for (const ast::Word& each : demand.test->words) word(each);
    return filter;
  }
  filter.test = Test(*demand.test, demand.value ? measured : ast::Items{}, home);
  return filter;
}

// `base >= 5 mmol/L` of an event: its fact exists, in these times, and its value is so.
std::uint32_t TermCompiler::EventAsTerm(const ast::Expr& expr, const ast::NameTerm& term,
                                        EventIndex event, const NamedEvent& named,
                                        const Inherited& outer, Module& home) {
  const ast::EventTerm* what = &Behind(*named.declaration->body, scope_);
  const ast::FactTerm* choice = ChoiceOf(*what);
  Query query;
  query.kind = choice != nullptr ? choice->kind : FactKind::kVisit;
  query.of_event = event;
  if (choice != nullptr && term.test) {
    query.test =
        Test(*term.test, choice->component ? choice->components : choice->sets, *named.home);
  }
  // Its choice may have times of its own: those of a bracket then say nothing of it.
  const bool own = choice != nullptr && HasWindow(what->choice->times);
  const Inherited inner = HandDown(expr, outer, home);
  Inherited times = outer;
  if (own) times.times = nullptr;
  query.times = Times(expr, times, home, false, nullptr);
  SetAbsence(query, inner.otherwise, AbsenceOf(query.kind));
  return builder_.AddLeaf(builder_.program.queries, std::move(query), NodeKind::kQuery);
}

// `it >= 5 mmol/L` in a `where`.
std::uint32_t TermCompiler::CandidateAsTerm(const ast::Expr& expr, const ast::NameTerm& term,
                                            const Inherited& outer, Module& home) {
  const ast::FactTerm& candidate = *outer.candidate;
  ast::EventTerm it;
  it.type = ast::EventTerm::Type::kIt;
  Query query;
  query.kind = candidate.kind;
  query.of_event = EventOf(it, home);
  if (term.test) {
    query.test =
        Test(*term.test, candidate.component ? candidate.components : candidate.sets, home);
  }
  query.times = Times(expr, outer, home, false, nullptr);
  SetAbsence(query, HandDown(expr, outer, home).otherwise, AbsenceOf(query.kind));
  return builder_.AddLeaf(builder_.program.queries, std::move(query), NodeKind::kQuery);
}

ValueTest TermCompiler::Test(const ast::Test& source, const ast::Items& measured, Module& home) {
  ValueTest test;
  test.kind = source.kind;
  test.op = source.op;
  test.limit = {source.limit.number, source.limit.unit};
  test.limit2 = {source.limit2.number, source.limit2.unit};
  test.upper = source.upper;
  for (const ast::Word& word : source.words) test.words.push_back(word.text);
  if (test.kind == ValueTest::Kind::kIs && source.words[0].quoted) {
    if (const NamedSet* named = scope_.FindSet(source.words[0].text))
      test.set = builder_.Set(*sets_.Named(*named));
  }
  if (const ScaleChoice choice = FindScale(scope_, source, measured); choice.scale != nullptr)
    test.scale = builder_.Scale(CompileScale(*choice.scale));
  const auto resolved = sets_.Resolve(measured, home.source, home.reporter);
  std::vector<const CodeSet*> sets;
  if (resolved) {
    for (const CodeSet& set : *resolved) sets.push_back(&set);
  }
  test.analyte = AnalyteOfSets(sets);
  return test;
}

std::vector<SetIndex> TermCompiler::Sets(const ast::Items& items, Module& home) {
  std::vector<SetIndex> out;
  // Nothing is reported any more: the checker has been here.
  const auto resolved = sets_.Resolve(items, home.source, home.reporter);
  MEDVERKA_CHECK(resolved.has_value());
  for (const CodeSet& set : *resolved) out.push_back(builder_.Set(set));
  return out;
}

std::uint32_t TermCompiler::Term(const ast::Expr& expr, const ast::ScoreTerm& term,
                                 const Inherited& outer, Module& home) {
  ScoreQuery query;
  query.score = term.score;
  query.formulas = term.formulas;
  query.test = Test(term.test, {}, home);
  query.times = Times(expr, outer, home, false, nullptr);
  SetAbsence(query, HandDown(expr, outer, home).otherwise, Absence::kUnknown);
  for (const ScoreInputSet& input : ScoreInputs(term.score)) {
    const NamedSet* named = scope_.FindSet(input.name);
    query.inputs.push_back(builder_.Set(named != nullptr ? *sets_.Named(*named) : input.built_in));
  }
  return builder_.AddLeaf(builder_.program.scores, std::move(query), NodeKind::kScore);
}

std::uint32_t TermCompiler::Term(const ast::Expr& expr, const ast::ChangeTerm& term,
                                 const Inherited& outer, Module& home) {
  if (builder_.too_large()) return 0;
  ChangeQuery change;
  Query query = QueryOf(expr, term.of, outer, home);
  change.query = builder_.AddQuery(std::move(query));
  change.rise = term.rise;
  change.op = term.op;
  change.amount = {term.amount.number, term.amount.unit};
  change.unit = term.unit;
  change.from = term.from;
  change.to = term.to;
  return builder_.AddLeaf(builder_.program.changes, std::move(change), NodeKind::kChange);
}

std::uint32_t TermCompiler::Term(const ast::Expr& expr, const ast::TextTerm& term,
                                 const Inherited& outer, Module& home) {
  if (builder_.too_large()) return 0;
  TextQuery text;
  Query query = QueryOf(expr, term.in, outer, home);
  text.query = builder_.AddQuery(std::move(query));
  text.pattern = term.pattern;
  text.counts_as_yes = term.counts_as_yes;
  return builder_.AddLeaf(builder_.program.texts, std::move(text), NodeKind::kText);
}

}  // namespace medverka::criteria::internal
