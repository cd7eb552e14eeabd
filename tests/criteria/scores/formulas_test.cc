// Formulas of numbers: the worked values of the headers, borders, monotony, and inputs that no
// journal should send.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "criteria/scores/bmi.h"
#include "criteria/scores/body_surface.h"
#include "criteria/scores/creatinine_clearance.h"
#include "criteria/scores/egfr_ckd_epi_2009.h"
#include "criteria/scores/egfr_ckd_epi_2021.h"
#include "criteria/scores/egfr_ekfc.h"
#include "criteria/scores/egfr_lm_rev.h"
#include "criteria/scores/fib4.h"

namespace medverka::criteria {
namespace {

using base::Decimal;

std::string Show(const OrUnknown<Decimal>& result) {
  return result.has_value() ? result.value().ToString() : std::string(Name(result.gap()));
}
Decimal Number(const char* text) { return *Decimal::Parse(text); }

TEST(Formulas, CkdEpi2021) {
  EXPECT_EQ(Show(EgfrCkdEpi2021(Decimal(80), 60, Sex::kMale)), "97.16");
  EXPECT_EQ(Show(EgfrCkdEpi2021(Decimal(150), 75, Sex::kFemale)), "31.16");
  EXPECT_EQ(Show(EgfrCkdEpi2021(Decimal(80), 60, Sex::kFemale)), "72.72");
  EXPECT_EQ(Show(EgfrCkdEpi2021(Decimal(50), 30, Sex::kFemale)), "125.54");
  EXPECT_EQ(Show(EgfrCkdEpi2021(Decimal(80), 17, Sex::kMale)), "outside the formula");
  EXPECT_EQ(Show(EgfrCkdEpi2021(Decimal(0), 60, Sex::kMale)), "implausible");
  EXPECT_EQ(Show(EgfrCkdEpi2021(Decimal(80), 60, Sex::kUnknown)), "sex unknown");
}

TEST(Formulas, CkdEpi2009) {
  EXPECT_EQ(Show(EgfrCkdEpi2009(Decimal(80), 60, Sex::kMale)), "91.92");
  EXPECT_EQ(Show(EgfrCkdEpi2009(Decimal(150), 75, Sex::kFemale)), "29.06");
  EXPECT_EQ(Show(EgfrCkdEpi2009(Decimal(50), 30, Sex::kFemale)), "124.72");
  EXPECT_EQ(Show(EgfrCkdEpi2009(Decimal(80), 17, Sex::kMale)), "outside the formula");
}

TEST(Formulas, Ekfc) {
  EXPECT_EQ(Show(EgfrEkfc(Decimal(80), 60, Sex::kMale)), "87.76");
  EXPECT_EQ(Show(EgfrEkfc(Decimal(150), 75, Sex::kFemale)), "27.76");
  EXPECT_EQ(Show(EgfrEkfc(Decimal(50), 30, Sex::kFemale)), "115.00");  // rounds to full digits
  EXPECT_EQ(Show(EgfrEkfc(Decimal(40), 10, Sex::kMale)), "113.22");
  EXPECT_EQ(Show(EgfrEkfc(Decimal(40), 1, Sex::kMale)), "outside the formula");
}

// On the median, the formula gives its constant; over 40 years it falls by a hundredth a year.
TEST(Formulas, EkfcOnItsMedian) {
  EXPECT_EQ(Show(EgfrEkfc(Decimal(80), 40, Sex::kMale)), "107.30");
  EXPECT_EQ(Show(EgfrEkfc(Decimal(62), 26, Sex::kFemale)), "107.30");
  EXPECT_EQ(Show(EgfrEkfc(Decimal(62), 41, Sex::kFemale)), "106.23");
}

TEST(Formulas, Bmi) {
  EXPECT_EQ(Show(Bmi(Decimal(70), Decimal(175))), "22.86");
  EXPECT_EQ(Show(Bmi(Number("87.5"), Number("158.1"))), "35.01");
  EXPECT_EQ(Show(Bmi(Decimal(101), Decimal(170))), "34.95");
  EXPECT_EQ(Show(Bmi(Number("86.4"), Decimal(160))), "33.75");  // exact
  EXPECT_EQ(Show(Bmi(Decimal(70), Number("1.75"))), "implausible");
  EXPECT_EQ(Show(Bmi(Decimal(0), Decimal(175))), "implausible");
  EXPECT_EQ(Show(Bmi(Number("3.5"), Decimal(50))), "14.00");
}

// A tie is rounded up: 45.125 / 1 m.
TEST(Formulas, BmiRoundsHalfUp) {
  EXPECT_EQ(Show(Bmi(Number("45.125"), Decimal(100))), "45.13");
  EXPECT_EQ(Show(Bmi(Number("45.1249"), Decimal(100))), "45.12");
}

TEST(Formulas, BodySurface) {
  EXPECT_EQ(Show(BodySurface(Decimal(70), Decimal(170))), "1.82");
  EXPECT_EQ(Show(BodySurface(Decimal(60), Decimal(150))), "1.58");
  EXPECT_EQ(Show(BodySurface(Decimal(36), Decimal(100))), "1.00");
  EXPECT_EQ(Show(BodySurface(Decimal(70), Decimal(17))), "implausible");
}

TEST(Formulas, CreatinineClearance) {
  EXPECT_EQ(Show(CreatinineClearance(Decimal(80), Decimal(80), 60, Sex::kMale)), "98.40");
  EXPECT_EQ(Show(CreatinineClearance(Decimal(150), Decimal(65), 75, Sex::kFemale)), "29.29");
  EXPECT_EQ(Show(CreatinineClearance(Decimal(80), Decimal(80), 17, Sex::kMale)),
            "outside the formula");
  EXPECT_EQ(Show(CreatinineClearance(Decimal(80), Decimal(80), 140, Sex::kMale)),
            "outside the formula");
  EXPECT_EQ(Show(CreatinineClearance(Decimal(80), Decimal(0), 60, Sex::kMale)), "implausible");
  EXPECT_EQ(Show(CreatinineClearance(Decimal(80), Decimal(80), 60, Sex::kUnknown)), "sex unknown");
}

TEST(Formulas, Fib4) {
  EXPECT_EQ(Show(Fib4(Decimal(60), Decimal(49), Decimal(150), 55)), "3.14");
  EXPECT_EQ(Show(Fib4(Decimal(30), Decimal(36), Decimal(250), 40)), "0.80");
  EXPECT_EQ(Show(Fib4(Decimal(30), Decimal(0), Decimal(250), 40)), "implausible");
  EXPECT_EQ(Show(Fib4(Decimal(30), Decimal(36), Decimal(250), 17)), "outside the formula");
}

TEST(Formulas, StandAbsurdInput) {
  const Decimal tiny(1, 30);
  const Decimal huge(1, -30);
  for (const Decimal& number : {tiny, huge}) {
    for (const int age : {18, 130, INT32_MAX}) {
      EXPECT_TRUE(EgfrCkdEpi2021(number, age, Sex::kMale).has_value());
      EXPECT_TRUE(EgfrCkdEpi2009(number, age, Sex::kFemale).has_value());
      EXPECT_TRUE(EgfrEkfc(number, age, Sex::kFemale).has_value());
      EXPECT_TRUE(EgfrLmRev(number, age, Sex::kMale).has_value());
      EXPECT_TRUE(Fib4(number, number, tiny, age).has_value());
    }
    EXPECT_TRUE(CreatinineClearance(number, Decimal(700), 18, Sex::kMale).has_value());
  }
}

// Every eGFR falls with creatinine; none but LM-rev in the young rises with age.
RC_GTEST_PROP(Formulas, EgfrFallsWithCreatinineAndAge, ()) {
  const auto creatinine = *rc::gen::inRange(20, 900);
  const auto more = creatinine + *rc::gen::inRange(1, 300);
  const auto age = *rc::gen::inRange(30, 100);
  const auto older = age + *rc::gen::inRange(1, 20);
  const Sex sex = *rc::gen::element(Sex::kFemale, Sex::kMale);
  for (const auto formula : {EgfrLmRev, EgfrCkdEpi2021, EgfrCkdEpi2009, EgfrEkfc}) {
    RC_ASSERT(formula(Decimal(more), age, sex).value() <=
              formula(Decimal(creatinine), age, sex).value());
    RC_ASSERT(formula(Decimal(creatinine), older, sex).value() <=
              formula(Decimal(creatinine), age, sex).value());
  }
}

RC_GTEST_PROP(Formulas, BodyRisesWithWeight, ()) {
  const auto weight = *rc::gen::inRange(30, 200);
  const auto height = *rc::gen::inRange(120, 210);
  RC_ASSERT(Bmi(Decimal(weight), Decimal(height)).value() <
            Bmi(Decimal(weight + 1), Decimal(height)).value());
  RC_ASSERT(Bmi(Decimal(weight), Decimal(height)).value() >
            Bmi(Decimal(weight), Decimal(height + 1)).value());
  RC_ASSERT(BodySurface(Decimal(weight), Decimal(height)).value() <=
            BodySurface(Decimal(weight + 1), Decimal(height)).value());
}

// Against the same formula in long double, to within the last digit.
RC_GTEST_PROP(Formulas, AgreeWithFloatingPoint, ()) {
  const auto weight = *rc::gen::inRange(300, 2000);  // tenths
  const auto height = *rc::gen::inRange(1200, 2100);
  const double kg = weight / 10.0;
  const double cm = height / 10.0;
  const Decimal w(weight, 1);
  const Decimal h(height, 1);
  RC_ASSERT(std::abs(Bmi(w, h).value().ToDouble() - kg / (cm * cm / 10'000)) <= 0.00501);
  RC_ASSERT(std::abs(BodySurface(w, h).value().ToDouble() - std::sqrt(kg * cm / 3600)) <= 0.00501);
}

}  // namespace
}  // namespace medverka::criteria
