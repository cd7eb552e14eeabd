// Tests criteria/leaf_change.cc: rises and falls.
#include <gtest/gtest.h>

#include "support.h"

namespace medverka::criteria {
namespace {

using namespace testing;  // NOLINT: the truths and builders of these tests
using Base = ChangeQuery::Base;
using ByUnit = ChangeQuery::Unit;

struct Given {
  std::string number;
  std::string unit;
  std::string date;
};

struct Change {
  bool rise = true;
  std::string amount = "50";
  ByUnit by = ByUnit::kPercent;
  std::string unit = "";
  Base from = Base::kAny;
  Base to = Base::kAny;
  std::optional<base::Period> within_any = std::nullopt;
  std::optional<base::Period> apart = std::nullopt;
};

Truth Ask(const Change& asked, const std::vector<Given>& given) {
  Vocabulary vocabulary;
  StudyBuilder study;
  Query query = Results(study);
  query.within_any = asked.within_any;
  query.apart = asked.apart;
  study.Of(query);
  ChangeQuery change;
  change.query = 0;
  change.rise = asked.rise;
  change.amount = {*base::Decimal::Parse(asked.amount), asked.unit};
  change.unit = asked.by;
  change.from = asked.from;
  change.to = asked.to;
  study.program().changes.push_back(change);
  PatientBuilder patient(vocabulary);
  for (const Given& one : given) {
    Fact& fact = patient.Result(
        "A", one.number.starts_with('<') ? one.number.substr(1) : one.number, one.unit, one.date);
    if (one.number.starts_with('<')) {
      fact.value.number.low.reset();
      fact.value.number.high_open = true;
    }
  }
  const std::uint32_t node = study.Add({NodeKind::kChange, 0, 0, {}});
  const PatientView view = patient.View();
  const Truth truth = Verdict(study, node, vocabulary, view, "2026-07-15").value;
  PatientView turned = view;
  for (auto& facts : turned.facts) std::reverse(facts.begin(), facts.end());
  EXPECT_EQ(truth, Verdict(study, node, vocabulary, turned, "2026-07-15").value);
  return truth;
}

TEST(Changes, ArePercentOfTheEarlier) {
  EXPECT_EQ(Ask({}, {{"80", "umol/L", "2026-06-01"}, {"120", "umol/L", "2026-06-03"}}), T);
  EXPECT_EQ(Ask({}, {{"80", "umol/L", "2026-06-01"}, {"119.9", "umol/L", "2026-06-03"}}), F);
  EXPECT_EQ(Ask({}, {{"120", "umol/L", "2026-06-01"}, {"80", "umol/L", "2026-06-03"}}), F);
  Change fall;
  fall.rise = false;
  fall.amount = "25";
  EXPECT_EQ(Ask(fall, {{"120", "umol/L", "2026-06-01"}, {"90", "umol/L", "2026-06-03"}}), T);
  EXPECT_EQ(Ask(fall, {{"120", "umol/L", "2026-06-01"}, {"90.1", "umol/L", "2026-06-03"}}), F);
}

TEST(Changes, MeetInAnyUnit) {
  EXPECT_EQ(Ask({}, {{"0.08", "mmol/L", "2026-06-01"}, {"120", "umol/L", "2026-06-03"}}), T);
  EXPECT_EQ(Ask({}, {{"0.08", "mmol/L", "2026-06-01"}, {"119", "umol/L", "2026-06-03"}}), F);
  Change by_unit;
  by_unit.by = ByUnit::kUnit;
  by_unit.amount = "26.5";
  by_unit.unit = "umol/L";
  EXPECT_EQ(Ask(by_unit, {{"0.08", "mmol/L", "2026-06-01"}, {"106.5", "umol/L", "2026-06-03"}}), T);
  EXPECT_EQ(Ask(by_unit, {{"0.08", "mmol/L", "2026-06-01"}, {"106.4", "umol/L", "2026-06-03"}}), F);
}

TEST(Changes, NeedAUsablePair) {
  EXPECT_EQ(Ask({}, {}), U);
  EXPECT_EQ(Ask({}, {{"80", "umol/L", "2026-06-01"}}), U);
  EXPECT_EQ(Ask({}, {{"80", "umol/L", "2026-06-01"}, {"120", "g/L", "2026-06-03"}}), U);
  EXPECT_EQ(Ask({}, {{"0", "umol/L", "2026-06-01"}, {"120", "umol/L", "2026-06-03"}}), U);
}

TEST(Changes, AreStrictInTime) {
  EXPECT_EQ(Ask({}, {{"80", "umol/L", "2026-06-01"}, {"120", "umol/L", "2026-06-01"}}), U);
  EXPECT_EQ(Ask({}, {{"80", "umol/L", "2026-06-01T08:00:00+02:00"},
                     {"120", "umol/L", "2026-06-01T08:00:00+02:00"}}),
            U);
  EXPECT_EQ(Ask({}, {{"80", "umol/L", "2026-06-01T08:00:00+02:00"},
                     {"120", "umol/L", "2026-06-01T08:01:00+02:00"}}),
            T);
  EXPECT_EQ(Ask({}, {{"80", "umol/L", "2026-06"}, {"120", "umol/L", "2026-06-15"}}), U);
}

TEST(Changes, WithinAnyHoursAndSoFarApart) {
  Change close;
  close.within_any = base::Period{48, base::TimeUnit::kHour};
  EXPECT_EQ(Ask(close, {{"80", "umol/L", "2026-06-01T08:00:00+02:00"},
                        {"120", "umol/L", "2026-06-03T08:00:00+02:00"}}),
            T);
  EXPECT_EQ(Ask(close, {{"80", "umol/L", "2026-06-01T08:00:00+02:00"},
                        {"120", "umol/L", "2026-06-03T08:00:01+02:00"}}),
            U);
  EXPECT_EQ(Ask(close, {{"80", "umol/L", "2026-06-01"}, {"120", "umol/L", "2026-06-03"}}), U);
  EXPECT_EQ(Ask(close, {{"80", "umol/L", "2026-06-01"}, {"120", "umol/L", "2026-06-02"}}), T);
  Change far;
  far.apart = base::Period{7, base::TimeUnit::kDay};
  EXPECT_EQ(Ask(far, {{"80", "umol/L", "2026-06-01"}, {"120", "umol/L", "2026-06-08"}}), T);
  EXPECT_EQ(Ask(far, {{"80", "umol/L", "2026-06-01"}, {"120", "umol/L", "2026-06-07"}}), U);
}

TEST(Changes, FromAndTo) {
  const std::vector<Given> given = {{"8", "{score}", "2026-06-01"},
                                    {"3", "{score}", "2026-06-03"},
                                    {"9", "{score}", "2026-06-05"},
                                    {"5", "{score}", "2026-06-07"}};
  Change points;
  points.by = ByUnit::kPoints;
  points.amount = "2";
  EXPECT_EQ(Ask(points, given), T);
  points.from = Base::kLowest;
  points.to = Base::kLatest;
  EXPECT_EQ(Ask(points, given), T);
  points.amount = "3";
  EXPECT_EQ(Ask(points, given), F);
  points.from = Base::kFirst;
  points.amount = "1";
  EXPECT_EQ(Ask(points, given), F);
  points.rise = false;
  points.amount = "3";
  EXPECT_EQ(Ask(points, given), T);
  points.from = Base::kHighest;
  points.amount = "4";
  EXPECT_EQ(Ask(points, given), T);
  // The lowest before the latest, so a latest that is itself the lowest is no rise.
  points.rise = true;
  points.from = Base::kLowest;
  points.amount = "2";
  EXPECT_EQ(Ask(points, {{"8", "{score}", "2026-06-01"}, {"3", "{score}", "2026-06-03"}}), F);
}

TEST(Changes, OfOpenResultsAreIntervals) {
  EXPECT_EQ(Ask({}, {{"<10", "umol/L", "2026-06-01"}, {"15", "umol/L", "2026-06-03"}}), U);
  Change by_unit;
  by_unit.by = ByUnit::kUnit;
  by_unit.amount = "5";
  by_unit.unit = "umol/L";
  EXPECT_EQ(Ask(by_unit, {{"<10", "umol/L", "2026-06-01"}, {"15", "umol/L", "2026-06-03"}}), T);
  EXPECT_EQ(Ask(by_unit, {{"<10", "umol/L", "2026-06-01"}, {"14", "umol/L", "2026-06-03"}}), U);
}

}  // namespace
}  // namespace medverka::criteria
