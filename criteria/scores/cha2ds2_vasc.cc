#include "criteria/scores/cha2ds2_vasc.h"

namespace medverka::criteria {
namespace {

Points OfAge(std::optional<int> age_years) {
  constexpr int kOld = 75;
  constexpr int kElderly = 65;
  if (!age_years) return {0, 2};
  const int points = *age_years >= kOld ? 2 : *age_years >= kElderly ? 1 : 0;
  return {points, points};
}

}  // namespace

Points Cha2ds2Vasc(const Cha2ds2VascInput& input) {
  const Truth woman =
      input.sex == Sex::kUnknown ? Truth::kUnknown : FromBool(input.sex == Sex::kFemale);
  return PointsIf(input.heart_failure, 1) + PointsIf(input.hypertension, 1) +
         OfAge(input.age_years) + PointsIf(input.diabetes, 1) + PointsIf(input.stroke, 2) +
         PointsIf(input.vascular, 1) + PointsIf(woman, 1);
}

}  // namespace medverka::criteria
