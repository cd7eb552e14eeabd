// Dates and times as the journal writes them. Local time is Swedish time by the rule of Directive
// 2000/84/EC: summer time from the last Sunday of March to the last Sunday of October, changing at
// 01:00 UTC. The rule stands here, not the machine's time zone files, so that the same seed gives
// the same bytes everywhere.
#pragma once

#include <cstdint>
#include <string>

namespace medverka::generator {

using Seconds = std::int64_t;  // since 1970-01-01T00:00:00Z
using Day = std::int32_t;      // since 1970-01-01

inline constexpr Seconds kSecondsPerDay = 86'400;

struct Civil {
  std::int32_t year;
  std::int32_t month;
  std::int32_t day;
};

// Howard Hinnant's days_from_civil and civil_from_days (public domain), on the proleptic Gregorian
// calendar.
constexpr Day DayOf(std::int32_t year, std::int32_t month, std::int32_t day) {
  const std::int32_t y = month <= 2 ? year - 1 : year;
  const std::int32_t era = y / 400;
  const std::int32_t yoe = y - era * 400;
  const std::int32_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719'468;
}

constexpr Civil CivilOf(Day day) {
  const std::int32_t z = day + 719'468;
  const std::int32_t era = z / 146'097;
  const std::int32_t doe = z - era * 146'097;
  const std::int32_t yoe = (doe - doe / 1'460 + doe / 36'524 - doe / 146'096) / 365;
  const std::int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int32_t mp = (5 * doy + 2) / 153;
  const std::int32_t month = mp < 10 ? mp + 3 : mp - 9;
  return {yoe + era * 400 + (month <= 2 ? 1 : 0), month, doy - (153 * mp + 2) / 5 + 1};
}

constexpr std::int32_t AgeAt(Day birth, Day day) {
  const Civil b = CivilOf(birth);
  const Civil d = CivilOf(day);
  return d.year - b.year - (d.month < b.month || (d.month == b.month && d.day < b.day) ? 1 : 0);
}

// 1970-01-01 was a Thursday.
constexpr Day LastSundayOf(std::int32_t year, std::int32_t month) {  // of a month with 31 days
  const Day last = DayOf(year, month, 31);
  return last - (last + 4) % 7;
}

// Seconds that local time is ahead of UTC. REQUIRES: 1996 or later, when the rule began.
constexpr Seconds LocalOffset(Seconds at) {
  const std::int32_t year = CivilOf(static_cast<Day>(at / kSecondsPerDay)).year;
  const Seconds summer = LastSundayOf(year, 3) * kSecondsPerDay + 3'600;
  const Seconds winter = LastSundayOf(year, 10) * kSecondsPerDay + 3'600;
  return at >= summer && at < winter ? 7'200 : 3'600;
}

constexpr Day LocalDay(Seconds at) {
  return static_cast<Day>((at + LocalOffset(at)) / kSecondsPerDay);
}

inline void AppendDigits(std::string& out, std::int64_t value, int width) {
  char digits[20];
  for (int i = width - 1; i >= 0; --i, value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, static_cast<std::size_t>(width));
}

inline void AppendDate(std::string& out, Day day) {
  const Civil civil = CivilOf(day);
  AppendDigits(out, civil.year, 4);
  out += '-';
  AppendDigits(out, civil.month, 2);
  out += '-';
  AppendDigits(out, civil.day, 2);
}

inline void AppendClock(std::string& out, Seconds of_day) {
  out += 'T';
  AppendDigits(out, of_day / 3'600, 2);
  out += ':';
  AppendDigits(out, of_day / 60 % 60, 2);
  out += ':';
  AppendDigits(out, of_day % 60, 2);
}

inline void AppendUtc(std::string& out, Seconds at) {
  AppendDate(out, static_cast<Day>(at / kSecondsPerDay));
  AppendClock(out, at % kSecondsPerDay);
  out += 'Z';
}

inline void AppendLocal(std::string& out, Seconds at) {
  const Seconds offset = LocalOffset(at);
  AppendDate(out, static_cast<Day>((at + offset) / kSecondsPerDay));
  AppendClock(out, (at + offset) % kSecondsPerDay);
  out += offset == 7'200 ? "+02:00" : "+01:00";
}

}  // namespace medverka::generator
