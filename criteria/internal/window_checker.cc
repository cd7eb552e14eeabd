#include "criteria/internal/window_checker.h"

#include <algorithm>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/walk.h"
#include "ops/base/format.h"

namespace medverka::criteria::internal {
namespace {

// Shortest and longest days of a period: a month has 28 to 31, a year 365 or 366.
struct Days {
  double least = 0;
  double most = 0;
};

Days DaysOf(const base::Period& period) {
  const double amount = period.amount;
  switch (period.unit) {
    case base::TimeUnit::kSecond:
      return {amount / 86400, amount / 86400};
    case base::TimeUnit::kMinute:
      return {amount / 1440, amount / 1440};
    case base::TimeUnit::kHour:
      return {amount / 24, amount / 24};
    case base::TimeUnit::kDay:
      return {amount, amount};
    case base::TimeUnit::kWeek:
      return {amount * 7, amount * 7};
    case base::TimeUnit::kMonth:
      return {amount * 28, amount * 31};
    case base::TimeUnit::kYear:
      return {amount * 365, amount * 366};
  }
  return {};
}

bool Relative(const TimeClause& clause) { return clause.kind != TimeClause::Kind::kFixed; }

// Can one instant lie in both? True where that cannot be told.
bool MayMeet(const TimeClause& a, const TimeClause& b) {
  if (Relative(a) != Relative(b)) return true;
  if (!Relative(a)) {
    const auto apart = [](const TimeClause& first, const TimeClause& second) {
      return first.to && second.from && *first.to < *second.from;
    };
    return !apart(a, b) && !apart(b, a);
  }
  constexpr double kSlackDays = 2;
  const auto apart = [](const TimeClause& recent, const TimeClause& old) {
    return recent.kind != TimeClause::Kind::kAtLeastAgo &&
           old.kind != TimeClause::Kind::kWithinLast &&
           DaysOf(recent.far).most + kSlackDays < DaysOf(old.near).least;
  };
  return !apart(a, b) && !apart(b, a);
}

// One instant is judged, not an interval of which another part may lie in the other window.
bool OneInstant(FactKind kind, Side side) {
  return side == Side::kStarting || side == Side::kEnding || side == Side::kRecorded ||
         (side == Side::kAny &&
          (kind == FactKind::kObservation || kind == FactKind::kImmunization));
}

// Neither counts from an event nor begins now.
bool Alone(const ast::Time& time) {
  return !CountsFromEvent(time) && time.from.type == ast::Point::Type::kDate;
}

}  // namespace

void CheckWindows(const std::vector<const ast::Time*>& times, FactKind kind, bool current,
                  const Source& source, Reporter& reporter) {
  for (const ast::Time* each : times) {
    const ast::Time& time = *each;
    const bool any_instant = time.shape == ast::Time::Shape::kOverlapping;
    if (Lasts(kind) && time.side == Side::kAny && !current && !any_instant) {
      std::string when;
      for (const char c : source.text(time.when_span)) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank || when.empty() || when.back() != ' ') when += blank ? ' ' : c;
      }
      reporter.Report(DiagnosticCode::kSideMissing, time.span,
                      fmt::format("{} {} lasts: which side of it is meant?",
                                  kind == FactKind::kAllergy ? "an" : "a", Name(kind)),
                      fmt::format("Write one of:\n"
                                  "  starting {0}  (it began then)\n"
                                  "  ending {0}  (it ended then)\n"
                                  "  ongoing {0}  (some of it lay there)\n"
                                  "  recorded {0}  (it was written down then)",
                                  when));
      return;
    }
  }
  for (std::size_t i = 0; i < times.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!Alone(*times[i]) || !Alone(*times[j])) continue;
      const TimeClause a = CompileTime(*times[i], current);
      const TimeClause b = CompileTime(*times[j], current);
      if (a.side != b.side || !OneInstant(kind, a.side) || MayMeet(a, b)) continue;
      reporter.Report(
          DiagnosticCode::kWindowNeverHolds, times[i]->span,
          "this window and the one before it have no time in common",
          "All windows of a query must hold. Use \"or\" between two queries if one is enough.");
      return;
    }
  }
}

TimeClause CompileTime(const ast::Time& time, bool current) {
  using Shape = ast::Time::Shape;
  TimeClause clause;
  clause.side = time.side == Side::kAny && current ? Side::kOngoing : time.side;
  switch (time.shape) {
    case Shape::kWithinLast:
      clause.kind = TimeClause::Kind::kWithinLast;
      clause.far = time.far.period;
      return clause;
    case Shape::kAtLeastAgo:
      clause.kind = TimeClause::Kind::kAtLeastAgo;
      clause.near = time.near.period;
      return clause;
    case Shape::kBetweenAgo:
      clause.kind = TimeClause::Kind::kBetweenAgo;
      clause.near = time.near.period;
      clause.far = time.far.period;
      return clause;
    case Shape::kSince:
      clause.from = time.from.date.lo;
      break;
    case Shape::kAfter:
      clause.from = time.from.date.hi + 1;
      break;
    case Shape::kBefore:
      clause.to = time.from.date.lo - 1;
      break;
    case Shape::kOnOrBefore:
      clause.to = time.from.date.hi;
      break;
    case Shape::kBetweenDates:
      clause.from = time.from.date.lo;
      clause.to_now = time.to.type == ast::Point::Type::kNow;
      if (!clause.to_now) clause.to = time.to.date.hi;
      break;
    default:  // counts from an event
      break;
  }
  clause.kind = TimeClause::Kind::kFixed;
  return clause;
}

}  // namespace medverka::criteria::internal
