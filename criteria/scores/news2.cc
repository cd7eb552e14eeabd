#include "criteria/scores/news2.h"

namespace medverka::criteria {
namespace {

constexpr Band kRespiration[] = {{8, 3}, {11, 1}, {20, 0}, {24, 2}, {kNoUpperEnd, 3}};
constexpr Band kSaturation[] = {{91, 3}, {93, 2}, {95, 1}, {kNoUpperEnd, 0}};
constexpr Band kSystolic[] = {{90, 3}, {100, 2}, {110, 1}, {219, 0}, {kNoUpperEnd, 3}};
constexpr Band kPulse[] = {{40, 3}, {50, 1}, {90, 0}, {110, 1}, {130, 2}, {kNoUpperEnd, 3}};
// In tenths of a degree.
constexpr Band kTemperature[] = {{350, 3}, {360, 1}, {380, 0}, {390, 1}, {kNoUpperEnd, 2}};

}  // namespace

Truth AlertOr(Truth alert, const Bounds& glasgow) {
  constexpr base::Decimal kFull(15);
  if (alert != Truth::kUnknown) return alert;
  if (glasgow.low && *glasgow.low >= kFull) return Truth::kTrue;
  const bool below =
      glasgow.high && (*glasgow.high < kFull || (*glasgow.high == kFull && glasgow.high_open));
  return below ? Truth::kFalse : Truth::kUnknown;
}

Points News2(const News2Input& input) {
  return PointsOf(kRespiration, input.respiratory_rate) +
         PointsOf(kSaturation, input.spo2_percent) + PointsIf(input.oxygen, 2) +
         PointsOf(kSystolic, input.systolic_mmhg) + PointsOf(kPulse, input.pulse) +
         PointsIf(Not(AlertOr(input.alert, input.glasgow)), 3) +
         PointsOf(kTemperature, input.temperature_celsius, 1);
}

}  // namespace medverka::criteria
