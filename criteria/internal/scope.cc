// Idea of the order: take away what needs nothing that is left, again and again (Kahn). What then
// remains lies in a cycle or needs one. No recursion, so a chain of ten thousand definitions is a
// diagnostic and not a full stack.
#include "criteria/internal/scope.h"

#include <algorithm>
#include <functional>

#include "criteria/diagnostic_codes.h"
#include "criteria/limits.h"
#include "ops/base/format.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

struct Thing {
  const ast::Name* name = nullptr;
  Module* home = nullptr;
  int weight = 1;
  std::vector<std::size_t> needs;
};

struct Order {
  std::vector<bool> usable;
};

// Reports cycles and towers in the home of the thing, if it is `reporting_home`.
Order Sort(const std::vector<Thing>& things, int height_max, std::string_view what,
           const Module& reporting_home) {
  Order order;
  order.usable.assign(things.size(), false);
  std::vector<std::size_t> open(things.size());
  std::vector<int> height(things.size());
  std::vector<std::vector<std::size_t>> needed_by(things.size());
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < things.size(); ++i) {
    open[i] = things[i].needs.size();
    height[i] = things[i].weight;
    for (const std::size_t need : things[i].needs) needed_by[need].push_back(i);
    if (open[i] == 0) ready.push_back(i);
  }
  std::vector<bool> done(things.size(), false);
  std::vector<bool> too_high(things.size(), false);
  for (std::size_t next = 0; next < ready.size(); ++next) {
    const std::size_t i = ready[next];
    done[i] = true;
    if (!too_high[i] && height[i] > height_max) {
      too_high[i] = true;
      if (things[i].home == &reporting_home) {
        things[i].home->reporter.Report(
            DiagnosticCode::kTooDeep, things[i].name->span,
            fmt::format("{} stand within one another more than {} deep here", what, height_max),
            "Write some of them out, or do with fewer levels.");
      }
    }
    order.usable[i] = !too_high[i];
    for (const std::size_t by : needed_by[i]) {
      height[by] = std::max(height[by], height[i] + things[by].weight);
      if (too_high[i]) too_high[by] = true;
      if (--open[by] == 0) ready.push_back(by);
    }
  }
  std::vector<bool> told(things.size(), false);
  for (std::size_t i = 0; i < things.size(); ++i) {
    if (done[i] || told[i]) continue;
    // From here every step leads to another that is left, so we come round.
    std::vector<std::size_t> path;
    std::size_t at = i;
    while (std::find(path.begin(), path.end(), at) == path.end() && !told[at]) {
      path.push_back(at);
      for (const std::size_t need : things[at].needs) {
        if (!done[need]) {
          at = need;
          break;
        }
      }
    }
    const auto start = std::find(path.begin(), path.end(), at);
    for (const std::size_t step : path) told[step] = true;
    if (start == path.end()) continue;  // leads into a cycle already told
    const std::size_t first = *std::min_element(start, path.end());
    constexpr std::size_t kShownMax = 6;
    std::string round;
    std::size_t shown = 0;
    for (auto step = start; step != path.end() && shown < kShownMax; ++step, ++shown) {
      round += fmt::format("\"{}\" needs ", things[*step].name->text);
    }
    if (shown < static_cast<std::size_t>(path.end() - start)) round += "... needs ";
    round += fmt::format("\"{}\".", things[*start].name->text);
    if (things[first].home == &reporting_home) {
      things[first].home->reporter.Report(
          DiagnosticCode::kCycle, things[first].name->span,
          fmt::format("\"{}\" leads back to itself", things[first].name->text), round);
    }
  }
  return order;
}

}  // namespace

template <typename Declaration>
void Scope::AddAll(const std::vector<Declaration>& declarations, Module& home,
                   std::map<std::string, Named<Declaration>>& names, std::string_view what) {
  for (const Declaration& declaration : declarations) {
    const auto [place, added] =
        names.insert({base::Fold(declaration.name.text), {&declaration, &home}});
    if (added || home.source.path() != module_.source.path()) {
      if (added) continue;
      // Both come from used files: told where they are brought together.
      const Module* first = place->second.home;
      if (first == &module_ || first == &home) {
        if (first == &module_) {
          module_.reporter.Report(DiagnosticCode::kDuplicateName,
                                  place->second.declaration->name.span,
                                  fmt::format("there is already {} \"{}\" in {}", what,
                                              declaration.name.text, home.source.path()),
                                  "Give one of them another name.");
        }
        continue;
      }
      const Span where = UseOf(home);
      module_.reporter.Report(
          DiagnosticCode::kDuplicateName, where,
          fmt::format("there is {} \"{}\" in {} and in {}", what, declaration.name.text,
                      first->source.path(), home.source.path()),
          "Give one of them another name.");
      continue;
    }
    const Source& source = home.source;
    const bool same = place->second.declaration->name.text == declaration.name.text;
    home.reporter.Report(DiagnosticCode::kDuplicateName, declaration.name.span,
                         fmt::format("there is already {} \"{}\", on line {}", what,
                                     place->second.declaration->name.text,
                                     source.LineOf(place->second.declaration->name.span.begin)),
                         same ? "Give one of them another name."
                              : "Names that differ only in capitals are the same name.");
  }
}

// The line that brings `home` in, directly or not.
Span Scope::UseOf(Module& home) const {
  for (std::size_t i = 0; i < module_.uses.size(); ++i) {
    const std::vector<Module*> reached = Closure(*module_.uses[i]);
    if (std::find(reached.begin(), reached.end(), &home) != reached.end())
      return module_.use_lines[i]->span;
  }
  return {};
}

Scope::Scope(Module& module) : module_(module) {
  for (Module* each : Closure(module)) {
    AddAll(each->file.codes, *each, sets_, "a set");
    AddAll(each->file.defines, *each, definitions_, "a definition");
  }
  AddCriteria();
  OrderDefinitions();
  OrderSets();
}

void Scope::AddCriteria() {
  for (const ast::Criterion& criterion : module_.file.criteria) {
    const auto [place, added] = criteria_.insert({base::Fold(criterion.name.text), &criterion});
    if (added) continue;
    module_.reporter.Report(
        DiagnosticCode::kDuplicateName, criterion.name.span,
        fmt::format("there is already a criterion \"{}\", on line {}", place->second->name.text,
                    module_.source.LineOf(place->second->name.span.begin)),
        "Every criterion and every question has a name of its own.");
  }
}

void Scope::OrderDefinitions() {
  std::vector<Thing> things;
  std::map<const ast::Define*, std::size_t> index;
  for (const auto& [name, named] : definitions_) {
    if (!named.declaration->body) continue;
    index[named.declaration] = things.size();
    things.push_back({&named.declaration->name, named.home, DepthOf(*named.declaration->body), {}});
  }
  for (const auto& [define, i] : index) {
    std::vector<const ast::Name*> names;
    NamesIn(*define->body, names);
    for (const ast::Name* name : names) {
      const NamedDefinition* found = FindDefinition(name->text);
      const auto place = found == nullptr ? index.end() : index.find(found->declaration);
      if (place == index.end()) continue;
      auto& needs = things[i].needs;
      if (std::find(needs.begin(), needs.end(), place->second) == needs.end())
        needs.push_back(place->second);
    }
  }
  const Order order = Sort(things, kDefinitionDepthMax, "definitions", module_);
  for (const auto& [define, i] : index) {
    if (order.usable[i]) usable_.insert(define);
  }
}

void Scope::OrderSets() {
  std::vector<Thing> things;
  std::map<const ast::Codes*, std::size_t> index;
  for (const auto& [name, named] : sets_) {
    index[named.declaration] = things.size();
    things.push_back({&named.declaration->name, named.home, 1, {}});
  }
  for (const auto& [codes, i] : index) {
    for (const auto* list : {&codes->include, &codes->except}) {
      for (const ast::CodeItem& item : *list) {
        if (item.type != ast::CodeItem::Type::kSetName) continue;
        const NamedSet* found = FindSet(item.text);
        if (found == nullptr) continue;
        auto& needs = things[i].needs;
        const std::size_t need = index.at(found->declaration);
        if (std::find(needs.begin(), needs.end(), need) == needs.end()) needs.push_back(need);
      }
    }
  }
  const Order order = Sort(things, kSetDepthMax, "sets", module_);
  for (const auto& [codes, i] : index) {
    if (order.usable[i]) usable_sets_.insert(codes);
  }
}

const NamedSet* Scope::FindSet(std::string_view name) const {
  const auto found = sets_.find(base::Fold(name));
  return found == sets_.end() ? nullptr : &found->second;
}

const NamedDefinition* Scope::FindDefinition(std::string_view name) const {
  const auto found = definitions_.find(base::Fold(name));
  return found == definitions_.end() ? nullptr : &found->second;
}

const ast::Criterion* Scope::FindCriterion(std::string_view name) const {
  const auto found = criteria_.find(base::Fold(name));
  return found == criteria_.end() ? nullptr : found->second;
}

namespace {

std::string Hint(std::string_view name, const std::vector<std::string_view>& candidates) {
  const std::string_view near = base::DidYouMean(name, candidates);
  return near.empty() ? "" : fmt::format("Did you mean \"{}\"?", near);
}

}  // namespace

std::string Scope::DidYouMeanSet(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const auto& [folded, named] : sets_) names.push_back(named.declaration->name.text);
  return Hint(name, names);
}

std::string Scope::DidYouMeanDefinition(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const auto& [folded, named] : definitions_) names.push_back(named.declaration->name.text);
  return Hint(name, names);
}

std::string Scope::DidYouMeanCriterion(std::string_view name, bool questions_only) const {
  std::vector<std::string_view> names;
  for (const auto& [folded, criterion] : criteria_) {
    if (!questions_only || criterion->kind == CriterionKind::kAsk)
      names.push_back(criterion->name.text);
  }
  return Hint(name, names);
}

void NamesIn(const ast::Expr& expr, std::vector<const ast::Name*>& names) {
  if (const auto* term = std::get_if<ast::NameTerm>(&expr.payload)) names.push_back(&term->name);
  for (const ast::ExprPtr& child : expr.children) NamesIn(*child, names);
}

int DepthOf(const ast::Expr& expr) {
  int depth = 0;
  for (const ast::ExprPtr& child : expr.children) depth = std::max(depth, DepthOf(*child));
  return depth + 1;
}

}  // namespace medverka::criteria::internal
