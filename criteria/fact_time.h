// What a fact's time is (docs/fact-times.md), and how it lies to a window. Everything depends on
// log time `at`; each answer also names the instants at which it may be another one with no new
// event ("moments").
//
// A point in time is a range [lo, hi] in which it lies; an interval is a start range and an end
// range. An end that may lie after log time has hi = kDistantFuture; one that certainly does has lo
// = hi = kDistantFuture.
#pragma once

#include <optional>
#include <vector>

#include "criteria/fact.h"
#include "criteria/program.h"
#include "criteria/truth.h"

namespace medverka::criteria {

// A prescription in Sweden is valid for a year at most (HSLF-FS 2021:75), so an order without an
// end says nothing about longer.
inline constexpr base::Period kOrderLife{12, base::TimeUnit::kMonth};
// Visits that nobody closed: an emergency one is taken to be over after three days, an outpatient
// one with its day.
inline constexpr base::Period kOpenEmergencyVisit{72, base::TimeUnit::kHour};

// Collects instants after `after` at which an answer may change. Order and duplicates do not
// matter.
class Moments {
 public:
  explicit Moments(base::Instant after) : after_(after) {}
  void Add(base::Instant moment) {
    if (moment > after_ && moment < base::kDistantFuture) moments_.push_back(moment);
  }
  const std::vector<base::Instant>& all() const { return moments_; }

 private:
  base::Instant after_;
  std::vector<base::Instant> moments_;
};

struct Span {
  bool counts = false;  // false: dated after log time, does not count yet
  base::TimeRange start;
  base::TimeRange end;
  std::optional<base::TimeRange> recorded;
  bool dated = false;  // any clinical time was stated at all
  bool exact = false;  // the start is one known instant
  // Their upper bound is log time itself and moves on with it, so it is no instant at which
  // something turns.
  bool start_moves = false;
  bool end_moves = false;
  // For a diagnosis of a visit: the part that is sure, the visit itself. Else start and end.
  base::TimeRange sure_start;
  base::TimeRange sure_end;
};

// `visit`: the visit that fact.visit_id names, where the patient has it; else nullptr.
Span SpanOf(const FactRef& ref, const FactRef* visit, const Vocabulary& vocabulary,
            base::Instant at, Moments& moments);

// Is it going on at log time? Start before or at it, end after it.
Truth IsCurrent(const Span& span, base::Instant at, Moments& moments);

// Does its length reach `period`? Of what goes on after log time only the part before it counts.
Truth LastsAtLeast(const Span& span, base::Period period, base::Instant at, Moments& moments);

// A window at one log time, both ends included.
struct Window {
  base::Instant from = base::kDistantPast;
  base::Instant to = base::kDistantFuture;
};
Window WindowOf(const TimeClause& clause, base::Instant at);

// Does the asked side of the interval lie in the window?
Truth InWindow(const Span& span, const TimeClause& clause, base::Instant at, Moments& moments);

// First local day d with d - period > date, and with d - period >= date: when a day leaves a window
// "within last period", and when it enters "at least period ago". Not date + period: 28 February
// leaves "within last 1 month" on 1 April, since 31 March - 1 month is clamped to 28 February.
base::Date FirstDayBeyond(base::Date date, base::Period period);
base::Date FirstDayReached(base::Date date, base::Period period);

}  // namespace medverka::criteria
