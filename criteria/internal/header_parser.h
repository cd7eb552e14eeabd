// The block of a study: `study ID "title" { ... }`, with the keyword taken.
#pragma once

#include "criteria/internal/cursor.h"

namespace medverka::criteria::internal {

bool ParseStudy(Cursor& cursor, ast::Study& study);

}  // namespace medverka::criteria::internal
