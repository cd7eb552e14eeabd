// Identity numbers of the synthetic journal: only from the test ranges, valid, and never given
// twice.

#include "ops/generator/identity.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace medverka::generator {
namespace {

// Luhn over the ten digits without the century, check digit included, written apart from the code
// under test.
bool LuhnHolds(const std::string& ten) {
  int sum = 0;
  for (std::size_t i = 0; i < ten.size(); ++i) {
    int digit = ten[i] - '0';
    if (i % 2 == 0) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

TEST(Identity, CheckDigitIsThatOfThePublishedExamples) {
  EXPECT_EQ(LuhnDigit("121212121"), 2);  // 19121212-1212
  EXPECT_EQ(LuhnDigit("701063239"), 1);  // 19701063-2391, a coordination number
}

TEST(Identity, NumbersAreFromTheTestRangeUniqueAndValid) {
  NumberIssuer issuer;
  std::set<std::uint64_t> seen;
  for (const Day birth : {DayOf(1912, 12, 12), DayOf(1999, 12, 31), DayOf(2000, 2, 29)}) {
    for (const bool female : {false, true}) {
      for (const bool coordination : {false, true}) {
        for (int i = 0; i < 10; ++i) {
          const std::uint64_t number = issuer.Issue(birth, female, coordination);
          const std::string digits = std::to_string(number);
          ASSERT_EQ(digits.size(), 12U);
          EXPECT_TRUE(seen.insert(number).second) << "given twice";
          EXPECT_TRUE(LuhnHolds(digits.substr(2)));
          const int serial = std::stoi(digits.substr(8, 3));
          EXPECT_GE(serial, 980);
          EXPECT_LE(serial, 999);
          EXPECT_EQ(serial % 2 == 0, female);
          EXPECT_EQ(std::stoi(digits.substr(6, 2)) > 60, coordination);
        }
        EXPECT_EQ(issuer.Issue(birth, female, coordination), 0U)
            << "ten of each sex and day, no more";
      }
    }
  }
}

TEST(Identity, ReserveNumbersDoNotLookLikePersonalNumbers) {
  NumberIssuer issuer;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t number = issuer.IssueReserve(DayOf(1980, 5, 17));
    const std::string digits = std::to_string(number);
    EXPECT_TRUE(seen.insert(number).second);
    EXPECT_EQ(digits.size(), 12U);
    EXPECT_EQ(digits.substr(0, 6), "991980");
  }
}

TEST(Identity, CalendarKnowsLeapDaysAndSummerTime) {
  EXPECT_EQ(DayOf(1970, 1, 1), 0);
  EXPECT_EQ(DayOf(2026, 9, 30), kDefaultEndDay);
  EXPECT_EQ(DayOf(2000, 3, 1) - DayOf(2000, 2, 28), 2);
  EXPECT_EQ(AgeAt(DayOf(2000, 2, 29), DayOf(2026, 2, 28)), 25);
  EXPECT_EQ(AgeAt(DayOf(2000, 2, 29), DayOf(2026, 3, 1)), 26);
  const Seconds spring =
      DayOf(2026, 3, 29) * kSecondsPerDay + 3'600;  // 01:00 UTC of the last Sunday of March
  EXPECT_EQ(LocalOffset(spring - 1), 3'600);
  EXPECT_EQ(LocalOffset(spring), 7'200);
  const Seconds autumn = DayOf(2026, 10, 25) * kSecondsPerDay + 3'600;
  EXPECT_EQ(LocalOffset(autumn - 1), 7'200);
  EXPECT_EQ(LocalOffset(autumn), 3'600);
}

TEST(Identity, PeopleAreOfAllAgesAndKinds) {
  GenerateOptions options;
  options.patients = 20'000;
  const std::vector<Person> people = MakePeople(options, options.end_day - 5 * 365);
  ASSERT_EQ(people.size(), 20'000U);
  std::set<std::uint64_t> numbers;
  int women = 0, coordination = 0, merged = 0, dead = 0, protected_identity = 0, middle_aged = 0;
  for (const Person& person : people) {
    EXPECT_TRUE(numbers.insert(person.number).second);
    EXPECT_TRUE(person.reserve == 0 || numbers.insert(person.reserve).second);
    women += person.female;
    coordination += person.kind == IdKind::kCoordination;
    merged += person.merged_at != 0;
    dead += person.death != kNever;
    protected_identity += person.protected_identity;
    const std::int32_t age = AgeAt(person.birth, options.end_day);
    EXPECT_GE(age, 0);
    EXPECT_LT(age, 102);
    middle_aged += age >= 50 && age <= 64;
  }
  EXPECT_NEAR(women, 10'000, 400);
  EXPECT_NEAR(coordination, 240, 80);
  EXPECT_GT(merged, 30);
  EXPECT_GT(protected_identity, 25);
  EXPECT_NEAR(dead, 20'000 * 5 * 8 / 1'000, 150);  // some 8 of 1,000 a year
  EXPECT_NEAR(middle_aged, 3'700, 500);
}

}  // namespace
}  // namespace medverka::generator
