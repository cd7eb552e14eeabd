// What can happen to a patient, as tables: diseases with prevalence, medicines, laboratory
// analyses, reasons for visits, procedures. Sources: docs/generator.md. A row's number is what a
// planned record carries.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace medverka::generator {

using Row = std::uint16_t;
inline constexpr Row kNoRow = 0xFFFF;

// ---- places

struct Region {
  std::string_view code;        // SCB's county code
  std::string_view hsa_prefix;  // organisation part of the HSA-id
  std::string_view town;
  std::string_view name;   // of the county
  std::uint32_t permille;  // of the population
};
std::span<const Region> Regions();
std::size_t DrawRegion(std::uint32_t permille);

// ---- medicines

struct Drug {
  std::string_view atc;
  std::string_view name;
  std::string_view dose;  // as a prescriber writes it
};
enum DrugRow : Row {
  kMetoprolol,
  kBisoprolol,
  kEnalapril,
  kLosartan,
  kAmlodipine,
  kHydrochlorothiazide,
  kFurosemide,
  kSpironolactone,
  kMetformin,
  kEmpagliflozin,
  kInsulinGlargine,
  kSemaglutide,
  kAtorvastatin,
  kAspirin,
  kTicagrelor,
  kClopidogrel,
  kApixaban,
  kWarfarin,
  kDalteparin,
  kLevothyroxine,
  kSertraline,
  kMirtazapine,
  kZopiclone,
  kSalbutamol,
  kBudesonide,
  kTiotropium,
  kOmeprazole,
  kParacetamol,
  kIbuprofen,
  kOxycodone,
  kMorphine,
  kPenicillin,
  kFlucloxacillin,
  kPivmecillinam,
  kMethotrexate,
  kPrednisolone,
  kLamotrigine,
  kMethylphenidate,
  kDonepezil,
  kDesloratadine,
  kSumatriptan,
  kTamoxifen,
  kBicalutamide,
  kCapecitabine,
  kAllopurinol,
  kDrugRows
};
const Drug& DrugAt(Row row);

// ---- laboratory

// Values are integers in steps of the last digit: creatinine 75 is 75 umol/L, potassium 41 is 4.1
// mmol/L.
struct Analysis {
  std::string_view npu;
  std::string_view name;
  std::string_view unit;        // UCUM
  std::string_view local_unit;  // as many laboratories write it; "" if the same
  std::int32_t decimals;
  std::int32_t mean;
  std::int32_t deviation;
  std::int32_t least;  // the method's limit: below it is reported as "<least"
  std::int32_t low;    // reference range
  std::int32_t high;
  std::string_view loinc;  // second code, with its own unit; "" if there is none
  std::string_view loinc_unit;
  std::int32_t factor;  // value in loinc_unit = (value * factor + offset) / divisor, in steps of
                        // loinc_decimals
  std::int32_t offset;
  std::int32_t divisor;
  std::int32_t loinc_decimals;
};
enum LabRow : Row {
  kCreatinine,
  kHaemoglobin,
  kHba1c,
  kGlucose,
  kCholesterol,
  kLdl,
  kHdl,
  kTriglycerides,
  kCrp,
  kAlat,
  kBilirubin,
  kPotassium,
  kSodium,
  kLeukocytes,
  kPlatelets,
  kTsh,
  kNtProBnp,
  kTroponinT,
  kPsa,
  kInr,
  kFerritin,
  kAlbumin,
  kLabRows
};
const Analysis& LabAt(Row row);

// ---- diseases that stay

inline constexpr std::size_t kAgeBands = 5;  // 0-17, 18-39, 40-64, 65-79, 80 and older
constexpr std::size_t AgeBand(std::int32_t age) {
  return age < 18 ? 0 : age < 40 ? 1 : age < 65 ? 2 : age < 80 ? 3 : 4;
}

enum class SexOnly : std::uint8_t { kBoth, kWomen, kMen, kMostlyWomen };

struct Disease {
  std::string_view icd;
  std::string_view name;
  std::string_view snomed;  // "" if the source sends none
  std::array<std::uint16_t, kAgeBands> prevalence_permille;
  SexOnly sex;
  std::array<Row, 4> drugs;                  // kNoRow: none
  std::array<std::uint8_t, 4> drug_percent;  // of those who have the disease
  std::array<Row, 3> labs;                   // followed at visits
};
enum DiseaseRow : Row {
  kHypertension,
  kDiabetes2,
  kDiabetes1,
  kDepression,
  kAnxiety,
  kAsthma,
  kCopd,
  kAtrialFibrillation,
  kHeartFailure,
  kHypothyroid,
  kIschaemicHeart,
  kHyperlipidaemia,
  kKidney,
  kKneeArthrosis,
  kMigraine,
  kRheumatoid,
  kPsoriasis,
  kDementia,
  kProstateCancer,
  kBreastCancer,
  kEpilepsy,
  kAdhd,
  kHayFever,
  kGout,
  kCirrhosis,
  kDiseaseRows
};
const Disease& DiseaseAt(Row row);

// ---- diagnoses that pass, and those of the stories

struct Diagnosis {
  std::string_view icd;
  std::string_view name;
  std::uint16_t primary_weight;  // how often at a health centre, relative to the others
  std::uint16_t emergency_weight;
  std::uint16_t inpatient_weight;
  std::int32_t age_min;  // rare in younger people
  Row drug;              // often given for it
  Row lab;
};
enum DiagnosisRow : Row {
  kCold,
  kOtitis,
  kCystitis,
  kBackPain,
  kAbdominalPain,
  kChestPain,
  kPneumonia,
  kGastroenteritis,
  kSkinInfection,
  kEczema,
  kTonsillitis,
  kFatigue,
  kHealthCheck,
  kForearmFracture,
  kAnkleFracture,
  kHipFracture,
  kFingerFracture,
  kHeadInjury,
  kSyncope,
  kStroke,
  kPulmonaryEmbolism,
  kGastricUlcerBleeding,
  kGallstones,
  kAppendicitis,
  kDyspnoea,
  kAnaemia,
  kHandWound,
  kHeadache,
  kObservation,
  kInjury,
  kFever,
  kMetacarpalClosed,
  kMetacarpalOpen,
  kMetacarpalFirst,
  kInfarctionNonSt,
  kInfarctionAnterior,
  kInfarctionInferior,
  kCaecumCancer,
  kAscendingCancer,
  kSigmoidCancer,
  kRectalCancer,
  kLiverMetastasis,
  kDiagnosisRows
};
const Diagnosis& DiagnosisAt(Row row);

// ---- procedures (KVÅ)

struct Measure {
  std::string_view kva;
  std::string_view name;
};
enum ProcedureRow : Row {
  kRightHemicolectomy,
  kLeftHemicolectomy,
  kSigmoidResection,
  kAnteriorResection,
  kRectalAmputation,
  kColonoscopyBiopsy,
  kPci,
  kAngiography,
  kPlateMetacarpal,
  kPinMetacarpal,
  kPlateRadius,
  kHipNail,
  kKneeProsthesis,
  kAppendectomy,
  kCholecystectomy,
  kCataract,
  kCaesarean,
  kProcedureRows
};
const Measure& ProcedureAt(Row row);

// ---- vaccines, allergies, family history, genes

struct Coded {
  std::string_view code;
  std::string_view name;
};
std::span<const Coded> Vaccines();        // ATC
std::span<const Coded> Allergens();       // ATC or SNOMED CT by length
std::span<const Coded> FamilyDiseases();  // ICD-10-SE

struct Variant {
  std::string_view hgnc;
  std::string_view gene;
  std::string_view coding;   // HGVS c.
  std::string_view protein;  // HGVS p.
};
enum VariantRow : Row {
  kPik3caH1047R,
  kPik3caE545K,
  kPik3caE542K,
  kPik3r1,
  kPten,
  kKrasG12D,
  kBrafV600E,
  kVariantRows
};
const Variant& VariantAt(Row row);

}  // namespace medverka::generator
