// Idea: everything rests on one question, the offset of Swedish local time at an instant, and it is
// asked for every event. So the zone's changes are read once from the time zone database and laid
// out in a grid of cells 2^22 s (48.5 days) wide; no two changes since 1900 stand in one cell, so
// an answer is one look and one comparison.
//
// Left out here: before 1900 the list of changes is searched; from 2037 on, where the database ends
// its list, the rule of the European Union is used (the last Sundays of March and October, 01:00
// UTC; Directive 2000/84/EC), until a newer rule is known. Civil dates: Howard Hinnant,
// "chrono-compatible low-level date algorithms".
#include "ops/base/time.h"

#include <date/tz.h>

#include <algorithm>
#include <exception>
#include <vector>

#include "ops/base/check.h"
#include "ops/base/format.h"

namespace medverka::base {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kSecondsPerHour = 3'600;
constexpr int kRuleFromYear = 2037;
constexpr int kYearMax = 9999;
// Beyond these years dates and instants are "ever" and "never"; the calendar stops counting there.
constexpr int kCalendarYears = 70'000;
constexpr std::int32_t kCalendarDays = 25'000'000;

std::int64_t FloorDiv(std::int64_t value, std::int64_t by) {
  const std::int64_t quotient = value / by;
  return value % by < 0 ? quotient - 1 : quotient;
}

bool IsLeap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

std::int32_t DaysFromCivil(int year, int month, int day) {
  const int y = month <= 2 ? year - 1 : year;
  const int era = (y >= 0 ? y : y - 399) / 400;
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

// The zone.

struct Change {
  std::int64_t at;      // seconds since 1970 UTC
  std::int32_t offset;  // of local time from then on, seconds
};

std::int64_t LastSundayAtOneUtc(int year, int month) {
  const std::int32_t last = DaysFromCivil(year, month, 31);
  const std::int32_t weekday = ((last % 7) + 7 + 4) % 7;  // 0: Sunday; 1970-01-01 was a Thursday
  return (last - weekday) * kSecondsPerDay + kSecondsPerHour;
}

std::int32_t OffsetByRule(std::int64_t second) {
  const int year = ToCivil({static_cast<std::int32_t>(FloorDiv(second, kSecondsPerDay))}).year;
  const bool summer =
      second >= LastSundayAtOneUtc(year, 3) && second < LastSundayAtOneUtc(year, 10);
  return static_cast<std::int32_t>((summer ? 2 : 1) * kSecondsPerHour);
}

class Zone {
 public:
  Zone() {
    Load();
    rule_from_ = DaysFromCivil(kRuleFromYear, 1, 1) * kSecondsPerDay;
    grid_from_ = DaysFromCivil(1900, 1, 1) * kSecondsPerDay;
    const std::int64_t cells = ((rule_from_ - grid_from_) >> kCellBits) + 1;
    for (std::int64_t i = 0; i < cells; ++i) {
      const std::int64_t start = grid_from_ + (i << kCellBits);
      const std::int64_t end = start + (std::int64_t{1} << kCellBits);
      const auto next = Next(start);
      const bool inside = next != changes_.end() && next->at < end;
      const std::int32_t before = std::prev(next)->offset;
      grid_.push_back({inside ? next->at : end, before, inside ? next->offset : before});
      MEDVERKA_CHECK(!inside || std::next(next) == changes_.end() || std::next(next)->at >= end);
    }
  }

  // Seconds that local time is ahead of UTC at `second`.
  std::int32_t Offset(std::int64_t second) const {
    if (second >= rule_from_) return OffsetByRule(second);
    if (second < grid_from_) return std::prev(Next(second))->offset;
    const Cell& cell = grid_[static_cast<std::size_t>((second - grid_from_) >> kCellBits)];
    return second < cell.change ? cell.before : cell.after;
  }

  // The second at which local time shows `local` (seconds as if it were UTC): the first of two, or,
  // where the clock skips it, the second of the change.
  std::int64_t FromLocal(std::int64_t local) const {
    const std::int32_t before = Offset(local - kSecondsPerDay);
    const std::int32_t after = Offset(local + kSecondsPerDay);
    const std::int64_t by_before = local - before;
    if (before == after || Offset(by_before) == before) return by_before;
    const std::int64_t by_after = local - after;
    if (Offset(by_after) == after) return by_after;
    // Skipped: the change lies between the two readings. Rare, so a plain bisection.
    std::int64_t low = by_after;
    std::int64_t high = by_before;
    while (high - low > 1) {
      const std::int64_t middle = low + (high - low) / 2;
      (Offset(middle) == before ? low : high) = middle;
    }
    return high;
  }

 private:
  static constexpr int kCellBits = 22;
  struct Cell {
    std::int64_t change;
    std::int32_t before;
    std::int32_t after;
  };

  void Load() {
    try {
      const date::time_zone* zone = date::locate_zone("Europe/Stockholm");
      const date::sys_seconds end{
          std::chrono::seconds(DaysFromCivil(kRuleFromYear, 1, 1) * kSecondsPerDay)};
      date::sys_info info = zone->get_info(
          date::sys_seconds{std::chrono::seconds(DaysFromCivil(1800, 1, 1) * kSecondsPerDay)});
      changes_.push_back({INT64_MIN, static_cast<std::int32_t>(info.offset.count())});
      while (info.end < end) {
        info = zone->get_info(info.end);
        changes_.push_back({info.begin.time_since_epoch().count(),
                            static_cast<std::int32_t>(info.offset.count())});
      }
    } catch (const std::exception&) {
      changes_.clear();
    }
    const bool time_zone_database_has_europe_stockholm =
        changes_.size() > 1;  // Debian: package tzdata
    MEDVERKA_CHECK(time_zone_database_has_europe_stockholm);
  }

  // The first change after `second`; there is always one before it.
  std::vector<Change>::const_iterator Next(std::int64_t second) const {
    return std::upper_bound(
        changes_.begin(), changes_.end(), second,
        [](std::int64_t wanted, const Change& change) { return wanted < change.at; });
  }

  std::vector<Change> changes_;
  std::vector<Cell> grid_;
  std::int64_t grid_from_ = 0;
  std::int64_t rule_from_ = 0;
};

const Zone& Stockholm() {
  static const Zone zone;
  return zone;
}

std::int64_t SecondOf(Instant instant) { return FloorDiv(instant.us, kMicrosPerSecond); }

// Local wall time as if it were UTC, in seconds; "never" stays within what an Instant holds.
std::int64_t WallSeconds(Date date, int hour, int minute, int second) {
  const std::int32_t days = std::clamp(date.days, -kCalendarDays, kCalendarDays);
  return days * kSecondsPerDay + hour * kSecondsPerHour + minute * 60 + second;
}

// Reading.

// Takes `digits` digits off the front; -1: they are not there.
int TakeNumber(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool Take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

struct WallTime {
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t micros = 0;
  bool has_seconds = false;
};

// Digits after the point, any number of them; what is finer than a microsecond is cut off.
bool TakeFraction(std::string_view& text, std::int64_t& micros) {
  std::int64_t worth = kMicrosPerSecond / 10;
  std::size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9') {
    micros += (text[count] - '0') * worth;
    worth /= 10;
    ++count;
  }
  text.remove_prefix(count);
  return count > 0;
}

bool TakeWallTime(std::string_view& text, WallTime& time) {
  time.hour = TakeNumber(text, 2);
  if (time.hour < 0 || time.hour > 23 || !Take(text, ':')) return false;
  time.minute = TakeNumber(text, 2);
  if (time.minute < 0 || time.minute > 59) return false;
  if (!Take(text, ':')) return true;
  time.has_seconds = true;
  time.second = TakeNumber(text, 2);
  if (time.second < 0 || time.second > 60) return false;
  if (Take(text, '.') && !TakeFraction(text, time.micros)) return false;
  if (time.second == 60) {  // a leap second has no place of its own in UTC as computers count it
    time.second = 59;
    time.micros = kMicrosPerSecond - 1;
  }
  return true;
}

// "Z", "+hh:mm", "-hh:mm" in seconds; false: neither, or something behind it.
bool TakeOffset(std::string_view text, int& seconds) {
  if (text == "Z") return true;
  const bool west = Take(text, '-');
  if (!west && !Take(text, '+')) return false;
  const int hours = TakeNumber(text, 2);
  if (hours < 0 || hours > 14 || !Take(text, ':')) return false;
  const int minutes = TakeNumber(text, 2);
  if (minutes < 0 || minutes > 59 || (hours == 14 && minutes > 0) || !text.empty()) return false;
  seconds = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
  return true;
}

std::optional<TimeRange> ParseWithTime(Date date, std::string_view text) {
  WallTime time;
  if (!TakeWallTime(text, time)) return std::nullopt;
  Instant instant;
  if (text.empty()) {
    instant = FromLocal(date, time.hour, time.minute, time.second);
  } else {
    int offset = 0;
    if (!TakeOffset(text, offset)) return std::nullopt;
    instant.us =
        (WallSeconds(date, time.hour, time.minute, time.second) - offset) * kMicrosPerSecond;
  }
  instant.us += time.micros;
  return TimeRange{instant, time.has_seconds ? instant : instant + (kMicrosPerMinute - 1)};
}

// The days of a year or month, as far as they lie in years 1 to 9999.
TimeRange DaysBetween(Date first, Date last) { return {StartOfDay(first), EndOfDay(last)}; }

bool IsLocalMidnight(Instant instant) { return StartOfDay(LocalDate(instant)) == instant; }

}  // namespace

std::optional<Date> MakeDate(int year, int month, int day) {
  if (year < 1 || year > kYearMax || month < 1 || month > 12) return std::nullopt;
  if (day < 1 || day > DaysInMonth(year, month)) return std::nullopt;
  return Date{DaysFromCivil(year, month, day)};
}

CivilDate ToCivil(Date date) {
  const std::int64_t z = std::int64_t{date.days} + 719'468;
  const std::int64_t era = FloorDiv(z, 146'097);
  const auto day_of_era = static_cast<int>(z - era * 146'097);
  const int year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted = (5 * day_of_year + 2) / 153;  // months from March
  CivilDate civil;
  civil.day = day_of_year - (153 * shifted + 2) / 5 + 1;
  civil.month = shifted < 10 ? shifted + 3 : shifted - 9;
  civil.year = static_cast<int>(era * 400) + year_of_era + (civil.month <= 2 ? 1 : 0);
  return civil;
}

int DaysInMonth(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  MEDVERKA_CHECK(month >= 1 && month <= 12);
  return month == 2 && IsLeap(year) ? 29 : kDays[month - 1];
}

Date AddMonths(Date date, int months) {
  const CivilDate civil = ToCivil(date);
  const std::int64_t total = std::int64_t{civil.year} * 12 + (civil.month - 1) + months;
  const auto year = static_cast<int>(
      std::clamp<std::int64_t>(FloorDiv(total, 12), -kCalendarYears, kCalendarYears));
  const auto month = static_cast<int>(total - FloorDiv(total, 12) * 12) + 1;
  return {DaysFromCivil(year, month, std::min(civil.day, DaysInMonth(year, month)))};
}

Date LocalDate(Instant instant) {
  const std::int64_t second = SecondOf(instant);
  return {static_cast<std::int32_t>(FloorDiv(second + Stockholm().Offset(second), kSecondsPerDay))};
}

Instant StartOfDay(Date date) { return FromLocal(date, 0, 0, 0); }

Instant EndOfDay(Date date) { return StartOfDay({std::min(date.days, kCalendarDays) + 1}) - 1; }

Instant FromLocal(Date date, int hour, int minute, int second) {
  return {Stockholm().FromLocal(WallSeconds(date, hour, minute, second)) * kMicrosPerSecond};
}

std::int64_t MicrosOf(Period period) {
  MEDVERKA_CHECK(!period.calendar());
  const std::int64_t unit = period.unit == TimeUnit::kSecond   ? kMicrosPerSecond
                            : period.unit == TimeUnit::kMinute ? kMicrosPerMinute
                                                               : kMicrosPerHour;
  return period.amount * unit;
}

Date Add(Date date, Period period, int sign) {
  MEDVERKA_CHECK(period.calendar());
  const std::int64_t amount = std::int64_t{period.amount} * sign;
  const auto clamped = [](std::int64_t value, std::int64_t limit) {
    return static_cast<std::int32_t>(std::clamp(value, -limit, limit));
  };
  switch (period.unit) {
    case TimeUnit::kDay:
      return {clamped(date.days + amount, kCalendarDays)};
    case TimeUnit::kWeek:
      return {clamped(date.days + amount * 7, kCalendarDays)};
    case TimeUnit::kMonth:
      return AddMonths(date, clamped(amount, kCalendarYears * 12));
    default:
      return AddMonths(date, clamped(amount * 12, kCalendarYears * 12));
  }
}

std::optional<TimeRange> ParseTime(std::string_view text) {
  const int year = TakeNumber(text, 4);
  if (year < 1) return std::nullopt;
  if (text.empty()) return DaysBetween({DaysFromCivil(year, 1, 1)}, {DaysFromCivil(year, 12, 31)});
  if (!Take(text, '-')) return std::nullopt;
  const int month = TakeNumber(text, 2);
  if (month < 1 || month > 12) return std::nullopt;
  if (text.empty()) {
    return DaysBetween({DaysFromCivil(year, month, 1)},
                       {DaysFromCivil(year, month, DaysInMonth(year, month))});
  }
  if (!Take(text, '-')) return std::nullopt;
  const auto date = MakeDate(year, month, TakeNumber(text, 2));
  if (!date.has_value()) return std::nullopt;
  if (text.empty()) return DaysBetween(*date, *date);
  if (!Take(text, 'T')) return std::nullopt;
  return ParseWithTime(*date, text);
}

std::string FormatUtc(Instant instant) {
  const std::int64_t second = SecondOf(instant);
  const std::int64_t day = FloorDiv(second, kSecondsPerDay);
  const std::int64_t of_day = second - day * kSecondsPerDay;
  const CivilDate civil = ToCivil({static_cast<std::int32_t>(day)});
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", civil.year, civil.month, civil.day,
                  of_day / kSecondsPerHour, of_day / 60 % 60, of_day % 60);
  const std::int64_t micros = instant.us - second * kMicrosPerSecond;
  if (micros != 0) {
    text += fmt::format(".{:06}", micros);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "Z";
}

std::string FormatLocalDate(Date date) {
  const CivilDate civil = ToCivil(date);
  return fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
}

std::string FormatLocal(Instant instant) {
  const std::int64_t second = SecondOf(instant);
  const std::int64_t local = second + Stockholm().Offset(second);
  const std::int64_t day = FloorDiv(local, kSecondsPerDay);
  const std::int64_t of_day = local - day * kSecondsPerDay;
  return fmt::format("{} {:02}:{:02}", FormatLocalDate({static_cast<std::int32_t>(day)}),
                     of_day / kSecondsPerHour, of_day / 60 % 60);
}

// Anything that is no whole day, month or year and no single minute is written with its two ends,
// as in ISO 8601
// ("2026-01-20/2026-03-05"), ".." for an end that is not known.
std::string FormatRange(const TimeRange& range) {
  if (range.hi.us - range.lo.us < kMicrosPerMinute && range.lo <= range.hi)
    return FormatLocal(range.lo);
  const bool whole_days = IsLocalMidnight(range.lo) && IsLocalMidnight(range.hi + 1);
  const Date first = LocalDate(range.lo);
  const Date last = LocalDate(range.hi);
  if (whole_days) {
    const CivilDate from = ToCivil(first);
    const CivilDate to = ToCivil(last);
    const bool whole_month =
        from.day == 1 && to.day == DaysInMonth(to.year, to.month) && from.year == to.year;
    if (first == last) return FormatLocalDate(first);
    if (whole_month && from.month == to.month)
      return fmt::format("{:04}-{:02}", from.year, from.month);
    if (whole_month && from.month == 1 && to.month == 12) return fmt::format("{:04}", from.year);
  }
  const auto end = [&](Instant instant, Date date) -> std::string {
    if (instant <= kDistantPast || instant >= kDistantFuture) return "..";
    return whole_days || first != last ? FormatLocalDate(date) : FormatLocal(instant);
  };
  return end(range.lo, first) + "/" + end(range.hi, last);
}

}  // namespace medverka::base
