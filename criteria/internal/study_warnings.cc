#include "criteria/internal/study_warnings.h"

#include <algorithm>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/brand_names.h"
#include "criteria/internal/cursor.h"
#include "criteria/internal/event_needs.h"
#include "criteria/internal/score_inputs.h"
#include "criteria/internal/walk.h"

namespace medverka::criteria::internal {
namespace {

class Warnings {
 public:
  Warnings(const Scope& scope, const SetResolver& sets, const Used& used)
      : scope_(scope), sets_(sets), used_(used), file_(scope.module().file) {}

  void Run() {
    Unused();
    Brands();
    Events();
    Questions();
    if (!file_.studies.empty()) Study(file_.studies[0]);
  }

 private:
  void Report(DiagnosticCode code, Span span, std::string message, std::string hint = "") {
    scope_.module().reporter.Report(code, span, std::move(message), std::move(hint));
  }

  void Unused() {
    for (const ast::Codes& codes : file_.codes) {
      if (sets_.used().count(&codes) > 0 || IsScoreInput(codes.name.text)) continue;
      Report(DiagnosticCode::kSetUnused, codes.name.span,
             fmt::format("the set {} is never used", Quoted(codes.name.text)));
    }
    for (const ast::Define& define : file_.defines) {
      if (used_.defines.count(&define) > 0) continue;
      Report(DiagnosticCode::kDefinitionUnused, define.name.span,
             fmt::format("the definition {} is never used", Quoted(define.name.text)));
    }
    for (const ast::Event& event : file_.events) {
      if (used_.events.count(&event) > 0) continue;
      Report(DiagnosticCode::kEventUnused, event.name.span,
             fmt::format("the event {} is never used", Quoted(event.name.text)));
    }
    for (const ast::Scale& scale : file_.scales) {
      if (used_.scales.count(&scale) > 0) continue;
      Report(DiagnosticCode::kScaleUnused, scale.name.span,
             fmt::format("the scale {} is never used", Quoted(scale.name.text)));
    }
  }

  void Brands() {
    const auto warn = [&](const ast::Name& name) {
      const std::string_view substance = SubstanceOf(name.text);
      if (substance.empty()) return;
      Report(DiagnosticCode::kBrandName, name.span,
             fmt::format("{} is a brand of {}", Quoted(name.text), substance),
             "Patients get the same substance under other names. Name it by its substance, with "
             "its ATC code.");
    };
    for (const ast::Codes& codes : file_.codes) warn(codes.name);
    for (const ast::Criterion& criterion : file_.criteria) warn(criterion.name);
  }

  // Events that study criteria count from.
  void Events() {
    EventNeeds needs(scope_);
    for (const auto& [event, span] : needs.NotRequired()) {
      Report(DiagnosticCode::kEventNotRequired, span,
             fmt::format("no criterion requires {}, which others count from", Quoted(event)),
             "Where it does not exist, \"no ... after it\" is true. Add it as a criterion of its "
             "own if the study is about those who have it.");
    }
    for (const auto& [event, span] : needs.AnyUsedTwice()) {
      Report(DiagnosticCode::kAnyEventTwice, span,
             fmt::format("{} is any one of several, and two criteria count from it", Quoted(event)),
             "Each criterion may then mean another one. Choose \"first\" or \"latest\", or put "
             "both demands into one criterion.");
    }
  }

  void Questions() {
    for (const ast::Criterion& criterion : file_.criteria) {
      if (criterion.kind != CriterionKind::kAsk) continue;
      if (criterion.asked_if && NeverAsked(*criterion.asked_if)) {
        Report(DiagnosticCode::kAskUnneeded, criterion.name.span,
               fmt::format("{} is asked of nobody who can take part", Quoted(criterion.name.text)),
               "Its \"if\" and a criterion of the study exclude each other.");
      }
    }
    if (!file_.cohorts.empty() &&
        std::none_of(file_.cohorts.begin(), file_.cohorts.end(),
                     [](const ast::Cohort& cohort) { return cohort.open; })) {
      Report(DiagnosticCode::kNoOpenCohort, file_.cohorts[0].name.span,
             "no cohort of this study is open, so nobody can take part",
             "A study with cohorts is its common criteria and at least one open cohort.");
    }
  }

  // `if sex is male` in a study of women.
  bool NeverAsked(const ast::Expr& asked_if) const {
    const auto* sex = std::get_if<ast::SexTerm>(&asked_if.payload);
    if (sex == nullptr) return false;
    return std::any_of(file_.criteria.begin(), file_.criteria.end(), [&](const auto& criterion) {
      if (criterion.cohort || !criterion.body) return false;
      const auto* wanted = std::get_if<ast::SexTerm>(&criterion.body->payload);
      if (wanted == nullptr) return false;
      return criterion.kind == CriterionKind::kInclude ? wanted->sex != sex->sex
                                                       : wanted->sex == sex->sex;
    });
  }

  void Study(const ast::Study& study) {
    if (study.header.sites.empty()) {
      Report(DiagnosticCode::kNoSite, study.id.span, "this study names no site",
             "Write: sites \"Danderyds sjukhus\" region 01");
    }
    const bool ineligible =
        std::any_of(file_.examples.begin(), file_.examples.end(), [](const ast::Example& example) {
          return std::any_of(
              example.expectations.begin(), example.expectations.end(),
              [](const ast::Expectation& each) { return each.grade == Grade::kIneligible; });
        });
    if (!ineligible) {
      Report(DiagnosticCode::kNoIneligibleExample, study.id.span,
             "no example of this study ends ineligible",
             "An example that is turned away shows that the study turns somebody away.");
    }
    const bool narrow = std::any_of(
        file_.criteria.begin(), file_.criteria.end(), [](const ast::Criterion& criterion) {
          return criterion.kind != CriterionKind::kInclude || !criterion.body ||
                 !(std::holds_alternative<ast::AgeTerm>(criterion.body->payload) ||
                   std::holds_alternative<ast::AliveTerm>(criterion.body->payload));
        });
    if (!narrow) {
      Report(DiagnosticCode::kEveryAdultFits, study.id.span,
             "every person of the right age fits this study", "Is a criterion missing?");
    }
  }

  const Scope& scope_;
  const SetResolver& sets_;
  const Used& used_;
  const ast::File& file_;
};

}  // namespace

void WarnOfStudy(const Scope& scope, const SetResolver& sets, const Used& used) {
  Warnings(scope, sets, used).Run();
}

}  // namespace medverka::criteria::internal
