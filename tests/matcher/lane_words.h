// What the tests of the lane have in common beside tests/support.
#pragma once

#include <string>
#include <string_view>

#include "matcher/lane.h"
#include "tests/support/journal_text.h"

namespace medverka::tests {

inline constexpr const char* kAdults = R"(
study ADULTS "Grown up" { suggest when eligible }
include adult : age >= 18 years
)";

inline matcher::LaneOptions ColdOptions() {
  matcher::LaneOptions options;
  options.hot_patient_bytes_max = 1;
  return options;
}

inline const Made kFirst{1, "2026-03-01T08:00:00Z"};
inline const Made kSecond{2, "2026-03-02T08:00:00Z"};
inline const Made kThird{3, "2026-03-03T08:00:00Z"};

inline std::string CancerOf(std::string_view patient, const Made& made = kFirst) {
  return Condition("c1", patient, "icd10se C18.7", "2026-02-01", made);
}

}  // namespace medverka::tests
