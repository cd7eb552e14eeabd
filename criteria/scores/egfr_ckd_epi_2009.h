// Estimated kidney function by CKD-EPI 2009.
#pragma once

#include "criteria/scores/result.h"

namespace medverka::criteria {

// 141 x min(Scr/k, 1)^a x max(Scr/k, 1)^-1.209 x 0.993^age, x 1.018 in women; Scr is creatinine in
// mg/dL (umol/L over 88.42), k 0.7 and a -0.329 in women, 0.9 and -0.411 in men. The formula's
// factor for race is not used. mL/min/1.73 m2, rounded half up to two digits.
//   creatinine  plasma, umol/L, above 0
//   age         whole years at the sample, 18 or more
// Unknown: kOutsideFormula (age), kImplausible (creatinine), kSexUnknown.
// Worked: man, 60 y, 80 umol/L -> 91.92; woman, 75 y, 150 umol/L -> 29.06 (computed independently,
// with 50 digits).
// Source: Levey et al., Ann Intern Med 2009;150(9):604-612.
OrUnknown<base::Decimal> EgfrCkdEpi2009(base::Decimal creatinine_umol_per_l, int age_years,
                                        Sex sex);

}  // namespace medverka::criteria
