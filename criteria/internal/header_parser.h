// The block of a study: `study ID "title" { ... }`, with the keyword taken.
#pragma once

#include "criteria/internal/cursor.h"

namespace medverka::criteria::internal {

bool ParseStudy(Cursor& cursor, ast::Study& study);
bool IsHeaderKey(std::string_view word);  // begins a line of the block: title, ids, ...

}  // namespace medverka::criteria::internal
