// Whole-number arithmetic for formulas of products, quotients and one square root, so that their
// last digit is right on every machine. Private to scores/.
#pragma once

#include "criteria/units_grammar.h"
#include "ops/base/decimal.h"

namespace medverka::criteria::internal {

Rational Exact(const base::Decimal& value);
// Rounded half up to two digits after the point. REQUIRES: value >= 0. At most kScoreMax.
base::Decimal TwoDigits(const Rational& value);
// The square root of `value`, rounded the same way.
base::Decimal TwoDigitsOfRoot(const Rational& value);

// No score reaches it; what does is shown as this.
inline constexpr std::int64_t kScoreMax = 1'000'000'000'000;

}  // namespace medverka::criteria::internal
