// qSOFA: quick sign of organ failure in infection.
#pragma once

#include "criteria/scores/result.h"

namespace medverka::criteria {

// One point each: respiratory rate 22 or more; systolic pressure 100 mmHg or less; Glasgow Coma
// Scale below 15 (where it is not known: not alert). 0 to 3. A value that is not known counts both
// ways.
//   all  within 12 hours of the newest (score.h)
// Worked: 24, 95, 14 -> 3; 18, 120, 15 -> 0.
// Source: Seymour et al., JAMA 2016;315(8):762-774.
struct QsofaInput {
  Bounds respiratory_rate;
  Bounds systolic_mmhg;
  Bounds glasgow;
  Truth alert = Truth::kUnknown;
};
Points Qsofa(const QsofaInput& input);

}  // namespace medverka::criteria
