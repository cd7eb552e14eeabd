#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "criteria/criteria.h"
#include "ops/app/application.h"
#include "ops/app/lane_run.h"
#include "ops/app/moment.h"
#include "ops/app/signals.h"
#include "ops/app/study_files.h"
#include "ops/app/subject_key.h"
#include "ops/app/terminal.h"

namespace medverka::app {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;

struct RunOptions {
  std::vector<std::string> studies;
  std::string until;
  std::string clock;
  std::string key_file;
  std::string format = "text";
  RunSettings settings;
};

bool SameFile(const std::string& a, const std::string& b) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (a == "-" || b == "-") return false;
  return fs::absolute(a).lexically_normal() == fs::absolute(b).lexically_normal() ||
         fs::equivalent(a, b, ignored);
}

// Written to what is read, or twice to one file: no order of writing could make that right.
Result<void> CheckPathsDiffer(const RunSettings& settings) {
  if (SameFile(settings.journal, settings.out) ||
      SameFile(settings.journal, settings.dead_letters) ||
      SameFile(settings.out, settings.dead_letters)) {
    return Fail(ErrorCode::kInvalidArgument,
                "--journal, --out and --dead-letters must be three different files");
  }
  return {};
}

// Before anything is made for it.
Result<void> CheckJournalIsThere(const std::string& journal) {
  if (journal == "-") return {};
  if (access(journal.c_str(), R_OK) == 0 && !std::filesystem::is_directory(journal)) return {};
  return Fail(ErrorCode::kNotFound, "cannot read the journal {}: {}", journal,
              std::filesystem::is_directory(journal) ? "it is a directory" : std::strerror(errno));
}

// Studies that compile are published; of the others the id is handed on, so that what is stored of
// them stays live.
bool TakeStudies(const criteria::Compilation& compilation, RunSettings& settings) {
  if (!compilation.diagnostics.all().empty()) {
    SayPlainly(criteria::RenderText(compilation.diagnostics, StderrHasColour()));
  }
  std::uint64_t broken = 0;
  for (const auto& study : compilation.studies) {
    if (study.program != nullptr) {
      settings.studies.push_back({study.program});
    } else {
      ++broken;
      if (!study.id.empty()) settings.unusable.push_back(study.id);
    }
  }
  if (settings.studies.empty()) {
    Say("no study compiled, so nothing was run; mend the errors above first");
    return false;
  }
  if (broken > 0) {
    Say(fmt::format("{} not used because of errors; the others run",
                    Count(broken, "study is", "studies are")));
  }
  return true;
}

Result<std::string> SubjectKeyOf(const RunOptions& options) {
  if (!options.key_file.empty()) return ReadSubjectKey(options.key_file);
  Say("without --key-file the subject keys are made with a trial key that everybody knows: for "
      "trials only");
  return TrialSubjectKey();
}

int Run(const RunOptions& options) {
  RunSettings settings = options.settings;
  settings.until = ParseMoment(options.until);
  settings.clock = ParseMoment(options.clock);
  if (settings.dead_letters.empty())
    settings.dead_letters = settings.state + "/dead-letters.ndjson";
  if (const auto differ = CheckPathsDiffer(settings); !differ.has_value()) {
    Say(differ.error().message);
    return kWrongUsage;
  }
  if (const auto there = CheckJournalIsThere(settings.journal); !there.has_value())
    return Complain(there.error());
  const auto files = ReadStudyFiles(options.studies);
  if (!files.has_value()) return Complain(files.error());
  if (!TakeStudies(criteria::Compile(*files, UsedFiles()), settings)) return kInputHasErrors;
  auto key = SubjectKeyOf(options);
  if (!key.has_value()) return Complain(key.error());
  settings.subject_key = std::move(*key);

  CatchStopSignals();
  const auto outcome = RunLane(settings);
  if (!outcome.has_value()) return Complain(outcome.error());
  SayPlainly(options.format == "json" ? base::ToJson(ToJson(outcome->summary)) + "\n"
                                      : ToText(outcome->summary));
  if (!outcome->left_over.empty()) Say(outcome->left_over);
  if (outcome->reading_failed.has_value()) return Complain(*outcome->reading_failed);
  return outcome->journal_cut_off && !settings.follow ? kInputHasErrors : kFine;
}

void AddOptions(CLI::App& command, RunOptions& options) {
  RunSettings& settings = options.settings;
  command.add_option("--studies", options.studies, "Study files, or directories with study files")
      ->required()
      ->type_name("PATH");
  command
      .add_option("--journal", settings.journal,
                  "Journal file (NDJSON, plain, gzip or zstd); - is standard input")
      ->required()
      ->type_name("FILE");
  command.add_option("--state", settings.state, "State directory; made if it is not there")
      ->required()
      ->type_name("DIR");
  command.add_option("--out", settings.out, "Where suggestions go; - is standard output")
      ->type_name("FILE")
      ->capture_default_str();
  command
      .add_option("--dead-letters", settings.dead_letters,
                  "Where dead letters go (default: STATE/dead-letters.ndjson)")
      ->type_name("FILE");
  command
      .add_option("--until", options.until, "At the end of the journal, move log time on to this")
      ->type_name("TIME")
      ->check(CheckMoment);
  command.add_flag("--follow", settings.follow,
                   "Wait for more at the end of the journal, until stopped");
  command
      .add_option("--key-file", options.key_file,
                  "File with the secret for the subject keys (16 bytes or more)")
      ->type_name("FILE");
  command.add_flag("--assume-recruiting", settings.assume_recruiting,
                   "Take every study as recruiting, whatever its status");
  command
      .add_option("--clock", options.clock,
                  "Take this as the present instead of the system's clock, for replays")
      ->type_name("TIME")
      ->check(CheckMoment);
  command
      .add_option(
          "--commit-every", settings.commit_records_max,
          "Commit at least after so many events: fewer show suggestions sooner, more are faster")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{matcher::kCommitRecordsMax}))
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--format", options.format, "How the summary on standard error is written")
      ->check(CLI::IsMember({"text", "json"}).description(""))
      ->type_name("text|json")
      ->capture_default_str();
}

}  // namespace

void AddRun(CLI::App& root, Commands& commands) {
  CLI::App* command =
      root.add_subcommand("run", "Stream a journal file through the service and write suggestions");
  const auto options = std::make_shared<RunOptions>();
  AddOptions(*command, *options);
  command->footer(
      R"(Called again on the same state it goes on where it was: a journal that grew is read on from there, and an output file
is cut back to its last committed byte first. A pipe may get repeats, with the same ids. Ctrl-C commits and ends.
A bare date means 12:00 local time that day. Suggestions: docs/suggestion.schema.json.

Examples:
  medverka run --studies criteria/studies --journal journal.ndjson --state state --out suggestions.ndjson
  medverka run --studies criteria/studies --journal journal.ndjson.zst --state state --until 2026-12-31
  medverka run --studies criteria/studies --journal journal.ndjson --state state --follow --key-file subject.key
  medverka generate --patients 100 --years 2 | medverka run --studies criteria/studies --journal - --state state)");
  commands.push_back({command, [options] { return Run(*options); }});
}

}  // namespace medverka::app
