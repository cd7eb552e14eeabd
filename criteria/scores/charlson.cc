#include "criteria/scores/charlson.h"

#include <algorithm>

namespace medverka::criteria {
namespace {

// The worse of two grades of one disease.
Points Pair(Truth mild, int mild_points, Truth severe, int severe_points) {
  const Points a = PointsIf(mild, mild_points);
  const Points b = PointsIf(severe, severe_points);
  return {std::max(a.low, b.low), std::max(a.high, b.high)};
}

}  // namespace

Points Charlson(const std::array<Truth, kCharlsonGroups>& groups) {
  using enum CharlsonGroup;
  const auto is = [&](CharlsonGroup group) { return groups[static_cast<std::size_t>(group)]; };
  Points points;
  for (const CharlsonGroup group :
       {kMyocardialInfarction, kHeartFailure, kPeripheralVascular, kCerebrovascular, kCopd,
        kOtherLung, kRheumatic, kDementia, kUlcer}) {
    points = points + PointsIf(is(group), 1);
  }
  const Truth severe_liver = Or(is(kSevereLiver), And(is(kMildLiver), is(kAscites)));
  return points + PointsIf(is(kHemiplegia), 2) + PointsIf(is(kKidney), 2) + PointsIf(is(kHiv), 6) +
         Pair(is(kDiabetes), 1, is(kDiabetesComplicated), 2) +
         Pair(is(kMildLiver), 1, severe_liver, 3) + Pair(is(kCancer), 2, is(kMetastatic), 6);
}

}  // namespace medverka::criteria
