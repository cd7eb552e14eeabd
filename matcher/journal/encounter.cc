// Encounter (https://hl7.org/fhir/R4/encounter.html): visits and stays. Planned and cancelled ones
// did not take place.
#include "matcher/journal/attributes.h"
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;
using criteria::Field;

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

// The main diagnosis is the one of rank 1, or of use HD; a comorbidity (CM) or BY is another one.
std::optional<bool> IsMain(Reading& r, const Node& diagnosis) {
  if (diagnosis.Member("use") != nullptr) {
    const std::string_view code =
        r.StatusCode(&diagnosis, "Encounter.diagnosis.use",
                     "http://terminology.hl7.org/CodeSystem/diagnosis-role");
    if (code == "HD") return true;
    if (code == "BY" || code == "CM") return false;
  }
  const auto rank = r.Number(&diagnosis, "Encounter.diagnosis.rank");
  return rank ? std::optional<bool>(*rank == base::Decimal(1)) : std::nullopt;
}

void ReadDiagnoses(Reading& r, Fact& fact) {
  const Node* const diagnoses = r.Array(r.resource(), "Encounter.diagnosis");
  if (diagnoses == nullptr) return;
  for (const Node& diagnosis : *diagnoses) {
    const Node* const condition = r.Object(&diagnosis, "Encounter.diagnosis.condition");
    if (condition == nullptr) continue;
    criteria::Attribute* const reason =
        AddReason(r, *condition, "Encounter.diagnosis.condition", fact);
    if (reason == nullptr) continue;
    if (const auto main = IsMain(r, diagnosis)) {
      const base::Decimal number(*main ? 1 : 0);
      reason->number = {number, number};
    }
  }
}

void ReadAttributes(Reading& r, Fact& fact) {
  AddConceptsAt(r, r.resource(), "Encounter.reasonCode", Field::kReason, fact);
  AddReasonsAt(r, "Encounter.reasonReference", fact);
  ReadDiagnoses(r, fact);
  AddConceptAt(r, r.Object(r.resource(), "Encounter.hospitalization"),
               "Encounter.hospitalization.dischargeDisposition", Field::kDischarge, fact);
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
  ReadAttributes(r, fact);
}

}  // namespace medverka::matcher::journal
