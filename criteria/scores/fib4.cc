#include "criteria/scores/fib4.h"

#include "criteria/scores/exact.h"

namespace medverka::criteria {

using base::Decimal;

OrUnknown<Decimal> Fib4(Decimal asat_u_per_l, Decimal alat_u_per_l, Decimal platelets_e9_per_l,
                        int age_years) {
  constexpr int kAgeMin = 18;
  constexpr Decimal kNothing(0);
  if (age_years < kAgeMin) return ScoreGap::kOutsideFormula;
  if (asat_u_per_l <= kNothing || alat_u_per_l <= kNothing || platelets_e9_per_l <= kNothing)
    return ScoreGap::kImplausible;
  const internal::Rational without_alat =
      internal::Exact(asat_u_per_l) * age_years / internal::Exact(platelets_e9_per_l);
  return internal::TwoDigitsOfRoot(without_alat * without_alat / internal::Exact(alat_u_per_l));
}

}  // namespace medverka::criteria
