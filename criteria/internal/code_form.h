// Does a text look like a code of its system? A slip in a code matches nobody, in silence, for
// years: so what can be told from the form alone is told. Forms: ICD-10 (letter, digits), ATC (WHO:
// A10BA02), KVÅ (up to six letters and digits), SNOMED CT identifiers (Verhoeff check digit), LOINC
// (mod 10 check digit), NPU (three letters, five digits).
#pragma once

#include <string>
#include <string_view>

#include "criteria/vocabulary.h"

namespace medverka::criteria::internal {

// "" if the form is possible; else what a code of the system looks like.
std::string FormProblem(SystemId system, std::string_view code);
// False: the form is right but the check digit is not (SNOMED CT, LOINC); such a code does not
// exist.
bool CheckDigitHolds(SystemId system, std::string_view code);

// The code that was probably meant, where letters stand for digits or a dash is missing; "" if that
// cannot be told. REQUIRES: the form is not possible.
std::string MeantCode(SystemId system, std::string_view code);

}  // namespace medverka::criteria::internal
