// Observation (https://hl7.org/fhir/R4/observation.html): results, vital signs, answers, findings.
// Each component is a fact of its own that knows the codes of the whole. Genetic findings go to
// genomics.cc.
#include <charconv>

#include "matcher/journal/attributes.h"
#include "matcher/journal/genomics.h"
#include "matcher/journal/observation_value.h"
#include "matcher/journal/quantity_text.h"
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;
using criteria::Field;
using criteria::Holding;
using criteria::ReferenceLimits;

namespace {

constexpr StatusRow kStatus[] = {
    {"final", Effect::kHolds},        {"amended", Effect::kHolds},
    {"corrected", Effect::kHolds},    {"preliminary", Effect::kUnverified},
    {"unknown", Effect::kUnverified}, {"registered", Effect::kNoFact},
    {"cancelled", Effect::kNoFact},   {"entered-in-error", Effect::kNoFact},
};

std::optional<base::TimeRange> CollectedAt(Reading& r, const Node& specimen) {
  const Node* const collection = r.Object(&specimen, "Specimen.collection");
  const Choice collected = r.ChoiceOf(collection, "Specimen.collection.collected");
  if (collected.type == "DateTime")
    return r.AsTime(*collected.node, "Specimen.collection.collectedDateTime");
  if (collected.type != "Period") return std::nullopt;
  const PeriodRead period = r.AsPeriod(*collected.node, "Specimen.collection.collectedPeriod");
  return period.end ? period.end : period.start;
}

// When the specimen was taken, where it is contained or stands in the same Bundle.
std::optional<base::TimeRange> ReadSpecimenTime(Reading& r) {
  if (r.resource()->Member("specimen") == nullptr) return std::nullopt;
  const Target target = r.ResolveAt("Observation.specimen", "Specimen");
  const Node* specimen = target.contained;
  if (specimen == nullptr && target.by_id()) specimen = r.urls().FindSpecimen(target.id);
  return specimen == nullptr ? std::nullopt : CollectedAt(r, *specimen);
}

// Of a period its end, of several moments the last.
std::optional<base::TimeRange> ReadEffective(Reading& r) {
  const Choice effective = r.ChoiceOf(r.resource(), "Observation.effective");
  if (effective.type == "DateTime" || effective.type == "Instant") {
    return r.AsTime(*effective.node, "Observation.effective");
  }
  if (effective.type == "Period") {
    const PeriodRead period = r.AsPeriod(*effective.node, "Observation.effectivePeriod");
    return period.end ? period.end : period.start;
  }
  if (effective.type != "Timing") return std::nullopt;
  const Node* const events = effective.node->Member("event");
  std::optional<base::TimeRange> last;
  if (events == nullptr || !r.Expect(*events, Node::Type::kArray, "Timing.event")) return last;
  for (const Node& event : *events) {
    const auto time = event.is_null() ? std::nullopt : r.AsTime(event, "Timing.event");
    if (time && (!last || *time > *last)) last = time;
  }
  return last;
}

std::optional<base::Decimal> ReadLimit(Reading& r, const Node& range, Path path,
                                       ReferenceLimits& limits) {
  const Node* const node = r.Object(&range, path);
  if (node == nullptr) return std::nullopt;
  const Quantity limit = r.AsQuantity(*node, path);
  if (limit.value && limits.unit == criteria::kNoUnit) limits.unit = limit.unit;
  return limit.value;
}

std::optional<ReferenceLimits> ReadRange(Reading& r, const Node& range, const Fact& fact) {
  ReferenceLimits limits;
  limits.low = ReadLimit(r, range, "ReferenceRange.low", limits);
  limits.high = ReadLimit(r, range, "ReferenceRange.high", limits);
  if (!limits.low && !limits.high) {
    const auto text = ReadLimitsText(r.String(&range, "ReferenceRange.text"));
    if (!text) return std::nullopt;
    limits.low = text->low;
    limits.high = text->high;
    if (!text->unit.empty()) limits.unit = r.vocabulary().Unit(text->unit);
  }
  if (limits.unit == criteria::kNoUnit) limits.unit = fact.value.unit;
  return limits;
}

// Ranges for therapy or for other people are not the limits of this result; of several that remain
// none is guessed.
void ReadLimits(Reading& r, const Node& holder, Fact& fact) {
  const Node* const ranges = r.Array(&holder, "Observation.referenceRange");
  if (ranges == nullptr) return;
  int candidates = 0;
  for (const Node& range : *ranges) {
    const std::string_view type =
        range.Member("type") == nullptr
            ? "normal"
            : r.StatusCode(&range, "ReferenceRange.type",
                           "http://terminology.hl7.org/CodeSystem/referencerange-meaning");
    if (type != "normal") continue;
    const auto limits = ReadRange(r, range, fact);
    if (!limits) continue;
    ++candidates;
    fact.limits = limits;
  }
  if (candidates > 1) fact.limits.reset();
}

// "28+3" is weeks and days of a pregnancy; anywhere else it would be two numbers. In days then.
void ReadWeeksAndDays(Reading& r, Fact& fact) {
  if (fact.value.type != criteria::Value::Type::kText) return;
  if (!ContainsAny(fact.codes, r.known().gestational_ages)) return;
  constexpr int kDaysOfAWeek = 7;
  constexpr int kWeeksMax = 45;
  const std::string_view text = fact.value.text;
  int weeks = 0;
  int days = 0;
  const auto first = std::from_chars(text.data(), text.data() + text.size(), weeks);
  if (first.ec != std::errc() || first.ptr == text.data() + text.size() || *first.ptr != '+')
    return;
  const auto second = std::from_chars(first.ptr + 1, text.data() + text.size(), days);
  if (second.ec != std::errc() || second.ptr != text.data() + text.size()) return;
  if (weeks < 0 || weeks > kWeeksMax || days < 0 || days >= kDaysOfAWeek) return;
  const base::Decimal number(weeks * kDaysOfAWeek + days);
  fact.value = {};
  fact.value.type = criteria::Value::Type::kQuantity;
  fact.value.number = {number, number};
  fact.value.unit = r.vocabulary().Unit("d");
}

void ReadAttributes(Reading& r, Fact& fact) {
  AddSiteAt(r, "Observation.bodySite", fact);
  AddConceptAt(r, r.resource(), "Observation.method", Field::kMethod, fact);
  AddReasonsAt(r, "Observation.focus", fact);
}

void ReadResult(Reading& r, const Node& holder, Fact& fact) {
  ReadValue(r, holder, "Observation.value", fact);
  if (r.Object(&holder, "Observation.dataAbsentReason") != nullptr) fact.value_absent = true;
  r.ConceptsOf(&holder, "Observation.interpretation", fact.interpretation);
  ReadLimits(r, holder, fact);
  ReadWeeksAndDays(r, fact);
}

void ReadComponents(Reading& r, Holding holding) {
  const Node* const components = r.Array(r.resource(), "Observation.component");
  if (components == nullptr) return;
  r.out().facts.reserve(1 + components->count);
  std::uint16_t part = 0;
  for (const Node& component : *components) {
    if (part == kPartsMax) {
      r.Fail("Observation.component");
      return;
    }
    Fact& fact = r.AddFact(FactKind::kObservation, holding);
    const Fact& whole = r.out().facts.front();
    fact.part = ++part;
    fact.parent_codes = whole.codes;
    fact.start = whole.start;
    fact.visit_id = whole.visit_id;
    fact.attributes = whole.attributes;
    if (component.Member("code") == nullptr) r.Fail("Observation.component.code");
    r.ConceptOf(&component, "Observation.component.code", fact.codes);
    ReadResult(r, component, fact);
  }
}

}  // namespace

void ReadObservation(Reading& r) {
  const auto issued = r.Time(r.resource(), "Observation.issued");
  if (issued) r.out().issued = issued->lo;
  const auto holding = r.Status("Observation.status", kStatus);
  if (!holding) return;
  if (r.resource()->Member("code") == nullptr) r.Fail("Observation.code");

  Fact& fact = r.AddFact(FactKind::kObservation, *holding);
  r.ConceptOf(r.resource(), "Observation.code", fact.codes);
  fact.start = ReadSpecimenTime(r);
  const auto effective = ReadEffective(r);
  if (!fact.start) fact.start = effective;
  if (!fact.start && issued) fact.start = issued;
  fact.visit_id = r.ReferenceTo("Observation.encounter", "Encounter");
  ReadAttributes(r, fact);
  ReadResult(r, *r.resource(), fact);
  if (IsGenomic(r, fact)) {
    ReadGenomic(r, fact);
    return;
  }
  ReadComponents(r, *holding);
}

}  // namespace medverka::matcher::journal
