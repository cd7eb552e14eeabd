// A synthetic Swedish journal as it really looks, for demonstrations, benchmarks and tests: visits,
// diagnoses, laboratory results in mixed units, prescriptions, pathology and genetics, with the
// corrections, deletes, late and doubled deliveries that a real one has. Nobody in it is real;
// personal identity numbers are only from the Tax Agency's test ranges (identity.h). Rates and
// their sources: docs/generator.md.
//
// The same options give the same bytes on any machine and any day: random numbers, distributions,
// calendar and numbers are integer arithmetic of our own, and nothing reads a clock.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "ops/base/result.h"

namespace medverka::generator {

// Days since 1970-01-01 of 2026-09-30: the last day of a journal unless told otherwise.
inline constexpr std::int32_t kDefaultEndDay = 20'726;

// Patients of one journal: reserve numbers hold 100,000 per year of birth; more patients would
// share some.
inline constexpr std::uint64_t kPatientsMax = 5'000'000;
// Years of one journal: prevalences and ages are those of one time; over a longer period they would
// have to move.
inline constexpr int kYearsMax = 20;

struct GenerateOptions {
  std::uint64_t patients = 1'000;  // 1 to kPatientsMax
  int years = 5;                   // 1 to kYearsMax; about 10 records per patient and year
  std::uint64_t seed = 1;
  std::int32_t end_day = kDefaultEndDay;  // last day of the period, days since 1970-01-01
  // Every hundredth patient walks through the story of one of the example studies, so that a small
  // journal has patients who match and who nearly match. Off: only as often as in the population.
  bool stories = true;
  // Planned records held at one time (64 bytes each). The output does not depend on it.
  std::uint64_t records_held = 800'000;
};

// Gets one record, without a line end. A failure stops the generation and is returned by Generate.
using Sink = std::function<base::Result<void>(std::string_view line)>;

// Gives the records in order of arrival (CloudEvents `time`; of bare resources and Bundles:
// meta.lastUpdated and timestamp). Memory: 64 bytes per patient and some 50 MB of planned records,
// whatever the number of patients: the period is worked off in windows, and each window plans all
// patients again. kInvalidArgument: an option outside its bounds.
base::Result<void> Generate(const GenerateOptions& options, const Sink& sink);

}  // namespace medverka::generator
