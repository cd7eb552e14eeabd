// Estimated kidney function by the revised Lund-Malmö formula, the usual one in Sweden.
#pragma once

#include "criteria/scores/result.h"

namespace medverka::criteria {

// Estimated GFR by the revised Lund-Malmö formula (LM-rev), from one creatinine sample.
//   creatinine  plasma, umol/L, above 0
//   age         whole years at the time of the sample, 18 or more
//   returns     mL/min/1.73 m2 as Decimal, two digits: a threshold meets no binary noise
// Unknown: kOutsideFormula (age), kImplausible (creatinine), kSexUnknown.
// Worked: man, 60 y, 80 umol/L -> 79.31; woman, 75 y, 150 umol/L -> 24.68.
// Source: Nyman et al., Clin Chem Lab Med 2014;52(6):815-824.
OrUnknown<base::Decimal> EgfrLmRev(base::Decimal creatinine_umol_per_l, int age_years, Sex sex);

}  // namespace medverka::criteria
