// What a bracket, a definition or a criterion hands down to the queries inside that say nothing
// themselves. The same for checker and compiler.
#pragma once

#include <vector>

#include "criteria/ast.h"

namespace medverka::criteria::internal {

struct Module;

struct Inherited {
  const std::vector<ast::Time>* times = nullptr;  // null: none
  const ast::Else* otherwise = nullptr;           // kNo, kUnknown; null: none
  Module* home = nullptr;                         // the file the times stand in
  const Module* else_home = nullptr;              // the file `otherwise` stands in
  const ast::FactTerm* candidate = nullptr;       // inside a `where`: the query of `it`
};

// What reaches the children of `expr`, and the query itself.
Inherited HandDown(const ast::Expr& expr, Inherited from_outside, Module& home);

// What reaches the inside of a `where`: it judges the candidate, so the window of the query around
// it says nothing there; what "not recorded" means does.
Inherited IntoWhere(const Inherited& inner, const ast::FactTerm& candidate);

// The times of a query: its own demands on counted facts, and its own windows or, where it has
// none, those handed down. `outer`: what was handed to the query.
struct TimeAt {
  const ast::Time* time = nullptr;
  Module* home = nullptr;  // the file it stands in
};
std::vector<TimeAt> TimesOf(const ast::Expr& expr, const Inherited& outer, Module& home);

}  // namespace medverka::criteria::internal
