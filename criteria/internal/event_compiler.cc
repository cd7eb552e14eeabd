// Events and the times that count from them.
#include "criteria/internal/term_compiler.h"
#include "criteria/internal/walk.h"
#include "criteria/internal/window_checker.h"
#include "ops/base/check.h"

namespace medverka::criteria::internal {
namespace {

using Shape = ast::Time::Shape;

// The kind of a window that counts from one event; kFixed for all others.
TimeClause::Kind KindOf(Shape shape) {
  using Kind = TimeClause::Kind;
  switch (shape) {
    case Shape::kWithinAfter:
    case Shape::kAtMostAfter:
      return Kind::kWithinAfter;
    case Shape::kWithinBefore:
    case Shape::kAtMostBefore:
      return Kind::kWithinBefore;
    case Shape::kWithinOf:
      return Kind::kWithinOf;
    case Shape::kAtLeastBefore:
      return Kind::kAtLeastBefore;
    case Shape::kAtLeastAfter:
      return Kind::kAtLeastAfter;
    case Shape::kBetweenBefore:
      return Kind::kBetweenBefore;
    case Shape::kBetweenAfter:
      return Kind::kBetweenAfter;
    case Shape::kBefore:
    case Shape::kBeforeEvent:
      return Kind::kBefore;
    case Shape::kAfter:
    case Shape::kAfterEvent:
      return Kind::kAfter;
    case Shape::kOnOrBefore:
    case Shape::kOnOrBeforeEvent:
      return Kind::kOnOrBefore;
    case Shape::kSince:
    case Shape::kOnOrAfterEvent:
      return Kind::kOnOrAfter;
    case Shape::kOnSameDay:
      return Kind::kOnSameDay;
    case Shape::kDuring:
      return Kind::kDuring;
    case Shape::kOverlapping:
      return Kind::kOverlapping;
    default:
      return Kind::kFixed;
  }
}

bool UsesFar(TimeClause::Kind kind) {
  using Kind = TimeClause::Kind;
  return kind == Kind::kWithinAfter || kind == Kind::kWithinBefore || kind == Kind::kWithinOf ||
         kind == Kind::kBetweenBefore || kind == Kind::kBetweenAfter;
}

bool UsesNear(TimeClause::Kind kind) {
  using Kind = TimeClause::Kind;
  return kind == Kind::kAtLeastBefore || kind == Kind::kAtLeastAfter ||
         kind == Kind::kBetweenBefore || kind == Kind::kBetweenAfter;
}

bool IsNow(const ast::Point& point) { return point.type == ast::Point::Type::kNow; }

}  // namespace

std::vector<TimeClause> TermCompiler::Times(const ast::Expr& expr, const Inherited& outer,
                                            Module& home, bool current, Query* query) {
  std::vector<TimeClause> out;
  for (const TimeAt& at : TimesOf(expr, outer, home)) {
    const ast::Time* time = at.time;
    if (IsWindow(*time)) {
      out.push_back(Window(*time, *at.home, current));
      continue;
    }
    if (query == nullptr) continue;
    if (time->shape == Shape::kApart) query->apart = time->near.period;
    if (time->shape == Shape::kWithinAny) query->within_any = time->far.period;
    if (time->shape == Shape::kDifferentDays) query->different_days = time->count;
  }
  return out;
}

TimeClause TermCompiler::Window(const ast::Time& time, Module& home, bool current) {
  const Side side = time.side == Side::kAny && current ? Side::kOngoing : time.side;
  TimeClause clause;
  const bool two_ends = time.shape == Shape::kBetweenDates;
  const bool shifted = time.from.shift.has_value();
  if (!CountsFromEvent(time) && !IsNow(time.from)) return CompileTime(time, current);
  clause.side = side;
  if (!two_ends && !shifted && !IsNow(time.from)) {
    clause.kind = KindOf(time.shape);
    MEDVERKA_CHECK(clause.kind != TimeClause::Kind::kFixed);
    const ast::EventRef& event = time.event ? time.event : time.from.event;
    MEDVERKA_CHECK(event != nullptr);
    clause.event = EventOf(*event, home);
    if (UsesNear(clause.kind)) clause.near = time.near.period;
    if (UsesFar(clause.kind)) clause.far = time.far.period;
    return clause;
  }
  clause.kind = TimeClause::Kind::kSpan;
  if (two_ends) {
    clause.from_bound = BoundOf(time.from, time.to, true, home);
    clause.to_bound = BoundOf(time.to, time.from, false, home);
  } else if (time.shape == Shape::kSince || time.shape == Shape::kAfter) {
    clause.from_bound = BoundOf(time.from, time.from, true, home);
  } else {
    clause.to_bound = BoundOf(time.from, time.from, false, home);
  }
  return clause;
}

Bound TermCompiler::BoundOf(const ast::Point& point, const ast::Point& other, bool is_from,
                            Module& home) {
  Bound bound;
  switch (point.type) {
    case ast::Point::Type::kDate:
      bound.kind = Bound::Kind::kInstant;
      bound.instant = is_from ? point.date.lo : point.date.hi;
      return bound;
    case ast::Point::Type::kNow:
      bound.kind = Bound::Kind::kNow;
      return bound;
    case ast::Point::Type::kEvent:
      break;
  }
  const ast::EventRef& event = point.event ? point.event : other.event;
  MEDVERKA_CHECK(event != nullptr);
  bound.kind = Bound::Kind::kEvent;
  bound.event = EventOf(*event, home);
  if (point.shift) {
    bound.shift = point.shift->period;
    bound.before = point.before;
  }
  return bound;
}

EventIndex TermCompiler::EventOf(const ast::EventTerm& term, Module& home, std::string_view name) {
  if (builder_.too_large()) return 0;
  using Type = ast::EventTerm::Type;
  Event event;
  event.name = std::string(name);
  switch (term.type) {
    case Type::kName: {
      const NamedEvent* found = scope_.FindEvent(term.name.text);
      MEDVERKA_CHECK(found != nullptr && found->declaration->body != nullptr);
      if (const auto known = events_.find(found->declaration); known != events_.end())
        return known->second;
      const EventIndex index =
          EventOf(*found->declaration->body, *found->home, found->declaration->name.text);
      events_[found->declaration] = index;
      return index;
    }
    case Type::kIt:
      event.kind = Event::Kind::kIt;
      break;
    case Type::kBirth:
      event.kind = Event::Kind::kBirth;
      break;
    case Type::kCurrentVisit:
      event.kind = Event::Kind::kCurrentVisit;
      break;
    case Type::kVisitOf:
    case Type::kStartOf:
    case Type::kEndOf:
      event.kind = term.type == Type::kVisitOf   ? Event::Kind::kVisitOf
                   : term.type == Type::kStartOf ? Event::Kind::kStartOf
                                                 : Event::Kind::kEndOf;
      event.of = EventOf(*term.of, home);
      break;
    case Type::kShifted:
      event.kind = Event::Kind::kShifted;
      event.of = EventOf(*term.of, home);
      event.shift = term.shift.period;
      event.before = term.before;
      break;
    case Type::kPeriod:
      event.kind = Event::Kind::kPeriod;
      event.from = BoundOf(term.from, term.to, true, home);
      event.to = BoundOf(term.to, term.from, false, home);
      break;
    case Type::kChoice: {
      const ast::FactTerm* fact = ChoiceOf(term);
      MEDVERKA_CHECK(fact != nullptr);
      // Neither the times nor the `else` around its use say anything of the choice.
      Query choice = QueryOf(*term.choice, *fact, {}, home);
      event.kind = Event::Kind::kChoice;
      return builder_.Event(std::move(event), &choice);
    }
  }
  return builder_.Event(std::move(event));
}

}  // namespace medverka::criteria::internal
