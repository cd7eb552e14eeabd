// Three values (Kleene): a criterion is true, false, or unknown, and unknown is never quietly a no.
//
//   and | T U F      or | T U F      not
//   T   | T U F      T  | T T T      T  F
//   U   | U U F      U  | T U U      U  U
//   F   | F F F      F  | T U F      F  T
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace medverka::criteria {

enum class Truth : std::uint8_t { kFalse = 0, kUnknown = 1, kTrue = 2 };

constexpr Truth And(Truth a, Truth b) { return std::min(a, b); }
constexpr Truth Or(Truth a, Truth b) { return std::max(a, b); }
constexpr Truth Not(Truth a) { return static_cast<Truth>(2 - static_cast<int>(a)); }
constexpr Truth FromBool(bool value) { return value ? Truth::kTrue : Truth::kFalse; }

constexpr std::string_view Name(Truth value) {
  return value == Truth::kTrue ? "true" : value == Truth::kFalse ? "false" : "unknown";
}

// How well a study suits, from best to worst.
enum class Grade : std::uint8_t { kIneligible = 0, kPossible = 1, kLikely = 2, kEligible = 3 };

constexpr std::string_view Name(Grade grade) {
  constexpr std::string_view kNames[] = {"ineligible", "possible", "likely", "eligible"};
  return kNames[static_cast<int>(grade)];
}

}  // namespace medverka::criteria
