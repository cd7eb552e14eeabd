// Idea: walk every declaration with what its brackets hand down (internal/term_checker.h), then
// what concerns the whole file.
#include "criteria/checker.h"

#include <algorithm>
#include <map>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/cursor.h"
#include "criteria/internal/example_checker.h"
#include "criteria/internal/scale_finder.h"
#include "criteria/internal/study_warnings.h"
#include "criteria/internal/term_checker.h"
#include "ops/base/text.h"

namespace medverka::criteria {

using internal::Module;
using internal::Quoted;
using internal::Scope;
using internal::SetResolver;

namespace {

class Checker {
 public:
  Checker(const Scope& scope, SetResolver& sets)
      : scope_(scope), sets_(sets), module_(scope.module()), terms_(scope, sets) {}

  void Run() {
    Declarations();
    if (module_.shared) {
      for (const Span span : module_.file.not_for_shared) {
        Report(DiagnosticCode::kNotInShared, span,
               fmt::format("{} has no place in a .codes file", Quoted(module_.source.text(span))),
               "Shared files hold codes, scales, events and definitions; a study file ends with "
               ".study.");
      }
      return;
    }
    Study();
    for (const ast::Criterion& criterion : module_.file.criteria) Criterion(criterion);
    CheckQuestionNames();
    internal::CheckExamples(scope_, sets_);
    bool errors = false;
    for (const Module* module : internal::Closure(module_)) errors = errors || module->has_errors();
    if (!errors) internal::WarnOfStudy(scope_, sets_, terms_.used());
  }

 private:
  void Report(DiagnosticCode code, Span span, std::string message, std::string hint = "") {
    module_.reporter.Report(code, span, std::move(message), std::move(hint));
  }

  // Sets, scales, events, definitions: each by itself, whether used or not.
  void Declarations() {
    for (const ast::Codes& codes : module_.file.codes) {
      if (const internal::NamedSet* set = scope_.FindSet(codes.name.text);
          set != nullptr && set->declaration == &codes) {
        sets_.Named(*set);
      }
    }
    for (const ast::Scale& scale : module_.file.scales) {
      if (!scale.broken) internal::CheckScale(scale, module_.reporter);
    }
    for (const ast::Event& event : module_.file.events) {
      if (!event.broken && scope_.Usable(&event)) terms_.CheckEvent(event);
    }
    for (const ast::Define& define : module_.file.defines) {
      if (define.body && scope_.Usable(&define)) terms_.CheckBody(*define.body, false, false);
    }
  }

  void Study() {
    const ast::File& file = module_.file;
    if (file.studies.empty()) {
      if (!file.names_lost) {
        Report(DiagnosticCode::kNoStudy, {}, "this file has no study block",
               "Begin with: study ID \"title\" { ... }. A file of shared codes ends with .codes.");
      }
      return;
    }
    if (file.studies.size() > 1) {
      Report(DiagnosticCode::kSecondStudy, file.studies[1].span,
             "a file holds one study; this is the second", "Put it into a file of its own.");
    }
    if (file.criteria.empty() && !file.names_lost && !file.studies[0].broken) {
      Report(DiagnosticCode::kNoCriteria, file.studies[0].id.span,
             "this study has no criteria, so it would fit everybody",
             "Add lines such as: include adult : age >= 18 years");
    }
  }

  void Criterion(const ast::Criterion& criterion) {
    const bool excluding = criterion.kind == CriterionKind::kExclude;
    if (criterion.body) terms_.CheckBody(*criterion.body, excluding, false);
    if (criterion.asked_if) terms_.CheckBody(*criterion.asked_if, false, true);
  }

  // An answer is known by its question's name alone, so no two questions of a study can share one.
  void CheckQuestionNames() {
    std::map<std::string, const ast::Name*> names;
    for (const ast::Criterion& criterion : module_.file.criteria) {
      const bool asks =
          criterion.kind == CriterionKind::kAsk || (criterion.body && AsksWithin(*criterion.body));
      if (asks) names.insert({base::Fold(criterion.name.text), &criterion.name});
    }
    for (const ast::Define* define : terms_.used().defines) {
      const auto taken = names.find(base::Fold(define->name.text));
      if (taken == names.end() || !define->body || !AsksWithin(*define->body)) continue;
      Report(DiagnosticCode::kTwoQuestions, taken->second->span,
             fmt::format("the definition {} asks a question of the same name",
                         Quoted(define->name.text)),
             "Give one of them another name.");
    }
  }

  static bool AsksWithin(const ast::Expr& expr) {
    if (expr.otherwise && expr.otherwise->type == ast::Else::Type::kAsk) return true;
    return std::any_of(expr.children.begin(), expr.children.end(),
                       [](const auto& child) { return AsksWithin(*child); });
  }

  const Scope& scope_;
  SetResolver& sets_;
  Module& module_;
  internal::TermChecker terms_;
};

}  // namespace

void Check(const Scope& scope, SetResolver& sets) { Checker(scope, sets).Run(); }

}  // namespace medverka::criteria
