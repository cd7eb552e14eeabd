// Tests criteria/leaf_text.cc and criteria/pattern.cc.
#include <gtest/gtest.h>

#include "criteria/internal/pattern.h"
#include "criteria/limits.h"
#include "support.h"

namespace medverka::criteria {
namespace {

using namespace testing;  // NOLINT: the truths and builders of these tests
using internal::Pattern;

CriterionVerdict Ask(const std::string& pattern, bool counts, const std::vector<std::string>& texts,
                     Selector selector = Selector::kThereIs) {
  Vocabulary vocabulary;
  StudyBuilder study;
  Query query = Results(study, selector);
  query.kind = FactKind::kReport;
  query.absence = Absence::kUnknown;
  study.Of(query);
  study.program().texts.push_back({0, pattern, counts});
  PatientBuilder patient(vocabulary);
  int day = 1;
  for (const std::string& text : texts) {
    Fact& fact =
        patient.Add(FactKind::kReport, SystemId::kNpu, "A", fmt::format("2026-06-{:02}", day++));
    if (text.empty()) continue;
    Attribute conclusion;
    conclusion.field = Field::kText;
    conclusion.text = text;
    fact.attributes.push_back(conclusion);
  }
  const std::uint32_t node = study.Add({NodeKind::kText, 0, 0, {}});
  return Verdict(study, node, vocabulary, patient.View(), "2026-07-15");
}

TEST(Texts, AHitIsAHintUnlessItCounts) {
  EXPECT_EQ(Ask("angiosark\\w*", false, {"Bild som vid Angiosarkom."}).value, U);
  EXPECT_EQ(Ask("angiosark\\w*", true, {"Bild som vid Angiosarkom."}).value, T);
  EXPECT_EQ(Ask("angiosark\\w*", true, {"Normal bild."}).value, F);
  EXPECT_EQ(Ask("angiosark\\w*", false, {"Normal bild."}).value, F);
  EXPECT_EQ(Ask("ÅDERBRÅCK", true, {"Stora åderbråck."}).value, T);
}

TEST(Texts, WithoutATextNothingIsKnown) {
  EXPECT_EQ(Ask("x", true, {}).value, U);
  EXPECT_EQ(Ask("x", true, {""}).value, U);
  EXPECT_EQ(Ask("x", true, {"", "y"}).value, U);  // the first may say it
  EXPECT_EQ(Ask("x", true, {"", "x"}).value, T);
}

TEST(Texts, OfTheLatestReport) {
  EXPECT_EQ(Ask("x", true, {"x", "y"}, Selector::kLatest).value, F);
  EXPECT_EQ(Ask("x", true, {"y", "x"}, Selector::kLatest).value, T);
}

TEST(Texts, ALimitIsNeverNo) {
  const CriterionVerdict verdict = Ask("x", true, {std::string(kSearchedTextBytesMax + 1, 'y')});
  EXPECT_EQ(verdict.value, U);
  EXPECT_NE(verdict.why.en.find("limit"), std::string::npos) << verdict.why.en;
  EXPECT_EQ(Ask("(((x{100}){100}){100})", true, {"y"}).value, U);
}

TEST(Patterns, SayWhatIsWrong) {
  EXPECT_FALSE(Pattern("a(b").problem().empty());
  EXPECT_FALSE(Pattern("((a{100}){100}){100}").problem().empty());
  EXPECT_FALSE(Pattern(std::string(kPatternBytesMax + 1, 'a')).problem().empty());
  EXPECT_EQ(Pattern("(?i)sarkom|sarcoma").problem(), "");
  // What makes a backtracking engine hang is linear here.
  EXPECT_EQ(Pattern("(a+)+$").In(std::string(kSearchedTextBytesMax - 1, 'a') + "b"), F);
}

}  // namespace
}  // namespace medverka::criteria
