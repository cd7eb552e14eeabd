// Idea: turn whatever the source said (onset, status, supply, visit) into a start range and an end
// range as they are known at log time, once, here. All windows are then the same few comparisons of
// ranges, and unknown falls out of them by itself: a comparison is true if it holds for all points
// of the ranges, false if for none.
//
// Left out of that telling: a range that reaches past log time is clipped at it, since what has
// happened has happened before now; so an answer may change when log time passes the range's end.
// Those instants go to Moments.
#include "criteria/fact_time.h"

#include <algorithm>

namespace medverka::criteria {
namespace {

using base::AddMonths;
using base::Date;
using base::Instant;
using base::kDistantFuture;
using base::kDistantPast;
using base::LocalDate;
using base::Period;
using base::StartOfDay;
using base::TimeRange;
using base::TimeUnit;

constexpr TimeRange kGoesOn{kDistantFuture, kDistantFuture};

Instant After(Instant start, Period period) {
  if (!period.calendar()) return start + base::MicrosOf(period);
  return base::EndOfDay(base::Add(LocalDate(start), period, +1));
}

// When the resource was written down, as far as it says.
std::optional<TimeRange> RecordedAt(const Resource& resource) {
  if (resource.recorded) return resource.recorded;
  if (resource.issued) return TimeRange{*resource.issued, *resource.issued};
  if (resource.updated) return TimeRange{*resource.updated, *resource.updated};
  return std::nullopt;
}

// A point known only as a range cannot lie after it was written down, nor after now.
TimeRange Clip(TimeRange range, const std::optional<TimeRange>& recorded, Instant at,
               Moments& moments, bool* moves) {
  if (recorded && recorded->hi >= range.lo) range.hi = std::min(range.hi, recorded->hi);
  *moves = range.hi > at;
  if (*moves) {
    moments.Add(range.hi);
    moments.Add(range.hi + 1);
    range.hi = std::max(range.lo, at);
  }
  return range;
}

// The start as the kind has it: the stated time, else when it was recorded, else some time before
// now.
TimeRange StartOf(const FactRef& ref, const std::optional<TimeRange>& recorded, Instant at,
                  bool* dated) {
  *dated = true;
  if (ref.fact->start) return *ref.fact->start;
  if (recorded) return *recorded;
  *dated = false;
  return {kDistantPast, at};
}

// Over, but nobody said when: between its start and the last word about it; without one, before
// now.
TimeRange EndedSometime(const FactRef& ref, Span& span, Instant at) {
  const TimeRange& start = span.start;
  Instant last = at;
  if (ref.resource->updated) {
    last = *ref.resource->updated;
  } else if (ref.resource->recorded) {
    last = std::max(ref.resource->recorded->hi, start.lo);
  } else {
    span.end_moves = true;
  }
  return {start.lo, std::max(last, start.lo)};
}

TimeRange ConditionEnd(const FactRef& ref, Span& span, Instant at) {
  const Fact& fact = *ref.fact;
  if (fact.end) return *fact.end;
  if (fact.ended || fact.holding == Holding::kPast) return EndedSometime(ref, span, at);
  if (fact.upkeep == Upkeep::kAtVisit) return {span.sure_end.lo, kDistantFuture};
  if (fact.ongoing || fact.holding == Holding::kNegative) return kGoesOn;
  return {span.start.lo, kDistantFuture};
}

TimeRange MedicationEnd(const FactRef& ref, Span& span, Instant at) {
  const Fact& fact = *ref.fact;
  if (fact.end) return *fact.end;
  const bool supply = fact.upkeep == Upkeep::kSupply;
  if (supply && fact.holding == Holding::kNegative) return span.start;  // a dose that was not given
  TimeRange said = span.start;  // the newest word that it is taken
  if (const auto& recorded = ref.resource->recorded) {
    said = {std::max(said.lo, recorded->lo), std::max(said.hi, recorded->hi)};
  }
  const TimeRange life_ends{After(said.lo, kOrderLife), After(said.hi, kOrderLife)};
  const Instant day_ends = base::EndOfDay(LocalDate(span.start.lo));
  if (fact.ended || fact.holding == Holding::kPast) {
    // A start known only as "before now" bounds nothing.
    Instant last = span.start_moves ? kDistantFuture : life_ends.hi;
    if (ref.resource->updated) {
      last = std::min(*ref.resource->updated, last);
    } else if (!span.dated && !supply) {
      last = at;
      span.end_moves = true;
    }
    return {supply ? std::min(day_ends, last) : span.start.lo, std::max(last, span.start.lo)};
  }
  return {supply ? day_ends : life_ends.lo, kDistantFuture};
}

// Open visits: an inpatient one lasts, an emergency one for kOpenEmergencyVisit, any other ends
// with its day.
TimeRange VisitEnd(const FactRef& ref, Span& span, const Vocabulary& vocabulary, Instant at) {
  const Fact& fact = *ref.fact;
  if (fact.end) return *fact.end;
  if (!fact.ongoing) return fact.ended ? EndedSometime(ref, span, at) : span.start;
  const std::string_view visit_class = vocabulary.coding(fact.visit_class).code;
  if (visit_class == "IMP" || visit_class == "ACUTE" || visit_class == "NONAC") return kGoesOn;
  const auto closes = [&](Instant start) {
    return visit_class == "EMER" ? After(start, kOpenEmergencyVisit)
                                 : base::EndOfDay(LocalDate(start));
  };
  // A start known only as "before now" moves on with it, and so would the end.
  return {closes(span.start.lo), span.start_moves ? kDistantFuture : closes(span.start.hi)};
}

TimeRange EndOf(const FactRef& ref, Span& span, const Vocabulary& vocabulary, Instant at) {
  const Fact& fact = *ref.fact;
  switch (fact.kind) {
    case FactKind::kCondition:
    case FactKind::kAllergy:
      return ConditionEnd(ref, span, at);
    case FactKind::kMedication:
      return MedicationEnd(ref, span, at);
    case FactKind::kVisit:
      return VisitEnd(ref, span, vocabulary, at);
    case FactKind::kParticipation:
    case FactKind::kDevice:
      if (fact.end) return *fact.end;
      if (fact.ended || fact.holding == Holding::kPast) return EndedSometime(ref, span, at);
      return fact.ongoing ? kGoesOn : TimeRange{span.start.lo, kDistantFuture};
    case FactKind::kProcedure:
      if (fact.end) return *fact.end;
      return fact.ongoing ? kGoesOn : span.start;
    default:
      return span.start;  // results, vaccinations, answers: moments
  }
}

}  // namespace

Date FirstDayBeyond(Date date, Period period) {
  Date day = base::Add(date, period, +1);
  while (!(base::Add(day, period, -1) > date)) day = day + 1;
  return day;
}

Date FirstDayReached(Date date, Period period) {
  Date day = base::Add(date, period, +1);
  while (base::Add(day, period, -1) < date) day = day + 1;
  return day;
}

Span SpanOf(const FactRef& ref, const FactRef* visit, const Vocabulary& vocabulary, Instant at,
            Moments& moments) {
  Span span;
  span.recorded = RecordedAt(*ref.resource);
  const bool of_visit =
      ref.fact->kind == FactKind::kCondition && ref.fact->upkeep == Upkeep::kAtVisit;
  std::optional<TimeRange> visit_start;
  std::optional<TimeRange> visit_end;
  if (of_visit && visit != nullptr) {
    const Span visit_span = SpanOf(*visit, nullptr, vocabulary, at, moments);
    if (!visit_span.counts) return span;  // the visit has not begun
    visit_start = visit_span.start;
    visit_end = visit_span.end;
  }
  const TimeRange said =
      !ref.fact->start && visit_start ? *visit_start : StartOf(ref, span.recorded, at, &span.dated);
  if (!ref.fact->start && visit_start) span.dated = true;
  if (said.lo > at) {
    moments.Add(said.lo);
    return span;
  }
  span.counts = true;
  span.exact = span.dated && said.lo == said.hi;
  span.start =
      Clip(said, ref.fact->start ? span.recorded : std::nullopt, at, moments, &span.start_moves);
  if (!span.dated) span.start_moves = true;
  span.sure_start = visit_start.value_or(span.start);
  span.sure_end = visit_end.value_or(span.start);
  span.end = EndOf(ref, span, vocabulary, at);
  // An end before the start is a slip of the source: the interval is then at least its start.
  span.end.lo = std::max(span.end.lo, span.start.lo);
  span.end.hi = std::max(span.end.hi, span.end.lo);
  span.start.hi = std::min(span.start.hi, std::max(span.end.hi, span.start.lo));
  span.end_moves = span.end_moves || (span.start_moves && span.end == span.start);
  if (!of_visit) {
    span.sure_start = span.start;
    span.sure_end = span.end;
  }
  return span;
}

Truth IsCurrent(const Span& span, Instant at, Moments& moments) {
  moments.Add(span.end.lo + 1);  // the end itself is still in
  if (!span.end_moves) moments.Add(span.end.hi + 1);
  if (span.end.hi < at || span.end_moves) return Truth::kFalse;
  return span.end.lo >= at ? Truth::kTrue : Truth::kUnknown;
}

Truth LastsAtLeast(const Span& span, Period period, Instant at, Moments& moments) {
  const auto reaches = [&](Instant from, bool from_moves, Instant to) {
    to = std::min(to, at);
    if (!period.calendar()) {
      if (!from_moves) moments.Add(from + base::MicrosOf(period));
      return to.us - from.us >= base::MicrosOf(period);
    }
    if (from <= kDistantPast) return true;
    const Date due = base::Add(LocalDate(from), period, +1);
    if (!from_moves) moments.Add(StartOfDay(due));
    return LocalDate(to) >= due;
  };
  moments.Add(span.end.lo);
  if (!span.end_moves) moments.Add(span.end.hi);
  const bool surely = reaches(span.start.hi, span.start_moves, span.end.lo);
  const bool maybe = reaches(span.start.lo, false, span.end.hi);
  return surely ? Truth::kTrue : maybe ? Truth::kUnknown : Truth::kFalse;
}

Window WindowOf(const TimeClause& clause, Instant at) {
  const auto back = [at](Period period, bool start_of_day) {
    if (!period.calendar()) return at - base::MicrosOf(period);
    const Date day = base::Add(LocalDate(at), period, -1);
    return start_of_day ? StartOfDay(day) : base::EndOfDay(day);
  };
  Window window;
  switch (clause.kind) {
    case TimeClause::Kind::kWithinLast:
      window.from = back(clause.far, true);
      break;
    case TimeClause::Kind::kAtLeastAgo:
      window.to = back(clause.near, false);
      break;
    case TimeClause::Kind::kBetweenAgo:
      window.from = back(clause.far, true);
      window.to = back(clause.near, false);
      break;
    case TimeClause::Kind::kFixed:
      window.from = clause.from.value_or(kDistantPast);
      window.to = clause.to.value_or(kDistantFuture);
      break;
    default:  // counted from an event
      break;
  }
  window.to = std::min(window.to, at);  // what lies after log time does not count yet
  return window;
}

namespace {

// Instants at which one known instant enters or leaves the window.
void AddWindowMoments(const TimeClause& clause, Instant x, Moments& moments) {
  if (x <= kDistantPast || x >= kDistantFuture) return;
  moments.Add(x);
  const auto leaves = [&](Period period) {
    if (!period.calendar()) {
      moments.Add(x + base::MicrosOf(period) + 1);
    } else {
      moments.Add(StartOfDay(FirstDayBeyond(LocalDate(x), period)));
    }
  };
  const auto enters = [&](Period period) {
    if (!period.calendar()) {
      moments.Add(x + base::MicrosOf(period));
    } else {
      moments.Add(StartOfDay(FirstDayReached(LocalDate(x), period)));
    }
  };
  if (clause.kind == TimeClause::Kind::kWithinLast ||
      clause.kind == TimeClause::Kind::kBetweenAgo) {
    leaves(clause.far);
  }
  if (clause.kind == TimeClause::Kind::kAtLeastAgo ||
      clause.kind == TimeClause::Kind::kBetweenAgo) {
    enters(clause.near);
  }
}

Truth PointIn(const TimeRange& point, const Window& window) {
  if (window.to < window.from) return Truth::kFalse;  // wholly after log time
  if (point.hi < window.from || point.lo > window.to) return Truth::kFalse;
  return point.lo >= window.from && point.hi <= window.to ? Truth::kTrue : Truth::kUnknown;
}

Truth Overlaps(const TimeRange& start, const TimeRange& end, const Window& window) {
  if (window.to < window.from) return Truth::kFalse;
  if (start.lo > window.to || end.hi < window.from) return Truth::kFalse;
  return start.hi <= window.to && end.lo >= window.from ? Truth::kTrue : Truth::kUnknown;
}

}  // namespace

Truth InWindow(const Span& span, const TimeClause& clause, Instant at, Moments& moments) {
  const Window window = WindowOf(clause, at);
  const auto note = [&](const TimeRange& range, bool moves) {
    AddWindowMoments(clause, range.lo, moments);
    // A range clipped at log time moves on with it; Clip has noted when that stops.
    if (range.hi != range.lo && !moves) AddWindowMoments(clause, range.hi, moments);
  };
  if (clause.from) moments.Add(*clause.from);
  if (clause.to) moments.Add(*clause.to + 1);
  switch (clause.side) {
    case Side::kStarting:
      note(span.start, span.start_moves);
      return PointIn(span.start, window);
    case Side::kEnding:
      note(span.end, span.end_moves);
      return PointIn(span.end, window);
    case Side::kRecorded:
      if (!span.recorded) return Truth::kUnknown;
      note(*span.recorded, false);
      return PointIn(*span.recorded, window);
    case Side::kAny:
    case Side::kOngoing:
      note(span.start, span.start_moves);
      note(span.end, span.end_moves);
      return Overlaps(span.start, span.end, window);
  }
  return Truth::kUnknown;
}

}  // namespace medverka::criteria
