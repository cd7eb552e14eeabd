// Codes and molar factors of the analytes that laboratories report both by amount and by mass.
//
//   analyte      factor                            source
//   creatinine   1 mg/dL = 88.42 umol/L            113.1 g/mol
//   glucose      1 mmol/L = 18.016 mg/dL           180.16 g/mol
//   haemoglobin  1 mmol/L = 16.114 g/L             16,114 g/mol, one haem group
//   HbA1c        IFCC = 10.93 NGSP - 23.50         Hoelzel et al., Clin Chem 2004;50(1):166-174
//   (units.cc)
//
// Codes: NPU and SWE from Inera's lab answer examples, LOINC from loinc.org.
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

constexpr CodeRow kCodes[] = {
    {SystemId::kNpu, "NPU04998", Analyte::kCreatinine},    // P-Creatinine, umol/L
    {SystemId::kLoinc, "14682-9", Analyte::kCreatinine},   // Ser/Plas, mol
    {SystemId::kLoinc, "2160-0", Analyte::kCreatinine},    // Ser/Plas, mass
    {SystemId::kLoinc, "38483-4", Analyte::kCreatinine},   // Blood, mass
    {SystemId::kLoinc, "59826-8", Analyte::kCreatinine},   // Blood, mol
    {SystemId::kLoinc, "77140-2", Analyte::kCreatinine},   // Ser/Plas/Blood, mol
    {SystemId::kNpu, "NPU02192", Analyte::kGlucose},       // P-Glucose, mmol/L
    {SystemId::kLoinc, "14749-6", Analyte::kGlucose},      // Ser/Plas, mol
    {SystemId::kLoinc, "2345-7", Analyte::kGlucose},       // Ser/Plas, mass
    {SystemId::kLoinc, "15074-8", Analyte::kGlucose},      // Blood, mol
    {SystemId::kLoinc, "2339-0", Analyte::kGlucose},       // Blood, mass
    {SystemId::kLoinc, "14771-0", Analyte::kGlucose},      // fasting, Ser/Plas, mol
    {SystemId::kLoinc, "1558-6", Analyte::kGlucose},       // fasting, Ser/Plas, mass
    {SystemId::kNpu, "NPU28309", Analyte::kHaemoglobin},   // B-Haemoglobin, g/L
    {SystemId::kNpu, "SWE05074", Analyte::kHaemoglobin},   // seen for the same
    {SystemId::kLoinc, "718-7", Analyte::kHaemoglobin},    // Blood, mass
    {SystemId::kLoinc, "20509-6", Analyte::kHaemoglobin},  // Blood, by calculation, mass
    {SystemId::kLoinc, "59260-0", Analyte::kHaemoglobin},  // Blood, mol
    {SystemId::kNpu, "NPU27300", Analyte::kHbA1c},         // IFCC, mmol/mol
    {SystemId::kLoinc, "59261-8", Analyte::kHbA1c},        // IFCC, mmol/mol
    {SystemId::kLoinc, "4548-4", Analyte::kHbA1c},         // %
    {SystemId::kLoinc, "17856-6", Analyte::kHbA1c},        // %, by HPLC
};

constexpr std::array<std::string_view, 2> kCreatinineUnits = {"umol/L", "mg/dL"};
constexpr std::array<std::string_view, 2> kGlucoseUnits = {"mmol/L", "mg/dL"};
constexpr std::array<std::string_view, 3> kHaemoglobinUnits = {"g/L", "g/dL", "mmol/L"};
constexpr std::array<std::string_view, 2> kHbA1cUnits = {"mmol/mol", "%"};

}  // namespace

Analyte AnalyteOf(const Coding& coding) {
  const auto* const row = std::ranges::find_if(kCodes, [&](const CodeRow& candidate) {
    return candidate.system == coding.system && candidate.code == coding.code;
  });
  return row == std::end(kCodes) ? Analyte::kNone : row->analyte;
}

std::string_view Name(Analyte analyte) {
  constexpr std::string_view kNames[] = {"", "creatinine", "glucose", "haemoglobin", "HbA1c"};
  return kNames[static_cast<int>(analyte)];
}

std::span<const std::string_view> ReportedUnits(Analyte analyte) {
  switch (analyte) {
    case Analyte::kCreatinine:
      return kCreatinineUnits;
    case Analyte::kGlucose:
      return kGlucoseUnits;
    case Analyte::kHaemoglobin:
      return kHaemoglobinUnits;
    case Analyte::kHbA1c:
      return kHbA1cUnits;
    case Analyte::kNone:
      break;
  }
  return {};
}

MolesPerGram MolesPerGramOf(Analyte analyte) {
  switch (analyte) {
    case Analyte::kCreatinine:
      return {8'842, 1'000'000};
    case Analyte::kGlucose:
      return {100, 18'016};
    case Analyte::kHaemoglobin:
      return {1, 16'114};
    case Analyte::kHbA1c:
    case Analyte::kNone:
      break;
  }
  return {};
}

}  // namespace medverka::criteria
