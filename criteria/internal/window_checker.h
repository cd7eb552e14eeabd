// Windows of one query: is the side of the interval said where it must be, and can they all hold at
// once.
#pragma once

#include <vector>

#include "criteria/ast.h"
#include "criteria/source.h"

namespace medverka::criteria::internal {

void CheckWindows(const std::vector<const ast::Time*>& times, FactKind kind, bool current,
                  const Source& source, Reporter& reporter);

// The window as the program has it, where it counts from no event. A coarse bound covers all of its
// month or year.
TimeClause CompileTime(const ast::Time& time, bool current);

}  // namespace medverka::criteria::internal
