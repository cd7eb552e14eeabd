// Idea: a count with conditions is asked for as "is there a set of so many facts that fits?",
// because that only grows with more facts. So two lists are enough: the facts that pass for
// certain, which must fit whatever the dates turn out to be, and those that may pass, which need
// only one way to fit.
//
//   apart           certain: greedy from the earliest, pairs that are apart whatever their dates.
//                   That is exact: the fewest spans shorter than the distance that meet all dates
//                   are as many. Possible: the dates are laid out one after the other.
//   different       facts that share a code are one, also through a third
//   different days  the fewest days that all dates allow, and the most
//   within any      every span that begins at a fact
//   consecutive     the sequence is cut where a fact fails (or may), and each stretch counted
#include <algorithm>
#include <functional>
#include <numeric>

#include "criteria/internal/counting.h"

namespace medverka::criteria::internal {

using base::Date;
using base::Instant;
using base::LocalDate;
using base::Period;

bool AtLeastApart(Instant earlier, Instant later, Period period) {
  if (!period.calendar()) return later.us - earlier.us >= base::MicrosOf(period);
  if (earlier <= base::kDistantPast) return later > earlier;
  return LocalDate(later) >= base::Add(LocalDate(earlier), period, +1);
}

bool AtMostApart(Instant earlier, Instant later, Period period) {
  if (!period.calendar()) return later.us - earlier.us <= base::MicrosOf(period);
  if (earlier <= base::kDistantPast) return later <= earlier;
  return LocalDate(later) <= base::Add(LocalDate(earlier), period, +1);
}

bool SurelyBefore(const Item& a, const Item& b) {
  if (a.span.start.hi < b.span.start.lo) return true;
  return a.span.exact && b.span.exact && a.span.start == b.span.start && TieBefore(a.ref, b.ref);
}

namespace {

using List = std::vector<const Item*>;

struct Lists {
  List sure;   // pass for certain
  List maybe;  // pass, or may
};

// ---- different

bool ShareCode(const Item& a, const Item& b) {
  const auto& codes = b.ref.fact->codes;
  return std::any_of(a.ref.fact->codes.begin(), a.ref.fact->codes.end(), [&](CodeId code) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
  });
}

// For each fact the number of its group; facts that share a code are in one, also through others.
std::vector<std::size_t> GroupsOf(const List& items) {
  std::vector<std::size_t> group(items.size());
  std::iota(group.begin(), group.end(), std::size_t{0});
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (group[i] == group[j] || !ShareCode(*items[i], *items[j])) continue;
      const std::size_t from = group[i];
      std::replace(group.begin(), group.end(), from, group[j]);
    }
  }
  return group;
}

std::int32_t CountGroups(const List& items) {
  std::vector<std::size_t> groups = GroupsOf(items);
  std::sort(groups.begin(), groups.end());
  return static_cast<std::int32_t>(std::unique(groups.begin(), groups.end()) - groups.begin());
}

bool Contains(const List& list, const Item* item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// An undecided fact may show that two certain ones are the same.
std::int32_t DifferentForCertain(const Lists& lists) {
  const std::vector<std::size_t> groups = GroupsOf(lists.maybe);
  std::vector<std::size_t> with_sure;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (Contains(lists.sure, lists.maybe[i])) with_sure.push_back(groups[i]);
  }
  std::sort(with_sure.begin(), with_sure.end());
  return static_cast<std::int32_t>(std::unique(with_sure.begin(), with_sure.end()) -
                                   with_sure.begin());
}

std::int32_t DifferentAtMost(const Lists& lists) {
  List undecided;
  for (const Item* item : lists.maybe) {
    if (!Contains(lists.sure, item)) undecided.push_back(item);
  }
  if (undecided.size() > kUndecidedTriedMax) {
    return CountGroups(lists.sure) + static_cast<std::int32_t>(undecided.size());
  }
  std::int32_t most = 0;
  for (std::size_t bits = 0; bits < (std::size_t{1} << undecided.size()); ++bits) {
    List world = lists.sure;
    for (std::size_t i = 0; i < undecided.size(); ++i) {
      if ((bits >> i & 1) != 0) world.push_back(undecided[i]);
    }
    most = std::max(most, CountGroups(world));
  }
  return most;
}

// ---- apart

void SortByEarliestEnd(List& items) {
  std::sort(items.begin(), items.end(), [](const Item* a, const Item* b) {
    if (a->span.start.hi != b->span.start.hi) return a->span.start.hi < b->span.start.hi;
    if (a->span.start.lo != b->span.start.lo) return a->span.start.lo < b->span.start.lo;
    return TieBefore(a->ref, b->ref);
  });
}

// Pairs that are apart whatever their dates are; with `groups`, of different groups too.
std::int32_t ApartForCertain(List items, Period apart, bool different, const List& all) {
  SortByEarliestEnd(items);
  const std::vector<std::size_t> groups =
      different ? GroupsOf(all) : std::vector<std::size_t>(all.size());
  const auto group_of = [&](const Item* item) {
    return groups[static_cast<std::size_t>(std::find(all.begin(), all.end(), item) - all.begin())];
  };
  List taken;
  for (const Item* item : items) {
    const bool fits =
        (taken.empty() || AtLeastApart(taken.back()->span.start.hi, item->span.start.lo, apart)) &&
        (!different || std::none_of(taken.begin(), taken.end(), [&](const Item* other) {
          return group_of(other) == group_of(item);
        }));
    if (fits) taken.push_back(item);
  }
  return static_cast<std::int32_t>(taken.size());
}

// The first instant that is `apart` after `instant`.
Instant NextAfter(Instant instant, Period apart) {
  if (instant <= base::kDistantPast) return instant + 1;
  if (!apart.calendar()) return instant + base::MicrosOf(apart);
  return base::StartOfDay(base::Add(LocalDate(instant), apart, +1));
}

// Lays the facts out one after the other as early as their dates allow; for each subset the
// earliest instant of its last one.
std::int32_t ApartAtMost(const List& items, Period apart) {
  const bool all_known = std::all_of(items.begin(), items.end(), [&](const Item* item) {
    const base::TimeRange& when = item->span.start;
    return when.lo == when.hi || (apart.calendar() && when.lo > base::kDistantPast &&
                                  LocalDate(when.lo) == LocalDate(when.hi));
  });
  if (all_known) return ApartForCertain(items, apart, false, items);
  if (items.size() > kLaidOutMax) return static_cast<std::int32_t>(items.size());
  const std::size_t subsets = std::size_t{1} << items.size();
  std::vector<Instant> last(subsets, base::kDistantFuture);
  last[0] = base::kDistantPast;
  std::int32_t most = 0;
  for (std::size_t subset = 1; subset < subsets; ++subset) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if ((subset >> i & 1) == 0) continue;
      const std::size_t before = subset & ~(std::size_t{1} << i);
      if (last[before] == base::kDistantFuture) continue;
      const base::TimeRange& when = items[i]->span.start;
      const Instant earliest =
          before == 0 ? when.lo : std::max(when.lo, NextAfter(last[before], apart));
      if (earliest <= when.hi) last[subset] = std::min(last[subset], earliest);
    }
    if (last[subset] == base::kDistantFuture) continue;
    std::int32_t size = 0;
    for (std::size_t i = 0; i < items.size(); ++i)
      size += static_cast<std::int32_t>(subset >> i & 1);
    most = std::max(most, size);
  }
  return most;
}

// ---- days

struct Days {
  Date first;
  Date last;
};

std::vector<Days> DaysOf(const List& items) {
  std::vector<Days> days;
  for (const Item* item : items) {
    // A fact that nobody dated may lie on any day up to now.
    const Instant lo = std::max(item->span.start.lo, Instant{0});
    days.push_back({LocalDate(lo), LocalDate(std::max(lo, item->span.start.hi))});
  }
  std::sort(days.begin(), days.end(), [](const Days& a, const Days& b) {
    return a.last != b.last ? a.last < b.last : a.first < b.first;
  });
  return days;
}

// The fewest days that meet all of them.
std::int32_t DaysForCertain(const List& items) {
  std::int32_t count = 0;
  std::optional<Date> at;
  for (const Days& days : DaysOf(items)) {
    if (at && days.first <= *at) continue;
    at = days.last;
    ++count;
  }
  return count;
}

// A day of its own for as many as possible: the one that must be soonest goes first.
std::int32_t DaysAtMost(const List& items) {
  std::vector<Days> waiting = DaysOf(items);
  std::int32_t count = 0;
  while (!waiting.empty()) {
    Date day = waiting.front().first;
    for (const Days& days : waiting) day = std::min(day, days.first);
    const auto next = std::find_if(waiting.begin(), waiting.end(),
                                   [&](const Days& days) { return days.first <= day; });
    waiting.erase(next);
    ++count;
    for (Days& days : waiting) days.first = std::max(days.first, day + 1);
    std::erase_if(waiting, [](const Days& days) { return days.first > days.last; });
  }
  return count;
}

// ---- one list

Truth AtLeastOf(const Query& query, const Lists& lists, std::int32_t count) {
  auto least = static_cast<std::int32_t>(lists.sure.size());
  auto most = static_cast<std::int32_t>(lists.maybe.size());
  if (query.different && most > 0) {
    least = std::min(least, DifferentForCertain(lists));
    most = std::min(most, DifferentAtMost(lists));
  }
  if (query.apart) {
    least =
        std::min(least, ApartForCertain(lists.sure, *query.apart, query.different, lists.maybe));
    most = std::min(most, ApartAtMost(lists.maybe, *query.apart));
  }
  Truth truth = least >= count ? Truth::kTrue : most < count ? Truth::kFalse : Truth::kUnknown;
  if (query.different_days > 0) {
    truth = And(truth, DaysForCertain(lists.sure) >= query.different_days ? Truth::kTrue
                       : DaysAtMost(lists.maybe) < query.different_days   ? Truth::kFalse
                                                                          : Truth::kUnknown);
  }
  return truth;
}

// A fact as one span of time sees it.
struct Seen {
  const Item* item;
  Truth member;  // is it there, and in the span?
};

Truth AtLeastPassing(const Query& query, const std::vector<Seen>& seen, std::int32_t count) {
  Lists lists;
  for (const Seen& one : seen) {
    const Truth passes = And(one.member, one.item->test);
    if (passes == Truth::kTrue) lists.sure.push_back(one.item);
    if (passes != Truth::kFalse) lists.maybe.push_back(one.item);
  }
  return AtLeastOf(query, lists, count);
}

// ---- in a row

// The stretches of one order: for certain a fact that may fail cuts it and one that may not be
// there is passed over; possibly only a fact that is there and fails cuts it.
Truth AtLeastInOrder(const Query& query, const std::vector<Seen>& order, std::int32_t count) {
  Truth surely = Truth::kFalse;
  Truth possibly = Truth::kFalse;
  List sure;
  List maybe;
  const auto close_sure = [&] {
    if (AtLeastOf(query, {sure, sure}, count) == Truth::kTrue) surely = Truth::kTrue;
    sure.clear();
  };
  const auto close_maybe = [&] {
    if (AtLeastOf(query, {{}, maybe}, count) != Truth::kFalse) possibly = Truth::kTrue;
    maybe.clear();
  };
  for (const Seen& one : order) {
    if (one.item->test != Truth::kTrue) close_sure();
    if (one.item->test == Truth::kTrue && one.member == Truth::kTrue) sure.push_back(one.item);
    if (one.item->test == Truth::kFalse && one.member == Truth::kTrue) close_maybe();
    if (one.item->test != Truth::kFalse) maybe.push_back(one.item);
  }
  close_sure();
  close_maybe();
  return surely == Truth::kTrue     ? Truth::kTrue
         : possibly == Truth::kTrue ? Truth::kUnknown
                                    : Truth::kFalse;
}

// Every order that the dates allow, one after the other, while `visit` says go on.
class Orders {
 public:
  Orders(const std::vector<Seen>& seen, std::function<bool(const std::vector<Seen>&)> visit)
      : seen_(seen), taken_(seen.size(), false), visit_(std::move(visit)) {}

  // False: there are more than are tried.
  bool Visit() {
    Next();
    return tried_ < kOrdersTriedMax;
  }

 private:
  bool Next() {
    if (order_.size() == seen_.size()) return visit_(order_) && ++tried_ < kOrdersTriedMax;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      if (taken_[i] || !IsNext(i)) continue;
      taken_[i] = true;
      order_.push_back(seen_[i]);
      const bool go_on = Next();
      order_.pop_back();
      taken_[i] = false;
      if (!go_on) return false;
    }
    return true;
  }
  bool IsNext(std::size_t i) const {
    for (std::size_t j = 0; j < seen_.size(); ++j) {
      if (!taken_[j] && j != i && SurelyBefore(*seen_[j].item, *seen_[i].item)) return false;
    }
    return true;
  }

  const std::vector<Seen>& seen_;
  std::vector<bool> taken_;
  std::vector<Seen> order_;
  std::function<bool(const std::vector<Seen>&)> visit_;
  int tried_ = 0;
};

Truth AtLeastInARow(const Query& query, const std::vector<Seen>& seen, std::int32_t count) {
  const bool none_fails = std::all_of(
      seen.begin(), seen.end(), [](const Seen& one) { return one.item->test == Truth::kTrue; });
  if (none_fails) return AtLeastPassing(query, seen, count);
  Truth all = Truth::kTrue;
  Truth any = Truth::kFalse;
  Orders orders(seen, [&](const std::vector<Seen>& order) {
    const Truth truth = AtLeastInOrder(query, order, count);
    all = And(all, truth);
    any = Or(any, truth);
    return !(all != Truth::kTrue && any != Truth::kFalse);
  });
  if (!orders.Visit())
    return AtLeastPassing(query, seen, count) == Truth::kFalse ? Truth::kFalse : Truth::kUnknown;
  return all == any ? all : Truth::kUnknown;
}

// ---- close together

Truth InSpan(const base::TimeRange& when, Instant from, Period length) {
  if (when.hi < from || !AtMostApart(from, when.lo, length)) return Truth::kFalse;
  return when.lo >= from && AtMostApart(from, when.hi, length) ? Truth::kTrue : Truth::kUnknown;
}

}  // namespace

Truth AtLeastCounted(const Query& query, const std::vector<Item>& items, std::int32_t count) {
  std::vector<Seen> all;
  for (const Item& item : items) {
    const Truth member = And(item.inside(), item.holds);
    if (member != Truth::kFalse) all.push_back({&item, member});
  }
  const auto at_least = [&](const std::vector<Seen>& seen) {
    return query.consecutive ? AtLeastInARow(query, seen, count)
                             : AtLeastPassing(query, seen, count);
  };
  if (!query.within_any) return at_least(all);
  if (count <= 0) return Truth::kTrue;
  // A span that holds the facts can be moved until it begins at one of them.
  Truth truth = Truth::kFalse;
  for (const Seen& first : all) {
    for (const Instant from : {first.item->span.start.lo, first.item->span.start.hi}) {
      // Days and longer are counted from day to day: the span takes in all of its first day.
      const bool day = query.within_any->calendar() && from > base::kDistantPast;
      const Instant begins = day ? base::StartOfDay(LocalDate(from)) : from;
      std::vector<Seen> seen;
      for (const Seen& one : all) {
        const Truth member =
            And(one.member, InSpan(one.item->span.start, begins, *query.within_any));
        if (member != Truth::kFalse) seen.push_back({one.item, member});
      }
      truth = Or(truth, at_least(seen));
    }
  }
  return truth;
}

void AddDistanceMoments(const Query& query, const std::vector<Item>& items, Moments& moments) {
  const bool any_moves = std::any_of(items.begin(), items.end(),
                                     [](const Item& item) { return item.span.start_moves; });
  if (!any_moves) return;
  const auto add = [&](Instant instant, Period period) {
    if (instant <= base::kDistantPast) return;
    if (!period.calendar()) {
      moments.Add(instant + base::MicrosOf(period));
      moments.Add(instant + base::MicrosOf(period) + 1);
      return;
    }
    const Date day = base::Add(LocalDate(instant), period, +1);
    moments.Add(base::StartOfDay(day));
    moments.Add(base::StartOfDay(day + 1));
  };
  // A chain of facts laid out one after the other can begin at any of the dates.
  const auto links = static_cast<std::int32_t>(std::min(items.size(), kLaidOutMax));
  for (const Item& item : items) {
    for (const Instant instant : {item.span.start.lo, item.span.start.hi}) {
      if (query.within_any) add(instant, *query.within_any);
      Instant link = instant;
      for (std::int32_t i = 0; query.apart && i < links; ++i) {
        link = NextAfter(link, *query.apart);
        moments.Add(link);
      }
      for (std::int32_t i = 0; query.different_days > 0 && i < links; ++i)
        add(instant, {i, base::TimeUnit::kDay});
    }
  }
}

}  // namespace medverka::criteria::internal
