// MedicationDispense (https://hl7.org/fhir/R4/medicationdispense.html): handed over, for so many
// days where it says so.
#include "matcher/journal/dosage.h"
#include "matcher/journal/medications.h"
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;
using criteria::Upkeep;

namespace {

constexpr StatusRow kStatus[] = {
    {"completed", Effect::kHolds},         {"preparation", Effect::kUnverified},
    {"in-progress", Effect::kUnverified},  {"on-hold", Effect::kUnverified},
    {"unknown", Effect::kUnverified},      {"stopped", Effect::kNoFact},
    {"declined", Effect::kNoFact},         {"cancelled", Effect::kNoFact},
    {"entered-in-error", Effect::kNoFact},
};

}  // namespace

void ReadMedicationDispense(Reading& r) {
  const auto holding = r.Status("MedicationDispense.status", kStatus);
  if (!holding) return;
  Fact& fact = r.AddFact(FactKind::kMedication, *holding);
  fact.upkeep = Upkeep::kSupply;
  ReadMedicationCodes(r, "MedicationDispense.medication", fact);
  fact.start = r.Time(r.resource(), "MedicationDispense.whenHandedOver");
  if (!fact.start) fact.start = r.Time(r.resource(), "MedicationDispense.whenPrepared");
  if (const Node* const days = r.Object(r.resource(), "MedicationDispense.daysSupply")) {
    Quantity supply = r.AsQuantity(*days, "MedicationDispense.daysSupply");
    if (supply.unit == criteria::kNoUnit)
      supply.unit = r.vocabulary().Unit("d");  // its name says the unit
    if (fact.start) fact.end = After(r, *fact.start, supply);
  }
  fact.visit_id = r.ReferenceTo("MedicationDispense.context", "Encounter");
  fact.step = criteria::MedicationStep::kDispensed;
  ReadDosages(r, "MedicationDispense.dosageInstruction", fact);
}

}  // namespace medverka::matcher::journal
