#include "criteria/internal/exact.h"

#include <cstdlib>

namespace medverka::criteria::internal {

using base::Decimal;

namespace {

using Whole = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<>,
                                            boost::multiprecision::et_off>;

Whole PowerOfTen(int exponent) {
  return boost::multiprecision::pow(Whole(10), static_cast<unsigned>(exponent));
}

}  // namespace

Fraction ExactOf(const Decimal& value) {
  const Fraction power(PowerOfTen(std::abs(value.scale())));
  const Fraction coefficient(value.coefficient());
  return value.scale() >= 0 ? coefficient / power : coefficient * power;
}

std::optional<Decimal> ShownOf(const Fraction& value, int digits) {
  const Fraction scaled = value * Fraction(PowerOfTen(digits)) + Fraction(1, 2);
  const Whole top = numerator(scaled);
  const Whole bottom = denominator(scaled);
  Whole rounded = top / bottom;
  if (top < 0 && rounded * bottom != top) --rounded;
  while (digits > 0 && rounded % 10 == 0) {
    rounded /= 10;
    --digits;
  }
  if (abs(rounded) >= PowerOfTen(Decimal::kDigitsMax)) return std::nullopt;
  return Decimal(static_cast<std::int64_t>(rounded), digits);
}

Interval IntervalOf(const Bounds& bounds) {
  Interval interval;
  if (bounds.low) interval.low = ExactOf(*bounds.low);
  if (bounds.high) interval.high = ExactOf(*bounds.high);
  interval.low_open = bounds.low_open;
  interval.high_open = bounds.high_open;
  return interval;
}

Interval Sum(const Interval& a, const Interval& b) {
  Interval sum;
  if (a.low && b.low) sum.low = *a.low + *b.low;
  if (a.high && b.high) sum.high = *a.high + *b.high;
  sum.low_open = a.low_open || b.low_open;
  sum.high_open = a.high_open || b.high_open;
  return sum;
}

Interval Times(const Interval& a, const Fraction& factor) {
  Interval product;
  if (factor == 0) {
    product.low = product.high = Fraction(0);
    return product;
  }
  if (a.low) product.low = *a.low * factor;
  if (a.high) product.high = *a.high * factor;
  product.low_open = a.low_open;
  product.high_open = a.high_open;
  if (factor < 0) {
    std::swap(product.low, product.high);
    std::swap(product.low_open, product.high_open);
  }
  return product;
}

Truth CompareOrders(CompareOp op, const Order& low, bool low_open, const Order& high,
                    bool high_open) {
  const bool low_above = low && *low > 0;
  const bool low_at = low && *low == 0;
  const bool high_below = high && *high < 0;
  const bool high_at = high && *high == 0;
  const auto settle = [](bool surely, bool never) {
    return surely ? Truth::kTrue : never ? Truth::kFalse : Truth::kUnknown;
  };
  switch (op) {
    case CompareOp::kGreaterEqual:
      return settle(low_above || low_at, high_below || (high_at && high_open));
    case CompareOp::kGreater:
      return settle(low_above || (low_at && low_open), high_below || high_at);
    case CompareOp::kLessEqual:
      return settle(high_below || high_at, low_above || (low_at && low_open));
    case CompareOp::kLess:
      return settle(high_below || (high_at && high_open), low_above || low_at);
    case CompareOp::kEqual:
      return settle(low_at && high_at && !low_open && !high_open,
                    low_above || (low_at && low_open) || high_below || (high_at && high_open));
  }
  return Truth::kUnknown;
}

Truth Compare(const Interval& number, CompareOp op, const Fraction& limit) {
  const auto order = [&](const std::optional<Fraction>& bound) -> Order {
    if (!bound) return std::nullopt;
    return *bound < limit   ? std::strong_ordering::less
           : *bound > limit ? std::strong_ordering::greater
                            : std::strong_ordering::equal;
  };
  return CompareOrders(op, order(number.low), number.low_open, order(number.high),
                       number.high_open);
}

}  // namespace medverka::criteria::internal
