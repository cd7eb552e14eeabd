// Random histories of a few patients: everything that may happen to a journal, small enough that
// things meet. The same seed gives the same history.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "matcher/lane.h"
#include "ops/base/time.h"

namespace medverka::tests {

struct HistoryEvent {
  std::string record;
  bool resource = false;  // a bare resource: may be put into a Bundle with others
};

struct History {
  std::vector<HistoryEvent> events;  // as it happened
  base::Instant end;                 // no event is stamped later
};

History MakeHistory(std::uint32_t seed);

// The same events in another order, some of them twice, some of them together in Bundles.
std::vector<std::string> Shuffled(const History& history, std::mt19937& random);

// Studies that between them ask for every kind of thing the histories hold.
std::vector<matcher::PublishedStudy> HistoryStudies();

}  // namespace medverka::tests
