// Idea: which results an average is made of may be open (one is preliminary, one may lie outside
// the window, the order of two is not known). So it is computed for every set of them that is
// possible, each time on intervals, and is settled only if all agree. There are few such sets;
// beyond kChoicesTriedMax it is unknown.
//
// An average reaches a limit if the sum reaches n times the limit: nothing is divided.
#include <algorithm>

#include "criteria/internal/counting.h"

namespace medverka::criteria::internal {
namespace {

using List = std::vector<const Item*>;

// Every set of results that may be the ones asked for, one after the other. An empty set: there is
// none. nullopt in `visit`: there are fewer than asked for.
class Worlds {
 public:
  Worlds(const Query& query, const std::vector<Item>& items, std::function<void(const List*)> visit)
      : last_(static_cast<std::size_t>(query.count)), visit_(std::move(visit)) {
    for (const Item& item : items) {
      const Truth member = And(item.inside(), item.holds);
      if (member == Truth::kTrue) sure_.push_back(&item);
      if (member == Truth::kUnknown) undecided_.push_back(&item);
    }
  }

  // False: there are more than are tried.
  bool Visit() { return Members(0, sure_); }

 private:
  bool Members(std::size_t next, const List& members) {
    if (next == undecided_.size()) return Choose(members);
    if (!Members(next + 1, members)) return false;
    List with = members;
    with.push_back(undecided_[next]);
    return Members(next + 1, with);
  }

  bool Choose(const List& members) {
    if (++tried_ > kChoicesTriedMax) return false;
    if (last_ == 0) {
      visit_(&members);
      return true;
    }
    if (members.size() < last_) {
      visit_(nullptr);
      return true;
    }
    List chosen;
    return Last(members, 0, chosen);
  }

  // The sets of `last_` members of which none certainly comes before one that is left out.
  bool Last(const List& members, std::size_t next, List& chosen) {
    if (++tried_ > kChoicesTriedMax) return false;
    if (chosen.size() == last_) {
      const bool possible = std::all_of(members.begin(), members.end(), [&](const Item* left) {
        return std::find(chosen.begin(), chosen.end(), left) != chosen.end() ||
               std::none_of(chosen.begin(), chosen.end(),
                            [&](const Item* taken) { return SurelyBefore(*taken, *left); });
      });
      if (possible) visit_(&chosen);
      return true;
    }
    if (members.size() - next < last_ - chosen.size()) return true;
    // A result that as many come after for certain is not among the last.
    const auto later = std::count_if(members.begin(), members.end(), [&](const Item* other) {
      return SurelyBefore(*members[next], *other);
    });
    if (static_cast<std::size_t>(later) < last_) {
      chosen.push_back(members[next]);
      const bool go_on = Last(members, next + 1, chosen);
      chosen.pop_back();
      if (!go_on) return false;
    }
    return Last(members, next + 1, chosen);
  }

  std::size_t last_;
  std::function<void(const List*)> visit_;
  List sure_;
  List undecided_;
  int tried_ = 0;
};

// The middle of the numbers; of an even count twice the mean of the two, so that nothing is
// divided: `twice` says so.
Interval MiddleOf(const std::vector<Interval>& numbers, bool* twice) {
  const auto middle = [&](auto bound, bool lower) -> std::pair<std::optional<Fraction>, bool> {
    std::vector<std::pair<std::optional<Fraction>, bool>> bounds;
    for (const Interval& number : numbers) bounds.push_back(bound(number));
    // A missing lower bound is below all, a missing upper one above all; of two equal lower bounds
    // the open one is higher, of two equal upper bounds lower.
    std::sort(bounds.begin(), bounds.end(), [&](const auto& a, const auto& b) {
      if (!a.first || !b.first) return lower ? !a.first && b.first : a.first && !b.first;
      if (*a.first != *b.first) return *a.first < *b.first;
      return lower ? !a.second && b.second : a.second && !b.second;
    });
    const std::size_t n = bounds.size();
    if (n % 2 == 1) return bounds[n / 2];
    const auto& one = bounds[n / 2 - 1];
    const auto& other = bounds[n / 2];
    if (!one.first || !other.first) return {std::nullopt, false};
    return {*one.first + *other.first, one.second || other.second};
  };
  *twice = numbers.size() % 2 == 0;
  const auto low =
      middle([](const Interval& number) { return std::pair(number.low, number.low_open); }, true);
  const auto high = middle(
      [](const Interval& number) { return std::pair(number.high, number.high_open); }, false);
  return {low.first, high.first, low.second, high.second};
}

struct Computed {
  Interval sum;
  Fraction parts = 1;  // the average is the sum through this
};

// nullopt: a result without a usable value.
std::optional<Computed> Compute(const Query& query, const List& list, UnitId unit, Analyte analyte,
                                const Vocabulary& vocabulary) {
  std::vector<Interval> numbers;
  for (const Item* item : list) {
    const Fact& fact = *item->ref.fact;
    if (fact.value_absent) return std::nullopt;
    const auto number = NumberOf(fact, analyte, vocabulary);
    if (!number) return std::nullopt;
    const auto converted = InUnit(*number, unit, vocabulary);
    if (!converted) return std::nullopt;
    numbers.push_back(*converted);
  }
  Computed computed;
  if (query.selector == Selector::kMedian) {
    bool twice = false;
    computed.sum = MiddleOf(numbers, &twice);
    computed.parts = twice ? 2 : 1;
    return computed;
  }
  computed.sum = numbers.front();
  for (std::size_t i = 1; i < numbers.size(); ++i) computed.sum = Sum(computed.sum, numbers[i]);
  computed.parts = Fraction(numbers.size());
  return computed;
}

// Digits after the point that an average is shown with.
constexpr int kAverageDigits = 2;

}  // namespace

void Leaves::Average(const Query& query, const std::optional<PreparedTest>& test,
                     std::vector<Item>& items, Leaf& leaf) const {
  const Vocabulary& vocabulary = prepared_.vocabulary;
  const Analyte analyte = query.test ? query.test->analyte : Analyte::kNone;
  std::optional<Truth> agreed;
  bool open = !test;
  bool unusable = false;
  bool too_few = false;
  std::size_t sets = 0;
  const auto say = [&](Truth truth) {
    open = open || truth == Truth::kUnknown || (agreed && *agreed != truth);
    agreed = truth;
  };
  Worlds worlds(query, items, [&](const List* list) {
    ++sets;
    if (list == nullptr) {
      too_few = true;
      return say(Truth::kUnknown);
    }
    if (list->empty()) return say(Truth::kFalse);  // as of a lowest or latest that may not be there
    if (!test) return;
    const auto truth = JudgeComputed(
        *test, moment_.patient.demographics.sex,
        [&](CompareOp op, const base::Decimal& limit, UnitId unit) -> std::optional<Truth> {
          const auto computed = Compute(query, *list, unit, analyte, vocabulary);
          if (!computed) return std::nullopt;
          return Compare(computed->sum, op, ExactOf(limit) * computed->parts);
        });
    unusable = unusable || !truth;
    say(truth.value_or(Truth::kUnknown));
    if (const auto computed = Compute(query, *list, test->unit, analyte, vocabulary)) {
      leaf.used.clear();
      leaf.used_in_all = 0;
      for (const Item& item : items) {
        if (std::find(list->begin(), list->end(), &item) != list->end()) Use(leaf, item);
      }
      const Interval& sum = computed->sum;
      if (sets == 1 && sum.low && sum.high && *sum.low == *sum.high) {
        leaf.computed = ShownOf(*sum.low / computed->parts, kAverageDigits);
        leaf.computed_unit = query.test->limit.unit;
      }
    }
  });
  open = !worlds.Visit() || open;
  leaf.value = open ? Truth::kUnknown : agreed.value_or(Truth::kUnknown);
  if (sets != 1 || leaf.used.empty()) {
    leaf.computed.reset();
    leaf.used.clear();
    leaf.used_in_all = 0;
    for (const Item& item : items) {
      if (And(item.inside(), item.holds) != Truth::kFalse) Use(leaf, item);
    }
  }
  leaf.reason = ReasonOf(leaf.value);
  if (leaf.value != Truth::kUnknown) return;
  if (unusable) leaf.reason = Reason::kUnusable;
  if (too_few) leaf.reason = Reason::kTooFew;
}

}  // namespace medverka::criteria::internal
