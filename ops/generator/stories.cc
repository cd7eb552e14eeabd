// The courses of illness that the example studies look for: colorectal cancer, myocardial
// infarction, metacarpal fracture. Everybody may meet them by their rates (docs/generator.md); some
// patients are chosen to (identity.h, Story).

#include <algorithm>

#include "ops/generator/plan.h"

namespace medverka::generator {
namespace {

// New cases per million and year by age band. Colorectal cancer: some 7,000 a year in Sweden
// (cancer register, 2022); infarction: some 22,000 (Socialstyrelsen, 2022); metacarpal fracture:
// see docs/generator.md.
constexpr std::array<std::uint32_t, kAgeBands> kColorectalPerMillion = {0, 50, 560, 2'300, 3'500};
constexpr std::array<std::uint32_t, kAgeBands> kInfarctionPerMillion = {0, 40, 1'600, 6'000,
                                                                        12'500};
constexpr std::array<std::uint32_t, kAgeBands> kMetacarpalPerMillion = {1'400, 1'500, 800, 700,
                                                                        800};

constexpr std::uint32_t kPi3kPercent = 37;  // 1,103 of 2,980 tumours (Martling 2025)
constexpr std::uint32_t kPreservedPercent =
    66;  // ejection fraction 50 % or more after infarction (SWEDEHEART)
constexpr std::uint32_t kMetacarpalSurgeryPercent =
    17;  // 19 % of men, 14 % of women (Deuschl 2025)

// Stage I to IV of colorectal cancer in per cent (Swedish Colorectal Cancer Registry, rounded).
constexpr std::array<std::uint32_t, 4> kStagePercent = {20, 29, 29, 22};

std::int32_t DrawStage(Random& random) {
  std::uint32_t x = random.Below(100);
  std::int32_t stage = 1;
  for (const std::uint32_t share : kStagePercent) {
    if (x < share) return stage;
    x -= share;
    ++stage;
  }
  return 4;
}

struct Site {
  Row diagnosis;
  Row procedure;
};
constexpr Site kSites[] = {{kCaecumCancer, kRightHemicolectomy},
                           {kAscendingCancer, kRightHemicolectomy},
                           {kSigmoidCancer, kSigmoidResection},
                           {kRectalCancer, kAnteriorResection}};

}  // namespace

void PatientPlan::ByRates() {
  for (Day year = person_.joins + 1; year < LastDay(); year += 365) {
    const std::size_t band = AgeBand(std::max(0, AgeOn(year)));
    const Day day = year + random_.Between(1, 364);
    const bool colorectal = random_.PerMillion(kColorectalPerMillion[band]);
    const bool infarction = random_.PerMillion(kInfarctionPerMillion[band]);
    const bool metacarpal = random_.PerMillion(kMetacarpalPerMillion[band]);
    if (day >= LastDay()) continue;
    if (colorectal) Colorectal(day, random_.Percent(kPi3kPercent), false);
    if (infarction) Infarction(day, random_.Percent(kPreservedPercent));
    if (metacarpal) Metacarpal(day, random_.Percent(5) ? kMetacarpalOpen : kMetacarpalClosed);
  }
}

void PatientPlan::TellStory() {
  if (person_.story == Story::kNone) return;
  // Half of them, and the first of each, shortly before the journal ends, so that their suggestions
  // are still open then.
  const Day end = options_.end_day;
  const Day span = end - person_.joins;
  const bool recent = Showcase() || random_.Percent(50);
  const Day any_time =
      person_.joins + std::min(100, span / 3) + random_.Between(0, std::max(1, span - 220));
  const Row fractures[] = {kMetacarpalClosed, kMetacarpalClosed, kMetacarpalOpen, kMetacarpalFirst};
  switch (person_.story) {
    case Story::kNone:
      break;
    case Story::kColorectalMutated:
      Colorectal(recent ? end - random_.Between(45, 75) : any_time, true, false);
      break;
    case Story::kColorectalOther:
      Colorectal(recent ? end - random_.Between(45, 75) : any_time, random_.Percent(50), true);
      break;
    case Story::kInfarctionPreserved:
      Infarction(recent ? end - random_.Between(4, 5) : any_time, true);
      break;
    case Story::kInfarctionReduced:
      Infarction(recent ? end - random_.Between(4, 5) : any_time, false);
      break;
    case Story::kMetacarpal:
      Metacarpal(recent ? end - random_.Between(2, 6) : any_time,
                 Showcase() ? Row{kMetacarpalClosed} : fractures[random_.Below(4)]);
      break;
  }
}

// Anaemia at the health centre, colonoscopy with biopsy, operation, pathology, genes; three checks
// afterwards.
void PatientPlan::Colorectal(Day day, bool mutated, bool near) {
  const Site& site = kSites[random_.Below(4)];
  const std::int32_t stage = near                                       ? random_.Between(2, 4)
                             : mutated && person_.story != Story::kNone ? random_.Between(2, 3)
                                                                        : DrawStage(random_);
  const Visit doctor = Open(VisitClass::kPrimary, day - random_.Between(35, 60), 0);
  Diagnose(doctor, kAnaemia, true);
  During(doctor, Kind::kLab, kHaemoglobin, random_.Bell(108, 12));
  Lab(doctor, kFerritin);

  const Visit scope = Open(VisitClass::kOutpatient, day - random_.Between(20, 30), 0);
  During(scope, Kind::kProcedure, kColonoscopyBiopsy);
  Record& suspected = During(scope, Kind::kCancerProblem, site.diagnosis);
  const std::uint32_t problem = suspected.resource;
  suspected.state = State::kPreliminary;
  suspected.precision = Precision::kDay;
  Record confirmed = suspected;
  confirmed.state = State::kFinal;
  confirmed.version = 2;
  confirmed.resource = problem;
  confirmed.arrives += random_.Between(6, 12) * kSecondsPerDay;
  confirmed.order = static_cast<std::uint32_t>(out_.size());
  out_.push_back(confirmed);
  if (near && random_.Percent(50)) Prescribe(kApixaban, day - 300, LastDay());

  if (day >= LastDay()) return;
  const bool operated = stage < 4 || random_.Percent(30);
  const Visit stay = Open(VisitClass::kInpatient, day, operated ? random_.Between(4, 9) : 2);
  Diagnose(stay, site.diagnosis, true);
  if (stage == 4) Diagnose(stay, kLiverMetastasis, false);
  Lab(stay, kCreatinine), Lab(stay, kHaemoglobin), Lab(stay, kPlatelets), Lab(stay, kAlbumin);
  Pressure(stay);
  During(stay, Kind::kAdministration, kDalteparin);
  if (operated) During(stay, Kind::kProcedure, site.procedure);
  if (random_.Percent(60))
    During(stay, Kind::kBodyMeasure, kEcog, random_.Below(100) < 88 ? random_.Between(0, 2) : 3);
  Tumour(stay, site.diagnosis, mutated, stage);
  if (stage == 3) Prescribe(kCapecitabine, day + 40, std::min(LastDay(), day + 220));
  for (const Day after : {30, 180, 365}) {
    if (day + after >= LastDay()) break;
    const Visit check = Open(VisitClass::kOutpatient, day + after, 0);
    Diagnose(check, site.diagnosis, true);
    Lab(check, kCreatinine), Lab(check, kHaemoglobin), Lab(check, kPlatelets);
    if (random_.Percent(25))
      During(check, Kind::kBodyMeasure, kKarnofsky, random_.Between(6, 10) * 10);
    Pressure(check);
  }
  current_visit_ = 0;
}

// The pathologist's report with the stage some ten days after the operation, first preliminary;
// then the genes.
void PatientPlan::Tumour(const Visit& visit, Row, bool mutated, std::int32_t stage) {
  const Seconds reported = visit.start + random_.Between(8, 14) * kSecondsPerDay;
  Record& observation = During(visit, Kind::kStage, 0, stage);
  observation.arrives = reported;
  const std::uint32_t rests_on = observation.resource;
  const Seconds at = observation.at;
  Record& report = During(visit, Kind::kReport, kPathology, static_cast<std::int32_t>(rests_on));
  report.at = at;
  report.arrives = reported + 60;
  Genes(visit, mutated);
}

void PatientPlan::Genes(const Visit& visit, bool mutated) {
  const Seconds reported = visit.start + random_.Between(16, 24) * kSecondsPerDay;
  const std::uint32_t x = random_.Below(100);
  // 515 of 1,103 altered tumours had a hotspot of PIK3CA (Martling 2025); the rest is shared here
  // among the other genes.
  const Row found = x < 24   ? kPik3caH1047R
                    : x < 40 ? kPik3caE545K
                    : x < 52 ? kPik3caE542K
                    : x < 72 ? kPik3r1
                             : kPten;
  std::uint32_t last = 0;
  for (const Row row : {kPik3caH1047R, kPik3r1, kPten, kKrasG12D}) {
    const bool same_gene = VariantAt(row).gene == VariantAt(found).gene;
    const bool present = row == kKrasG12D ? random_.Percent(42) : mutated && same_gene;
    Record& variant =
        During(visit, Kind::kVariant, present && same_gene ? found : row, present ? 1 : 0);
    variant.arrives = reported;
    last = variant.resource;
  }
  During(visit, Kind::kReport, kGenetics, static_cast<std::int32_t>(last)).arrives = reported + 60;
}

// Emergency department, ward, angiography, stent, echocardiography, discharge with medicines.
void PatientPlan::Infarction(Day day, bool preserved) {
  const Visit arrival = Open(VisitClass::kEmergency, day, 0);
  Diagnose(arrival, kChestPain, true);
  During(arrival, Kind::kLab, kTroponinT, random_.Bell(45, 20));
  Pressure(arrival);
  const Visit ward = Open(VisitClass::kInpatient, day, Showcase() ? 2 : random_.Between(2, 6));
  const std::uint32_t x = random_.Below(100);
  const Row infarction = x < 67   ? kInfarctionNonSt
                         : x < 84 ? kInfarctionAnterior
                                  : kInfarctionInferior;
  Diagnose(ward, infarction, true);
  During(ward, Kind::kLab, kTroponinT, random_.Bell(900, 400));
  During(ward, Kind::kLab, kTroponinT, random_.Bell(600, 250));
  Lab(ward, kCreatinine), Lab(ward, kHaemoglobin), Lab(ward, kLdl), Lab(ward, kHba1c);
  Pressure(ward);
  if (Showcase() || random_.Percent(92)) {
    During(ward, Kind::kProcedure, kAngiography);
    if (random_.Percent(78)) During(ward, Kind::kProcedure, kPci);
  }
  const std::int32_t fraction = preserved ? random_.Between(50, 66) : random_.Between(24, 49);
  Record& echo = During(ward, Kind::kEjectionFraction, 0, fraction);
  echo.at += kSecondsPerDay;
  echo.arrives = echo.at + 7'200;
  const std::uint32_t rests_on = echo.resource;
  const Seconds echo_at = echo.at;
  Record& report = During(ward, Kind::kReport, kEcho, static_cast<std::int32_t>(rests_on));
  report.at = echo_at;
  report.arrives = echo_at + 7'260;
  const Day home = LocalDay(ward.end);
  for (const Row drug : {kAspirin, kTicagrelor, kAtorvastatin, kEnalapril}) {
    if (random_.Percent(88))
      Prescribe(drug, home, drug == kTicagrelor ? std::min(LastDay(), home + 365) : LastDay());
  }
  // Beta-blockers: nearly all with a reduced fraction, half of the others since the trial's result.
  if (random_.Percent(preserved ? 45 : 92)) Prescribe(kMetoprolol, home, LastDay());
  for (const Day after : {60, 365}) {
    if (day + after >= LastDay()) break;
    const Visit check = Open(VisitClass::kOutpatient, day + after, 0);
    FollowUp(check, kIschaemicHeart);
  }
  current_visit_ = 0;
}

void PatientPlan::Metacarpal(Day day, Row diagnosis) {
  const Visit arrival = Open(VisitClass::kEmergency, day, 0);
  Diagnose(arrival, diagnosis, true);
  During(arrival, Kind::kReport, kRadiology, 0);
  During(arrival, Kind::kPrescription, kParacetamol).second = 14;
  if (!Showcase() && random_.Percent(kMetacarpalSurgeryPercent) && day + 6 < LastDay()) {
    const Visit operation = Open(VisitClass::kOutpatient, day + random_.Between(2, 6), 0);
    Diagnose(operation, diagnosis, true);
    During(operation, Kind::kProcedure, random_.Percent(60) ? kPlateMetacarpal : kPinMetacarpal);
  }
  if (day + 9 < LastDay()) {
    const Visit check = Open(VisitClass::kOutpatient, day + random_.Between(7, 9), 0);
    Diagnose(check, diagnosis, true);
    During(check, Kind::kReport, kRadiology, 0);
  }
  current_visit_ = 0;
}

}  // namespace medverka::generator
