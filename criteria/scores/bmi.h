// Body mass index.
#pragma once

#include "criteria/scores/result.h"

namespace medverka::criteria {

// Weight in kg over the square of height in m: kg/m2, rounded half up to two digits, computed in
// whole numbers.
//   weight  0.2 to 700 kg, at any age (score.h)
//   height  20 to 280 cm, of a grown person not older than 10 years
// Unknown: kImplausible beyond those, such as a height of 1.75 cm.
// Worked: 70 kg, 175 cm -> 22.86; 87.5 kg, 158.1 cm -> 35.01 (by hand).
// Source: Quetelet 1832; the name and use: Keys et al., J Chronic Dis 1972;25(6):329-343.
OrUnknown<base::Decimal> Bmi(base::Decimal weight_kg, base::Decimal height_cm);

// What can be the weight in kg and the height in cm of a person, newborn or tall.
bool PlausibleBody(const base::Decimal& weight_kg, const base::Decimal& height_cm);

}  // namespace medverka::criteria
