// MedicationRequest (https://hl7.org/fhir/R4/medicationrequest.html): prescriptions and orders.
//
// When it starts and ends, best first: the bounds of its dosages, the validity of the prescription,
// the length of the expected supply; it starts with its signing where nothing else is said. A
// dosage without an end makes the whole open.
#include <algorithm>

#include "matcher/journal/attributes.h"
#include "matcher/journal/dosage.h"
#include "matcher/journal/medications.h"
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;
using criteria::Holding;
using criteria::Upkeep;

namespace {

constexpr StatusRow kStatus[] = {
    {"active", Effect::kHolds},       {"on-hold", Effect::kUnverified},
    {"unknown", Effect::kUnverified}, {"completed", Effect::kPast},
    {"stopped", Effect::kPast},       {"cancelled", Effect::kNoFact},
    {"draft", Effect::kNoFact},       {"entered-in-error", Effect::kNoFact},
};
constexpr StatusRow kIntent[] = {
    {"order", Effect::kHolds},          {"original-order", Effect::kHolds},
    {"reflex-order", Effect::kHolds},   {"filler-order", Effect::kHolds},
    {"instance-order", Effect::kHolds}, {"proposal", Effect::kUnverified},
    {"plan", Effect::kUnverified},      {"option", Effect::kUnverified},
};

struct DosageBounds {
  std::optional<base::TimeRange> start;
  std::optional<base::TimeRange> end;
};

DosageBounds ReadBounds(Reading& r, const Node& dosage,
                        const std::optional<base::TimeRange>& authored) {
  const Node* const timing = r.Object(&dosage, "Dosage.timing");
  const Node* const repeat = r.Object(timing, "Timing.repeat");
  const Choice bounds = r.ChoiceOf(repeat, "Timing.repeat.bounds");
  DosageBounds out;
  if (bounds.type == "Period") {
    const PeriodRead period = r.AsPeriod(*bounds.node, "Timing.repeat.boundsPeriod");
    out = {period.start, period.end};
  } else if (bounds.type == "Duration") {
    const Quantity duration = r.AsQuantity(*bounds.node, "Timing.repeat.boundsDuration");
    if (authored) out.end = After(r, *authored, duration);
  }
  return out;
}

void ReadPeriods(Reading& r, const std::optional<base::TimeRange>& authored, Fact& fact) {
  const Node* const dosages = r.Array(r.resource(), "MedicationRequest.dosageInstruction");
  if (dosages == nullptr) return;
  bool open = false;
  for (const Node& dosage : *dosages) {
    const DosageBounds bounds = ReadBounds(r, dosage, authored);
    if (bounds.start && (!fact.start || *bounds.start < *fact.start)) fact.start = bounds.start;
    if (bounds.end && (!fact.end || bounds.end->hi > fact.end->hi)) fact.end = bounds.end;
    open = open || !bounds.end;
  }
  if (open) fact.end.reset();
}

// The validity of the prescription, and how long what it supplies will last.
void ReadSupply(Reading& r, const std::optional<base::TimeRange>& authored, Fact& fact) {
  const Node* const supply = r.Object(r.resource(), "MedicationRequest.dispenseRequest");
  const PeriodRead validity = r.Period(supply, "MedicationRequest.dispenseRequest.validityPeriod");
  const Node* const length =
      r.Object(supply, "MedicationRequest.dispenseRequest.expectedSupplyDuration");
  if (!fact.start && !authored) fact.start = validity.start;
  if (!fact.end) fact.end = validity.end;
  if (fact.end || length == nullptr) return;
  const Quantity duration =
      r.AsQuantity(*length, "MedicationRequest.dispenseRequest.expectedSupplyDuration");
  const auto start = fact.start ? fact.start : authored;
  // With repeats the supply lasts longer than one of them, by how much depends on when they are
  // fetched.
  const auto repeats = r.Number(supply, "MedicationRequest.dispenseRequest.numberOfRepeatsAllowed");
  if (start && (!repeats || repeats->is_zero())) fact.end = After(r, *start, duration);
}

}  // namespace

void ReadMedicationRequest(Reading& r) {
  const auto authored = r.Time(r.resource(), "MedicationRequest.authoredOn");
  r.out().recorded = authored;
  const auto holding = r.Status("MedicationRequest.status", kStatus);
  const auto intent = r.EffectOf(r.String(r.resource(), "MedicationRequest.intent"),
                                 "MedicationRequest.intent", kIntent);
  if (!holding || !intent) return;
  const std::string_view status = r.String(r.resource(), "MedicationRequest.status");
  Fact& fact = r.AddFact(FactKind::kMedication, *holding);
  fact.upkeep = Upkeep::kOrder;
  if (*intent == Effect::kUnverified) fact.holding = Holding::kUnverified;
  if (r.Bool(r.resource(), "MedicationRequest.doNotPerform").value_or(false))
    fact.holding = Holding::kNegative;
  ReadMedicationCodes(r, "MedicationRequest.medication", fact);
  ReadPeriods(r, authored, fact);
  ReadSupply(r, authored, fact);
  if (!fact.start) fact.start = authored;
  fact.ongoing = status == "active";
  fact.ended = status == "completed" || status == "stopped";
  fact.visit_id = r.ReferenceTo("MedicationRequest.encounter", "Encounter");
  fact.step = criteria::MedicationStep::kPrescribed;
  ReadDosages(r, "MedicationRequest.dosageInstruction", fact);
  AddConceptsAt(r, r.resource(), "MedicationRequest.reasonCode", criteria::Field::kReason, fact);
  AddReasonsAt(r, "MedicationRequest.reasonReference", fact);
}

}  // namespace medverka::matcher::journal
