// Sums of points: the worked values of the headers, every row of every table on both of its sides,
// and what unknown inputs leave open.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "criteria/scores/cha2ds2_vasc.h"
#include "criteria/scores/charlson.h"
#include "criteria/scores/has_bled.h"
#include "criteria/scores/news2.h"
#include "criteria/scores/qsofa.h"
#include "criteria/scores/sofa.h"

namespace medverka::criteria {
namespace {

using base::Decimal;
using enum Truth;

Bounds Exactly(const std::string& number) {
  Bounds bounds;
  bounds.low = bounds.high = Decimal::Parse(number);
  return bounds;
}
Bounds Below(const std::string& number) {
  Bounds bounds;
  bounds.high = Decimal::Parse(number);
  bounds.high_open = true;
  return bounds;
}
std::string Show(Points points) {
  return points.low == points.high ? std::to_string(points.low)
                                   : std::to_string(points.low) + "-" + std::to_string(points.high);
}

TEST(Cha2ds2Vasc, WorkedNumbers) {
  Cha2ds2VascInput woman;
  woman.hypertension = kTrue;
  woman.age_years = 76;
  woman.sex = Sex::kFemale;
  EXPECT_EQ(Show(Cha2ds2Vasc(woman)), "4");
  Cha2ds2VascInput man;
  man.age_years = 60;
  man.sex = Sex::kMale;
  EXPECT_EQ(Show(Cha2ds2Vasc(man)), "0");
  man.age_years = 70;
  man.stroke = kTrue;
  EXPECT_EQ(Show(Cha2ds2Vasc(man)), "3");
}

TEST(Cha2ds2Vasc, AgeSteps) {
  Cha2ds2VascInput input;
  input.sex = Sex::kMale;
  for (const auto& [age, points] : {std::pair{64, "0"}, {65, "1"}, {74, "1"}, {75, "2"}}) {
    input.age_years = age;
    EXPECT_EQ(Show(Cha2ds2Vasc(input)), points) << age;
  }
}

TEST(Cha2ds2Vasc, UnknownsCountBothWays) {
  EXPECT_EQ(Show(Cha2ds2Vasc({})), "0-3");  // age and sex
  EXPECT_EQ(Show(Cha2ds2Vasc({kTrue, kTrue, kTrue, kTrue, kTrue, 80, Sex::kFemale})), "9");
  EXPECT_EQ(Show(Cha2ds2Vasc({kUnknown, kFalse, kFalse, kUnknown, kFalse, 50, Sex::kMale})), "0-3");
}

TEST(HasBled, WorkedNumbers) {
  HasBledInput input;
  input.age_years = 70;
  input.systolic_mmhg = Exactly("170");
  input.creatinine_umol_per_l = Exactly("90");
  input.vitamin_k_antagonist = kTrue;
  EXPECT_EQ(Show(HasBled(input)), "2-3");
  input = {};
  input.age_years = 60;
  input.systolic_mmhg = Exactly("120");
  input.creatinine_umol_per_l = Exactly("80");
  EXPECT_EQ(Show(HasBled(input)), "0");
}

TEST(HasBled, Borders) {
  HasBledInput input;
  input.age_years = 65;
  input.systolic_mmhg = Exactly("160");
  input.creatinine_umol_per_l = Exactly("199.9");
  EXPECT_EQ(Show(HasBled(input)), "0");
  input.age_years = 66;
  EXPECT_EQ(Show(HasBled(input)), "1");
  input.systolic_mmhg = Exactly("160.1");
  EXPECT_EQ(Show(HasBled(input)), "2");
  input.creatinine_umol_per_l = Exactly("200");
  EXPECT_EQ(Show(HasBled(input)), "3");
}

TEST(HasBled, AllOfIt) {
  HasBledInput input{Exactly("180"), Exactly("300"), kTrue, kTrue, kTrue,
                     kTrue,          kTrue,          kTrue, kTrue, 80};
  EXPECT_EQ(Show(HasBled(input)), "8-9");  // the time in range is never known
  EXPECT_EQ(Show(HasBled({})), "0-3");     // pressure, creatinine, age
}

News2Input Healthy() {
  return {Exactly("18"), Exactly("97"), kFalse, Exactly("120"),
          Exactly("70"), kTrue,         {},     Exactly("37.0")};
}

TEST(News2, WorkedNumbers) {
  EXPECT_EQ(Show(News2(Healthy())), "0");
  EXPECT_EQ(Show(News2({Exactly("22"),
                        Exactly("95"),
                        kTrue,
                        Exactly("105"),
                        Exactly("95"),
                        kTrue,
                        {},
                        Exactly("38.5")})),
            "8");
}

// Each row of the chart at both ends.
TEST(News2, EveryRow) {
  const auto with = [](auto member, const std::string& value) {
    News2Input input = Healthy();
    input.*member = Exactly(value);
    return Show(News2(input));
  };
  struct Row {
    Bounds News2Input::*member;
    const char* value;
    const char* points;
  };
  for (const Row& row : {Row{&News2Input::respiratory_rate, "8", "3"},
                         {&News2Input::respiratory_rate, "9", "1"},
                         {&News2Input::respiratory_rate, "11", "1"},
                         {&News2Input::respiratory_rate, "12", "0"},
                         {&News2Input::respiratory_rate, "20", "0"},
                         {&News2Input::respiratory_rate, "21", "2"},
                         {&News2Input::respiratory_rate, "24", "2"},
                         {&News2Input::respiratory_rate, "25", "3"},
                         {&News2Input::spo2_percent, "91", "3"},
                         {&News2Input::spo2_percent, "92", "2"},
                         {&News2Input::spo2_percent, "93", "2"},
                         {&News2Input::spo2_percent, "94", "1"},
                         {&News2Input::spo2_percent, "95", "1"},
                         {&News2Input::spo2_percent, "96", "0"},
                         {&News2Input::systolic_mmhg, "90", "3"},
                         {&News2Input::systolic_mmhg, "91", "2"},
                         {&News2Input::systolic_mmhg, "100", "2"},
                         {&News2Input::systolic_mmhg, "101", "1"},
                         {&News2Input::systolic_mmhg, "110", "1"},
                         {&News2Input::systolic_mmhg, "111", "0"},
                         {&News2Input::systolic_mmhg, "219", "0"},
                         {&News2Input::systolic_mmhg, "220", "3"},
                         {&News2Input::pulse, "40", "3"},
                         {&News2Input::pulse, "41", "1"},
                         {&News2Input::pulse, "50", "1"},
                         {&News2Input::pulse, "51", "0"},
                         {&News2Input::pulse, "90", "0"},
                         {&News2Input::pulse, "91", "1"},
                         {&News2Input::pulse, "110", "1"},
                         {&News2Input::pulse, "111", "2"},
                         {&News2Input::pulse, "130", "2"},
                         {&News2Input::pulse, "131", "3"},
                         {&News2Input::temperature_celsius, "35.0", "3"},
                         {&News2Input::temperature_celsius, "35.04", "3"},
                         {&News2Input::temperature_celsius, "35.05", "1"},
                         {&News2Input::temperature_celsius, "36.0", "1"},
                         {&News2Input::temperature_celsius, "36.1", "0"},
                         {&News2Input::temperature_celsius, "38.0", "0"},
                         {&News2Input::temperature_celsius, "38.1", "1"},
                         {&News2Input::temperature_celsius, "39.0", "1"},
                         {&News2Input::temperature_celsius, "39.1", "2"}}) {
    EXPECT_EQ(with(row.member, row.value), row.points) << row.value;
  }
}

TEST(News2, WhatIsNotKnownCountsBothWays) {
  EXPECT_EQ(Show(News2({})), "0-20");
  News2Input input = Healthy();
  input.temperature_celsius = {};
  EXPECT_EQ(Show(News2(input)), "0-3");
  input = Healthy();
  input.spo2_percent = Below("93");  // 93 itself cannot be told from what is just below it
  EXPECT_EQ(Show(News2(input)), "2-3");
  input = Healthy();
  input.alert = kUnknown;
  EXPECT_EQ(Show(News2(input)), "0-3");
  input.glasgow = Exactly("15");
  EXPECT_EQ(Show(News2(input)), "0");
  input.glasgow = Exactly("14");
  EXPECT_EQ(Show(News2(input)), "3");
}

TEST(Qsofa, WorkedNumbersAndBorders) {
  EXPECT_EQ(Show(Qsofa({Exactly("24"), Exactly("95"), Exactly("14"), kUnknown})), "3");
  EXPECT_EQ(Show(Qsofa({Exactly("18"), Exactly("120"), Exactly("15"), kUnknown})), "0");
  EXPECT_EQ(Show(Qsofa({Exactly("22"), Exactly("101"), Exactly("15"), kUnknown})), "1");
  EXPECT_EQ(Show(Qsofa({Exactly("21"), Exactly("100"), Exactly("15"), kUnknown})), "1");
  EXPECT_EQ(Show(Qsofa({Exactly("21"), Exactly("120"), {}, kFalse})), "1");
  EXPECT_EQ(Show(Qsofa({Exactly("22"), Exactly("100"), {}, kUnknown})), "2-3");
}

SofaInput Well() {
  SofaInput input;
  input.pao2_kpa = Exactly("12");
  input.fio2_percent = Exactly("21");
  input.platelets_e9_per_l = Exactly("200");
  input.bilirubin_umol_per_l = Exactly("10");
  input.mean_pressure_mmhg = Exactly("80");
  input.glasgow = Exactly("15");
  input.creatinine_umol_per_l = Exactly("80");
  return input;
}

TEST(Sofa, WorkedNumbers) {
  EXPECT_EQ(Show(Sofa(Well())), "0");
  SofaInput ill;
  ill.pao2_kpa = Exactly("10");
  ill.fio2_percent = Exactly("50");
  ill.ventilated = kTrue;
  ill.platelets_e9_per_l = Exactly("80");
  ill.bilirubin_umol_per_l = Exactly("40");
  ill.mean_pressure_mmhg = Exactly("60");
  ill.glasgow = Exactly("12");
  ill.creatinine_umol_per_l = Exactly("200");
  EXPECT_EQ(Show(Sofa(ill)), "12");
  ill.ventilated = kUnknown;
  EXPECT_EQ(Show(Sofa(ill)), "11-12");
}

TEST(Sofa, EveryRow) {
  struct Row {
    Bounds SofaInput::*member;
    const char* value;
    const char* points;
  };
  for (const Row& row : {Row{&SofaInput::platelets_e9_per_l, "150", "0"},
                         {&SofaInput::platelets_e9_per_l, "149", "1"},
                         {&SofaInput::platelets_e9_per_l, "99.9", "2"},
                         {&SofaInput::platelets_e9_per_l, "49", "3"},
                         {&SofaInput::platelets_e9_per_l, "19", "4"},
                         {&SofaInput::bilirubin_umol_per_l, "19", "0"},
                         {&SofaInput::bilirubin_umol_per_l, "20", "1"},
                         {&SofaInput::bilirubin_umol_per_l, "32", "1"},
                         {&SofaInput::bilirubin_umol_per_l, "33", "2"},
                         {&SofaInput::bilirubin_umol_per_l, "101", "2"},
                         {&SofaInput::bilirubin_umol_per_l, "102", "3"},
                         {&SofaInput::bilirubin_umol_per_l, "204", "3"},
                         {&SofaInput::bilirubin_umol_per_l, "205", "4"},
                         {&SofaInput::mean_pressure_mmhg, "70", "0"},
                         {&SofaInput::mean_pressure_mmhg, "69", "1"},
                         {&SofaInput::glasgow, "14", "1"},
                         {&SofaInput::glasgow, "13", "1"},
                         {&SofaInput::glasgow, "12", "2"},
                         {&SofaInput::glasgow, "10", "2"},
                         {&SofaInput::glasgow, "9", "3"},
                         {&SofaInput::glasgow, "6", "3"},
                         {&SofaInput::glasgow, "5", "4"},
                         {&SofaInput::creatinine_umol_per_l, "109", "0"},
                         {&SofaInput::creatinine_umol_per_l, "110", "1"},
                         {&SofaInput::creatinine_umol_per_l, "171", "2"},
                         {&SofaInput::creatinine_umol_per_l, "300", "3"},
                         {&SofaInput::creatinine_umol_per_l, "440", "3"},
                         {&SofaInput::creatinine_umol_per_l, "441", "4"},
                         {&SofaInput::urine_ml_per_day, "499", "3"},
                         {&SofaInput::urine_ml_per_day, "500", "0"},
                         {&SofaInput::urine_ml_per_day, "199", "4"}}) {
    SofaInput input = Well();
    input.*row.member = Exactly(row.value);
    EXPECT_EQ(Show(Sofa(input)), row.points) << row.value;
  }
}

TEST(Sofa, MeanPressureFromSystolicAndDiastolic) {
  SofaInput input = Well();
  input.mean_pressure_mmhg = {};
  EXPECT_EQ(Show(Sofa(input)), "0-1");
  input.systolic_mmhg = Exactly("90");
  input.diastolic_mmhg = Exactly("60");
  EXPECT_EQ(Show(Sofa(input)), "0");  // 70
  input.diastolic_mmhg = Exactly("59");
  EXPECT_EQ(Show(Sofa(input)), "1");  // 69.33
}

TEST(Sofa, DosesOfVasopressorsAreNotRead) {
  SofaInput input = Well();
  input.norepinephrine = kTrue;
  EXPECT_EQ(Show(Sofa(input)), "3-4");
  input = Well();
  input.dobutamine = kTrue;
  EXPECT_EQ(Show(Sofa(input)), "2");
  input.dopamine = kUnknown;
  EXPECT_EQ(Show(Sofa(input)), "2-4");
}

TEST(Charlson, WorkedNumbers) {
  const auto with = [](std::initializer_list<CharlsonGroup> groups) {
    std::array<Truth, kCharlsonGroups> truths{};
    truths.fill(kFalse);
    for (const CharlsonGroup group : groups) truths[static_cast<std::size_t>(group)] = kTrue;
    return Show(Charlson(truths));
  };
  using enum CharlsonGroup;
  EXPECT_EQ(with({}), "0");
  EXPECT_EQ(with({kMyocardialInfarction, kCopd, kDiabetesComplicated}), "4");
  EXPECT_EQ(with({kDiabetes, kDiabetesComplicated}), "2");
  EXPECT_EQ(with({kCancer, kMetastatic}), "6");
  EXPECT_EQ(with({kMildLiver}), "1");
  EXPECT_EQ(with({kMildLiver, kAscites}), "3");
  EXPECT_EQ(with({kAscites}), "0");
  EXPECT_EQ(with({kSevereLiver, kMildLiver}), "3");
  EXPECT_EQ(with({kHemiplegia, kKidney, kHiv}), "10");
}

TEST(Charlson, FromNothingToEverything) {
  std::array<Truth, kCharlsonGroups> groups{};
  groups.fill(kUnknown);
  EXPECT_EQ(Show(Charlson(groups)), "0-30");
  groups.fill(kTrue);
  EXPECT_EQ(Show(Charlson(groups)), "30");
}

// What becomes known narrows the interval and never leaves it.
RC_GTEST_PROP(Points, KnowingMoreNarrows, ()) {
  std::array<Truth, kCharlsonGroups> groups{};
  for (Truth& truth : groups) truth = *rc::gen::element(kTrue, kFalse, kUnknown);
  const Points before = Charlson(groups);
  const auto i = *rc::gen::inRange<std::size_t>(0, kCharlsonGroups);
  RC_PRE(groups[i] == kUnknown);
  groups[i] = *rc::gen::element(kTrue, kFalse);
  const Points after = Charlson(groups);
  RC_ASSERT(after.low >= before.low);
  RC_ASSERT(after.high <= before.high);
}

TEST(InLastDigit, RoundsHalfUp) {
  EXPECT_EQ(InLastDigit(*Decimal::Parse("20.5"), 0), 21);
  EXPECT_EQ(InLastDigit(*Decimal::Parse("20.49"), 0), 20);
  EXPECT_EQ(InLastDigit(*Decimal::Parse("37"), 1), 370);
  EXPECT_EQ(InLastDigit(*Decimal::Parse("-0.5"), 0), 0);
  EXPECT_EQ(InLastDigit(*Decimal::Parse("-0.6"), 0), -1);
  EXPECT_EQ(InLastDigit(Decimal(1, 30), 0), 0);
  EXPECT_EQ(InLastDigit(Decimal(1, -30), 0), kNoUpperEnd);
  EXPECT_EQ(InLastDigit(Decimal(-1, -30), 1), -kNoUpperEnd);
}

}  // namespace
}  // namespace medverka::criteria
