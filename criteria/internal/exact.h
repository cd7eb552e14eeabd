// Fractions without rounding, for sums and differences of results that are held against a limit.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <compare>
#include <optional>

#include "criteria/fact.h"
#include "criteria/program.h"

namespace medverka::criteria::internal {

// Without expression templates: an `auto` never holds a half of a calculation.
using Fraction = boost::multiprecision::number<boost::multiprecision::cpp_rational_backend,
                                               boost::multiprecision::et_off>;

Fraction ExactOf(const base::Decimal& value);
// Rounded half up to `digits` after the point and then without trailing zeros, for showing.
// nullopt: more digits than a Decimal keeps.
std::optional<base::Decimal> ShownOf(const Fraction& value, int digits);

// An interval of numbers; a side that is missing is unbounded.
struct Interval {
  std::optional<Fraction> low;
  std::optional<Fraction> high;
  bool low_open = false;
  bool high_open = false;
};
Interval IntervalOf(const Bounds& bounds);
Interval Sum(const Interval& a, const Interval& b);
Interval Times(const Interval& a, const Fraction& factor);

// Does the comparison hold for all numbers of the interval, for none, or for some? Given how its
// bounds lie to the limit, or the limit.
using Order = std::optional<std::strong_ordering>;
Truth CompareOrders(CompareOp op, const Order& low, bool low_open, const Order& high,
                    bool high_open);
Truth Compare(const Interval& number, CompareOp op, const Fraction& limit);

}  // namespace medverka::criteria::internal
