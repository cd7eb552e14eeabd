#include "ops/app/journal_reading.h"

#include <algorithm>
#include <numeric>

#include "matcher/limits.h"
#include "ops/app/signals.h"
#include "ops/app/subject_key.h"
#include "ops/app/terminal.h"
#include "streams/file/journal_source.h"

namespace medverka::app {
namespace {

using base::Result;

constexpr std::uint64_t kLinesBetweenCommits = 5'000;
constexpr int kDeadLettersNamedMax = 5;  // more are only counted

// The value of a member in a line of our own JSON: a number, or a string without escapes.
std::string MemberOf(std::string_view line, std::string_view name) {
  const std::string key = fmt::format("\"{}\":", name);
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return "";
  std::string_view value = line.substr(at + key.size());
  value = value.substr(0, value.find_first_of(",}"));
  if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
  return std::string(value);
}

// Names the first ones by line: "journal.ndjson:17: malformed-json".
class DeadLetterTeller {
 public:
  explicit DeadLetterTeller(std::string journal) : journal_(std::move(journal)) {}

  void Tell(std::string_view dead_letters) {
    while (!dead_letters.empty() && told_ < kDeadLettersNamedMax) {
      const std::size_t end = dead_letters.find('\n');
      const std::string_view line = dead_letters.substr(0, end);
      const std::string element = MemberOf(line, "element");
      SayPlainly(fmt::format("{}:{}: {}{}\n", journal_, MemberOf(line, "line"),
                             MemberOf(line, "reason"),
                             element.empty() || element == "null" ? "" : " at " + element));
      ++told_;
      if (end == std::string_view::npos) return;
      dead_letters.remove_prefix(end + 1);
    }
  }

 private:
  const std::string journal_;
  int told_ = 0;
};

std::string_view WithoutType(std::string_view id) {
  constexpr std::string_view kType = "Patient/";
  return id.substr(0, kType.size()) == kType ? id.substr(kType.size()) : id;
}

}  // namespace

std::uint64_t DeadLetterCount(const matcher::LaneCounters& counters) {
  return std::accumulate(counters.dead.begin(), counters.dead.end(), std::uint64_t{0});
}

std::string DeadLettersInWords(const matcher::LaneCounters& counters) {
  std::string words;
  for (std::size_t reason = 0; reason < counters.dead.size(); ++reason) {
    if (counters.dead[reason] == 0) continue;
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ",
                         matcher::Name(static_cast<matcher::DeadLetterReason>(reason)),
                         Thousands(counters.dead[reason]));
  }
  return words;
}

Result<std::unique_ptr<JournalReading>> JournalReading::Read(
    const std::string& journal, std::vector<matcher::PublishedStudy> studies, base::Instant clock) {
  std::unique_ptr<JournalReading> reading(new JournalReading());
  matcher::LaneOptions options;
  options.subject_key = TrialSubjectKey();
  options.evaluate = false;
  MEDVERKA_ASSIGN(reading->lane_, matcher::Lane::Open(matcher::MakeMemoryStore(),
                                                      std::move(options), std::move(studies), {}));
  MEDVERKA_TRY(reading->ReadLines(journal, clock));
  reading->FindPatients();
  return reading;
}

Result<void> JournalReading::ReadLines(const std::string& journal, base::Instant clock) {
  lane_->reader().OnPersonNamed(
      [this](const matcher::PersonKey& key, std::string_view name, bool is_resource_id) {
        if (const auto known = names_.find(key);
            known != names_.end() && (known->second.is_resource_id || !is_resource_id)) {
          return;
        }
        names_[key] = {std::string(name), is_resource_id};
      });
  MEDVERKA_ASSIGN(const auto source,
                  streams::JournalSource::Open(journal, matcher::kRecordBytesMax, std::nullopt));
  Progress progress("reading");
  DeadLetterTeller teller(journal);
  for (std::uint64_t lines = 1; !StopIsAsked(); ++lines) {
    const auto line = source->Next();
    if (!line.has_value()) {
      progress.Clear();
      Say(line.error().message);
      damaged_ = true;
      break;  // what could be read is explained all the same
    }
    if (!line->has_value()) {
      if (source->at_end()) break;
      continue;
    }
    MEDVERKA_TRY(lane_->Apply((*line)->bytes, {(*line)->offset, (*line)->line}, clock));
    if (lines % kLinesBetweenCommits == 0) {
      MEDVERKA_TRY(lane_->Commit({}));
      const auto effects = lane_->TakeEffects();
      if (!effects.dead_letters.empty()) progress.Clear();
      teller.Tell(matcher::ToNdjson(effects.dead_letters));
      progress.Show(source->file_bytes_read(), source->file_bytes(), lane_->counters().records, "");
    }
  }
  MEDVERKA_TRY(lane_->Commit({}));
  progress.Clear();
  teller.Tell(matcher::ToNdjson(lane_->TakeEffects().dead_letters));
  if (const std::uint64_t dead = DeadLetterCount(lane_->counters()); dead > 0) {
    Say(fmt::format("{} could not be understood ({}) and {} left out",
                    Count(dead, "event or resource", "events or resources"),
                    DeadLettersInWords(lane_->counters()), dead == 1 ? "was" : "were"));
  }
  damaged_ = damaged_ || source->cut_off();
  if (const std::string left = source->LeftOver(); !left.empty()) Say(left);
  return {};
}

void JournalReading::FindPatients() {
  std::vector<std::pair<KnownPatient, std::vector<std::string>>> found;
  for (const matcher::Lane::Subject& subject : lane_->Subjects()) {
    KnownPatient patient{"", subject.key};
    std::vector<std::string> all_names;
    bool has_resource_id = false;
    for (const matcher::PersonKey& key : subject.names) {
      const auto name = names_.find(key);
      if (name == names_.end()) continue;
      all_names.push_back(name->second.text);
      const bool speaks = subject.record.has_value() && key == *subject.record;
      const bool better =
          patient.id.empty() || (name->second.is_resource_id && !has_resource_id) ||
          (name->second.is_resource_id == has_resource_id && name->second.text < patient.id);
      if (speaks || (better && !(subject.record.has_value() && has_resource_id))) {
        patient.id = name->second.text;
        has_resource_id = name->second.is_resource_id;
      }
    }
    if (!patient.id.empty()) found.emplace_back(std::move(patient), std::move(all_names));
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.first.id < b.first.id; });
  for (auto& [patient, all_names] : found) {
    for (std::string& name : all_names) by_name_.emplace(std::move(name), patients_.size());
    patients_.push_back(std::move(patient));
  }
}

std::vector<KnownPatient> JournalReading::Named(const std::string& id) const {
  std::vector<KnownPatient> named;
  const auto [begin, end] = by_name_.equal_range(std::string(WithoutType(id)));
  for (auto at = begin; at != end; ++at) named.push_back(patients_[at->second]);
  return named;
}

}  // namespace medverka::app
