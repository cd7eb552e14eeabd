#include "criteria/internal/frontend.h"

#include <map>

#include "criteria/analysis/analysis.h"
#include "criteria/checker.h"
#include "criteria/compiler.h"
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/cursor.h"
#include "ops/base/format.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {

Frontend::Frontend(const std::vector<SourceFile>& files, const UseLoader& load)
    : modules_(files, load) {
  std::vector<StudyUnit> shared;
  for (const auto& module : modules_.all()) {
    StudyUnit unit;
    unit.module = module.get();
    unit.scope = std::make_unique<Scope>(*module);
    unit.sets = std::make_unique<SetResolver>(*unit.scope);
    (module->shared ? shared : studies_).push_back(std::move(unit));
  }
  // Shared files first, so that each problem of theirs is told as theirs.
  for (const StudyUnit& unit : shared) Check(*unit.scope, *unit.sets);
  for (const StudyUnit& unit : studies_) Check(*unit.scope, *unit.sets);
  FindDuplicateStudies();
  for (StudyUnit& unit : studies_) {
    bool errors = false;
    for (const Module* module : Closure(*unit.module)) errors = errors || module->has_errors();
    if (errors) continue;
    unit.program = CompileProgram(*unit.scope, *unit.sets);
    if (unit.program) ReportFindings(unit);
  }
}

void Frontend::ReportFindings(const StudyUnit& unit) {
  Module& module = *unit.module;
  const std::vector<ast::Criterion>& criteria = module.file.criteria;
  for (const Finding& finding : Analyse(*unit.program)) {
    const ast::Criterion& one = criteria[finding.criterion];
    const ast::Criterion& other = criteria[finding.other];
    const bool include = one.kind == CriterionKind::kInclude;
    const Span span = one.name.span;
    const std::string name = Quoted(one.name.text);
    const std::string second = fmt::format("{} (line {})", Quoted(other.name.text),
                                           module.source.LineOf(other.name.span.begin));
    switch (finding.kind) {
      case Finding::Kind::kNeverTrue:
        module.reporter.Report(
            DiagnosticCode::kNeverTrue, span,
            fmt::format("{} can never be true{}", name,
                        include ? ": nobody can take part" : ": it excludes nobody"),
            "Two of its parts exclude each other.");
        break;
      case Finding::Kind::kNeverFalse:
        module.reporter.Report(
            DiagnosticCode::kNeverFalse, span,
            fmt::format("{} can never be false{}", name,
                        include ? ": it asks nothing of anybody" : ": it excludes everybody"),
            "Between them its parts take in every patient.");
        break;
      case Finding::Kind::kContradicts:
        module.reporter.Report(DiagnosticCode::kContradicts, span,
                               fmt::format("{} contradicts {}", name, second),
                               "No patient can satisfy both, so nobody can take part.");
        break;
      case Finding::Kind::kImplied:
        module.reporter.Report(
            DiagnosticCode::kImplied, span, fmt::format("{} is implied by {}", name, second),
            fmt::format("Whoever satisfies {} satisfies it too.", Quoted(other.name.text)));
        break;
      case Finding::Kind::kSame:
        module.reporter.Report(DiagnosticCode::kImplied, span,
                               fmt::format("{} says the same as {}", name, second),
                               "Leave one of the two out.");
        break;
      case Finding::Kind::kNeverReached:
        module.reporter.Report(DiagnosticCode::kNeverReached, span,
                               fmt::format("a condition in {} can never be true", name),
                               "What stands behind its \"then\" is never asked.");
        break;
    }
  }
}

void Frontend::FindDuplicateStudies() {
  std::map<std::string, const Module*> seen;
  for (const StudyUnit& unit : studies_) {
    if (unit.module->file.studies.empty()) continue;
    const ast::Study& study = unit.module->file.studies[0];
    if (study.id.text.empty()) continue;
    const auto [place, added] = seen.insert({base::Fold(study.id.text), unit.module});
    if (added) continue;
    unit.module->reporter.Report(DiagnosticCode::kDuplicateStudy, study.id.span,
                                 fmt::format("there is already a study \"{}\" in {}", study.id.text,
                                             place->second->source.path()),
                                 "Every study has a short name of its own.");
  }
}

Diagnostics Frontend::TakeDiagnostics() const {
  Diagnostics out;
  for (const auto& module : modules_.all()) {
    for (const Diagnostic& diagnostic : module->diagnostics.all()) out.Add(diagnostic);
  }
  out.Sort();
  return out;
}

}  // namespace medverka::criteria::internal
