// The resource types of FHIR R4 (4.0.1), which of them become facts, and by which reader.
#pragma once

#include <string_view>

#include "matcher/journal/reading.h"

namespace medverka::matcher::journal {

using Reader = void (*)(Reading&);

struct ResourceType {
  std::string_view name;
  Reader reader = nullptr;  // nullptr: R4 has the type, we pass it over
  std::string_view
      subject;  // path of the element that names the patient; "" where the reader knows itself
};

// nullptr: R4 has no such type.
const ResourceType* FindResourceType(std::string_view name);
std::size_t ResourceTypeCount();

// One file each, <type>.cc.
void ReadPatient(Reading& reading);
void ReadEncounter(Reading& reading);
void ReadCondition(Reading& reading);
void ReadObservation(Reading& reading);
void ReadDiagnosticReport(Reading& reading);
void ReadProcedure(Reading& reading);
void ReadMedicationRequest(Reading& reading);
void ReadMedicationStatement(Reading& reading);
void ReadMedicationAdministration(Reading& reading);
void ReadMedicationDispense(Reading& reading);
void ReadMedication(Reading& reading);
void ReadDevice(Reading& reading);
void ReadDeviceUseStatement(Reading& reading);
void ReadAllergyIntolerance(Reading& reading);
void ReadImmunization(Reading& reading);
void ReadFamilyMemberHistory(Reading& reading);
void ReadResearchSubject(Reading& reading);
void ReadQuestionnaireResponse(Reading& reading);
void ReadConsent(Reading& reading);

}  // namespace medverka::matcher::journal
