// Charlson comorbidity index, in its adaptation to Swedish registers.
#pragma once

#include <array>

#include "criteria/scores/result.h"

namespace medverka::criteria {

// The diagnoses in the order of score_inputs.cc.
enum class CharlsonGroup : std::uint8_t {
  kMyocardialInfarction,
  kHeartFailure,
  kPeripheralVascular,
  kCerebrovascular,
  kCopd,
  kOtherLung,
  kRheumatic,
  kDementia,
  kHemiplegia,
  kDiabetes,
  kDiabetesComplicated,
  kKidney,
  kMildLiver,
  kAscites,
  kSevereLiver,
  kUlcer,
  kCancer,
  kMetastatic,
  kHiv,
};
inline constexpr std::size_t kCharlsonGroups = 19;

// 1 point each; 2 for hemiplegia, diabetes with complications, kidney disease and cancer; 3 for
// severe liver disease (mild with ascites is severe); 6 for metastatic cancer, and HIV and AIDS.
// The worse of a pair (diabetes, liver, cancer) counts alone. 0 to 30; not adjusted for age. An
// unknown counts both ways.
//   diagnoses  at any time before, or as the time clause says; by the built-in ICD-10-SE codes, not
//              recorded is no
// Worked: heart infarct, COPD, diabetes with complications -> 4; cancer, then metastases -> 6.
// Source: Charlson et al., J Chronic Dis 1987;40(5):373-383; Ludvigsson et al., Clin Epidemiol
// 2021;13:21-41, whose codes for counselling and screening for HIV are left out.
Points Charlson(const std::array<Truth, kCharlsonGroups>& groups);

}  // namespace medverka::criteria
