#include "matcher/patient/links.h"

#include <algorithm>

namespace medverka::matcher {

using criteria::Attribute;
using criteria::Fact;
using criteria::FactKind;
using criteria::Field;

namespace {

// What its own source says of a condition's rank goes before what a visit says.
bool RanksItself(const Fact& condition) {
  return std::any_of(condition.attributes.begin(), condition.attributes.end(),
                     [](const Attribute& attribute) {
                       return attribute.field == Field::kMain && attribute.reference.empty();
                     });
}

void Rank(ShelfItem& target, const Attribute& by, const std::string& visit) {
  Fact& condition = target.resource.facts.front();
  if (condition.kind != FactKind::kCondition || RanksItself(condition)) return;
  Attribute& rank = condition.attributes.emplace_back();
  rank.field = Field::kMain;
  rank.number = by.number;
  rank.reference = visit;
  target.has_rank_of_visit = true;
}

}  // namespace

bool MayBeReferredTo(const ShelfItem& item) {
  const auto& facts = item.resource.facts;
  return !facts.empty() &&
         (facts.front().kind == FactKind::kCondition || facts.front().kind == FactKind::kProcedure);
}

void Linker::Unlink(ShelfItem& item) {
  for (Fact& fact : item.resource.facts) {
    std::erase_if(fact.attributes, [](const Attribute& attribute) {
      return attribute.field == Field::kMain && !attribute.reference.empty();
    });
  }
  item.has_rank_of_visit = false;
}

void Linker::Link(ShelfItem& item) const {
  for (Fact& fact : item.resource.facts) {
    for (Attribute& attribute : fact.attributes) {
      if (attribute.reference.empty() || attribute.field == Field::kMain) continue;
      attribute.codes.clear();
      ShelfItem* const target = find_(attribute.reference);
      if (target == nullptr || !MayBeReferredTo(*target)) continue;
      attribute.codes = target->resource.facts.front().codes;
      if (fact.kind == FactKind::kVisit && attribute.number.low) {
        Rank(*target, attribute, item.resource.id);
      }
    }
  }
}

}  // namespace medverka::matcher
