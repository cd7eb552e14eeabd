// Idea: a window that counts from an event is a window whose two ends are ranges. A point lies in
// it if it does for every place that its own range and the two ends can have, and does not if it
// does for none; since the ends move together the ranges may be compared one by one.
//
// Left out of that telling: an event known only as "before now" moves on with log time, and so do
// the windows around it. Each end then keeps how it follows from log time (Motion), and the
// instants at which it passes a fact are found by halving, since an end never moves back.
#include <algorithm>

#include "criteria/internal/events.h"

namespace medverka::criteria::internal {

using base::Instant;
using base::kDistantFuture;
using base::kDistantPast;
using base::LocalDate;
using base::Period;
using base::TimeRange;

namespace {

bool Unbounded(Instant x) { return x <= kDistantPast || x >= kDistantFuture; }

Motion By(Period period, int sign, Motion::Snap snap) {
  return {period, sign, period.calendar() ? snap : Motion::Snap::kNone, 0};
}
constexpr Period kSameDay{0, base::TimeUnit::kDay};

Edge StartOfItsDay(const Edge& edge) {
  return edge.Moved(By(kSameDay, +1, Motion::Snap::kStartOfDay));
}
Edge EndOfItsDay(const Edge& edge) { return edge.Moved(By(kSameDay, +1, Motion::Snap::kEndOfDay)); }
Edge Earlier(const Edge& edge, Period period, Motion::Snap snap) {
  return edge.Moved(By(period, -1, snap));
}
Edge Later(const Edge& edge, Period period, Motion::Snap snap) {
  return edge.Moved(By(period, +1, snap));
}
// Of days and longer the whole first day is in; hours and shorter count instants.
Edge FirstDay(const Edge& edge, Period period) {
  return period.calendar() ? StartOfItsDay(edge) : edge;
}
Edge LastDay(const Edge& edge, Period period) {
  return period.calendar() ? EndOfItsDay(edge) : edge;
}
Edge Always() { return {{kDistantPast, kDistantPast}, false, {}, false}; }

}  // namespace

Instant Apply(Instant from, const Motion& motion) {
  if (Unbounded(from)) return from;
  Instant to = from;
  if (motion.period.calendar()) {
    const base::Date day = base::Add(LocalDate(from), motion.period, motion.sign);
    to = motion.snap == Motion::Snap::kStartOfDay ? base::StartOfDay(day) : base::EndOfDay(day);
  } else {
    to = from + motion.sign * base::MicrosOf(motion.period);
  }
  return to + motion.micros;
}

Edge Edge::Moved(const Motion& motion) const {
  Edge edge = *this;
  edge.at.lo = Apply(at.lo, motion);
  edge.at.hi = Apply(at.hi, motion);
  if (moves) edge.motions.push_back(motion);
  return edge;
}

EventWindow WindowAround(const TimeClause& clause, const BoundEvent& event) {
  using Kind = TimeClause::Kind;
  using Snap = Motion::Snap;
  const Edge& before = event.start;
  const Edge& after = event.lasts ? event.start : event.end;
  const Period near = clause.near;
  const Period far = clause.far;
  switch (clause.kind) {
    case Kind::kWithinAfter:
      return {FirstDay(after, far), Later(after, far, Snap::kEndOfDay), false};
    case Kind::kWithinBefore:
      return {Earlier(before, far, Snap::kStartOfDay), LastDay(before, far), false};
    case Kind::kWithinOf:
      return {Earlier(before, far, Snap::kStartOfDay), Later(after, far, Snap::kEndOfDay), false};
    case Kind::kAtLeastBefore:
      return {Always(), Earlier(before, near, Snap::kEndOfDay), false};
    case Kind::kAtLeastAfter:
      return {Later(after, near, Snap::kStartOfDay), Never(), false};
    case Kind::kBetweenBefore:
      return {Earlier(before, far, Snap::kStartOfDay), Earlier(before, near, Snap::kEndOfDay),
              false};
    case Kind::kBetweenAfter:
      return {Later(after, near, Snap::kStartOfDay), Later(after, far, Snap::kEndOfDay), false};
    case Kind::kBefore: {
      Motion strictly;
      strictly.micros = -1;
      return {Always(), before.Moved(strictly), false};
    }
    case Kind::kAfter: {
      Motion strictly;
      strictly.micros = +1;
      return {after.Moved(strictly), Never(), false};
    }
    case Kind::kOnOrBefore:
      return {Always(), EndOfItsDay(after), false};
    case Kind::kOnOrAfter:
      return {StartOfItsDay(before), Never(), false};
    case Kind::kOnSameDay:
      return {StartOfItsDay(before), EndOfItsDay(after), false};
    default:
      return {event.start, event.end, false};
  }
}

namespace {

// Adds the first instants after log time at which the moving edge reaches `x` and passes it.
void AddPassing(const Edge& edge, Instant x, Instant at, Moments& moments) {
  if (Unbounded(x)) return;
  const auto end_at = [&](Instant log_time) {
    for (const Motion& motion : edge.motions) log_time = Apply(log_time, motion);
    return log_time;
  };
  // What is not passed by then is not passed while anybody lives.
  const Instant horizon = at + 150 * 366 * base::kMicrosPerDay;
  for (const Instant target : {x, x + 1}) {
    if (end_at(at) >= target || end_at(horizon) < target) continue;
    Instant low = at;
    Instant high = horizon;
    while (high.us - low.us > 1) {
      const Instant middle{low.us + (high.us - low.us) / 2};
      (end_at(middle) < target ? low : high) = middle;
    }
    moments.Add(high);
  }
}

void AddFixed(Instant x, Moments& moments) {
  if (Unbounded(x)) return;
  moments.Add(x);
  moments.Add(x + 1);
}

// A range that ends now and an edge that moves with it keep their order, unless steps to and fro
// come to another day by the length of months (31 January, a month on and a month back: the 28th).
void AddOvertaking(const Edge& edge, Instant at, Moments& moments) {
  bool forth = false;
  bool back = false;
  for (const Motion& motion : edge.motions) {
    const bool months = motion.period.unit >= base::TimeUnit::kMonth && motion.period.amount > 0;
    forth = forth || (months && motion.sign > 0);
    back = back || (months && motion.sign < 0);
  }
  if (!forth || !back) return;
  const auto order_at = [&](Instant log_time) {
    Instant end = log_time;
    for (const Motion& motion : edge.motions) end = Apply(end, motion);
    return end <=> log_time;
  };
  constexpr int kDaysMax = 62;  // two months hold every step over a month's end
  for (int day = 1; day <= kDaysMax; ++day) {
    const Instant next = base::StartOfDay(LocalDate(at) + day);
    if (order_at(next) == order_at(at)) continue;
    moments.Add(next);
    return;
  }
}

// When an end of a fact or of a window and an edge can pass one another.
void NotePassing(const Edge& end, const Edge& edge, Instant at, Moments& moments) {
  if (!end.now) AddFixed(end.at.lo, moments);
  if (!end.moves) AddFixed(end.at.hi, moments);
  if (!edge.now) AddFixed(edge.at.lo, moments);
  if (!edge.moves) {
    AddFixed(edge.at.hi, moments);
    return;
  }
  if (!end.now) AddPassing(edge, end.at.lo, at, moments);
  if (!end.moves) AddPassing(edge, end.at.hi, at, moments);
  if (end.moves) AddOvertaking(edge, at, moments);
}

// x <= y for all places of both: true; for none: false.
Truth NotAfter(const TimeRange& x, const TimeRange& y) {
  return x.hi <= y.lo ? Truth::kTrue : x.lo > y.hi ? Truth::kFalse : Truth::kUnknown;
}

// As NotAfter, but what is known only by its day lasts through that day.
Truth NotAfterDay(const TimeRange& x, const TimeRange& y) {
  const Truth plain = NotAfter(x, y);
  if (plain != Truth::kUnknown || Unbounded(x.lo) || Unbounded(x.hi)) return plain;
  const base::Date day = LocalDate(x.lo);
  const bool one_day = LocalDate(x.hi) == day && !Unbounded(y.lo) && !Unbounded(y.hi) &&
                       LocalDate(y.lo) == day && LocalDate(y.hi) == day;
  return one_day ? Truth::kTrue : plain;
}

}  // namespace

Truth InEventWindow(const Span& span, Side side, const EventWindow& window, bool touching,
                    Instant at, Moments& moments) {
  // What lies after log time does not count yet.
  const TimeRange from = window.from.at;
  const TimeRange to{std::min(window.to.at.lo, at), std::min(window.to.at.hi, at)};
  const auto lies = [&](const TimeRange& first, bool first_moves, const TimeRange& last,
                        bool last_moves) {
    NotePassing({first, first_moves, {}, false}, window.to, at, moments);
    NotePassing({last, last_moves, {}, false}, window.from, at, moments);
    if (from.lo > at) return Truth::kFalse;
    // Begun only for some places of its first end.
    Truth begun = from.hi <= at ? Truth::kTrue : Truth::kUnknown;
    if (window.own_ends) {
      NotePassing(window.from, window.to, at, moments);
      NotePassing(window.to, window.from, at, moments);
      begun = And(begun, NotAfter(from, window.to.at));
    }
    const auto not_after = touching ? NotAfterDay : NotAfter;
    return And(begun, And(not_after(first, to), not_after(from, last)));
  };
  switch (side) {
    case Side::kStarting:
      return lies(span.start, span.start_moves, span.start, span.start_moves);
    case Side::kEnding:
      return lies(span.end, span.end_moves, span.end, span.end_moves);
    case Side::kRecorded:
      if (!span.recorded) return Truth::kUnknown;
      return lies(*span.recorded, false, *span.recorded, false);
    case Side::kAny:
    case Side::kOngoing:
      return lies(span.start, span.start_moves, span.end, span.end_moves);
  }
  return Truth::kUnknown;
}

}  // namespace medverka::criteria::internal
