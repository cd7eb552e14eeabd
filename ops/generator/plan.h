// A patient's journal as planned records: what is said, of when, and when it arrives. Small and
// without text; render.h makes the lines. Planning is a pure function of options and patient, so a
// patient can be planned again for each window of time.
#pragma once

#include <cstdint>
#include <vector>

#include "ops/generator/generator.h"
#include "ops/generator/identity.h"
#include "ops/generator/random.h"
#include "ops/generator/tables.h"

namespace medverka::generator {

enum class Kind : std::uint8_t {
  kPatient,
  kEncounter,
  kVisitDiagnosis,  // Condition of a visit; item: Diagnosis
  kDiseaseAtVisit,  // Condition of a visit; item: Disease
  kProblem,         // Condition on the problem list; item: Disease
  kCancerProblem,   // Condition on the problem list; item: Diagnosis
  kLab,             // item: Analysis, value
  kBloodPressure,   // value: systolic, second: diastolic
  kBodyMeasure,     // item: BodyMeasure, value
  kPrescription,    // MedicationRequest; item: Drug, second: days it lasts
  kMedicationList,  // MedicationStatement
  kDispense,        // MedicationDispense; second: days
  kAdministration,  // MedicationAdministration
  kMedicine,        // Medication, that others point to; item: Drug
  kProcedure,
  kAllergy,
  kVaccination,
  kFamily,    // FamilyMemberHistory
  kResearch,  // ResearchSubject; item: row of the registers
  kConsent,
  kSmoking,           // QuestionnaireResponse; value: 0 never, 1 former, 2 current
  kEjectionFraction,  // Observation; value: %
  kStage,             // Observation; value: 1 to 4
  kVariant,           // Observation; item: Variant, value: 1 found, 0 not found
  kReport,  // DiagnosticReport; item: ReportType; value: number of the resource it rests on
};

enum BodyMeasure : Row { kWeight, kHeight, kBmi, kPulse, kSaturation, kEcog, kKarnofsky };
enum ReportType : Row { kPathology, kGenetics, kEcho, kRadiology };

enum class State : std::uint8_t {
  kPreliminary,
  kFinal,
  kCorrected,
  kStopped,
  kEnteredInError,
  kDeleted
};

// How exactly the source knows the time.
enum class Precision : std::uint8_t { kTime, kDay, kMonth, kYear };

enum class VisitClass : std::uint8_t { kPrimary, kOutpatient, kEmergency, kInpatient };

// Among these many patients each story is told once.
inline constexpr std::uint32_t kShowcasePatients = 500;

// Bits of a Patient record.
inline constexpr std::int32_t kPatientDead = 1;  // says when the patient died
inline constexpr std::int32_t kPatientRetired =
    2;  // the record of the reserve number, replaced by the real one
inline constexpr std::int32_t kPatientReplaces = 4;  // the real one, which replaces it
inline constexpr std::int32_t kPatientMoved = 8;     // has another region

struct Record {
  Seconds arrives = 0;
  Seconds at = 0;  // of when it is: sample, visit, prescription
  std::uint32_t patient = 0;
  std::uint32_t order = 0;     // within the patient
  std::uint32_t resource = 0;  // number of the resource within the patient
  std::uint32_t visit = 0;     // its visit's resource number; 0: none
  std::uint32_t salt =
      0;  // the same for all versions of a resource: units, codes and references stay
  std::int32_t value = 0;
  std::int32_t second = 0;
  Row item = 0;
  Kind kind = Kind::kPatient;
  State state = State::kFinal;
  Precision precision = Precision::kTime;
  VisitClass visit_class = VisitClass::kPrimary;
  std::uint8_t version = 1;
  bool as_reserve : 1 = false;  // said of the reserve number's record
  bool bundled : 1 = false;     // part of the visit's Bundle
  bool bare : 1 = false;        // without a CloudEvents envelope
  bool again : 1 = false;       // a second delivery with another event id
};

class Planner {
 public:
  Planner(const GenerateOptions& options, Day start, const std::vector<Person>& people);

  // Appends the patient's records whose arrival lies in [from, to), in no order.
  void Plan(std::uint32_t patient, Seconds from, Seconds to, std::vector<Record>& out);

 private:
  friend class PatientPlan;
  const GenerateOptions& options_;
  Day start_;
  const std::vector<Person>& people_;
  std::vector<Record> said_;  // of the patient at hand
};

// One patient's plan while it is made. The stories (stories.cc) use it as the everyday care does
// (plan.cc).
class PatientPlan {
 public:
  PatientPlan(const GenerateOptions& options, Day start, std::uint32_t patient,
              const Person& person, std::vector<Record>& out);
  void Make();

 private:
  // A record of `at`; arrives when the source has sent it. The reference holds until the next call.
  Record& Say(Kind kind, Seconds at, Row item = 0, std::int32_t value = 0);
  Seconds TimeOn(Day day, int from_hour, int to_hour);
  std::int32_t AgeOn(Day day) const { return AgeAt(person_.birth, day); }
  // The first told of each story: it goes by the book.
  bool Showcase() const { return person_.story != Story::kNone && patient_ < kShowcasePatients; }
  bool Has(Row disease) const { return (diseases_ >> disease & 1U) != 0; }

  // plan.cc
  void DrawDiseases();
  void Medicines();
  void Demographics();
  void Background();
  void Chronic(Row disease);
  void Treat(Row disease, Day since);
  void Prescribe(Row drug, Day from, Day until);
  void Everyday();
  void Consents();
  Day LastDay() const;

  // visits.cc
  struct Visit {
    std::uint32_t number;
    Seconds start;
    Seconds end;
    VisitClass visit_class;
  };
  Visit Open(VisitClass visit_class, Day day, int length_days);
  Record& During(const Visit& visit, Kind kind, Row item = 0, std::int32_t value = 0);
  Record& Diagnose(const Visit& visit, Row diagnosis, bool main);
  void OrdinaryVisit(Day day);
  void FollowUp(const Visit& visit, Row disease);
  void Acute(const Visit& visit);
  void Lab(const Visit& visit, Row lab);
  void Pressure(const Visit& visit);
  std::int32_t DrawLab(Row lab);
  void Research(const Visit& visit);

  // stories.cc
  void ByRates();
  void Colorectal(Day day, bool mutated, bool near);
  void Tumour(const Visit& visit, Row diagnosis, bool mutated, std::int32_t stage);
  void Genes(const Visit& visit, bool mutated);
  void Infarction(Day day, bool preserved);
  void Metacarpal(Day day, Row diagnosis);
  void TellStory();

  // deliver.cc: late and doubled deliveries, preliminary and corrected results, retractions
  void Deliver();
  void Correct(std::size_t index);

  const GenerateOptions& options_;
  const Day start_;
  const std::uint32_t patient_;
  const Person& person_;
  std::vector<Record>& out_;
  Random random_;
  std::uint32_t diseases_ = 0;  // bit per DiseaseRow
  std::uint32_t next_resource_ = 1;
  std::uint32_t current_visit_ = 0;
};

}  // namespace medverka::generator
