// Idea: a rise is some earlier-later pair of results that differs so much. Whether the two are
// there, in that order, close enough, and the ones that `from` and `to` mean, may each be open;
// all is asked of each pair in three values, and the leaf is true if one pair is.
//
// `from lowest to latest`: the lowest of those before the latest. A pair always has an order.
// Differences are exact: 100 x later is held against (100 + p) x earlier, nothing is divided.
#include <algorithm>

#include "criteria/internal/counting.h"

namespace medverka::criteria::internal {
namespace {

struct Result {
  const Item* item;
  Truth member;
  std::optional<Interval> number;  // in the unit of the comparison
};

// Strictly in time: results at one instant are no pair.
Truth Before(const Item& a, const Item& b) {
  const base::TimeRange& x = a.span.start;
  const base::TimeRange& y = b.span.start;
  return x.hi < y.lo ? Truth::kTrue : x.lo >= y.hi ? Truth::kFalse : Truth::kUnknown;
}

// For choosing the first and the latest the tie decides (criteria/LANGUAGE.md section 8).
Truth Precedes(const Item& a, const Item& b) {
  return SurelyBefore(a, b) ? Truth::kTrue : SurelyBefore(b, a) ? Truth::kFalse : Truth::kUnknown;
}

Truth Below(const Result& a, const Result& b) {
  if (!a.number || !b.number) return Truth::kUnknown;
  return Compare(Sum(*a.number, Times(*b.number, -1)), CompareOp::kLess, 0);
}

Truth FarAsAsked(const Query& query, const Item& earlier, const Item& later) {
  Truth truth = Truth::kTrue;
  const base::TimeRange& a = earlier.span.start;
  const base::TimeRange& b = later.span.start;
  if (query.within_any) {
    truth = AtMostApart(a.lo, b.hi, *query.within_any)                   ? Truth::kTrue
            : a.hi < b.lo && !AtMostApart(a.hi, b.lo, *query.within_any) ? Truth::kFalse
                                                                         : Truth::kUnknown;
  }
  if (query.apart) {
    truth = And(truth, a.hi <= b.lo && AtLeastApart(a.hi, b.lo, *query.apart) ? Truth::kTrue
                       : !AtLeastApart(a.lo, b.hi, *query.apart)              ? Truth::kFalse
                                                                              : Truth::kUnknown);
  }
  return truth;
}

class Pairs {
 public:
  Pairs(const ChangeQuery& change, const Query& query, const std::vector<Result>& results)
      : change_(change), query_(query), results_(results) {}

  Truth IsPair(const Result& earlier, const Result& later) const {
    Truth truth = And(And(earlier.member, later.member), Before(*earlier.item, *later.item));
    if (truth == Truth::kFalse) return truth;
    truth = And(truth, FarAsAsked(query_, *earlier.item, *later.item));
    return And(truth, And(IsFrom(earlier, later), IsTo(earlier, later)));
  }

  // Does the pair differ as asked? nullopt: it cannot be compared.
  std::optional<Truth> Differs(const Result& earlier, const Result& later) const {
    const auto difference = DifferenceOf(earlier, later);
    if (!difference) return std::nullopt;
    const Fraction amount = ExactOf(change_.amount.number);
    if (change_.unit != ChangeQuery::Unit::kPercent)
      return Compare(*difference, change_.op, amount);
    // A percentage of nothing, or of less, says nothing.
    const Interval& base = *earlier.number;
    if (!base.low || *base.low < 0 || (*base.low == 0 && !base.low_open)) return std::nullopt;
    const Fraction sign(change_.rise ? 1 : -1);
    const Interval held =
        Sum(Times(*later.number, sign * 100), Times(*earlier.number, -(sign * 100 + amount)));
    return Compare(held, change_.op, 0);
  }

  // In the direction asked for, in the unit of the comparison or in percent.
  std::optional<Fraction> ShownDifference(const Result& earlier, const Result& later) const {
    const auto difference = DifferenceOf(earlier, later);
    if (!difference || !difference->low || !difference->high ||
        *difference->low != *difference->high) {
      return std::nullopt;
    }
    if (change_.unit != ChangeQuery::Unit::kPercent) return difference->low;
    const Interval& base = *earlier.number;
    if (!base.low || !base.high || *base.low != *base.high || *base.low <= 0) return std::nullopt;
    return *difference->low * 100 / *base.low;
  }

 private:
  using Base = ChangeQuery::Base;

  std::optional<Interval> DifferenceOf(const Result& earlier, const Result& later) const {
    if (!earlier.number || !later.number) return std::nullopt;
    const Fraction sign(change_.rise ? 1 : -1);
    return Sum(Times(*later.number, sign), Times(*earlier.number, -sign));
  }

  // Is there none that would be taken instead?
  template <typename Better>
  Truth NoneBetter(const Result& taken, const Better& better) const {
    Truth any = Truth::kFalse;
    for (const Result& other : results_) {
      if (other.item != taken.item) any = Or(any, And(other.member, better(other)));
    }
    return Not(any);
  }

  Truth IsFrom(const Result& earlier, const Result& later) const {
    const auto in_time = [&](const Result& other) {
      return other.item == later.item ? Truth::kFalse : Before(*other.item, *later.item);
    };
    switch (change_.from) {
      case Base::kAny:
        return Truth::kTrue;
      case Base::kFirst:
        return NoneBetter(
            earlier, [&](const Result& other) { return Precedes(*other.item, *earlier.item); });
      case Base::kLatest:
        return NoneBetter(earlier, [&](const Result& other) {
          return And(in_time(other), Precedes(*earlier.item, *other.item));
        });
      case Base::kLowest:
        return NoneBetter(earlier, [&](const Result& other) {
          return And(in_time(other), Below(other, earlier));
        });
      case Base::kHighest:
        return NoneBetter(earlier, [&](const Result& other) {
          return And(in_time(other), Below(earlier, other));
        });
    }
    return Truth::kUnknown;
  }

  Truth IsTo(const Result& earlier, const Result& later) const {
    const auto in_time = [&](const Result& other) {
      return other.item == earlier.item ? Truth::kFalse : Before(*earlier.item, *other.item);
    };
    switch (change_.to) {
      case Base::kAny:
        return Truth::kTrue;
      case Base::kLatest:
        return NoneBetter(later,
                          [&](const Result& other) { return Precedes(*later.item, *other.item); });
      case Base::kFirst:
        return NoneBetter(later, [&](const Result& other) {
          return And(in_time(other), Precedes(*other.item, *later.item));
        });
      case Base::kLowest:
        return NoneBetter(
            later, [&](const Result& other) { return And(in_time(other), Below(other, later)); });
      case Base::kHighest:
        return NoneBetter(
            later, [&](const Result& other) { return And(in_time(other), Below(later, other)); });
    }
    return Truth::kUnknown;
  }

  const ChangeQuery& change_;
  const Query& query_;
  const std::vector<Result>& results_;
};

// Digits after the point that a change is shown with.
constexpr int kPercentDigits = 1;
constexpr int kDifferenceDigits = 4;

void UseResult(Leaf& leaf, const Result& result, Truth truth) {
  ++leaf.used_in_all;
  if (leaf.used.size() < kUsedFactsMax)
    leaf.used.push_back({result.item->ref, result.item->span, truth});
}

// Results stand newest first, so the pair that is named is the one with the newest end.
void JudgePairs(const Pairs& pairs, const std::vector<Result>& results, ChangeQuery::Unit unit,
                Leaf& leaf) {
  leaf.value = Truth::kFalse;
  bool one_settled = false;
  Reason open = Reason::kTooFew;  // no earlier-later pair at all
  std::optional<Fraction> largest;
  const Result* from = nullptr;
  const Result* to = nullptr;
  for (const Result& later : results) {
    for (const Result& earlier : results) {
      if (&earlier == &later || leaf.value == Truth::kTrue) continue;
      const Truth pair = pairs.IsPair(earlier, later);
      if (pair == Truth::kFalse) continue;
      const std::optional<Truth> differs = pairs.Differs(earlier, later);
      const Truth truth = And(pair, differs.value_or(Truth::kUnknown));
      one_settled = one_settled || (pair == Truth::kTrue && differs.has_value());
      const auto shown = pairs.ShownDifference(earlier, later);
      if (truth > leaf.value ||
          (leaf.value == Truth::kFalse && shown && (!largest || *shown > *largest))) {
        largest = shown;
        from = &earlier;
        to = &later;
      }
      if (truth > leaf.value) open = differs ? Reason::kImprecise : Reason::kUnusable;
      leaf.value = Or(leaf.value, truth);
    }
  }
  if (leaf.value == Truth::kFalse && !one_settled) leaf.value = Truth::kUnknown;
  leaf.reason = leaf.value == Truth::kUnknown ? open : ReasonOf(leaf.value);
  if (largest) {
    const bool percent = unit == ChangeQuery::Unit::kPercent;
    leaf.computed = ShownOf(*largest, percent ? kPercentDigits : kDifferenceDigits);
  }
  if (leaf.value != Truth::kTrue) {
    for (const Result& result : results) UseResult(leaf, result, leaf.value);
    return;
  }
  UseResult(leaf, *to, leaf.value);
  UseResult(leaf, *from, leaf.value);
}

}  // namespace

void Leaves::EvaluateChange(const ChangeQuery& change, Leaf& leaf) const {
  const Query& query = prepared_.program.queries[change.query];
  const Vocabulary& vocabulary = prepared_.vocabulary;
  Moments moments(moment_.at);
  std::vector<Item> items = Gather(query, std::nullopt, moments);
  std::erase_if(items, [](const Item& item) { return item.window == Truth::kFalse; });
  AddDistanceMoments(query, items, moments);
  leaf.moments = moments.all();
  if (items.empty()) {
    NothingRecorded(query, leaf);
    return;
  }
  const bool in_unit = change.unit == ChangeQuery::Unit::kUnit;
  std::optional<UnitId> unit;
  if (in_unit) unit = prepared_.vocabulary.Unit(change.amount.unit);
  std::vector<Result> results;
  for (const Item& item : items) {
    const Truth member = And(item.inside(), item.holds);
    if (member == Truth::kFalse) continue;
    Result result{&item, member, std::nullopt};
    const auto number = item.ref.fact->value_absent
                            ? std::nullopt
                            : NumberOf(*item.ref.fact, Analyte::kNone, vocabulary);
    if (number) {
      if (!unit) unit = number->unit;
      result.number = InUnit(*number, *unit, vocabulary);
    }
    results.push_back(std::move(result));
  }
  JudgePairs(Pairs(change, query, results), results, change.unit, leaf);
  if (leaf.computed) {
    leaf.computed_unit = change.unit == ChangeQuery::Unit::kPercent  ? "%"
                         : change.unit == ChangeQuery::Unit::kPoints ? ""
                                                                     : change.amount.unit;
  }
}

}  // namespace medverka::criteria::internal
