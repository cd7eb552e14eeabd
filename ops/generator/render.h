// Planned records to lines of JSON: FHIR R4 resources in CloudEvents 1.0 (structured), bare, or
// together in a Bundle. A record's salt chooses among the habits of sources: codes, units,
// references by id or by identity number.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ops/generator/json_line.h"
#include "ops/generator/plan.h"

namespace medverka::generator {

// The start of a record's group in the order of arrival: a Bundle's records belong together, others
// stand alone.
bool SameBundle(const Record& a, const Record& b);

class Renderer {
 public:
  explicit Renderer(const std::vector<Person>& people) : people_(people), json_(line_) {}

  // The line for one record, or for the records of one Bundle. Valid until the next call.
  std::string_view Line(std::span<const Record> records);

 private:
  void Envelope(const Record& record, std::string_view type);
  void Bundle(std::span<const Record> records);
  void DeleteBundle(const Record& record);
  void Resource(const Record& record);

  // parts
  void Head(const Record& record);  // resourceType, id, meta
  void AppendId(const Record& record);
  void AppendReference(const Record& record);  // Type/id
  void Subject(const Record& record, std::string_view key = "subject");
  void VisitReference(const Record& record);
  void Coding(std::string_view system, std::string_view code, std::string_view display);
  void Concept(std::string_view key, std::string_view system, std::string_view code,
               std::string_view display);
  void Category(std::string_view system, std::string_view code);
  void Moment(std::string_view key, const Record& record);
  void Quantity(std::string_view key, std::int64_t value, int decimals, std::string_view unit,
                std::string_view ucum);
  void Number(std::int64_t value, int decimals, char point);
  void Medication(const Record& record);
  void ObservationHead(const Record& record, std::string_view category);

  // resources
  void Patient(const Record& record);
  void Encounter(const Record& record);
  void Condition(const Record& record);
  void Lab(const Record& record);
  void LabInOtherUnit(const Record& record, const Analysis& analysis);
  void LabAsText(const Record& record, const Analysis& analysis);
  void LabAsNumber(const Record& record, const Analysis& analysis);
  void ReferenceRange(const Record& record, const Analysis& analysis);
  void BloodPressure(const Record& record);
  void BodyMeasure(const Record& record);
  void EjectionFraction(const Record& record);
  void Stage(const Record& record);
  void Variant(const Record& record);
  void Report(const Record& record);
  void Prescription(const Record& record);
  void MedicationList(const Record& record);
  void Dispense(const Record& record);
  void Administration(const Record& record);
  void Medicine(const Record& record);
  void Procedure(const Record& record);
  void Allergy(const Record& record);
  void Vaccination(const Record& record);
  void Family(const Record& record);
  void Research(const Record& record);
  void Consent(const Record& record);
  void Smoking(const Record& record);

  const Person& PersonOf(const Record& record) const { return people_[record.patient]; }
  // Records of sources behind the national contracts (RIV-TA) name the patient by identity number.
  static bool ByIdentifier(const Record& record) { return record.salt % 100 < 35; }
  // An independent choice among `n` habits; `which` separates the choices of one record.
  static std::uint32_t Habit(const Record& record, std::uint32_t which, std::uint32_t n) {
    return ((record.salt >> 8) * (2 * which + 1) * 2'654'435'761U >> 16) % n;
  }

  const std::vector<Person>& people_;
  std::string line_;
  JsonLine json_;
};

std::string_view TypeOf(Kind kind);  // "Observation"

}  // namespace medverka::generator
