// Scores on patients: which result is taken, how old it may be, what unknown age, sex and results
// leave open, when it turns, and how it is told.
#include <gtest/gtest.h>

#include <random>

#include "criteria/scores/score.h"
#include "tests/criteria/evaluator/build.h"

namespace medverka::criteria {
namespace {

using base::Decimal;
using base::Instant;
using base::TimeUnit;
using testing::At;
using testing::PatientBuilder;
using testing::StudyBuilder;
using Score = ScoreQuery::Score;
using Formula = ScoreQuery::Formula;

constexpr std::string_view kNow = "2026-06-15T12:00:00+02:00";

ScoreQuery Ask(Score score, CompareOp op, const char* limit, std::vector<Formula> formulas = {}) {
  ScoreQuery query;
  query.score = score;
  query.formulas = std::move(formulas);
  query.test.op = op;
  query.test.limit = {*Decimal::Parse(limit), std::string(WrittenUnitOf(score))};
  return query;
}
TimeClause Within(int amount, TimeUnit unit) {
  TimeClause clause;
  clause.far = {amount, unit};
  return clause;
}

struct Bench {
  Vocabulary vocabulary;
  PatientBuilder patient{vocabulary};

  void Born(std::string_view date, Sex sex) {
    patient.person().birth = base::ParseTime(date);
    patient.person().sex = sex;
  }
  Fact& Loinc(const char* code, const char* number, const char* unit, std::string_view start) {
    Fact& fact = patient.Result(code, number, unit, start);
    fact.codes = {vocabulary.Code(SystemId::kLoinc, code)};
    return fact;
  }
  Fact& Creatinine(const char* number, const char* unit, std::string_view start) {
    return Loinc("14682-9", number, unit, start);
  }
  Fact& Diagnosis(const char* code, std::string_view start) {
    Fact& fact = patient.Add(FactKind::kCondition, SystemId::kIcd10Se, code, start);
    fact.upkeep = Upkeep::kKept;
    fact.ongoing = true;
    return fact;
  }
  CriterionVerdict Evaluate(ScoreQuery query, std::string_view at = kNow) {
    return EvaluateAt(std::move(query), At(at));
  }
  CriterionVerdict EvaluateAt(ScoreQuery query, Instant at) {
    StudyBuilder study;
    for (const ScoreInput& input : InputsOf(query.score)) {
      study.program().sets.push_back(BuiltInSet(input));
      query.inputs.push_back(static_cast<SetIndex>(study.program().sets.size() - 1));
    }
    study.program().scores.push_back(std::move(query));
    study.Criterion(CriterionKind::kInclude, study.Add({NodeKind::kScore, 0, 0, {}}));
    EvaluateOptions explain;
    explain.explain = true;
    return study.Build(vocabulary).Evaluate(patient.View(), at, explain).criteria[0];
  }
  Truth Value(ScoreQuery query, std::string_view at = kNow) {
    return Evaluate(std::move(query), at).value;
  }
};

constexpr CompareOp kLess = CompareOp::kLess;
constexpr CompareOp kAtLeast = CompareOp::kGreaterEqual;

// ---- BMI: one dated input, one with a greatest age

TEST(ScoreLeaf, BmiOnTheLimit) {
  Bench bench;
  bench.Born("1970-01-01", Sex::kMale);
  bench.Loinc("29463-7", "90", "kg", "2026-06-01");
  bench.Loinc("8302-2", "1.6", "m", "2019-01-01");
  EXPECT_EQ(bench.Value(Ask(Score::kBmi, kAtLeast, "35.16")), Truth::kTrue);  // 35.15625
  EXPECT_EQ(bench.Value(Ask(Score::kBmi, kLess, "35.16")), Truth::kFalse);
  const CriterionVerdict verdict = bench.Evaluate(Ask(Score::kBmi, kAtLeast, "35"));
  EXPECT_EQ(
      verdict.why.en,
      "BMI 35.16 kg/m2 from result \"weight\" 90 kg on 2026-06-01, result \"height\" 1.6 m on "
      "2019-01-01 meets >= 35 kg/m2.");
  EXPECT_EQ(verdict.why.sv,
            "BMI 35.16 kg/m2 av resultat \"weight\" 90 kg 2026-06-01, resultat \"height\" 1.6 m "
            "2019-01-01 uppfyller >= 35 kg/m2.");
}

TEST(ScoreLeaf, TheTimeClauseBindsWeightOnly) {
  Bench bench;
  bench.Born("1970-01-01", Sex::kMale);
  bench.Loinc("29463-7", "90", "kg", "2026-06-01");
  bench.Loinc("8302-2", "160", "cm", "2016-06-02");
  ScoreQuery query = Ask(Score::kBmi, kAtLeast, "35");
  query.times = {Within(30, TimeUnit::kDay)};
  EXPECT_EQ(bench.Value(query), Truth::kTrue);
  query.times = {Within(10, TimeUnit::kDay)};
  EXPECT_EQ(bench.Value(query), Truth::kUnknown);
}

TEST(ScoreLeaf, HeightAgesWithTenYears) {
  Bench bench;
  bench.Born("1970-01-01", Sex::kMale);
  bench.Loinc("29463-7", "90", "kg", "2026-06-01");
  bench.Loinc("8302-2", "160", "cm", "2016-06-01");
  EXPECT_EQ(bench.Value(Ask(Score::kBmi, kAtLeast, "35")), Truth::kTrue);
  Bench older;
  older.Born("1970-01-01", Sex::kMale);
  older.Loinc("29463-7", "90", "kg", "2026-06-01");
  older.Loinc("8302-2", "160", "cm", "2016-05-31");
  const CriterionVerdict verdict = older.Evaluate(Ask(Score::kBmi, kAtLeast, "35"));
  EXPECT_EQ(verdict.value, Truth::kUnknown);
  EXPECT_EQ(verdict.needs.en, "a result \"height\"");
}

TEST(ScoreLeaf, HeightOfTheGrowingAgesInMonths) {
  Bench bench;
  bench.Born("2010-01-01", Sex::kMale);
  bench.Loinc("29463-7", "90", "kg", "2026-06-01");
  bench.Loinc("8302-2", "160", "cm", "2026-03-01");
  EXPECT_EQ(bench.Value(Ask(Score::kBmi, kAtLeast, "35")), Truth::kTrue);
  Bench older;
  older.Born("2010-01-01", Sex::kMale);
  older.Loinc("29463-7", "90", "kg", "2026-06-01");
  older.Loinc("8302-2", "160", "cm", "2026-02-28");
  EXPECT_EQ(older.Value(Ask(Score::kBmi, kAtLeast, "35")), Truth::kUnknown);
}

TEST(ScoreLeaf, ImplausibleBodyIsUnknown) {
  Bench bench;
  bench.Loinc("29463-7", "90", "kg", "2026-06-01");
  bench.Loinc("8302-2", "1.6", "cm", "2026-06-01");
  const CriterionVerdict verdict = bench.Evaluate(Ask(Score::kBmi, kAtLeast, "35"));
  EXPECT_EQ(verdict.value, Truth::kUnknown);
  EXPECT_NE(verdict.why.en.find("implausible"), std::string::npos) << verdict.why.en;
}

// ---- absence

TEST(ScoreLeaf, WhatIsNotRecordedFollowsThePolicy) {
  Bench bench;
  ScoreQuery query = Ask(Score::kBmi, kAtLeast, "35");
  const CriterionVerdict open = bench.Evaluate(query);
  EXPECT_EQ(open.value, Truth::kUnknown);
  EXPECT_EQ(open.policy, Absence::kUnknown);
  query.absence = Absence::kNo;
  EXPECT_EQ(bench.Value(query), Truth::kFalse);
  bench.Loinc("29463-7", "90", "kg", "2026-06-01");  // without a height there is still no BMI
  EXPECT_EQ(bench.Value(query), Truth::kFalse);
  query.absence = Absence::kUnknown;
  EXPECT_EQ(bench.Value(query), Truth::kUnknown);
}

TEST(ScoreLeaf, WhatIsRecordedButUnusableIsUnknownWhateverThePolicy) {
  Bench bench;
  bench.Born("1966-01-01", Sex::kMale);
  bench.Creatinine("80", "umol/L", "2026-06-01");
  bench.Creatinine("80", "furlong", "2026-06-02");
  ScoreQuery query = Ask(Score::kEgfr, kAtLeast, "30", {Formula::kLmRev});
  query.absence = Absence::kNo;
  EXPECT_EQ(bench.Value(query), Truth::kUnknown);
}

// ---- eGFR

TEST(ScoreLeaf, EachFormula) {
  Bench bench;
  bench.Born("1966-01-01", Sex::kMale);
  bench.Creatinine("80", "umol/L", "2026-06-01");
  for (const auto& [formula, value] : {std::pair{Formula::kLmRev, "79.31"},
                                       {Formula::kCkdEpi2021, "97.16"},
                                       {Formula::kCkdEpi2009, "91.92"},
                                       {Formula::kEkfc, "87.76"}}) {
    EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, value, {formula})), Truth::kTrue) << value;
    EXPECT_EQ(bench.Value(Ask(Score::kEgfr, CompareOp::kGreater, value, {formula})), Truth::kFalse)
        << value;
  }
}

// 0.70 mg/dL are 61.894 umol/L.
TEST(ScoreLeaf, SameResultInAnotherUnit) {
  for (const auto& [number, unit] :
       {std::pair{"0.70", "mg/dL"}, {"61.894", "umol/L"}, {"0.061894", "mmol/L"}}) {
    Bench bench;
    bench.Born("1966-01-01", Sex::kFemale);
    bench.Creatinine(number, unit, "2026-06-01");
    EXPECT_EQ(bench.Value(Ask(Score::kEgfr, CompareOp::kEqual, "82.39", {Formula::kLmRev})),
              Truth::kTrue)
        << bench.Evaluate(Ask(Score::kEgfr, CompareOp::kEqual, "82.39", {Formula::kLmRev})).why.en;
  }
}

TEST(ScoreLeaf, TheFirstFormulaThatGivesAValue) {
  const std::vector<Formula> reported_first = {Formula::kReported, Formula::kLmRev};
  Bench bench;
  bench.Born("1966-01-01", Sex::kMale);
  bench.Creatinine("80", "umol/L", "2026-06-10");
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "79", reported_first)), Truth::kTrue);
  bench.Loinc("98979-8", "55", "mL/min/{1.73_m2}", "2026-06-01");
  const CriterionVerdict verdict =
      bench.Evaluate(Ask(Score::kEgfr, kAtLeast, "79", reported_first));
  EXPECT_EQ(verdict.value, Truth::kFalse);
  EXPECT_NE(verdict.why.en.find("eGFR (as reported) 55 mL/min/1.73m2"), std::string::npos)
      << verdict.why.en;
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "79", {Formula::kLmRev})), Truth::kTrue);
}

TEST(ScoreLeaf, AReportedValueWithoutNumberGivesNone) {
  Bench bench;
  bench.Born("1966-01-01", Sex::kMale);
  bench.Creatinine("80", "umol/L", "2026-06-01");
  bench.Loinc("98979-8", "55", "furlong", "2026-06-01");
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "79", {Formula::kReported, Formula::kLmRev})),
            Truth::kTrue);
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "79", {Formula::kReported})), Truth::kUnknown);
}

TEST(ScoreLeaf, UnknownSexIsSettledIfBothAgree) {
  Bench bench;
  bench.Born("1966-01-01", Sex::kUnknown);
  bench.Creatinine("80", "umol/L", "2026-06-01");
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "60", {Formula::kLmRev})), Truth::kTrue);
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "80", {Formula::kLmRev})), Truth::kFalse);
  const CriterionVerdict open =
      bench.Evaluate(Ask(Score::kEgfr, kAtLeast, "70", {Formula::kLmRev}));
  EXPECT_EQ(open.value, Truth::kUnknown);
  EXPECT_EQ(open.needs.en, "birth date and sex");
}

TEST(ScoreLeaf, AgeIsTakenAtTheSample) {
  Bench bench;
  bench.Born("2008-06-10", Sex::kMale);
  bench.Creatinine("80", "umol/L", "2026-06-09");  // 17 years
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "30", {Formula::kLmRev})), Truth::kUnknown);
  bench.Creatinine("80", "umol/L", "2026-06-10");
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "30", {Formula::kLmRev})), Truth::kTrue);
}

TEST(ScoreLeaf, ACoarseBirthDateIsSettledIfAllAgesAgree) {
  Bench bench;
  bench.Born("1966", Sex::kMale);
  bench.Creatinine("80", "umol/L", "2026-06-01");
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "79", {Formula::kLmRev})), Truth::kTrue);
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "79.5", {Formula::kLmRev})), Truth::kUnknown);
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "81", {Formula::kLmRev})), Truth::kFalse);
}

TEST(ScoreLeaf, OpenResultsAreIntervals) {
  Bench bench;
  bench.Born("1966-01-01", Sex::kMale);
  Fact& result = bench.Creatinine("80", "umol/L", "2026-06-01");
  result.value.number.low.reset();  // <80
  result.value.number.high_open = true;
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "79", {Formula::kLmRev})), Truth::kTrue);
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "90", {Formula::kLmRev})), Truth::kUnknown);
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kLess, "79", {Formula::kLmRev})), Truth::kFalse);
}

TEST(ScoreLeaf, AChoiceThatCoarseDatesLeaveOpen) {
  Bench bench;
  bench.Born("1966-01-01", Sex::kMale);
  bench.Creatinine("80", "umol/L", "2026-05");
  bench.Creatinine("300", "umol/L", "2026-05-10");
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "30", {Formula::kLmRev})), Truth::kUnknown);
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "10", {Formula::kLmRev})), Truth::kTrue);
}

// As with `latest`: preliminary or perhaps outside the window, it can settle against the test only.
TEST(ScoreLeaf, APreliminaryResultSettlesOnlyAgainst) {
  Bench bench;
  bench.Born("1966-01-01", Sex::kMale);
  bench.Creatinine("80", "umol/L", "2026-06-01").holding = Holding::kUnverified;
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kLess, "45", {Formula::kLmRev})), Truth::kFalse);
  EXPECT_EQ(bench.Value(Ask(Score::kEgfr, kAtLeast, "45", {Formula::kLmRev})), Truth::kUnknown);
}

TEST(ScoreLeaf, AResultPerhapsInTheWindowSettlesOnlyAgainst) {
  Bench bench;
  bench.Born("1966-01-01", Sex::kMale);
  bench.Creatinine("80", "umol/L", "2025");
  ScoreQuery query = Ask(Score::kEgfr, kLess, "45", {Formula::kLmRev});
  query.times = {Within(12, TimeUnit::kMonth)};
  EXPECT_EQ(bench.Value(query), Truth::kFalse);
  query.test.op = kAtLeast;
  EXPECT_EQ(bench.Value(query), Truth::kUnknown);
}

TEST(ScoreLeaf, LimitsBySex) {
  Bench bench;
  bench.Born("1966-01-01", Sex::kFemale);
  bench.Creatinine("80", "umol/L", "2026-06-01");  // 66.18
  ScoreQuery query = Ask(Score::kEgfr, kAtLeast, "70", {Formula::kLmRev});
  query.test.kind = ValueTest::Kind::kCompareBySex;
  query.test.limit2 = {Decimal(60), "mL/min/1.73m2"};
  EXPECT_EQ(bench.Value(query), Truth::kTrue);
  bench.Born("1966-01-01", Sex::kUnknown);  // a man has 79.31
  EXPECT_EQ(bench.Value(query), Truth::kTrue);
}

// ---- several dated inputs

TEST(ScoreLeaf, ClearanceTakesAWeightOfTheTime) {
  Bench bench;
  bench.Born("1966-01-01", Sex::kMale);
  bench.Creatinine("80", "umol/L", "2026-06-01");
  bench.Loinc("29463-7", "80", "kg", "2025-12-01");
  const ScoreQuery query =
      Ask(Score::kCreatinineClearance, CompareOp::kEqual, "98.40", {Formula::kCockcroftGault});
  EXPECT_EQ(bench.Value(query), Truth::kTrue);
  Bench older;
  older.Born("1966-01-01", Sex::kMale);
  older.Creatinine("80", "umol/L", "2026-06-01");
  older.Loinc("29463-7", "80", "kg", "2025-11-30");
  EXPECT_EQ(older.Value(query), Truth::kUnknown);
}

TEST(ScoreLeaf, Fib4NeedsItsSamplesNearEachOther) {
  const auto with = [](std::string_view platelets) {
    Bench bench;
    bench.Born("1971-01-01", Sex::kFemale);
    bench.Loinc("1920-8", "1", "ukat/L", "2026-06-01");  // 60 U/L
    bench.Loinc("1742-6", "49", "U/L", "2026-05-01");
    bench.Loinc("777-3", "150", "10*9/L", platelets);
    return bench.Value(Ask(Score::kFib4, CompareOp::kEqual, "3.14"));
  };
  EXPECT_EQ(with("2026-06-01"), Truth::kTrue);
  EXPECT_EQ(with("2025-12-01"), Truth::kTrue);
  EXPECT_EQ(with("2025-11-30"), Truth::kUnknown);
}

// ---- points

void Observe(Bench& bench, std::string_view at) {
  bench.Loinc("9279-1", "26", "/min", at);
  bench.Loinc("59408-5", "90", "%", at);
  bench.Loinc("8480-6", "95", "mm[Hg]", at);
}

TEST(ScoreLeaf, PointsSettleAThresholdWithoutAllInputs) {
  Bench bench;
  Observe(bench, "2026-06-15T10:00:00+02:00");  // 3 + 3 + 2
  EXPECT_EQ(bench.Value(Ask(Score::kNews2, kAtLeast, "7")), Truth::kTrue);
  EXPECT_EQ(bench.Value(Ask(Score::kNews2, kLess, "8")), Truth::kFalse);
  EXPECT_EQ(bench.Value(Ask(Score::kNews2, kAtLeast, "19")), Truth::kUnknown);
  EXPECT_EQ(bench.Value(Ask(Score::kNews2, kLess, "20")), Truth::kTrue);
  const CriterionVerdict verdict = bench.Evaluate(Ask(Score::kNews2, kAtLeast, "9"));
  EXPECT_EQ(verdict.value, Truth::kUnknown);
  EXPECT_NE(verdict.why.en.find("NEWS2 8 to 19"), std::string::npos) << verdict.why.en;
  EXPECT_NE(verdict.needs.en.find("\"temperature\""), std::string::npos) << verdict.needs.en;
}

TEST(ScoreLeaf, ObservationsOfAnotherTimeDoNotCount) {
  Bench bench;
  Observe(bench, "2026-06-14T20:00:00+02:00");
  bench.Loinc("8310-5", "37.0", "Cel", "2026-06-15T08:00:00+02:00");  // 12 hours later
  EXPECT_EQ(bench.Value(Ask(Score::kNews2, kAtLeast, "7")), Truth::kTrue);
  bench.Loinc("8867-4", "70", "/min", "2026-06-15T08:00:01+02:00");
  EXPECT_EQ(bench.Value(Ask(Score::kNews2, kAtLeast, "7")), Truth::kUnknown);
}

TEST(ScoreLeaf, OxygenAndConsciousnessInWords) {
  Bench bench;
  const std::string_view at = "2026-06-15T10:00:00+02:00";
  bench.Loinc("9279-1", "18", "/min", at);
  bench.Loinc("59408-5", "0.97", "", at);
  bench.Loinc("8480-6", "120", "mm[Hg]", at);
  bench.Loinc("8867-4", "70", "/min", at);
  bench.Loinc("8310-5", "98.6", "[degF]", at);
  Fact& oxygen = bench.Loinc("3151-8", "2", "L/min", at);
  Fact& alert = bench.Loinc("80288-4", "0", "", at);
  alert.value = {};
  alert.value.type = Value::Type::kText;
  alert.value.text = "Alert";
  EXPECT_EQ(bench.Value(Ask(Score::kNews2, CompareOp::kEqual, "2")), Truth::kTrue);
  oxygen.value.number.low = oxygen.value.number.high = Decimal(0);
  EXPECT_EQ(bench.Value(Ask(Score::kNews2, CompareOp::kEqual, "0")), Truth::kTrue);
  oxygen.value = {};
  oxygen.value.type = Value::Type::kText;
  oxygen.value.text = "Syrgas";
  alert.value.text = "Nytillkommen förvirring";
  EXPECT_EQ(bench.Value(Ask(Score::kNews2, CompareOp::kEqual, "5")), Truth::kTrue);
  alert.value.text = "somnolent?";
  EXPECT_EQ(bench.Value(Ask(Score::kNews2, CompareOp::kEqual, "5")), Truth::kUnknown);
}

TEST(ScoreLeaf, DiagnosesNotRecordedAreNo) {
  Bench bench;
  bench.Born("1960-07-01", Sex::kMale);  // 65
  EXPECT_EQ(bench.Value(Ask(Score::kCha2ds2Vasc, CompareOp::kEqual, "1")), Truth::kTrue);
  bench.Diagnosis("I10.9", "2020-01-01");
  bench.Diagnosis("I63.9", "2018-05-05");
  const CriterionVerdict verdict = bench.Evaluate(Ask(Score::kCha2ds2Vasc, CompareOp::kEqual, "4"));
  EXPECT_EQ(verdict.value, Truth::kTrue);
  EXPECT_EQ(
      verdict.why.en,
      "CHA2DS2-VASc 4 from \"hypertension\" (2020-01-01), \"stroke or embolism\" (2018-05-05) "
      "meets = 4.");
}

TEST(ScoreLeaf, ASuspectedDiagnosisLeavesThePointOpen) {
  Bench bench;
  bench.Born("1980-01-01", Sex::kMale);
  bench.Diagnosis("I50.9", "2020-01-01").holding = Holding::kUnverified;
  EXPECT_EQ(bench.Value(Ask(Score::kCha2ds2Vasc, kAtLeast, "1")), Truth::kUnknown);
  EXPECT_EQ(bench.Value(Ask(Score::kCha2ds2Vasc, kLess, "2")), Truth::kTrue);
}

TEST(ScoreLeaf, PointsTurnOnABirthday) {
  Bench bench;
  bench.Born("1951-09-01", Sex::kMale);  // 75 on 2026-09-01
  const CriterionVerdict verdict = bench.Evaluate(Ask(Score::kCha2ds2Vasc, kAtLeast, "2"));
  EXPECT_EQ(verdict.value, Truth::kFalse);
  ASSERT_TRUE(verdict.until.has_value());
  EXPECT_EQ(*verdict.until, At("2026-09-01"));
}

TEST(ScoreLeaf, HasBledTakesResultsOfAYear) {
  Bench bench;
  bench.Born("1980-01-01", Sex::kMale);
  bench.Creatinine("90", "umol/L", "2025-06-15");
  bench.Loinc("8480-6", "120", "mm[Hg]", "2026-01-01");
  const CriterionVerdict verdict = bench.Evaluate(Ask(Score::kHasBled, kLess, "1"));
  EXPECT_EQ(verdict.value, Truth::kTrue);
  ASSERT_TRUE(verdict.until.has_value());  // then the creatinine is too old
  EXPECT_EQ(*verdict.until, At("2026-06-16"));
  EXPECT_EQ(bench.Value(Ask(Score::kHasBled, kLess, "1"), "2026-06-16T12:00:00+02:00"),
            Truth::kUnknown);
}

TEST(ScoreLeaf, CharlsonBindsItsDiagnosesToTheWindow) {
  Bench bench;
  bench.Born("1980-01-01", Sex::kMale);
  Fact& tumour = bench.Diagnosis("C18.7", "2010-01-01");
  tumour.ongoing = false;
  tumour.end = base::ParseTime("2012-01-01");
  bench.Diagnosis("E11.9", "2015-01-01");
  ScoreQuery query = Ask(Score::kCharlson, CompareOp::kEqual, "3");
  EXPECT_EQ(bench.Value(query), Truth::kTrue);
  query.times = {Within(5, TimeUnit::kYear)};
  query.test.limit.number = Decimal(1);
  EXPECT_EQ(bench.Value(query), Truth::kTrue);
}

TEST(ScoreLeaf, SkinCancerIsNoCharlsonCancer) {
  Bench bench;
  bench.Diagnosis("C44.3", "2020-01-01");
  EXPECT_EQ(bench.Value(Ask(Score::kCharlson, CompareOp::kEqual, "0")), Truth::kTrue);
  bench.Diagnosis("C43.3", "2020-01-01");
  EXPECT_EQ(bench.Value(Ask(Score::kCharlson, CompareOp::kEqual, "2")), Truth::kTrue);
}

// ---- properties

class RandomCase {
 public:
  explicit RandomCase(unsigned seed) : random_(seed) {}
  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  std::string Date() {
    const std::string year = std::to_string(2024 + Below(3));
    const std::string month = fmt::format("{:02}", 1 + Below(12));
    const std::string day = fmt::format("{:02}", 1 + Below(28));
    switch (Below(5)) {
      case 0:
        return year + "-" + month;
      case 1:
        return year + "-" + month + "-" + day + "T09:30:00+01:00";
      default:
        return year + "-" + month + "-" + day;
    }
  }
  void Facts(Bench& bench) {
    const char* births[] = {"1950", "1951-03", "1960-07-04", "2006-02-28"};
    if (Below(6) > 0) bench.Born(births[Below(4)], static_cast<Sex>(Below(3)));
    struct Kind {
      const char* code;
      const char* unit;
      int from;
      int spread;
    };
    const Kind kinds[] = {{"14682-9", "umol/L", 60, 200}, {"98979-8", "mL/min/{1.73_m2}", 20, 80},
                          {"29463-7", "kg", 50, 60},      {"8302-2", "cm", 150, 40},
                          {"1920-8", "U/L", 20, 100},     {"1742-6", "U/L", 20, 100},
                          {"777-3", "10*9/L", 80, 200},   {"9279-1", "/min", 10, 18},
                          {"59408-5", "%", 88, 12},       {"8480-6", "mm[Hg]", 80, 120}};
    for (int n = 3 + Below(6); n > 0; --n) {
      const Kind& kind = kinds[Below(10)];
      Fact& fact = bench.Loinc(kind.code, std::to_string(kind.from + Below(kind.spread)).c_str(),
                               kind.unit, Below(12) == 0 ? "" : Date());
      if (Below(8) == 0) fact.value.number.low.reset();
      if (Below(10) == 0) fact.value_absent = true;
    }
    const char* codes[] = {"I50", "I10", "E11.9", "I63", "C18.7", "C78", "N18.5"};
    for (int n = Below(3); n > 0; --n) {
      Fact& fact = bench.Diagnosis(codes[Below(7)], Date());
      fact.holding = Below(4) == 0 ? Holding::kUnverified : Holding::kHolds;
      fact.upkeep = static_cast<Upkeep>(Below(2));
      fact.ongoing = Below(2) == 0;
    }
  }
  ScoreQuery Query() {
    const Score score = static_cast<Score>(Below(11));
    std::vector<Formula> formulas;
    if (score == Score::kEgfr) formulas = {Formula::kLmRev};
    if (score == Score::kEgfr && Below(3) == 0) formulas = {Formula::kReported, Formula::kEkfc};
    const char* limits[] = {"60", "60", "28", "1.8", "2", "2", "2", "5", "2", "4", "2"};
    ScoreQuery query =
        Ask(score, static_cast<CompareOp>(Below(4)), limits[static_cast<int>(score)], formulas);
    query.absence = Below(3) == 0 ? Absence::kNo : Absence::kUnknown;
    if (Below(2) == 0)
      query.times = {Within(1 + Below(9), Below(2) == 0 ? TimeUnit::kMonth : TimeUnit::kDay)};
    return query;
  }

 private:
  std::mt19937_64 random_;
};

bool Same(const CriterionVerdict& a, const CriterionVerdict& b) {
  return a.value == b.value && a.policy == b.policy && a.evidence == b.evidence;
}

// Until the instant that a verdict names nothing changes, and at it something does.
TEST(ScoreLeaf, NothingChangesBeforeUntil) {
  int turned = 0;
  int settled = 0;
  for (unsigned seed = 0; seed < 600; ++seed) {
    RandomCase random(seed);
    Bench bench;
    random.Facts(bench);
    const ScoreQuery query = random.Query();
    const Instant at{At("2025-06-01").us + base::kMicrosPerDay * random.Below(400)};
    const CriterionVerdict now = bench.EvaluateAt(query, at);
    if (now.value != Truth::kUnknown) ++settled;
    const Instant end = now.until.value_or(at + base::kMicrosPerDay * 700);
    ASSERT_GT(end, at);
    // The age at a sample without a date turns every year; after many of them the evaluator stops
    // trying, and `until` is then early.
    const bool tried_out = end.us - at.us > base::kMicrosPerDay * 365 * 25;
    if (now.until && !tried_out) {
      ++turned;
      EXPECT_FALSE(Same(now, bench.EvaluateAt(query, end)))
          << "seed " << seed << " until " << base::FormatUtc(end) << " " << now.why.en;
    }
    for (int i = 0; i < 14; ++i) {
      Instant instant{at.us + (end.us - 1 - at.us) / 13 * i};
      if (i % 2 == 0 && base::StartOfDay(base::LocalDate(instant)) > at)
        instant = base::StartOfDay(base::LocalDate(instant));
      const CriterionVerdict then = bench.EvaluateAt(query, instant);
      ASSERT_TRUE(Same(now, then))
          << "seed " << seed << " score " << Name(query.score) << " at " << base::FormatUtc(at)
          << ": " << now.why.en << "\nthen at " << base::FormatUtc(instant) << ": " << then.why.en
          << "\npromised until " << base::FormatUtc(end);
    }
  }
  EXPECT_GT(turned, 80);
  EXPECT_GT(settled, 120);
}

TEST(ScoreLeaf, OrderOfFactsDoesNotMatter) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    RandomCase random(seed);
    Bench bench;
    random.Facts(bench);
    ScoreQuery query = random.Query();
    StudyBuilder study;
    for (const ScoreInput& input : InputsOf(query.score)) {
      study.program().sets.push_back(BuiltInSet(input));
      query.inputs.push_back(static_cast<SetIndex>(study.program().sets.size() - 1));
    }
    study.program().scores.push_back(query);
    study.Criterion(CriterionKind::kInclude, study.Add({NodeKind::kScore, 0, 0, {}}));
    const Evaluator evaluator = study.Build(bench.vocabulary);
    PatientView view = bench.patient.View();
    EvaluateOptions explain;
    explain.explain = true;
    const CriterionVerdict once = evaluator.Evaluate(view, At("2026-01-01"), explain).criteria[0];
    for (auto& facts : view.facts) std::reverse(facts.begin(), facts.end());
    const CriterionVerdict again = evaluator.Evaluate(view, At("2026-01-01"), explain).criteria[0];
    EXPECT_TRUE(Same(once, again)) << "seed " << seed;
    EXPECT_EQ(once.why.en, again.why.en) << "seed " << seed;
    EXPECT_EQ(once.why.sv, again.why.sv) << "seed " << seed;
  }
}

}  // namespace
}  // namespace medverka::criteria
