#include "ops/generator/render.h"

#include "ops/base/check.h"

namespace medverka::generator {
namespace {

constexpr std::string_view kPersonnummer = "http://electronichealth.se/identifier/personnummer";
constexpr std::string_view kSamordningsnummer =
    "http://electronichealth.se/identifier/samordningsnummer";
constexpr std::string_view kReserveNumber = "urn:oid:1.2.752.97.3.1.3";  // Region Stockholm's

// `old`: the OIDs that sources behind the national contracts still send.
std::string_view SystemOf(const Person& person, bool reserve, bool old) {
  if (reserve || person.kind == IdKind::kReserve) return kReserveNumber;
  if (person.kind == IdKind::kCoordination)
    return old ? "urn:oid:1.2.752.129.2.1.3.3" : kSamordningsnummer;
  return old ? "urn:oid:1.2.752.129.2.1.3.1" : kPersonnummer;
}

char LetterOf(Kind kind) {
  switch (kind) {
    case Kind::kPatient:
      return 'p';
    case Kind::kEncounter:
      return 'e';
    case Kind::kVisitDiagnosis:
    case Kind::kDiseaseAtVisit:
    case Kind::kProblem:
    case Kind::kCancerProblem:
      return 'c';
    case Kind::kPrescription:
      return 'm';
    case Kind::kMedicationList:
      return 's';
    case Kind::kDispense:
      return 'd';
    case Kind::kAdministration:
      return 'a';
    case Kind::kMedicine:
      return 'x';
    case Kind::kProcedure:
      return 'k';
    case Kind::kAllergy:
      return 'y';
    case Kind::kVaccination:
      return 'i';
    case Kind::kFamily:
      return 'f';
    case Kind::kResearch:
      return 'r';
    case Kind::kConsent:
      return 'n';
    case Kind::kSmoking:
      return 'q';
    case Kind::kReport:
      return 'g';
    default:
      return 'o';
  }
}

std::uint32_t VisitNumber(const Record& record) {
  return record.kind == Kind::kEncounter ? record.resource : record.visit;
}

}  // namespace

std::string_view TypeOf(Kind kind) {
  switch (LetterOf(kind)) {
    case 'p':
      return "Patient";
    case 'e':
      return "Encounter";
    case 'c':
      return "Condition";
    case 'm':
      return "MedicationRequest";
    case 's':
      return "MedicationStatement";
    case 'd':
      return "MedicationDispense";
    case 'a':
      return "MedicationAdministration";
    case 'x':
      return "Medication";
    case 'k':
      return "Procedure";
    case 'y':
      return "AllergyIntolerance";
    case 'i':
      return "Immunization";
    case 'f':
      return "FamilyMemberHistory";
    case 'r':
      return "ResearchSubject";
    case 'n':
      return "Consent";
    case 'q':
      return "QuestionnaireResponse";
    case 'g':
      return "DiagnosticReport";
    default:
      return "Observation";
  }
}

bool SameBundle(const Record& a, const Record& b) {
  return a.bundled && b.bundled && a.patient == b.patient && a.arrives == b.arrives &&
         VisitNumber(a) == VisitNumber(b);
}

std::string_view Renderer::Line(std::span<const Record> records) {
  MEDVERKA_CHECK(!records.empty());
  line_.clear();
  json_.Restart();
  const Record& record = records.front();
  const bool retracted = record.state == State::kDeleted;
  // Bare records have no place to say "deleted" but a history Bundle.
  if (retracted && record.bare) {
    DeleteBundle(record);
  } else if (record.bare || (record.bundled && record.salt % 3 == 0)) {
    record.bundled ? Bundle(records) : Resource(record);
  } else {
    Envelope(record, retracted ? "deleted" : record.version == 1 ? "created" : "updated");
    if (!retracted) {
      json_.Field("datacontenttype", "application/fhir+json");
      json_.Key("data");
      record.bundled ? Bundle(records) : Resource(record);
    } else if (record.salt % 2 ==
               0) {  // some sources say which version they delete, others only what
      json_.Field("datacontenttype", "application/fhir+json");
      json_.BeginObject("data");
      Head(record);
      json_.EndObject();
    }
    json_.EndObject();
  }
  return line_;
}

void Renderer::Envelope(const Record& record, std::string_view type) {
  json_.BeginObject();
  json_.Field("specversion", "1.0");
  json_.Key("id"), json_.Quote();
  AppendDigits(line_, record.patient, 7);
  line_ += record.again ? "-r" : "-";
  AppendDigits(line_, record.order, 5);
  json_.Quoted();
  json_.Key("source"), json_.Quote();
  line_ += "//journal.region-";
  line_ += Regions()[PersonOf(record).region].code;
  line_ += ByIdentifier(record) ? ".example.se/rivta" : ".example.se/ehr";
  json_.Quoted();
  json_.Key("type"), json_.Quote();
  line_ += "se.example.journal.resource.";
  line_ += type;
  line_ += ".v1";
  json_.Quoted();
  json_.FieldUtc("time", record.arrives);
  if (!record.bundled) json_.Key("subject"), json_.Quote(), AppendReference(record), json_.Quoted();
}

void Renderer::Bundle(std::span<const Record> records) {
  const Record& first = records.front();
  const bool transaction = first.salt % 2 == 0;
  json_.BeginObject();
  json_.Field("resourceType", "Bundle");
  json_.Field("type", transaction ? "transaction" : "collection");
  json_.FieldUtc("timestamp", first.arrives);
  json_.BeginArray("entry");
  for (const Record& record : records) {
    json_.BeginObject();
    json_.Key("fullUrl"), json_.Quote();
    line_ += "https://ehr.example.se/fhir/";
    AppendReference(record);
    json_.Quoted();
    json_.Key("resource"), Resource(record);
    if (transaction) {
      json_.BeginObject("request");
      json_.Field("method", "PUT");
      json_.Key("url"), json_.Quote(), AppendReference(record), json_.Quoted();
      json_.EndObject();
    }
    json_.EndObject();
  }
  json_.EndArray();
  json_.EndObject();
}

void Renderer::DeleteBundle(const Record& record) {
  json_.BeginObject();
  json_.Field("resourceType", "Bundle");
  json_.Field("type", "history");
  json_.FieldUtc("timestamp", record.arrives);
  json_.BeginArray("entry");
  json_.BeginObject();
  json_.BeginObject("request");
  json_.Field("method", "DELETE");
  json_.Key("url"), json_.Quote(), AppendReference(record), json_.Quoted();
  json_.EndObject();
  json_.BeginObject("response");
  json_.Field("status", "204");
  json_.FieldUtc("lastModified", record.arrives);
  json_.EndObject();
  json_.EndObject();
  json_.EndArray();
  json_.EndObject();
}

void Renderer::Resource(const Record& record) {
  json_.BeginObject();
  Head(record);
  switch (record.kind) {
    case Kind::kPatient:
      Patient(record);
      break;
    case Kind::kEncounter:
      Encounter(record);
      break;
    case Kind::kVisitDiagnosis:
    case Kind::kDiseaseAtVisit:
    case Kind::kProblem:
    case Kind::kCancerProblem:
      Condition(record);
      break;
    case Kind::kLab:
      Lab(record);
      break;
    case Kind::kBloodPressure:
      BloodPressure(record);
      break;
    case Kind::kBodyMeasure:
      BodyMeasure(record);
      break;
    case Kind::kPrescription:
      Prescription(record);
      break;
    case Kind::kMedicationList:
      MedicationList(record);
      break;
    case Kind::kDispense:
      Dispense(record);
      break;
    case Kind::kAdministration:
      Administration(record);
      break;
    case Kind::kMedicine:
      Medicine(record);
      break;
    case Kind::kProcedure:
      Procedure(record);
      break;
    case Kind::kAllergy:
      Allergy(record);
      break;
    case Kind::kVaccination:
      Vaccination(record);
      break;
    case Kind::kFamily:
      Family(record);
      break;
    case Kind::kResearch:
      Research(record);
      break;
    case Kind::kConsent:
      Consent(record);
      break;
    case Kind::kSmoking:
      Smoking(record);
      break;
    case Kind::kEjectionFraction:
      EjectionFraction(record);
      break;
    case Kind::kStage:
      Stage(record);
      break;
    case Kind::kVariant:
      Variant(record);
      break;
    case Kind::kReport:
      Report(record);
      break;
  }
  json_.EndObject();
}

void Renderer::AppendId(const Record& record) {
  if (record.kind == Kind::kMedicine) {
    line_ += "med-";
    line_ += DrugAt(record.item).atc;
    return;
  }
  line_ += LetterOf(record.kind);
  line_ += std::to_string(record.patient + 1);
  if (record.kind == Kind::kPatient) {
    if (record.as_reserve) line_ += 'r';
    return;
  }
  line_ += '-';
  line_ += std::to_string(record.resource);
}

void Renderer::AppendReference(const Record& record) {
  line_ += TypeOf(record.kind);
  line_ += '/';
  AppendId(record);
}

void Renderer::Head(const Record& record) {
  json_.Field("resourceType", TypeOf(record.kind));
  json_.Key("id"), json_.Quote(), AppendId(record), json_.Quoted();
  json_.BeginObject("meta");
  // Most sources number their versions; some only say when the resource was last changed.
  if (Habit(record, 1, 10) != 0) json_.Field("versionId", std::to_string(record.version));
  json_.FieldUtc("lastUpdated", record.bundled ? record.at : record.arrives);
  if (ByIdentifier(record)) {
    json_.Key("source"), json_.Quote();
    line_ += "urn:oid:1.2.752.129.2.1.4.1#";
    line_ += Regions()[PersonOf(record).region].hsa_prefix;
    line_ += "-1ABC";
    json_.Quoted();
  }
  if (record.kind == Kind::kPatient && PersonOf(record).protected_identity) {
    json_.BeginArray("security");
    Coding("http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel", "sekretessmarkering", "");
    json_.EndArray();
  }
  json_.EndObject();
}

void Renderer::Subject(const Record& record, std::string_view key) {
  json_.BeginObject(key);
  const Person& person = PersonOf(record);
  if (ByIdentifier(record)) {
    json_.BeginObject("identifier");
    json_.Field("system", SystemOf(person, record.as_reserve, Habit(record, 6, 4) == 0));
    json_.Key("value"), json_.Quote();
    AppendDigits(line_,
                 static_cast<std::int64_t>(record.as_reserve ? person.reserve : person.number), 12);
    json_.Quoted();
    json_.EndObject();
  } else {
    json_.Key("reference"), json_.Quote();
    line_ += "Patient/p";
    line_ += std::to_string(record.patient + 1);
    if (record.as_reserve) line_ += 'r';
    json_.Quoted();
  }
  json_.EndObject();
}

void Renderer::VisitReference(const Record& record) {
  if (record.visit == 0) return;
  json_.BeginObject("encounter");
  json_.Key("reference"), json_.Quote();
  line_ += "Encounter/e";
  line_ += std::to_string(record.patient + 1);
  line_ += '-';
  line_ += std::to_string(record.visit);
  json_.Quoted();
  json_.EndObject();
}

void Renderer::Coding(std::string_view system, std::string_view code, std::string_view display) {
  json_.BeginObject();
  json_.Field("system", system);
  json_.Field("code", code);
  if (!display.empty()) json_.Field("display", display);
  json_.EndObject();
}

void Renderer::Concept(std::string_view key, std::string_view system, std::string_view code,
                       std::string_view display) {
  json_.BeginObject(key);
  json_.BeginArray("coding");
  Coding(system, code, display);
  json_.EndArray();
  json_.EndObject();
}

void Renderer::Category(std::string_view system, std::string_view code) {
  json_.BeginArray("category");
  json_.BeginObject();
  json_.BeginArray("coding");
  Coding(system, code, "");
  json_.EndArray();
  json_.EndObject();
  json_.EndArray();
}

void Renderer::Moment(std::string_view key, const Record& record) {
  switch (record.precision) {
    case Precision::kTime:
      return json_.FieldLocal(key, record.at);
    case Precision::kDay:
      return json_.FieldDate(key, LocalDay(record.at));
    default:
      break;
  }
  const Civil civil = CivilOf(static_cast<Day>(record.at / kSecondsPerDay));
  json_.Key(key), json_.Quote();
  AppendDigits(line_, civil.year, 4);
  if (record.precision == Precision::kMonth) line_ += '-', AppendDigits(line_, civil.month, 2);
  json_.Quoted();
}

void Renderer::Number(std::int64_t value, int decimals, char point) {
  std::int64_t scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  line_ += std::to_string(value / scale);
  if (decimals > 0) line_ += point, AppendDigits(line_, value % scale, decimals);
}

void Renderer::Quantity(std::string_view key, std::int64_t value, int decimals,
                        std::string_view unit, std::string_view ucum) {
  json_.BeginObject(key);
  json_.Key("value"), json_.Unquoted(), Number(value, decimals, '.');
  json_.Field("unit", unit);
  if (!ucum.empty()) {
    json_.Field("system", "http://unitsofmeasure.org");
    json_.Field("code", ucum);
  }
  json_.EndObject();
}

void Renderer::Patient(const Record& record) {
  const Person& person = PersonOf(record);
  json_.BeginArray("identifier");
  json_.BeginObject();
  json_.Field("system", SystemOf(person, record.as_reserve, false));
  json_.Key("value"), json_.Quote();
  AppendDigits(line_, static_cast<std::int64_t>(record.as_reserve ? person.reserve : person.number),
               12);
  json_.Quoted();
  json_.EndObject();
  json_.EndArray();
  json_.FieldLiteral("active", (record.value & kPatientRetired) != 0 ? "false" : "true");
  json_.Field("gender", person.female ? "female" : "male");
  if (record.as_reserve && record.salt % 2 == 0) {  // the age of somebody unknown is a guess
    json_.Key("birthDate"), json_.Quote(), AppendDigits(line_, CivilOf(person.birth).year, 4),
        json_.Quoted();
  } else {
    json_.FieldDate("birthDate", person.birth);
  }
  if ((record.value & kPatientDead) != 0) json_.FieldDate("deceasedDateTime", person.death);
  if (!person.protected_identity) {
    const bool moved = (record.value & kPatientMoved) != 0;
    const Region& region =
        Regions()[moved ? (person.region + 1U) % Regions().size() : person.region];
    json_.BeginArray("address");
    json_.BeginObject();
    json_.Field("use", "home");
    json_.Field("city", region.town);
    json_.Field("state", record.salt % 2 == 0 ? region.code : region.name);
    json_.Field("country", "SE");
    json_.EndObject();
    json_.EndArray();
  }
  if ((record.value & (kPatientRetired | kPatientReplaces)) == 0) return;
  json_.BeginArray("link");
  json_.BeginObject();
  json_.BeginObject("other");
  json_.Key("reference"), json_.Quote();
  line_ += "Patient/p";
  line_ += std::to_string(record.patient + 1);
  if (!record.as_reserve) line_ += 'r';
  json_.Quoted();
  json_.EndObject();
  json_.Field("type", record.as_reserve ? "replaced-by" : "replaces");
  json_.EndObject();
  json_.EndArray();
}

}  // namespace medverka::generator
