#include "criteria/internal/example_checker.h"

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/cursor.h"
#include "criteria/internal/field_checker.h"

namespace medverka::criteria::internal {
namespace {

class ExampleChecker {
 public:
  ExampleChecker(const Scope& scope, SetResolver& sets)
      : scope_(scope), sets_(sets), reporter_(scope.module().reporter) {}

  void Check(const ast::Example& example) {
    for (const ast::Given& given : example.given) Given(given);
    for (const ast::Expectation& expectation : example.expectations) {
      for (const auto& [claim, name] : expectation.claims) {
        if (claim == ast::Expectation::Claim::kCohort)
          ExpectCohort(name);
        else
          Expect(name);
      }
      if (expectation.at && *expectation.at < example.at) {
        reporter_.Report(DiagnosticCode::kExampleFact, expectation.span,
                         "this lies before the time of the example",
                         "Later times follow the example's own.");
      }
    }
  }

 private:
  void Given(const ast::Given& given) {
    for (const auto* item : {&given.code, &given.component, &given.value_code}) {
      if (*item) ExampleCode(**item, scope_, sets_, reporter_);
    }
    Fields(given);
    if (given.to && given.from && given.to->hi < given.from->lo) {
      reporter_.Report(DiagnosticCode::kUpsideDown, given.span, "this ends before it begins");
    }
    if (given.limit_low && given.limit_high && *given.limit_high < *given.limit_low) {
      reporter_.Report(DiagnosticCode::kUpsideDown, given.span,
                       "the lower limit lies above the upper one");
    }
    if (given.type == ast::Given::Type::kFact && given.kind == FactKind::kAnswer)
      Answer(given.question);
  }

  // What an example reports of a fact is what can be asked of its kind.
  void Fields(const ast::Given& given) {
    for (const ast::FieldDemand& field : given.fields) {
      for (const ast::CodeItem& item : field.items.items)
        ExampleCode(item, scope_, sets_, reporter_);
      const NamedSet* set =
          field.word && field.word->quoted ? scope_.FindSet(field.word->text) : nullptr;
      if (set != nullptr) sets_.MarkUsed(set->declaration);
    }
    if (given.kind != FactKind::kVariant) {
      CheckFields(given.kind, given.fields, reporter_);
    }
    const auto only = [&](bool said, FactKind kind, std::string_view what) {
      if (!said || given.kind == kind) return;
      reporter_.Report(DiagnosticCode::kKindHasNoSuchPart, given.span,
                       fmt::format("{} is said of a {} only", what, Name(kind)));
    };
    only(given.main_diagnosis.has_value(), FactKind::kCondition, "\"as main diagnosis\"");
    only(given.regular.has_value(), FactKind::kMedication, "\"regularly\"");
  }

  void Answer(const ast::Name& question) {
    const ast::Criterion* found = scope_.FindCriterion(question.text);
    if (found != nullptr || scope_.names_lost() || scope_.FindDefinition(question.text) != nullptr)
      return;
    const std::string hint = scope_.DidYouMeanCriterion(question.text, false);
    reporter_.Report(DiagnosticCode::kUnknownQuestion, question.span,
                     fmt::format("there is no question {}", Quoted(question.text)), hint);
  }

  void ExpectCohort(const ast::Name& name) {
    const ast::Cohort* cohort = scope_.FindCohort(name.text);
    if (cohort == nullptr) {
      if (scope_.names_lost()) return;
      reporter_.Report(DiagnosticCode::kUnknownCohort, name.span,
                       fmt::format("there is no cohort {}", Quoted(name.text)),
                       scope_.DidYouMeanCohort(name.text));
    } else if (!cohort->open) {
      reporter_.Report(DiagnosticCode::kUnknownCohort, name.span,
                       fmt::format("the cohort {} is closed", Quoted(name.text)),
                       "A closed cohort never raises a grade, so no suggestion names it.");
    }
  }

  void Expect(const ast::Name& name) {
    if (scope_.FindCriterion(name.text) != nullptr || scope_.names_lost()) return;
    reporter_.Report(DiagnosticCode::kUnknownCriterion, name.span,
                     fmt::format("there is no criterion {}", Quoted(name.text)),
                     scope_.DidYouMeanCriterion(name.text, false));
  }

  const Scope& scope_;
  SetResolver& sets_;
  Reporter& reporter_;
};

}  // namespace

void CheckExamples(const Scope& scope, SetResolver& sets) {
  ExampleChecker checker(scope, sets);
  for (const ast::Example& example : scope.module().file.examples) {
    if (!example.broken) checker.Check(example);
  }
}

std::optional<CodeRule> ExampleCode(const ast::CodeItem& item, const Scope& scope,
                                    SetResolver& sets, Reporter& reporter) {
  if (item.type == ast::CodeItem::Type::kSetName) {
    const NamedSet* found = scope.FindSet(item.text);
    if (found == nullptr) {
      if (!scope.names_lost()) {
        reporter.Report(DiagnosticCode::kUnknownSet, item.span,
                        fmt::format("there is no set of codes {}", Quoted(item.text)),
                        scope.DidYouMeanSet(item.text));
      }
      return std::nullopt;
    }
    sets.MarkUsed(found->declaration);
    const CodeSet* set = sets.Named(*found);
    if (set == nullptr || set->clauses.empty() || set->clauses[0].include.empty())
      return std::nullopt;
    return set->clauses[0].include[0];
  }
  auto rule = SetResolver::Rule(item, false, reporter);
  if (rule && rule->match == CodeRule::Match::kRange) {
    reporter.Report(DiagnosticCode::kExampleFact, item.span,
                    "a fact has one code, not a range of them");
    return std::nullopt;
  }
  return rule;
}

std::optional<std::vector<std::string>> GenesOf(const CodeSet& set) {
  std::vector<std::string> genes;
  for (const CodeClause& clause : set.clauses) {
    if (!clause.except.empty()) return std::nullopt;
    for (const CodeRule& rule : clause.include) {
      if (rule.system != SystemId::kHgnc) return std::nullopt;
      genes.push_back(rule.from);
    }
  }
  return genes;
}

}  // namespace medverka::criteria::internal
