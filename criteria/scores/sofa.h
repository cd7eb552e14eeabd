// SOFA: sequential organ failure assessment.
#pragma once

#include "criteria/scores/result.h"

namespace medverka::criteria {

// Points                  1          2          3                       4
//   PaO2/FiO2, kPa        < 53.3     < 40       < 26.7 and ventilated   < 13.3 and ventilated
//   platelets, 10*9/L     < 150      < 100      < 50                    < 20
//   bilirubin, umol/L     20-32      33-101     102-204                 > 204
//   circulation           MAP < 70   dobutamine (nor)epinephrine <= 0.1 (nor)epinephrine > 0.1
//   Glasgow Coma Scale    13-14      10-12      6-9                     < 6
//   creatinine, umol/L    110-170    171-299    300-440                 > 440
//   or urine, mL a day                          < 500                   < 200
//
// 0 to 24 points. A value that is not known counts with every row of its own; values are rounded
// half up to the table's last digit, the oxygen quotient and the mean pressure to two digits.
//   mean pressure  as measured, else a third of systolic and two thirds of diastolic
//   vasopressors   by their orders; doses per kg and minute are not read: norepinephrine or
//                  epinephrine 3 to 4, dopamine 2 to 4, dobutamine 2; not recorded is none
//   ventilation    by its procedure code; not recorded is unknown
//   urine          counts where it is recorded
//   all            within 24 hours of the newest (score.h); of each the latest, not the worst
// Worked: 50 kPa on 21 %, 200, 10, MAP 80, 15, 80 -> 0; 10 kPa on 50 % ventilated, 80, 40, MAP 60,
// 12, 200 -> 12.
// Source: Vincent et al., Intensive Care Med 1996;22(7):707-710.
struct SofaInput {
  Bounds pao2_kpa;
  Bounds fio2_percent;
  Truth ventilated = Truth::kUnknown;
  Bounds platelets_e9_per_l;
  Bounds bilirubin_umol_per_l;
  Bounds mean_pressure_mmhg;
  Bounds systolic_mmhg;  // read with diastolic where the mean pressure is not known
  Bounds diastolic_mmhg;
  Truth norepinephrine = Truth::kFalse;  // or epinephrine
  Truth dopamine = Truth::kFalse;
  Truth dobutamine = Truth::kFalse;
  Bounds glasgow;
  Bounds creatinine_umol_per_l;
  Bounds urine_ml_per_day;
};
Points Sofa(const SofaInput& input);

}  // namespace medverka::criteria
