// Idea: a decimal is an integer and a power of ten, so comparing two is bringing them to one power
// of ten. When the powers are 19 or more apart, the number with the larger power is the larger in
// size, because an int64 has at most 19 digits; when they are closer, the product fits 128 bits. So
// no comparison needs longer integers.
#include "ops/base/decimal.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "ops/base/check.h"
#include "ops/base/format.h"

namespace medverka::base {
namespace {

__extension__ using Int128 = __int128;

constexpr int kInt64Digits = 19;

constexpr std::array<std::int64_t, kInt64Digits> kPowersOfTen = [] {
  std::array<std::int64_t, kInt64Digits> powers{};
  std::int64_t power = 1;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    powers[i] = power;
    if (i + 1 < powers.size()) power *= 10;
  }
  return powers;
}();

int Sign(std::int64_t value) { return value > 0 ? 1 : value < 0 ? -1 : 0; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Digits gathered left to right; leading zeros are not significant.
struct Digits {
  std::int64_t coefficient = 0;
  int significant = 0;

  bool Add(char c) {
    if (significant > 0 || c != '0') ++significant;
    if (significant > Decimal::kDigitsMax) return false;
    coefficient = coefficient * 10 + (c - '0');
    return true;
  }
};

// The exponent behind "e"; nullopt where it is none, or so large that no number with it is within
// the limits.
std::optional<int> ParseExponent(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  constexpr int kExponentMax = 1000;  // far beyond the limits, far below overflow
  int exponent = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    exponent = exponent * 10 + (c - '0');
    if (exponent > kExponentMax) return std::nullopt;
  }
  return negative ? -exponent : exponent;
}

}  // namespace

std::optional<Decimal> Decimal::Parse(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  Digits digits;
  std::size_t at = 0;
  for (; at < text.size() && IsDigit(text[at]); ++at) {
    if (!digits.Add(text[at])) return std::nullopt;
  }
  if (at == 0) return std::nullopt;
  int scale = 0;
  if (at < text.size() && text[at] == '.') {
    const std::size_t first = ++at;
    for (; at < text.size() && IsDigit(text[at]); ++at) {
      if (++scale > 2 * kScaleMax || !digits.Add(text[at])) return std::nullopt;
    }
    if (at == first) return std::nullopt;
  }
  if (at < text.size()) {
    if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
    const auto exponent = ParseExponent(text.substr(at + 1));
    if (!exponent.has_value()) return std::nullopt;
    scale -= *exponent;
  }
  if (scale > kScaleMax || scale < -kScaleMax) return std::nullopt;
  return Decimal(negative ? -digits.coefficient : digits.coefficient, scale);
}

Decimal Decimal::FromDouble(double value, int digits) {
  MEDVERKA_CHECK(std::isfinite(value) && digits >= 0 && digits <= kDigitsMax);
  // Printing to n digits rounds the exact binary value, so nothing is rounded twice.
  const auto parsed = Parse(fmt::format("{:.{}f}", value, digits));
  MEDVERKA_CHECK(parsed.has_value());
  return *parsed;
}

std::string Decimal::ToString() const {
  std::string digits = fmt::format("{}", coefficient_);
  const bool negative = coefficient_ < 0;
  if (negative) digits.erase(0, 1);
  if (scale_ < 0 && coefficient_ != 0) {
    digits.append(static_cast<std::size_t>(-scale_), '0');
  } else if (scale_ > 0) {
    const auto after_point = static_cast<std::size_t>(scale_);
    if (digits.size() <= after_point) digits.insert(0, after_point + 1 - digits.size(), '0');
    digits.insert(digits.size() - after_point, 1, '.');
  }
  return negative ? "-" + digits : digits;
}

double Decimal::ToDouble() const {
  // Both numbers are exact doubles here, so the one division rounds correctly.
  constexpr std::int64_t kExactMax = std::int64_t{1} << 53;
  if (scale_ >= 0 && scale_ < kInt64Digits && coefficient_ <= kExactMax &&
      coefficient_ >= -kExactMax && kPowersOfTen[static_cast<std::size_t>(scale_)] <= kExactMax) {
    return static_cast<double>(coefficient_) /
           static_cast<double>(kPowersOfTen[static_cast<std::size_t>(scale_)]);
  }
  const std::string text = ToString();
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a.scale_ == b.scale_) return a.coefficient_ <=> b.coefficient_;
  const int sign_a = Sign(a.coefficient_);
  const int sign_b = Sign(b.coefficient_);
  if (sign_a != sign_b || sign_a == 0) return sign_a <=> sign_b;

  const int apart = b.scale_ - a.scale_;  // above 0: a has the larger power of ten
  if (apart >= kInt64Digits)
    return sign_a > 0 ? std::strong_ordering::greater : std::strong_ordering::less;
  if (apart <= -kInt64Digits)
    return sign_a > 0 ? std::strong_ordering::less : std::strong_ordering::greater;
  Int128 left = a.coefficient_;
  Int128 right = b.coefficient_;
  if (apart > 0) {
    left *= kPowersOfTen[static_cast<std::size_t>(apart)];
  } else {
    right *= kPowersOfTen[static_cast<std::size_t>(-apart)];
  }
  return left < right   ? std::strong_ordering::less
         : left > right ? std::strong_ordering::greater
                        : std::strong_ordering::equal;
}

}  // namespace medverka::base
