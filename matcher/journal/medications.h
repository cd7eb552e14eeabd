// What the four kinds of medication entries have in common.
#pragma once

#include "matcher/journal/reading.h"

namespace medverka::matcher::journal {

// medication[x]: codes of a concept or of a contained Medication, or the id of one that comes by
// itself.
void ReadMedicationCodes(Reading& reading, Path path, criteria::Fact& fact);
// Codes of a Medication resource; where it has none itself, those of its ingredients.
void MedicationCodes(Reading& reading, const Node& medication,
                     std::vector<criteria::CodeId>& codes);
// A point in time moved on by a Duration (days, weeks, months, years, hours). nullopt: no usable
// duration.
std::optional<base::TimeRange> After(Reading& reading, const base::TimeRange& start,
                                     const Quantity& duration);

}  // namespace medverka::matcher::journal
