// Journal events as text, for tests: FHIR resources with as little in them as the test needs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace medverka::tests {

// Which version of a resource, and when it was made. `updated` is also the record's stamp.
struct Made {
  int version = 1;
  std::string updated = {};  // "2026-01-20T07:15:00Z"
};

struct PatientText {
  std::string id = {};  // "p1"
  std::string gender = {};
  std::string birth = {};        // "1971-03-02"
  std::string identifier = {};   // value under an identifier system of the hospital's own
  std::string replaced_by = {};  // id of another Patient
  std::string replaces = {};
  std::string deceased = {};  // "2026-03-01", or "true"
  std::string region = {};    // "01"
};
std::string Patient(const PatientText& patient, const Made& made);

// `code`: "icd10se C18.7", "npu NPU28309", "atc B01AA03", "kva JFB30".
std::string Condition(std::string_view id, std::string_view patient, std::string_view code,
                      std::string_view onset, const Made& made,
                      std::string_view clinical = "active",
                      std::string_view verification = "confirmed");
std::string Observation(std::string_view id, std::string_view patient, std::string_view code,
                        std::string_view value, std::string_view unit, std::string_view effective,
                        const Made& made, std::string_view status = "final");
std::string Procedure(std::string_view id, std::string_view patient, std::string_view code,
                      std::string_view performed, const Made& made,
                      std::string_view status = "completed");
// `drug`: a code as above, or "Medication/m1". `reason`: "Condition/c1".
std::string MedicationRequest(std::string_view id, std::string_view patient, std::string_view drug,
                              std::string_view authored, const Made& made,
                              std::string_view status = "active", std::string_view reason = "");
// `diagnosis`: "Condition/c1", of that rank (0: none said).
std::string Encounter(std::string_view id, std::string_view patient, std::string_view start,
                      std::string_view diagnosis, int rank, const Made& made,
                      std::string_view status = "finished");
std::string Medication(std::string_view id, std::string_view code, const Made& made);
std::string ResearchSubject(std::string_view id, std::string_view patient, std::string_view study,
                            std::string_view status, std::string_view start, const Made& made);
// A CloudEvent without data.
std::string Delete(std::string_view resource, std::string_view time);
// The same as an entry of a history Bundle, with a version.
std::string DeleteVersion(std::string_view resource, int version, std::string_view time);
std::string Decision(std::string_view id, std::string_view patient, std::string_view study,
                     std::string_view outcome, std::string_view reason, std::string_view time);
std::string Answer(std::string_view id, std::string_view patient, std::string_view study,
                   std::string_view question, bool answer, std::string_view time);
std::string Bundle(const std::vector<std::string>& resources, std::string_view timestamp);

}  // namespace medverka::tests
