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

}  // namespace medverka::criteria
