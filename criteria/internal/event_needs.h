// Which events the criteria of a study count from, and whether one of them makes sure that the
// event exists.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "criteria/internal/scope.h"

namespace medverka::criteria::internal {

class EventNeeds {
 public:
  explicit EventNeeds(const Scope& scope) : scope_(scope) {}

  // Names, and where to tell it: the event's own place, or its first use where it stands in another
  // file. Events that the study counts from and that no patient in it needs to have.
  std::vector<std::pair<std::string, Span>> NotRequired() const;
  // Events chosen by `any` that two criteria count from.
  std::vector<std::pair<std::string, Span>> AnyUsedTwice() const;

 private:
  struct Use {
    const NamedEvent* event = nullptr;
    Span span;          // of its name, or where it is first used in this file
    int criteria = 0;   // that count from it
    bool open = false;  // one of them does not say `else unknown` itself
    bool required = false;
  };
  std::vector<Use> Uses() const;
  void EventsIn(const ast::Expr& expr, std::vector<std::pair<const NamedEvent*, Span>>& out) const;
  // `expr` being `wanted` implies that the event exists.
  bool Implies(const ast::Expr& expr, bool wanted, const NamedEvent& event) const;
  bool CountsFrom(const ast::Expr& expr, const NamedEvent& event) const;
  bool AsksForSame(const ast::FactTerm& fact, const NamedEvent& event) const;

  const Scope& scope_;
  // Of definitions: one used twice by each of a long row is looked at once.
  mutable std::map<std::tuple<const ast::Define*, bool, const NamedEvent*>, bool> implies_;
};

}  // namespace medverka::criteria::internal
