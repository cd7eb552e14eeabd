// Units by the grammar of UCUM (https://ucum.org/ucum), and comparing quantities exactly.
//
// A unit is a rational factor times powers of base dimensions. Annotations ({...}) are no units.
// Arbitrary units ([iU], [arb'U]) are dimensions of their own: they convert to nothing but
// themselves. Spellings seen in Swedish journals ("10^9/L", "mikromol/L", "ml/min/1,73m2") are an
// alias table, data in units_aliases.inc. Mole and mass meet only where the analyte is known.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ops/base/decimal.h"

namespace medverka::criteria {

using UnitId = std::uint32_t;
inline constexpr UnitId kNoUnit = 0;

// What was measured, where molar and mass units can be compared. Source of factors: analytes.cc.
enum class Analyte : std::uint8_t {
  kNone,
  kCreatinine,
  kGlucose,
  kHaemoglobin,
  kHbA1c,       // a percentage is NGSP's
  kHbA1cMonoS,  // a result whose percentage is the old Swedish Mono-S
  kUrea,
  kUreaNitrogen,
  kBilirubin,
  kCholesterol,
  kTriglycerides,
  kCalcium,
  kUrate,
  kAlbumin,
  kTestosterone,
  kPsa,
  kCrp,
  kTroponinI,
  kTroponinT,
  kVitaminD,
};

class UnitTable {
 public:
  UnitTable();
  ~UnitTable();
  UnitTable(UnitTable&&) noexcept;
  UnitTable& operator=(UnitTable&&) noexcept;

  // Interns a spelling. Text that is no unit gets an id too: usable() is then false. "" gives
  // kNoUnit.
  UnitId Intern(std::string_view as_sent);
  std::string_view as_sent(UnitId unit) const;
  bool usable(UnitId unit) const;         // read by the grammar; kNoUnit is usable (dimensionless)
  bool dimensionless(UnitId unit) const;  // kNoUnit, %, {score}, mol/mol, ...
  bool same_dimension(UnitId a, UnitId b) const;

  // Orders two quantities exactly. nullopt: their units do not compare (nothing is guessed).
  // A quantity without unit compares with dimensionless ones only.
  // HbA1c is compared in whole mmol/mol where one side is a percentage: 6.5 % = 48 mmol/mol. Of
  // kHbA1cMonoS, `a` is the result, whose percentage is Mono-S, and `b` the limit, whose is NGSP's.
  std::optional<std::strong_ordering> Compare(const base::Decimal& a, UnitId a_unit,
                                              const base::Decimal& b, UnitId b_unit,
                                              Analyte analyte) const;
  bool Comparable(UnitId a, UnitId b, Analyte analyte) const;

  // `value` in another unit, rounded half up to `digits`, for formulas and for showing. nullopt as
  // above.
  std::optional<base::Decimal> Convert(const base::Decimal& value, UnitId from, UnitId to,
                                       Analyte analyte, int digits) const;

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

// Why a text is no unit, or "" if it is one; with the nearest known spelling where there is one.
struct UnitProblem {
  std::string reason;
  std::string did_you_mean;
};
UnitProblem CheckUnit(std::string_view text);

}  // namespace medverka::criteria
