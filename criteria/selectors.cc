// Idea: what "there is one", "every", "at least n", "latest" and "lowest" make of the items a query
// gathered. Each is a few lines over three truths per item, straight from criteria/LANGUAGE.md
// sections 3 and 8.
#include <algorithm>

#include "criteria/internal/counting.h"

namespace medverka::criteria::internal {

void Leaves::Exists(std::vector<Item>& items, Leaf& leaf) const {
  leaf.value = Truth::kFalse;
  for (const Item& item : items) leaf.value = Or(leaf.value, item.all());
  Rest(leaf, items);
}

Truth AllThereAre(const std::vector<Item>& items, const std::function<Truth(const Item&)>& passes) {
  bool one_surely = false;  // there is one for certain
  bool one_maybe = false;   // there can be one that can pass
  bool all_surely = true;
  bool all_maybe = true;  // none that is there for certain fails for certain
  for (const Item& item : items) {
    const Truth member = And(item.inside(), item.holds);
    if (member == Truth::kFalse) continue;
    const Truth pass = passes(item);
    one_surely = one_surely || member == Truth::kTrue;
    one_maybe = one_maybe || pass != Truth::kFalse;
    all_surely = all_surely && pass == Truth::kTrue;
    all_maybe = all_maybe && (member != Truth::kTrue || pass != Truth::kFalse);
  }
  if (one_surely && all_surely) return Truth::kTrue;
  return one_maybe && all_maybe ? Truth::kUnknown : Truth::kFalse;
}

void Leaves::Every(std::vector<Item>& items, Leaf& leaf) const {
  // A fact that may not be there leaves it open also when it fails: without it there may be nothing
  // to judge.
  leaf.value = Truth::kTrue;
  Truth there_is = Truth::kFalse;  // `every` is never true of nothing
  for (const Item& item : items) {
    const Truth member = And(item.inside(), item.holds);
    there_is = Or(there_is, member);
    leaf.value = And(leaf.value, Or(Not(member), item.test));
  }
  leaf.value = And(leaf.value, there_is);
  for (const Item& item : items) {
    if (leaf.value == Truth::kTrue || item.test != Truth::kTrue) Use(leaf, item);
  }
  leaf.reason = ReasonOf(leaf.value);
}

namespace {

// The query's count held against how many there are: given is whether there are at least k.
Truth CountTruth(const Query& query, const std::function<Truth(std::int32_t)>& at_least) {
  switch (query.selector) {
    case Selector::kAtLeast:
      return at_least(query.count);
    case Selector::kAtMost:
      return Not(at_least(query.count + 1));
    case Selector::kExactly:
      return And(at_least(query.count), Not(at_least(query.count + 1)));
    default:
      return at_least(1);
  }
}

}  // namespace

void Leaves::Count(const Query& query, std::vector<Item>& items, Leaf& leaf) const {
  if (HasStructure(query)) {
    leaf.value =
        CountTruth(query, [&](std::int32_t count) { return AtLeastCounted(query, items, count); });
  } else {
    std::int32_t settled = 0;
    std::int32_t undecided = 0;
    for (const Item& item : items) {
      if (item.all() == Truth::kTrue) ++settled;
      if (item.all() == Truth::kUnknown) ++undecided;
    }
    leaf.value = CountTruth(query, [&](std::int32_t count) {
      return settled >= count              ? Truth::kTrue
             : settled + undecided < count ? Truth::kFalse
                                           : Truth::kUnknown;
    });
  }
  for (const Item& item : items) {
    if (item.all() == Truth::kTrue ||
        (item.all() == Truth::kUnknown && leaf.value != Truth::kTrue)) {
      Use(leaf, item);
    }
  }
  if (leaf.used.empty()) {
    for (const Item& item : items) Use(leaf, item);
  }
  leaf.reason = ReasonOf(leaf.value);
}

// First or latest. Partial dates can leave the choice open: then every possible choice has to
// agree.
void Leaves::Choose(const Query& query, std::vector<Item>& items, Leaf& leaf) const {
  const bool latest = query.selector == Selector::kLatest;
  // b is chosen over a, whatever the dates are
  const auto surely_before = [&](const Item& a, const Item& b) {
    return latest ? SurelyBefore(a, b) : SurelyBefore(b, a);
  };
  // `ever` chooses from all, and the window judges the choice; else the window is part of being
  // there.
  const auto member = [&](const Item& item) { return query.ever ? item.filters : item.inside(); };
  std::vector<const Item*> possible;
  bool any_sure = false;
  for (const Item& item : items) {
    if (item.holds == Truth::kFalse || member(item) == Truth::kFalse) continue;
    any_sure = any_sure || member(item) == Truth::kTrue;
    const bool beaten = std::any_of(items.begin(), items.end(), [&](const Item& other) {
      return &other != &item && member(other) == Truth::kTrue && other.holds == Truth::kTrue &&
             surely_before(item, other);
    });
    if (!beaten) possible.push_back(&item);
  }
  bool can_be_true = false;
  bool can_be_false = !any_sure;
  bool can_be_open = false;
  for (const Item* item : possible) {
    const Truth outcome =
        And(query.ever ? item->window : Truth::kTrue, And(item->holds, item->test));
    can_be_true = can_be_true || outcome == Truth::kTrue;
    can_be_false = can_be_false || outcome == Truth::kFalse;
    can_be_open = can_be_open || outcome == Truth::kUnknown;
  }
  leaf.value = can_be_open || (can_be_true && can_be_false) ? Truth::kUnknown
               : can_be_true                                ? Truth::kTrue
                                                            : Truth::kFalse;
  for (const Item* item : possible) Use(leaf, *item);
  if (possible.empty()) {
    for (const Item& item : items) Use(leaf, item);
  }
  leaf.reason = ReasonOf(leaf.value);
  if (leaf.value == Truth::kUnknown && possible.size() == 1)
    leaf.reason = ReasonOpen(*possible.front());
}

// The lowest reaches a limit if every one does; it stays below if any one does. The highest the
// other way round.
Truth Leaves::ExtremeAgainst(const Query& query, const PreparedTest& test,
                             const std::vector<Item>& items) const {
  const ValueTest& asked = *test.test;
  bool upward = asked.op == CompareOp::kGreaterEqual || asked.op == CompareOp::kGreater;
  if (asked.kind == ValueTest::Kind::kOutsideRange) upward = asked.upper;
  const bool by_all = (query.selector == Selector::kLowest) == upward;
  const auto passes = [&](const Item& item) {
    return Judge(test, *item.ref.fact, moment_.patient.demographics.sex, prepared_.vocabulary,
                 prepared_.sets)
        .truth;
  };
  if (by_all) return AllThereAre(items, passes);
  Truth any = Truth::kFalse;
  for (const Item& item : items) any = Or(any, And(And(item.inside(), item.holds), passes(item)));
  return any;
}

void Leaves::Extreme(const Query& query, const PreparedTest& test, std::vector<Item>& items,
                     Leaf& leaf) const {
  const ValueTest& asked = *test.test;
  const bool between = asked.kind == ValueTest::Kind::kBetween;
  if (between || (asked.kind == ValueTest::Kind::kCompare && asked.op == CompareOp::kEqual)) {
    ValueTest part = asked;
    part.kind = ValueTest::Kind::kCompare;
    part.op = CompareOp::kGreaterEqual;
    PreparedTest piece = test;
    piece.test = &part;
    leaf.value = ExtremeAgainst(query, piece, items);
    part.op = CompareOp::kLessEqual;
    if (between) {
      part.limit = asked.limit2;
      piece.unit = test.unit2;
    }
    leaf.value = And(leaf.value, ExtremeAgainst(query, piece, items));
  } else {
    leaf.value = ExtremeAgainst(query, test, items);
  }
  for (const Item& item : items) {
    if (item.inside() != Truth::kFalse && !item.negative()) Use(leaf, item);
  }
  leaf.reason = ReasonOf(leaf.value);
}

// ---- queries

void Leaves::EvaluateQuery(const Query& query, const std::optional<PreparedTest>& test,
                           Leaf& leaf) const {
  Moments moments(moment_.at);
  std::vector<Item> items = Gather(query, test, moments);
  Select(query, test, items, moments, leaf);
  leaf.moments = moments.all();
}

void Leaves::NothingRecorded(const Query& query, Leaf& leaf) const {
  const bool counts = query.selector == Selector::kAtMost || query.selector == Selector::kExactly ||
                      query.selector == Selector::kAtLeast;
  leaf.policy = query.absence;
  leaf.reason = Reason::kNotRecorded;
  if (query.absence == Absence::kUnknown) {
    leaf.value = Truth::kUnknown;
  } else {
    leaf.value = counts ? CountTruth(query, [](std::int32_t count) { return FromBool(count <= 0); })
                        : Truth::kFalse;
  }
}

void Leaves::Select(const Query& query, const std::optional<PreparedTest>& test,
                    std::vector<Item>& items, Moments& moments, Leaf& leaf) const {
  // Facts that cannot lie in the window are not there for the query.
  if (!query.ever) {
    std::erase_if(items, [](const Item& item) { return item.window == Truth::kFalse; });
  }
  if (items.empty()) {
    NothingRecorded(query, leaf);
    return;
  }
  if (HasStructure(query)) AddDistanceMoments(query, items, moments);
  switch (query.selector) {
    case Selector::kEvery:
      Every(items, leaf);
      break;
    case Selector::kAtLeast:
    case Selector::kAtMost:
    case Selector::kExactly:
      Count(query, items, leaf);
      break;
    case Selector::kLatest:
    case Selector::kFirst:
      Choose(query, items, leaf);
      break;
    case Selector::kLowest:
    case Selector::kHighest:
      if (test) {
        Extreme(query, *test, items, leaf);
      } else {
        Exists(items, leaf);
      }
      break;
    case Selector::kAverage:
    case Selector::kMedian:
      Average(query, test, items, leaf);
      break;
    default:
      if (HasStructure(query)) {
        Count(query, items, leaf);
      } else {
        Exists(items, leaf);
      }
      break;
  }
}

}  // namespace medverka::criteria::internal
