// The analytes whose mole and mass are compared, and others that laboratories report.
//
//   analyte          factor                            grams per mole it stands for
//   creatinine       1 mg/dL = 88.42 umol/L            113.1
//   glucose          1 mmol/L = 18.016 mg/dL           180.16
//   haemoglobin      1 mmol/L = 16.114 g/L             16,114: one haem group
//   urea             1 mg/dL = 0.1665 mmol/L           60.06
//   urea nitrogen    1 mg/dL = 0.357 mmol/L urea       28.01: the two nitrogens, as BUN is told
//   bilirubin        1 mg/dL = 17.104 umol/L           584.7
//   cholesterols     1 mmol/L = 38.67 mg/dL            386.7
//   triglycerides    1 mmol/L = 88.57 mg/dL            885.7: triolein
//   calcium          1 mg/dL = 0.2495 mmol/L           40.08
//   urate            1 mg/dL = 59.48 umol/L            168.1
//   testosterone     1 ng/dL = 0.0347 nmol/L           288.4
//   vitamin D (25-OH D3) 1 ng/mL = 2.496 nmol/L        400.6
//   HbA1c            IFCC = 10.93 NGSP - 23.50         Hoelzel et al., Clin Chem 2004;50(1):166-174
//                    IFCC = 10.45 Mono-S - 10.62       Equalis, at the Swedish change of 2010
//
// Factors: the laboratory convention tables (AMA Manual of Style; Equalis); molar masses agree with
// them to the digits given. Albumin, PSA, CRP and the troponins are reported by mass alone: no
// factor, but their codes tell an author which units are in use.
//
// Codes: NPU and SWE as Swedish laboratories send them (Equalis, npu-terminology.org; Inera's lab
// answer examples), LOINC from loinc.org.
#include "criteria/analytes.h"

#include <algorithm>
#include <array>

namespace medverka::criteria {
namespace {

struct CodeRow {
  SystemId system;
  std::string_view code;
  Analyte analyte;
};

constexpr SystemId kNpu = SystemId::kNpu;
constexpr SystemId kLoinc = SystemId::kLoinc;

constexpr CodeRow kCodes[] = {
    {kNpu, "NPU04998", Analyte::kCreatinine},   // P-Creatinine, umol/L
    {kNpu, "NPU18016", Analyte::kCreatinine},   // P-Creatinine, enzymatic, umol/L
    {kLoinc, "14682-9", Analyte::kCreatinine},  // Ser/Plas, mol
    {kLoinc, "2160-0", Analyte::kCreatinine},   // Ser/Plas, mass
    {kLoinc, "38483-4", Analyte::kCreatinine},  // Blood, mass
    {kLoinc, "59826-8", Analyte::kCreatinine},  // Blood, mol
    {kLoinc, "77140-2", Analyte::kCreatinine},  // Ser/Plas/Blood, mol
    {kNpu, "NPU02192", Analyte::kGlucose},      // P-Glucose, mmol/L
    {kNpu, "NPU21531", Analyte::kGlucose},
    {kNpu, "NPU22089", Analyte::kGlucose},
    {kNpu, "NPU02187", Analyte::kGlucose},
    {kNpu, "NPU02195", Analyte::kGlucose},        // fasting
    {kLoinc, "14749-6", Analyte::kGlucose},       // Ser/Plas, mol
    {kLoinc, "2345-7", Analyte::kGlucose},        // Ser/Plas, mass
    {kLoinc, "15074-8", Analyte::kGlucose},       // Blood, mol
    {kLoinc, "2339-0", Analyte::kGlucose},        // Blood, mass
    {kLoinc, "14771-0", Analyte::kGlucose},       // fasting, Ser/Plas, mol
    {kLoinc, "1558-6", Analyte::kGlucose},        // fasting, Ser/Plas, mass
    {kNpu, "NPU28309", Analyte::kHaemoglobin},    // B-Haemoglobin, g/L
    {kNpu, "SWE05074", Analyte::kHaemoglobin},    // seen for the same
    {kNpu, "NPU02319", Analyte::kHaemoglobin},    // B-Haemoglobin, mmol/L
    {kLoinc, "718-7", Analyte::kHaemoglobin},     // Blood, mass
    {kLoinc, "20509-6", Analyte::kHaemoglobin},   // Blood, by calculation, mass
    {kLoinc, "59260-0", Analyte::kHaemoglobin},   // Blood, mol
    {kNpu, "NPU27300", Analyte::kHbA1c},          // IFCC, mmol/mol
    {kNpu, "NPU29296", Analyte::kHbA1c},          // NGSP, %
    {kNpu, "NPU03835", Analyte::kHbA1c},          // the older one, in %: Mono-S, see IsMonoS
    {kLoinc, "59261-8", Analyte::kHbA1c},         // IFCC, mmol/mol
    {kLoinc, "4548-4", Analyte::kHbA1c},          // %
    {kLoinc, "17856-6", Analyte::kHbA1c},         // %, by HPLC
    {kNpu, "NPU01459", Analyte::kUrea},           // P-Urea, mmol/L
    {kLoinc, "22664-7", Analyte::kUrea},          // Ser/Plas, mol
    {kLoinc, "3091-6", Analyte::kUrea},           // Ser/Plas, mass
    {kLoinc, "3094-0", Analyte::kUreaNitrogen},   // Ser/Plas, mass
    {kLoinc, "14937-7", Analyte::kUreaNitrogen},  // mol
    {kLoinc, "6299-2", Analyte::kUreaNitrogen},   // Blood, mass
    {kNpu, "NPU01370", Analyte::kBilirubin},      // P-Bilirubin, umol/L
    {kNpu, "NPU01366", Analyte::kBilirubin},
    {kLoinc, "14631-6", Analyte::kBilirubin},    // total, Ser/Plas, mol
    {kLoinc, "1975-2", Analyte::kBilirubin},     // total, Ser/Plas, mass
    {kLoinc, "14629-0", Analyte::kBilirubin},    // direct, Ser/Plas, mol
    {kLoinc, "1968-7", Analyte::kBilirubin},     // direct, Ser/Plas, mass
    {kNpu, "NPU01566", Analyte::kCholesterol},   // P-Cholesterol, mmol/L
    {kLoinc, "14647-2", Analyte::kCholesterol},  // total, mol
    {kLoinc, "2093-3", Analyte::kCholesterol},   // total, mass
    {kNpu, "NPU01567", Analyte::kCholesterol},   // HDL
    {kLoinc, "14646-4", Analyte::kCholesterol},  // HDL, mol
    {kLoinc, "2085-9", Analyte::kCholesterol},   // HDL, mass
    {kNpu, "SWE05408", Analyte::kCholesterol},   // LDL
    {kNpu, "NPU01568", Analyte::kCholesterol},   // LDL
    {kNpu, "NPU10171", Analyte::kCholesterol},   // LDL, fasting
    {kLoinc, "69419-0", Analyte::kCholesterol},  // LDL by direct assay, mol
    {kLoinc, "22748-8", Analyte::kCholesterol},  // LDL, mol
    {kLoinc, "39469-2", Analyte::kCholesterol},  // LDL by calculation, mol
    {kLoinc, "2089-1", Analyte::kCholesterol},   // LDL, mass
    {kLoinc, "13457-7", Analyte::kCholesterol},  // LDL by calculation, mass
    {kLoinc, "18262-6", Analyte::kCholesterol},  // LDL by direct assay, mass
    {kNpu, "NPU04094", Analyte::kTriglycerides},
    {kNpu, "NPU03620", Analyte::kTriglycerides},   // fasting
    {kLoinc, "14927-8", Analyte::kTriglycerides},  // mol
    {kLoinc, "2571-8", Analyte::kTriglycerides},   // mass
    {kNpu, "NPU01443", Analyte::kCalcium},         // P-Calcium, mmol/L
    {kLoinc, "2000-8", Analyte::kCalcium},         // Ser/Plas, mol
    {kLoinc, "17861-6", Analyte::kCalcium},        // Ser/Plas, mass
    {kNpu, "NPU03688", Analyte::kUrate},
    {kLoinc, "14933-6", Analyte::kUrate},  // mol
    {kLoinc, "3084-1", Analyte::kUrate},   // mass
    {kNpu, "NPU19673", Analyte::kAlbumin},
    {kLoinc, "1751-7", Analyte::kAlbumin},
    {kLoinc, "54347-0", Analyte::kAlbumin},
    {kLoinc, "61151-7", Analyte::kAlbumin},  // by bromocresol green
    {kLoinc, "61152-5", Analyte::kAlbumin},  // by bromocresol purple
    {kNpu, "NPU03543", Analyte::kTestosterone},
    {kLoinc, "14913-8", Analyte::kTestosterone},  // mol
    {kLoinc, "2986-8", Analyte::kTestosterone},   // mass
    {kNpu, "NPU08669", Analyte::kPsa},
    {kNpu, "NPU12534", Analyte::kPsa},
    {kLoinc, "83112-3", Analyte::kPsa},
    {kLoinc, "2857-1", Analyte::kPsa},
    {kNpu, "NPU19748", Analyte::kCrp},
    {kLoinc, "1988-5", Analyte::kCrp},
    {kLoinc, "30522-7", Analyte::kCrp},       // sensitive
    {kNpu, "NPU27591", Analyte::kTroponinI},  // sensitive, ng/L
    {kLoinc, "10839-9", Analyte::kTroponinI},
    {kLoinc, "89579-7", Analyte::kTroponinI},  // sensitive
    {kNpu, "NPU27501", Analyte::kTroponinT},   // sensitive, ng/L
    {kLoinc, "6598-7", Analyte::kTroponinT},
    {kLoinc, "67151-1", Analyte::kTroponinT},  // sensitive
    {kNpu, "NPU10267", Analyte::kVitaminD},
    {kNpu, "NPU01435", Analyte::kVitaminD},
    {kNpu, "NPU26810", Analyte::kVitaminD},
    {kLoinc, "62292-8", Analyte::kVitaminD},  // D2 and D3, mass
    {kLoinc, "1989-3", Analyte::kVitaminD},   // 25-OH D3, mass
    {kLoinc, "14635-7", Analyte::kVitaminD},  // 25-OH D3, mol
};

struct Row {
  Analyte analyte;
  std::string_view name;
  MolesPerGram moles_per_gram;  // 0/1: reported by mass alone, or by a rule of its own (HbA1c)
  std::array<std::string_view, 4> units;  // laboratories report, the usual Swedish one first
};
constexpr Row kRows[] = {
    {Analyte::kNone, "", {0, 1}, {}},
    {Analyte::kCreatinine, "creatinine", {8'842, 1'000'000}, {"umol/L", "mg/dL"}},
    {Analyte::kGlucose, "glucose", {100, 18'016}, {"mmol/L", "mg/dL"}},
    {Analyte::kHaemoglobin, "haemoglobin", {1, 16'114}, {"g/L", "g/dL", "mmol/L"}},
    {Analyte::kHbA1c, "HbA1c", {0, 1}, {"mmol/mol", "%"}},
    {Analyte::kHbA1cMonoS, "HbA1c", {0, 1}, {"mmol/mol", "%"}},
    {Analyte::kUrea, "urea", {1'665, 100'000}, {"mmol/L", "mg/dL"}},
    {Analyte::kUreaNitrogen, "urea nitrogen", {357, 10'000}, {"mg/dL", "mmol/L"}},
    {Analyte::kBilirubin, "bilirubin", {17'104, 10'000'000}, {"umol/L", "mg/dL"}},
    {Analyte::kCholesterol, "cholesterol", {10, 3'867}, {"mmol/L", "mg/dL"}},
    {Analyte::kTriglycerides, "triglycerides", {10, 8'857}, {"mmol/L", "mg/dL"}},
    {Analyte::kCalcium, "calcium", {2'495, 100'000}, {"mmol/L", "mg/dL"}},
    {Analyte::kUrate, "urate", {5'948, 1'000'000}, {"umol/L", "mg/dL", "mmol/L"}},
    {Analyte::kAlbumin, "albumin", {0, 1}, {"g/L", "g/dL"}},
    {Analyte::kTestosterone, "testosterone", {347, 100'000}, {"nmol/L", "ng/dL", "ng/mL"}},
    {Analyte::kPsa, "PSA", {0, 1}, {"ug/L", "ng/mL"}},
    {Analyte::kCrp, "CRP", {0, 1}, {"mg/L", "mg/dL"}},
    {Analyte::kTroponinI, "troponin I", {0, 1}, {"ng/L", "ug/L", "ng/mL"}},
    {Analyte::kTroponinT, "troponin T", {0, 1}, {"ng/L", "ug/L", "ng/mL"}},
    {Analyte::kVitaminD, "vitamin D", {2'496, 1'000'000}, {"nmol/L", "ng/mL", "ug/L"}},
};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (static_cast<std::size_t>(kRows[i].analyte) != i) return false;
  }
  return std::size(kRows) == static_cast<std::size_t>(Analyte::kVitaminD) + 1;
}
static_assert(InOrder());  // a row is found by its number

const Row& RowOf(Analyte analyte) { return kRows[static_cast<std::size_t>(analyte)]; }

}  // namespace

Analyte AnalyteOf(const Coding& coding) {
  const auto* const row = std::ranges::find_if(kCodes, [&](const CodeRow& candidate) {
    return candidate.system == coding.system && candidate.code == coding.code;
  });
  return row == std::end(kCodes) ? Analyte::kNone : row->analyte;
}

bool IsMonoS(const Coding& coding) {
  return coding.system == SystemId::kNpu && coding.code == "NPU03835";
}

std::string_view Name(Analyte analyte) { return RowOf(analyte).name; }

std::span<const std::string_view> ReportedUnits(Analyte analyte) {
  const auto& units = RowOf(analyte).units;
  const auto* const end = std::ranges::find(units, std::string_view());
  return {units.begin(), end};
}

MolesPerGram MolesPerGramOf(Analyte analyte) { return RowOf(analyte).moles_per_gram; }

}  // namespace medverka::criteria
