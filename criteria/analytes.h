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
// Does the code name HbA1c as Sweden measured it until 2010, a Mono-S percentage? Its analyte is
// HbA1c; a result of it in % is compared as Analyte::kHbA1cMonoS.
bool IsMonoS(const Coding& coding);
std::string_view Name(Analyte analyte);  // "creatinine"
// Units laboratories report the analyte in, the usual Swedish one first. Empty for kNone.
std::span<const std::string_view> ReportedUnits(Analyte analyte);

// How many moles one gram is, as a fraction; 0/1 where amount and mass do not meet (proteins
// that are told by mass alone; HbA1c has its own rule).
struct MolesPerGram {
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
};
MolesPerGram MolesPerGramOf(Analyte analyte);

}  // namespace medverka::criteria
