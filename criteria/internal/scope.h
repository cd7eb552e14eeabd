// The names that a file sees: its own and those of the files it uses, directly or not. Sets,
// definitions and criteria are three rooms: a criterion may be called as the set it asks for.
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

class Scope {
 public:
  // Reports names that are there twice. REQUIRES: the module outlives the scope.
  explicit Scope(Module& module);

  Module& module() const { return module_; }
  bool names_lost() const { return module_.names_lost; }

  // Compared folded; null if there is none.
  const NamedSet* FindSet(std::string_view name) const;
  const NamedDefinition* FindDefinition(std::string_view name) const;
  const ast::Criterion* FindCriterion(
      std::string_view name) const;  // of this file: include, exclude, ask

  std::string DidYouMeanSet(std::string_view name) const;  // a hint, or ""
  std::string DidYouMeanDefinition(std::string_view name) const;
  std::string DidYouMeanCriterion(std::string_view name, bool questions_only) const;

  // Definitions in an order in which each stands behind those it needs; those in or behind a cycle
  // are left out.
  bool Usable(const ast::Define* define) const { return usable_.count(define) > 0; }
  bool Usable(const ast::Codes* codes) const { return usable_sets_.count(codes) > 0; }

 private:
  template <typename Declaration>
  void AddAll(const std::vector<Declaration>& declarations, Module& home,
              std::map<std::string, Named<Declaration>>& names, std::string_view what);
  Span UseOf(Module& home) const;
  void AddCriteria();
  void OrderDefinitions();
  void OrderSets();

  Module& module_;
  std::map<std::string, NamedSet> sets_;
  std::map<std::string, NamedDefinition> definitions_;
  std::map<std::string, const ast::Criterion*> criteria_;
  std::set<const ast::Define*> usable_;
  std::set<const ast::Codes*> usable_sets_;
};

// Names of definitions within an expression, and how deep it is.
void NamesIn(const ast::Expr& expr, std::vector<const ast::Name*>& names);
int DepthOf(const ast::Expr& expr);

}  // namespace medverka::criteria::internal
