// Visits: who comes for what, and what is written down.

#include <algorithm>

#include "ops/generator/plan.h"

namespace medverka::generator {
namespace {

std::uint32_t WeightOf(const Diagnosis& diagnosis, VisitClass visit_class) {
  switch (visit_class) {
    case VisitClass::kPrimary:
    case VisitClass::kOutpatient:
      return diagnosis.primary_weight;
    case VisitClass::kEmergency:
      return diagnosis.emergency_weight;
    case VisitClass::kInpatient:
      return diagnosis.inpatient_weight;
  }
  return 0;
}

// The stories have their own rates, so their diagnoses are not drawn here.
constexpr Row kOrdinaryDiagnoses = kMetacarpalClosed;

std::uint32_t WeightSum(VisitClass visit_class) {
  std::uint32_t sum = 0;
  for (Row row = 0; row < kOrdinaryDiagnoses; ++row) sum += WeightOf(DiagnosisAt(row), visit_class);
  return sum;
}

Row DrawDiagnosis(VisitClass visit_class, std::int32_t age, Random& random) {
  static const std::uint32_t kSums[] = {
      WeightSum(VisitClass::kPrimary), WeightSum(VisitClass::kOutpatient),
      WeightSum(VisitClass::kEmergency), WeightSum(VisitClass::kInpatient)};
  std::uint32_t x = random.Below(kSums[static_cast<std::size_t>(visit_class)]);
  for (Row row = 0; row < kOrdinaryDiagnoses; ++row) {
    const std::uint32_t weight = WeightOf(DiagnosisAt(row), visit_class);
    if (x < weight) return age >= DiagnosisAt(row).age_min ? row : Row{kObservation};
    x -= weight;
  }
  return kCold;
}

}  // namespace

PatientPlan::Visit PatientPlan::Open(VisitClass visit_class, Day day, int length_days) {
  current_visit_ = 0;
  const bool planned =
      visit_class == VisitClass::kPrimary || visit_class == VisitClass::kOutpatient;
  const Seconds start = planned ? TimeOn(day, 7, 16) : TimeOn(day, 0, 23);
  const Seconds end = length_days > 0 ? start + length_days * kSecondsPerDay + 7'200
                                      : start + (planned ? 1'800 : random_.Between(2, 9) * 3'600);
  Record& encounter = Say(Kind::kEncounter, start);
  encounter.visit_class = visit_class;
  encounter.second = static_cast<std::int32_t>(end - start);
  encounter.arrives = end + random_.Between(30, 600);
  const Record closed = encounter;
  current_visit_ = closed.resource;
  if (visit_class == VisitClass::kInpatient ||
      (visit_class == VisitClass::kEmergency && random_.Percent(40))) {
    Record open = closed;  // told when it begins, and again when it ends
    open.state = State::kPreliminary;
    open.arrives = start + random_.Between(30, 600);
    out_.back().version = 2;
    open.order = static_cast<std::uint32_t>(out_.size());
    out_.push_back(open);
  }
  return {closed.resource, start, end, visit_class};
}

Record& PatientPlan::During(const Visit& visit, Kind kind, Row item, std::int32_t value) {
  const auto length = static_cast<std::int32_t>(visit.end - visit.start);
  Record& record =
      Say(kind, visit.start + random_.Between(0, std::min(length, 7'200)), item, value);
  record.visit = visit.number;
  record.visit_class = visit.visit_class;
  return record;
}

Record& PatientPlan::Diagnose(const Visit& visit, Row diagnosis, bool main) {
  Record& record = During(visit, Kind::kVisitDiagnosis, diagnosis, main ? 1 : 0);
  record.arrives = visit.end + random_.Between(60, 20'000);
  return record;
}

void PatientPlan::OrdinaryVisit(Day day) {
  const std::uint32_t x = random_.Below(100);
  const std::size_t old = AgeBand(AgeOn(day)) >= 3 ? 1 : 0;
  const VisitClass visit_class = x < 68             ? VisitClass::kPrimary
                                 : x < 84           ? VisitClass::kOutpatient
                                 : x < 95 - 2 * old ? VisitClass::kEmergency
                                                    : VisitClass::kInpatient;
  const std::size_t first = out_.size();
  const Visit visit =
      Open(visit_class, day, visit_class == VisitClass::kInpatient ? random_.Between(1, 9) : 0);
  Row chosen = kNoRow;
  if (visit_class != VisitClass::kEmergency && random_.Percent(55)) {
    std::uint32_t seen = 0;
    for (Row row = 0; row < kDiseaseRows; ++row) {
      if (Has(row) && random_.Below(++seen) == 0) chosen = row;
    }
  }
  if (chosen != kNoRow) {
    FollowUp(visit, chosen);
  } else {
    Acute(visit);
  }
  Research(visit);
  if (visit_class != VisitClass::kInpatient && random_.Percent(9)) {
    const Seconds sent = visit.end + random_.Between(600, 4'000);
    for (std::size_t i = first; i < out_.size(); ++i) {
      if (out_[i].visit != visit.number && out_[i].resource != visit.number) continue;
      if (out_[i].state == State::kPreliminary || out_[i].at > sent) continue;
      out_[i].bundled = true;
      out_[i].arrives = sent;
    }
  }
  current_visit_ = 0;
}

void PatientPlan::FollowUp(const Visit& visit, Row disease) {
  Record& condition = During(visit, Kind::kDiseaseAtVisit, disease, 1);
  condition.arrives = visit.end + random_.Between(60, 20'000);
  for (const Row lab : DiseaseAt(disease).labs) {
    if (lab != kNoRow && random_.Percent(70)) Lab(visit, lab);
  }
  if (Has(kHypertension) || random_.Percent(30)) Pressure(visit);
  if (random_.Percent(30))
    During(visit, Kind::kBodyMeasure, kWeight, random_.Bell(person_.female ? 710 : 850, 130));
  if (random_.Percent(10))
    During(visit, Kind::kBodyMeasure, kHeight, random_.Bell(person_.female ? 166 : 180, 7));
  if (random_.Percent(8)) During(visit, Kind::kBodyMeasure, kBmi, random_.Bell(265, 45));
  if (disease == kHeartFailure && random_.Percent(35)) {
    During(visit, Kind::kEjectionFraction, 0, random_.Bell(42, 11));
  }
}

void PatientPlan::Acute(const Visit& visit) {
  const std::int32_t age = AgeOn(LocalDay(visit.start));
  const Row row = DrawDiagnosis(visit.visit_class, age, random_);
  const Diagnosis& diagnosis = DiagnosisAt(row);
  Diagnose(visit, row, true);
  if (random_.Percent(15))
    Diagnose(visit, DrawDiagnosis(VisitClass::kPrimary, age, random_), false);
  if (diagnosis.lab != kNoRow && random_.Percent(65)) Lab(visit, diagnosis.lab);
  if (diagnosis.drug != kNoRow && random_.Percent(60)) {
    During(visit, Kind::kPrescription, diagnosis.drug).second = random_.Between(7, 60);
  }
  if (random_.Percent(25)) Pressure(visit);
  if (random_.Percent(32)) Lab(visit, kHaemoglobin), Lab(visit, kCreatinine);
  if (visit.visit_class == VisitClass::kEmergency && random_.Percent(35)) {
    During(visit, Kind::kBodyMeasure, random_.Percent(50) ? kPulse : kSaturation,
           random_.Between(86, 99));
  }
  if (visit.visit_class == VisitClass::kInpatient) {
    Lab(visit, kCreatinine), Lab(visit, kHaemoglobin), Lab(visit, kCrp);
    if (random_.Percent(30))
      During(visit, Kind::kAdministration, random_.Percent(50) ? kDalteparin : kMorphine);
  }
  if (row == kForearmFracture && random_.Percent(15)) During(visit, Kind::kProcedure, kPlateRadius);
  if (row == kHipFracture) During(visit, Kind::kProcedure, kHipNail);
  if (row == kAppendicitis && visit.visit_class == VisitClass::kInpatient)
    During(visit, Kind::kProcedure, kAppendectomy);
  if (row == kGallstones && visit.visit_class == VisitClass::kInpatient)
    During(visit, Kind::kProcedure, kCholecystectomy);
}

// Around the analysis' mean, moved by what the patient has.
std::int32_t PatientPlan::DrawLab(Row lab) {
  const Analysis& analysis = LabAt(lab);
  std::int32_t mean = analysis.mean;
  std::int32_t deviation = analysis.deviation;
  const auto shift = [&](std::int32_t to, std::int32_t spread) { mean = to, deviation = spread; };
  if (lab == kCreatinine && !person_.female) mean += 10;
  if (lab == kCreatinine && Has(kKidney)) shift(135, 35);
  if (lab == kHaemoglobin && !person_.female) mean += 10;
  if (lab == kHba1c && (Has(kDiabetes2) || Has(kDiabetes1))) shift(55, 12);
  if (lab == kGlucose && (Has(kDiabetes2) || Has(kDiabetes1))) shift(86, 24);
  if (lab == kNtProBnp && (Has(kHeartFailure) || Has(kAtrialFibrillation))) shift(1'900, 900);
  if (lab == kInr && Has(kAtrialFibrillation)) shift(24, 4);
  if (lab == kPsa && Has(kProstateCancer)) shift(60, 50);
  if (lab == kBilirubin && Has(kCirrhosis)) shift(32, 14);
  return std::max(random_.Bell(mean, deviation), 0);
}

void PatientPlan::Lab(const Visit& visit, Row lab) { During(visit, Kind::kLab, lab, DrawLab(lab)); }

void PatientPlan::Pressure(const Visit& visit) {
  const std::int32_t systolic = random_.Bell(Has(kHypertension) ? 144 : 128, 15);
  Record& record = During(visit, Kind::kBloodPressure, 0, systolic);
  record.second = std::min(systolic - 20, random_.Bell(79, 10));
}

// Some 0.3 % of visits tell that the patient takes part in research.
void PatientPlan::Research(const Visit& visit) {
  if (random_.Permille(3))
    During(visit, Kind::kResearch, static_cast<Row>(random_.Below(4)), random_.Between(0, 2));
}

}  // namespace medverka::generator
