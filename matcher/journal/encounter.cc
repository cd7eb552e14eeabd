// Encounter (https://hl7.org/fhir/R4/encounter.html): visits and stays. Planned and cancelled ones
// did not take place.
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;

namespace {

constexpr StatusRow kStatus[] = {
    {"planned", Effect::kNoFact},          {"arrived", Effect::kHolds},
    {"triaged", Effect::kHolds},           {"in-progress", Effect::kHolds},
    {"onleave", Effect::kHolds},           {"finished", Effect::kHolds},
    {"cancelled", Effect::kNoFact},        {"unknown", Effect::kUnverified},
    {"entered-in-error", Effect::kNoFact},
};

// The class is v3-ActCode by definition; sources that leave the system out mean it too.
criteria::CodeId VisitClass(Reading& r) {
  const Node* const coding = r.Object(r.resource(), "Encounter.class");
  if (coding == nullptr) {
    r.Fail("Encounter.class");
    return 0;
  }
  const std::string_view code = r.String(coding, "Coding.code");
  if (r.String(coding, "Coding.system").empty() && !code.empty()) {
    return r.codes().Of(criteria::SystemId::kActCode, code);
  }
  return r.Coding(*coding);
}

void ReadUnit(Reading& r, Fact& fact) {
  const Target unit = r.ResolveAt("Encounter.serviceProvider", "Organization");
  fact.visit_unit = BoundedText(unit.by_identifier() ? std::string_view(unit.value) : unit.display);
  if (unit.by_identifier() && IsHsaSystem(unit.system) && r.out().unit.empty())
    r.out().unit = unit.value;
  if (unit.contained != nullptr && fact.visit_unit.empty()) {
    fact.visit_unit = BoundedText(r.String(unit.contained, "Organization.name"));
  }
}

}  // namespace

void ReadEncounter(Reading& r) {
  const auto holding = r.Status("Encounter.status", kStatus);
  if (!holding) return;
  const std::string_view status = r.String(r.resource(), "Encounter.status");
  Fact& fact = r.AddFact(FactKind::kVisit, *holding);
  fact.visit_class = VisitClass(r);
  r.ConceptsOf(r.resource(), "Encounter.type", fact.codes);
  r.ConceptOf(r.resource(), "Encounter.serviceType", fact.codes);
  const PeriodRead period = r.Period(r.resource(), "Encounter.period");
  fact.start = period.start;
  fact.end = period.end;
  fact.ended = status == "finished";
  fact.ongoing = status != "finished" && status != "unknown";
  ReadUnit(r, fact);
}

}  // namespace medverka::matcher::journal
