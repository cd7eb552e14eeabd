#include "criteria/scores/has_bled.h"

namespace medverka::criteria {
namespace {

// Does every value between the bounds reach the limit, or none?
Truth Reaches(const Bounds& value, const base::Decimal& limit) {
  if (value.low && *value.low >= limit) return Truth::kTrue;
  if (value.high && (*value.high < limit || (*value.high == limit && value.high_open)))
    return Truth::kFalse;
  return Truth::kUnknown;
}

Truth Exceeds(const Bounds& value, const base::Decimal& limit) {
  if (value.low && (*value.low > limit || (*value.low == limit && value.low_open)))
    return Truth::kTrue;
  if (value.high && *value.high <= limit) return Truth::kFalse;
  return Truth::kUnknown;
}

}  // namespace

Points HasBled(const HasBledInput& input) {
  constexpr base::Decimal kUncontrolledMmhg(160);
  constexpr base::Decimal kKidneyUmolPerL(200);
  constexpr int kElderlyAbove = 65;
  const Truth kidney = Or(input.kidney, Reaches(input.creatinine_umol_per_l, kKidneyUmolPerL));
  const Truth elderly =
      input.age_years ? FromBool(*input.age_years > kElderlyAbove) : Truth::kUnknown;
  return PointsIf(Exceeds(input.systolic_mmhg, kUncontrolledMmhg), 1) + PointsIf(kidney, 1) +
         PointsIf(input.liver, 1) + PointsIf(input.stroke, 1) + PointsIf(input.bleeding, 1) +
         PointsIf(And(input.vitamin_k_antagonist, Truth::kUnknown), 1) + PointsIf(elderly, 1) +
         PointsIf(input.drugs, 1) + PointsIf(input.alcohol, 1);
}

}  // namespace medverka::criteria
