// Body surface area by Mosteller.
#pragma once

#include "criteria/scores/result.h"

namespace medverka::criteria {

// The square root of height in cm times weight in kg over 3600: m2, rounded half up to two digits,
// computed in whole numbers.
//   weight, height  as for BMI
// Unknown: kImplausible.
// Worked: 70 kg, 170 cm -> 1.82; 60 kg, 150 cm -> 1.58 (by hand).
// Source: Mosteller RD. Simplified calculation of body-surface area. N Engl J Med 1987;317:1098.
OrUnknown<base::Decimal> BodySurface(base::Decimal weight_kg, base::Decimal height_cm);

}  // namespace medverka::criteria
