// HAS-BLED: risk of major bleeding under anticoagulation.
#pragma once

#include "criteria/scores/result.h"

namespace medverka::criteria {

// One point each: systolic pressure above 160 mmHg; kidney disease (dialysis, transplant, or
// creatinine 200 umol/L or more); liver disease; stroke; bleeding or a tendency to it; labile INR;
// age above 65; platelet inhibitors or NSAID; alcohol. 0 to 9. An unknown counts both ways.
//   systolic, creatinine  not older than a year, or as the time clause says; not recorded: unknown
//   diagnoses             by the built-in ICD-10-SE codes, not recorded is no. Bleeding inside the
//                         head is bleeding, not stroke: one point, not two
//   labile INR            a journal does not tell the time in range: unknown while a vitamin K
//                         antagonist goes on, else no
//   liver, alcohol        by diagnosis alone; drinks a week are for an `ask`
// Worked: 70 y, systolic 170, creatinine 90, warfarin -> 2 to 3; 60 y, systolic 120, creatinine 80,
// no more -> 0.
// Source: Pisters et al., Chest 2010;138(5):1093-1100.
struct HasBledInput {
  Bounds systolic_mmhg;
  Bounds creatinine_umol_per_l;
  Truth kidney = Truth::kFalse;
  Truth liver = Truth::kFalse;
  Truth stroke = Truth::kFalse;
  Truth bleeding = Truth::kFalse;
  Truth vitamin_k_antagonist = Truth::kFalse;
  Truth drugs = Truth::kFalse;
  Truth alcohol = Truth::kFalse;
  std::optional<int> age_years;
};
Points HasBled(const HasBledInput& input);

}  // namespace medverka::criteria
