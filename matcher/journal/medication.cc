// Medication (https://hl7.org/fhir/R4/medication.html): what a medication entry's reference stands
// for. Belongs to nobody.
#include "matcher/journal/medications.h"
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

void ReadMedication(Reading& r) {
  std::vector<criteria::CodeId>& codes = r.change().medication.emplace();
  const std::string_view status = r.String(r.resource(), "Medication.status");
  if (status == "entered-in-error") return;
  if (!status.empty() && status != "active" && status != "inactive") r.Fail("Medication.status");
  MedicationCodes(r, *r.resource(), codes);
}

}  // namespace medverka::matcher::journal
