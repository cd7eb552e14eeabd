#include "criteria/scores/exact.h"

#include <algorithm>

namespace medverka::criteria::internal {
namespace {

constexpr int kDigits = 2;
constexpr int kUnits = 100;

base::Decimal Bounded(const Integer& hundredths) {
  const Integer limit = Integer(kScoreMax) * kUnits;
  return {static_cast<std::int64_t>(hundredths < limit ? hundredths : limit), kDigits};
}

}  // namespace

Rational Exact(const base::Decimal& value) {
  const Integer power = boost::multiprecision::pow(
      Integer(10), static_cast<unsigned>(std::max<int>(value.scale(), -value.scale())));
  return value.scale() >= 0 ? Rational(Integer(value.coefficient()), power)
                            : Rational(Integer(value.coefficient()) * power);
}

base::Decimal TwoDigits(const Rational& value) {
  const Rational half_up = value * kUnits + Rational(1, 2);
  return Bounded(numerator(half_up) / denominator(half_up));
}

base::Decimal TwoDigitsOfRoot(const Rational& value) {
  // n hundredths, where n <= 100 root + 1/2 < n + 1: n is the floor of (200 root + 1) / 2, and the
  // floor of 200 root is a whole-number root.
  const Rational scaled = value * (4 * kUnits * kUnits);
  const Integer floor_of_twice = sqrt(Integer(numerator(scaled) / denominator(scaled)));
  return Bounded((floor_of_twice + 1) / 2);
}

}  // namespace medverka::criteria::internal
