// One run of the embedded lane from journal file to suggestions file: what `run` and `demo` have in
// common.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "matcher/lane.h"
#include "matcher/limits.h"
#include "ops/base/json.h"

namespace medverka::app {

struct RunSettings {
  std::vector<matcher::PublishedStudy> studies;
  std::vector<std::string> unusable;  // ids of studies with errors
  std::string journal = "-";
  std::string state;
  std::string out = "-";
  std::string dead_letters;  // "": in the state directory
  std::optional<base::Instant> until;
  std::optional<base::Instant> clock;  // instead of the system's
  bool follow = false;
  bool assume_recruiting = false;
  std::string subject_key;
  bool progress_at_once = false;
  std::uint64_t commit_records_max = matcher::kCommitRecordsMax;
};

struct RunSummary {
  matcher::LaneCounters counters;  // of this run
  std::uint64_t patients = 0;      // in the state
  std::map<std::string, std::map<std::string, std::uint64_t>>
      open;                               // study -> grade -> open suggestions
  std::optional<base::Instant> log_time;  // none: no event has said what time it is
  std::uint64_t catalogue_version = 0;
  double seconds = 0;
};

struct RunOutcome {
  RunSummary summary;
  std::string left_over;  // what the user should know about the journal's end
  bool journal_cut_off = false;
  std::optional<base::Error> reading_failed;  // all before it is committed
};

// An error: of the state, the outputs, or a journal that cannot be begun.
base::Result<RunOutcome> RunLane(const RunSettings& settings);

std::string ToText(const RunSummary& summary);
base::json::value ToJson(const RunSummary& summary);

}  // namespace medverka::app
