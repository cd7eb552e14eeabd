// One explanation as text, in both languages and with every mark.
#include "ops/app/explanation.h"

#include <gtest/gtest.h>

namespace medverka::app {
namespace {

using criteria::Grade;
using criteria::Truth;

criteria::Program SmallProgram() {
  criteria::Program program;
  program.study.id = "T1";
  program.study.title = {"En prövning", "A trial"};
  for (const char* name : {"vuxen", "bleeding", "questions"}) {
    criteria::Criterion criterion;
    criterion.name = name;
    program.criteria.push_back(criterion);
  }
  program.criteria[1].kind = criteria::CriterionKind::kExclude;
  program.criteria[2].kind = criteria::CriterionKind::kAsk;
  return program;
}

criteria::StudyVerdict MixedVerdict() {
  criteria::StudyVerdict verdict;
  verdict.grade = Grade::kIneligible;
  verdict.criteria.resize(3);
  verdict.criteria[0].value = Truth::kTrue;
  verdict.criteria[0].why = {"ålder 40 år", "age 40 years"};
  verdict.criteria[0].evidence = {"Patient"};
  verdict.criteria[1].value = Truth::kTrue;
  verdict.criteria[1].against = true;
  verdict.criteria[1].why = {"blödning finns", "bleeding is recorded"};
  verdict.criteria[2].value = Truth::kUnknown;
  verdict.criteria[2].why = {"", "not answered"};
  verdict.criteria[2].needs = {"ett svar", "an answer"};
  return verdict;
}

TEST(Explanation, TextMarksForAgainstAndUnknown) {
  const criteria::Program program = SmallProgram();
  const Explanation explanation{"p1", &program, base::Instant{0}, MixedVerdict()};
  EXPECT_EQ(ToText(explanation, {}),
            "  T1  ineligible  A trial\n"
            "    ✓ include vuxen      age 40 years\n"
            "                         Patient\n"
            "    ✗ exclude bleeding   bleeding is recorded\n"
            "    ? ask     questions  not answered\n"
            "                         needs: an answer\n");
}

TEST(Explanation, TextIsSwedishWhereThereIsSwedish) {
  const criteria::Program program = SmallProgram();
  const std::string text =
      ToText({"p1", &program, base::Instant{0}, MixedVerdict()}, {Language::kSwedish, false});
  EXPECT_EQ(text.find("  T1  inte aktuell  En prövning\n"), 0U) << text;
  EXPECT_NE(text.find("ålder 40 år"), std::string::npos);
  EXPECT_NE(text.find("behövs: ett svar"), std::string::npos);
  EXPECT_NE(text.find("not answered"), std::string::npos);
}

TEST(Explanation, SwedishShowsTheLabel) {
  criteria::Program program = SmallProgram();
  program.criteria[1].label = {"Blödning", "Bleeding"};
  const Explanation explanation{"p1", &program, base::Instant{0}, MixedVerdict()};
  EXPECT_NE(ToText(explanation, {Language::kSwedish, false}).find("exclude Blödning   blödning"),
            std::string::npos);
  EXPECT_NE(ToText(explanation, {}).find("exclude bleeding "), std::string::npos);
}

TEST(Explanation, CohortsComeWithTheirGradeAndTheirCriteria) {
  criteria::Program program = SmallProgram();
  program.cohorts = {{"A", "First", true}, {"B", "", false}};
  program.criteria[1].cohort = 0;
  program.criteria[2].cohort = 1;
  criteria::StudyVerdict verdict = MixedVerdict();
  verdict.cohorts = {Grade::kIneligible, Grade::kLikely};
  const Explanation explanation{"p1", &program, base::Instant{0}, verdict};
  EXPECT_EQ(ToText(explanation, {}),
            "  T1  ineligible  A trial\n"
            "    ✓ include vuxen      age 40 years\n"
            "                         Patient\n"
            "    cohort A  ineligible  First\n"
            "    ✗ exclude bleeding   bleeding is recorded\n"
            "    cohort B  likely  (closed)\n"
            "    ? ask     questions  not answered\n"
            "                         needs: an answer\n");
  EXPECT_NE(ToText(explanation, {Language::kSwedish, false}).find("kohort B  trolig  (stängd)"),
            std::string::npos);
  const base::json::value json = ToJson(explanation);
  EXPECT_EQ(base::ToJson(json.at("cohorts")),
            R"([{"name":"A","title":"First","open":true,"verdict":"ineligible"},)"
            R"({"name":"B","title":"","open":false,"verdict":"likely"}])");
  EXPECT_EQ(base::ToJson(json.at("criteria").at(1).at("cohort")), R"("A")");
  EXPECT_EQ(base::ToJson(json.at("criteria").at(0).at("needs")), "null");
}

TEST(Explanation, ColoursOnlyWhenAsked) {
  const criteria::Program program = SmallProgram();
  const Explanation explanation{"p1", &program, base::Instant{0}, MixedVerdict()};
  EXPECT_EQ(ToText(explanation, {Language::kEnglish, false}).find('\x1b'), std::string::npos);
  EXPECT_NE(ToText(explanation, {Language::kEnglish, true}).find("\x1b[31m"), std::string::npos);
}

TEST(Explanation, JsonHasEachMemberAndSaysNullForNever) {
  const criteria::Program program = SmallProgram();
  const std::string json = base::ToJson(ToJson({"p1", &program, base::Instant{0}, MixedVerdict()}));
  EXPECT_EQ(
      json.find(
          R"({"patient":"p1","study":"T1","at":"1970-01-01T00:00:00Z","verdict":"ineligible",)"
          R"("changes_at":null,"criteria":[{"name":"vuxen","cohort":null,"kind":"include","value":"true",)"),
      0U)
      << json;
  EXPECT_NE(json.find(R"("cohorts":[]})"), std::string::npos);
}

}  // namespace
}  // namespace medverka::app
