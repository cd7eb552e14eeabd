#include "criteria/read_back.h"

#include <CLI/CLI.hpp>

#include "criteria/criteria.h"
#include "ops/app/application.h"
#include "ops/app/study_files.h"
#include "ops/app/terminal.h"

namespace medverka::app {
namespace {

struct ReadBackOptions {
  std::vector<std::string> paths;
  std::string language = "en";
  std::string format = "text";
};

int ReadBackStudies(const ReadBackOptions& options) {
  const auto files = ReadStudyFiles(options.paths);
  if (!files.has_value()) return Complain(files.error());
  const auto compilation = criteria::Compile(*files, UsedFiles());
  const bool broken = compilation.diagnostics.has_errors();
  if (broken) SayPlainly(criteria::RenderText(compilation.diagnostics, StderrHasColour()));
  const auto language =
      options.language == "sv" ? criteria::Language::kSwedish : criteria::Language::kEnglish;
  bool first = true;
  for (const auto& study : compilation.studies) {
    if (study.program == nullptr) continue;
    const criteria::ReadBack page = criteria::ReadBackOf(*study.program, language);
    if (options.format == "json") {
      Print(criteria::RenderJson(*study.program, page, language));
    } else {
      if (!first) Print("\n\n");
      Print(criteria::RenderText(page));
    }
    first = false;
  }
  return broken ? kInputHasErrors : kFine;
}

}  // namespace

void AddReadBack(CLI::App& root, Commands& commands) {
  CLI::App* command =
      root.add_subcommand("read-back", "Say in plain sentences what was understood of a study");
  const auto options = std::make_shared<ReadBackOptions>();
  command
      ->add_option("paths", options->paths,
                   "Study files, or directories with study files (*.study)")
      ->required()
      ->type_name("PATH");
  command->add_option("--lang", options->language, "Language of the sentences")
      ->check(CLI::IsMember({"en", "sv"}).description(""))
      ->type_name("en|sv")
      ->capture_default_str();
  AddFormat(*command, options->format);
  command->footer(
      R"(Made from the compiled study, not from its text: what stands there is what patients are held against. A study with errors is not
read back; its problems are said, and the exit code is 1.

Examples:
  medverka read-back alascca.study --lang sv
  medverka read-back criteria/studies --format json)");
  commands.push_back({command, [options] { return ReadBackStudies(*options); }});
}

}  // namespace medverka::app
