#include <CLI/CLI.hpp>
#include <filesystem>

#include "ops/app/application.h"
#include "ops/app/progress.h"
#include "ops/app/terminal.h"
#include "ops/generator/generator.h"
#include "ops/generator/studies.h"
#include "streams/file/output_file.h"

namespace medverka::app {
namespace {

constexpr std::size_t kWriteBytes = 256 * 1024;

constexpr std::uint64_t kStudiesMax = 100'000;

struct GenerateCommand {
  generator::GenerateOptions options;
  std::uint64_t studies = 0;
  std::string out = "-";
};

// One file per study in the folder that --out names.
int GenerateStudies(const GenerateCommand& command) {
  if (command.out == "-") {
    Say("--studies needs a folder: --out DIR");
    return kWrongUsage;
  }
  std::error_code failed;
  std::filesystem::create_directories(command.out, failed);
  if (failed) {
    Say(fmt::format("cannot make the folder {}: {}", command.out, failed.message()));
    return kMachineFailed;
  }
  generator::StudyOptions options;
  options.seed = command.options.seed;
  for (std::uint64_t number = 1; number <= command.studies; ++number) {
    const generator::StudyText study = generator::MakeStudy(options, number);
    const std::string path = (std::filesystem::path(command.out) / (study.id + ".study")).string();
    const auto out = streams::OutputFile::Open(path, std::uint64_t{0});
    if (!out.has_value()) return Complain(out.error());
    if (const auto written = (*out)->Write(study.Text()); !written.has_value())
      return Complain(written.error());
  }
  Say(fmt::format("{} written to {}", Count(command.studies, "study", "studies"), command.out));
  return kFine;
}

int Generate(const GenerateCommand& command) {
  if (command.studies > 0) return GenerateStudies(command);
  // Cut back to nothing: a journal is made anew, never added to.
  const auto out = streams::OutputFile::Open(command.out, std::uint64_t{0});
  if (!out.has_value()) return Complain(out.error());
  Progress progress("generating");
  std::string waiting;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  const auto made =
      generator::Generate(command.options, [&](std::string_view line) -> base::Result<void> {
        waiting.append(line).push_back('\n');
        ++events;
        if (waiting.size() < kWriteBytes) return {};
        bytes += waiting.size();
        auto written = (*out)->Write(waiting);
        waiting.clear();
        progress.Show(bytes, 0, events, "");
        return written;
      });
  progress.Clear();
  if (!made.has_value()) return Complain(made.error());
  if (const auto written = (*out)->Write(waiting); !written.has_value())
    return Complain(written.error());
  if (command.out != "-")
    Say(fmt::format("{} written to {}", Count(events, "event", "events"), command.out));
  return kFine;
}

}  // namespace

void AddGenerate(CLI::App& root, Commands& commands) {
  CLI::App* command =
      root.add_subcommand("generate", "Make a synthetic Swedish journal, for trials and tests");
  const auto options = std::make_shared<GenerateCommand>();
  command->add_option("--patients", options->options.patients, "How many patients")
      ->check(CLI::Range(std::uint64_t{1}, generator::kPatientsMax))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--years", options->options.years, "How many years of journal")
      ->check(CLI::Range(1, generator::kYearsMax))
      ->type_name("Y")
      ->capture_default_str();
  command
      ->add_option("--studies", options->studies,
                   "Make this many random study files instead, in the folder of --out")
      ->check(CLI::Range(std::uint64_t{1}, kStudiesMax))
      ->type_name("N");
  command->add_option("--seed", options->options.seed, "The same seed gives the same bytes")
      ->type_name("S")
      ->capture_default_str();
  command
      ->add_option(
          "--out", options->out,
          "Where it goes; - is standard output; an existing file is replaced; of --studies the "
          "folder")
      ->type_name("FILE")
      ->capture_default_str();
  command->footer(
      R"(Nobody in it is real; personal identity numbers are only from the Tax Agency's test ranges.

Examples:
  medverka generate --patients 1000 --years 3 --seed 7 --out journal.ndjson
  medverka generate --patients 10 | head -n 3
  medverka generate --studies 100 --seed 7 --out studies)");
  commands.push_back({command, [options] { return Generate(*options); }});
}

}  // namespace medverka::app
