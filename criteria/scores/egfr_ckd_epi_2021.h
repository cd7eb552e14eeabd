// Estimated kidney function by CKD-EPI 2021.
#pragma once

#include "criteria/scores/result.h"

namespace medverka::criteria {

// 142 x min(Scr/k, 1)^a x max(Scr/k, 1)^-1.200 x 0.9938^age, x 1.012 in women; Scr is creatinine in
// mg/dL (umol/L over 88.42), k 0.7 and a -0.241 in women, 0.9 and -0.302 in men. mL/min/1.73 m2,
// rounded half up to two digits.
//   creatinine  plasma, umol/L, above 0
//   age         whole years at the sample, 18 or more
// Unknown: kOutsideFormula (age), kImplausible (creatinine), kSexUnknown.
// Worked: man, 60 y, 80 umol/L -> 97.2; woman, 75 y, 150 umol/L -> 31.2 (the field reference's, to
// one digit).
// Source: Inker et al., N Engl J Med 2021;385(19):1737-1749.
OrUnknown<base::Decimal> EgfrCkdEpi2021(base::Decimal creatinine_umol_per_l, int age_years,
                                        Sex sex);

}  // namespace medverka::criteria
