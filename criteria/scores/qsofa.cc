#include "criteria/scores/qsofa.h"

#include "criteria/scores/news2.h"

namespace medverka::criteria {
namespace {

constexpr Band kRespiration[] = {{21, 0}, {kNoUpperEnd, 1}};
constexpr Band kSystolic[] = {{100, 1}, {kNoUpperEnd, 0}};

}  // namespace

Points Qsofa(const QsofaInput& input) {
  const Truth by_glasgow = AlertOr(Truth::kUnknown, input.glasgow);
  const Truth alert = by_glasgow == Truth::kUnknown ? input.alert : by_glasgow;
  return PointsOf(kRespiration, input.respiratory_rate) + PointsOf(kSystolic, input.systolic_mmhg) +
         PointsIf(Not(alert), 1);
}

}  // namespace medverka::criteria
