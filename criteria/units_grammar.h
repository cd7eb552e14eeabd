// Reads the text of a unit: UCUM's grammar and the spellings of units_aliases.inc. Private to
// units.cc.
#pragma once

#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace medverka::criteria::internal {

// Without expression templates: an `auto` never holds a half of a calculation.
using Integer = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<>,
                                              boost::multiprecision::et_off>;
using Rational = boost::multiprecision::number<boost::multiprecision::cpp_rational_backend,
                                               boost::multiprecision::et_off>;

// Exponent of each base dimension, in the order of the BASE lines of units_atoms.inc.
inline constexpr std::size_t kDimensionsMax = 64;
using Dimensions = std::array<std::int16_t, kDimensionsMax>;
inline constexpr std::size_t kGram = 2;
inline constexpr std::size_t kMole = 6;

// A value v in the unit is v x factor + offset in base units. Only temperatures have an offset.
struct Meaning {
  Dimensions dimensions{};
  Rational factor = 1;
  Rational offset = 0;
  bool has_offset = false;

  bool dimensionless() const { return dimensions == Dimensions{} && !has_offset; }
};

struct UnitText {
  std::optional<Meaning> meaning;  // nullopt: no unit
  std::string reason;              // then why, as a sentence
  std::string symbol;              // and the part that could not be read, where it is one
};

// A unit's text longer than this is text, not a unit.
inline constexpr std::size_t kUnitBytesMax = 100;

UnitText ReadUnit(std::string_view text);
// `text` as ReadUnit sees it: without blanks, micro signs as "u", powers of ten and body surface as
// UCUM writes them.
std::string Tidy(std::string_view text);

}  // namespace medverka::criteria::internal
