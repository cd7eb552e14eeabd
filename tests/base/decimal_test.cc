// Decimals: what is read and refused, what is printed, and that comparing is exact over the whole
// range. The reference for comparing is long integer arithmetic, the slow obvious way.
#include "ops/base/decimal.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <string>

namespace medverka::base {
namespace {

using boost::multiprecision::cpp_int;

Decimal D(std::string_view text) {
  const auto parsed = Decimal::Parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(Decimal());
}

TEST(Decimal, KeepsDigitsAsWritten) {
  for (const char* text :
       {"0", "62", "62.0", "62.00", "-0.5", "0.001", "123456789012345678", "-99.9"}) {
    EXPECT_EQ(D(text).ToString(), text);
  }
}

TEST(Decimal, PrintsWithoutExponent) {
  EXPECT_EQ(D("1e3").ToString(), "1000");
  EXPECT_EQ(D("1.5E+2").ToString(), "150");
  EXPECT_EQ(D("1.50e-3").ToString(), "0.00150");
  EXPECT_EQ(D("-25e-1").ToString(), "-2.5");
  EXPECT_EQ(D("0e5").ToString(), "0");
  EXPECT_EQ(D("1e30").ToString(), "1" + std::string(30, '0'));
}

TEST(Decimal, ReadsSignAndLeadingZerosBeyondJson) {
  EXPECT_EQ(D("+007.50"), D("7.5"));
  EXPECT_EQ(D("-0"), D("0"));
}

TEST(Decimal, RefusesWhatIsNoNumber) {
  for (const char* text :
       {"",    "-",        "+",   ".",     "1.",   ".5",     "1,5",
        "1e",  "1e+",      "e5",  "1.2.3", "0x10", "1 ",     " 1",
        "NaN", "Infinity", "--1", "1e5.0", "12a",  "1e1001", "1e99999999999999999999"}) {
    EXPECT_FALSE(Decimal::Parse(text).has_value()) << text;
  }
}

TEST(Decimal, RefusesWhatIsNoMeasurement) {
  EXPECT_FALSE(Decimal::Parse(std::string(400, '9')).has_value());
  EXPECT_FALSE(Decimal::Parse("1234567890123456789").has_value());  // 19 digits
  EXPECT_TRUE(
      Decimal::Parse("000000123456789012345678").has_value());  // leading zeros are no digits
  EXPECT_FALSE(Decimal::Parse("1e31").has_value());
  EXPECT_FALSE(Decimal::Parse("1e-31").has_value());
  EXPECT_FALSE(Decimal::Parse("0." + std::string(31, '0')).has_value());
  EXPECT_FALSE(Decimal::Parse("0." + std::string(100'000, '0') + "1").has_value());
  EXPECT_TRUE(Decimal::Parse("0." + std::string(29, '0') + "1").has_value());
}

TEST(Decimal, ComparesByValueNotByDigits) {
  EXPECT_EQ(D("62"), D("62.000"));
  EXPECT_EQ(D("0"), D("0.000"));
  EXPECT_EQ(D("-0.0"), D("0e9"));
  EXPECT_LT(D("61.99999999999999"), D("62"));
  EXPECT_LT(D("-62.1"), D("-62"));
  EXPECT_LT(D("-1e30"), D("1e-30"));
  EXPECT_GT(D("1e-30"), D("0"));
  EXPECT_LT(D("0.1"), D("0.10000000000000001"));
}

// Both as whole numbers of 10^-30.
cpp_int Scaled(std::int64_t coefficient, int scale) {
  return cpp_int(coefficient) *
         boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(30 - scale));
}

RC_GTEST_PROP(DecimalProperty, ComparesAsLongIntegersDo, ()) {
  const auto a = *rc::gen::arbitrary<std::int64_t>();
  const auto scale_a = *rc::gen::inRange(-30, 31);
  const auto scale_b = *rc::gen::inRange(-30, 31);
  // Half of the cases lie near each other in value, where it matters.
  std::int64_t b = *rc::gen::arbitrary<std::int64_t>();
  if (*rc::gen::arbitrary<bool>()) {
    cpp_int near = Scaled(a, scale_a) /
                   boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(30 - scale_b));
    near += *rc::gen::inRange(-1, 2);
    if (abs(near) < cpp_int(INT64_MAX)) b = static_cast<std::int64_t>(near);
  }
  const cpp_int left = Scaled(a, scale_a);
  const cpp_int right = Scaled(b, scale_b);
  const Decimal x(a, scale_a);
  const Decimal y(b, scale_b);
  RC_ASSERT((x < y) == (left < right));
  RC_ASSERT((x == y) == (left == right));
  RC_ASSERT((y < x) == (right < left));
}

TEST(Decimal, ComparesAtTheEdgesOfItsRange) {
  const std::int64_t edges[] = {INT64_MIN, INT64_MIN + 1, -10,      -1, 0, 1, 9,
                                10,        INT64_MAX - 1, INT64_MAX};
  for (const auto a : edges) {
    for (const auto b : edges) {
      for (int apart = 0; apart <= 60; ++apart) {
        const int scale_a = -30;
        const int scale_b = -30 + apart;
        EXPECT_EQ(Decimal(a, scale_a) < Decimal(b, scale_b),
                  Scaled(a, scale_a) < Scaled(b, scale_b))
            << a << " " << b << " " << apart;
        EXPECT_EQ(Decimal(b, scale_b) < Decimal(a, scale_a),
                  Scaled(b, scale_b) < Scaled(a, scale_a))
            << a << " " << b << " " << apart;
      }
    }
  }
}

RC_GTEST_PROP(DecimalProperty, ReadsBackWhatItPrints, ()) {
  const auto coefficient =
      *rc::gen::inRange<std::int64_t>(-999'999'999'999'999'999, 1'000'000'000'000'000'000);
  const auto scale = *rc::gen::inRange(0, 31);
  const Decimal value(coefficient, scale);
  const auto again = Decimal::Parse(value.ToString());
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == value);
  RC_ASSERT(again->ToString() == value.ToString());
}

TEST(Decimal, RoundsFormulasToTheNearest) {
  EXPECT_EQ(Decimal::FromDouble(79.3149, 2).ToString(), "79.31");
  EXPECT_EQ(Decimal::FromDouble(79.315001, 2).ToString(), "79.32");
  EXPECT_EQ(Decimal::FromDouble(-0.004, 2), Decimal(0));
  EXPECT_EQ(Decimal::FromDouble(5.0, 0).ToString(), "5");
}

TEST(Decimal, BecomesTheNearestDouble) {
  for (const char* text :
       {"0.1", "62.0", "-88.42", "123456789.123456789", "1e30", "1e-30", "0.7"}) {
    EXPECT_EQ(D(text).ToDouble(), std::stod(text)) << text;
  }
  EXPECT_EQ(Decimal(INT64_MIN, 5).ToDouble(), -92233720368547.75808);
}

}  // namespace
}  // namespace medverka::base
