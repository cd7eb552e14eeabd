// Creatinine clearance by Cockcroft and Gault.
#pragma once

#include "criteria/scores/result.h"

namespace medverka::criteria {

// (140 - age) x weight x k over creatinine, with k 1.04 in women and 1.23 in men: mL/min, not
// indexed to body surface; rounded half up to two digits, computed in whole numbers.
//   creatinine  plasma, umol/L, above 0
//   weight      the person's own, kg, 0.2 to 700; not older than 6 months at the sample (score.h)
//   age         whole years at the sample, 18 to 139
// Unknown: kOutsideFormula (age), kImplausible, kSexUnknown.
// Worked: man, 60 y, 80 kg, 80 umol/L -> 98.40; woman, 75 y, 65 kg, 150 umol/L -> 29.29 (by hand).
// Source: Cockcroft DW, Gault MH. Nephron 1976;16(1):31-41; in SI units, 85 % in women.
OrUnknown<base::Decimal> CreatinineClearance(base::Decimal creatinine_umol_per_l,
                                             base::Decimal weight_kg, int age_years, Sex sex);

}  // namespace medverka::criteria
