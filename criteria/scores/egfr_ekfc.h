// Estimated kidney function by the European Kidney Function Consortium.
#pragma once

#include "criteria/scores/result.h"

namespace medverka::criteria {

// 107.3 x (creatinine/Q)^-0.322 where creatinine is below Q, ^-1.132 from Q on, x 0.990^(age - 40)
// above 40 years. Q, the median of healthy people, is 62 umol/L in women and 80 in men over 25
// years; from 2 to 25 years
//   boys   ln Q = 3.200 + 0.259 age - 0.543 ln age - 0.00763 age^2 + 0.0000790 age^3
//   girls  ln Q = 3.080 + 0.177 age - 0.223 ln age - 0.00596 age^2 + 0.0000686 age^3
// mL/min/1.73 m2, rounded half up to two digits.
//   creatinine  plasma, umol/L, above 0
//   age         whole years at the sample, 2 or more
// Unknown: kOutsideFormula (age), kImplausible (creatinine), kSexUnknown.
// Worked: man, 60 y, 80 umol/L -> 87.76; woman, 75 y, 150 umol/L -> 27.76 (computed independently,
// with 50 digits).
// Source: Pottel et al., Ann Intern Med 2021;174(2):183-191.
OrUnknown<base::Decimal> EgfrEkfc(base::Decimal creatinine_umol_per_l, int age_years, Sex sex);

}  // namespace medverka::criteria
