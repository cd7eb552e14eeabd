// Which analyte a laboratory code measures, so that molar and mass units can be compared, and in
// which units laboratories report it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "criteria/units.h"
#include "criteria/vocabulary.h"

namespace medverka::criteria {

Analyte AnalyteOf(const Coding& coding);  // kNone where no conversion is known
std::string_view Name(Analyte analyte);   // "creatinine"
// Units laboratories report the analyte in, the usual Swedish one first. Empty for kNone.
std::span<const std::string_view> ReportedUnits(Analyte analyte);

// How many moles one gram is, as a fraction; 0/1 where amount and mass do not meet (HbA1c has its
// own rule).
struct MolesPerGram {
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
};
MolesPerGram MolesPerGramOf(Analyte analyte);

}  // namespace medverka::criteria
