// A decimal number as people write it, so that no threshold ever meets binary noise: 62.0
// stays 62.0.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace medverka::base {

// coefficient x 10^-scale. Keeps the digits as written ("62.0" prints as "62.0", equals 62).
// Limits: 18 significant digits, scale -30 to 30; more than that is not a measurement but a
// mistake.
class Decimal {
 public:
  static constexpr int kDigitsMax = 18;
  static constexpr int kScaleMax = 30;

  constexpr Decimal() = default;
  constexpr explicit Decimal(std::int64_t whole) : coefficient_(whole) {}
  constexpr Decimal(std::int64_t coefficient, int scale)
      : coefficient_(coefficient), scale_(static_cast<std::int8_t>(scale)) {}

  // Reads JSON's number grammar ("-12.50", "1e3") and, beyond it, a leading "+" and leading zeros.
  // nullopt: not a number, or beyond the limits above. Comma is not accepted here.
  static std::optional<Decimal> Parse(std::string_view text);

  // Nearest decimal with `digits` after the point. For results of formulas (eGFR), not for input.
  static Decimal FromDouble(double value, int digits);

  // As written, without an exponent.
  std::string ToString() const;
  double ToDouble() const;

  std::int64_t coefficient() const { return coefficient_; }
  int scale() const { return scale_; }
  bool is_zero() const { return coefficient_ == 0; }

  // By value: 62 == 62.0. Exact for all values within the limits.
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

 private:
  std::int64_t coefficient_ = 0;
  std::int8_t scale_ = 0;
};

}  // namespace medverka::base
