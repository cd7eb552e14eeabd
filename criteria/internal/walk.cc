#include "criteria/internal/walk.h"

#include <algorithm>

namespace medverka::criteria::internal {

void Walker::Walk(const ast::Expr& root) const {
  if (expr) expr(root);
  if (const auto* term = std::get_if<ast::NameTerm>(&root.payload)) {
    if (name) name(term->name);
  } else if (const auto* fact = std::get_if<ast::FactTerm>(&root.payload)) {
    Walk(*fact);
  } else if (const auto* change = std::get_if<ast::ChangeTerm>(&root.payload)) {
    Walk(change->of);
  } else if (const auto* text = std::get_if<ast::TextTerm>(&root.payload)) {
    Walk(text->in);
  } else if (const auto* age = std::get_if<ast::AgeTerm>(&root.payload)) {
    if (age->at) Walk(*age->at);
  } else if (const auto* gestation = std::get_if<ast::GestationTerm>(&root.payload)) {
    if (gestation->at) Walk(*gestation->at);
  }
  for (const ast::Time& time : root.times) Walk(time);
  for (const ast::ExprPtr& child : root.children) Walk(*child);
}

void Walker::Walk(const ast::FactTerm& fact) const {
  if (fact.reason_of) Walk(*fact.reason_of);
  if (fact.where && into_where) Walk(*fact.where);
}

void Walker::Walk(const ast::EventTerm& root) const {
  if (event) event(root);
  if (root.type == ast::EventTerm::Type::kName && name) name(root.name);
  if (root.of) Walk(*root.of);
  if (root.choice) Walk(*root.choice);
  if (root.type == ast::EventTerm::Type::kPeriod) {
    Walk(root.from);
    Walk(root.to);
  }
}

void Walker::Walk(const ast::Point& point) const {
  if (point.type == ast::Point::Type::kEvent && point.event) Walk(*point.event);
}

void Walker::Walk(const ast::Time& time) const {
  Walk(time.from);
  Walk(time.to);
  if (time.event) Walk(*time.event);
}

namespace {

// A tree's levels, one call per level of it: the parser holds them below a limit.
class Depth {
 public:
  int Of(const ast::Expr& expr) const {
    int depth = 0;
    for (const ast::ExprPtr& child : expr.children) depth = std::max(depth, Of(*child));
    if (const auto* fact = std::get_if<ast::FactTerm>(&expr.payload)) {
      if (fact->where) depth = std::max(depth, Of(*fact->where));
      if (fact->reason_of) depth = std::max(depth, Of(*fact->reason_of));
    }
    for (const ast::Time& time : expr.times) {
      for (const ast::EventRef* each : {&time.event, &time.from.event, &time.to.event}) {
        if (*each) depth = std::max(depth, Of(**each));
      }
    }
    return depth + 1;
  }

  int Of(const ast::EventTerm& event) const {
    int depth = event.choice ? Of(*event.choice) : 0;
    for (const ast::EventRef* each : {&event.of, &event.from.event, &event.to.event}) {
      if (*each) depth = std::max(depth, Of(**each));
    }
    return depth + 1;
  }
};

}  // namespace

int DepthOf(const ast::Expr& expr) { return Depth().Of(expr); }
int DepthOf(const ast::EventTerm& event) { return Depth().Of(event); }

const ast::FactTerm* ChoiceOf(const ast::EventTerm& event) {
  if (event.type != ast::EventTerm::Type::kChoice || !event.choice) return nullptr;
  return std::get_if<ast::FactTerm>(&event.choice->payload);
}

bool IsWindow(const ast::Time& time) {
  using Shape = ast::Time::Shape;
  return time.shape != Shape::kApart && time.shape != Shape::kDifferentDays &&
         time.shape != Shape::kWithinAny;
}

bool HasWindow(const std::vector<ast::Time>& times) {
  return std::any_of(times.begin(), times.end(), IsWindow);
}

bool CountsFromEvent(const ast::Time& time) {
  return time.event != nullptr || time.from.type == ast::Point::Type::kEvent ||
         time.to.type == ast::Point::Type::kEvent;
}

}  // namespace medverka::criteria::internal
