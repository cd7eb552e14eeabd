#include "criteria/internal/event_needs.h"

#include <algorithm>
#include <functional>

#include "criteria/internal/walk.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

// The facts that `a` asks for are among those that `b` chooses from, as far as names tell.
bool SameSets(const ast::Items& a, const ast::Items& b) {
  if (b.items.empty()) return true;
  return !a.items.empty() && std::all_of(a.items.begin(), a.items.end(), [&](const auto& item) {
    return std::any_of(b.items.begin(), b.items.end(), [&](const auto& other) {
      return item.type == other.type && item.system == other.system && item.uri == other.uri &&
             base::Fold(item.text) == base::Fold(other.text);
    });
  });
}

bool IsThere(const ast::FactTerm& fact) {
  const bool counts = fact.selector == Selector::kAtLeast || fact.selector == Selector::kExactly;
  return fact.selector != Selector::kAtMost && (!counts || fact.count > 0);
}

}  // namespace

std::vector<EventNeeds::Use> EventNeeds::Uses() const {
  std::vector<Use> uses;
  for (const ast::Criterion& criterion : scope_.module().file.criteria) {
    std::vector<std::pair<const NamedEvent*, Span>> events;
    if (criterion.body) EventsIn(*criterion.body, events);
    std::vector<const NamedEvent*> told;
    for (const auto& [event, span] : events) {
      if (std::find(told.begin(), told.end(), event) != told.end()) continue;
      told.push_back(event);
      auto known = std::find_if(uses.begin(), uses.end(),
                                [e = event](const Use& use) { return use.event == e; });
      if (known == uses.end()) {
        Use use;
        use.event = event;
        use.span = event->home == &scope_.module() ? event->declaration->name.span : span;
        known = uses.insert(uses.end(), use);
      }
      ++known->criteria;
      const std::optional<ast::Else>& otherwise = criterion.body->otherwise;
      known->open = known->open || !otherwise || otherwise->type != ast::Else::Type::kUnknown;
    }
  }
  for (Use& use : uses) {
    for (const ast::Criterion& criterion : scope_.module().file.criteria) {
      if (use.required || criterion.cohort || !criterion.body) continue;
      use.required =
          Implies(*criterion.body, criterion.kind == CriterionKind::kInclude, *use.event);
    }
  }
  return uses;
}

std::vector<std::pair<std::string, Span>> EventNeeds::NotRequired() const {
  std::vector<std::pair<std::string, Span>> out;
  for (const Use& use : Uses()) {
    if (!use.required && use.open) out.emplace_back(use.event->declaration->name.text, use.span);
  }
  return out;
}

std::vector<std::pair<std::string, Span>> EventNeeds::AnyUsedTwice() const {
  std::vector<std::pair<std::string, Span>> out;
  for (const Use& use : Uses()) {
    const ast::FactTerm* choice = ChoiceOf(*use.event->declaration->body);
    if (choice->selector == Selector::kAny && use.criteria > 1)
      out.emplace_back(use.event->declaration->name.text, use.span);
  }
  return out;
}

// Named choices that times within `expr` count from, through definitions and other events.
void EventNeeds::EventsIn(const ast::Expr& expr,
                          std::vector<std::pair<const NamedEvent*, Span>>& out) const {
  std::vector<const void*> seen;
  const auto follow = [&](const ast::Name& name, Span span, auto walk) {
    if (const NamedDefinition* define = scope_.FindDefinition(name.text)) {
      if (!define->declaration->body ||
          std::find(seen.begin(), seen.end(), define->declaration) != seen.end())
        return;
      seen.push_back(define->declaration);
      walk(*define->declaration->body, span);
      return;
    }
    const NamedEvent* event = scope_.FindEvent(name.text);
    if (event == nullptr || !event->declaration->body ||
        std::find(seen.begin(), seen.end(), event->declaration) != seen.end())
      return;
    seen.push_back(event->declaration);
    if (ChoiceOf(*event->declaration->body) != nullptr) out.emplace_back(event, span);
    walk(*event->declaration->body, span);
  };
  bool outermost = true;
  const std::function<void(const ast::Expr*, const ast::EventTerm*, Span)> walk =
      [&](const ast::Expr* inner, const ast::EventTerm* event, Span span) {
        const bool mine = outermost;
        outermost = false;
        Walker each;
        each.name = [&](const ast::Name& name) {
          follow(name, mine ? name.span : span, [&](const auto& body, Span at) {
            if constexpr (std::is_same_v<std::decay_t<decltype(body)>, ast::Expr>)
              walk(&body, nullptr, at);
            else
              walk(nullptr, &body, at);
          });
        };
        if (inner != nullptr) each.Walk(*inner);
        if (event != nullptr) each.Walk(*event);
      };
  walk(&expr, nullptr, {});
}

bool EventNeeds::CountsFrom(const ast::Expr& expr, const NamedEvent& event) const {
  bool counts = false;
  std::vector<const void*> seen;
  const std::function<void(const ast::EventTerm&)> follow = [&](const ast::EventTerm& root) {
    Walker walker;
    walker.name = [&](const ast::Name& name) {
      const NamedEvent* found = scope_.FindEvent(name.text);
      if (found == nullptr || !found->declaration->body) return;
      if (found->declaration == event.declaration) counts = true;
      if (std::find(seen.begin(), seen.end(), found->declaration) != seen.end()) return;
      seen.push_back(found->declaration);
      follow(*found->declaration->body);
    };
    walker.Walk(root);
  };
  for (const ast::Time& time : expr.times) {
    for (const ast::EventRef* each : {&time.event, &time.from.event, &time.to.event}) {
      if (*each) follow(**each);
    }
  }
  return counts;
}

bool EventNeeds::AsksForSame(const ast::FactTerm& fact, const NamedEvent& event) const {
  const ast::FactTerm& choice = *ChoiceOf(*event.declaration->body);
  return fact.kind == choice.kind && fact.component == choice.component && !choice.test &&
         !choice.where && choice.fields.empty() && SameSets(fact.sets, choice.sets) &&
         SameSets(fact.components, choice.components);
}

bool EventNeeds::Implies(const ast::Expr& expr, bool wanted, const NamedEvent& event) const {
  const auto each = [&](const ast::ExprPtr& child) { return Implies(*child, wanted, event); };
  const auto& children = expr.children;
  if (const auto* logic = std::get_if<ast::Logic>(&expr.payload)) {
    using Type = ast::Logic::Type;
    switch (logic->type) {
      case Type::kBracket:
        return (wanted && CountsFrom(expr, event)) || each(children[0]);
      case Type::kNot:
        return Implies(*children[0], !wanted, event);
      case Type::kAnd:
      case Type::kAllOf:
        return wanted ? std::any_of(children.begin(), children.end(), each)
                      : std::all_of(children.begin(), children.end(), each);
      case Type::kOr:
      case Type::kAnyOf:
        return wanted ? std::all_of(children.begin(), children.end(), each)
                      : std::any_of(children.begin(), children.end(), each);
      default:
        return false;
    }
  }
  if (const auto* fact = std::get_if<ast::FactTerm>(&expr.payload)) {
    if (wanted == fact->no || !IsThere(*fact)) return false;
    return CountsFrom(expr, event) || AsksForSame(*fact, event);
  }
  if (const auto* name = std::get_if<ast::NameTerm>(&expr.payload)) {
    if (const NamedDefinition* define = scope_.FindDefinition(name->name.text)) {
      if (!define->declaration->body) return false;
      const auto key = std::make_tuple(define->declaration, wanted, &event);
      if (const auto known = implies_.find(key); known != implies_.end()) return known->second;
      return implies_[key] = Implies(*define->declaration->body, wanted, event);
    }
    const NamedEvent* named = scope_.FindEvent(name->name.text);
    return wanted && named != nullptr && named->declaration == event.declaration;
  }
  if (const auto* age = std::get_if<ast::AgeTerm>(&expr.payload)) {
    return age->at && age->at->type == ast::Point::Type::kEvent &&
           age->at->event->type == ast::EventTerm::Type::kName &&
           scope_.FindEvent(age->at->event->name.text) == &event;
  }
  const bool query = std::holds_alternative<ast::ScoreTerm>(expr.payload) ||
                     std::holds_alternative<ast::ChangeTerm>(expr.payload) ||
                     std::holds_alternative<ast::TextTerm>(expr.payload) ||
                     std::holds_alternative<ast::VariantTerm>(expr.payload);
  return query && wanted && CountsFrom(expr, event);
}

}  // namespace medverka::criteria::internal
