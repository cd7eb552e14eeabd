// Immunization (https://hl7.org/fhir/R4/immunization.html). Given "some time" in words: not dated.
#include "matcher/journal/attributes.h"
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;
using criteria::Field;

namespace {

constexpr StatusRow kStatus[] = {{"completed", Effect::kHolds},
                                 {"not-done", Effect::kNegative},
                                 {"entered-in-error", Effect::kNoFact}};

}  // namespace

void ReadImmunization(Reading& r) {
  r.out().recorded = r.Time(r.resource(), "Immunization.recorded");
  const auto holding = r.Status("Immunization.status", kStatus);
  if (!holding) return;
  if (r.resource()->Member("vaccineCode") == nullptr) r.Fail("Immunization.vaccineCode");
  Fact& fact = r.AddFact(FactKind::kImmunization, *holding);
  r.ConceptOf(r.resource(), "Immunization.vaccineCode", fact.codes);
  const Choice occurrence = r.ChoiceOf(r.resource(), "Immunization.occurrence");
  if (occurrence.type == "DateTime") {
    fact.start = r.AsTime(*occurrence.node, "Immunization.occurrenceDateTime");
  } else if (occurrence.type != "String") {
    r.Fail("Immunization.occurrence");
  }
  fact.visit_id = r.ReferenceTo("Immunization.encounter", "Encounter");
  AddSiteAt(r, "Immunization.site", fact);
  AddConceptAt(r, r.resource(), "Immunization.route", Field::kRoute, fact);
  AddConceptsAt(r, r.resource(), "Immunization.reasonCode", Field::kReason, fact);
}

}  // namespace medverka::matcher::journal
