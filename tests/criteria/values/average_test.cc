// Tests criteria/select_average.cc: averages and medians over exact, open, unusable and undecided
// results, and of the last ones where the order is open.
#include <gtest/gtest.h>

#include "support.h"

namespace medverka::criteria {
namespace {

using namespace testing;  // NOLINT: the truths and builders of these tests

struct Given {
  std::string number;  // "<5" and ">5" are open; "" has no value
  std::string unit;
  std::string date;
  Holding holding = Holding::kHolds;
};

CriterionVerdict Ask(Selector selector, int last, const ValueTest& test,
                     const std::vector<Given>& given) {
  Vocabulary vocabulary;
  StudyBuilder study;
  Query query = Results(study, selector);
  query.count = last;
  query.test = test;
  PatientBuilder patient(vocabulary);
  for (const Given& one : given) {
    const bool open = one.number.starts_with('<') || one.number.starts_with('>');
    Fact& fact = patient.Result("A",
                                open                 ? one.number.substr(1)
                                : one.number.empty() ? "1"
                                                     : one.number,
                                one.unit, one.date);
    if (one.number.starts_with('<')) {
      fact.value.number.low.reset();
      fact.value.number.high_open = true;
    }
    if (one.number.starts_with('>')) {
      fact.value.number.high.reset();
      fact.value.number.low_open = true;
    }
    if (one.number.empty()) fact.value = {};
    fact.holding = one.holding;
  }
  const std::uint32_t node = study.Of(query);
  return Verdict(study, node, vocabulary, patient.View(), "2026-07-15");
}

Truth Average(int last, const ValueTest& test, const std::vector<Given>& given) {
  return Ask(Selector::kAverage, last, test, given).value;
}
Truth Median(int last, const ValueTest& test, const std::vector<Given>& given) {
  return Ask(Selector::kMedian, last, test, given).value;
}
ValueTest AtLeast(std::string_view number) {
  return TestOf(CompareOp::kGreaterEqual, number, "mmol/L");
}

TEST(Averages, AreExactOnTheLimit) {
  // 0.1 + 0.2 is 0.3, and a third of 10 times three is 10.
  EXPECT_EQ(Average(0, AtLeast("0.15"),
                    {{"0.1", "mmol/L", "2026-01-01"}, {"0.2", "mmol/L", "2026-02-01"}}),
            T);
  EXPECT_EQ(Average(0, TestOf(CompareOp::kGreater, "0.15", "mmol/L"),
                    {{"0.1", "mmol/L", "2026-01-01"}, {"0.2", "mmol/L", "2026-02-01"}}),
            F);
  EXPECT_EQ(Average(0, AtLeast("3.3333333333333333"),
                    {{"3", "mmol/L", "2026-01-01"},
                     {"3", "mmol/L", "2026-02-01"},
                     {"4", "mmol/L", "2026-03-01"}}),
            T);
  EXPECT_EQ(Average(0, AtLeast("3.3333333333333334"),
                    {{"3", "mmol/L", "2026-01-01"},
                     {"3", "mmol/L", "2026-02-01"},
                     {"4", "mmol/L", "2026-03-01"}}),
            F);
}

TEST(Averages, ConvertUnits) {
  EXPECT_EQ(Average(0, AtLeast("0.15"),
                    {{"100", "umol/L", "2026-01-01"}, {"0.2", "mmol/L", "2026-02-01"}}),
            T);
  EXPECT_EQ(
      Average(0, AtLeast("0.15"), {{"100", "g/L", "2026-01-01"}, {"0.2", "mmol/L", "2026-02-01"}}),
      U);
}

TEST(Averages, OfOpenResultsAreIntervals) {
  EXPECT_EQ(
      Average(0, AtLeast("3"), {{"<5", "mmol/L", "2026-01-01"}, {"5", "mmol/L", "2026-02-01"}}), U);
  EXPECT_EQ(
      Average(0, AtLeast("5"), {{"<5", "mmol/L", "2026-01-01"}, {"5", "mmol/L", "2026-02-01"}}), F);
  EXPECT_EQ(
      Average(0, AtLeast("5"), {{">5", "mmol/L", "2026-01-01"}, {"5", "mmol/L", "2026-02-01"}}), T);
}

TEST(Averages, WithoutAUsableValueAreUnknown) {
  EXPECT_EQ(Average(0, AtLeast("3"), {{"", "", "2026-01-01"}, {"5", "mmol/L", "2026-02-01"}}), U);
  EXPECT_EQ(Average(1, AtLeast("3"), {{"", "", "2026-01-01"}, {"5", "mmol/L", "2026-02-01"}}), T);
  EXPECT_EQ(Average(0, AtLeast("3"), {}), U);
}

TEST(Averages, OfTheLastFew) {
  const std::vector<Given> given = {
      {"1", "mmol/L", "2026-01-01"}, {"5", "mmol/L", "2026-02-01"}, {"7", "mmol/L", "2026-03-01"}};
  EXPECT_EQ(Average(2, AtLeast("6"), given), T);
  EXPECT_EQ(Average(3, AtLeast("6"), given), F);
  EXPECT_EQ(Average(4, AtLeast("1"), given), U);
}

TEST(Averages, OfTheLastFewAreOpenWhileTheChoiceIs) {
  // The last one is 7 or 9, as the month leaves open.
  const std::vector<Given> given = {
      {"1", "mmol/L", "2026-01-01"}, {"9", "mmol/L", "2026-03"}, {"7", "mmol/L", "2026-03-10"}};
  EXPECT_EQ(Average(1, AtLeast("8"), given), U);
  EXPECT_EQ(Average(1, AtLeast("7"), given), T);
  EXPECT_EQ(Average(2, AtLeast("8"), given), T);
}

TEST(Averages, WithAnUnverifiedResultAgreeWithAndWithoutIt) {
  const std::vector<Given> given = {{"8", "mmol/L", "2026-01-01"},
                                    {"2", "mmol/L", "2026-02-01", Holding::kUnverified}};
  EXPECT_EQ(Average(0, AtLeast("5"), given), T);
  EXPECT_EQ(Average(0, AtLeast("6"), given), U);
  EXPECT_EQ(Average(0, AtLeast("9"), given), F);
}

TEST(Averages, OfNothingSureFailWhereEveryResultFails) {
  const std::vector<Given> given = {{"2", "mmol/L", "2026-02-01", Holding::kUnverified}};
  EXPECT_EQ(Average(0, AtLeast("5"), given), F);
  EXPECT_EQ(Average(0, AtLeast("2"), given), U);
}

TEST(Medians, OfOddAndEvenCounts) {
  const std::vector<Given> three = {
      {"1", "mmol/L", "2026-01-01"}, {"9", "mmol/L", "2026-02-01"}, {"4", "mmol/L", "2026-03-01"}};
  EXPECT_EQ(Median(0, AtLeast("4"), three), T);
  EXPECT_EQ(Median(0, AtLeast("4.1"), three), F);
  std::vector<Given> four = three;
  four.push_back({"5", "mmol/L", "2026-04-01"});
  EXPECT_EQ(Median(0, AtLeast("4.5"), four), T);
  EXPECT_EQ(Median(0, AtLeast("4.6"), four), F);
  four[0].number = "<2";  // does not reach the middle
  EXPECT_EQ(Median(0, AtLeast("4.5"), four), T);
  four[2].number = "<5";
  EXPECT_EQ(Median(0, AtLeast("4.5"), four), U);
}

TEST(Averages, SayWhatTheyCameTo) {
  const CriterionVerdict verdict =
      Ask(Selector::kAverage, 2, AtLeast("6"),
          {{"5", "mmol/L", "2026-02-01"}, {"7.5", "mmol/L", "2026-03-01"}});
  EXPECT_EQ(verdict.evidence, (std::vector<std::string>{"Resource/1", "Resource/2"}));
}

}  // namespace
}  // namespace medverka::criteria
