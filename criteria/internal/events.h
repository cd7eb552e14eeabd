// The moments and intervals of one patient that times are counted from: what `event op : ...`
// names, the current visit, the candidate of a `where`. An event is a set of possible choices,
// since coarse dates can leave a choice open; a query on it is evaluated once per choice.
#pragma once

#include <vector>

#include "criteria/fact.h"
#include "criteria/fact_time.h"
#include "criteria/limits.h"
#include "criteria/program.h"

namespace medverka::criteria::internal {

// One step from a point to another: a period away, then to the start or end of that local day.
struct Motion {
  enum class Snap : std::uint8_t { kNone, kStartOfDay, kEndOfDay };
  base::Period period{0, base::TimeUnit::kSecond};
  int sign = +1;
  Snap snap = Snap::kNone;
  std::int64_t micros = 0;  // added last
};
base::Instant Apply(base::Instant from, const Motion& motion);

// An end of a window or of an event: where it lies, and, while its upper bound moves on with log
// time, how it follows from that.
struct Edge {
  base::TimeRange at{base::kDistantPast, base::kDistantPast};
  bool moves = false;
  std::vector<Motion> motions;
  bool now = false;  // its lower bound moves on as well

  Edge Moved(const Motion& motion) const;
};
inline Edge Never() { return {{base::kDistantFuture, base::kDistantFuture}, false, {}, false}; }

// One choice of an event.
struct BoundEvent {
  FactRef fact;  // empty: an event that is no fact (a point, a period, a birth)
  Span span;     // of the fact, as the query that chose it sees it
  Edge start;
  Edge end;
  bool lasts = false;           // its start is what `before` and `after` count from
  bool of_patient = false;      // rests on the person: a birth
  std::string_view visit_id;    // a visit: the name by which facts refer to it
  Truth member = Truth::kTrue;  // of an `any` event: is it one of them?
};

struct EventSet {
  std::vector<BoundEvent> choices;  // newest first
  bool any = false;                 // some of them is meant, not one that is open
  Truth exists = Truth::kTrue;      // false: there is none; unknown: one of the choices, or none
  bool undetermined = false;        // there may be one, but which is not known
  std::vector<base::Instant> moments;
};

// The window of a clause that counts from an event, or of kSpan.
struct EventWindow {
  Edge from;
  Edge to;
  bool own_ends = false;  // each from an event of its own: they can lie the wrong way round
};
EventWindow WindowAround(const TimeClause& clause, const BoundEvent& event);

// Does the asked side lie in the window? `touching`: of days that are not known closer, the same
// day is in common.
Truth InEventWindow(const Span& span, Side side, const EventWindow& window, bool touching,
                    base::Instant at, Moments& moments);

}  // namespace medverka::criteria::internal
