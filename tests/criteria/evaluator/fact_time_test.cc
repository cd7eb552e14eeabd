// Tests criteria/fact_time.cc: what a fact's time is (docs/fact-times.md), and when a window opens
// and closes.
#include "criteria/fact_time.h"

#include <gtest/gtest.h>

namespace medverka::criteria {
namespace {

using base::Date;
using base::Instant;
using base::Period;
using base::TimeUnit;

Date Day(int year, int month, int day) { return *base::MakeDate(year, month, day); }
Instant At(std::string_view text) { return base::ParseTime(text)->lo; }

struct Person {
  Vocabulary vocabulary;
  Resource resource;
  Fact fact;

  Span At(std::string_view at, const FactRef* visit = nullptr) {
    Moments moments(*Parsed(at));
    const FactRef ref{&resource, &fact};
    return SpanOf(ref, visit, vocabulary, *Parsed(at), moments);
  }
  Truth Current(std::string_view at, const FactRef* visit = nullptr) {
    const Span span = At(at, visit);
    Moments moments(*Parsed(at));
    return span.counts ? IsCurrent(span, *Parsed(at), moments) : Truth::kFalse;
  }
  Truth In(std::string_view at, const TimeClause& clause) {
    const Span span = At(at);
    Moments moments(*Parsed(at));
    return span.counts ? InWindow(span, clause, *Parsed(at), moments) : Truth::kFalse;
  }
  static std::optional<Instant> Parsed(std::string_view text) { return base::ParseTime(text)->lo; }
};

TimeClause WithinLast(int amount, TimeUnit unit, Side side = Side::kAny) {
  TimeClause clause;
  clause.far = {amount, unit};
  clause.side = side;
  return clause;
}

// 31 March - 1 month is 28 February, so that day is still within; 1 April is the first beyond.
TEST(FactTime, LeavesAMonthWindowOnTheFirstDayThatClampingNoLongerReaches) {
  const Period month{1, TimeUnit::kMonth};
  EXPECT_EQ(FirstDayBeyond(Day(2026, 2, 28), month), Day(2026, 4, 1));
  EXPECT_EQ(FirstDayBeyond(Day(2026, 1, 31), month), Day(2026, 3, 1));
  EXPECT_EQ(FirstDayBeyond(Day(2026, 3, 15), month), Day(2026, 4, 16));
  EXPECT_EQ(FirstDayReached(Day(2026, 1, 31), month), Day(2026, 3, 1));
  EXPECT_EQ(FirstDayReached(Day(2026, 3, 15), month), Day(2026, 4, 15));
}

TEST(FactTime, FirstDayBeyondIsTheFirstOneForEveryDayOfFourYears) {
  for (const Period period :
       {Period{1, TimeUnit::kMonth}, Period{3, TimeUnit::kMonth}, Period{1, TimeUnit::kYear},
        Period{90, TimeUnit::kDay}, Period{2, TimeUnit::kWeek}}) {
    for (Date day = Day(2023, 1, 1); day < Day(2027, 1, 1); day = day + 1) {
      const Date beyond = FirstDayBeyond(day, period);
      EXPECT_GT(base::Add(beyond, period, -1), day);
      EXPECT_LE(base::Add(beyond + -1, period, -1), day);
      const Date reached = FirstDayReached(day, period);
      EXPECT_GE(base::Add(reached, period, -1), day);
      EXPECT_LT(base::Add(reached + -1, period, -1), day);
    }
  }
}

TEST(FactTime, AFactOfTomorrowDoesNotCountYet) {
  Person person;
  person.fact.start = base::ParseTime("2026-05-02");
  EXPECT_FALSE(person.At("2026-05-01T12:00:00+02:00").counts);
  EXPECT_TRUE(person.At("2026-05-02T12:00:00+02:00").counts);
}

TEST(FactTime, ADayWindowCountsCalendarDaysWithBothEndsIn) {
  Person person;
  person.fact.start = base::ParseTime("2026-05-01T23:30:00+02:00");
  const TimeClause week = WithinLast(7, TimeUnit::kDay);
  EXPECT_EQ(person.In("2026-05-08T00:10:00+02:00", week), Truth::kTrue);
  EXPECT_EQ(person.In("2026-05-08T23:59:00+02:00", week), Truth::kTrue);
  EXPECT_EQ(person.In("2026-05-09T00:00:00+02:00", week), Truth::kFalse);
}

TEST(FactTime, AnHourWindowCountsInstantsAlsoOverTheNightTheClocksChange) {
  Person person;
  person.fact.start = base::ParseTime("2026-10-25T01:30:00+02:00");  // clocks go back at 03:00
  const TimeClause hours = WithinLast(3, TimeUnit::kHour);
  EXPECT_EQ(person.In("2026-10-25T03:30:00+01:00", hours),
            Truth::kTrue);  // 3 h later, though the wall says 2
  EXPECT_EQ(person.In("2026-10-25T03:30:01+01:00", hours), Truth::kFalse);
}

TEST(FactTime, AYearOnlyDateOnBothSidesOfAWindowIsUnknown) {
  Person person;
  person.fact.start = base::ParseTime("2025");
  EXPECT_EQ(person.In("2026-05-01", WithinLast(12, TimeUnit::kMonth)), Truth::kUnknown);
  EXPECT_EQ(person.In("2026-05-01", WithinLast(17, TimeUnit::kMonth)), Truth::kTrue);
  EXPECT_EQ(person.In("2026-05-01", WithinLast(3, TimeUnit::kMonth)), Truth::kFalse);
}

TEST(FactTime, APartialDateIsClippedWhenItWasRecorded) {
  Person person;
  person.fact.start = base::ParseTime("2025");
  person.resource.recorded = base::ParseTime("2025-02-10");
  EXPECT_EQ(person.In("2026-05-01", WithinLast(12, TimeUnit::kMonth)), Truth::kFalse);
}

TEST(FactTime, AnActiveProblemGoesOnAResolvedOneEndedBeforeItsLastUpdate) {
  Person person;
  person.fact.kind = FactKind::kCondition;
  person.fact.start = base::ParseTime("2020-01-01");
  person.fact.ongoing = true;
  EXPECT_EQ(person.Current("2026-05-01"), Truth::kTrue);
  person.fact.ongoing = false;
  person.fact.ended = true;
  person.resource.updated = At("2024-06-01");
  EXPECT_EQ(person.Current("2026-05-01"), Truth::kFalse);
  EXPECT_EQ(person.In("2026-05-01", WithinLast(24, TimeUnit::kMonth, Side::kOngoing)),
            Truth::kUnknown);
  EXPECT_EQ(person.In("2026-05-01", WithinLast(12, TimeUnit::kMonth, Side::kOngoing)),
            Truth::kFalse);
}

TEST(FactTime, ADiagnosisOfAVisitIsCurrentDuringItAndUnknownAfterwards) {
  Person person;
  person.fact.kind = FactKind::kCondition;
  person.fact.upkeep = Upkeep::kAtVisit;
  person.fact.ongoing = true;  // RIV-TA says active always: no statement
  person.fact.visit_id = "Encounter/1";
  Resource visit_resource;
  Fact visit;
  visit.kind = FactKind::kVisit;
  visit.start = base::ParseTime("2026-05-01T08:00:00+02:00");
  visit.end = base::ParseTime("2026-05-03T10:00:00+02:00");
  visit.ended = true;
  const FactRef ref{&visit_resource, &visit};
  EXPECT_EQ(person.Current("2026-05-02", &ref), Truth::kTrue);
  EXPECT_EQ(person.Current("2026-05-04", &ref), Truth::kUnknown);
  EXPECT_EQ(person.Current("2026-04-30", &ref), Truth::kFalse);
}

TEST(FactTime, AnOrderWithoutEndIsGoodForAYearAndUnknownAfter) {
  Person person;
  person.fact.kind = FactKind::kMedication;
  person.fact.upkeep = Upkeep::kOrder;
  person.fact.start = base::ParseTime("2025-03-10");
  person.fact.ongoing = true;
  EXPECT_EQ(person.Current("2026-03-09T12:00:00+01:00"), Truth::kTrue);
  EXPECT_EQ(person.Current("2026-03-12T12:00:00+01:00"), Truth::kUnknown);
}

TEST(FactTime, AStoppedOrderWithoutEndIsNotCurrent) {
  Person person;
  person.fact.kind = FactKind::kMedication;
  person.fact.upkeep = Upkeep::kOrder;
  person.fact.holding = Holding::kPast;
  person.fact.ended = true;
  person.fact.start = base::ParseTime("2026-01-01");
  person.resource.updated = At("2026-03-01");
  EXPECT_EQ(person.Current("2026-05-01"), Truth::kFalse);
  EXPECT_EQ(person.In("2026-05-01", WithinLast(90, TimeUnit::kDay, Side::kOngoing)),
            Truth::kUnknown);
  EXPECT_EQ(person.In("2026-05-01", WithinLast(30, TimeUnit::kDay, Side::kOngoing)), Truth::kFalse);
}

TEST(FactTime, ADispenseWithoutDaysIsThatDayThenUnknown) {
  Person person;
  person.fact.kind = FactKind::kMedication;
  person.fact.upkeep = Upkeep::kSupply;
  person.fact.start = base::ParseTime("2026-05-01T10:00:00+02:00");
  EXPECT_EQ(person.Current("2026-05-01T15:00:00+02:00"), Truth::kTrue);
  EXPECT_EQ(person.Current("2026-05-02T15:00:00+02:00"), Truth::kUnknown);
}

TEST(FactTime, AnOpenEmergencyVisitClosesAfterThreeDaysAnInpatientOneStaysOpen) {
  Person person;
  person.fact.kind = FactKind::kVisit;
  person.fact.ongoing = true;
  person.fact.start = base::ParseTime("2026-05-01T10:00:00+02:00");
  person.fact.visit_class = person.vocabulary.Code(SystemId::kActCode, "EMER");
  EXPECT_EQ(person.Current("2026-05-04T09:00:00+02:00"), Truth::kTrue);
  EXPECT_EQ(person.Current("2026-05-04T11:00:00+02:00"), Truth::kFalse);
  person.fact.visit_class = person.vocabulary.Code(SystemId::kActCode, "IMP");
  EXPECT_EQ(person.Current("2026-06-04T11:00:00+02:00"), Truth::kTrue);
  person.fact.visit_class = person.vocabulary.Code(SystemId::kActCode, "AMB");
  EXPECT_EQ(person.Current("2026-05-01T20:00:00+02:00"), Truth::kTrue);
  EXPECT_EQ(person.Current("2026-05-02T00:00:01+02:00"), Truth::kFalse);
}

TEST(FactTime, LengthIsJudgedOnTheCalendarAndOnlyUpToNow) {
  Person person;
  person.fact.kind = FactKind::kCondition;
  person.fact.ongoing = true;
  person.fact.start = base::ParseTime("2026-01-31");
  const auto lasts = [&](std::string_view at) {
    const Span span = person.At(at);
    Moments moments(At(at));
    return LastsAtLeast(span, {1, TimeUnit::kMonth}, At(at), moments);
  };
  EXPECT_EQ(lasts("2026-02-27"), Truth::kFalse);
  EXPECT_EQ(lasts("2026-02-28"), Truth::kTrue);
}

}  // namespace
}  // namespace medverka::criteria
