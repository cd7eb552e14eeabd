// Procedure (https://hl7.org/fhir/R4/procedure.html). Performed at an age, in a range or "some
// time": not dated.
#include "matcher/journal/attributes.h"
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;
using criteria::Field;

namespace {

constexpr StatusRow kStatus[] = {
    {"completed", Effect::kHolds},    {"in-progress", Effect::kHolds},
    {"stopped", Effect::kPast},       {"on-hold", Effect::kUnverified},
    {"unknown", Effect::kUnverified}, {"preparation", Effect::kNoFact},
    {"not-done", Effect::kNegative},  {"entered-in-error", Effect::kNoFact},
};

}  // namespace

void ReadProcedure(Reading& r) {
  const auto holding = r.Status("Procedure.status", kStatus);
  if (!holding) return;
  const std::string_view status = r.String(r.resource(), "Procedure.status");
  Fact& fact = r.AddFact(FactKind::kProcedure, *holding);
  r.ConceptOf(r.resource(), "Procedure.code", fact.codes);
  const Choice performed = r.ChoiceOf(r.resource(), "Procedure.performed");
  if (performed.type == "DateTime")
    fact.start = r.AsTime(*performed.node, "Procedure.performedDateTime");
  if (performed.type == "Period") {
    const PeriodRead period = r.AsPeriod(*performed.node, "Procedure.performedPeriod");
    fact.start = period.start;
    fact.end = period.end;
  }
  fact.ongoing = status == "in-progress";
  fact.ended = status == "completed" || status == "stopped";
  fact.visit_id = r.ReferenceTo("Procedure.encounter", "Encounter");
  AddSitesAt(r, "Procedure.bodySite", fact);
  AddConceptAt(r, r.resource(), "Procedure.outcome", Field::kOutcome, fact);
  AddConceptsAt(r, r.resource(), "Procedure.reasonCode", Field::kReason, fact);
  AddReasonsAt(r, "Procedure.reasonReference", fact);
}

}  // namespace medverka::matcher::journal
