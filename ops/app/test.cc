#include <CLI/CLI.hpp>
#include <algorithm>

#include "criteria/criteria.h"
#include "ops/app/application.h"
#include "ops/app/study_files.h"
#include "ops/app/terminal.h"

namespace medverka::app {
namespace {

struct TestOptions {
  std::vector<std::string> paths;
  bool verbose = false;
};

void PrintResult(const criteria::ExampleResult& result, bool verbose, bool colour) {
  if (result.passed && !verbose) return;
  const std::string mark =
      result.passed ? Paint(Ink::kGreen, "ok  ", colour) : Paint(Ink::kRed, "FAIL", colour);
  Print(fmt::format("{} {}:{}: {} \"{}\"\n", mark, result.path, result.line, result.study,
                    result.example));
  if (!result.passed) Print(fmt::format("     {}\n", result.failure));
}

int Test(const TestOptions& options) {
  const auto files = ReadStudyFiles(options.paths);
  if (!files.has_value()) return Complain(files.error());
  const auto compilation = criteria::Compile(*files, UsedFiles());
  const bool broken = compilation.diagnostics.has_errors();
  if (broken) SayPlainly(criteria::RenderText(compilation.diagnostics, StderrHasColour()));

  const auto results = criteria::RunExamples(*files, UsedFiles());
  std::uint64_t failed = 0;
  for (const auto& result : results) {
    PrintResult(result, options.verbose, StdoutHasColour());
    if (!result.passed) ++failed;
  }
  for (const auto& study : compilation.studies) {
    const bool tried = std::any_of(results.begin(), results.end(),
                                   [&](const auto& r) { return r.path == study.path; });
    if (study.program != nullptr && !tried) Say(fmt::format("{} has no example", study.path));
  }
  Print(failed == 0 ? fmt::format("{} as expected\n", Count(results.size(), "example", "examples"))
                    : fmt::format("{} of {} failed\n", failed,
                                  Count(results.size(), "example", "examples")));
  return failed > 0 || broken ? kInputHasErrors : kFine;
}

}  // namespace

void AddTest(CLI::App& root, Commands& commands) {
  CLI::App* command = root.add_subcommand("test", "Run the examples that study files carry");
  const auto options = std::make_shared<TestOptions>();
  command
      ->add_option("paths", options->paths,
                   "Study files, or directories with study files (*.study)")
      ->required()
      ->type_name("PATH");
  command->add_flag("-v,--verbose", options->verbose,
                    "Name the examples that come out as expected, too");
  command->footer(
      R"(An example that comes out otherwise is shown with what was expected and what came, and the exit code is 1.

Examples:
  medverka test alascca.study
  medverka test criteria/studies --verbose)");
  commands.push_back({command, [options] { return Test(*options); }});
}

}  // namespace medverka::app
