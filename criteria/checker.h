// Judges what the parser read: names, kinds, units, sides of intervals, examples; then warns of
// what is probably not meant. A file that passes without errors, with all it uses, compiles.
#pragma once

#include "criteria/internal/scope.h"
#include "criteria/internal/set_resolver.h"

namespace medverka::criteria {

// What a bracket, a definition or a criterion hands down to the queries inside that say nothing
// themselves.
struct Inherited {
  const std::vector<ast::Time>* times = nullptr;  // null: none
  const ast::Else* otherwise = nullptr;           // kNo, kUnknown; null: none
  const internal::Module* home = nullptr;         // the file the times stand in
  const internal::Module* else_home = nullptr;    // the file `otherwise` stands in
};

// The same for checker and compiler: what reaches the children of `expr`, and the query itself.
Inherited HandDown(const ast::Expr& expr, Inherited from_outside, const internal::Module& home);

// Reports all problems of the file itself; those of the files it uses are theirs.
void Check(const internal::Scope& scope, internal::SetResolver& sets);

}  // namespace medverka::criteria
