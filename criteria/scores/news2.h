// NEWS2: national early warning score.
#pragma once

#include "criteria/scores/result.h"

namespace medverka::criteria {

// Points                3      2      1         0         1        2        3
//   respiratory rate    <= 8          9-11      12-20              21-24    >= 25
//   SpO2, scale 1, %    <= 91  92-93  94-95     >= 96
//   oxygen                     yes              air
//   systolic, mmHg      <= 90  91-100 101-110   111-219                     >= 220
//   pulse               <= 40         41-50     51-90     91-110   111-130  >= 131
//   consciousness                               alert                       all else
//   temperature, C      <= 35.0       35.1-36.0 36.1-38.0 38.1-39.0 >= 39.1
//
// 0 to 20 points. A value that is not known counts with every row of its own. Values are rounded
// half up to the table's last digit. Scale 2 of SpO2 (88 to 92 %) is a physician's decision for one
// patient and not taken. Consciousness is alert or not; without it, a Glasgow Coma Scale of 15 is
// alert.
//   all  within 12 hours of the newest (score.h)
// Worked: 18, 97, air, 120, 70, alert, 37.0 -> 0; 22, 95, oxygen, 105, 95, alert, 38.5 -> 8.
// Source: Royal College of Physicians. National Early Warning Score (NEWS) 2. London 2017, chart 1.
struct News2Input {
  Bounds respiratory_rate;
  Bounds spo2_percent;
  Truth oxygen = Truth::kUnknown;
  Bounds systolic_mmhg;
  Bounds pulse;
  Truth alert = Truth::kUnknown;
  Bounds glasgow;  // read where `alert` is not known
  Bounds temperature_celsius;
};
Points News2(const News2Input& input);

// Alert by the Glasgow Coma Scale, where nothing else says so.
Truth AlertOr(Truth alert, const Bounds& glasgow);

}  // namespace medverka::criteria
