#include "criteria/scores/sofa.h"

#include <algorithm>

#include "criteria/scores/exact.h"

namespace medverka::criteria {
namespace {

using base::Decimal;

// In hundredths of a kPa: below 13.3, 26.7, 40, 53.3.
constexpr Band kOxygenVentilated[] = {
    {1'329, 4}, {2'669, 3}, {3'999, 2}, {5'329, 1}, {kNoUpperEnd, 0}};
constexpr Band kOxygen[] = {{3'999, 2}, {5'329, 1}, {kNoUpperEnd, 0}};
// In tenths: below 20, 50, 100, 150.
constexpr Band kPlatelets[] = {{199, 4}, {499, 3}, {999, 2}, {1'499, 1}, {kNoUpperEnd, 0}};
constexpr Band kBilirubin[] = {{19, 0}, {32, 1}, {101, 2}, {204, 3}, {kNoUpperEnd, 4}};
constexpr Band kMeanPressure[] = {{6'999, 1}, {kNoUpperEnd, 0}};  // in hundredths: below 70
constexpr Band kGlasgow[] = {{5, 4}, {9, 3}, {12, 2}, {14, 1}, {kNoUpperEnd, 0}};
constexpr Band kCreatinine[] = {{109, 0}, {170, 1}, {299, 2}, {440, 3}, {kNoUpperEnd, 4}};
constexpr Band kUrine[] = {{199, 4}, {499, 3}, {kNoUpperEnd, 0}};

bool Known(const Bounds& value) { return value.low || value.high; }

Points Worse(Points a, Points b) { return {std::max(a.low, b.low), std::max(a.high, b.high)}; }

// PaO2 over the inhaled share: lowest with the lowest pressure and the highest share.
Bounds Quotient(const Bounds& pressure, const Bounds& percent) {
  const auto divide = [](const std::optional<Decimal>& kpa,
                         const std::optional<Decimal>& share) -> std::optional<Decimal> {
    if (!kpa || !share || *share <= Decimal(0) || *kpa < Decimal(0)) return std::nullopt;
    return internal::TwoDigits(internal::Exact(*kpa) * 100 / internal::Exact(*share));
  };
  Bounds quotient;
  quotient.low = divide(pressure.low, percent.high);
  quotient.high = divide(pressure.high, percent.low);
  return quotient;
}

Points Respiration(const SofaInput& input) {
  const Bounds quotient = Quotient(input.pao2_kpa, input.fio2_percent);
  const Points by_itself = PointsOf(kOxygen, quotient, 2);
  const Points ventilated = PointsOf(kOxygenVentilated, quotient, 2);
  if (input.ventilated == Truth::kTrue) return ventilated;
  if (input.ventilated == Truth::kFalse) return by_itself;
  return {by_itself.low, ventilated.high};
}

Bounds MeanPressure(const SofaInput& input) {
  if (Known(input.mean_pressure_mmhg)) return input.mean_pressure_mmhg;
  const auto mean = [](const std::optional<Decimal>& systolic,
                       const std::optional<Decimal>& diastolic) -> std::optional<Decimal> {
    if (!systolic || !diastolic || *systolic < Decimal(0) || *diastolic < Decimal(0))
      return std::nullopt;
    return internal::TwoDigits((internal::Exact(*systolic) + internal::Exact(*diastolic) * 2) / 3);
  };
  Bounds pressure;
  pressure.low = mean(input.systolic_mmhg.low, input.diastolic_mmhg.low);
  pressure.high = mean(input.systolic_mmhg.high, input.diastolic_mmhg.high);
  return pressure;
}

Points Circulation(const SofaInput& input) {
  // A drug that is there gives at least `least`, at most `most` by a dose that is not read.
  const auto drug = [](Truth there, int least, int most) {
    return Points{there == Truth::kTrue ? least : 0, there == Truth::kFalse ? 0 : most};
  };
  Points points = PointsOf(kMeanPressure, MeanPressure(input), 2);
  points = Worse(points, drug(input.norepinephrine, 3, 4));
  points = Worse(points, drug(input.dopamine, 2, 4));
  return Worse(points, drug(input.dobutamine, 2, 2));
}

Points Kidneys(const SofaInput& input) {
  const Points creatinine = PointsOf(kCreatinine, input.creatinine_umol_per_l);
  if (!Known(input.urine_ml_per_day)) return creatinine;
  return Worse(creatinine, PointsOf(kUrine, input.urine_ml_per_day));
}

}  // namespace

Points Sofa(const SofaInput& input) {
  return Respiration(input) + PointsOf(kPlatelets, input.platelets_e9_per_l, 1) +
         PointsOf(kBilirubin, input.bilirubin_umol_per_l) + Circulation(input) +
         PointsOf(kGlasgow, input.glasgow) + Kidneys(input);
}

}  // namespace medverka::criteria
