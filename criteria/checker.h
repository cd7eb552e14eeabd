// Judges what the parser read: names, kinds, units, sides of intervals, examples; then warns of
// what is probably not meant. A file that passes without errors, with all it uses, compiles.
#pragma once

#include "criteria/internal/scope.h"
#include "criteria/internal/set_resolver.h"

namespace medverka::criteria {

// Reports all problems of the file itself; those of the files it uses are theirs.
void Check(const internal::Scope& scope, internal::SetResolver& sets);

}  // namespace medverka::criteria
