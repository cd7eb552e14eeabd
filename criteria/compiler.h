// A checked study into the immutable Program. One pass over the criteria in the file's order; a
// definition that is used twice is one node; the same file gives the same bytes on every machine.
#pragma once

#include "criteria/internal/scope.h"
#include "criteria/internal/set_resolver.h"
#include "criteria/program.h"

namespace medverka::criteria {

// REQUIRES: Check has found no errors in the file or in those it uses.
// Null: the study is too large; reported.
std::shared_ptr<const Program> CompileProgram(const internal::Scope& scope,
                                              internal::SetResolver& sets);

}  // namespace medverka::criteria
