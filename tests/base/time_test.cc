// Calendar, Swedish local time and partial dates. The reference for the zone is the date library
// itself, asked anew for every instant up to 2036; beyond, the rule of the European Union written
// out by hand.
#include "ops/base/time.h"

#include <date/tz.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace medverka::base {
namespace {

Instant At(std::string_view text) {
  const auto range = ParseTime(text);
  EXPECT_TRUE(range.has_value()) << text;
  return range.value_or(TimeRange{}).lo;
}

Date Day(std::string_view text) { return LocalDate(At(text)); }

std::string Utc(std::string_view text) { return FormatUtc(At(text)); }

TEST(Calendar, KnowsLeapDays) {
  EXPECT_TRUE(MakeDate(2024, 2, 29).has_value());
  EXPECT_TRUE(MakeDate(2000, 2, 29).has_value());
  EXPECT_FALSE(MakeDate(1900, 2, 29).has_value());
  EXPECT_FALSE(MakeDate(2023, 2, 29).has_value());
  EXPECT_EQ(DaysInMonth(2024, 2), 29);
  EXPECT_EQ(DaysInMonth(2100, 2), 28);
}

TEST(Calendar, RefusesDaysThatDoNotExist) {
  EXPECT_FALSE(MakeDate(2024, 0, 1).has_value());
  EXPECT_FALSE(MakeDate(2024, 13, 1).has_value());
  EXPECT_FALSE(MakeDate(2024, 4, 31).has_value());
  EXPECT_FALSE(MakeDate(2024, 1, 0).has_value());
  EXPECT_FALSE(MakeDate(2024, 1, -1).has_value());
  EXPECT_FALSE(MakeDate(0, 1, 1).has_value());
  EXPECT_FALSE(MakeDate(10000, 1, 1).has_value());
}

TEST(Calendar, CountsEveryDayOfEightCenturies) {
  Date expected = *MakeDate(1600, 1, 1);
  for (int year = 1600; year < 2400; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= DaysInMonth(year, month); ++day) {
        ASSERT_EQ(*MakeDate(year, month, day), expected);
        const CivilDate civil = ToCivil(expected);
        ASSERT_TRUE(civil.year == year && civil.month == month && civil.day == day);
        expected = expected + 1;
      }
    }
  }
}

TEST(Calendar, AddsMonthsAndClampsToTheMonthsEnd) {
  EXPECT_EQ(FormatLocalDate(AddMonths(*MakeDate(2024, 1, 31), 1)), "2024-02-29");
  EXPECT_EQ(FormatLocalDate(AddMonths(*MakeDate(2023, 1, 31), 1)), "2023-02-28");
  EXPECT_EQ(FormatLocalDate(AddMonths(*MakeDate(2024, 2, 29), 12)), "2025-02-28");
  EXPECT_EQ(FormatLocalDate(AddMonths(*MakeDate(2024, 3, 31), -1)), "2024-02-29");
  EXPECT_EQ(FormatLocalDate(AddMonths(*MakeDate(2024, 1, 15), -13)), "2022-12-15");
  EXPECT_EQ(FormatLocalDate(Add(*MakeDate(2024, 2, 29), {1, TimeUnit::kYear}, +1)), "2025-02-28");
  EXPECT_EQ(FormatLocalDate(Add(*MakeDate(2024, 3, 1), {2, TimeUnit::kWeek}, -1)), "2024-02-16");
  EXPECT_EQ(FormatLocalDate(Add(*MakeDate(2023, 12, 31), {1, TimeUnit::kDay}, +1)), "2024-01-01");
}

TEST(Calendar, StaysOnTheCalendarHoweverFarItIsSent) {
  const Date today = *MakeDate(2026, 1, 20);
  for (const TimeUnit unit : {TimeUnit::kDay, TimeUnit::kWeek, TimeUnit::kMonth, TimeUnit::kYear}) {
    EXPECT_LT(Add(today, {INT32_MAX, unit}, -1), today);
    EXPECT_GT(Add(today, {INT32_MAX, unit}, +1), today);
    EXPECT_LT(StartOfDay(Add(today, {INT32_MAX, unit}, -1)), StartOfDay(today));
    EXPECT_GT(StartOfDay(Add(today, {INT32_MAX, unit}, +1)), StartOfDay(today));
  }
}

TEST(Zone, MovesClocksForwardInMarch) {
  EXPECT_EQ(FormatUtc(StartOfDay(*MakeDate(2026, 3, 29))), "2026-03-28T23:00:00Z");
  EXPECT_EQ(FormatUtc(StartOfDay(*MakeDate(2026, 3, 30))), "2026-03-29T22:00:00Z");
  EXPECT_EQ(StartOfDay(*MakeDate(2026, 3, 30)).us - StartOfDay(*MakeDate(2026, 3, 29)).us,
            23 * kMicrosPerHour);
  EXPECT_EQ(Utc("2026-03-29T01:59:59"), "2026-03-29T00:59:59Z");
  EXPECT_EQ(Utc("2026-03-29T03:00:00"), "2026-03-29T01:00:00Z");
}

TEST(Zone, ReadsTheHourThatSpringSkipsAsTheChange) {
  for (const char* text : {"2026-03-29T02:00:00", "2026-03-29T02:30:00", "2026-03-29T02:59:59"}) {
    EXPECT_EQ(Utc(text), "2026-03-29T01:00:00Z") << text;
  }
}

TEST(Zone, ReadsTheHourThatAutumnRepeatsAsTheFirst) {
  EXPECT_EQ(Utc("2026-10-25T02:30:00"), "2026-10-25T00:30:00Z");
  EXPECT_EQ(Utc("2026-10-25T02:59:59"), "2026-10-25T00:59:59Z");
  EXPECT_EQ(Utc("2026-10-25T03:00:00"), "2026-10-25T02:00:00Z");
  EXPECT_EQ(StartOfDay(*MakeDate(2026, 10, 26)).us - StartOfDay(*MakeDate(2026, 10, 25)).us,
            25 * kMicrosPerHour);
  EXPECT_EQ(FormatLocal(At("2026-10-25T00:30:00Z")), "2026-10-25 02:30");
  EXPECT_EQ(FormatLocal(At("2026-10-25T01:30:00Z")), "2026-10-25 02:30");
}

TEST(Zone, GivesTheLocalDayAroundMidnight) {
  EXPECT_EQ(FormatLocalDate(Day("2026-01-19T22:59:59Z")), "2026-01-19");
  EXPECT_EQ(FormatLocalDate(Day("2026-01-19T23:00:00Z")), "2026-01-20");
  EXPECT_EQ(FormatLocalDate(Day("2026-07-19T21:59:59.999999Z")), "2026-07-19");
  EXPECT_EQ(FormatLocalDate(Day("2026-07-19T22:00:00Z")), "2026-07-20");
}

TEST(Zone, KnowsThatThereWasNoSummerTimeFrom1917To1979) {
  EXPECT_EQ(FormatUtc(StartOfDay(*MakeDate(1953, 7, 1))), "1953-06-30T23:00:00Z");
}

TEST(Zone, FollowsTheRuleOfTheUnionBeyondTheDatabase) {
  EXPECT_EQ(FormatUtc(StartOfDay(*MakeDate(2045, 7, 1))), "2045-06-30T22:00:00Z");
  EXPECT_EQ(FormatUtc(StartOfDay(*MakeDate(2045, 1, 1))), "2044-12-31T23:00:00Z");
  EXPECT_EQ(Utc("2045-03-26T02:30:00"), "2045-03-26T01:00:00Z");  // last Sunday of March 2045
  EXPECT_EQ(Utc("2045-10-29T02:30:00"), "2045-10-29T00:30:00Z");
}

std::int64_t LibraryOffset(std::int64_t second) {
  static const date::time_zone* const zone = date::locate_zone("Europe/Stockholm");
  return zone->get_info(date::sys_seconds{std::chrono::seconds(second)}).offset.count();
}

void ExpectLocalDayAsLibrary(std::int64_t second) {
  const std::int64_t local = second + LibraryOffset(second);
  const std::int64_t day = local >= 0 ? local / 86'400 : (local - 86'399) / 86'400;
  ASSERT_EQ(LocalDate({second * kMicrosPerSecond}).days, day) << second;
}

TEST(Zone, AgreesWithTheLibraryAroundEveryChange) {
  const date::time_zone* const zone = date::locate_zone("Europe/Stockholm");
  const std::int64_t end = std::int64_t{MakeDate(2036, 12, 31)->days} * 86'400;
  std::int64_t second = std::int64_t{MakeDate(1850, 1, 1)->days} * 86'400;
  int changes = 0;
  while (second < end) {
    const std::int64_t next = zone->get_info(date::sys_seconds{std::chrono::seconds(second)})
                                  .end.time_since_epoch()
                                  .count();
    for (const std::int64_t near :
         {next - 90'000, next - 7'200, next - 1, next, next + 1, next + 7'200, next + 90'000}) {
      if (near < end) ExpectLocalDayAsLibrary(near);
    }
    second = next;
    ++changes;
  }
  EXPECT_GT(changes, 100);
}

RC_GTEST_PROP(ZoneProperty, AgreesWithTheLibraryAtAnyInstant, ()) {
  ExpectLocalDayAsLibrary(
      *rc::gen::inRange<std::int64_t>(-4'000'000'000, 2'114'000'000));  // 1843 to 2036
}

RC_GTEST_PROP(ZoneProperty, DaysFollowEachOtherWithoutGap, ()) {
  const Date day{*rc::gen::inRange(-700'000, 2'900'000)};
  const Instant start = StartOfDay(day);
  RC_ASSERT(LocalDate(start) == day);
  RC_ASSERT(LocalDate(start - 1) == day + -1);
  RC_ASSERT(LocalDate(EndOfDay(day)) == day);
  RC_ASSERT(EndOfDay(day) + 1 == StartOfDay(day + 1));
}

TEST(Zone, StandsTheEndsOfTime) {
  EXPECT_LT(LocalDate(kDistantPast), *MakeDate(1, 1, 1));
  EXPECT_GT(LocalDate(kDistantFuture), *MakeDate(9999, 12, 31));
  EXPECT_LT(StartOfDay({INT32_MIN}), At("0001"));
  EXPECT_GT(EndOfDay({INT32_MAX}), At("9999-12-31"));
}

TEST(ParseTime, ReadsPartialDatesAsIntervals) {
  const auto year = ParseTime("2024");
  ASSERT_TRUE(year.has_value());
  EXPECT_EQ(FormatUtc(year->lo), "2023-12-31T23:00:00Z");
  EXPECT_EQ(FormatUtc(year->hi), "2024-12-31T22:59:59.999999Z");
  const auto month = ParseTime("2024-03");
  ASSERT_TRUE(month.has_value());
  EXPECT_EQ(FormatUtc(month->lo), "2024-02-29T23:00:00Z");
  EXPECT_EQ(FormatUtc(month->hi), "2024-03-31T21:59:59.999999Z");  // summer time by then
  const auto day = ParseTime("2024-02-29");
  ASSERT_TRUE(day.has_value());
  EXPECT_EQ(day->hi.us - day->lo.us, kMicrosPerDay - 1);
}

TEST(ParseTime, ReadsExactTimes) {
  EXPECT_EQ(Utc("2024-03-01T09:30:00+01:00"), "2024-03-01T08:30:00Z");
  EXPECT_EQ(Utc("2024-03-01T09:30:00-05:30"), "2024-03-01T15:00:00Z");
  EXPECT_EQ(Utc("2024-03-01T09:30:00Z"), "2024-03-01T09:30:00Z");
  EXPECT_EQ(Utc("2024-03-01T09:30:00"), "2024-03-01T08:30:00Z");  // local
  EXPECT_EQ(Utc("2024-07-01T09:30:00"), "2024-07-01T07:30:00Z");
  EXPECT_EQ(Utc("1969-12-31T23:59:59.5Z"), "1969-12-31T23:59:59.5Z");
  const auto exact = ParseTime("2024-03-01T09:30:00Z");
  EXPECT_EQ(exact->lo, exact->hi);
}

TEST(ParseTime, CutsFractionsAtMicroseconds) {
  EXPECT_EQ(Utc("2024-03-01T09:30:00.1Z"), "2024-03-01T09:30:00.1Z");
  EXPECT_EQ(Utc("2024-03-01T09:30:00.1234567899Z"), "2024-03-01T09:30:00.123456Z");
  const auto range = ParseTime("2024-03-01T09:30:00.0000000000000000000000000001Z");
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(range->lo, range->hi);
}

TEST(ParseTime, ReadsTimesWithoutSecondsAsTheirMinute) {
  const auto range = ParseTime("2024-03-01T09:30+01:00");
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(FormatUtc(range->lo), "2024-03-01T08:30:00Z");
  EXPECT_EQ(FormatUtc(range->hi), "2024-03-01T08:30:59.999999Z");
}

TEST(ParseTime, ReadsALeapSecondAsTheEndOfItsMinute) {
  EXPECT_EQ(Utc("2016-12-31T23:59:60Z"), "2016-12-31T23:59:59.999999Z");
  EXPECT_EQ(Utc("2016-12-31T23:59:60.7Z"), "2016-12-31T23:59:59.999999Z");
}

TEST(ParseTime, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "24",
                           "20240301",
                           "0000",
                           "0000-01-01",
                           "2024-13",
                           "2024-00",
                           "2024-02-30",
                           "2023-02-29",
                           "2024-04-31",
                           "2024-3-1",
                           "2024-03-01T",
                           "2024-03-01T9:30:00Z",
                           "2024-03-01T24:00:00Z",
                           "2024-03-01T23:60:00Z",
                           "2024-03-01T23:59:61Z",
                           "2024-03-01T09:30:00.Z",
                           "2024-03-01T09:30:00+1:00",
                           "2024-03-01T09:30:00+0100",
                           "2024-03-01T09:30:00+15:00",
                           "2024-03-01T09:30:00+14:01",
                           "2024-03-01T09:30:00+01:60",
                           "2024-03-01 09:30:00Z",
                           "2024-03-01T09:30:00Z ",
                           " 2024",
                           "2024-03-01T09Z",
                           "2024-03-01T09:30:00ZZ",
                           "2024-",
                           "2024-03-",
                           "-2024",
                           "2024-03-01Z",
                           "12024-01-01",
                           "2024-03-01t09:30:00z",
                           "2024-W10"}) {
    EXPECT_FALSE(ParseTime(text).has_value()) << text;
  }
}

TEST(ParseTime, ReadsTheEdgesOfTheCalendar) {
  EXPECT_EQ(FormatRange(*ParseTime("0001")), "0001");
  EXPECT_EQ(FormatRange(*ParseTime("9999-12-31")), "9999-12-31");
}

TEST(FormatRange, WritesWhatAPersonWouldWrite) {
  for (const char* text : {"2026", "2026-01", "2026-02", "2026-12", "2026-03-29", "2026-10-25"}) {
    EXPECT_EQ(FormatRange(*ParseTime(text)), text);
  }
  EXPECT_EQ(FormatRange(*ParseTime("2026-01-20T08:15:30+01:00")), "2026-01-20 08:15");
  EXPECT_EQ(FormatRange(*ParseTime("2026-01-20T08:15+01:00")), "2026-01-20 08:15");
  EXPECT_EQ(FormatRange({At("2026-01-20"), ParseTime("2026-03-05")->hi}), "2026-01-20/2026-03-05");
  EXPECT_EQ(FormatRange({At("2026-01-01"), At("2026-01-20T08:15:00Z")}), "2026-01-01/2026-01-20");
  EXPECT_EQ(FormatRange({At("2026-01-20T08:00:00Z"), At("2026-01-20T09:30:00Z")}),
            "2026-01-20 09:00/2026-01-20 10:30");
  EXPECT_EQ(FormatRange({kDistantPast, ParseTime("2026-03-05")->hi}), "../2026-03-05");
  EXPECT_EQ(FormatRange({At("2026-01-20"), kDistantFuture}), "2026-01-20/..");
}

TEST(Period, CountsShortUnitsInMicroseconds) {
  EXPECT_EQ(MicrosOf({48, TimeUnit::kHour}), 48 * kMicrosPerHour);
  EXPECT_EQ(MicrosOf({90, TimeUnit::kMinute}), 90 * kMicrosPerMinute);
  EXPECT_EQ(MicrosOf({1, TimeUnit::kSecond}), kMicrosPerSecond);
}

RC_GTEST_PROP(ParseTimeProperty, ReadsBackWhatFormatUtcWrites, ()) {
  const Instant instant{
      *rc::gen::inRange<std::int64_t>(-62'000'000'000'000'000, 253'000'000'000'000'000)};
  const auto range = ParseTime(FormatUtc(instant));
  RC_ASSERT(range.has_value());
  RC_ASSERT(range->lo == instant);
  RC_ASSERT(range->hi == instant);
}

RC_GTEST_PROP(ParseTimeProperty, StandsAnyText, (const std::string& text)) {
  const auto range = ParseTime(text);
  const bool in_order = !range.has_value() || range->lo <= range->hi;
  RC_ASSERT(in_order);
}

}  // namespace
}  // namespace medverka::base
