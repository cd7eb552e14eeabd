// exp(X - 0.0158 age + 0.438 ln age), where X falls linearly with creatinine up to a knee and with
// its logarithm above:
//
//          knee   below or at the knee         above it
//   woman  150    2.50 + 0.0121 (150 - cr)     2.50 - 0.926 ln(cr / 150)
//   man    180    2.56 + 0.00968 (180 - cr)    2.56 - 0.926 ln(cr / 180)
#include "criteria/scores/egfr_lm_rev.h"

#include <cmath>

namespace medverka::criteria {
namespace {

constexpr int kAgeYearsMin = 18;

struct Coefficients {
  double at_knee;
  double slope;
  double knee_umol_per_l;
};
constexpr Coefficients kWoman = {2.50, 0.0121, 150};
constexpr Coefficients kMan = {2.56, 0.00968, 180};

}  // namespace

OrUnknown<base::Decimal> EgfrLmRev(base::Decimal creatinine_umol_per_l, int age_years, Sex sex) {
  if (age_years < kAgeYearsMin) return ScoreGap::kOutsideFormula;
  if (creatinine_umol_per_l <= base::Decimal(0)) return ScoreGap::kImplausible;
  if (sex == Sex::kUnknown) return ScoreGap::kSexUnknown;

  const Coefficients& c = sex == Sex::kFemale ? kWoman : kMan;
  const double creatinine = creatinine_umol_per_l.ToDouble();
  const double age = age_years;
  // Both arms meet at the knee, so it does not matter to which of them the knee belongs.
  const double x = creatinine < c.knee_umol_per_l
                       ? c.at_knee + c.slope * (c.knee_umol_per_l - creatinine)
                       : c.at_knee - 0.926 * std::log(creatinine / c.knee_umol_per_l);
  return EgfrOf(std::exp(x - 0.0158 * age + 0.438 * std::log(age)));
}

}  // namespace medverka::criteria
