// All files of one run, from text to programs. Compile and RunExamples stand on it.
#pragma once

#include <memory>
#include <vector>

#include "criteria/criteria.h"
#include "criteria/internal/scope.h"
#include "criteria/internal/set_resolver.h"

namespace medverka::criteria::internal {

struct StudyUnit {
  Module* module = nullptr;
  std::unique_ptr<Scope> scope;
  std::unique_ptr<SetResolver> sets;
  std::shared_ptr<const Program> program;  // null: errors
};

class Frontend {
 public:
  Frontend(const std::vector<SourceFile>& files, const UseLoader& load);

  std::vector<StudyUnit>& studies() { return studies_; }
  Diagnostics TakeDiagnostics() const;

 private:
  void FindDuplicateStudies();
  // What a compiled study shows of itself: criteria that nobody meets, that contradict, ...
  static void ReportFindings(const StudyUnit& unit);

  ModuleList modules_;
  std::vector<StudyUnit> studies_;
};

// What the caller of Compile gets.
Compilation CompilationOf(Frontend& frontend);

}  // namespace medverka::criteria::internal
