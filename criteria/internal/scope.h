// The names that a file sees: its own and those of the files it uses, directly or not. Sets,
// scales, definitions with events, criteria and cohorts are five rooms: a criterion may be called
// as the set it asks for, and a scale as the set whose values it orders.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/internal/module.h"

namespace medverka::criteria::internal {

template <typename Declaration>
struct Named {
  const Declaration* declaration = nullptr;
  Module* home = nullptr;
};
using NamedSet = Named<ast::Codes>;
using NamedDefinition = Named<ast::Define>;
using NamedEvent = Named<ast::Event>;
using NamedScale = Named<ast::Scale>;

class Scope {
 public:
  // Reports names that are there twice. REQUIRES: the module outlives the scope.
  explicit Scope(Module& module);

  Module& module() const { return module_; }
  bool names_lost() const { return module_.names_lost; }

  // Compared folded; null if there is none.
  const NamedSet* FindSet(std::string_view name) const;
  const NamedDefinition* FindDefinition(std::string_view name) const;
  const NamedEvent* FindEvent(std::string_view name) const;
  const NamedScale* FindScale(std::string_view name) const;
  const ast::Criterion* FindCriterion(
      std::string_view name) const;  // of this file: include, exclude, ask; of any cohort
  const ast::Cohort* FindCohort(std::string_view name) const;                  // of this file
  const std::map<std::string, NamedScale>& scales() const { return scales_; }  // by folded name
  const std::map<std::string, NamedSet>& sets() const { return sets_; }

  std::string DidYouMeanSet(std::string_view name) const;         // a hint, or ""
  std::string DidYouMeanDefinition(std::string_view name) const;  // or an event
  std::string DidYouMeanEvent(std::string_view name) const;
  std::string DidYouMeanCohort(std::string_view name) const;
  std::string DidYouMeanCriterion(std::string_view name, bool questions_only) const;

  // Not in or behind a cycle, nor in a tower that is too high.
  bool Usable(const ast::Define* define) const { return usable_.count(define) > 0; }
  bool Usable(const ast::Event* event) const { return usable_.count(event) > 0; }
  bool Usable(const ast::Codes* codes) const { return usable_sets_.count(codes) > 0; }

 private:
  template <typename Declaration>
  void AddAll(const std::vector<Declaration>& declarations, Module& home,
              std::map<std::string, Named<Declaration>>& names, std::string_view what);
  Span UseOf(Module& home) const;
  void AddCriteria();
  void AddCohorts();
  void PartDefinitionsAndEvents();
  void OrderTerms();
  void OrderSets();

  Module& module_;
  std::map<std::string, NamedSet> sets_;
  std::map<std::string, NamedDefinition> definitions_;
  std::map<std::string, NamedEvent> events_;
  std::map<std::string, NamedScale> scales_;
  std::map<std::string, const ast::Criterion*> criteria_;
  std::map<std::string, const ast::Cohort*> cohorts_;
  std::set<const void*> usable_;  // definitions and events
  std::set<const ast::Codes*> usable_sets_;
};

// The event behind names: what `event a : b` means in the end. `event` itself where the name is not
// known or leads back to itself.
const ast::EventTerm& Behind(const ast::EventTerm& event, const Scope& scope);

}  // namespace medverka::criteria::internal
