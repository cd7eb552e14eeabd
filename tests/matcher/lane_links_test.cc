// The lane over small hand-written journals: what resources say of each other, cohorts, and texts
// of reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "matcher/lane.h"
#include "ops/base/format.h"
#include "tests/matcher/lane_words.h"
#include "tests/support/journal_text.h"
#include "tests/support/test_lane.h"

namespace medverka::matcher {
namespace {

using namespace tests;  // NOLINT: the words of the tests
using testing::ElementsAre;
using testing::IsEmpty;

// ---- what resources say of each other

// The codes and rank behind the attributes of the first fact of a kind.
std::string ReasonsOf(TestLane& lane, criteria::FactKind kind) {
  const auto view = lane.lane().View(lane.lane().Subjects().front().key);
  EXPECT_TRUE(view.has_value());
  std::string out;
  for (const criteria::FactRef& ref : view->of(kind)) {
    for (const criteria::Attribute& attribute : ref.fact->attributes) {
      out += fmt::format("{}{}:{}", out.empty() ? "" : " ", static_cast<int>(attribute.field),
                         attribute.codes.size());
      if (attribute.number.low) out += "=" + attribute.number.low->ToString();
    }
  }
  return out;
}
constexpr int kReason = static_cast<int>(criteria::Field::kReason);
constexpr int kMain = static_cast<int>(criteria::Field::kMain);

TEST(LaneLinks, AReasonHasTheCodesOfItsConditionInAnyOrderAndAfterARestart) {
  for (const LaneOptions& options : {LaneOptions(), ColdOptions()}) {
    TestLane lane({Study(kAdults)}, options);
    lane.Apply(MedicationRequest("r1", "p1", "atc B01AA03", "2026-02-01", kFirst, "active",
                                 "Condition/c1"));
    const auto reasons = [&] { return ReasonsOf(lane, criteria::FactKind::kMedication); };
    EXPECT_EQ(reasons(), fmt::format("{}:0", kReason)) << "not come yet: not known";
    lane.Apply(CancerOf("p1"));
    EXPECT_EQ(reasons(), fmt::format("{}:1", kReason));
    lane.Commit();
    lane.Restart();
    EXPECT_EQ(reasons(), fmt::format("{}:1", kReason));
    const std::string before = lane.Hash();
    lane.Apply(Delete("Condition/c1", "2026-03-05T08:00:00Z"));
    EXPECT_EQ(reasons(), fmt::format("{}:0", kReason)) << "taken back";
    EXPECT_NE(lane.Hash(), before);
  }
}

TEST(LaneLinks, AVisitSaysWhichConditionWasItsMainDiagnosis) {
  TestLane lane({Study(kAdults)});
  lane.Apply(CancerOf("p1"));
  const auto conditions = [&] { return ReasonsOf(lane, criteria::FactKind::kCondition); };
  EXPECT_EQ(conditions(), "");
  lane.Apply(Encounter("e1", "p1", "2026-02-01", "Condition/c1", 1, kFirst));
  EXPECT_EQ(conditions(), fmt::format("{}:0=1", kMain));
  EXPECT_EQ(ReasonsOf(lane, criteria::FactKind::kVisit), fmt::format("{}:1=1", kReason));
  lane.Apply(Encounter("e1", "p1", "2026-02-01", "Condition/c1", 2, kSecond));
  EXPECT_EQ(conditions(), fmt::format("{}:0=0", kMain));
  lane.Commit();
  lane.Restart();
  EXPECT_EQ(conditions(), fmt::format("{}:0=0", kMain));
  lane.Apply(Encounter("e1", "p1", "2026-02-01", "", 0, kThird));
  EXPECT_EQ(conditions(), "");
}

TEST(LaneLinks, ReachAcrossTheNamesOfOnePerson) {
  TestLane lane({Study(kAdults)});
  lane.Apply(CancerOf("p2"));
  lane.Apply(
      MedicationRequest("r1", "p1", "atc B01AA03", "2026-02-01", kFirst, "active", "Condition/c1"));
  EXPECT_EQ(lane.lane().Subjects().size(), 2U);
  lane.Apply(Patient({.id = "p1", .replaced_by = "p2"}, kFirst));
  lane.Apply(Patient({.id = "p2"}, kFirst));
  ASSERT_EQ(lane.lane().Subjects().size(), 1U);
  EXPECT_EQ(ReasonsOf(lane, criteria::FactKind::kMedication), fmt::format("{}:1", kReason));
}

// ---- cohorts

PublishedStudy Basket() {
  const PublishedStudy plain = Study(R"(
study BASKET "A basket" { suggest when likely }
include grown : age >= 18 years
include low : latest observation npu NPU18016 <= 100 umol/L within last 2 months
exclude operated : procedure kva JFB
exclude heart : condition icd10se I50
)");
  auto program = std::make_shared<criteria::Program>(*plain.program);
  program->cohorts = {{"LOW", "Low creatinine", true},
                      {"INTACT", "Not operated", true},
                      {"HEART", "No heart failure", false}};
  for (std::uint32_t i = 0; i < 3; ++i) program->criteria[i + 1].cohort = i;
  return {program};
}

std::string CohortsOf(const base::json::object& suggestion) {
  std::string out;
  for (const auto& one : suggestion.at("data").as_object().at("cohorts").as_array()) {
    out += (out.empty() ? "" : " ") + std::string(one.as_object().at("name").as_string());
  }
  return out;
}

TEST(LaneCohorts, ASuggestionNamesTheOpenCohortsOfItsGrade) {
  TestLane lane({Basket()});
  lane.Apply(Patient({.id = "p1", .birth = "1971-03-02"}, kFirst));
  EXPECT_THAT(lane.News(), ElementsAre("suggested BASKET eligible"));
  EXPECT_EQ(CohortsOf(lane.LastSuggestion()), "INTACT") << "HEART is closed, LOW not known";
  lane.Apply(Observation("o1", "p1", "npu NPU18016", "80", "umol/L", "2026-03-01", kFirst));
  EXPECT_THAT(lane.News(), ElementsAre("changed BASKET eligible"));
  EXPECT_EQ(CohortsOf(lane.LastSuggestion()), "LOW INTACT");
  lane.Apply(Procedure("q1", "p1", "kva JFB30", "2026-03-01", kSecond));
  EXPECT_THAT(lane.News(), ElementsAre("changed BASKET eligible"));
  EXPECT_EQ(CohortsOf(lane.LastSuggestion()), "LOW");
  lane.Apply(Observation("o1", "p1", "npu NPU18016", "180", "umol/L", "2026-03-01", kSecond));
  EXPECT_THAT(lane.News(), ElementsAre("withdrawn BASKET criterion-against"));
  EXPECT_EQ(CohortsOf(lane.LastSuggestion()), "");
}

TEST(LaneCohorts, NothingIsSaidTwice) {
  TestLane lane({Basket()});
  lane.Apply(Patient({.id = "p1", .birth = "1971-03-02"}, kFirst));
  EXPECT_EQ(lane.News().size(), 1U);
  lane.Apply(Patient({.id = "p1", .birth = "1971-03-02"}, kSecond));
  lane.Restart({Basket()});
  EXPECT_THAT(lane.News(), IsEmpty());
}

// ---- texts of reports

TEST(LaneTexts, AreKeptOnlyWhereAStudySearchesInReports) {
  const std::string report =
      R"({"resourceType":"DiagnosticReport","id":"d1","status":"final","code":{"text":"x"},)"
      R"("subject":{"reference":"Patient/p1"},"issued":"2026-03-01T08:00:00Z",)"
      R"("conclusion":"angiosarkom"})";
  const PublishedStudy plain = Study(kAdults);
  auto program = std::make_shared<criteria::Program>(*plain.program);
  criteria::Query reports;
  reports.kind = criteria::FactKind::kReport;
  criteria::TextQuery text;
  text.query = static_cast<std::uint32_t>(program->queries.size());
  text.pattern = "sarkom";
  program->queries.push_back(reports);
  program->texts.push_back(text);
  for (const bool searches : {false, true}) {
    TestLane lane({searches ? PublishedStudy{program} : plain});
    lane.Apply(report);
    const auto view = lane.lane().View(lane.lane().Subjects().front().key);
    ASSERT_TRUE(view.has_value());
    ASSERT_EQ(view->of(criteria::FactKind::kReport).size(), 1U);
    EXPECT_EQ(view->of(criteria::FactKind::kReport)[0].fact->attributes.size(), searches ? 1U : 0U);
  }
}

}  // namespace
}  // namespace medverka::matcher
