// MedicationStatement (https://hl7.org/fhir/R4/medicationstatement.html): a list that somebody
// keeps up.
#include "matcher/journal/attributes.h"
#include "matcher/journal/dosage.h"
#include "matcher/journal/medications.h"
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;
using criteria::Upkeep;

namespace {

constexpr StatusRow kStatus[] = {
    {"active", Effect::kHolds},       {"completed", Effect::kPast},
    {"stopped", Effect::kPast},       {"intended", Effect::kNoFact},
    {"on-hold", Effect::kUnverified}, {"unknown", Effect::kUnverified},
    {"not-taken", Effect::kNegative}, {"entered-in-error", Effect::kNoFact},
};

}  // namespace

void ReadMedicationStatement(Reading& r) {
  r.out().recorded = r.Time(r.resource(), "MedicationStatement.dateAsserted");
  const auto holding = r.Status("MedicationStatement.status", kStatus);
  if (!holding) return;
  const std::string_view status = r.String(r.resource(), "MedicationStatement.status");
  Fact& fact = r.AddFact(FactKind::kMedication, *holding);
  fact.upkeep = Upkeep::kKept;
  ReadMedicationCodes(r, "MedicationStatement.medication", fact);
  const Choice effective = r.ChoiceOf(r.resource(), "MedicationStatement.effective");
  if (effective.type == "DateTime") {
    fact.start = r.AsTime(*effective.node, "MedicationStatement.effectiveDateTime");
  } else if (effective.type == "Period") {
    const PeriodRead period = r.AsPeriod(*effective.node, "MedicationStatement.effectivePeriod");
    fact.start = period.start;
    fact.end = period.end;
  }
  fact.ongoing = status == "active";
  fact.stopped = status == "stopped";
  fact.ended = fact.stopped || status == "completed";
  fact.visit_id = r.ReferenceTo("MedicationStatement.context", "Encounter");
  ReadDosages(r, "MedicationStatement.dosage", fact);
  AddConceptsAt(r, r.resource(), "MedicationStatement.reasonCode", criteria::Field::kReason, fact);
  AddReasonsAt(r, "MedicationStatement.reasonReference", fact);
}

}  // namespace medverka::matcher::journal
