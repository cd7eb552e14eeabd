// Warnings of a study without errors: what is never used, and what was probably not meant.
#pragma once

#include "criteria/internal/term_checker.h"

namespace medverka::criteria::internal {

void WarnOfStudy(const Scope& scope, const SetResolver& sets, const Used& used);

}  // namespace medverka::criteria::internal
