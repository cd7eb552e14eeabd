// Idea of the order: take away what needs nothing that is left, again and again (Kahn). What then
// remains lies in a cycle or needs one. No recursion, so a chain of ten thousand definitions is a
// diagnostic and not a full stack.
#include "criteria/internal/scope.h"

#include <algorithm>
#include <functional>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/walk.h"
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
                              : "Names that differ only in capitals, or in how a letter is coded, "
                                "are the same name.");
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
    AddAll(each->file.events, *each, events_, "an event");
    AddAll(each->file.scales, *each, scales_, "a scale");
  }
  PartDefinitionsAndEvents();
  AddCriteria();
  AddCohorts();
  OrderTerms();
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

void Scope::AddCohorts() {
  for (const ast::Cohort& cohort : module_.file.cohorts) {
    const auto [place, added] = cohorts_.insert({base::Fold(cohort.name.text), &cohort});
    if (added) continue;
    module_.reporter.Report(
        DiagnosticCode::kDuplicateName, cohort.name.span,
        fmt::format("there is already a cohort \"{}\", on line {}", place->second->name.text,
                    module_.source.LineOf(place->second->name.span.begin)),
        "Every cohort has a name of its own.");
  }
}

// A name used as a term may be either, so they share one room. Told in this file's lines only.
void Scope::PartDefinitionsAndEvents() {
  for (const auto& [name, event] : events_) {
    const auto taken = definitions_.find(name);
    if (taken == definitions_.end()) continue;
    const NamedDefinition& define = taken->second;
    const std::string message = fmt::format("\"{}\" is the name of a definition and of an event",
                                            event.declaration->name.text);
    const std::string hint = "Give one of them another name.";
    const Span event_name = event.declaration->name.span;
    const Span define_name = define.declaration->name.span;
    if (event.home == &module_ && define.home == &module_) {
      const bool event_last = event_name.begin > define_name.begin;
      module_.reporter.Report(DiagnosticCode::kDuplicateName, event_last ? event_name : define_name,
                              message, hint);
    } else if (event.home == &module_ || define.home == &module_) {
      module_.reporter.Report(DiagnosticCode::kDuplicateName,
                              event.home == &module_ ? event_name : define_name, message, hint);
    } else if (event.home != define.home) {
      module_.reporter.Report(DiagnosticCode::kDuplicateName, UseOf(*event.home), message, hint);
    }
  }
}

void Scope::OrderTerms() {
  std::vector<Thing> things;
  std::vector<const void*> declarations;
  std::map<const void*, std::size_t> index;
  const auto add = [&](const void* declaration, const ast::Name& name, Module* home, int depth) {
    index[declaration] = things.size();
    declarations.push_back(declaration);
    things.push_back({&name, home, depth, {}});
  };
  for (const auto& [name, named] : definitions_) {
    if (!named.declaration->body) continue;
    add(named.declaration, named.declaration->name, named.home, DepthOf(*named.declaration->body));
  }
  for (const auto& [name, named] : events_) {
    if (!named.declaration->body) continue;
    add(named.declaration, named.declaration->name, named.home, DepthOf(*named.declaration->body));
  }
  const auto need = [&](std::size_t thing, const ast::Name& name) {
    const void* found = nullptr;
    if (const NamedDefinition* define = FindDefinition(name.text)) found = define->declaration;
    if (const NamedEvent* event = FindEvent(name.text); event != nullptr && found == nullptr)
      found = event->declaration;
    const auto place = index.find(found);
    if (place == index.end()) return;
    auto& needs = things[thing].needs;
    if (std::find(needs.begin(), needs.end(), place->second) == needs.end())
      needs.push_back(place->second);
  };
  std::size_t at = 0;
  Walker walker;
  walker.name = [&](const ast::Name& name) { need(at, name); };
  for (const auto& [name, named] : definitions_) {
    if (!named.declaration->body) continue;
    walker.Walk(*named.declaration->body);
    ++at;
  }
  for (const auto& [name, named] : events_) {
    if (!named.declaration->body) continue;
    walker.Walk(*named.declaration->body);
    ++at;
  }
  const Order order = Sort(things, kDefinitionDepthMax, "definitions", module_);
  for (std::size_t i = 0; i < things.size(); ++i) {
    if (order.usable[i]) usable_.insert(declarations[i]);
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

const NamedEvent* Scope::FindEvent(std::string_view name) const {
  const auto found = events_.find(base::Fold(name));
  return found == events_.end() ? nullptr : &found->second;
}

const NamedScale* Scope::FindScale(std::string_view name) const {
  const auto found = scales_.find(base::Fold(name));
  return found == scales_.end() ? nullptr : &found->second;
}

const ast::Cohort* Scope::FindCohort(std::string_view name) const {
  const auto found = cohorts_.find(base::Fold(name));
  return found == cohorts_.end() ? nullptr : found->second;
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
  for (const auto& [folded, named] : events_) names.push_back(named.declaration->name.text);
  return Hint(name, names);
}

std::string Scope::DidYouMeanEvent(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const auto& [folded, named] : events_) names.push_back(named.declaration->name.text);
  return Hint(name, names);
}

std::string Scope::DidYouMeanCohort(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const auto& [folded, cohort] : cohorts_) names.push_back(cohort->name.text);
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

const ast::EventTerm& Behind(const ast::EventTerm& event, const Scope& scope) {
  const ast::EventTerm* at = &event;
  for (int step = 0; step < kDefinitionDepthMax && at->type == ast::EventTerm::Type::kName;
       ++step) {
    const NamedEvent* found = scope.FindEvent(at->name.text);
    if (found == nullptr || found->declaration->body == nullptr) break;
    at = found->declaration->body.get();
  }
  return *at;
}

}  // namespace medverka::criteria::internal
