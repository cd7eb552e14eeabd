// Idea: a query asks for a fact in a set, in a window, with a test. Widen any of the three and what
// was true stays true. Everything else about the two queries has to be equal, byte for byte.
//
// Left out of that telling: a newer refutation takes an older diagnosis away, so for kinds that can
// be refuted a window may only be widened into the past, and sets only within one code system,
// where a refutation that reaches the one fact is in both sets.
#include "criteria/analysis/implication.h"

#include <algorithm>
#include <map>

namespace medverka::criteria::internal {
namespace {

bool StartsWith(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

// Is every code of `part` one of `whole`?
bool Covers(const CodeRule& whole, const CodeRule& part) {
  using Match = CodeRule::Match;
  if (whole.system != part.system || whole.uri != part.uri) return false;
  if (whole.match == Match::kExact) return part.match == Match::kExact && whole.from == part.from;
  if (whole.match == Match::kPrefix) {
    if (!StartsWith(part.from, whole.from)) return false;
    return part.match != Match::kRange || StartsWith(part.to, whole.from);
  }
  const std::string& last = part.match == Match::kRange ? part.to : part.from;
  if (part.from < whole.from) return false;
  if (StartsWith(last, whole.to)) return true;
  return last < whole.to && !(part.match != Match::kExact && StartsWith(whole.to, last));
}

bool AllCovered(const std::vector<CodeRule>& parts, const std::vector<CodeRule>& wholes) {
  return std::all_of(parts.begin(), parts.end(), [&](const CodeRule& part) {
    return std::any_of(wholes.begin(), wholes.end(),
                       [&](const CodeRule& whole) { return Covers(whole, part); });
  });
}

bool Covers(const CodeSet& whole, const CodeSet& part) {
  return std::all_of(part.clauses.begin(), part.clauses.end(), [&](const CodeClause& inner) {
    return std::any_of(whole.clauses.begin(), whole.clauses.end(), [&](const CodeClause& outer) {
      return AllCovered(inner.include, outer.include) && AllCovered(outer.except, inner.except);
    });
  });
}

bool Refutable(FactKind kind) {
  return kind == FactKind::kCondition || kind == FactKind::kAllergy ||
         kind == FactKind::kMedication;
}

bool OneSystem(const Program& program, const std::vector<SetIndex>& sets) {
  const CodeRule* first = nullptr;
  for (const SetIndex set : sets) {
    for (const CodeClause& clause : program.sets[set].clauses) {
      for (const CodeRule& rule : clause.include) {
        if (first == nullptr) first = &rule;
        if (rule.system != first->system || rule.uri != first->uri) return false;
      }
    }
  }
  return first != nullptr;
}

bool SetsCovered(const Program& program, const Query& a, const Query& b) {
  if (a.sets == b.sets) return true;
  // More facts make intervals longer and stand between those in a row.
  if (a.lasting_at_most || (a.consecutive && b.consecutive)) return false;
  if (Refutable(a.kind)) {
    std::vector<SetIndex> both = a.sets;
    both.insert(both.end(), b.sets.begin(), b.sets.end());
    if (b.sets.empty() || !OneSystem(program, both)) return false;
  }
  if (b.sets.empty()) return true;
  return !a.sets.empty() && std::all_of(a.sets.begin(), a.sets.end(), [&](SetIndex part) {
    return std::any_of(b.sets.begin(), b.sets.end(), [&](SetIndex whole) {
      return whole == part || Covers(program.sets[whole], program.sets[part]);
    });
  });
}

// ---- time

struct Days {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

// nullopt for hours and shorter: a day of 23 hours makes them no part of a day.
std::optional<Days> DaysOf(const base::Period& period) {
  const std::int64_t n = period.amount;
  switch (period.unit) {
    case base::TimeUnit::kDay:
      return Days{n, n};
    case base::TimeUnit::kWeek:
      return Days{7 * n, 7 * n};
    case base::TimeUnit::kMonth:
      return Days{28 * n, 31 * n};
    case base::TimeUnit::kYear:
      return Days{365 * n, 366 * n};
    default:
      return std::nullopt;
  }
}

// Is a never longer than b, counted back from the same moment?
bool NotLonger(const base::Period& a, const base::Period& b) {
  if (a.unit == b.unit) return a.amount <= b.amount;
  if (!a.calendar() && !b.calendar()) return base::MicrosOf(a) <= base::MicrosOf(b);
  const bool months_and_years =
      (a.unit == base::TimeUnit::kMonth && b.unit == base::TimeUnit::kYear) ||
      (a.unit == base::TimeUnit::kYear && b.unit == base::TimeUnit::kMonth);
  if (months_and_years) {
    const auto months = [](const base::Period& period) {
      return std::int64_t{period.amount} * (period.unit == base::TimeUnit::kYear ? 12 : 1);
    };
    return months(a) <= months(b);
  }
  const auto days_a = DaysOf(a);
  const auto days_b = DaysOf(b);
  return days_a && days_b && days_a->most <= days_b->least;
}

bool Within(const TimeClause& a, const TimeClause& b, bool only_into_the_past) {
  using Kind = TimeClause::Kind;
  if (a == b) return true;
  if (a.side != b.side) return false;
  const bool relative = a.kind <= Kind::kBetweenAgo && b.kind <= Kind::kBetweenAgo;
  if (relative) {
    const bool a_to_now = a.kind == Kind::kWithinLast;
    const bool b_to_now = b.kind == Kind::kWithinLast;
    if (only_into_the_past && a_to_now != b_to_now) return false;
    if (only_into_the_past && !a_to_now && !(a.near == b.near)) return false;
    const bool recent_enough =
        b.kind == Kind::kAtLeastAgo || (a.kind != Kind::kAtLeastAgo && NotLonger(a.far, b.far));
    const bool old_enough = b_to_now || (!a_to_now && NotLonger(b.near, a.near));
    return recent_enough && old_enough;
  }
  if (a.kind != Kind::kFixed || b.kind != Kind::kFixed) return false;
  if (only_into_the_past && (a.to != b.to || a.to_now != b.to_now)) return false;
  const bool from = !b.from || (a.from && *b.from <= *a.from);
  const bool to =
      (!b.to && !b.to_now) || (a.to && b.to && *a.to <= *b.to) || (b.to_now && (a.to_now || !a.to));
  return from && to;
}

bool WindowsCovered(const Query& a, const Query& b) {
  if (b.consecutive) return a.times == b.times;
  return std::all_of(b.times.begin(), b.times.end(),
                     [&](const TimeClause& outer) {
                       return std::any_of(a.times.begin(), a.times.end(),
                                          [&](const TimeClause& inner) {
                                            return Within(inner, outer, Refutable(a.kind));
                                          });
                     }) &&
         (!b.times.empty() || a.times.empty() || !Refutable(a.kind));
}

// ---- tests

// The numbers a test accepts, both ends maybe missing.
struct Range {
  std::optional<base::Decimal> low;
  std::optional<base::Decimal> high;
  bool low_open = false;
  bool high_open = false;
};

std::optional<Range> RangeOf(const ValueTest& test) {
  const base::Decimal& limit = test.limit.number;
  if (test.kind == ValueTest::Kind::kBetween) return Range{limit, test.limit2.number};
  if (test.kind != ValueTest::Kind::kCompare) return std::nullopt;
  switch (test.op) {
    case CompareOp::kLess:
      return Range{std::nullopt, limit, false, true};
    case CompareOp::kLessEqual:
      return Range{std::nullopt, limit};
    case CompareOp::kGreater:
      return Range{limit, std::nullopt, true, false};
    case CompareOp::kGreaterEqual:
      return Range{limit, std::nullopt};
    case CompareOp::kEqual:
      return Range{limit, limit};
  }
  return std::nullopt;
}

bool SameUnit(const ValueTest& a, const ValueTest& b) {
  const auto second = [](const ValueTest& test) {
    return test.kind == ValueTest::Kind::kBetween ? test.limit2.unit : test.limit.unit;
  };
  return a.limit.unit == b.limit.unit && second(a) == a.limit.unit && second(b) == b.limit.unit &&
         a.analyte == b.analyte;
}

bool TestCovered(const std::optional<ValueTest>& a, const std::optional<ValueTest>& b) {
  if (!b) return true;
  if (!a) return false;
  if (*a == *b) return true;
  const auto inner = RangeOf(*a);
  const auto outer = RangeOf(*b);
  if (!inner || !outer || !SameUnit(*a, *b)) return false;
  const bool low =
      !outer->low ||
      (inner->low && (*outer->low < *inner->low ||
                      (*outer->low == *inner->low && (!outer->low_open || inner->low_open))));
  const bool high =
      !outer->high ||
      (inner->high && (*inner->high < *outer->high ||
                       (*inner->high == *outer->high && (!outer->high_open || inner->high_open))));
  return low && high;
}

bool JustThereIs(const Query& query) {
  return query.selector == Selector::kThereIs || query.selector == Selector::kAny;
}

std::string RestOf(Query query, bool with_counting) {
  query.selector = Selector::kThereIs;
  query.count = 0;
  query.sets.clear();
  query.times.clear();
  query.test.reset();
  query.absence = Absence::kNo;
  query.absence_stated = false;
  if (!with_counting) {
    query.different = false;
    query.consecutive = false;
    query.apart.reset();
    query.different_days = 0;
    query.within_any.reset();
  }
  return BytesOf(query);
}

}  // namespace

std::string BytesOf(const Query& query) {
  Program alone;
  alone.queries = {query};
  return EncodeProgram(alone);
}

Implications::Implications(const Program& program) : program_(program) {
  std::map<std::string, std::uint32_t> numbers;
  const auto number_of = [&](const std::string& bytes) {
    return numbers.insert({bytes, static_cast<std::uint32_t>(numbers.size())}).first->second;
  };
  for (const Query& query : program.queries)
    rest_.push_back({number_of(RestOf(query, true)), number_of(RestOf(query, false))});
}

bool Implications::Holds(std::uint32_t from, std::uint32_t to) const {
  const Query& a = program_.queries[from];
  const Query& b = program_.queries[to];
  if (a.kind != b.kind || a.ever || b.ever) return false;
  const bool chosen =
      (a.selector == Selector::kLatest || a.selector == Selector::kFirst) && a.test.has_value();
  const bool counted = a.selector == Selector::kAtLeast && a.count >= 1;
  if (JustThereIs(b)) {
    if (!JustThereIs(a) && !chosen && !counted) return false;
    if (rest_[from].without != rest_[to].without) return false;
  } else {
    if (b.selector != Selector::kAtLeast || !counted || a.count < b.count) return false;
    if (rest_[from].with_counting != rest_[to].with_counting) return false;
  }
  return SetsCovered(program_, a, b) && WindowsCovered(a, b) && TestCovered(a.test, b.test);
}

}  // namespace medverka::criteria::internal
