// value[x] of an observation, a component, or an answer of a questionnaire.
#pragma once

#include "matcher/journal/reading.h"

namespace medverka::matcher::journal {

// Reads the value into `fact` (value, value_absent). More than one value is a fault.
// Text that is nothing but a number with comparator and unit becomes a quantity, since Swedish
// laboratories send it so.
void ReadValue(Reading& reading, const Node& holder, Path path, criteria::Fact& fact);

}  // namespace medverka::matcher::journal
