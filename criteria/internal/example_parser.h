// `example "words" at TIME { ... expect ... }`, with the keyword taken.
#pragma once

#include "criteria/internal/cursor.h"

namespace medverka::criteria::internal {

bool ParseExample(Cursor& cursor, ast::Example& example);

}  // namespace medverka::criteria::internal
