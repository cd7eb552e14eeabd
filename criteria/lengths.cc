// Idea: how long something lasts is asked of intervals whose ends are ranges, so there are two
// lengths: the one that is sure and the one that can be. Medications of a set last together: their
// intervals are joined where they touch, or where the gap between them is one that the author
// allows.
#include <algorithm>

#include "criteria/internal/leaves.h"

namespace medverka::criteria::internal {

using base::Instant;
using base::LocalDate;
using base::TimeRange;

namespace {

TimeRange SureOf(const Span& span) { return {span.start.hi, span.end.lo}; }
TimeRange MaybeOf(const Span& span) { return {span.start.lo, span.end.hi}; }

// Does `b` begin before `a` is over, touch it, or begin after a gap that is allowed? Of whole days
// the next one touches: an end date lasts through its day.
bool BeginsBy(const TimeRange& a, const TimeRange& b, const std::optional<base::Period>& gaps) {
  if (b.lo <= a.hi) return true;
  base::Date last = LocalDate(a.hi);
  if (gaps && !gaps->calendar()) {
    if (b.lo.us - a.hi.us <= base::MicrosOf(*gaps)) return true;
  } else if (gaps) {
    last = base::Add(last, *gaps, +1);
  }
  return LocalDate(b.lo).days <= last.days + 1;
}
bool Joins(const TimeRange& a, const TimeRange& b, const std::optional<base::Period>& gaps) {
  return BeginsBy(a, b, gaps) && BeginsBy(b, a, gaps);
}

// The longest stretch around item `index` that `extent` of the facts that take part make together.
template <typename Extent, typename TakesPart>
TimeRange Stretch(const std::vector<Item>& items, std::size_t index,
                  const std::optional<base::Period>& gaps, const Extent& extent,
                  const TakesPart& takes_part) {
  TimeRange run = extent(items[index].span);
  for (bool grew = true; grew;) {
    grew = false;
    for (const Item& other : items) {
      const TimeRange more = extent(other.span);
      if (!takes_part(other) || more.lo > more.hi || !Joins(run, more, gaps)) continue;
      grew = grew || more.lo < run.lo || more.hi > run.hi;
      run = {std::min(run.lo, more.lo), std::max(run.hi, more.hi)};
    }
  }
  return run;
}

// Is it longer than `period`? Of what goes on after log time the end is not known, unless only what
// has passed of it is asked for.
Truth LastsLonger(const Span& span, base::Period period, bool so_far, Instant at,
                  Moments& moments) {
  const auto exceeds = [&](Instant from, bool from_moves, Instant to) {
    to = std::min(to, at);
    if (!period.calendar()) {
      if (!from_moves) moments.Add(from + base::MicrosOf(period) + 1);
      return to.us - from.us > base::MicrosOf(period);
    }
    if (from <= base::kDistantPast) return true;
    const base::Date last = base::Add(LocalDate(from), period, +1);
    if (!from_moves) moments.Add(base::StartOfDay(last + 1));
    return LocalDate(to) > last;
  };
  moments.Add(span.end.lo);
  moments.Add(span.end.lo + 1);
  if (!span.end_moves) {
    moments.Add(span.end.hi);
    moments.Add(span.end.hi + 1);
  }
  if (exceeds(span.start.hi, span.start_moves, span.end.lo)) return Truth::kTrue;
  const bool goes_on = span.end.hi > at && !so_far;
  if (goes_on || exceeds(span.start.lo, false, span.end.hi)) return Truth::kUnknown;
  return Truth::kFalse;
}

}  // namespace

Span Leaves::Joined(const Query& query, const std::vector<Item>& items, std::size_t index) const {
  Span span = items[index].span;
  if (query.kind != FactKind::kMedication && !query.gaps) return span;
  const TimeRange sure = Stretch(items, index, query.gaps, SureOf, [](const Item& one) {
    return one.holds == Truth::kTrue && one.filters == Truth::kTrue;
  });
  const TimeRange maybe = Stretch(items, index, query.gaps, MaybeOf, [](const Item& one) {
    return one.holds != Truth::kFalse && one.filters != Truth::kFalse;
  });
  span.start = {std::min(maybe.lo, sure.lo), sure.lo};
  span.end = {sure.hi, std::max(maybe.hi, sure.hi)};
  return span;
}

// `for at least`, `for at most`: medications of the set last as joined intervals, everything else
// by itself.
void Leaves::JudgeLengths(const Query& query, std::vector<Item>& items, Moments& moments) const {
  if (!query.lasting && !query.lasting_at_most) return;
  std::vector<Truth> lasting;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Span span = Joined(query, items, i);
    Truth truth = Truth::kTrue;
    if (query.lasting) truth = LastsAtLeast(span, *query.lasting, moment_.at, moments);
    if (query.lasting_at_most) {
      truth =
          And(truth,
              Not(LastsLonger(span, *query.lasting_at_most, query.current, moment_.at, moments)));
    }
    lasting.push_back(truth);
  }
  for (std::size_t i = 0; i < items.size(); ++i)
    items[i].filters = And(items[i].filters, lasting[i]);
}

// ---- totals

namespace {

// What the windows of a query leave of a stretch, where a clause asks for what goes on in it.
TimeRange Cut(TimeRange range, const std::vector<EventWindow>& windows, bool surely, Instant at) {
  range.hi = std::min(range.hi, at);
  for (const EventWindow& window : windows) {
    range.lo = std::max(range.lo, surely ? window.from.at.hi : window.from.at.lo);
    range.hi = std::min(range.hi, surely ? window.to.at.lo : window.to.at.hi);
  }
  return range;
}

struct Total {
  std::int64_t days = 0;
  std::int64_t micros = 0;
  base::Date first{0};
};

// Of stretches that do not overlap, joined over the gaps that are allowed. A day counts if any of
// it is in.
Total Sum(std::vector<TimeRange> ranges, const std::optional<base::Period>& gaps) {
  std::sort(ranges.begin(), ranges.end());
  std::vector<TimeRange> joined;
  for (const TimeRange& range : ranges) {
    if (range.lo > range.hi) continue;
    if (!joined.empty() && BeginsBy(joined.back(), range, gaps)) {
      joined.back().hi = std::max(joined.back().hi, range.hi);
    } else {
      joined.push_back(range);
    }
  }
  Total total;
  for (const TimeRange& range : joined) {
    if (total.days == 0) total.first = LocalDate(range.lo);
    total.days += LocalDate(range.hi).days - LocalDate(range.lo).days + 1;
    total.micros += range.hi.us - range.lo.us;
  }
  return total;
}

// How much is missing to the period, in days or microseconds; at most zero: it is reached. Months
// and years are laid out from the first day on.
std::int64_t Missing(const Total& total, base::Period period) {
  if (!period.calendar()) return base::MicrosOf(period) - total.micros;
  const base::Date first = total.days == 0 ? base::Date{0} : total.first;
  return base::Add(first, period, +1).days - first.days - total.days;
}

// The total grows and shrinks by a day a day, by up to four where a window of months steps over a
// month's end, so it cannot turn before this.
void AddTurn(std::int64_t missing, base::Period period, Instant at, Moments& moments) {
  if (!period.calendar()) {
    moments.Add(at + std::max<std::int64_t>(1, missing > 0 ? missing : 1 - missing));
    return;
  }
  constexpr int kDaysAtOnceMax = 4;
  const auto days = static_cast<int>(
      std::clamp<std::int64_t>((missing > 0 ? missing : 1 - missing) / kDaysAtOnceMax, 1, 100'000));
  moments.Add(base::StartOfDay(LocalDate(at) + days));
}

}  // namespace

// `for a total of at least`: what the facts of the set come to together inside the windows.
void Leaves::JudgeTotal(const Query& query, std::vector<Item>& items, Moments& moments) const {
  if (!query.total || items.empty()) return;
  using Kind = TimeClause::Kind;
  std::vector<EventWindow> windows;
  bool from_moves = false;
  bool to_moves = false;
  for (const TimeClause& clause : query.times) {
    if (clause.side != Side::kAny && clause.side != Side::kOngoing) continue;
    const EventWindow window = WindowNow(clause);
    from_moves = from_moves || window.from.moves || clause.kind == Kind::kWithinLast ||
                 clause.kind == Kind::kBetweenAgo;
    to_moves = to_moves || window.to.moves || clause.kind == Kind::kAtLeastAgo ||
               clause.kind == Kind::kBetweenAgo;
    windows.push_back(window);
  }
  std::vector<TimeRange> sure;
  std::vector<TimeRange> maybe;
  bool grows = false;  // with time alone
  bool shrinks = false;
  for (const Item& item : items) {
    const Truth there = And(And(item.inside(), item.holds), item.test);
    if (there == Truth::kFalse) continue;
    const TimeRange cut = Cut(MaybeOf(item.span), windows, false, moment_.at);
    grows = grows || item.span.end.hi >= moment_.at || item.span.end_moves ||
            (to_moves && item.span.end.hi > cut.hi);
    shrinks = shrinks || (from_moves && cut.lo <= cut.hi);
    if (there == Truth::kTrue) sure.push_back(Cut(SureOf(item.span), windows, true, moment_.at));
    maybe.push_back(cut);
  }
  const std::int64_t surely_missing = Missing(Sum(sure, query.gaps), *query.total);
  const std::int64_t maybe_missing = Missing(Sum(maybe, query.gaps), *query.total);
  for (const std::int64_t missing : {surely_missing, maybe_missing}) {
    if (missing > 0 ? grows : shrinks) AddTurn(missing, *query.total, moment_.at, moments);
  }
  const Truth reached = surely_missing <= 0  ? Truth::kTrue
                        : maybe_missing <= 0 ? Truth::kUnknown
                                             : Truth::kFalse;
  for (Item& item : items) item.filters = And(item.filters, reached);
}

}  // namespace medverka::criteria::internal
