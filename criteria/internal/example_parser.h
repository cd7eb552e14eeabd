// `example "words" at TIME { ... expect ... }`, with the keyword taken.
#pragma once

#include "criteria/internal/cursor.h"

namespace medverka::criteria::internal {

// The genome's lines, up to status and dates: somatic variant PIK3CA p.H1047R, fusion of KIF5B with
// RET, no variant in gene KRAS, tested for gene KRAS, NRAS.
bool AtGivenVariant(const Cursor& cursor);
bool ParseGivenVariant(Cursor& cursor, ast::Given& given);

bool ParseExample(Cursor& cursor, ast::Example& example);

}  // namespace medverka::criteria::internal
