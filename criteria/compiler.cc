#include "criteria/compiler.h"

#include <map>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/term_compiler.h"
#include "criteria/limits.h"
#include "ops/base/check.h"
#include "ops/base/format.h"

namespace medverka::criteria {

using internal::Module;
using internal::Scope;
using internal::SetResolver;

namespace {

class Compiler {
 public:
  Compiler(const Scope& scope, SetResolver& sets)
      : module_(scope.module()), terms_(scope, sets, builder_) {}

  std::shared_ptr<const Program> Run() {
    const ast::File& file = module_.file;
    MEDVERKA_CHECK(file.studies.size() == 1);
    builder_.program.study = file.studies[0].header;
    for (const ast::Cohort& cohort : file.cohorts)
      builder_.program.cohorts.push_back({cohort.name.text, cohort.title, cohort.open});
    for (const ast::Criterion& criterion : file.criteria) {
      AddCriterion(criterion);
      if (!builder_.too_large()) continue;
      module_.reporter.Report(
          DiagnosticCode::kTooLarge, criterion.name.span,
          fmt::format("with this criterion the study has more than {} parts", kProgramNodesMax),
          "Definitions under brackets with times of their own multiply; do with fewer.");
      return nullptr;
    }
    return std::make_shared<const Program>(std::move(builder_.program));
  }

 private:
  void AddCriterion(const ast::Criterion& source) {
    Criterion criterion;
    criterion.kind = source.kind;
    criterion.name = source.name.text;
    criterion.label = {source.label.sv, source.label.en};
    criterion.because = source.because;
    criterion.must_be_no = source.must_be_no;
    if (source.cohort) criterion.cohort = static_cast<std::uint32_t>(*source.cohort);
    if (source.kind == CriterionKind::kAsk) {
      criterion.root = terms_.AnswerNode(source.name.text);
      if (source.asked_if) criterion.asked_if = terms_.Compile(*source.asked_if, source.name.text);
    } else {
      criterion.root = terms_.Compile(*source.body, source.name.text);
    }
    builder_.program.criteria.push_back(std::move(criterion));
  }

  Module& module_;
  internal::ProgramBuilder builder_;
  internal::TermCompiler terms_;
};

}  // namespace

std::shared_ptr<const Program> CompileProgram(const Scope& scope, SetResolver& sets) {
  return Compiler(scope, sets).Run();
}

}  // namespace medverka::criteria
