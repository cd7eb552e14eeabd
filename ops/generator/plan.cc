#include "ops/generator/plan.h"

#include <algorithm>

namespace medverka::generator {
namespace {

// Visits per 100 person-years by age band, besides those that a lasting disease adds: some 2.3 a
// year in all (docs/generator.md).
constexpr std::array<std::uint32_t, kAgeBands> kVisitsPer100Years = {170, 150, 175, 240, 300};
constexpr std::uint32_t kVisitsPer100YearsAndDisease = 60;
constexpr Day kPrescriptionDays = 365;  // a Swedish prescription's life

}  // namespace

Planner::Planner(const GenerateOptions& options, Day start, const std::vector<Person>& people)
    : options_(options), start_(start), people_(people) {}

void Planner::Plan(std::uint32_t patient, Seconds from, Seconds to, std::vector<Record>& out) {
  said_.clear();
  PatientPlan(options_, start_, patient, people_[patient], said_).Make();
  for (const Record& record : said_) {
    if (record.arrives >= from && record.arrives < to) out.push_back(record);
  }
}

PatientPlan::PatientPlan(const GenerateOptions& options, Day start, std::uint32_t patient,
                         const Person& person, std::vector<Record>& out)
    : options_(options),
      start_(start),
      patient_(patient),
      person_(person),
      out_(out),
      random_(options.seed, static_cast<std::uint64_t>(patient) * 2) {}

void PatientPlan::Make() {
  DrawDiseases();
  Demographics();
  Background();
  Everyday();
  ByRates();
  TellStory();
  Consents();
  Deliver();
}

Record& PatientPlan::Say(Kind kind, Seconds at, Row item, std::int32_t value) {
  Record record;
  record.patient = patient_;
  record.order = static_cast<std::uint32_t>(out_.size());
  record.resource = next_resource_++;
  record.visit = current_visit_;
  record.at = at;
  record.arrives = at + random_.Between(60, 5'400);
  record.salt = random_.Bits();
  record.kind = kind;
  record.item = item;
  record.value = value;
  out_.push_back(record);
  return out_.back();
}

Seconds PatientPlan::TimeOn(Day day, int from_hour, int to_hour) {
  return day * kSecondsPerDay + random_.Between(from_hour * 3'600, to_hour * 3'600) / 60 * 60;
}

Day PatientPlan::LastDay() const { return std::min(options_.end_day, person_.death); }

void PatientPlan::DrawDiseases() {
  const std::size_t band = AgeBand(std::max(0, AgeOn(start_ + (options_.end_day - start_) / 2)));
  for (Row row = 0; row < kDiseaseRows; ++row) {
    const Disease& disease = DiseaseAt(row);
    std::uint32_t permille = disease.prevalence_permille[band];
    switch (disease.sex) {
      case SexOnly::kBoth:
        break;
      case SexOnly::kWomen:
        permille = person_.female ? permille : 0;
        break;
      case SexOnly::kMen:
        permille = person_.female ? 0 : permille;
        break;
      case SexOnly::kMostlyWomen:
        permille = person_.female ? permille * 4 / 3 : permille * 2 / 3;
        break;
    }
    // One draw per row whatever the outcome, so that a changed rate moves only its own disease.
    if (random_.Permille(permille)) diseases_ |= 1U << row;
  }
  // The stories that are to end in a match are told of people without what the studies exclude.
  if (person_.story == Story::kColorectalMutated || person_.story == Story::kInfarctionPreserved) {
    for (const Row row : {kAtrialFibrillation, kHeartFailure, kIschaemicHeart, kRheumatoid,
                          kProstateCancer, kBreastCancer, kCirrhosis, kKidney}) {
      diseases_ &= ~(1U << row);
    }
  }
}

// The register of medicines that some prescriptions point to belongs to nobody; the first patient's
// plan carries it. Some of it comes only after the prescriptions that point to it.
void PatientPlan::Medicines() {
  for (Row row = 0; row < kDrugRows; ++row) {
    const Day day = row % 5 == 4 ? std::min(start_ + 120, options_.end_day) : start_;
    Record& medicine = Say(Kind::kMedicine, TimeOn(day, 1, 2), row);
    medicine.arrives = medicine.at;
  }
}

void PatientPlan::Demographics() {
  const Seconds joins = TimeOn(person_.joins, 6, 20);
  if (patient_ == 0) Medicines();
  Record& first = Say(Kind::kPatient, joins);
  first.arrives = joins;
  if (person_.merged_at != 0) {
    first.as_reserve = true;
    Record& real = Say(Kind::kPatient, person_.merged_at, 0, kPatientReplaces);
    real.arrives = person_.merged_at;
    Record& retired = Say(Kind::kPatient, person_.merged_at + 30, 0, kPatientRetired);
    retired.arrives = retired.at;
    retired.as_reserve = true;
    retired.version = 2;
  }
  if (person_.merged_at == 0 && random_.Percent(6)) {
    const Day day = person_.joins + random_.Between(30, 1'800);
    if (day < LastDay()) {
      Record& moved = Say(Kind::kPatient, TimeOn(day, 1, 4), 0, kPatientMoved);
      moved.version = 2;
    }
  }
  if (person_.death != kNever) {
    Record& dead = Say(Kind::kPatient, TimeOn(person_.death, 2, 22), 0, kPatientDead);
    dead.version = 3;
    dead.arrives += random_.Between(1, 12) * kSecondsPerDay;
  }
}

// What the journal knows from before: problem list, medicines, allergies, old operations, family,
// smoking.
void PatientPlan::Background() {
  const Day day = person_.joins;
  const std::int32_t age = AgeOn(day);
  for (Row row = 0; row < kDiseaseRows; ++row) {
    if (Has(row)) Chronic(row);
  }
  if (random_.Percent(9)) {
    Say(Kind::kAllergy, TimeOn(day, 8, 16),
        static_cast<Row>(random_.Below(static_cast<std::uint32_t>(Allergens().size()))));
  }
  if (random_.Percent(7)) {
    Record& family =
        Say(Kind::kFamily, TimeOn(day, 8, 16),
            static_cast<Row>(random_.Below(static_cast<std::uint32_t>(FamilyDiseases().size()))));
    family.value = random_.Between(38, 80);
  }
  if (age >= 45 && random_.Percent(20)) {
    const Row procedure = static_cast<Row>(random_.Between(kKneeProsthesis, kCataract));
    Record& old =
        Say(Kind::kProcedure, TimeOn(day - random_.Between(700, 9'000), 8, 15), procedure);
    old.arrives = TimeOn(day, 8, 18);
    old.precision = random_.Percent(60) ? Precision::kYear : Precision::kMonth;
  }
  if (age >= 16 && random_.Percent(30)) {
    const std::uint32_t x =
        random_.Below(100);  // Folkhälsomyndigheten 2022: 6 % smoke daily, some 30 % have stopped
    Say(Kind::kSmoking, TimeOn(day, 8, 16), 0, x < 6 ? 2 : x < 36 ? 1 : 0);
  }
}

// A lasting disease: on the problem list of most, with the medicines of its treatment.
void PatientPlan::Chronic(Row disease) {
  const bool before = random_.Percent(80);
  const Day span = std::max(1, LastDay() - person_.joins - 30);
  const Day known = before ? person_.joins : person_.joins + random_.Between(1, span);
  if (known >= LastDay()) return;
  const Day oldest = std::min(known - person_.birth, 7'000);
  const Day onset = before ? known - random_.Between(0, std::max(1, oldest)) : known;
  if (random_.Percent(62)) {
    Record& problem = Say(Kind::kProblem, onset * kSecondsPerDay + 43'200, disease);
    problem.arrives = TimeOn(known, 8, 18);
    const std::uint32_t x = random_.Below(100);
    problem.precision = !before || x < 35 ? Precision::kDay
                        : x < 65          ? Precision::kYear
                                          : Precision::kMonth;
  }
  Treat(disease, known);
}

void PatientPlan::Treat(Row disease, Day since) {
  const Disease& row = DiseaseAt(disease);
  for (std::size_t i = 0; i < row.drugs.size(); ++i) {
    if (row.drugs[i] == kNoRow || !random_.Percent(row.drug_percent[i])) continue;
    const Day from = since + random_.Between(0, 40);
    const bool stops = random_.Percent(25);
    const Day until = stops ? from + random_.Between(60, 900) : LastDay();
    Prescribe(row.drugs[i], from, std::min(until, LastDay()));
  }
}

// Prescriptions renewed about once a year, some with what the pharmacy gave out; or one line in the
// list of medicines.
void PatientPlan::Prescribe(Row drug, Day from, Day until) {
  if (from >= until) return;
  const Seconds first = TimeOn(from, 8, 16);
  if (random_.Percent(22)) {
    Record& list = Say(Kind::kMedicationList, first, drug);
    list.precision = random_.Percent(30) ? Precision::kMonth : Precision::kDay;
    if (until < LastDay()) {
      Record stopped = list;
      stopped.order = static_cast<std::uint32_t>(out_.size());
      stopped.version = 2;
      stopped.state = State::kStopped;
      stopped.second = until;
      stopped.arrives = TimeOn(until, 8, 18);
      out_.push_back(stopped);
    }
    return;
  }
  const Day renewal = random_.Between(300, kPrescriptionDays);
  for (Day day = from; day < until; day += renewal) {
    Say(Kind::kPrescription, TimeOn(day, 8, 16), drug).second = kPrescriptionDays;
    if (random_.Percent(28))
      Say(Kind::kDispense, TimeOn(day + 2, 9, 18), drug).second = random_.Percent(15) ? 0 : 100;
  }
}

void PatientPlan::Everyday() {
  std::uint32_t count = 0;
  for (Row row = 0; row < kDiseaseRows; ++row) count += Has(row) ? 1 : 0;
  for (Day year = person_.joins; year < LastDay(); year += 365) {
    const std::int32_t age = std::max(0, AgeOn(year));
    const std::uint32_t rate =
        kVisitsPer100Years[AgeBand(age)] + std::min(count, 6U) * kVisitsPer100YearsAndDisease;
    // Binomial with eight tries: nearly Poisson, and bounded.
    for (int i = 0; i < 8; ++i) {
      if (!random_.Permille(rate * 10 / 8)) continue;
      const Day day = year + random_.Between(1, 364);
      if (day < LastDay()) OrdinaryVisit(day);
    }
    if ((age >= 65 && random_.Percent(55)) || (age < 13 && random_.Percent(35)) ||
        random_.Percent(8)) {
      const Day day = year + random_.Between(1, 360);
      const Row vaccine =
          age < 13 ? static_cast<Row>(random_.Between(2, 3)) : static_cast<Row>(random_.Below(6));
      if (day < LastDay()) Say(Kind::kVaccination, TimeOn(day, 9, 16), vaccine);
    }
  }
}

void PatientPlan::Consents() {
  if (!person_.opted_out) return;
  const Day day = person_.joins + random_.Between(10, 300);
  if (day < LastDay()) Say(Kind::kConsent, TimeOn(day, 8, 16));
}

}  // namespace medverka::generator
