// Laboratory answers and limits that came as text: "<5", "12,3 mmol/L", "31-46", "< 0,8".
#pragma once

#include <optional>
#include <string_view>

#include "criteria/fact.h"

namespace medverka::matcher::journal {

// The bounds of a number with its comparator ("", "<", "<=", ">", ">=").
criteria::Bounds BoundsOf(const base::Decimal& value, std::string_view comparator);

struct TextQuantity {
  criteria::Bounds number;
  std::string_view unit;  // "" if none
};
// Comparator, number with point or comma, unit; nothing else. nullopt: some other text.
// Worked: "<5" -> below 5; "12,3 mmol/L" -> 12.3 mmol/L; "1:128", "120/80", "2024-01-01", "1+" ->
// nullopt.
std::optional<TextQuantity> ReadQuantityText(std::string_view text);

struct TextLimits {
  std::optional<base::Decimal> low;
  std::optional<base::Decimal> high;
  std::string_view unit;
};
// Worked: "31-46" -> 31 to 46; "< 0,8" -> up to 0.8; ">= 60" -> from 60; "negativ" -> nullopt.
std::optional<TextLimits> ReadLimitsText(std::string_view text);

}  // namespace medverka::matcher::journal
