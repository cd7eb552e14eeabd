#include "criteria/scores/creatinine_clearance.h"

#include "criteria/scores/bmi.h"
#include "criteria/scores/exact.h"

namespace medverka::criteria {

using base::Decimal;

OrUnknown<Decimal> CreatinineClearance(Decimal creatinine_umol_per_l, Decimal weight_kg,
                                       int age_years, Sex sex) {
  constexpr int kAgeMin = 18;
  constexpr int kAgeEnd = 140;
  constexpr Decimal kAnyHeight(100);
  if (age_years < kAgeMin || age_years >= kAgeEnd) return ScoreGap::kOutsideFormula;
  if (creatinine_umol_per_l <= Decimal(0) || !PlausibleBody(weight_kg, kAnyHeight))
    return ScoreGap::kImplausible;
  if (sex == Sex::kUnknown) return ScoreGap::kSexUnknown;
  const internal::Rational k(sex == Sex::kFemale ? 104 : 123, 100);
  return internal::TwoDigits(internal::Exact(weight_kg) * (kAgeEnd - age_years) * k /
                             internal::Exact(creatinine_umol_per_l));
}

}  // namespace medverka::criteria
