// A whole journal read into memory for `explain` and `demo`: the service's own lane on a store in
// memory, which only keeps facts. The one place where patients keep the ids they have in the file;
// a running lane never sees them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "matcher/lane.h"
#include "ops/app/progress.h"

namespace medverka::app {

struct KnownPatient {
  std::string id;  // of the surviving Patient resource, as in the file; else the identifier the
                   // file names them by
  matcher::PersonKey subject;
};

class JournalReading {
 public:
  // Says on standard error what could not be read. `clock`: the present, that stamps are held
  // against as in `run`.
  static base::Result<std::unique_ptr<JournalReading>> Read(
      const std::string& journal, std::vector<matcher::PublishedStudy> studies,
      base::Instant clock);

  const std::vector<KnownPatient>& patients() const { return patients_; }  // by id
  // Patients whose id, now or before a merge, is `id`, with or without "Patient/".
  std::vector<KnownPatient> Named(const std::string& id) const;
  matcher::Lane& lane() { return *lane_; }
  bool damaged() const { return damaged_; }  // the file could not be read to its end

 private:
  struct Name {
    std::string text;
    bool is_resource_id = false;
  };
  JournalReading() = default;
  base::Result<void> ReadLines(const std::string& journal, base::Instant clock);
  void FindPatients();

  std::map<matcher::PersonKey, Name> names_;
  std::unique_ptr<matcher::Lane> lane_;
  bool damaged_ = false;
  std::vector<KnownPatient> patients_;
  std::multimap<std::string, std::size_t> by_name_;  // every name, to its place in patients_
};

// "malformed-json 2, schema 1"; "" if there are none.
std::string DeadLettersInWords(const matcher::LaneCounters& counters);
std::uint64_t DeadLetterCount(const matcher::LaneCounters& counters);

}  // namespace medverka::app
