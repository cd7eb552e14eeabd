// What lies in a state directory, for the operator. Opened read-only: looking changes nothing.
#include <CLI/CLI.hpp>
#include <filesystem>

#include "matcher/catalogue/catalogue.h"
#include "matcher/lane.h"
#include "matcher/marker.h"
#include "matcher/patient/identity.h"
#include "matcher/patient/resource_rows.h"
#include "ops/app/application.h"
#include "ops/app/terminal.h"
#include "ops/base/crypto.h"
#include "ops/base/json.h"

namespace medverka::app {
namespace {

using base::Result;
using matcher::Room;

struct InspectOptions {
  std::string directory;
  std::string format = "text";
};

struct StudyReport {
  std::string hash;                           // of the program, hex
  std::map<std::string, std::uint64_t> open;  // grade -> open suggestions
};

struct StateReport {
  matcher::Marker marker;
  std::map<std::string, StudyReport> studies;
  std::uint64_t subjects = 0;
  std::uint64_t resources = 0;
  std::uint64_t deleted_resources = 0;  // remembered, so that a late original does not come back
  std::uint64_t timers = 0;
  std::uint64_t suggestions = 0;
  std::uint64_t disk_bytes = 0;
  std::string hash;  // over the logical state, hex
};

std::uint64_t BytesBelow(const std::string& directory) {
  std::uint64_t bytes = 0;
  std::error_code failed;
  for (auto at = std::filesystem::recursive_directory_iterator(directory, failed);
       !failed && at != std::filesystem::recursive_directory_iterator(); at.increment(failed)) {
    std::error_code ignored;
    if (at->is_regular_file(ignored)) bytes += at->file_size(ignored);
  }
  return bytes;
}

Result<void> LookIntoRows(const matcher::Store& store, StateReport& report) {
  MEDVERKA_TRY(store.Scan(Room::kTimers, "",
                          [&](std::string_view, std::string_view) { return ++report.timers > 0; }));
  const matcher::ResourceRows rows(store);
  std::vector<std::string> ids;
  MEDVERKA_TRY(
      rows.table().Scan("", [&](std::string_view id, std::string_view) { ids.emplace_back(id); }));
  for (const std::string& id : ids) {
    MEDVERKA_ASSIGN(const auto row, rows.Find(id));
    ++(row.has_value() && row->deleted ? report.deleted_resources : report.resources);
  }
  // Patient records have a table of their own (matcher/patient/patients.cc).
  base::Result<void> decoded;
  MEDVERKA_TRY(matcher::Table(store, Room::kState, "p")
                   .Scan("", [&](std::string_view, std::string_view value) {
                     const auto record = matcher::DecodePatientRecord(value);
                     if (!record.has_value()) decoded = tl::unexpected(record.error());
                     ++(record.has_value() && !record->live ? report.deleted_resources
                                                            : report.resources);
                   }));
  return decoded;
}

// The studies that are live in the store, and their programs.
Result<std::vector<std::string>> LookIntoCatalogue(const matcher::Store& store,
                                                   StateReport& report) {
  std::vector<std::string> ids;
  // With nothing published, all that was live before is "removed".
  MEDVERKA_ASSIGN(const auto catalogue, matcher::Catalogue::Open(store, {}, {}));
  for (const matcher::ProgramPtr& program : catalogue.removed()) {
    ids.push_back(program->study.id);
    report.studies[program->study.id].hash = base::Hex(base::AsBytes(criteria::HashOf(*program)));
  }
  return ids;
}

Result<void> LookIntoLane(std::unique_ptr<matcher::Store> store, std::vector<std::string> studies,
                          StateReport& report) {
  matcher::LaneOptions options;
  options.only_looks = true;
  options.evaluate = false;
  options.partition = report.marker.partition;
  options.assume_recruiting = report.marker.assume_recruiting;
  // No study published and all of them unusable: each stays live as it is stored.
  MEDVERKA_ASSIGN(const auto lane, matcher::Lane::Open(std::move(store), std::move(options), {},
                                                       std::move(studies)));
  report.subjects = lane->Subjects().size();
  MEDVERKA_ASSIGN(const auto open, lane->OpenSuggestions());
  report.suggestions = open.size();
  for (const auto& suggestion : open) {
    ++report.studies[suggestion.study].open[std::string(criteria::Name(suggestion.grade))];
  }
  MEDVERKA_ASSIGN(const base::Digest hash, lane->StateHash());
  report.hash = base::Hex(base::AsBytes(hash));
  return {};
}

Result<StateReport> LookInto(const std::string& directory) {
  StateReport report;
  MEDVERKA_ASSIGN(auto store, matcher::OpenRocksDbStore(
                                  directory, {.create_if_missing = false, .read_only = true}));
  MEDVERKA_ASSIGN(const auto marker, store->Get(Room::kMeta, matcher::kMarkerKey));
  if (!marker.has_value()) {
    return base::Fail(base::ErrorCode::kNotFound,
                      "{} is a state directory, but nothing was ever committed to it", directory);
  }
  MEDVERKA_ASSIGN(report.marker, matcher::DecodeMarker(*marker));
  MEDVERKA_TRY(LookIntoRows(*store, report));
  MEDVERKA_ASSIGN(auto studies, LookIntoCatalogue(*store, report));
  MEDVERKA_TRY(LookIntoLane(std::move(store), std::move(studies), report));
  report.disk_bytes = BytesBelow(directory);
  return report;
}

std::string LogTimeOf(const StateReport& report) {
  return report.marker.log_time.has_value() ? base::FormatUtc(*report.marker.log_time) : "";
}

std::string Row(std::string_view name, const std::string& value) {
  return fmt::format("{:<20}{}\n", name, value);
}

std::string ToText(const StateReport& report) {
  const matcher::Marker& marker = report.marker;
  constexpr std::size_t kHashShown = 16;
  const std::string log_time = LogTimeOf(report);
  std::string text = Row("format", fmt::format("{}", marker.format));
  text += Row("engine version", marker.engine);
  text += Row("partition", fmt::format("{}", marker.partition));
  text += Row("commits", Thousands(marker.sequence));
  text += Row("log time", log_time.empty() ? "none yet" : log_time);
  text += Row("subjects", Thousands(report.subjects));
  text +=
      Row("resources", fmt::format("{} ({} deleted ones remembered)", Thousands(report.resources),
                                   Thousands(report.deleted_resources)));
  text += Row("timers", Thousands(report.timers));
  text += Row("open suggestions", Thousands(report.suggestions));
  text += Row("catalogue version",
              fmt::format("{}{}", marker.catalogue_version,
                          marker.assume_recruiting ? ", every study taken as recruiting" : ""));
  for (const auto& [id, study] : report.studies) {
    std::string open;
    for (const auto& [grade, count] : study.open)
      open += fmt::format("{}{} {}", open.empty() ? "" : ", ", count, grade);
    text +=
        Row("  " + id, fmt::format("program {}  open: {}",
                                   study.hash.empty() ? "none" : study.hash.substr(0, kHashShown),
                                   open.empty() ? "none" : open));
  }
  text += "positions\n";
  for (const auto& [input, position] : marker.positions)
    text += fmt::format("  {}  {}\n", input, position);
  text += Row("on disk", fmt::format("{} KiB", Thousands(report.disk_bytes / 1024)));
  text += Row("state hash", report.hash);
  return text;
}

base::json::value ToJson(const StateReport& report) {
  using base::json::object;
  using base::json::value;
  object studies;
  for (const auto& [id, study] : report.studies) {
    object open;
    for (const auto& [grade, count] : study.open) open[grade] = count;
    studies[id] = object{{"program", study.hash}, {"open", std::move(open)}};
  }
  object positions;
  for (const auto& [input, position] : report.marker.positions) positions[input] = position;
  const std::string log_time = LogTimeOf(report);
  return object{{"format", report.marker.format},
                {"engine_version", report.marker.engine},
                {"partition", report.marker.partition},
                {"commits", report.marker.sequence},
                {"log_time", log_time.empty() ? value(nullptr) : value(log_time)},
                {"catalogue_version", report.marker.catalogue_version},
                {"assume_recruiting", report.marker.assume_recruiting},
                {"studies", std::move(studies)},
                {"positions", std::move(positions)},
                {"subjects", report.subjects},
                {"resources", report.resources},
                {"deleted_resources", report.deleted_resources},
                {"timers", report.timers},
                {"open_suggestions", report.suggestions},
                {"disk_bytes", report.disk_bytes},
                {"state_hash", report.hash}};
}

int Inspect(const InspectOptions& options) {
  const auto report = LookInto(options.directory);
  if (!report.has_value()) return Complain(report.error());
  Print(options.format == "json" ? base::ToPrettyJson(ToJson(*report)) : ToText(*report));
  return kFine;
}

}  // namespace

void AddStore(CLI::App& root, Commands& commands) {
  CLI::App* store = root.add_subcommand("store", "Look at a state directory");
  store->require_subcommand(1);
  store->footer("Example:\n  medverka store inspect state");
  CLI::App* inspect =
      store->add_subcommand("inspect", "Say what lies in a state directory; changes nothing");
  const auto options = std::make_shared<InspectOptions>();
  inspect->add_option("directory", options->directory, "The state directory")
      ->required()
      ->type_name("DIR");
  AddFormat(*inspect, options->format);
  inspect->footer(
      R"(Two states with the same state hash answer everything alike from here on. Not while `run` holds the directory.

Examples:
  medverka store inspect state
  medverka store inspect state --format json)");
  commands.push_back({inspect, [options] { return Inspect(*options); }});
}

}  // namespace medverka::app
