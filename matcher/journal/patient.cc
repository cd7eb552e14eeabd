// Patient (https://hl7.org/fhir/R4/patient.html): who is who, and the administrative facts.
//
// gender and birthDate win over what a personal number says; the number fills in where they are
// missing. Region of residence: the registered address first, then home, then any; codes in
// extensions (Statistics Sweden's municipality and region) win over names.
#include <algorithm>

#include "matcher/journal/regions.h"
#include "matcher/journal/resource_types.h"
#include "ops/base/murmur2.h"

namespace medverka::matcher::journal {

using criteria::Demographics;
using criteria::Sex;
using criteria::Truth;

namespace {

// Real patients have a handful of either; the bound keeps comparing all pairs harmless.
constexpr std::uint32_t kIdentifiersMax = 200;
constexpr std::uint32_t kLinksMax = 200;
constexpr std::string_view kMunicipalityOid = "1.2.752.129.2.2.1.17";
constexpr std::string_view kRegionOid = "1.2.752.129.2.2.1.18";
constexpr std::string_view kRegisteredAddress =
    "63381000052101";  // SNOMED CT: folkbokföringsadress

struct AddressSays {
  std::string_view region;
  bool registered = false;
};

void ReadAddressCoding(Reading& r, const Node& coding, AddressSays& says) {
  const std::string_view system = WithoutOidPrefix(r.String(&coding, "Coding.system"));
  const std::string_view code = r.String(&coding, "Coding.code");
  if (system == kMunicipalityOid || system == kRegionOid) {
    if (says.region.empty()) says.region = RegionOf(code);
  } else if (code == kRegisteredAddress) {
    says.registered = true;
  }
}

// Extensions may hold extensions; depth is bounded by that of the document.
void ReadAddressExtensions(Reading& r, const Node* holder, AddressSays& says) {
  const Node* const extensions = r.Array(holder, "Element.extension");
  if (extensions == nullptr) return;
  for (const Node& extension : *extensions) {
    if (const Node* const coding = r.Object(&extension, "Extension.valueCoding")) {
      ReadAddressCoding(r, *coding, says);
    }
    if (const Node* const kind = r.Object(&extension, "Extension.valueCodeableConcept")) {
      if (const Node* const codings = r.Array(kind, "CodeableConcept.coding")) {
        for (const Node& coding : *codings) ReadAddressCoding(r, coding, says);
      }
    }
    ReadAddressExtensions(r, &extension, says);
  }
}

AddressSays ReadAddress(Reading& r, const Node& address) {
  AddressSays says;
  ReadAddressExtensions(r, &address, says);
  for (const Path twin :
       {Path("Address._state"), Path("Address._district"), Path("Address._city")}) {
    ReadAddressExtensions(r, r.Object(&address, twin), says);
  }
  if (says.region.empty()) says.region = RegionOf(r.String(&address, "Address.state"));
  if (says.region.empty()) says.region = RegionOf(r.String(&address, "Address.district"));
  return says;
}

std::string_view ReadRegion(Reading& r) {
  AddressSays on_patient;
  ReadAddressExtensions(r, r.resource(), on_patient);
  const Node* const addresses = r.Array(r.resource(), "Patient.address");
  if (addresses == nullptr) return on_patient.region;
  std::string_view best;
  int best_rank = 0;
  for (const Node& address : *addresses) {
    const std::string_view use = r.String(&address, "Address.use");
    const AddressSays says = ReadAddress(r, address);
    const int rank = says.registered ? 4 : use == "home" ? 3 : use == "old" ? 1 : 2;
    if (!says.region.empty() && rank > best_rank) {
      best = says.region;
      best_rank = rank;
    }
  }
  return best.empty() ? on_patient.region : best;
}

// Identifiers, best name first.
void ReadIdentifiers(Reading& r, PatientLinks& links, Demographics& demographics) {
  const Node* const identifiers = r.Array(r.resource(), "Patient.identifier");
  if (identifiers == nullptr) return;
  if (identifiers->count > kIdentifiersMax) {
    r.Fail("Patient.identifier");
    return;
  }
  struct Named {
    IdentifierKind kind;
    PersonKey key;
  };
  std::vector<Named> named;
  for (const Node& item : *identifiers) {
    const auto identifier = r.Identifier(item, "Patient.identifier");
    if (!identifier) continue;
    named.push_back({identifier->kind,
                     r.names().OfIdentifier(*identifier, r.String(&item, "Identifier.value"))});
    if (demographics.sex == Sex::kUnknown) demographics.sex = identifier->sex;
    if (!demographics.birth) demographics.birth = identifier->birth;
  }
  std::stable_sort(named.begin(), named.end(),
                   [](const Named& a, const Named& b) { return a.kind < b.kind; });
  for (const Named& name : named) {
    if (std::find(links.identifiers.begin(), links.identifiers.end(), name.key) ==
        links.identifiers.end()) {
      links.identifiers.push_back(name.key);
    }
  }
}

void ReadLinks(Reading& r, PatientLinks& links) {
  const Node* const items = r.Array(r.resource(), "Patient.link");
  if (items == nullptr) return;
  if (items->count > kLinksMax) {
    r.Fail("Patient.link");
    return;
  }
  for (const Node& link : *items) {
    const std::string_view type = r.String(&link, "Patient.link.type");
    const bool replaced_by = type == "replaced-by";
    if (!replaced_by && type != "replaces") {
      if (type != "refer" && type != "seealso") r.Fail("Patient.link.type");
      continue;
    }
    const Node* const reference = r.Object(&link, "Patient.link.other");
    const auto other = r.Person(reference, "Patient.link.other");
    if (!other) continue;
    (replaced_by ? links.replaced_by : links.replaces).push_back(*other);
    const Target target = r.Resolve(*reference, "Patient");
    if (target.by_id() && target.type == "Patient") {
      links.routes.push_back({*other, base::Murmur2(target.id)});
    }
  }
}

void ReadGender(Reading& r, Demographics& demographics) {
  const std::string_view gender = r.String(r.resource(), "Patient.gender");
  if (gender == "female") {
    demographics.sex = Sex::kFemale;
  } else if (gender == "male") {
    demographics.sex = Sex::kMale;
  } else if (gender == "other") {
    demographics.sex = Sex::kUnknown;
  } else if (!gender.empty() && gender != "unknown") {
    r.Fail("Patient.gender");
  }
}

void ReadDeath(Reading& r, Demographics& demographics) {
  const Choice deceased = r.ChoiceOf(r.resource(), "Patient.deceased");
  if (!deceased) return;
  if (deceased.type == "Boolean") {
    const auto dead = r.Bool(r.resource(), "Patient.deceasedBoolean");
    demographics.deceased = criteria::FromBool(dead.value_or(false));
  } else if (deceased.type == "DateTime") {
    demographics.death = r.AsTime(*deceased.node, "Patient.deceasedDateTime");
    demographics.deceased = criteria::FromBool(demographics.death.has_value());
  } else {
    r.Fail("Patient.deceased");
  }
}

}  // namespace

void ReadPatient(Reading& r) {
  ResourceChange& change = r.change();
  PatientLinks& links = change.links.emplace();
  Demographics& demographics = change.demographics.emplace();
  const std::string_view id = std::string_view(change.id).substr(change.id.find('/') + 1);
  links.self = r.names().OfPatientId(id);
  change.person = links.self;
  change.resource.id = "Patient";
  links.active = r.Bool(r.resource(), "Patient.active").value_or(true);
  ReadIdentifiers(r, links, demographics);
  ReadLinks(r, links);
  ReadGender(r, demographics);
  if (const auto birth = r.Time(r.resource(), "Patient.birthDate")) demographics.birth = birth;
  ReadDeath(r, demographics);
  demographics.region = ReadRegion(r);
}

}  // namespace medverka::matcher::journal
