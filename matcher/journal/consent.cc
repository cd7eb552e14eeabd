// Consent (https://hl7.org/fhir/R4/consent.html): kept with what it permits or denies; nothing acts
// on it yet.
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;
using criteria::Value;

namespace {

constexpr StatusRow kStatus[] = {
    {"active", Effect::kHolds},        {"draft", Effect::kUnverified},
    {"proposed", Effect::kUnverified}, {"rejected", Effect::kPast},
    {"inactive", Effect::kPast},       {"entered-in-error", Effect::kNoFact},
};

}  // namespace

void ReadConsent(Reading& r) {
  const auto said = r.Time(r.resource(), "Consent.dateTime");
  r.out().recorded = said;
  const auto holding = r.Status("Consent.status", kStatus);
  if (!holding) return;
  const std::string_view status = r.String(r.resource(), "Consent.status");
  Fact& fact = r.AddFact(FactKind::kConsent, *holding);
  r.ConceptOf(r.resource(), "Consent.scope", fact.codes);
  r.ConceptsOf(r.resource(), "Consent.category", fact.codes);
  const Node* const provision = r.Object(r.resource(), "Consent.provision");
  const PeriodRead period = r.Period(provision, "Consent.provision.period");
  fact.start = period.start ? period.start : said;
  fact.end = period.end;
  fact.ongoing = status == "active";
  fact.ended = status == "rejected" || status == "inactive";
  const std::string_view type = r.String(provision, "Consent.provision.type");
  if (type == "permit" || type == "deny") {
    fact.value.type = Value::Type::kBoolean;
    fact.value.boolean = type == "permit";
  } else if (!type.empty()) {
    r.Fail("Consent.provision.type");
  }
}

}  // namespace medverka::matcher::journal
