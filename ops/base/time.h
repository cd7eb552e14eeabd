// Time as a journal has it: instants, local calendar days of Sweden, and partial dates that are
// intervals. Nothing here reads a clock.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace medverka::base {

// Microseconds since 1970-01-01T00:00:00Z.
struct Instant {
  std::int64_t us = 0;
  friend constexpr auto operator<=>(Instant, Instant) = default;
};
inline constexpr Instant kDistantPast{INT64_MIN / 4};
inline constexpr Instant kDistantFuture{INT64_MAX / 4};
inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr std::int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr std::int64_t kMicrosPerDay =
    24 * kMicrosPerHour;  // of 24 hours; a local day may have 23 or 25

constexpr Instant operator+(Instant t, std::int64_t us) { return {t.us + us}; }
constexpr Instant operator-(Instant t, std::int64_t us) { return {t.us - us}; }

// Days since 1970-01-01 on the local calendar.
struct Date {
  std::int32_t days = 0;
  friend constexpr auto operator<=>(Date, Date) = default;
};
constexpr Date operator+(Date d, int days) { return {d.days + days}; }

struct CivilDate {
  int year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;    // 1 to 31
};

// Calendar. All local times are Europe/Stockholm.
std::optional<Date> MakeDate(int year, int month, int day);  // nullopt: no such day
CivilDate ToCivil(Date date);
int DaysInMonth(int year, int month);
// The same day of another month, clamped to that month's end: 31 January + 1 month = 28 or 29
// February.
Date AddMonths(Date date, int months);
Date LocalDate(Instant instant);
Instant StartOfDay(Date date);  // local midnight
Instant EndOfDay(Date date);    // last microsecond of the local day
// Local wall time to instant; in the hour that autumn repeats the first, in the one that spring
// skips the instant at which the clocks are moved.
Instant FromLocal(Date date, int hour, int minute, int second);

// A span of time in the units an author writes. Days and longer move on the calendar, shorter by
// instants.
enum class TimeUnit : std::uint8_t { kSecond, kMinute, kHour, kDay, kWeek, kMonth, kYear };
struct Period {
  std::int32_t amount = 0;
  TimeUnit unit = TimeUnit::kDay;
  bool calendar() const { return unit >= TimeUnit::kDay; }
  friend bool operator==(const Period&, const Period&) = default;
};
std::int64_t MicrosOf(Period period);          // REQUIRES: not calendar()
Date Add(Date date, Period period, int sign);  // REQUIRES: calendar(); sign +1 or -1; months clamp

// What is known of one point in time: it lies in [lo, hi], both included. lo == hi: exactly known.
struct TimeRange {
  Instant lo;
  Instant hi;
  friend constexpr auto operator<=>(const TimeRange&, const TimeRange&) = default;
};

// FHIR date, dateTime, instant: YYYY, YYYY-MM, YYYY-MM-DD, or with time
// ("2024-03-01T09:30:00+01:00", also without seconds). A time without zone is local. nullopt: not a
// date, or one that does not exist. Years 1 to 9999. Worked: "2024-03" -> [2024-03-01T00:00 local,
// 2024-03-31T23:59:59.999999 local].
std::optional<TimeRange> ParseTime(std::string_view text);

std::string FormatUtc(Instant instant);  // 2026-01-20T07:15:00Z; with fraction only if there is one
std::string FormatLocalDate(Date date);  // 2026-01-20
std::string FormatLocal(Instant instant);  // 2026-01-20 08:15
// A range as a person would write it: "2026", "2026-01", "2026-01-20", "2026-01-20 08:15".
std::string FormatRange(const TimeRange& range);

}  // namespace medverka::base
