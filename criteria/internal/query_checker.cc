// Queries of facts, and what stands on them: changes, texts.
#include <algorithm>

#include "criteria/analytes.h"
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/cursor.h"
#include "criteria/internal/field_checker.h"
#include "criteria/internal/pattern.h"
#include "criteria/internal/scale_finder.h"
#include "criteria/internal/term_checker.h"
#include "criteria/internal/walk.h"

namespace medverka::criteria::internal {
namespace {

Analyte AnalyteOf(const std::vector<CodeSet>& sets) {
  std::vector<const CodeSet*> measured;
  for (const CodeSet& set : sets) measured.push_back(&set);
  return AnalyteOfSets(measured);
}

bool Counts(Selector selector) {
  return selector == Selector::kAtLeast || selector == Selector::kAtMost ||
         selector == Selector::kExactly;
}

}  // namespace

void TermChecker::Fact(const ast::Expr& expr, const ast::FactTerm& fact, const Inherited& outer,
                       Module& home, bool chooses) {
  const Inherited inner = HandDown(expr, outer, home);
  if (Here(home)) FactParts(fact, inner, chooses);
  if (fact.reason_of && Here(home)) {
    Event(*fact.reason_of, outer, home);
    if (!IsVisit(*fact.reason_of, outer)) {
      Report(DiagnosticCode::kEventDoesNotFit, fact.reason_of->span,
             "only a visit has a reason that is recorded",
             "Write: reason \"set\" of current visit");
    }
  }
  if (fact.of_it && Here(home) && outer.candidate == nullptr) {
    Report(DiagnosticCode::kWhere, fact.kind_span, "\"it\" stands in no \"where\" here",
           "\"it\" is the candidate of the \"where\" around it.");
  }
  if (fact.where) {
    if (outer.candidate != nullptr && Here(home)) {
      Report(DiagnosticCode::kTooDeep, fact.where_span, "\"where\" cannot stand within \"where\"",
             "It could not be told which fact \"it\" is.");
    } else {
      Walk(*fact.where, IntoWhere(inner, fact), home);
    }
  }
  if (fact.reason_of || fact.at_visit) return;
  Times(expr, outer, home, fact.kind, fact.current.has_value(), {Counts(fact.selector), false});
}

void TermChecker::FactParts(const ast::FactTerm& fact, const Inherited& inner, bool chooses) {
  Reporter& reporter = module_.reporter;
  if (fact.observational) {
    Report(DiagnosticCode::kNotYet, fact.kind_span,
           "not yet: participation in an observational study comes with a later version",
           "Ask for participation in any study, or in an interventional one.");
  }
  tests_.CheckShape(fact, chooses, reporter);
  CheckMarks(fact, reporter);
  CheckFields(fact.kind, fact.fields, reporter);
  const auto sets = sets_.Resolve(fact.sets, module_.source, reporter);
  const auto components = sets_.Resolve(fact.components, module_.source, reporter);
  const bool known = sets && components;
  const auto& measured = fact.component ? components : sets;
  if (fact.test && known && HasValue(fact.kind))
    TestOn(*fact.test, fact.component ? fact.components : fact.sets, *measured);
  Demands(fact.fields, fact.kind, known ? AnalyteOf(*measured) : Analyte::kNone);
  FactWarnings(fact, inner);
}

void TermChecker::TestOn(const ast::Test& test, const ast::Items& measured,
                         const std::vector<CodeSet>& sets) {
  tests_.CheckUnits(test, AnalyteOf(sets), module_.reporter);
  if (test.kind == ValueTest::Kind::kIs && test.words[0].quoted) {
    if (const NamedSet* set = scope_.FindSet(test.words[0].text)) {
      sets_.MarkUsed(set->declaration);
      sets_.Named(*set);
    }
  }
  const ScaleChoice choice = FindScale(scope_, test, measured);
  if (choice.scale != nullptr) used_.scales.insert(choice.scale);
  if (!choice.problem.empty())
    Report(DiagnosticCode::kScale, choice.span, choice.problem, choice.hint);
}

void TermChecker::Demands(const std::vector<ast::FieldDemand>& fields, FactKind kind,
                          Analyte analyte) {
  for (const ast::FieldDemand& demand : fields) {
    sets_.Resolve(demand.items, module_.source, module_.reporter);
    std::vector<ast::Word> words;
    if (demand.word) words.push_back(*demand.word);
    if (demand.test)
      words.insert(words.end(), demand.test->words.begin(), demand.test->words.end());
    for (const ast::Word& word : words) {
      const NamedSet* set = word.quoted ? scope_.FindSet(word.text) : nullptr;
      if (set == nullptr) continue;
      sets_.MarkUsed(set->declaration);
      sets_.Named(*set);
    }
    if (!demand.test) continue;
    if (demand.value && HasValue(kind))
      tests_.CheckUnits(*demand.test, analyte, module_.reporter);
    else if (HasField(kind, demand.field) && IsNumber(demand.field))
      Number(demand);
  }
}

// A dose has a unit; a fraction has none, or is in %.
void TermChecker::Number(const ast::FieldDemand& demand) {
  const ast::Test& test = *demand.test;
  if (test.kind != ValueTest::Kind::kCompare && test.kind != ValueTest::Kind::kBetween) {
    Report(DiagnosticCode::kNoSuchField, demand.span,
           fmt::format("a {} can be compared with a number only", WordOf(demand.field)),
           "Write >=, <=, >, <, = or between.");
    return;
  }
  if (demand.field != Field::kAlleleFraction && test.limit.unit.empty()) {
    Report(DiagnosticCode::kUnitMissing, test.limit.number_span,
           fmt::format("a {} needs its unit", WordOf(demand.field)),
           fmt::format("Write for example \"{} mg\".", test.limit.number.ToString()));
    return;
  }
  if (demand.field == Field::kAlleleFraction &&
      !tests_.SameDimension(test.limit.unit, Analyte::kNone, "")) {
    Report(DiagnosticCode::kUnitDoesNotFit, test.limit.unit_span, "this unit does not fit",
           "An allele fraction is a share: >= 5 %");
    return;
  }
  tests_.CheckUnits(test, Analyte::kNone, module_.reporter);
}

void TermChecker::FactWarnings(const ast::FactTerm& fact, const Inherited& inner) {
  const bool latest_assumed = fact.test && fact.selector == Selector::kThereIs && !fact.no &&
                              !fact.of_it && inner.candidate == nullptr;
  if (excluding_ && latest_assumed) {
    Report(DiagnosticCode::kLatestAssumed, fact.kind_span,
           "only the latest value counts here, since no selector is written",
           "Write \"latest\" if that is meant, or \"any\" if one such value is enough to exclude.");
  }
  if (fact.kind == FactKind::kCondition && fact.current && inner.times == nullptr) {
    Report(DiagnosticCode::kBareCurrent, *fact.current,
           "a diagnosis from a visit is not known to be current once the visit has ended",
           "Set a limit of your own: current within last 30 days.");
  }
}

void TermChecker::Change(const ast::Expr& expr, const ast::ChangeTerm& change,
                         const Inherited& outer, Module& home) {
  if (Here(home)) {
    Reporter& reporter = module_.reporter;
    CheckFields(change.of.kind, change.of.fields, reporter);
    CheckMarks(change.of, reporter);
    const auto sets = sets_.Resolve(change.of.sets, module_.source, reporter);
    const auto components = sets_.Resolve(change.of.components, module_.source, reporter);
    const auto& measured = change.of.component ? components : sets;
    if (sets && components) {
      Demands(change.of.fields, change.of.kind, AnalyteOf(*measured));
      tests_.CheckChange(change, *measured, reporter);
    }
  }
  if (change.of.where)
    Walk(*change.of.where, IntoWhere(HandDown(expr, outer, home), change.of), home);
  Times(expr, outer, home, change.of.kind, false, {false, true});
}

void TermChecker::Text(const ast::Expr& expr, const ast::TextTerm& text, const Inherited& outer,
                       Module& home) {
  if (Here(home)) {
    Reporter& reporter = module_.reporter;
    const Pattern pattern(text.pattern);
    if (!pattern.problem().empty()) {
      Report(DiagnosticCode::kPattern, text.pattern_span,
             fmt::format("this pattern cannot be used: {}", pattern.problem()),
             "Patterns are those of RE2: letters, [abc], \\w*, (a|b), without looking back.");
    }
    CheckFields(text.in.kind, text.in.fields, reporter);
    CheckMarks(text.in, reporter);
    sets_.Resolve(text.in.sets, module_.source, reporter);
    Demands(text.in.fields, text.in.kind, Analyte::kNone);
  }
  if (text.in.where) Walk(*text.in.where, IntoWhere(HandDown(expr, outer, home), text.in), home);
  Times(expr, outer, home, text.in.kind, false, {});
}

}  // namespace medverka::criteria::internal
