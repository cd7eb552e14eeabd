// Variants: found, not found where somebody looked, or not looked for. "No variant" needs a final
// report that covers the gene (criteria/LANGUAGE.md section 6).
#include <algorithm>

#include "criteria/internal/leaves.h"

namespace medverka::criteria::internal {

void Leaves::EvaluateVariant(const VariantQuery& query, Leaf& leaf) const {
  Moments moments(moment_.at);
  const std::vector<CodeId>& asked =
      prepared_.genes[static_cast<std::size_t>(&query - prepared_.program.variants.data())];
  std::vector<Item> found;
  std::vector<Item> looked_at;  // reports that cover a gene and found nothing in it
  std::vector<bool> covered(query.genes.size(), false);
  for (const FactRef& ref : moment_.patient.of(FactKind::kVariant)) {
    const Fact& fact = *ref.fact;
    std::vector<std::size_t> genes;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (std::find(fact.genes.begin(), fact.genes.end(), asked[i]) != fact.genes.end())
        genes.push_back(i / 2);
    }
    if (genes.empty()) continue;
    Item item;
    item.ref = ref;
    item.span = SpanOf(ref, nullptr, prepared_.vocabulary, moment_.at, moments);
    if (!item.span.counts) continue;
    for (const TimeClause& clause : query.times) {
      item.window = And(item.window, InClause(item.ref, item.span, clause, moments));
    }
    if (item.window == Truth::kFalse) continue;
    if (fact.covers || item.negative()) {
      if (fact.holding == Holding::kUnverified || item.window != Truth::kTrue)
        continue;  // not a final report
      for (const std::size_t gene : genes) covered[gene] = true;
      item.test = Truth::kFalse;
      looked_at.push_back(std::move(item));
      continue;
    }
    if (fact.significance == Significance::kBenign) continue;
    item.holds = HoldsOf(fact);
    if (query.origin != Origin::kNotReported) {
      item.test = fact.origin == Origin::kNotReported ? Truth::kUnknown
                                                      : FromBool(fact.origin == query.origin);
    }
    if (query.pathogenic) {
      const bool yes = fact.significance == Significance::kPathogenic ||
                       fact.significance == Significance::kLikelyPathogenic;
      item.test = And(item.test, fact.significance == Significance::kNotReported ? Truth::kUnknown
                                                                                 : FromBool(yes));
    }
    found.push_back(std::move(item));
  }
  leaf.moments = moments.all();
  Truth any = Truth::kFalse;
  for (const Item& item : found) any = Or(any, item.all());
  if (any != Truth::kFalse) {
    leaf.value = any;
    Rest(leaf, found);
    if (any == Truth::kUnknown && leaf.reason == Reason::kImprecise)
      leaf.reason = Reason::kAttribute;
    return;
  }
  const bool all_covered = std::find(covered.begin(), covered.end(), false) == covered.end();
  for (const Item& item : looked_at) Use(leaf, item);
  if (all_covered) {
    leaf.value = Truth::kFalse;
    leaf.reason = Reason::kAgainstAsked;
    return;
  }
  for (const Item& item : found) Use(leaf, item);
  if (looked_at.empty() && found.empty()) {
    leaf.policy = query.absence;
    leaf.reason = Reason::kNotRecorded;
    leaf.value = query.absence == Absence::kNo ? Truth::kFalse : Truth::kUnknown;
    return;
  }
  leaf.reason = Reason::kPartlyCovered;
  leaf.value = Truth::kUnknown;
}

}  // namespace medverka::criteria::internal
