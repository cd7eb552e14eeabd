#include "criteria/scores/bmi.h"

#include "criteria/scores/exact.h"

namespace medverka::criteria {

using base::Decimal;

bool PlausibleBody(const Decimal& weight_kg, const Decimal& height_cm) {
  constexpr Decimal kWeightMin(2, 1);
  constexpr Decimal kWeightMax(700);
  constexpr Decimal kHeightMin(20);
  constexpr Decimal kHeightMax(280);
  return weight_kg >= kWeightMin && weight_kg <= kWeightMax && height_cm >= kHeightMin &&
         height_cm <= kHeightMax;
}

OrUnknown<Decimal> Bmi(Decimal weight_kg, Decimal height_cm) {
  if (!PlausibleBody(weight_kg, height_cm)) return ScoreGap::kImplausible;
  const internal::Rational metres = internal::Exact(height_cm) / 100;
  return internal::TwoDigits(internal::Exact(weight_kg) / (metres * metres));
}

}  // namespace medverka::criteria
