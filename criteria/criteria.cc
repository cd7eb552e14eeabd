#include "criteria/criteria.h"

#include "criteria/internal/frontend.h"

namespace medverka::criteria {

namespace internal {

Compilation CompilationOf(Frontend& frontend) {
  Compilation out;
  for (const StudyUnit& unit : frontend.studies()) {
    CompiledStudy study;
    study.path = unit.module->source.path();
    if (!unit.module->file.studies.empty()) study.id = unit.module->file.studies[0].id.text;
    study.program = unit.program;
    out.studies.push_back(std::move(study));
  }
  out.diagnostics = frontend.TakeDiagnostics();
  return out;
}

}  // namespace internal

Compilation Compile(const std::vector<SourceFile>& files, const UseLoader& load) {
  internal::Frontend frontend(files, load);
  return internal::CompilationOf(frontend);
}

std::vector<StudyPlace> FindStudies(const std::vector<SourceFile>& files, const UseLoader& load) {
  const internal::ModuleList modules(files, load);
  std::vector<StudyPlace> found;
  for (const auto& module : modules.all()) {
    if (module->shared || !module->given) continue;
    StudyPlace place{module->source.path(), ""};
    if (!module->file.studies.empty()) place.id = module->file.studies[0].id.text;
    found.push_back(std::move(place));
  }
  return found;
}

}  // namespace medverka::criteria
