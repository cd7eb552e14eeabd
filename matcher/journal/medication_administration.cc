// MedicationAdministration (https://hl7.org/fhir/R4/medicationadministration.html): given to the
// patient.
#include "matcher/journal/attributes.h"
#include "matcher/journal/medications.h"
#include "matcher/journal/quantity_text.h"
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;
using criteria::Upkeep;

namespace {

constexpr StatusRow kStatus[] = {
    {"completed", Effect::kHolds},
    {"in-progress", Effect::kHolds},
    {"stopped", Effect::kPast},
    {"on-hold", Effect::kUnverified},
    {"unknown", Effect::kUnverified},
    {"not-done", Effect::kNegative},
    {"entered-in-error", Effect::kNoFact},
};

// The dose that was given, which says nothing about a day.
void ReadGiven(Reading& r, Fact& fact) {
  const Node* const dosage = r.Object(r.resource(), "MedicationAdministration.dosage");
  if (dosage == nullptr) return;
  AddConceptAt(r, dosage, "MedicationAdministration.dosage.route", criteria::Field::kRoute, fact);
  const Node* const dose = r.Object(dosage, "MedicationAdministration.dosage.dose");
  if (dose == nullptr) return;
  const Quantity given = r.AsQuantity(*dose, "MedicationAdministration.dosage.dose");
  if (!given.value) return;
  AddNumber(r, criteria::Field::kDose, BoundsOf(*given.value, given.comparator), given.unit,
            "MedicationAdministration.dosage.dose", fact);
}

}  // namespace

void ReadMedicationAdministration(Reading& r) {
  const auto holding = r.Status("MedicationAdministration.status", kStatus);
  if (!holding) return;
  const std::string_view status = r.String(r.resource(), "MedicationAdministration.status");
  Fact& fact = r.AddFact(FactKind::kMedication, *holding);
  fact.upkeep = Upkeep::kSupply;
  ReadMedicationCodes(r, "MedicationAdministration.medication", fact);
  const Choice effective = r.ChoiceOf(r.resource(), "MedicationAdministration.effective");
  if (effective.type == "DateTime") {
    fact.start = r.AsTime(*effective.node, "MedicationAdministration.effectiveDateTime");
  } else if (effective.type == "Period") {
    const PeriodRead period =
        r.AsPeriod(*effective.node, "MedicationAdministration.effectivePeriod");
    fact.start = period.start;
    fact.end = period.end;
  } else {
    r.Fail("MedicationAdministration.effective");
  }
  fact.ongoing = status == "in-progress";
  fact.ended = status == "completed" || status == "stopped";
  fact.visit_id = r.ReferenceTo("MedicationAdministration.context", "Encounter");
  fact.step = criteria::MedicationStep::kGiven;
  ReadGiven(r, fact);
  AddConceptsAt(r, r.resource(), "MedicationAdministration.reasonCode", criteria::Field::kReason,
                fact);
  AddReasonsAt(r, "MedicationAdministration.reasonReference", fact);
}

}  // namespace medverka::matcher::journal
