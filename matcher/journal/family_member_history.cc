// FamilyMemberHistory (https://hl7.org/fhir/R4/familymemberhistory.html): one fact per condition of
// the relative. The relationship stands in parent_codes. The time is that of the record; onset is
// the relative's, not the patient's.
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;

namespace {

// Partial means that more may be known, not that what is said is unsure.
constexpr StatusRow kStatus[] = {
    {"completed", Effect::kHolds},
    {"partial", Effect::kHolds},
    {"health-unknown", Effect::kUnverified},
    {"entered-in-error", Effect::kNoFact},
};

}  // namespace

void ReadFamilyMemberHistory(Reading& r) {
  r.out().recorded = r.Time(r.resource(), "FamilyMemberHistory.date");
  const auto holding = r.Status("FamilyMemberHistory.status", kStatus);
  if (!holding) return;
  if (r.resource()->Member("relationship") == nullptr) r.Fail("FamilyMemberHistory.relationship");
  std::vector<criteria::CodeId> relationship;
  r.ConceptOf(r.resource(), "FamilyMemberHistory.relationship", relationship);
  const Node* const conditions = r.Array(r.resource(), "FamilyMemberHistory.condition");
  if (conditions == nullptr) return;
  std::uint16_t part = 0;
  for (const Node& condition : *conditions) {
    if (part == kPartsMax) {
      r.Fail("FamilyMemberHistory.condition");
      return;
    }
    if (condition.Member("code") == nullptr) r.Fail("FamilyMemberHistory.condition.code");
    Fact& fact = r.AddFact(FactKind::kFamilyHistory, *holding);
    fact.part = part++;
    fact.parent_codes = relationship;
    fact.start = r.out().recorded;
    r.ConceptOf(&condition, "FamilyMemberHistory.condition.code", fact.codes);
  }
}

}  // namespace medverka::matcher::journal
