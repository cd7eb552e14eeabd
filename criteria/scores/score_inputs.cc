// The inputs of each score, as data. Sources of the codes:
//   laboratory and measurements  NPU and SWE codes as Swedish laboratories send them (Equalis,
//                                npu-terminology.org); LOINC (https://loinc.org)
//   CHA2DS2-VASc   Lip et al., Chest 2010;137(2):263-272; codes after Olesen et al., BMJ
//                  2011;342:d124 and, for hypertension, the Swedish AF cohort (Friberg et al., Eur
//                  Heart J 2012;33(12):1500-1510), which know it by diagnosis
//   HAS-BLED       Pisters et al., Chest 2010;138(5):1093-1100; our own list of ICD-10-SE codes
//                  for its words
//   Charlson       Ludvigsson et al., Clin Epidemiol 2021;13:21-41 (corrigendum 2023;15:753-754),
//                  the ICD-10 column
//   procedures     KVÅ as the Swedish Intensive Care Registry lists it; drugs: ATC (whocc.no)
// Nobody has held the lists code by code against this year's editions.
#include <array>

#include "criteria/scores/score.h"

namespace medverka::criteria {
namespace {

using base::Period;
using base::TimeUnit;
using enum InputUse;

constexpr FactKind kObservation = FactKind::kObservation;
constexpr FactKind kCondition = FactKind::kCondition;
constexpr FactKind kMedication = FactKind::kMedication;

constexpr Period kWeightLife{6, TimeUnit::kMonth};
constexpr Period kHeightLife{10, TimeUnit::kYear};
constexpr Period kHeightLifeGrowing{3, TimeUnit::kMonth};
constexpr Period kLiverSampleLife{6, TimeUnit::kMonth};
constexpr Period kBleedingRiskLife{1, TimeUnit::kYear};
constexpr Period kNewsLife{12, TimeUnit::kHour};
constexpr Period kSofaLife{24, TimeUnit::kHour};

// A result that is read as a number.
constexpr ScoreInput Result(std::string_view set, std::string_view codes, std::string_view unit,
                            std::optional<Period> greatest_age = std::nullopt, bool dated = true,
                            Analyte analyte = Analyte::kNone) {
  return {set, kObservation, kNumber, codes, unit, analyte, dated, greatest_age, std::nullopt};
}
constexpr ScoreInput Creatinine(std::optional<Period> greatest_age = std::nullopt) {
  return Result("creatinine", "npu NPU04998 loinc 14682-9, 2160-0", "umol/L", greatest_age, true,
                Analyte::kCreatinine);
}
constexpr ScoreInput Diagnosis(std::string_view set, std::string_view codes) {
  return {set, kCondition, kEver, codes, "", Analyte::kNone, true, std::nullopt, std::nullopt};
}
constexpr ScoreInput Drug(std::string_view set, std::string_view codes,
                          std::optional<Period> life = std::nullopt) {
  return {set, kMedication, kOngoing, codes, "", Analyte::kNone, false, life, std::nullopt};
}

constexpr std::string_view kSystolic = "loinc 8480-6";
constexpr std::string_view kRespiratoryRate = "loinc 9279-1";
constexpr std::string_view kConsciousness = "loinc 80288-4, 67775-7";
constexpr std::string_view kGlasgow = "loinc 9269-2";
constexpr std::string_view kPlatelets = "npu NPU03568 loinc 777-3, 26515-7";
constexpr std::string_view kWeight = "loinc 29463-7";
constexpr std::string_view kHeight = "loinc 8302-2";

constexpr ScoreInput kEgfr[] = {
    Creatinine(),
    Result("eGFR", "npu SWE05406 loinc 98979-8, 62238-1, 33914-3", "mL/min/{1.73_m2}"),
};
constexpr ScoreInput kClearance[] = {
    Creatinine(),
    Result("weight", kWeight, "kg", kWeightLife, false),
};
constexpr ScoreInput kBody[] = {
    Result("weight", kWeight, "kg"),
    {"height", kObservation, kNumber, kHeight, "cm", Analyte::kNone, false, kHeightLife,
     kHeightLifeGrowing},
};
constexpr ScoreInput kFib4[] = {
    Result("ASAT", "npu NPU22279, NPU19654 loinc 1920-8, 30239-8", "U/L", kLiverSampleLife),
    Result("ALAT", "npu NPU19981, NPU19651 loinc 1742-6, 1743-4", "U/L", kLiverSampleLife),
    Result("platelets", kPlatelets, "10*9/L", kLiverSampleLife),
};
constexpr ScoreInput kCha2ds2Vasc[] = {
    Diagnosis("CHA2DS2-VASc: heart failure", "icd10se I11.0, I13.0, I13.2, I42.0, I50"),
    Diagnosis("CHA2DS2-VASc: hypertension", "icd10se I10-I15"),
    Diagnosis("CHA2DS2-VASc: diabetes", "icd10se E10-E14"),
    Diagnosis("CHA2DS2-VASc: stroke or embolism", "icd10se I63, I64, I69.3, I69.4, I74, G45"),
    Diagnosis("CHA2DS2-VASc: vascular disease",
              "icd10se I21, I22, I25.2, I70.0, I70.2-I70.9, I71, I73.9"),
};
constexpr ScoreInput kHasBled[] = {
    Result("systolic", kSystolic, "mm[Hg]", kBleedingRiskLife),
    Creatinine(kBleedingRiskLife),
    // dialysis, kidney transplant, stage 5
    Diagnosis("HAS-BLED: kidney disease", "icd10se N18.5, T86.1, Z49, Z94.0, Z99.2"),
    // chronic liver disease and its late signs
    Diagnosis("HAS-BLED: liver disease",
              "icd10se B18, I85, I86.4, I98.2, I98.3, K70.3, K70.4, K71.7, K72, K73, K74, K76.6, "
              "K76.7"),
    Diagnosis("HAS-BLED: stroke", "icd10se I63, I64, I69.3, I69.4"),
    // bleeding inside the head, from stomach, bowel, airways and kidneys; anaemia; clotting
    Diagnosis("HAS-BLED: bleeding",
              "icd10se I60-I62, I69.0-I69.2, I85.0, I98.3, K22.6, K25.0, K25.2, K25.4, K25.6, "
              "K26.0, K26.2, K26.4, K26.6, K27.0, K27.2, K27.4, K27.6, K28.0, K28.2, K28.4, K28.6, "
              "K29.0, K62.5, K66.1, K92.0-K92.2, N02, R04, R31, R58, D50-D64, D65-D69"),
    Drug("HAS-BLED: vitamin K antagonists", "atc B01AA"),
    Drug("HAS-BLED: platelet inhibitors and NSAID", "atc B01AC, M01A"),
    Diagnosis("HAS-BLED: alcohol",
              "icd10se E24.4, F10, G31.2, G62.1, G72.1, I42.6, K29.2, K70, K85.2, K86.0, Z50.2, "
              "Z71.4, Z72.1"),
};
constexpr ScoreInput kNews2[] = {
    Result("respiratory rate", kRespiratoryRate, "/min", kNewsLife),
    Result("SpO2", "loinc 59408-5, 2708-6", "%", kNewsLife),
    {"supplemental oxygen", kObservation, kOxygen, "loinc 3151-8, 3150-0, 19994-3", "",
     Analyte::kNone, true, kNewsLife, std::nullopt},
    Result("systolic", kSystolic, "mm[Hg]", kNewsLife),
    Result("heart rate", "loinc 8867-4", "/min", kNewsLife),
    {"consciousness", kObservation, kAlertness, kConsciousness, "", Analyte::kNone, true, kNewsLife,
     std::nullopt},
    Result("GCS", kGlasgow, "", kNewsLife),
    Result("temperature", "loinc 8310-5", "Cel", kNewsLife),
};
constexpr ScoreInput kQsofa[] = {
    Result("respiratory rate", kRespiratoryRate, "/min", kNewsLife),
    Result("systolic", kSystolic, "mm[Hg]", kNewsLife),
    Result("GCS", kGlasgow, "", kNewsLife),
    {"consciousness", kObservation, kAlertness, kConsciousness, "", Analyte::kNone, true, kNewsLife,
     std::nullopt},
};
constexpr ScoreInput kSofa[] = {
    Result("PaO2", "loinc 2703-7", "kPa", kSofaLife),
    Result("FiO2", "loinc 3150-0, 19994-3", "%", kSofaLife),
    {"mechanical ventilation", FactKind::kProcedure, kSupport, "kva DG021", "", Analyte::kNone,
     false, kSofaLife, std::nullopt},
    Result("platelets", kPlatelets, "10*9/L", kSofaLife),
    Result("bilirubin", "npu NPU01370 loinc 14631-6, 1975-2", "umol/L", kSofaLife, true,
           Analyte::kBilirubin),
    Result("mean arterial pressure", "loinc 8478-0", "mm[Hg]", kSofaLife),
    Result("systolic", kSystolic, "mm[Hg]", kSofaLife),
    Result("diastolic", "loinc 8462-4", "mm[Hg]", kSofaLife),
    Drug("SOFA: norepinephrine or epinephrine", "atc C01CA03, C01CA24", kSofaLife),
    Drug("SOFA: dopamine", "atc C01CA04", kSofaLife),
    Drug("SOFA: dobutamine", "atc C01CA07", kSofaLife),
    Result("GCS", kGlasgow, "", kSofaLife),
    Creatinine(kSofaLife),
    Result("urine output", "loinc 3167-4, 9192-6", "mL", kSofaLife),
};
constexpr ScoreInput kCharlson[] = {
    Diagnosis("Charlson: myocardial infarction", "icd10se I21, I22, I25.2"),
    Diagnosis("Charlson: heart failure",
              "icd10se I11.0, I13.0, I13.2, I25.5, I42.0, I42.6-I42.9, I43, I50"),
    Diagnosis("Charlson: peripheral vascular disease",
              "icd10se I70, I71, I73.1, I73.8, I73.9, I77.1, I79.0, I79.2, K55"),
    Diagnosis("Charlson: cerebrovascular disease", "icd10se G45, I60-I64, I67, I69"),
    Diagnosis("Charlson: COPD", "icd10se J43, J44"),
    Diagnosis("Charlson: other chronic lung disease", "icd10se J41, J42, J45-J47, J60-J70"),
    Diagnosis("Charlson: rheumatic disease",
              "icd10se M05, M06, M07.0-M07.3, M08, M12.3, M13, M30, M31.3-M31.6, M32-M34, M35.0, "
              "M35.1, M35.3, M45, M46"),
    Diagnosis("Charlson: dementia", "icd10se F00-F03, F05.1, G30, G31.1, G31.9"),
    Diagnosis("Charlson: hemiplegia", "icd10se G11.4, G80-G82, G83.0-G83.3, G83.8"),
    Diagnosis("Charlson: diabetes",
              "icd10se E10.0, E10.1, E10.6, E10.9, E11.0, E11.1, E11.9, E12.0, E12.1, E12.9, "
              "E13.0, E13.1, E13.9, E14.0, E14.1, E14.9"),
    Diagnosis("Charlson: diabetes with complications",
              "icd10se E10.2-E10.5, E10.7, E11.2-E11.7, E12.2-E12.7, E13.2-E13.7, E14.2-E14.7"),
    Diagnosis("Charlson: kidney disease",
              "icd10se I12.0, I13.1, N03.2-N03.7, N05.2-N05.7, N11, N18, N19, N25.0, Q61.1-Q61.4, "
              "Z49, Z94.0, Z99.2"),
    Diagnosis("Charlson: mild liver disease", "icd10se B15-B19, K70.3, K70.9, K73, K74.6, K75.4"),
    Diagnosis("Charlson: ascites", "icd10se R18"),
    Diagnosis("Charlson: severe liver disease", "icd10se I85.0, I85.9, I98.2, I98.3"),
    Diagnosis("Charlson: ulcer disease", "icd10se K25-K28"),
    Diagnosis("Charlson: cancer", "icd10se C00-C43, C45-C76, C81-C86, C88-C97"),
    Diagnosis("Charlson: metastatic cancer", "icd10se C77-C80"),
    Diagnosis("Charlson: HIV and AIDS", "icd10se B20-B24, F02.4, O98.7, R75, Z21"),
};

}  // namespace

std::span<const ScoreInput> InputsOf(ScoreQuery::Score score) {
  switch (score) {
    case ScoreQuery::Score::kEgfr:
      return kEgfr;
    case ScoreQuery::Score::kCreatinineClearance:
      return kClearance;
    case ScoreQuery::Score::kBmi:
    case ScoreQuery::Score::kBodySurface:
      return kBody;
    case ScoreQuery::Score::kFib4:
      return kFib4;
    case ScoreQuery::Score::kCha2ds2Vasc:
      return kCha2ds2Vasc;
    case ScoreQuery::Score::kHasBled:
      return kHasBled;
    case ScoreQuery::Score::kNews2:
      return kNews2;
    case ScoreQuery::Score::kQsofa:
      return kQsofa;
    case ScoreQuery::Score::kSofa:
      return kSofa;
    case ScoreQuery::Score::kCharlson:
      return kCharlson;
  }
  return {};
}

bool HasSample(ScoreQuery::Score score) {
  return score != ScoreQuery::Score::kCha2ds2Vasc && score != ScoreQuery::Score::kHasBled &&
         score != ScoreQuery::Score::kCharlson;
}

bool TakesAge(ScoreQuery::Score score) {
  switch (score) {
    case ScoreQuery::Score::kEgfr:
    case ScoreQuery::Score::kCreatinineClearance:
    case ScoreQuery::Score::kFib4:
    case ScoreQuery::Score::kCha2ds2Vasc:
    case ScoreQuery::Score::kHasBled:
      return true;
    default:
      return false;
  }
}

}  // namespace medverka::criteria
