// FIB-4, liver fibrosis.
#pragma once

#include "criteria/scores/result.h"

namespace medverka::criteria {

// Age x ASAT over (platelets x the square root of ALAT): no unit, rounded half up to two digits,
// computed in whole numbers.
//   ASAT, ALAT  U/L, above 0 (1 ukat/L = 60 U/L)
//   platelets   10*9/L, above 0; the three not more than 6 months apart (score.h)
//   age         whole years at the newest of them, 18 or more. The score was made in people of 35
//               to 65 years; outside of that it is given all the same, as it is used
// Unknown: kOutsideFormula (age), kImplausible.
// Worked: 55 y, ASAT 60, ALAT 49, platelets 150 -> 3.14; 40 y, 30, 36, 250 -> 0.80 (by hand).
// Source: Sterling et al., Hepatology 2006;43(6):1317-1325.
OrUnknown<base::Decimal> Fib4(base::Decimal asat_u_per_l, base::Decimal alat_u_per_l,
                              base::Decimal platelets_e9_per_l, int age_years);

}  // namespace medverka::criteria
