// Tokens into an ast::File. Recovers at the next declaration keyword at the start of a line: one
// problem per declaration, all declarations of the file.
#pragma once

#include "criteria/ast.h"

namespace medverka::criteria {

// REQUIRES: CheckText(source) was true.
ast::File Parse(const Source& source, Reporter& reporter);

}  // namespace medverka::criteria
