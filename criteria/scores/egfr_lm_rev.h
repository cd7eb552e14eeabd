// Estimated kidney function by the revised Lund-Malmö formula, the usual one in Sweden.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "criteria/fact.h"
#include "ops/base/decimal.h"

namespace medverka::criteria {

// Why a score has no value. It becomes an unknown with this reason, never an error.
enum class ScoreGap : std::uint8_t {
  kNone,
  kOutsideFormula,  // the formula was not made for this person
  kImplausible,     // an input that cannot be measured
  kSexUnknown,
};
std::string_view Name(ScoreGap gap);  // "outside the formula"

// A value, or the reason why there is none.
template <typename T>
class OrUnknown {
 public:
  OrUnknown(T value)
      : value_(std::move(value)) {}       // NOLINT(google-explicit-constructor): reads as the value
  OrUnknown(ScoreGap gap) : gap_(gap) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return value_.has_value(); }
  const T& value() const { return *value_; }  // REQUIRES: has_value()
  ScoreGap gap() const { return gap_; }       // kNone where there is a value

 private:
  std::optional<T> value_;
  ScoreGap gap_ = ScoreGap::kNone;
};

// Estimated GFR by the revised Lund-Malmö formula (LM-rev), from one creatinine sample.
//   creatinine  plasma, umol/L, above 0
//   age         whole years at the time of the sample, 18 or more
//   returns     mL/min/1.73 m2 as Decimal, two digits: a threshold meets no binary noise
// Unknown: kOutsideFormula (age), kImplausible (creatinine), kSexUnknown.
// Worked: man, 60 y, 80 umol/L -> 79.31; woman, 75 y, 150 umol/L -> 24.68.
// Source: Nyman et al., Clin Chem Lab Med 2014;52(6):815-824.
OrUnknown<base::Decimal> EgfrLmRev(base::Decimal creatinine_umol_per_l, int age_years, Sex sex);

}  // namespace medverka::criteria
