// The tables behind the scores: every code has the form and check digit of its system, every unit
// can be read, every name is found again.
#include <gtest/gtest.h>

#include <set>

#include "criteria/internal/code_form.h"
#include "criteria/scores/charlson.h"
#include "criteria/scores/compute.h"
#include "criteria/scores/score.h"

namespace medverka::criteria {
namespace {

std::vector<ScoreQuery::Score> AllScores() {
  std::vector<ScoreQuery::Score> scores;
  for (int i = 0; i <= static_cast<int>(ScoreQuery::Score::kCharlson); ++i)
    scores.push_back(static_cast<ScoreQuery::Score>(i));
  return scores;
}

TEST(ScoreInputs, CodesHaveTheirForm) {
  for (const auto score : AllScores()) {
    ASSERT_FALSE(InputsOf(score).empty()) << Name(score);
    for (const ScoreInput& input : InputsOf(score)) {
      const CodeSet set = BuiltInSet(input);
      EXPECT_EQ(set.name, input.set);
      ASSERT_EQ(set.clauses.size(), 1U);
      EXPECT_FALSE(set.clauses[0].include.empty()) << input.set;
      for (const CodeRule& rule : set.clauses[0].include) {
        EXPECT_NE(rule.system, SystemId::kNone) << input.set << " " << rule.from;
        for (const std::string& code : {rule.from, rule.to.empty() ? rule.from : rule.to}) {
          EXPECT_EQ(internal::FormProblem(rule.system, code), "") << input.set << " " << code;
          EXPECT_TRUE(internal::CheckDigitHolds(rule.system, code)) << input.set << " " << code;
        }
        if (rule.match == CodeRule::Match::kRange) {
          EXPECT_LT(rule.from, rule.to) << input.set;
        }
      }
    }
  }
}

TEST(ScoreInputs, UnitsCanBeRead) {
  UnitTable units;
  for (const auto score : AllScores()) {
    EXPECT_TRUE(units.usable(units.Intern(UnitOf(score)))) << Name(score);
    EXPECT_TRUE(
        units.same_dimension(units.Intern(UnitOf(score)), units.Intern(WrittenUnitOf(score))));
    for (const ScoreInput& input : InputsOf(score)) {
      EXPECT_TRUE(units.usable(units.Intern(input.unit))) << input.set;
      if (!input.dated && input.use == InputUse::kNumber) {
        EXPECT_TRUE(input.greatest_age.has_value()) << input.set;
      }
    }
  }
}

TEST(ScoreInputs, CharlsonHasAsManyAsItsFormula) {
  EXPECT_EQ(InputsOf(ScoreQuery::Score::kCharlson).size(), kCharlsonGroups);
}

// The language's own form of code lists: prefix, range, exact, `except`.
TEST(ScoreInputs, BuiltInCodes) {
  ScoreInput input;
  input.set = "cancer";
  input.codes = "icd10se C00-C97, D45 loinc 8480-6 except icd10se C44";
  const CodeSet set = BuiltInSet(input);
  const auto& include = set.clauses[0].include;
  ASSERT_EQ(include.size(), 3U);
  EXPECT_EQ(include[0].match, CodeRule::Match::kRange);
  EXPECT_EQ(include[0].from, "C00");
  EXPECT_EQ(include[0].to, "C97");
  EXPECT_EQ(include[1].match, CodeRule::Match::kPrefix);
  EXPECT_EQ(include[2].match, CodeRule::Match::kExact);
  EXPECT_EQ(include[2].from, "8480-6");
  ASSERT_EQ(set.clauses[0].except.size(), 1U);
  EXPECT_EQ(set.clauses[0].except[0].from, "C44");
}

TEST(ScoreNames, AreFoundAgain) {
  std::set<ScoreQuery::Score> found;
  for (const std::string_view name : ScoreNames()) {
    const auto score = ScoreOfName(name);
    ASSERT_TRUE(score.has_value()) << name;
    EXPECT_EQ(Name(*score), name);
    found.insert(*score);
  }
  EXPECT_EQ(found.size(), AllScores().size());
  EXPECT_EQ(ScoreOfName("cha2ds2vasc"), ScoreQuery::Score::kCha2ds2Vasc);
  EXPECT_EQ(ScoreOfName("NEWS 2"), ScoreQuery::Score::kNews2);
  EXPECT_EQ(ScoreOfName("fib4"), ScoreQuery::Score::kFib4);
  EXPECT_EQ(ScoreOfName("Charlson comorbidity index"), ScoreQuery::Score::kCharlson);
  EXPECT_FALSE(ScoreOfName("APACHE").has_value());
  EXPECT_FALSE(ScoreOfName("").has_value());
}

TEST(ScoreNames, FormulasAreFoundAgain) {
  for (const auto formula : FormulasOf(ScoreQuery::Score::kEgfr))
    EXPECT_EQ(FormulaOfWord(Name(formula)), formula);
  EXPECT_FALSE(FormulaOfWord("mdrd").has_value());
  EXPECT_FALSE(FormulaMayBeLeftOut(ScoreQuery::Score::kEgfr));
  EXPECT_TRUE(FormulaMayBeLeftOut(ScoreQuery::Score::kBmi));
}

// Points never leave the range they are said to have.
TEST(ScoreNames, PointsStayInTheirRange) {
  for (const auto score : AllScores()) {
    const auto range = PointsOf(score);
    if (!range) continue;
    const std::vector<ScoreValue> nothing(InputsOf(score).size());
    const ScoreResult open =
        ComputeScore(score, ScoreQuery::Formula::kNone, nothing, {std::nullopt, Sex::kUnknown});
    EXPECT_EQ(*open.value.low, base::Decimal(range->min)) << Name(score);
    EXPECT_EQ(*open.value.high, base::Decimal(range->max)) << Name(score);
  }
}

}  // namespace
}  // namespace medverka::criteria
