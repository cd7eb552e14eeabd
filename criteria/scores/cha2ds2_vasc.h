// CHA2DS2-VASc: risk of stroke in atrial fibrillation.
#pragma once

#include "criteria/scores/result.h"

namespace medverka::criteria {

// Heart failure 1, hypertension 1, age 75 or more 2 (65 to 74: 1), diabetes 1, stroke, TIA or
// systemic embolism 2, vascular disease 1, woman 1: 0 to 9 points. An unknown counts both ways.
//   diagnoses  at any time before, or as the time clause says; by the built-in ICD-10-SE codes, not
//              recorded is no
//   age        whole years now; nullopt: not known
// Worked: woman, 76 y, hypertension -> 4; man, 60 y, none -> 0; man, 70 y, stroke -> 3.
// Source: Lip et al., Chest 2010;137(2):263-272.
struct Cha2ds2VascInput {
  Truth heart_failure = Truth::kFalse;
  Truth hypertension = Truth::kFalse;
  Truth diabetes = Truth::kFalse;
  Truth stroke = Truth::kFalse;
  Truth vascular = Truth::kFalse;
  std::optional<int> age_years;
  Sex sex = Sex::kUnknown;
};
Points Cha2ds2Vasc(const Cha2ds2VascInput& input);

}  // namespace medverka::criteria
