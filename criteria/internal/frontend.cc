#include "criteria/internal/frontend.h"

#include <map>

#include "criteria/checker.h"
#include "criteria/compiler.h"
#include "criteria/diagnostic_codes.h"
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
    if (!errors) unit.program = CompileProgram(*unit.scope, *unit.sets);
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
