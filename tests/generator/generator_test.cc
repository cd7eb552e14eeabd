// The synthetic journal: same seed, same bytes; in order of arrival; valid; and holding everything
// it promises.

#include "ops/generator/generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace medverka::generator {
namespace {

namespace json = boost::json;

std::vector<std::string> Lines(GenerateOptions options) {
  std::vector<std::string> lines;
  const auto done = Generate(options, [&](std::string_view line) -> base::Result<void> {
    lines.emplace_back(line);
    return {};
  });
  EXPECT_TRUE(done.has_value());
  return lines;
}

GenerateOptions Small() {
  GenerateOptions options;
  options.patients = 300;
  options.years = 2;
  return options;
}

constexpr std::uint64_t kPatients = 1'000;

const std::vector<std::string>& Journal() {  // of kPatients: every rare thing happens
  static const std::vector<std::string> lines = Lines({.patients = kPatients});
  return lines;
}

struct Line {
  json::object envelope;  // empty: bare
  json::object resource;  // empty: a delete
  std::string arrives;
};

Line Read(const std::string& text) {
  Line line;
  json::object root = json::parse(text).as_object();
  if (root.contains("specversion")) {
    line.arrives = root.at("time").as_string().c_str();
    // A delete may bring the id and version of what it deletes, which is no resource to look at.
    if (root.contains("data") && !root.at("type").as_string().ends_with("deleted.v1"))
      line.resource = root.at("data").as_object();
    line.envelope = std::move(root);
    return line;
  }
  line.arrives = root.contains("timestamp") ? root.at("timestamp").as_string().c_str()
                                            : root.at("meta").at("lastUpdated").as_string().c_str();
  line.resource = std::move(root);
  return line;
}

// Every resource of the line, also those in a Bundle.
template <typename Visit>
void EachResource(const Line& line, const Visit& visit) {
  if (line.resource.empty()) return;
  if (line.resource.at("resourceType").as_string() != "Bundle") return visit(line.resource);
  for (const json::value& entry : line.resource.at("entry").as_array()) {
    if (entry.as_object().contains("resource")) visit(entry.at("resource").as_object());
  }
}

TEST(Generator, SameSeedGivesTheSameBytes) { EXPECT_EQ(Lines(Small()), Lines(Small())); }

TEST(Generator, HowMuchIsHeldInMemoryIsOfNoConsequence) {
  GenerateOptions narrow = Small();
  narrow.records_held = 100;
  EXPECT_EQ(Lines(Small()), Lines(narrow));
}

TEST(Generator, AnotherSeedGivesAnotherJournal) {
  GenerateOptions other = Small();
  other.seed = 2;
  EXPECT_NE(Lines(Small()), Lines(other));
}

TEST(Generator, ArrivalIsInOrderAndWithinThePeriod) {
  std::string last = "2021-";
  for (const std::string& text : Journal()) {
    const Line line = Read(text);
    ASSERT_LE(last, line.arrives);
    last = line.arrives;
  }
  EXPECT_LT(last, "2026-10-01");
  EXPECT_GT(last, "2026-09-29");
}

TEST(Generator, SizeIsSomeTenRecordsPerPatientAndYearOfSomeKilobyte) {
  std::size_t bytes = 0;
  for (const std::string& text : Journal()) bytes += text.size();
  const double per_patient = static_cast<double>(Journal().size()) / kPatients;
  EXPECT_GT(per_patient, 40);
  EXPECT_LT(per_patient, 60);
  const double mean = static_cast<double>(bytes) / static_cast<double>(Journal().size());
  EXPECT_GT(mean, 700);
  EXPECT_LT(mean, 1'200);
}

TEST(Generator, OptionsOutsideTheirBoundsAreRefused) {
  const Sink nothing = [](std::string_view) -> base::Result<void> { return {}; };
  GenerateOptions none = Small(), too_long = Small(), too_early = Small();
  none.patients = 0;
  too_long.years = kYearsMax + 1;
  too_early.end_day = 0;
  for (const GenerateOptions& options : {none, too_long, too_early}) {
    const auto done = Generate(options, nothing);
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().code, base::ErrorCode::kInvalidArgument);
  }
}

TEST(Generator, AFailingSinkStopsIt) {
  int calls = 0;
  const auto done = Generate(Small(), [&](std::string_view) -> base::Result<void> {
    if (++calls == 3) return base::Fail(base::ErrorCode::kExhausted, "disk full");
    return {};
  });
  EXPECT_FALSE(done.has_value());
  EXPECT_EQ(calls, 3);
}

bool IsTestNumber(const std::string& number) {
  int sum = 0;
  for (std::size_t i = 2; i < 12; ++i) {
    int digit = number[i] - '0';
    if (i % 2 == 0) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0 && number[8] == '9' && (number[9] == '8' || number[9] == '9');
}

void CheckIdentifiers(const json::value& value, int& seen) {
  if (value.is_array()) {
    for (const json::value& item : value.as_array()) CheckIdentifiers(item, seen);
  } else if (value.is_object()) {
    const json::object& object = value.as_object();
    const json::value* system = object.if_contains("system");
    const json::value* number = object.if_contains("value");
    if (system != nullptr && number != nullptr && number->is_string()) {
      const std::string_view uri = system->as_string();
      if (uri.ends_with("personnummer") || uri.ends_with("samordningsnummer") ||
          uri.ends_with("129.2.1.3.1") || uri.ends_with("129.2.1.3.3")) {
        ++seen;
        ASSERT_EQ(number->as_string().size(), 12U);
        EXPECT_TRUE(IsTestNumber(number->as_string().c_str()));
      }
    }
    for (const auto& member : object) CheckIdentifiers(member.value(), seen);
  }
}

TEST(Generator, PersonalNumbersAreOnlyFromTheTestRangesWhereverTheyStand) {
  int seen = 0;
  for (const std::string& text : Journal()) CheckIdentifiers(json::parse(text), seen);
  EXPECT_GT(seen, 10'000);
}

TEST(Generator, EveryResourceIsOfAKnownTypeAndNamesItsPatient) {
  const std::set<std::string_view> types = {"Patient",
                                            "Encounter",
                                            "Condition",
                                            "Observation",
                                            "DiagnosticReport",
                                            "Procedure",
                                            "MedicationRequest",
                                            "MedicationStatement",
                                            "MedicationAdministration",
                                            "MedicationDispense",
                                            "Medication",
                                            "AllergyIntolerance",
                                            "Immunization",
                                            "FamilyMemberHistory",
                                            "ResearchSubject",
                                            "QuestionnaireResponse",
                                            "Consent"};
  std::set<std::string> seen;
  for (const std::string& text : Journal()) {
    EachResource(Read(text), [&](const json::object& resource) {
      const std::string type = resource.at("resourceType").as_string().c_str();
      EXPECT_TRUE(types.contains(type)) << type;
      seen.insert(type);
      if (type == "Patient" || type == "Medication") return;
      const json::value* subject = nullptr;
      for (const char* key : {"subject", "patient", "individual"}) {
        if (subject == nullptr) subject = resource.if_contains(key);
      }
      ASSERT_NE(subject, nullptr) << type;
      EXPECT_TRUE(subject->as_object().contains("reference") ||
                  subject->as_object().contains("identifier"));
    });
  }
  EXPECT_EQ(seen.size(), types.size()) << "a type is missing";
}

// The promises of docs/generator.md, each found by the text that shows it.
TEST(Generator, HoldsEveryPromisedHabit) {
  const std::map<std::string, std::string> promises = {
      {"visits: outpatient", "\"code\":\"AMB\""},
      {"visits: emergency", "\"code\":\"EMER\""},
      {"visits: inpatient", "\"code\":\"IMP\""},
      {"visits in progress", "\"status\":\"in-progress\""},
      {"main diagnosis of a visit", "\"code\":\"HD\""},
      {"secondary diagnosis of a visit", "\"code\":\"BY\""},
      {"problem list", "problem-list-item"},
      {"suspected, then confirmed", "\"provisional\""},
      {"ICD-10-SE of the contracts", "urn:oid:1.2.752.116.1.1.1.1.3"},
      {"ICD-10-SE of others", "http://hl7.org/fhir/sid/icd-10-se"},
      {"KVÅ", "urn:oid:1.2.752.116.1.3.2.1.4"},
      {"KVÅ by another name", "http://electronichealth.se/id/kva"},
      {"SNOMED CT beside", "http://snomed.info/sct"},
      {"ATC", "http://www.whocc.no/atc"},
      {"NPL beside", "urn:oid:1.2.752.129.2.1.5.1"},
      {"contained medicines", "\"reference\":\"#med\""},
      {"referenced medicines", "\"reference\":\"Medication/med-"},
      {"stopped medicines", "\"status\":\"stopped\""},
      {"NPU", "http://npu-terminology.org"},
      {"LOINC", "http://loinc.org"},
      {"umol/L", "\"code\":\"umol/L\""},
      {"mg/dL", "\"code\":\"mg/dL\""},
      {"g/L", "\"code\":\"g/L\""},
      {"g/dL", "\"code\":\"g/dL\""},
      {"mmol/mol", "\"code\":\"mmol/mol\""},
      {"% of HbA1c", "\"code\":\"4548-4\""},
      {"local units", "\"unit\":\"mikromol/L\"}"},
      {"open results", "\"comparator\":\"<\""},
      {"open results as text", "\"valueString\":\"<5\""},
      {"reference ranges", "\"referenceRange\":[{\"low\""},
      {"reference ranges as text", "\"referenceRange\":[{\"text\""},
      {"values that are not there", "\"dataAbsentReason\""},
      {"blood pressure panel", "\"code\":\"85354-9\""},
      {"weight", "\"code\":\"29463-7\""},
      {"height", "\"code\":\"8302-2\""},
      {"ejection fraction", "\"code\":\"10230-1\""},
      {"TNM stage group", "\"code\":\"21902-2\""},
      {"variant found", "\"code\":\"LA9633-4\""},
      {"variant not found", "\"code\":\"LA9634-2\""},
      {"PIK3CA", "\"code\":\"HGNC:8975\""},
      {"PTEN", "\"code\":\"HGNC:9588\""},
      {"pathology report", "\"display\":\"PAD\""},
      {"genetics report", "\"code\":\"51969-4\""},
      {"echocardiography report", "\"display\":\"Ekokardiografi\""},
      {"smoking questionnaire", "\"linkId\":\"rokning\""},
      {"preliminary results", "\"status\":\"preliminary\""},
      {"corrected results", "\"status\":\"corrected\""},
      {"amended results", "\"status\":\"amended\""},
      {"entered in error", "entered-in-error"},
      {"deletes", "resource.deleted.v1"},
      {"deletes by history Bundle", "\"method\":\"DELETE\""},
      {"transaction Bundles", "\"type\":\"transaction\""},
      {"collection Bundles", "\"type\":\"collection\""},
      {"merge, retired side", "\"type\":\"replaced-by\""},
      {"merge, real side", "\"type\":\"replaces\""},
      {"reserve numbers", "\"system\":\"urn:oid:1.2.752.97.3.1.3\""},
      {"coordination numbers", "samordningsnummer"},
      {"protected identity", "sekretessmarkering"},
      {"deaths", "\"deceasedDateTime\""},
      {"ECOG", "\"valueInteger\":"},
      {"identity numbers under their old OID", "urn:oid:1.2.752.129.2.1.3.1"},
      {"research: taking part", "\"status\":\"on-study\""},
      {"research: opted out", "\"type\":\"deny\""},
      {"patient by id", "\"subject\":{\"reference\":\"Patient/p"},
      {"patient by identity number", "\"subject\":{\"identifier\":"},
      {"colorectal cancer", "\"code\":\"C18."},
      {"colorectal resection", "\"code\":\"JFB"},
      {"infarction", "\"code\":\"I21."},
      {"beta-blocker", "\"code\":\"C07AB02\""},
      {"metacarpal fracture", "\"code\":\"S62.30\""},
  };
  for (const auto& promise : promises) {
    const bool kept = std::any_of(Journal().begin(), Journal().end(), [&](const std::string& line) {
      return line.find(promise.second) != std::string::npos;
    });
    EXPECT_TRUE(kept) << promise.first;
  }
}

TEST(Generator, HoldsBareResourcesDoubledAndLateDeliveriesAndPartialDates) {
  int bare = 0, doubled = 0, resent = 0, late = 0, comma = 0, year_only = 0, month_only = 0,
      overtaken = 0;
  std::set<std::string> events, versions;
  std::map<std::string, int> newest;
  for (const std::string& text : Journal()) {
    const Line line = Read(text);
    bare += line.envelope.empty();
    const bool new_event =
        line.envelope.empty() || events.insert(line.envelope.at("id").as_string().c_str()).second;
    doubled += !new_event;
    EachResource(line, [&](const json::object& resource) {
      const json::object& meta = resource.at("meta").as_object();
      const std::string id = std::string(resource.at("resourceType").as_string().c_str()) + "/" +
                             resource.at("id").as_string().c_str();
      if (meta.contains("versionId")) {
        const int version = std::stoi(meta.at("versionId").as_string().c_str());
        if (!versions.insert(id + "/" + std::to_string(version)).second && new_event) ++resent;
        overtaken += version < newest[id];
        newest[id] = std::max(newest[id], version);
      }
      if (const json::value* taken = resource.if_contains("effectiveDateTime")) {
        late += std::string_view(taken->as_string()).substr(0, 7) < line.arrives.substr(0, 7) &&
                resource.at("status").as_string() == "final";
      }
      if (const json::value* value = resource.if_contains("valueString"))
        comma += value->as_string().find(',') != std::string::npos;
      if (const json::value* onset = resource.if_contains("onsetDateTime")) {
        year_only += onset->as_string().size() == 4;
        month_only += onset->as_string().size() == 7;
      }
    });
  }
  EXPECT_GT(bare, 100);
  EXPECT_GT(doubled, 20);
  EXPECT_GT(resent, 20);
  EXPECT_GT(late, 100);
  EXPECT_GT(comma, 50);
  EXPECT_GT(year_only, 50);
  EXPECT_GT(month_only, 50);
  EXPECT_GT(overtaken, 0);
}

TEST(Generator, StoriesCanBeLeftOut) {
  GenerateOptions plain = Small();
  plain.stories = false;
  // The 43rd patient is the first who is chosen for a story: colorectal cancer with a PI3K
  // mutation.
  const auto found = [](const std::vector<std::string>& lines) {
    return std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
      return line.find("\"id\":\"o43-") != std::string::npos &&
             line.find("LA9633-4") != std::string::npos;
    });
  };
  EXPECT_GT(found(Lines(Small())), 0);
  EXPECT_EQ(found(Lines(plain)), 0);
}

TEST(Generator, EveryPatientHasARecord) {
  std::set<std::string> patients;
  for (const std::string& text : Journal()) {
    EachResource(Read(text), [&](const json::object& resource) {
      if (resource.at("resourceType").as_string() == "Patient")
        patients.insert(resource.at("id").as_string().c_str());
    });
  }
  for (int i = 1; i <= static_cast<int>(kPatients); ++i) {
    EXPECT_TRUE(patients.contains(fmt::format("p{}", i)) ||
                patients.contains(fmt::format("p{}r", i)))
        << i;
  }
}

}  // namespace
}  // namespace medverka::generator
