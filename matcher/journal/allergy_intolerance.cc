// AllergyIntolerance (https://hl7.org/fhir/R4/allergyintolerance.html), its statuses by analogy
// with Condition. A coded "no known allergy" is a negative finding.
#include "matcher/journal/attributes.h"
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;
using criteria::Field;
using criteria::Holding;
using criteria::Upkeep;

namespace {

constexpr StatusRow kClinical[] = {
    {"active", Effect::kHolds}, {"inactive", Effect::kPast}, {"resolved", Effect::kPast}};
constexpr StatusRow kVerification[] = {
    {"confirmed", Effect::kHolds},
    {"unconfirmed", Effect::kUnverified},
    {"refuted", Effect::kNegative},
    {"entered-in-error", Effect::kNoFact},
};
constexpr std::string_view kClinicalSystem =
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
constexpr std::string_view kVerificationSystem =
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";

void ReadCodes(Reading& r, Fact& fact) {
  r.ConceptOf(r.resource(), "AllergyIntolerance.code", fact.codes);
  if (!fact.codes.empty()) return;
  const Node* const reactions = r.Array(r.resource(), "AllergyIntolerance.reaction");
  if (reactions == nullptr) return;
  for (const Node& reaction : *reactions) {
    r.ConceptOf(&reaction, "AllergyIntolerance.reaction.substance", fact.codes);
  }
}

void ReadReactions(Reading& r, Fact& fact) {
  const Node* const reactions = r.Array(r.resource(), "AllergyIntolerance.reaction");
  if (reactions == nullptr) return;
  for (const Node& reaction : *reactions) {
    AddConceptsAt(r, &reaction, "AllergyIntolerance.reaction.manifestation", Field::kReaction,
                  fact);
    AddText(r, Field::kSeverity, r.String(&reaction, "AllergyIntolerance.reaction.severity"),
            "AllergyIntolerance.reaction.severity", fact);
  }
}

}  // namespace

void ReadAllergyIntolerance(Reading& r) {
  r.out().recorded = r.Time(r.resource(), "AllergyIntolerance.recordedDate");
  const std::string_view clinical =
      r.StatusCode(r.resource(), "AllergyIntolerance.clinicalStatus", kClinicalSystem);
  const std::string_view verified =
      r.StatusCode(r.resource(), "AllergyIntolerance.verificationStatus", kVerificationSystem);
  Effect course = Effect::kHolds;
  Effect certainty = Effect::kHolds;
  if (!clinical.empty()) {
    course = r.EffectOf(clinical, "AllergyIntolerance.clinicalStatus", kClinical)
                 .value_or(Effect::kNoFact);
  }
  if (!verified.empty()) {
    certainty = r.EffectOf(verified, "AllergyIntolerance.verificationStatus", kVerification)
                    .value_or(Effect::kNoFact);
  }
  if (course == Effect::kNoFact || certainty == Effect::kNoFact) return;

  Fact& fact = r.AddFact(FactKind::kAllergy,
                         static_cast<Holding>(certainty == Effect::kHolds ? course : certainty));
  fact.upkeep = Upkeep::kKept;
  ReadCodes(r, fact);
  if (ContainsAny(fact.codes, r.known().no_known_allergy)) fact.holding = Holding::kNegative;
  const Choice onset = r.ChoiceOf(r.resource(), "AllergyIntolerance.onset");
  if (onset.type == "DateTime")
    fact.start = r.AsTime(*onset.node, "AllergyIntolerance.onsetDateTime");
  if (onset.type == "Period")
    fact.start = r.AsPeriod(*onset.node, "AllergyIntolerance.onsetPeriod").start;
  fact.ended = course == Effect::kPast;
  fact.ongoing = !clinical.empty() && !fact.ended;
  fact.visit_id = r.ReferenceTo("AllergyIntolerance.encounter", "Encounter");
  ReadReactions(r, fact);
}

}  // namespace medverka::matcher::journal
