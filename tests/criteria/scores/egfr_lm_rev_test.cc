// LM-rev against the published worked numbers, at the knees and at its borders.
#include "criteria/scores/egfr_lm_rev.h"

#include <gtest/gtest.h>

#include <string>

namespace medverka::criteria {
namespace {

using base::Decimal;

std::string Egfr(Decimal creatinine, int age, Sex sex) {
  const auto result = EgfrLmRev(creatinine, age, sex);
  return result.has_value() ? result.value().ToString() : std::string(Name(result.gap()));
}

TEST(EgfrLmRev, GivesTheWorkedNumbers) {
  EXPECT_EQ(Egfr(Decimal(80), 60, Sex::kMale), "79.31");
  EXPECT_EQ(Egfr(Decimal(150), 75, Sex::kFemale), "24.68");
  const auto woman = EgfrLmRev(Decimal(80), 60, Sex::kFemale);
  ASSERT_TRUE(woman.has_value());
  EXPECT_NEAR(woman.value().ToDouble(), 66.2, 0.05);
}

TEST(EgfrLmRev, DoesNotJumpAtItsKnees) {
  const auto gap = [](Decimal below, Decimal above, Sex sex) {
    return EgfrLmRev(below, 50, sex).value().ToDouble() -
           EgfrLmRev(above, 50, sex).value().ToDouble();
  };
  EXPECT_NEAR(gap(Decimal(14999, 2), Decimal(15001, 2), Sex::kFemale), 0, 0.02);
  EXPECT_NEAR(gap(Decimal(17999, 2), Decimal(18001, 2), Sex::kMale), 0, 0.02);
}

TEST(EgfrLmRev, FallsWithCreatinine) {
  for (const Sex sex : {Sex::kFemale, Sex::kMale}) {
    Decimal before(1000);
    for (int creatinine = 20; creatinine <= 600; creatinine += 5) {
      const Decimal now = EgfrLmRev(Decimal(creatinine), 60, sex).value();
      EXPECT_LT(now, before) << creatinine;
      before = now;
    }
  }
}

TEST(EgfrLmRev, SaysWhyThereIsNoValue) {
  EXPECT_EQ(Egfr(Decimal(80), 17, Sex::kMale), "outside the formula");
  EXPECT_EQ(Egfr(Decimal(0), 60, Sex::kMale), "implausible");
  EXPECT_EQ(Egfr(Decimal(-5), 60, Sex::kMale), "implausible");
  EXPECT_EQ(Egfr(Decimal(80), 60, Sex::kUnknown), "sex unknown");
}

TEST(EgfrLmRev, StandsAbsurdInput) {
  EXPECT_TRUE(EgfrLmRev(Decimal(1, 30), 18, Sex::kMale).has_value());
  EXPECT_TRUE(EgfrLmRev(Decimal(1, -30), 130, Sex::kFemale).has_value());
  EXPECT_TRUE(EgfrLmRev(Decimal(80), INT32_MAX, Sex::kFemale).has_value());
}

}  // namespace
}  // namespace medverka::criteria
