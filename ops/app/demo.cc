// The whole way in half a minute: synthetic journal, study files, lane, suggestions, reasons, and a
// second delivery of everything that must change nothing.
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>

#include "criteria/criteria.h"
#include "ops/app/application.h"
#include "ops/app/explanation.h"
#include "ops/app/journal_reading.h"
#include "ops/app/lane_run.h"
#include "ops/app/moment.h"
#include "ops/app/signals.h"
#include "ops/app/study_files.h"
#include "ops/app/subject_key.h"
#include "ops/app/terminal.h"
#include "ops/base/text.h"
#include "ops/generator/generator.h"
#include "streams/file/output_file.h"

namespace medverka::app {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Fail;
using base::Result;
using criteria::Grade;

constexpr std::uint64_t kDemoPatients = 300;
constexpr int kDemoYears = 3;
constexpr std::size_t kTitleWidth = 72;
constexpr std::size_t kIdWidth = 12;

struct DemoOptions {
  std::vector<std::string> studies{"criteria/studies"};
  std::string directory;
  generator::GenerateOptions generate;
};

// The folder of a demo: the user's own and kept, or a temporary one that goes with it.
class Stage {
 public:
  static Result<std::unique_ptr<Stage>> Open(const std::string& wanted) {
    if (wanted.empty()) {
      std::string made = (fs::temp_directory_path() / "medverka-demo-XXXXXX").string();
      if (mkdtemp(made.data()) == nullptr) {
        return Fail(ErrorCode::kIo, "cannot make a folder below {}",
                    fs::temp_directory_path().string());
      }
      return std::unique_ptr<Stage>(new Stage(made, true));
    }
    std::error_code failed;
    fs::create_directories(wanted, failed);
    if (failed)
      return Fail(ErrorCode::kInvalidArgument, "cannot make the folder {}: {}", wanted,
                  failed.message());
    if (!fs::is_empty(wanted, failed)) {
      return Fail(ErrorCode::kInvalidArgument, "{} is not empty; name a new folder for the demo",
                  wanted);
    }
    return std::unique_ptr<Stage>(new Stage(wanted, false));
  }
  ~Stage() {
    std::error_code ignored;
    if (temporary_) fs::remove_all(folder_, ignored);
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  std::string File(const char* name) const { return folder_ + "/" + name; }
  bool temporary() const { return temporary_; }
  const std::string& folder() const { return folder_; }

 private:
  Stage(std::string folder, bool temporary) : folder_(std::move(folder)), temporary_(temporary) {}
  const std::string folder_;
  const bool temporary_;
};

std::string Fitted(const std::string& text, std::size_t width) {
  std::string fitted;
  std::size_t points = 0;
  for (const char c : text) {
    const bool begins_point = (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    if (begins_point && points == width) break;
    if (begins_point) ++points;
    fitted.push_back(c);
  }
  return fitted + std::string(width - points, ' ');
}

class Demo {
 public:
  Demo(const DemoOptions& options, const Stage& stage)
      : options_(options), stage_(stage), style_{Language::kEnglish, StdoutHasColour()} {}

  Result<void> Play() {
    MEDVERKA_TRY(Generate());
    MEDVERKA_TRY(CompileStudies());
    MEDVERKA_TRY(RunOnce());
    MEDVERKA_TRY(ExplainTwo());
    return RunAgain();
  }

 private:
  void Title(const std::string& text) const {
    Print("\n" + Paint(Ink::kBold, text, style_.colour) + "\n\n");
  }

  Result<void> Generate() {
    Title("1  A synthetic Swedish journal");
    MEDVERKA_ASSIGN(const auto out,
                    streams::OutputFile::Open(stage_.File("journal.ndjson"), std::nullopt));
    std::uint64_t events = 0;
    std::string waiting;
    MEDVERKA_TRY(generator::Generate(options_.generate, [&](std::string_view line) -> Result<void> {
      constexpr std::size_t kWriteBytes = 256 * 1024;
      ++events;
      waiting.append(line).push_back('\n');
      if (waiting.size() < kWriteBytes) return {};
      auto written = out->Write(waiting);
      waiting.clear();
      return written;
    }));
    MEDVERKA_TRY(out->Write(waiting));
    Print(fmt::format("  {}, {}, {}: nobody in it is real\n",
                      Count(options_.generate.patients, "patient", "patients"),
                      Count(static_cast<std::uint64_t>(options_.generate.years), "year", "years"),
                      Count(events, "event", "events")));
    return {};
  }

  Result<void> CompileStudies() {
    Title("2  Study files, compiled");
    MEDVERKA_ASSIGN(const auto files, ReadStudyFiles(options_.studies));
    const auto compilation = criteria::Compile(files, UsedFiles());
    if (compilation.diagnostics.has_errors()) {
      SayPlainly(criteria::RenderText(compilation.diagnostics, StderrHasColour()));
    }
    for (const auto& study : compilation.studies) {
      if (study.program == nullptr) continue;
      studies_.push_back({study.program});
      Print(fmt::format("  {}  {} {}\n", Fitted(study.id, kIdWidth),
                        Fitted(study.program->study.title.en, kTitleWidth),
                        Count(study.program->criteria.size(), "criterion", "criteria")));
    }
    if (studies_.empty())
      return Fail(ErrorCode::kInvalidArgument, "no study compiled, so there is nothing to show");
    return {};
  }

  // The journal ends on a fixed day. A computer whose clock is behind that must not take it for the
  // future.
  base::Instant Clock() const {
    return std::max(Now(), base::EndOfDay(base::Date{options_.generate.end_day}));
  }

  RunSettings SettingsFor(const char* journal) const {
    RunSettings settings;
    settings.studies = studies_;
    settings.journal = stage_.File(journal);
    settings.state = stage_.File("state");
    settings.out = stage_.File("suggestions.ndjson");
    settings.assume_recruiting = true;  // the studies are real, and most of them have ended
    settings.subject_key = TrialSubjectKey();
    settings.progress_at_once = true;
    settings.clock = Clock();
    return settings;
  }

  Result<RunSummary> RunOn(const char* journal) const {
    MEDVERKA_ASSIGN(auto outcome, RunLane(SettingsFor(journal)));
    if (outcome.reading_failed.has_value()) return tl::unexpected(*outcome.reading_failed);
    return std::move(outcome.summary);
  }

  Result<void> RunOnce() {
    Title("3  The journal streamed through the lane: which study may suit whom");
    MEDVERKA_ASSIGN(const RunSummary summary, RunOn("journal.ndjson"));
    Print(fmt::format("  {:<{}} {:>10}{:>10}{:>10}\n", "study", kIdWidth, "eligible", "likely",
                      "possible"));
    for (const auto& [study, by_grade] : summary.open) {
      Print("  " + Fitted(study, kIdWidth) + " ");
      for (const Grade grade : {Grade::kEligible, Grade::kLikely, Grade::kPossible}) {
        const auto found = by_grade.find(std::string(criteria::Name(grade)));
        Print(fmt::format("{:>10}", found == by_grade.end() ? "-" : Thousands(found->second)));
      }
      Print("\n");
    }
    Print(fmt::format("\n  {} in {:.1f} s; every verdict at {}\n",
                      Count(summary.counters.records, "event", "events"), summary.seconds,
                      summary.log_time ? base::FormatLocal(*summary.log_time) : "no time"));
    return {};
  }

  struct Candidate {
    std::size_t patient = 0;
    std::size_t study = 0;
    int rank = -1;  // higher is better to show
  };

  // What rests on the journal is better to show than what rests on nothing recorded.
  static int Told(const criteria::StudyVerdict& verdict) {
    const auto& all = verdict.criteria;
    return static_cast<int>(std::count_if(all.begin(), all.end(),
                                          [](const auto& one) { return !one.evidence.empty(); }));
  }
  static int RankAsMatch(const criteria::StudyVerdict& verdict) {
    constexpr int kPerGrade = 1'000;
    return verdict.grade >= Grade::kLikely
               ? static_cast<int>(verdict.grade) * kPerGrade + Told(verdict)
               : -1;
  }
  // Exactly one criterion against, best one that an entry of the journal speaks against.
  static int RankAsNearMiss(const criteria::StudyVerdict& verdict) {
    constexpr int kForEntry = 1'000;
    const auto& all = verdict.criteria;
    const auto is_against = [](const criteria::CriterionVerdict& one) { return one.against; };
    if (std::count_if(all.begin(), all.end(), is_against) != 1) return -1;
    const auto against = std::find_if(all.begin(), all.end(), is_against);
    return Told(verdict) + (against->evidence.empty() ? 0 : kForEntry);
  }

  Result<void> ExplainTwo() {
    MEDVERKA_ASSIGN(const auto reading,
                    JournalReading::Read(stage_.File("journal.ndjson"), studies_, Clock()));
    matcher::Lane& lane = reading->lane();
    Candidate match;
    Candidate near_miss;
    for (std::size_t p = 0; p < reading->patients().size(); ++p) {
      MEDVERKA_ASSIGN(const auto view, lane.View(reading->patients()[p].subject));
      for (std::size_t s = 0; s < lane.evaluators().size(); ++s) {
        const auto verdict = lane.evaluators()[s].Evaluate(view, lane.log_time());
        if (const int rank = RankAsMatch(verdict); rank > match.rank) match = {p, s, rank};
        if (const int rank = RankAsNearMiss(verdict); rank > near_miss.rank)
          near_miss = {p, s, rank};
      }
    }
    Title("4  One match, and why");
    MEDVERKA_TRY(ExplainOne(*reading, match));
    Title("5  One near-miss: a single criterion is against");
    return ExplainOne(*reading, near_miss);
  }

  Result<void> ExplainOne(JournalReading& reading, const Candidate& candidate) const {
    if (candidate.rank < 0) {
      Print("  none among these patients; more patients would have one\n");
      return {};
    }
    const KnownPatient& patient = reading.patients()[candidate.patient];
    const criteria::Evaluator& evaluator = reading.lane().evaluators()[candidate.study];
    MEDVERKA_ASSIGN(const auto view, reading.lane().View(patient.subject));
    const base::Instant at = reading.lane().log_time();
    Print(fmt::format("  {}  {}\n", Paint(Ink::kBold, "Patient/" + patient.id, style_.colour),
                      base::FormatLocal(at)));
    Print(ToText(
        {patient.id, &evaluator.program(), at, evaluator.Evaluate(view, at, {.explain = true})},
        style_));
    return {};
  }

  Result<void> RunAgain() {
    Title("6  Everything delivered a second time");
    std::error_code failed;
    fs::copy_file(stage_.File("journal.ndjson"), stage_.File("journal-again.ndjson"), failed);
    if (failed) return Fail(ErrorCode::kIo, "cannot copy the journal: {}", failed.message());
    MEDVERKA_ASSIGN(const RunSummary summary, RunOn("journal-again.ndjson"));
    const auto& counters = summary.counters;
    Print(fmt::format("  {}: {} new suggestions, {} changed, {} withdrawn\n",
                      Count(counters.records, "event", "events"), counters.suggested,
                      counters.changed, counters.withdrawn));
    if (counters.suggested + counters.changed + counters.withdrawn > 0) {
      return Fail(ErrorCode::kCorruption,
                  "a second delivery changed suggestions; this should not have happened");
    }
    return {};
  }

  const DemoOptions& options_;
  const Stage& stage_;
  const TextStyle style_;
  std::vector<matcher::PublishedStudy> studies_;
};

int PlayDemo(const DemoOptions& options) {
  const auto begun = std::chrono::steady_clock::now();
  const auto stage = Stage::Open(options.directory);
  if (!stage.has_value()) return Complain(stage.error());
  CatchStopSignals();
  const auto played = Demo(options, **stage).Play();
  if (!played.has_value()) return Complain(played.error());
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  Print(fmt::format("\n  Done in {:.1f} s. ", seconds));
  Print((*stage)->temporary()
            ? "`medverka demo --dir FOLDER` keeps the files to look at.\n"
            : fmt::format("Journal, suggestions and state lie in {}.\n", (*stage)->folder()));
  return StopIsAsked() ? kInputHasErrors : kFine;
}

}  // namespace

void AddDemo(CLI::App& root, Commands& commands) {
  CLI::App* command =
      root.add_subcommand("demo", "See all of it work on a synthetic journal, in half a minute");
  const auto options = std::make_shared<DemoOptions>();
  options->generate.patients = kDemoPatients;
  options->generate.years = kDemoYears;
  command->add_option("--studies", options->studies, "Study files, or directories with study files")
      ->type_name("PATH")
      ->capture_default_str();
  command
      ->add_option("--dir", options->directory,
                   "A new folder for journal, state and suggestions (default: a temporary one)")
      ->type_name("DIR");
  command->add_option("--patients", options->generate.patients, "How many patients")
      ->check(CLI::Range(std::uint64_t{1}, generator::kPatientsMax))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--years", options->generate.years, "How many years of journal")
      ->check(CLI::Range(1, generator::kYearsMax))
      ->type_name("Y")
      ->capture_default_str();
  command->add_option("--seed", options->generate.seed, "Another seed, other patients")
      ->type_name("S")
      ->capture_default_str();
  command->footer("Examples:\n  medverka demo\n  medverka demo --patients 2000 --dir try-out");
  commands.push_back({command, [options] { return PlayDemo(*options); }});
}

}  // namespace medverka::app
