// Device (https://hl7.org/fhir/R4/device.html) and DeviceUseStatement
// (https://hl7.org/fhir/R4/deviceusestatement.html): implants and aids.
//
// A Device that names its patient is in use by that patient while it is active. One that names
// nobody is an article: it stands for its codes, as a Medication does, and a statement of use that
// names it takes them.
#include "matcher/journal/attributes.h"
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;
using criteria::Holding;

namespace {

constexpr StatusRow kDeviceStatus[] = {
    {"active", Effect::kHolds},
    {"inactive", Effect::kPast},
    {"unknown", Effect::kUnverified},
    {"entered-in-error", Effect::kNoFact},
};
constexpr StatusRow kUseStatus[] = {
    {"active", Effect::kHolds},       {"completed", Effect::kPast},
    {"stopped", Effect::kPast},       {"intended", Effect::kNoFact},
    {"on-hold", Effect::kUnverified}, {"entered-in-error", Effect::kNoFact},
};

// What was used when: a moment is its start, of several the first.
void ReadTiming(Reading& r, Fact& fact) {
  const Choice timing = r.ChoiceOf(r.resource(), "DeviceUseStatement.timing");
  if (timing.type == "DateTime") {
    fact.start = r.AsTime(*timing.node, "DeviceUseStatement.timingDateTime");
  } else if (timing.type == "Period") {
    const PeriodRead period = r.AsPeriod(*timing.node, "DeviceUseStatement.timingPeriod");
    fact.start = period.start;
    fact.end = period.end;
  }
}

void ReadUsedDevice(Reading& r, Fact& fact) {
  const Node* const device = r.Object(r.resource(), "DeviceUseStatement.device");
  if (device == nullptr) {
    r.Fail("DeviceUseStatement.device");
    return;
  }
  const Target target = r.Resolve(*device, "Device");
  if (target.contained != nullptr) {
    r.ConceptOf(target.contained, "Device.type", fact.codes);
  } else if (target.by_id()) {
    fact.medication_id.append(target.type).append("/").append(target.id);
  }
}

}  // namespace

void ReadDevice(Reading& r) {
  Effect effect = Effect::kHolds;
  const std::string_view status = r.String(r.resource(), "Device.status");
  if (!status.empty()) {
    effect = r.EffectOf(status, "Device.status", kDeviceStatus).value_or(Effect::kNoFact);
  }
  std::vector<criteria::CodeId>& codes = r.change().medication.emplace();
  if (effect == Effect::kNoFact) return;
  r.ConceptOf(r.resource(), "Device.type", codes);
  const Node* const patient = r.Object(r.resource(), "Device.patient");
  if (patient == nullptr) return;
  r.change().person = r.Person(patient, "Device.patient");
  Fact& fact = r.AddFact(FactKind::kDevice, static_cast<Holding>(effect));
  fact.codes = codes;
  fact.ongoing = status == "active";
  fact.ended = effect == Effect::kPast;
}

void ReadDeviceUseStatement(Reading& r) {
  r.out().recorded = r.Time(r.resource(), "DeviceUseStatement.recordedOn");
  const auto holding = r.Status("DeviceUseStatement.status", kUseStatus);
  if (!holding) return;
  const std::string_view status = r.String(r.resource(), "DeviceUseStatement.status");
  Fact& fact = r.AddFact(FactKind::kDevice, *holding);
  ReadUsedDevice(r, fact);
  ReadTiming(r, fact);
  fact.ongoing = status == "active";
  fact.ended = *holding == Holding::kPast;
  AddSiteAt(r, "DeviceUseStatement.bodySite", fact);
  AddConceptsAt(r, r.resource(), "DeviceUseStatement.reasonCode", criteria::Field::kReason, fact);
  AddReasonsAt(r, "DeviceUseStatement.reasonReference", fact);
}

}  // namespace medverka::matcher::journal
