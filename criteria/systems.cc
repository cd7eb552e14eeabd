// The alias table of code systems: every URI or OID under which a system is seen, as data.
//
// Sources: HL7 FHIR R4 "Code Systems" (hl7.org/fhir/R4/terminologies-systems.html) and HL7
// Terminology (terminology.hl7.org) for the international ones; RIV-TA (Inera's service contracts),
// Inera's two EHDS guides (2026), the Swedish base profiles (hl7.se) and Socialstyrelsen for the
// Swedish ones. ICD-10-SE and KVÅ have no agreed URI, so all that are in use are here. OncoTree has
// no registered URI; its site's address stands for it.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>

#include "criteria/vocabulary.h"
#include "ops/base/check.h"
#include "ops/base/crypto.h"

namespace medverka::criteria {
namespace {

struct SystemRow {
  SystemId id;
  std::string_view word;  // of the language; "" where an author never names the system
  std::string_view uri;   // canonical
};

constexpr auto kCount = static_cast<std::size_t>(SystemId::kFirstFree);

// In the order of SystemId.
constexpr std::array<SystemRow, kCount> kSystems = {{
    {SystemId::kNone, "", ""},
    {SystemId::kIcd10Se, "icd10se", "http://hl7.org/fhir/sid/icd-10-se"},
    {SystemId::kIcd10, "icd10", "http://hl7.org/fhir/sid/icd-10"},
    {SystemId::kIcdO3, "icdo3", "http://terminology.hl7.org/CodeSystem/icd-o-3"},
    {SystemId::kAtc, "atc", "http://www.whocc.no/atc"},
    {SystemId::kKva, "kva", "urn:oid:1.2.752.116.1.3.2.1.4"},
    {SystemId::kSnomed, "snomed", "http://snomed.info/sct"},
    {SystemId::kLoinc, "loinc", "http://loinc.org"},
    {SystemId::kNpu, "npu", "http://npu-terminology.org"},
    {SystemId::kHgnc, "hgnc", "http://www.genenames.org/geneId"},
    {SystemId::kCvx, "cvx", "http://hl7.org/fhir/sid/cvx"},
    {SystemId::kRxNorm, "rxnorm", "http://www.nlm.nih.gov/research/umls/rxnorm"},
    {SystemId::kCpt, "cpt", "http://www.ama-assn.org/go/cpt"},
    {SystemId::kHcpcs, "hcpcs", "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"},
    {SystemId::kIcd10Cm, "icd10cm", "http://hl7.org/fhir/sid/icd-10-cm"},
    {SystemId::kIcd10Pcs, "icd10pcs", "http://www.cms.gov/Medicare/Coding/ICD10"},
    {SystemId::kOrpha, "orpha", "https://www.orpha.net"},
    {SystemId::kOncoTree, "oncotree", "http://oncotree.mskcc.org"},
    {SystemId::kUcum, "", "http://unitsofmeasure.org"},
    {SystemId::kInterpretation, "",
     "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"},
    {SystemId::kActCode, "", "http://terminology.hl7.org/CodeSystem/v3-ActCode"},
    {SystemId::kNpl, "npl", "urn:oid:1.2.752.129.2.1.5.1"},
    {SystemId::kNplPack, "nplpack", "urn:oid:1.2.752.129.2.1.5.2"},
    {SystemId::kHgvs, "hgvs", "http://varnomen.hgvs.org"},
    {SystemId::kQuestionnaireItem, "", "urn:medverka:questionnaire-item"},
    {SystemId::kGeneSymbol, "", "urn:medverka:gene-symbol"},
    {SystemId::kIcd11, "icd11", "http://id.who.int/icd/release/11/mms"},
    {SystemId::kIcf, "icf", "urn:oid:1.2.752.116.1.1.3"},
    {SystemId::kClinVar, "clinvar", "http://www.ncbi.nlm.nih.gov/clinvar"},
    {SystemId::kDbSnp, "dbsnp", "http://www.ncbi.nlm.nih.gov/projects/SNP"},
    {SystemId::kNcit, "ncit", "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"},
    {SystemId::kHpo, "hpo", "http://human-phenotype-ontology.org"},
}};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kCount; ++i) {
    if (static_cast<std::size_t>(kSystems[i].id) != i) return false;
  }
  return true;
}
static_assert(InOrder());

struct AliasRow {
  std::string_view uri;  // an OID stands bare, and is met with "urn:oid:" before it too
  SystemId id;
};

constexpr AliasRow kAliases[] = {
    // HL7
    {"2.16.840.1.113883.6.96", SystemId::kSnomed},
    {"http://snomed.info/sct/", SystemId::kSnomed},
    {"https://snomed.info/sct", SystemId::kSnomed},
    {"2.16.840.1.113883.6.1", SystemId::kLoinc},
    {"http://loinc.org/", SystemId::kLoinc},
    {"https://loinc.org", SystemId::kLoinc},
    {"2.16.840.1.113883.6.73", SystemId::kAtc},
    {"https://www.whocc.no/atc", SystemId::kAtc},
    {"2.16.840.1.113883.6.3", SystemId::kIcd10},
    {"2.16.840.1.113883.6.90", SystemId::kIcd10Cm},
    {"2.16.840.1.113883.6.4", SystemId::kIcd10Pcs},
    {"http://hl7.org/fhir/sid/icd-10-pcs", SystemId::kIcd10Pcs},
    {"http://www.icd10data.com/icd10pcs", SystemId::kIcd10Pcs},
    {"2.16.840.1.113883.6.43.1", SystemId::kIcdO3},
    {"http://hl7.org/fhir/sid/icd-o-3", SystemId::kIcdO3},
    {"2.16.840.1.113883.6.88", SystemId::kRxNorm},
    {"2.16.840.1.113883.12.292", SystemId::kCvx},
    {"2.16.840.1.113883.6.12", SystemId::kCpt},
    {"2.16.840.1.113883.6.285", SystemId::kHcpcs},
    {"https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", SystemId::kHcpcs},
    {"2.16.840.1.113883.6.8", SystemId::kUcum},
    {"http://unitsofmeasure.org/", SystemId::kUcum},
    {"http://www.genenames.org", SystemId::kHgnc},
    {"https://www.genenames.org", SystemId::kHgnc},
    {"2.16.840.1.113883.6.281", SystemId::kHgnc},
    {"2.16.840.1.113883.6.282", SystemId::kHgvs},
    {"http://www.orpha.net", SystemId::kOrpha},
    {"http://oncotree.mskcc.org/oncotree", SystemId::kOncoTree},
    {"https://oncotree.mskcc.org", SystemId::kOncoTree},
    {"2.16.840.1.113883.5.83", SystemId::kInterpretation},
    {"http://hl7.org/fhir/v3/ObservationInterpretation", SystemId::kInterpretation},
    {"http://hl7.org/fhir/v2/0078", SystemId::kInterpretation},
    {"http://terminology.hl7.org/CodeSystem/v2-0078", SystemId::kInterpretation},
    {"2.16.840.1.113883.5.4", SystemId::kActCode},
    {"http://hl7.org/fhir/v3/ActCode", SystemId::kActCode},
    {"https://www.ncbi.nlm.nih.gov/clinvar", SystemId::kClinVar},
    // Sweden
    {"1.2.752.116.2.1.1", SystemId::kSnomed},
    {"1.2.752.116.2.1.1.1", SystemId::kSnomed},
    {"1.2.752.108.1", SystemId::kNpu},
    {"1.2.208.176.2.1", SystemId::kNpu},  // Danish, same codes
    {"https://www.icd10.se/", SystemId::kIcd10Se},
    {"https://www.icd10.se", SystemId::kIcd10Se},
    {"https://terminologitjansten.inera.se/fhir/CodeSystem/icd-10-se", SystemId::kIcd10Se},
    {"https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/icd-10-se",
     SystemId::kIcd10Se},
    {"1.2.752.116.1.1.1.1.3", SystemId::kIcd10Se},
    {"1.2.752.116.1.1.1.1.8", SystemId::kIcd10Se},
    {"1.2.752.116.1.1.1", SystemId::kIcd10Se},
    {"1.2.752.116.1.3.2.1.4", SystemId::kKva},
    {"1.2.752.116.1.1.1.1.1", SystemId::kKva},
    {"1.2.752.116.1.3.2.3.4", SystemId::kKva},
    {"1.2.752.116.1.3.2.3.6", SystemId::kKva},
    {"https://www.socialstyrelsen.se/statistik-och-data/klassifikationer-och-koder/kva/",
     SystemId::kKva},
    {"https://www.socialstyrelsen.se/statistik-och-data/klassifikationer-och-koder/kva",
     SystemId::kKva},
    {"http://electronichealth.se/id/kva", SystemId::kKva},
    {"http://electronichealth.se/fhir/NamingSystem/nplid", SystemId::kNpl},
    {"http://electronichealth.se/fhir/NamingSystem/nplpackid", SystemId::kNplPack},
};

constexpr std::string_view kOidPrefix = "urn:oid:";

std::string_view WithoutOidPrefix(std::string_view uri) {
  return uri.starts_with(kOidPrefix) ? uri.substr(kOidPrefix.size()) : uri;
}

struct UriHash {
  std::size_t operator()(std::string_view uri) const { return base::FastHash(uri); }
};

using UriIndex = std::unordered_map<std::string_view, SystemId, UriHash>;

const UriIndex& Index() {
  static const UriIndex index = [] {
    UriIndex uris;
    for (const SystemRow& row : kSystems) {
      if (!row.uri.empty()) uris.emplace(WithoutOidPrefix(row.uri), row.id);
    }
    for (const AliasRow& row : kAliases) {
      const auto [at, added] = uris.emplace(row.uri, row.id);
      MEDVERKA_CHECK(added || at->second == row.id);
    }
    return uris;
  }();
  return index;
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

enum class CodeRule { kAsSent, kUpper, kUpperNoDots, kHgnc };

CodeRule RuleOf(SystemId system) {
  switch (system) {
    case SystemId::kIcd10Se:
    case SystemId::kIcd10:
    case SystemId::kIcd10Cm:
    case SystemId::kIcd10Pcs:
    case SystemId::kIcdO3:
      return CodeRule::kUpperNoDots;
    case SystemId::kAtc:
    case SystemId::kKva:
    case SystemId::kCpt:
    case SystemId::kHcpcs:
    case SystemId::kGeneSymbol:
      return CodeRule::kUpper;
    case SystemId::kHgnc:
      return CodeRule::kHgnc;
    default:
      return CodeRule::kAsSent;
  }
}

// Upper case without blanks; `marks` takes away the dot, the asterisk and the dagger ("†", by some
// sources "+") too.
std::string Upper(std::string_view code, bool marks) {
  constexpr std::string_view kDagger = "\u2020";
  constexpr std::string_view kHardBlank = "\u00A0";
  std::string normal;
  normal.reserve(code.size());
  while (!code.empty()) {
    if (code.starts_with(kHardBlank) || (marks && code.starts_with(kDagger))) {
      code.remove_prefix(code.starts_with(kHardBlank) ? kHardBlank.size() : kDagger.size());
      continue;
    }
    const char c = code.front();
    code.remove_prefix(1);
    const bool mark = c == '.' || c == '*' || c == '+';
    if (c == ' ' || c == '\t' || (marks && mark)) continue;
    normal.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return normal;
}

}  // namespace

SystemId KnownSystem(std::string_view uri) {
  const std::string_view bare = WithoutOidPrefix(uri);
  const UriIndex& index = Index();
  const auto found = index.find(bare);
  if (found != index.end()) return found->second;
  // An edition or version of SNOMED CT is named behind the system:
  // ".../sct/45991000052106/version/20251130".
  return uri.starts_with("http://snomed.info/sct/") ? SystemId::kSnomed : SystemId::kNone;
}

SystemId SystemOfWord(std::string_view word) {
  if (word.empty()) return SystemId::kNone;
  const auto row = std::ranges::find(kSystems, word, &SystemRow::word);
  return row == kSystems.end() ? SystemId::kNone : row->id;
}

std::string_view WordOf(SystemId system) {
  return system < SystemId::kFirstFree ? kSystems[static_cast<std::size_t>(system)].word
                                       : std::string_view();
}

std::string_view UriOf(SystemId system) {
  MEDVERKA_CHECK(system < SystemId::kFirstFree);
  return kSystems[static_cast<std::size_t>(system)].uri;
}

std::string NormalCode(SystemId system, std::string_view code) {
  const std::string_view trimmed = Trimmed(code);
  switch (RuleOf(system)) {
    case CodeRule::kUpperNoDots:
      return Upper(trimmed, true);
    case CodeRule::kUpper:
      return Upper(trimmed, false);
    case CodeRule::kHgnc: {
      const bool number =
          !trimmed.empty() && trimmed.find_first_not_of("0123456789") == std::string_view::npos;
      return number ? "HGNC:" + std::string(trimmed) : std::string(trimmed);
    }
    case CodeRule::kAsSent:
      break;
  }
  return std::string(trimmed);
}

}  // namespace medverka::criteria
