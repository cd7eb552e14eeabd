#include "criteria/scores/compute.h"

#include <array>
#include <functional>

#include "criteria/scores/bmi.h"
#include "criteria/scores/body_surface.h"
#include "criteria/scores/cha2ds2_vasc.h"
#include "criteria/scores/charlson.h"
#include "criteria/scores/creatinine_clearance.h"
#include "criteria/scores/egfr_ckd_epi_2009.h"
#include "criteria/scores/egfr_ckd_epi_2021.h"
#include "criteria/scores/egfr_ekfc.h"
#include "criteria/scores/egfr_lm_rev.h"
#include "criteria/scores/fib4.h"
#include "criteria/scores/has_bled.h"
#include "criteria/scores/news2.h"
#include "criteria/scores/qsofa.h"
#include "criteria/scores/sofa.h"

namespace medverka::criteria {
namespace {

using base::Decimal;
using Score = ScoreQuery::Score;
using Formula = ScoreQuery::Formula;
using Inputs = std::span<const ScoreValue>;

constexpr std::size_t kReportedEgfr = 1;  // among the inputs of eGFR
constexpr std::size_t kNumbersMax = 3;
using Numbers = std::array<Decimal, kNumbersMax>;

// A formula of up to three numbers, and whether it rises with each.
struct Shape {
  std::size_t numbers = 1;
  std::array<bool, kNumbersMax> rises{};
  bool needs_age = true;
  std::function<OrUnknown<Decimal>(const Numbers&, int age_years, Sex)> formula;
};

Shape EgfrShape(Formula formula) {
  Shape shape;
  shape.formula = [formula](const Numbers& in, int age, Sex sex) -> OrUnknown<Decimal> {
    switch (formula) {
      case Formula::kCkdEpi2021:
        return EgfrCkdEpi2021(in[0], age, sex);
      case Formula::kCkdEpi2009:
        return EgfrCkdEpi2009(in[0], age, sex);
      case Formula::kEkfc:
        return EgfrEkfc(in[0], age, sex);
      default:
        return EgfrLmRev(in[0], age, sex);
    }
  };
  return shape;
}

Shape ShapeOf(Score score, Formula formula) {
  switch (score) {
    case Score::kCreatinineClearance:
      return {2, {false, true, false}, true, [](const Numbers& in, int age, Sex sex) {
                return CreatinineClearance(in[0], in[1], age, sex);
              }};
    case Score::kBmi:
      return {2, {true, false, false}, false, [](const Numbers& in, int /*age*/, Sex /*sex*/) {
                return Bmi(in[0], in[1]);
              }};
    case Score::kBodySurface:
      return {2, {true, true, false}, false, [](const Numbers& in, int /*age*/, Sex /*sex*/) {
                return BodySurface(in[0], in[1]);
              }};
    case Score::kFib4:
      return {3, {true, false, false}, true, [](const Numbers& in, int age, Sex /*sex*/) {
                return Fib4(in[0], in[1], in[2], age);
              }};
    default:
      return EgfrShape(formula);
  }
}

// One end of the result: every number at the end that takes it there. Nothing where one of them has
// no such end.
struct End {
  std::optional<Decimal> value;
  bool open = false;
  ScoreGap gap = ScoreGap::kNone;
};
End EndOf(const Shape& shape, Inputs inputs, const ScorePerson& person, bool upper) {
  Numbers numbers;
  End end;
  for (std::size_t i = 0; i < shape.numbers; ++i) {
    const Bounds& bounds = inputs[i].number;
    const bool high = shape.rises[i] == upper;
    const std::optional<Decimal>& bound = high ? bounds.high : bounds.low;
    if (!bound) return {};
    numbers[i] = *bound;
    end.open = end.open || (high ? bounds.high_open : bounds.low_open);
  }
  const auto result = shape.formula(numbers, person.age_years.value_or(0), person.sex);
  if (!result.has_value()) return {std::nullopt, false, result.gap()};
  end.value = result.value();
  return end;
}

ScoreResult OfShape(const Shape& shape, Inputs inputs, const ScorePerson& person) {
  if (shape.needs_age && !person.age_years) return {};
  const End low = EndOf(shape, inputs, person, false);
  const End high = EndOf(shape, inputs, person, true);
  ScoreResult result;
  result.gap = low.gap != ScoreGap::kNone ? low.gap : high.gap;
  if (result.gap != ScoreGap::kNone) return result;
  result.value = {low.value, high.value, low.open, high.open};
  return result;
}

ScoreResult OfPoints(const Points& points) {
  ScoreResult result;
  result.value.low = Decimal(points.low);
  result.value.high = Decimal(points.high);
  return result;
}

Points OfHasBled(Inputs in, const ScorePerson& person) {
  HasBledInput input;
  input.systolic_mmhg = in[0].number;
  input.creatinine_umol_per_l = in[1].number;
  input.kidney = in[2].truth;
  input.liver = in[3].truth;
  input.stroke = in[4].truth;
  input.bleeding = in[5].truth;
  input.vitamin_k_antagonist = in[6].truth;
  input.drugs = in[7].truth;
  input.alcohol = in[8].truth;
  input.age_years = person.age_years;
  return HasBled(input);
}

Points OfNews2(Inputs in) {
  News2Input input;
  input.respiratory_rate = in[0].number;
  input.spo2_percent = in[1].number;
  input.oxygen = in[2].truth;
  input.systolic_mmhg = in[3].number;
  input.pulse = in[4].number;
  input.alert = in[5].truth;
  input.glasgow = in[6].number;
  input.temperature_celsius = in[7].number;
  return News2(input);
}

Points OfSofa(Inputs in) {
  SofaInput input;
  input.pao2_kpa = in[0].number;
  input.fio2_percent = in[1].number;
  input.ventilated = in[2].truth;
  input.platelets_e9_per_l = in[3].number;
  input.bilirubin_umol_per_l = in[4].number;
  input.mean_pressure_mmhg = in[5].number;
  input.systolic_mmhg = in[6].number;
  input.diastolic_mmhg = in[7].number;
  input.norepinephrine = in[8].truth;
  input.dopamine = in[9].truth;
  input.dobutamine = in[10].truth;
  input.glasgow = in[11].number;
  input.creatinine_umol_per_l = in[12].number;
  input.urine_ml_per_day = in[13].number;
  return Sofa(input);
}

Points OfCharlson(Inputs in) {
  std::array<Truth, kCharlsonGroups> groups{};
  for (std::size_t i = 0; i < kCharlsonGroups; ++i) groups[i] = in[i].truth;
  return Charlson(groups);
}

}  // namespace

ScoreResult ComputeScore(Score score, Formula formula, Inputs inputs, const ScorePerson& person) {
  switch (score) {
    case Score::kEgfr:
      if (formula == Formula::kReported) return {inputs[kReportedEgfr].number, ScoreGap::kNone};
      return OfShape(ShapeOf(score, formula), inputs, person);
    case Score::kCreatinineClearance:
    case Score::kBmi:
    case Score::kBodySurface:
    case Score::kFib4:
      return OfShape(ShapeOf(score, formula), inputs, person);
    case Score::kCha2ds2Vasc:
      return OfPoints(
          Cha2ds2Vasc({inputs[0].truth, inputs[1].truth, inputs[2].truth, inputs[3].truth,
                       inputs[4].truth, person.age_years, person.sex}));
    case Score::kHasBled:
      return OfPoints(OfHasBled(inputs, person));
    case Score::kNews2:
      return OfPoints(OfNews2(inputs));
    case Score::kQsofa:
      return OfPoints(
          Qsofa({inputs[0].number, inputs[1].number, inputs[2].number, inputs[3].truth}));
    case Score::kSofa:
      return OfPoints(OfSofa(inputs));
    case Score::kCharlson:
      return OfPoints(OfCharlson(inputs));
  }
  return {};
}

bool ReadsInput(Score score, Formula formula, std::size_t input) {
  return score != Score::kEgfr || (formula == Formula::kReported) == (input == kReportedEgfr);
}

}  // namespace medverka::criteria
