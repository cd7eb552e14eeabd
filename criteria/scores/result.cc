#include "criteria/scores/result.h"

#include <algorithm>

namespace medverka::criteria {

std::string_view Name(ScoreGap gap) {
  constexpr std::string_view kNames[] = {"", "outside the formula", "implausible", "sex unknown"};
  return kNames[static_cast<int>(gap)];
}

base::Decimal EgfrOf(double ml_per_min) {
  constexpr int kDigits = 2;
  return base::Decimal::FromDouble(std::min<double>(ml_per_min, kNoUpperEnd), kDigits);
}

int InLastDigit(const base::Decimal& value, int digits) {
  constexpr std::int64_t kClamp = kNoUpperEnd;
  std::int64_t number = value.coefficient();
  int scale = value.scale();
  while (scale < digits) {
    if (number > kClamp || number < -kClamp) break;  // far beyond any table, and ten times is more
    number *= 10;
    ++scale;
  }
  std::int64_t unit = 1;
  while (scale > digits && unit <= INT64_MAX / 10) {
    unit *= 10;
    --scale;
  }
  if (scale > digits) return 0;  // smaller than a last digit can show
  std::int64_t quotient = number / unit;
  std::int64_t rest = number % unit;
  if (rest < 0) {
    rest += unit;
    --quotient;
  }
  if (unit > 1 && rest >= unit / 2) ++quotient;
  return static_cast<int>(std::clamp(quotient, -kClamp, kClamp));
}

}  // namespace medverka::criteria
