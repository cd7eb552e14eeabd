#include "ops/app/lane_run.h"

#include <algorithm>
#include <chrono>

#include "matcher/render.h"
#include "ops/app/journal_reading.h"
#include "ops/app/moment.h"
#include "ops/app/progress.h"
#include "ops/app/signals.h"
#include "ops/app/terminal.h"
#include "streams/pipeline.h"

namespace medverka::app {
namespace {

using base::Result;

streams::PipelineOptions PipelineOptionsOf(const RunSettings& settings) {
  streams::PipelineOptions options;
  options.journal = settings.journal;
  options.suggestions = settings.out;
  options.state_directory = settings.state;
  options.dead_letters = settings.dead_letters.empty() ? settings.state + "/dead-letters.ndjson"
                                                       : settings.dead_letters;
  options.follow = settings.follow;
  options.until = settings.until;
  options.clock = [fixed = settings.clock] { return fixed.has_value() ? *fixed : Now(); };
  options.stop = StopIsAsked;
  options.commit_records_max = settings.commit_records_max;
  return options;
}

Result<RunSummary> Summarise(matcher::Lane& lane, double seconds) {
  RunSummary summary;
  summary.counters = lane.counters();
  summary.patients = lane.Subjects().size();
  if (lane.knows_log_time()) summary.log_time = lane.log_time();
  summary.catalogue_version = lane.catalogue_version();
  summary.seconds = seconds;
  for (const criteria::Evaluator& evaluator : lane.evaluators())
    summary.open[evaluator.program().study.id];
  MEDVERKA_ASSIGN(const auto open, lane.OpenSuggestions());
  for (const auto& suggestion : open) {
    ++summary.open[suggestion.study][std::string(criteria::Name(suggestion.grade))];
  }
  return summary;
}

double EventsPerSecond(const RunSummary& summary) {
  constexpr double kShortest = 1e-3;
  return static_cast<double>(summary.counters.records) / std::max(summary.seconds, kShortest);
}

std::string Row(std::string_view name, const std::string& value) {
  return fmt::format("  {:<18}{}\n", name, value);
}

std::string PassedOverInWords(const matcher::LaneCounters& counters) {
  std::string words;
  for (const auto& [type, count] : counters.passed_over) {
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", type, Thousands(count));
  }
  return words;
}

std::string SuggestionsInWords(const std::map<std::string, std::uint64_t>& by_grade) {
  std::string words;
  for (const char* grade : {"eligible", "likely", "possible"}) {
    const auto found = by_grade.find(grade);
    if (found != by_grade.end())
      words += fmt::format("{}{} {}", words.empty() ? "" : ", ", Thousands(found->second), grade);
  }
  return words.empty() ? "none" : words;
}

// Here the state directory is the only copy, and the journal what it can be made from again.
base::Error WithAdvice(base::Error error) {
  if (error.code == base::ErrorCode::kCorruption) {
    error.message +=
        " Move the state directory away and run again from the journal; nothing is repaired or "
        "guessed.";
  } else if (error.code == base::ErrorCode::kExhausted) {
    error.message += " Make room and start again; what was committed is kept.";
  }
  return error;
}

Result<RunOutcome> RunOnState(const RunSettings& settings) {
  const auto begun = std::chrono::steady_clock::now();
  MEDVERKA_ASSIGN(auto store, matcher::OpenRocksDbStore(settings.state));
  matcher::LaneOptions lane_options;
  lane_options.subject_key = settings.subject_key;
  lane_options.assume_recruiting = settings.assume_recruiting;
  MEDVERKA_ASSIGN(const auto lane, matcher::Lane::Open(std::move(store), std::move(lane_options),
                                                       settings.studies, settings.unusable));
  Progress progress("matching", settings.progress_at_once);
  streams::PipelineOptions options = PipelineOptionsOf(settings);
  const streams::Pipeline* running = nullptr;
  options.on_progress = [&](bool at_end) {
    if (at_end || running == nullptr) return progress.Clear();
    const auto& counters = lane->counters();
    progress.Show(running->source().file_bytes_read(), running->source().file_bytes(),
                  counters.records, Count(counters.suggested, "suggestion", "suggestions"));
  };
  MEDVERKA_ASSIGN(const auto pipeline, streams::Pipeline::Open(*lane, std::move(options)));
  running = pipeline.get();
  auto ran = pipeline->Run();
  progress.Clear();
  // What stopped the reading is the user's to mend and everything before it is committed; anything
  // else is a failure.
  if (!ran.has_value() && !pipeline->reading_failed())
    return tl::unexpected(std::move(ran).error());

  RunOutcome outcome;
  if (!ran.has_value()) outcome.reading_failed = ran.error();
  outcome.left_over = pipeline->LeftOver();
  outcome.journal_cut_off = pipeline->source().cut_off();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  MEDVERKA_ASSIGN(outcome.summary, Summarise(*lane, seconds));
  return outcome;
}

}  // namespace

Result<RunOutcome> RunLane(const RunSettings& settings) {
  auto outcome = RunOnState(settings);
  if (outcome.has_value()) return outcome;
  return tl::unexpected(WithAdvice(std::move(outcome).error()));
}

std::string ToText(const RunSummary& summary) {
  const matcher::LaneCounters& counters = summary.counters;
  std::string text = Row(
      "events", fmt::format("{} in {:.1f} s ({}/s)", Thousands(counters.records), summary.seconds,
                            Thousands(static_cast<std::uint64_t>(EventsPerSecond(summary)))));
  text += Row("resources",
              fmt::format("{} taken, {} known already, {} older versions, {} deletes",
                          Thousands(counters.resources), Thousands(counters.duplicates),
                          Thousands(counters.older_versions), Thousands(counters.deletes)));
  if (!counters.passed_over.empty()) text += Row("not used", PassedOverInWords(counters));
  if (counters.future_stamps > 0) {
    text += Row("from the future", fmt::format("{}, taken at the clock's time",
                                               Count(counters.future_stamps, "event", "events")));
  }
  const std::string dead = DeadLettersInWords(counters);
  text += Row("dead letters", dead.empty() ? "none" : dead);
  text += Row("patients", Thousands(summary.patients));
  text += Row("log time", summary.log_time ? base::FormatLocal(*summary.log_time)
                                           : "not known: no event has one");
  text += Row("suggestions",
              fmt::format("{} new, {} changed, {} withdrawn", Thousands(counters.suggested),
                          Thousands(counters.changed), Thousands(counters.withdrawn)));
  for (const auto& [study, by_grade] : summary.open)
    text += Row("  " + study, SuggestionsInWords(by_grade));
  return text;
}

base::json::value ToJson(const RunSummary& summary) {
  using base::json::object;
  const matcher::LaneCounters& counters = summary.counters;
  object dead;
  for (std::size_t reason = 0; reason < counters.dead.size(); ++reason) {
    if (counters.dead[reason] > 0) {
      dead[matcher::Name(static_cast<matcher::DeadLetterReason>(reason))] = counters.dead[reason];
    }
  }
  object passed_over;
  for (const auto& [type, count] : counters.passed_over) passed_over[type] = count;
  object open;
  for (const auto& [study, by_grade] : summary.open) {
    object grades;
    for (const auto& [grade, count] : by_grade) grades[grade] = count;
    open[study] = std::move(grades);
  }
  return object{{"records", counters.records},
                {"resources", counters.resources},
                {"duplicates", counters.duplicates},
                {"older_versions", counters.older_versions},
                {"deletes", counters.deletes},
                {"deletes_of_unseen", counters.deletes_of_unseen},
                {"future_stamps", counters.future_stamps},
                {"damaged_chains", counters.damaged_chains},
                {"dead_letters", std::move(dead)},
                {"passed_over", std::move(passed_over)},
                {"patients", summary.patients},
                {"log_time", matcher::RenderTime(summary.log_time)},
                {"catalogue_version", summary.catalogue_version},
                {"evaluations", counters.evaluations},
                {"timers_fired", counters.timers_fired},
                {"suggested", counters.suggested},
                {"changed", counters.changed},
                {"withdrawn", counters.withdrawn},
                {"open_suggestions", std::move(open)},
                {"seconds", summary.seconds},
                {"events_per_second", EventsPerSecond(summary)}};
}

}  // namespace medverka::app
