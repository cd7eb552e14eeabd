#include "tests/support/history.h"

#include <algorithm>
#include <array>
#include <map>

#include "tests/support/journal_text.h"
#include "tests/support/test_lane.h"

namespace medverka::tests {
namespace {

constexpr std::int64_t kDay = base::kMicrosPerDay;

class Maker {
 public:
  explicit Maker(std::uint32_t seed) : random_(seed), now_(At("2026-01-10T06:00:00Z")) {}

  History Make() {
    const std::size_t count = 20 + Below(25);
    while (history_.events.size() < count) {
      now_ = now_ + static_cast<std::int64_t>(Below(72)) * base::kMicrosPerHour +
             static_cast<std::int64_t>(Below(3600)) * base::kMicrosPerSecond;
      Step();
    }
    history_.end = now_ + 40 * kDay;
    return std::move(history_);
  }

 private:
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  template <std::size_t N>
  std::string Pick(const std::array<const char*, N>& from) {
    return from[Below(N)];
  }
  std::string PatientId() { return Pick(std::array{"p1", "p2", "p3"}); }
  std::string Now() const { return base::FormatUtc(now_); }

  // A clinical time up to four months back, seldom ahead: to the second, the day, the month, the
  // year.
  std::string SomeTime() {
    const base::Instant time = now_ - (static_cast<std::int64_t>(Below(120)) - 4) * kDay;
    const std::string day = base::FormatLocalDate(base::LocalDate(time));
    switch (Below(8)) {
      case 0:
        return day.substr(0, 4);
      case 1:
        return day.substr(0, 7);
      case 2:
      case 3:
        return base::FormatUtc(time);
      default:
        return day;
    }
  }

  // The resource's next version. Some versions never arrive: numbers may leave gaps.
  Made Next(const std::string& resource) {
    int& version = versions_[resource];
    version += 1 + static_cast<int>(Below(2));
    return {version, Now()};
  }
  void Add(std::string record) { history_.events.push_back({std::move(record), true}); }
  void AddEvent(std::string record) { history_.events.push_back({std::move(record), false}); }

  void Step() {
    switch (Below(15)) {
      case 0:
      case 1:
        return AddPatient();
      case 2:
      case 3:
        return AddCondition();
      case 4:
      case 5:
      case 6:
        return AddObservation();
      case 7:
        return AddProcedure();
      case 8:
        return AddOrder();
      case 9:
        return AddMedication();
      case 10:
        return AddParticipation();
      case 11:
        return AddFeedback();
      case 12:
      case 13:
        return AddVisit();
      default:
        return AddDelete();
    }
  }

  void AddPatient() {
    PatientText patient;
    patient.id = PatientId();
    patient.gender = Pick(std::array{"", "female", "male"});
    patient.birth = Pick(std::array{"", "1971-03-02", "2008-02-20", "2008-03", "1960"});
    patient.identifier = Pick(std::array{"", "", "4711", "4712", "4713"});
    patient.region = Pick(std::array{"", "01", "12"});
    if (Below(3) == 0) patient.replaced_by = PatientId();
    if (Below(6) == 0) patient.replaces = PatientId();
    if (Below(15) == 0) patient.deceased = Pick(std::array{"true", "2026-02", "2026-03-10"});
    const Made made = Next("Patient/" + patient.id);
    Add(Patient(patient, made));
  }

  void AddCondition() {
    const std::string id = Pick(std::array{"c1", "c2", "c3"});
    const Made made = Next("Condition/" + id);
    const std::string patient = PatientId();
    const std::string code = Pick(std::array{"icd10se C18.7", "icd10se K57.3", "icd10se I50.9"});
    const std::string onset = Below(6) == 0 ? "" : SomeTime();
    const std::string clinical = Pick(std::array{"active", "active", "resolved"});
    const std::string certainty =
        Pick(std::array{"confirmed", "confirmed", "confirmed", "provisional", "refuted"});
    Add(Below(8) == 0 ? Condition(id, patient, code, onset, made, "", "entered-in-error")
                      : Condition(id, patient, code, onset, made, clinical, certainty));
  }

  void AddObservation() {
    const std::string id = Pick(std::array{"o1", "o2", "o3", "o4", "o5"});
    const Made made = Next("Observation/" + id);
    const std::string patient = PatientId();
    const std::string code = Pick(std::array{"npu NPU18016", "npu NPU18016", "npu NPU28309"});
    const std::string value = Pick(std::array{"62", "100", "100.0", "101", "240", "1.13"});
    const std::string unit = value == "1.13" ? "mg/dL" : "umol/L";
    const std::string status = Pick(std::array{"final", "final", "final", "preliminary", "amended",
                                               "entered-in-error", "cancelled"});
    Add(Observation(id, patient, code, value, unit, SomeTime(), made, status));
  }

  void AddProcedure() {
    const std::string id = Pick(std::array{"q1", "q2"});
    const Made made = Next("Procedure/" + id);
    const std::string patient = PatientId();
    Add(Procedure(id, patient, "kva JFB30", SomeTime(), made,
                  Pick(std::array{"completed", "completed", "not-done", "entered-in-error"})));
  }

  void AddOrder() {
    const std::string id = Pick(std::array{"r1", "r2"});
    const Made made = Next("MedicationRequest/" + id);
    const std::string patient = PatientId();
    const std::string drug =
        Pick(std::array{"atc B01AA03", "atc N02BE01", "Medication/m1", "Medication/m2"});
    Add(MedicationRequest(id, patient, drug, SomeTime(), made,
                          Pick(std::array{"active", "active", "stopped", "entered-in-error"}),
                          Below(2) == 0 ? "" : Pick(std::array{"Condition/c1", "Condition/c2"})));
  }

  void AddVisit() {
    const std::string id = Pick(std::array{"e1", "e2"});
    const Made made = Next("Encounter/" + id);
    const std::string patient = PatientId();
    const std::string diagnosis = Pick(std::array{"", "Condition/c1", "Condition/c2"});
    Add(Encounter(id, patient, SomeTime(), diagnosis, static_cast<int>(Below(3)), made,
                  Pick(std::array{"finished", "in-progress", "finished", "entered-in-error"})));
  }

  void AddMedication() {
    const std::string id = Pick(std::array{"m1", "m2"});
    const Made made = Next("Medication/" + id);
    Add(Medication(id, Pick(std::array{"atc B01AA03", "atc N02BE01", "other X"}), made));
  }

  void AddParticipation() {
    const std::string id = Pick(std::array{"s1", "s2"});
    const Made made = Next("ResearchSubject/" + id);
    const std::string patient = PatientId();
    const std::string study = Pick(std::array{"OTHER", "COLON", "PAIRS"});
    Add(ResearchSubject(id, patient, study, Pick(std::array{"on-study", "candidate", "off-study"}),
                        SomeTime(), made));
  }

  void AddFeedback() {
    const std::string id = "f" + std::to_string(history_.events.size());
    const std::string patient = PatientId();
    if (Below(2) == 0) {
      AddEvent(Answer(id, patient, "COLON", "swallow", Below(3) > 0, Now()));
    } else {
      AddEvent(
          Decision(id, patient, Pick(std::array{"COLON", "NCT00000009", "GROWN"}),
                   Pick(std::array{"accepted", "declined", "declined", "enrolled", "withdrawn"}),
                   "patient-declined", Now()));
    }
  }

  void AddDelete() {
    const std::string resource =
        Pick(std::array{"Condition/c1", "Condition/c2", "Observation/o1", "Observation/o2",
                        "Procedure/q1", "MedicationRequest/r1", "Encounter/e1", "Medication/m1",
                        "Patient/p1", "Patient/p3", "Observation/never"});
    if (Below(4) == 0) return AddEvent(Delete(resource, Now()));
    const Made made = Next(resource);
    AddEvent(DeleteVersion(resource, made.version, made.updated));
  }

  std::mt19937 random_;
  base::Instant now_;
  History history_;
  std::map<std::string, int> versions_;
};

// A program made from a compiled one by hand.
template <typename Change>
matcher::PublishedStudy Changed(const std::string& text, const Change& change) {
  auto program = std::make_shared<criteria::Program>(*Study(text).program);
  change(*program);
  return {program};
}

criteria::Query& QueryOf(criteria::Program& program, std::size_t criterion) {
  const criteria::Node* node = &program.nodes[program.criteria[criterion].root];
  while (node->kind != criteria::NodeKind::kQuery) node = &program.nodes[node->children.front()];
  return program.queries[node->payload];
}

// Cohorts: two open ones and a closed one.
matcher::PublishedStudy Basket() {
  return Changed(R"(
study BASKET "A basket" { suggest when possible }
include grown : age >= 18 years
include low : latest observation npu NPU18016 <= 100 umol/L within last 2 months
exclude operated : procedure kva JFB within last 2 months
include sick : condition icd10se C18
)",
                 [](criteria::Program& program) {
                   program.cohorts = {{"LOW", "Low creatinine", true},
                                      {"INTACT", "Not operated", true},
                                      {"SICK", "Cancer", false}};
                   for (std::uint32_t i = 0; i < 3; ++i) program.criteria[i + 1].cohort = i;
                 });
}

// Times that count from an event that may not exist, and may be open.
matcher::PublishedStudy FromAnOperation() {
  return Changed(R"(
study AFTER "After the operation" { suggest when possible }
include operation : procedure kva JFB within last 6 months
include lab : any observation npu NPU18016 <= 100 umol/L within last 4 months
exclude heart : condition icd10se I50 starting within last 3 months
)",
                 [](criteria::Program& program) {
                   criteria::Event event;
                   event.name = "operation";
                   event.query = static_cast<std::uint32_t>(program.queries.size());
                   criteria::Query chosen = QueryOf(program, 0);
                   chosen.selector = criteria::Selector::kLatest;
                   program.queries.push_back(chosen);
                   program.events.push_back(event);
                   criteria::TimeClause& near = QueryOf(program, 1).times.front();
                   near.kind = criteria::TimeClause::Kind::kWithinOf;
                   near.far = base::Period{60, base::TimeUnit::kDay};
                   near.event = 0;
                   criteria::TimeClause& after = QueryOf(program, 2).times.front();
                   after.kind = criteria::TimeClause::Kind::kOnOrAfter;
                   after.event = 0;
                 });
}

// What one resource says of another: reasons, and the rank of a diagnosis.
matcher::PublishedStudy Reasons() {
  return Changed(R"(
study REASONS "For the colon" { suggest when possible }
include drug : medication atc B01, N02
exclude stay : visit class inpatient within last 1 month
exclude main : condition icd10se K57, I50 starting within last 2 months
include colon : condition icd10se C18 else unknown
)",
                 [](criteria::Program& program) {
                   criteria::FieldFilter colon;
                   colon.field = criteria::Field::kReason;
                   colon.sets = QueryOf(program, 3).sets;
                   QueryOf(program, 0).fields.push_back(colon);
                   QueryOf(program, 1).fields.push_back(colon);
                   QueryOf(program, 2).main_diagnosis = true;
                 });
}

}  // namespace

History MakeHistory(std::uint32_t seed) { return Maker(seed).Make(); }

std::vector<std::string> Shuffled(const History& history, std::mt19937& random) {
  std::vector<HistoryEvent> events = history.events;
  for (const HistoryEvent& event : history.events) {
    for (std::uint32_t again = random() % 4 == 0 ? 1 + random() % 2 : 0; again > 0; --again) {
      events.push_back(event);
    }
  }
  std::shuffle(events.begin(), events.end(), random);
  std::vector<std::string> records;
  std::vector<std::string> together;
  const auto close = [&] {
    if (together.empty()) return;
    // Stamped as early as can be, so that the Bundle itself moves no log time.
    records.push_back(Bundle(together, "2026-01-01T00:00:00Z"));
    together.clear();
  };
  for (const HistoryEvent& event : events) {
    if (event.resource && random() % 3 == 0) {
      together.push_back(event.record);
      if (random() % 3 == 0) close();
    } else {
      records.push_back(event.record);
    }
  }
  close();
  return records;
}

std::vector<matcher::PublishedStudy> HistoryStudies() {
  const char* const texts[] = {
      R"(
study COLON "Cancer of the colon" { suggest when likely  decline silences for 3 weeks }
include cancer : condition icd10se C18 current
exclude warfarin : medication atc B01AA03 current
ask swallow : "Can the patient swallow?" sv "Kan patienten svälja?" valid for 1 month
)",
      R"(
study GROWN "Grown up with good kidneys" {
  ids nct NCT00000009
  suggest when possible
  decline silences for 10 days
}
include adult : age between 18 and 60 years
include creatinine : latest observation npu NPU18016 <= 100 umol/L within last 30 days
)",
      R"(
study PAIRS "Two results" { suggest when possible }
include two : at least 2 observation npu NPU18016 within last 2 months
exclude high : highest observation npu NPU18016 > 200 umol/L within last 2 months
exclude elsewhere : participation in study "OTHER" ongoing within last 1 year
)",
      R"(
study OPERATED "Operated lately" { suggest when eligible }
include operated : procedure kva JFB within last 2 months
exclude heart : condition icd10se I50 starting within last 3 months
)",
      R"(
study EVERYBODY "Nothing known against" { suggest when possible }
exclude bowel : condition icd10se K57 starting within last 1 month
include place : resident in region 01
)"};
  std::vector<matcher::PublishedStudy> studies;
  for (const char* text : texts) studies.push_back(Study(text));
  studies.push_back(Basket());
  studies.push_back(FromAnOperation());
  studies.push_back(Reasons());
  return studies;
}

}  // namespace medverka::tests
