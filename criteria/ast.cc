#include "criteria/ast.h"

namespace medverka::criteria {

std::string_view Name(FactKind kind) {
  switch (kind) {
    case FactKind::kCondition:
      return "condition";
    case FactKind::kProcedure:
      return "procedure";
    case FactKind::kMedication:
      return "medication";
    case FactKind::kAllergy:
      return "allergy";
    case FactKind::kImmunization:
      return "immunization";
    case FactKind::kObservation:
      return "observation";
    case FactKind::kVisit:
      return "visit";
    case FactKind::kParticipation:
      return "participation";
    case FactKind::kVariant:
      return "variant";
    case FactKind::kFamilyHistory:
      return "family history";
    case FactKind::kReport:
      return "report";
    case FactKind::kDevice:
      return "device";
    case FactKind::kConsent:
      return "consent";
    case FactKind::kAnswer:
      return "answer";
  }
  return "";
}

bool HasValue(FactKind kind) { return kind == FactKind::kObservation; }

bool Lasts(FactKind kind) {
  return kind == FactKind::kCondition || kind == FactKind::kMedication ||
         kind == FactKind::kAllergy || kind == FactKind::kDevice ||
         kind == FactKind::kParticipation;
}

Absence AbsenceOf(FactKind kind) {
  switch (kind) {
    case FactKind::kObservation:
    case FactKind::kVariant:
    case FactKind::kFamilyHistory:
    case FactKind::kReport:
      return Absence::kUnknown;
    default:
      return Absence::kNo;
  }
}

namespace {

struct VisitClass {
  std::string_view word;
  std::vector<std::string> codes;
};

const std::vector<VisitClass>& VisitClasses() {
  static const std::vector<VisitClass> classes = {
      {"emergency", {"EMER"}},     {"inpatient", {"IMP", "ACUTE", "NONAC"}},
      {"outpatient", {"AMB"}},     {"home", {"HH"}},
      {"virtual", {"VR"}},         {"day-care", {"SS"}},
      {"observation", {"OBSENC"}}, {"preadmission", {"PRENC"}},
      {"field", {"FLD"}},
  };
  return classes;
}

}  // namespace

std::vector<std::string> VisitClassCodes(std::string_view word) {
  for (const VisitClass& visit_class : VisitClasses()) {
    if (visit_class.word == word) return visit_class.codes;
  }
  return {};
}

const std::vector<std::string_view>& VisitClassWords() {
  static const std::vector<std::string_view> words = [] {
    std::vector<std::string_view> out;
    for (const VisitClass& visit_class : VisitClasses()) out.push_back(visit_class.word);
    return out;
  }();
  return words;
}

bool IsPrefixSystem(SystemId system) {
  return system == SystemId::kIcd10Se || system == SystemId::kIcd10 || system == SystemId::kIcdO3 ||
         system == SystemId::kAtc || system == SystemId::kKva;
}

const std::vector<std::string_view>& SystemWords() {
  static const std::vector<std::string_view> words = {
      "icd10se", "icd10",  "icdo3", "atc",   "kva",     "snomed",   "loinc", "npu",      "hgnc",
      "cvx",     "rxnorm", "cpt",   "hcpcs", "icd10cm", "icd10pcs", "orpha", "oncotree",
  };
  return words;
}

}  // namespace medverka::criteria
