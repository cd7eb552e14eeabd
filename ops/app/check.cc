#include <CLI/CLI.hpp>
#include <algorithm>

#include "criteria/criteria.h"
#include "ops/app/application.h"
#include "ops/app/check_watch.h"
#include "ops/app/study_files.h"
#include "ops/app/terminal.h"

namespace medverka::app {
namespace {

struct CheckOptions {
  std::vector<std::string> paths;
  std::string format = "text";
  bool watch = false;
};

std::string Summary(const criteria::Compilation& compilation) {
  const auto& studies = compilation.studies;
  const auto broken = static_cast<std::uint64_t>(std::count_if(
      studies.begin(), studies.end(),
      [](const auto& study) { return study.program == nullptr || !study.examples_pass; }));
  std::string text = studies.empty() && !compilation.diagnostics.has_errors()
                         ? "no study among these files, nothing wrong in them"
                         : Count(studies.size() - broken, "study", "studies") + " fine";
  if (broken > 0) text += fmt::format(", {} not", broken);
  const auto& diagnostics = compilation.diagnostics;
  if (diagnostics.errors() > 0) text += ", " + Count(diagnostics.errors(), "error", "errors");
  if (diagnostics.warnings() > 0)
    text += ", " + Count(diagnostics.warnings(), "warning", "warnings");
  return text + "\n";
}

// `load`: reads what the files use.
int CheckOnce(const CheckOptions& options, const criteria::UseLoader& load) {
  const auto files = ReadStudyFiles(options.paths);
  if (!files.has_value()) return Complain(files.error());
  const auto compilation = criteria::CompileAndTest(*files, load);
  if (options.format == "json") {
    std::string json = criteria::RenderJson(compilation.diagnostics);
    if (json.empty() || json.back() != '\n') json += '\n';
    Print(json);
  } else {
    Print(criteria::RenderText(compilation.diagnostics, StdoutHasColour()));
    Print(Summary(compilation));
  }
  return compilation.diagnostics.has_errors() ? kInputHasErrors : kFine;
}

int Check(const CheckOptions& options) {
  if (!options.watch) return CheckOnce(options, UsedFiles());
  WatchFiles(
      options.paths, [&](const criteria::UseLoader& load) { CheckOnce(options, load); },
      options.format == "json");
  return kFine;
}

}  // namespace

void AddCheck(CLI::App& root, Commands& commands) {
  CLI::App* command =
      root.add_subcommand("check", "Say everything that is wrong in study files, at once");
  const auto options = std::make_shared<CheckOptions>();
  command
      ->add_option("paths", options->paths,
                   "Study files, or directories with study files (*.study)")
      ->required()
      ->type_name("PATH");
  AddFormat(*command, options->format);
  command->add_flag("--watch", options->watch, "Check again whenever a file changes, until Ctrl-C");
  command->footer(
      R"(Each problem comes with its place, a stable code and, where there is one, a hint. Warnings leave the exit code at 0.

Examples:
  medverka check alascca.study
  medverka check criteria/studies --format json
  medverka check --watch alascca.study                 beside the editor
  medverka explain-code MV0101                         more about one code)");
  commands.push_back({command, [options] { return Check(*options); }});
}

}  // namespace medverka::app
