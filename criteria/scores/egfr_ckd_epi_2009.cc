#include "criteria/scores/egfr_ckd_epi_2009.h"

#include <algorithm>
#include <cmath>

namespace medverka::criteria {

OrUnknown<base::Decimal> EgfrCkdEpi2009(base::Decimal creatinine_umol_per_l, int age_years,
                                        Sex sex) {
  constexpr int kAgeMin = 18;
  constexpr double kUmolPerMgPerDl = 88.42;
  if (age_years < kAgeMin) return ScoreGap::kOutsideFormula;
  if (creatinine_umol_per_l <= base::Decimal(0)) return ScoreGap::kImplausible;
  if (sex == Sex::kUnknown) return ScoreGap::kSexUnknown;
  const bool woman = sex == Sex::kFemale;
  const double ratio = creatinine_umol_per_l.ToDouble() / kUmolPerMgPerDl / (woman ? 0.7 : 0.9);
  const double egfr = 141 * std::pow(std::min(ratio, 1.0), woman ? -0.329 : -0.411) *
                      std::pow(std::max(ratio, 1.0), -1.209) * std::pow(0.993, age_years) *
                      (woman ? 1.018 : 1);
  return EgfrOf(egfr);
}

}  // namespace medverka::criteria
