// What the parser reads and the compiler does not yet turn into a program. Each such part is one
// MV0801 at its place, and its declaration is taken out, so that no study runs with less than its
// author wrote. A construct that is built leaves the lists in not_yet.cc; when they are empty this
// file goes with them.
#pragma once

#include "criteria/ast.h"

namespace medverka::criteria::internal {

void RefuseNotYet(ast::File& file, Reporter& reporter);

}  // namespace medverka::criteria::internal
