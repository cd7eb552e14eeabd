// What a score comes to: a value, an interval of points, or the reason why there is none.
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

// The result of an eGFR formula: two digits, half up, at most a thousand million.
base::Decimal EgfrOf(double ml_per_min);

// A sum of points of which some may not be known: from low to high, both possible.
struct Points {
  int low = 0;
  int high = 0;
  friend bool operator==(const Points&, const Points&) = default;
};
constexpr Points operator+(Points a, Points b) { return {a.low + b.low, a.high + b.high}; }
// `points` if it is so, 0 if not, either where it is not known.
constexpr Points PointsIf(Truth truth, int points) {
  return {truth == Truth::kTrue ? points : 0, truth == Truth::kFalse ? 0 : points};
}

// One row of a table of points: values up to and with `upto` that no earlier row has.
struct Band {
  int upto = 0;  // in units of the last digit the table is told in
  int points = 0;
};
inline constexpr int kNoUpperEnd = 1'000'000'000;
// The points of all values that lie between the bounds, rounded half up to `digits` after the
// point, as a table of points is told. No bound at all: any row. REQUIRES: the last row's `upto` is
// kNoUpperEnd.
template <typename Bands>
Points PointsOf(const Bands& bands, const Bounds& value, int digits = 0);

// The value in units of 10^-digits, half up; clamped to a thousand million.
int InLastDigit(const base::Decimal& value, int digits);

template <typename Bands>
Points PointsOf(const Bands& bands, const Bounds& value, int digits) {
  const auto row_of = [&](const base::Decimal& number) {
    const int whole = InLastDigit(number, digits);
    std::size_t row = 0;
    while (bands[row].upto < whole) ++row;
    return row;
  };
  const std::size_t last_row = std::size(bands) - 1;
  const std::size_t first = value.low ? row_of(*value.low) : 0;
  const std::size_t last = value.high ? row_of(*value.high) : last_row;
  Points points{bands[first].points, bands[first].points};
  for (std::size_t row = first + 1; row <= last; ++row) {
    if (bands[row].points < points.low) points.low = bands[row].points;
    if (bands[row].points > points.high) points.high = bands[row].points;
  }
  return points;
}

}  // namespace medverka::criteria
