#include "tests/support/journal_text.h"

#include <map>

#include "ops/base/check.h"
#include "ops/base/json.h"

namespace medverka::tests {

namespace json = base::json;

namespace {

json::object Start(std::string_view type, std::string_view id, const Made& made) {
  json::object meta;
  meta["versionId"] = std::to_string(made.version);
  if (!made.updated.empty()) meta["lastUpdated"] = made.updated;
  json::object resource;
  resource["resourceType"] = json::string(type);
  resource["id"] = json::string(id);
  resource["meta"] = std::move(meta);
  return resource;
}

json::object Reference(const std::string& to) {
  json::object reference;
  reference["reference"] = to;
  return reference;
}

json::object OfPatient(std::string_view id) { return Reference("Patient/" + std::string(id)); }

json::object Coded(std::string_view code) {
  static const std::map<std::string_view, std::string_view> kSystems = {
      {"icd10se", "http://hl7.org/fhir/sid/icd-10-se"},
      {"npu", "http://npu-terminology.org"},
      {"atc", "http://www.whocc.no/atc"},
      {"kva", "urn:oid:1.2.752.116.1.3.2.1.4"},
      {"other", "https://example.se/codes"}};
  const std::size_t blank = code.find(' ');
  MEDVERKA_CHECK(blank != std::string_view::npos);
  json::object coding;
  coding["system"] = json::string(kSystems.at(code.substr(0, blank)));
  coding["code"] = json::string(code.substr(blank + 1));
  json::object concept_;
  concept_["coding"] = json::array{std::move(coding)};
  return concept_;
}

json::object Status(std::string_view system, std::string_view code) {
  json::object coding;
  coding["system"] = "http://terminology.hl7.org/CodeSystem/" + std::string(system);
  coding["code"] = json::string(code);
  json::object concept_;
  concept_["coding"] = json::array{std::move(coding)};
  return concept_;
}

json::object FeedbackEvent(std::string_view id, std::string_view patient, std::string_view study,
                           std::string_view time) {
  json::object data;
  data["patient"] = OfPatient(patient);
  data["study"] = json::string(study);
  json::object event;
  event["specversion"] = "1.0";
  event["id"] = json::string(id);
  event["source"] = "//clinic.example.se";
  event["type"] = "se.medverka.feedback.v1";
  event["time"] = json::string(time);
  event["data"] = std::move(data);
  return event;
}

void AddLink(json::object& resource, const std::string& other, std::string_view type) {
  if (other.empty()) return;
  json::object link;
  link["other"] = OfPatient(other);
  link["type"] = json::string(type);
  if (!resource.contains("link")) resource["link"] = json::array();
  resource["link"].as_array().push_back(std::move(link));
}

}  // namespace

std::string Patient(const PatientText& patient, const Made& made) {
  json::object resource = Start("Patient", patient.id, made);
  if (!patient.gender.empty()) resource["gender"] = patient.gender;
  if (!patient.birth.empty()) resource["birthDate"] = patient.birth;
  if (!patient.identifier.empty()) {
    json::object identifier;
    identifier["system"] = "https://hospital.example.se/patient-number";
    identifier["value"] = patient.identifier;
    resource["identifier"] = json::array{std::move(identifier)};
  }
  AddLink(resource, patient.replaced_by, "replaced-by");
  AddLink(resource, patient.replaces, "replaces");
  if (patient.deceased == "true") {
    resource["deceasedBoolean"] = true;
  } else if (!patient.deceased.empty()) {
    resource["deceasedDateTime"] = patient.deceased;
  }
  if (!patient.region.empty()) {
    json::object address;
    address["use"] = "home";
    address["state"] = patient.region;
    resource["address"] = json::array{std::move(address)};
  }
  return base::ToJson(resource);
}

std::string Condition(std::string_view id, std::string_view patient, std::string_view code,
                      std::string_view onset, const Made& made, std::string_view clinical,
                      std::string_view verification) {
  json::object resource = Start("Condition", id, made);
  if (!clinical.empty()) resource["clinicalStatus"] = Status("condition-clinical", clinical);
  resource["verificationStatus"] = Status("condition-ver-status", verification);
  resource["code"] = Coded(code);
  resource["subject"] = OfPatient(patient);
  if (!onset.empty()) resource["onsetDateTime"] = json::string(onset);
  return base::ToJson(resource);
}

std::string Observation(std::string_view id, std::string_view patient, std::string_view code,
                        std::string_view value, std::string_view unit, std::string_view effective,
                        const Made& made, std::string_view status) {
  json::object resource = Start("Observation", id, made);
  resource["status"] = json::string(status);
  resource["code"] = Coded(code);
  resource["subject"] = OfPatient(patient);
  if (!effective.empty()) resource["effectiveDateTime"] = json::string(effective);
  if (!value.empty()) {
    json::object quantity;
    quantity["value"] = "$VALUE";
    quantity["unit"] = json::string(unit);
    quantity["system"] = "http://unitsofmeasure.org";
    quantity["code"] = json::string(unit);
    resource["valueQuantity"] = std::move(quantity);
  }
  // The number goes in as it is written: through a double it would lose its digits.
  std::string text = base::ToJson(resource);
  const std::string mark = "\"$VALUE\"";
  const std::size_t at = text.find(mark);
  if (at != std::string::npos) text.replace(at, mark.size(), value);
  return text;
}

std::string Procedure(std::string_view id, std::string_view patient, std::string_view code,
                      std::string_view performed, const Made& made, std::string_view status) {
  json::object resource = Start("Procedure", id, made);
  resource["status"] = json::string(status);
  resource["code"] = Coded(code);
  resource["subject"] = OfPatient(patient);
  if (!performed.empty()) resource["performedDateTime"] = json::string(performed);
  return base::ToJson(resource);
}

std::string MedicationRequest(std::string_view id, std::string_view patient, std::string_view drug,
                              std::string_view authored, const Made& made, std::string_view status,
                              std::string_view reason) {
  json::object resource = Start("MedicationRequest", id, made);
  if (!reason.empty()) {
    json::array reasons;
    reasons.push_back(Reference(std::string(reason)));
    resource["reasonReference"] = std::move(reasons);
  }
  resource["status"] = json::string(status);
  resource["intent"] = "order";
  if (drug.starts_with("Medication/")) {
    resource["medicationReference"] = Reference(std::string(drug));
  } else {
    resource["medicationCodeableConcept"] = Coded(drug);
  }
  resource["subject"] = OfPatient(patient);
  resource["authoredOn"] = json::string(authored);
  return base::ToJson(resource);
}

std::string Encounter(std::string_view id, std::string_view patient, std::string_view start,
                      std::string_view diagnosis, int rank, const Made& made,
                      std::string_view status) {
  json::object resource = Start("Encounter", id, made);
  resource["status"] = json::string(status);
  resource["subject"] = OfPatient(patient);
  json::object visit_class;
  visit_class["code"] = "IMP";
  resource["class"] = std::move(visit_class);
  json::object period;
  period["start"] = json::string(start);
  resource["period"] = std::move(period);
  if (!diagnosis.empty()) {
    json::object one;
    one["condition"] = Reference(std::string(diagnosis));
    if (rank > 0) one["rank"] = rank;
    json::array diagnoses;
    diagnoses.push_back(std::move(one));
    resource["diagnosis"] = std::move(diagnoses);
  }
  return base::ToJson(resource);
}

std::string Medication(std::string_view id, std::string_view code, const Made& made) {
  json::object resource = Start("Medication", id, made);
  resource["code"] = Coded(code);
  return base::ToJson(resource);
}

std::string ResearchSubject(std::string_view id, std::string_view patient, std::string_view study,
                            std::string_view status, std::string_view start, const Made& made) {
  json::object resource = Start("ResearchSubject", id, made);
  resource["status"] = json::string(status);
  resource["study"] = Reference("ResearchStudy/" + std::string(study));
  resource["individual"] = OfPatient(patient);
  if (!start.empty()) {
    json::object period;
    period["start"] = json::string(start);
    resource["period"] = std::move(period);
  }
  return base::ToJson(resource);
}

std::string Delete(std::string_view resource, std::string_view time) {
  json::object event;
  event["specversion"] = "1.0";
  event["id"] = "delete-" + std::string(resource);
  event["source"] = "//ehr.example.se";
  event["type"] = "se.example.journal.resource.deleted.v1";
  event["time"] = json::string(time);
  event["subject"] = json::string(resource);
  return base::ToJson(event);
}

std::string DeleteVersion(std::string_view resource, int version, std::string_view time) {
  json::object request;
  request["method"] = "DELETE";
  request["url"] = json::string(resource);
  json::object response;
  response["status"] = "204";
  response["etag"] = "W/\"" + std::to_string(version) + "\"";
  response["lastModified"] = json::string(time);
  json::object entry;
  entry["request"] = std::move(request);
  entry["response"] = std::move(response);
  json::object bundle;
  bundle["resourceType"] = "Bundle";
  bundle["type"] = "history";
  bundle["timestamp"] = json::string(time);
  bundle["entry"] = json::array{std::move(entry)};
  return base::ToJson(bundle);
}

std::string Decision(std::string_view id, std::string_view patient, std::string_view study,
                     std::string_view outcome, std::string_view reason, std::string_view time) {
  json::object event = FeedbackEvent(id, patient, study, time);
  json::object& data = event["data"].as_object();
  data["outcome"] = json::string(outcome);
  if (!reason.empty()) data["reason"] = json::string(reason);
  return base::ToJson(event);
}

std::string Answer(std::string_view id, std::string_view patient, std::string_view study,
                   std::string_view question, bool answer, std::string_view time) {
  json::object event = FeedbackEvent(id, patient, study, time);
  json::object& data = event["data"].as_object();
  data["question"] = json::string(question);
  data["answer"] = answer;
  return base::ToJson(event);
}

std::string Bundle(const std::vector<std::string>& resources, std::string_view timestamp) {
  std::string text = "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"timestamp\":\"" +
                     std::string(timestamp) + "\",\"entry\":[";
  for (std::size_t i = 0; i < resources.size(); ++i) {
    if (i > 0) text += ",";
    text += "{\"resource\":" + resources[i] + "}";
  }
  return text + "]}";
}

}  // namespace medverka::tests
