// Idea: a record is planned small (plan.h, 64 bytes) and becomes a line only when its turn comes.
// The period is cut into windows of about equal load; for each, all patients are planned again and
// only what arrives in the window is kept, sorted and rendered. Planning costs a tenth of
// rendering, so the repetition is cheap and memory is bounded. Left out here: records that tie in
// time are ordered by patient and by the order of planning, so that any window width gives the same
// bytes.

#include "ops/generator/generator.h"

#include <algorithm>
#include <vector>

#include "ops/generator/calendar.h"
#include "ops/generator/plan.h"
#include "ops/generator/render.h"

namespace medverka::generator {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;

constexpr std::uint64_t kRecordsPerPatientYear =
    12;  // rounded up; only the window's width rests on it
constexpr std::uint64_t kWindowsMax = 365;
constexpr Day kEarliestEnd = DayOf(2000, 1, 1);  // numbers are issued to people born from 1860 on
constexpr Day kLatestEnd = DayOf(2050, 1, 1);

Result<void> Validate(const GenerateOptions& options) {
  if (options.patients < 1 || options.patients > kPatientsMax) {
    return Fail(ErrorCode::kInvalidArgument, "the number of patients must be from 1 to {}",
                kPatientsMax);
  }
  if (options.years < 1 || options.years > kYearsMax) {
    return Fail(ErrorCode::kInvalidArgument, "the number of years must be from 1 to {}", kYearsMax);
  }
  if (options.end_day < kEarliestEnd || options.end_day > kLatestEnd) {
    return Fail(ErrorCode::kInvalidArgument, "the period must end between the years 2000 and 2050");
  }
  return {};
}

bool ArrivesBefore(const Record& a, const Record& b) {
  if (a.arrives != b.arrives) return a.arrives < b.arrives;
  if (a.patient != b.patient) return a.patient < b.patient;
  return a.order < b.order;
}

Result<void> Write(const std::vector<Record>& records, Renderer& renderer, const Sink& sink) {
  for (std::size_t i = 0; i < records.size();) {
    std::size_t end = i + 1;
    while (end < records.size() && SameBundle(records[i], records[end])) ++end;
    MEDVERKA_TRY(sink(renderer.Line(std::span(records).subspan(i, end - i))));
    i = end;
  }
  return {};
}

}  // namespace

Result<void> Generate(const GenerateOptions& options, const Sink& sink) {
  MEDVERKA_TRY(Validate(options));
  const Day days = options.years * 365 + options.years / 4;
  const Day start = options.end_day - days;
  const std::vector<Person> people = MakePeople(options, start);
  Planner planner(options, start, people);
  Renderer renderer(people);

  const std::uint64_t expected =
      options.patients * static_cast<std::uint64_t>(options.years) * kRecordsPerPatientYear;
  const Day windows = static_cast<Day>(std::min<std::uint64_t>(
      expected / std::max<std::uint64_t>(options.records_held, 1) + 1, kWindowsMax));
  std::vector<Record> records;
  for (Day window = 0; window < windows; ++window) {
    const auto edge = [&](Day n) {
      return (start + static_cast<std::int64_t>(days + 1) * n / windows) * kSecondsPerDay;
    };
    records.clear();
    // What arrives before the period (a clock that goes wrong) belongs to the first window.
    const Seconds from = window == 0 ? INT64_MIN : edge(window);
    for (std::uint64_t patient = 0; patient < options.patients; ++patient) {
      planner.Plan(static_cast<std::uint32_t>(patient), from, edge(window + 1), records);
    }
    std::sort(records.begin(), records.end(), ArrivesBefore);
    MEDVERKA_TRY(Write(records, renderer, sink));
  }
  return {};
}

}  // namespace medverka::generator
