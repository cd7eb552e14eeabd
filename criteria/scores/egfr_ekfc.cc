#include "criteria/scores/egfr_ekfc.h"

#include <cmath>

namespace medverka::criteria {
namespace {

constexpr int kGrownAbove = 25;
constexpr int kFallsAbove = 40;

double MedianOf(int age_years, bool woman) {
  if (age_years > kGrownAbove) return woman ? 62 : 80;
  const double age = age_years;
  if (woman) {
    return std::exp(3.080 + 0.177 * age - 0.223 * std::log(age) - 0.00596 * age * age +
                    0.0000686 * age * age * age);
  }
  return std::exp(3.200 + 0.259 * age - 0.543 * std::log(age) - 0.00763 * age * age +
                  0.0000790 * age * age * age);
}

}  // namespace

OrUnknown<base::Decimal> EgfrEkfc(base::Decimal creatinine_umol_per_l, int age_years, Sex sex) {
  constexpr int kAgeMin = 2;
  if (age_years < kAgeMin) return ScoreGap::kOutsideFormula;
  if (creatinine_umol_per_l <= base::Decimal(0)) return ScoreGap::kImplausible;
  if (sex == Sex::kUnknown) return ScoreGap::kSexUnknown;
  const double ratio = creatinine_umol_per_l.ToDouble() / MedianOf(age_years, sex == Sex::kFemale);
  double egfr = 107.3 * std::pow(ratio, ratio < 1 ? -0.322 : -1.132);
  if (age_years > kFallsAbove) egfr *= std::pow(0.990, age_years - kFallsAbove);
  return EgfrOf(egfr);
}

}  // namespace medverka::criteria
