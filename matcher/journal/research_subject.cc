// ResearchSubject (https://hl7.org/fhir/R4/researchsubject.html): taking part in a study. A
// candidate does not take part.
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;
using criteria::Holding;

namespace {

constexpr StatusRow kStatus[] = {
    {"on-study", Effect::kHolds},
    {"on-study-intervention", Effect::kHolds},
    {"on-study-observation", Effect::kHolds},
    {"follow-up", Effect::kHolds},
    {"screening", Effect::kHolds},
    {"pending-on-study", Effect::kHolds},
    {"eligible", Effect::kHolds},
    {"off-study", Effect::kPast},
    {"withdrawn", Effect::kPast},
    {"not-registered", Effect::kPast},
    {"ineligible", Effect::kPast},
    {"candidate", Effect::kUnverified},
    {"potential-candidate", Effect::kUnverified},
    {"entered-in-error",
     Effect::kNoFact},  // not of the value set, but sources know no other way to say it
};

// The study as sent: an identifier of a register where there is one, else the id of the resource.
void ReadStudy(Reading& r, Fact& fact) {
  const Node* const reference = r.Object(r.resource(), "ResearchSubject.study");
  if (reference == nullptr) {
    r.Fail("ResearchSubject.study");
    return;
  }
  const Target target = r.Resolve(*reference, "ResearchStudy");
  std::string_view system;
  std::string_view value;
  if (target.by_identifier()) {
    system = target.system;
    value = target.value;
  } else if (const Node* const identifier = r.Object(reference, "Reference.identifier")) {
    system = r.String(identifier, "Identifier.system");
    value = Trim(r.String(identifier, "Identifier.value"));
  } else if (target.contained != nullptr) {
    if (const Node* const identifiers = r.Array(target.contained, "ResearchStudy.identifier")) {
      for (const Node& item : *identifiers) {
        if (value.empty()) value = Trim(r.String(&item, "Identifier.value"));
        if (system.empty()) system = r.String(&item, "Identifier.system");
      }
    }
  }
  if (!value.empty()) fact.codes.push_back(r.codes().Of(system, value));
  fact.study = BoundedText(value.empty() ? target.id : value);
  if (fact.study.empty()) r.Fail("ResearchSubject.study");
}

}  // namespace

void ReadResearchSubject(Reading& r) {
  const auto holding = r.Status("ResearchSubject.status", kStatus);
  if (!holding) return;
  Fact& fact = r.AddFact(FactKind::kParticipation, *holding);
  ReadStudy(r, fact);
  const PeriodRead period = r.Period(r.resource(), "ResearchSubject.period");
  fact.start = period.start;
  fact.end = period.end;
  fact.ongoing = *holding == Holding::kHolds;
  fact.ended = *holding == Holding::kPast;
  fact.interventional_arm =
      r.String(r.resource(), "ResearchSubject.status") == "on-study-intervention";
}

}  // namespace medverka::matcher::journal
