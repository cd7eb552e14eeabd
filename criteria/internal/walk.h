// Walks over terms for those who only look for something in them: every name that is used, every
// query, however deep in brackets, times, `where`s and events it stands.
#pragma once

#include <functional>

#include "criteria/ast.h"

namespace medverka::criteria::internal {

struct Walker {
  // Called before what is inside; any may be missing.
  std::function<void(const ast::Expr&)> expr;
  std::function<void(const ast::EventTerm&)> event;
  std::function<void(const ast::Name&)> name;  // of a definition or an event
  // Events in place and in times are walked into unless this says no.
  bool into_where = true;

  void Walk(const ast::Expr& root) const;
  void Walk(const ast::EventTerm& root) const;
  void Walk(const ast::Time& time) const;
  void Walk(const ast::Point& point) const;

 private:
  void Walk(const ast::FactTerm& fact) const;
};

// Levels of brackets, `where`s and events within one another.
int DepthOf(const ast::Expr& expr);
int DepthOf(const ast::EventTerm& event);

// The query of a choice, if it is one.
const ast::FactTerm* ChoiceOf(const ast::EventTerm& event);

// A demand on the counted facts (`at least 7 days apart`) is no window.
bool IsWindow(const ast::Time& time);
bool HasWindow(const std::vector<ast::Time>& times);
bool CountsFromEvent(const ast::Time& time);

}  // namespace medverka::criteria::internal
