// Condition (https://hl7.org/fhir/R4/condition.html): problems and diagnoses.
//
// The hard part is what "active" means. On a problem list it is a statement about now; on a
// diagnosis that was recorded at a visit, or that a national contract without an end date delivers,
// it is not (docs/fact-times.md). Onset and abatement given as an age or in words say that, not
// when.
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
    {"active", Effect::kHolds},  {"recurrence", Effect::kHolds}, {"relapse", Effect::kHolds},
    {"inactive", Effect::kPast}, {"remission", Effect::kPast},   {"resolved", Effect::kPast},
};
constexpr StatusRow kVerification[] = {
    {"confirmed", Effect::kHolds},         {"provisional", Effect::kUnverified},
    {"differential", Effect::kUnverified}, {"unconfirmed", Effect::kUnverified},
    {"refuted", Effect::kNegative},        {"entered-in-error", Effect::kNoFact},
};
constexpr std::string_view kClinicalSystem =
    "http://terminology.hl7.org/CodeSystem/condition-clinical";
constexpr std::string_view kVerificationSystem =
    "http://terminology.hl7.org/CodeSystem/condition-ver-status";
// meta.source of what a national service contract delivered: always "active", never an end.
constexpr std::string_view kContractSource = "urn:oid:1.2.752.129.2.1.4.1#";

struct Categories {
  bool problem_list = false;
  bool of_visit = false;  // encounter-diagnosis; HD and BY are the Swedish main and secondary
                          // diagnosis of a visit
  bool main = false;      // HD
  bool other = false;     // BY
};

Categories ReadCategories(Reading& r) {
  Categories categories;
  const Node* const items = r.Array(r.resource(), "Condition.category");
  if (items == nullptr) return categories;
  for (const Node& category : *items) {
    const Node* const codings = r.Array(&category, "CodeableConcept.coding");
    if (codings == nullptr) continue;
    for (const Node& coding : *codings) {
      const std::string_view code = r.String(&coding, "Coding.code");
      categories.problem_list = categories.problem_list || code == "problem-list-item";
      categories.main = categories.main || code == "HD";
      categories.other = categories.other || code == "BY";
      categories.of_visit = categories.of_visit || code == "encounter-diagnosis" ||
                            categories.main || categories.other;
    }
  }
  return categories;
}

Upkeep ReadUpkeep(Reading& r, const Categories& categories, bool has_clinical_status) {
  if (categories.problem_list) return Upkeep::kKept;
  const bool of_contract = r.String(r.Object(r.resource(), "Condition.meta"), "Meta.source")
                               .substr(0, kContractSource.size()) == kContractSource;
  const bool of_visit = categories.of_visit || of_contract ||
                        r.Object(r.resource(), "Condition.encounter") != nullptr;
  return has_clinical_status && !of_visit ? Upkeep::kKept : Upkeep::kAtVisit;
}

void ReadAttributes(Reading& r, const Categories& categories, Fact& fact) {
  AddSitesAt(r, "Condition.bodySite", fact);
  AddConceptAt(r, r.resource(), "Condition.severity", Field::kSeverity, fact);
  if (categories.main == categories.other) return;  // neither is said, or both
  const base::Decimal number(categories.main ? 1 : 0);
  AddNumber(r, Field::kMain, {number, number}, criteria::kNoUnit, "Condition.category", fact);
}

void ReadOnset(Reading& r, Fact& fact) {
  const Choice onset = r.ChoiceOf(r.resource(), "Condition.onset");
  if (onset.type == "DateTime") fact.start = r.AsTime(*onset.node, "Condition.onsetDateTime");
  if (onset.type == "Period") fact.start = r.AsPeriod(*onset.node, "Condition.onsetPeriod").start;
}

// The end lies somewhere in the period of abatement.
void ReadAbatement(Reading& r, Fact& fact) {
  const Choice abatement = r.ChoiceOf(r.resource(), "Condition.abatement");
  if (!abatement) return;
  fact.ended = true;
  if (abatement.type == "DateTime")
    fact.end = r.AsTime(*abatement.node, "Condition.abatementDateTime");
  if (abatement.type == "Period") {
    const PeriodRead period = r.AsPeriod(*abatement.node, "Condition.abatementPeriod");
    fact.end = period.end;
    if (period.start && period.end && period.start->lo <= period.end->hi) {
      fact.end = base::TimeRange{period.start->lo, period.end->hi};
    }
  }
}

}  // namespace

void ReadCondition(Reading& r) {
  r.out().recorded = r.Time(r.resource(), "Condition.recordedDate");
  const std::string_view clinical =
      r.StatusCode(r.resource(), "Condition.clinicalStatus", kClinicalSystem);
  const std::string_view verified =
      r.StatusCode(r.resource(), "Condition.verificationStatus", kVerificationSystem);
  Effect course = Effect::kHolds;
  Effect certainty = Effect::kHolds;
  if (!clinical.empty()) {
    course = r.EffectOf(clinical, "Condition.clinicalStatus", kClinical).value_or(Effect::kNoFact);
  }
  if (!verified.empty()) {
    certainty = r.EffectOf(verified, "Condition.verificationStatus", kVerification)
                    .value_or(Effect::kNoFact);
  }
  if (course == Effect::kNoFact || certainty == Effect::kNoFact) return;

  Fact& fact = r.AddFact(FactKind::kCondition,
                         static_cast<Holding>(certainty == Effect::kHolds ? course : certainty));
  r.ConceptOf(r.resource(), "Condition.code", fact.codes);
  const Categories categories = ReadCategories(r);
  fact.upkeep = ReadUpkeep(r, categories, !clinical.empty());
  fact.ended = course == Effect::kPast;
  ReadOnset(r, fact);
  ReadAbatement(r, fact);
  fact.ongoing = !clinical.empty() && !fact.ended;
  fact.visit_id = r.ReferenceTo("Condition.encounter", "Encounter");
  ReadAttributes(r, categories, fact);
}

}  // namespace medverka::matcher::journal
