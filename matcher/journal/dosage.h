// Dosage (https://hl7.org/fhir/R4/dosage.html): dose, route, as needed or not, and the daily dose
// where the timing is plain.
#pragma once

#include "matcher/journal/reading.h"

namespace medverka::matcher::journal {

// An array of Dosage.
void ReadDosages(Reading& reading, Path path, criteria::Fact& fact);

// `dose` so many times in so many days, exact; where the quotient has no end, the two decimals
// around it. nullopt: beyond the digits of a measurement. REQUIRES: days > 0.
struct Rate {
  std::int64_t times = 1;
  std::int64_t days = 1;
};
std::optional<criteria::Bounds> PerDay(const criteria::Bounds& dose, const Rate& least,
                                       const Rate& most);

}  // namespace medverka::matcher::journal
