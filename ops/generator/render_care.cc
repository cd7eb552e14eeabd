// Visits, diagnoses, medicines and the rest of what care writes down.

#include "ops/generator/render.h"

namespace medverka::generator {
namespace {

constexpr std::string_view kAtc = "http://www.whocc.no/atc";
constexpr std::string_view kSnomed = "http://snomed.info/sct";
constexpr std::string_view kClinical = "http://terminology.hl7.org/CodeSystem/condition-clinical";
constexpr std::string_view kVerification =
    "http://terminology.hl7.org/CodeSystem/condition-ver-status";

std::string_view IcdSystem(const Record& record, bool rivta) {
  if (rivta) return "urn:oid:1.2.752.116.1.1.1.1.3";
  return record.salt % 8 == 0 ? "https://www.icd10.se/" : "http://hl7.org/fhir/sid/icd-10-se";
}

std::string_view KvaSystem(const Record& record) {
  return record.salt % 3 == 0 ? "http://electronichealth.se/id/kva"
                              : "urn:oid:1.2.752.116.1.3.2.1.4";
}

bool Wrong(const Record& record) { return record.state == State::kEnteredInError; }

}  // namespace

void Renderer::Encounter(const Record& record) {
  static constexpr std::string_view kClasses[] = {"AMB", "AMB", "EMER", "IMP"};
  static constexpr std::string_view kUnits[] = {"vårdcentral", "specialistmottagning",
                                                "akutmottagning", "vårdavdelning"};
  const auto visit_class = static_cast<std::size_t>(record.visit_class);
  const bool open = record.state == State::kPreliminary;
  json_.Field("status", Wrong(record) ? "entered-in-error" : open ? "in-progress" : "finished");
  json_.Key("class"),
      Coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", kClasses[visit_class], "");
  Subject(record);
  json_.BeginObject("period");
  json_.FieldLocal("start", record.at);
  if (!open) json_.FieldLocal("end", record.at + record.second);
  json_.EndObject();
  json_.BeginObject("serviceProvider");
  json_.BeginObject("identifier");
  json_.Field("system", "urn:oid:1.2.752.29.4.19");
  json_.Key("value"), json_.Quote();
  line_ += Regions()[PersonOf(record).region].hsa_prefix;
  line_ += "-E";
  AppendDigits(line_, static_cast<std::int64_t>(visit_class * 100 + record.salt % 40), 4);
  json_.Quoted();
  json_.EndObject();
  json_.Field("display", kUnits[visit_class]);
  json_.EndObject();
}

// Diagnoses of visits from the national contracts carry HD or BY and are always "active", because
// the contract has no end date; problem lists have statuses that are kept up.
void Renderer::Condition(const Record& record) {
  const bool listed = record.kind == Kind::kProblem || record.kind == Kind::kCancerProblem;
  const bool rivta = ByIdentifier(record) && !listed;
  const bool disease = record.kind == Kind::kProblem || record.kind == Kind::kDiseaseAtVisit;
  const std::string_view icd = disease ? DiseaseAt(record.item).icd : DiagnosisAt(record.item).icd;
  const std::string_view name =
      disease ? DiseaseAt(record.item).name : DiagnosisAt(record.item).name;
  if (!Wrong(record)) {
    const bool inactive = record.kind == Kind::kProblem && Habit(record, 2, 100) < 6;
    Concept("clinicalStatus", kClinical, inactive ? "inactive" : "active", "");
  }
  if (!rivta || Wrong(record)) {
    Concept("verificationStatus", kVerification,
            Wrong(record)                         ? "entered-in-error"
            : record.state == State::kPreliminary ? "provisional"
                                                  : "confirmed",
            "");
  }
  if (rivta) {
    Category("kv_diagnostyp", record.value == 1 ? "HD" : "BY");
  } else {
    Category("http://terminology.hl7.org/CodeSystem/condition-category",
             listed ? "problem-list-item" : "encounter-diagnosis");
  }
  json_.BeginObject("code");
  json_.BeginArray("coding");
  Coding(IcdSystem(record, rivta), icd, name);
  if (disease && !DiseaseAt(record.item).snomed.empty() && record.salt % 4 == 0) {
    Coding(kSnomed, DiseaseAt(record.item).snomed, "");
  }
  json_.EndArray();
  json_.Field("text", name);
  json_.EndObject();
  Subject(record);
  VisitReference(record);
  if (listed) Moment("onsetDateTime", record);
  json_.FieldDate("recordedDate",
                  LocalDay(listed && record.version == 1 ? record.arrives : record.at));
}

void Renderer::Medication(const Record& record) {
  const Drug& drug = DrugAt(record.item);
  const std::uint32_t habit = Habit(record, 2, 100);
  if (habit < 12) {
    json_.BeginObject("medicationReference");
    json_.Key("reference"), json_.Quote(), line_ += "Medication/med-", line_ += drug.atc,
        json_.Quoted();
    json_.EndObject();
    return;
  }
  if (habit < 24) {
    json_.BeginArray("contained");
    json_.BeginObject();
    json_.Field("resourceType", "Medication");
    json_.Field("id", "med");
    Concept("code", kAtc, drug.atc, drug.name);
    json_.EndObject();
    json_.EndArray();
    json_.BeginObject("medicationReference");
    json_.Field("reference", "#med");
    json_.EndObject();
    return;
  }
  json_.BeginObject("medicationCodeableConcept");
  json_.BeginArray("coding");
  Coding(kAtc, drug.atc, drug.name);
  if (habit < 45) {
    json_.BeginObject();
    json_.Field("system", "urn:oid:1.2.752.129.2.1.5.1");
    json_.Key("code"), json_.Quote(), line_ += "19990101",
        AppendDigits(line_, record.item + 100, 6), json_.Quoted();
    json_.EndObject();
  }
  json_.EndArray();
  json_.Field("text", drug.name);
  json_.EndObject();
}

void Renderer::Prescription(const Record& record) {
  json_.Field("status", Wrong(record)                     ? "entered-in-error"
                        : record.state == State::kStopped ? "stopped"
                                                          : "active");
  json_.Field("intent", "order");
  Medication(record);
  Subject(record);
  VisitReference(record);
  json_.FieldLocal("authoredOn", record.at);
  json_.BeginArray("dosageInstruction");
  json_.BeginObject();
  json_.Field("text", DrugAt(record.item).dose);
  json_.EndObject();
  json_.EndArray();
  if (Habit(record, 3, 100) < 70) {
    const Day from = LocalDay(record.at);
    json_.BeginObject("dispenseRequest");
    json_.BeginObject("validityPeriod");
    json_.FieldDate("start", from);
    json_.FieldDate("end", from + record.second);
    json_.EndObject();
    json_.EndObject();
  }
}

void Renderer::MedicationList(const Record& record) {
  const bool stopped = record.state == State::kStopped;
  json_.Field("status", Wrong(record) ? "entered-in-error" : stopped ? "stopped" : "active");
  Medication(record);
  Subject(record);
  json_.BeginObject("effectivePeriod");
  Moment("start", record);
  if (stopped) json_.FieldDate("end", record.second);
  json_.EndObject();
  json_.FieldLocal("dateAsserted", record.arrives);
}

void Renderer::Dispense(const Record& record) {
  json_.Field("status", Wrong(record) ? "entered-in-error" : "completed");
  Medication(record);
  Subject(record);
  json_.FieldLocal("whenHandedOver", record.at);
  json_.BeginObject("quantity");
  json_.FieldLiteral("value", "100");
  json_.Field("unit", "tabletter");
  json_.EndObject();
  if (record.second != 0) Quantity("daysSupply", record.second, 0, "dygn", "d");
}

void Renderer::Administration(const Record& record) {
  json_.Field("status", Wrong(record) ? "entered-in-error" : "completed");
  Medication(record);
  Subject(record);
  json_.FieldLocal("effectiveDateTime", record.at);
}

void Renderer::Medicine(const Record& record) {
  const Drug& drug = DrugAt(record.item);
  Concept("code", kAtc, drug.atc, drug.name);
  json_.Field("status", "active");
}

void Renderer::Procedure(const Record& record) {
  const Measure& measure = ProcedureAt(record.item);
  json_.Field("status", Wrong(record) ? "entered-in-error" : "completed");
  Concept("code", KvaSystem(record), measure.kva, measure.name);
  Subject(record);
  VisitReference(record);
  Moment("performedDateTime", record);
}

void Renderer::Allergy(const Record& record) {
  const Coded& allergen = Allergens()[record.item];
  if (!Wrong(record))
    Concept("clinicalStatus", "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
            "active", "");
  Concept("verificationStatus",
          "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
          Wrong(record)          ? "entered-in-error"
          : record.salt % 4 == 0 ? "unconfirmed"
                                 : "confirmed",
          "");
  Concept("code", allergen.code.size() > 7 ? kSnomed : kAtc, allergen.code, allergen.name);
  Subject(record, "patient");
  json_.FieldDate("recordedDate", LocalDay(record.at));
}

void Renderer::Vaccination(const Record& record) {
  const Coded& vaccine = Vaccines()[record.item];
  json_.Field("status", Wrong(record) ? "entered-in-error" : "completed");
  Concept("vaccineCode", kAtc, vaccine.code, vaccine.name);
  Subject(record, "patient");
  json_.FieldDate("occurrenceDateTime", LocalDay(record.at));
}

void Renderer::Family(const Record& record) {
  const Coded& disease = FamilyDiseases()[record.item];
  json_.Field("status", Wrong(record) ? "entered-in-error" : "completed");
  Subject(record, "patient");
  json_.FieldDate("date", LocalDay(record.at));
  Concept("relationship", "http://terminology.hl7.org/CodeSystem/v3-RoleCode",
          record.salt % 2 == 0 ? "MTH" : "FTH", "");
  json_.BeginArray("condition");
  json_.BeginObject();
  Concept("code", "http://hl7.org/fhir/sid/icd-10-se", disease.code, disease.name);
  Quantity("onsetAge", record.value, 0, "år", "a");
  json_.EndObject();
  json_.EndArray();
}

void Renderer::Research(const Record& record) {
  struct Study {
    std::string_view system, identifier, title;
  };
  static constexpr Study kStudies[] = {
      {"https://clinicaltrials.gov/nctid", "NCT02647099", "ALASCCA"},
      {"https://clinicaltrials.gov/nctid", "NCT03278509", "REDUCE-AMI"},
      {"https://clinicaltrials.gov/nctid", "NCT03501303", "SWEDEGRAFT"},
      {"urn:oid:1.2.752.129.2.1.4.1", "SCAPIS", "SCAPIS"}};
  static constexpr std::string_view kStatuses[] = {"on-study", "off-study", "screening"};
  const Study& study = kStudies[record.item];
  json_.Field("status", kStatuses[record.value]);
  json_.BeginObject("period");
  json_.FieldDate("start", LocalDay(record.at));
  if (record.value == 1) json_.FieldDate("end", LocalDay(record.at));
  json_.EndObject();
  json_.BeginObject("study");
  json_.BeginObject("identifier");
  json_.Field("system", study.system);
  json_.Field("value", study.identifier);
  json_.EndObject();
  json_.Field("display", study.title);
  json_.EndObject();
  Subject(record, "individual");
}

// The patient does not want to be asked about research.
void Renderer::Consent(const Record& record) {
  json_.Field("status", Wrong(record) ? "entered-in-error" : "active");
  Concept("scope", "http://terminology.hl7.org/CodeSystem/consentscope", "research", "");
  Category("http://loinc.org", "59284-0");
  Subject(record, "patient");
  json_.FieldLocal("dateTime", record.at);
  json_.BeginObject("provision");
  json_.Field("type", "deny");
  json_.EndObject();
}

void Renderer::Smoking(const Record& record) {
  static constexpr std::string_view kAnswers[] = {"Aldrig rökt", "Har slutat röka", "Röker"};
  static constexpr std::string_view kCodes[] = {"266919005", "8517006", "77176002"};
  json_.Field("questionnaire", "https://formular.example.se/Questionnaire/levnadsvanor");
  json_.Field("status", Wrong(record) ? "entered-in-error" : "completed");
  Subject(record);
  json_.FieldLocal("authored", record.at);
  json_.BeginArray("item");
  json_.BeginObject();
  json_.Field("linkId", "rokning");
  json_.Field("text", "Röker du?");
  json_.BeginArray("answer");
  json_.BeginObject();
  json_.Key("valueCoding"), Coding(kSnomed, kCodes[record.value], kAnswers[record.value]);
  json_.EndObject();
  json_.EndArray();
  json_.EndObject();
  if (record.value == 2) {
    json_.BeginObject();
    json_.Field("linkId", "rokning-antal");
    json_.Field("text", "Hur många cigaretter om dagen?");
    json_.BeginArray("answer");
    json_.BeginObject();
    json_.FieldInteger("valueInteger", 3 + record.salt % 18);
    json_.EndObject();
    json_.EndArray();
    json_.EndObject();
  }
  json_.EndArray();
}

}  // namespace medverka::generator
