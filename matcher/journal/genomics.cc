#include "matcher/journal/genomics.h"

#include <algorithm>

#include "matcher/journal/variant_attributes.h"

namespace medverka::matcher::journal {

using criteria::CodeId;
using criteria::Fact;
using criteria::FactKind;
using criteria::Holding;
using criteria::Origin;
using criteria::Significance;
using criteria::SystemId;
using criteria::Value;

namespace {

constexpr std::size_t kSymbolBytesMax = 16;
// Panels look at a few hundred genes, each named by code and symbol; a whole exome is not listed
// gene by gene.
constexpr std::size_t kGenesMax = 5'000;

void AddUnique(std::vector<CodeId>& codes, CodeId code) {
  if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
}

// "PIK3CA", or both of a fusion, "EML4::ALK"; a description is no symbol.
void AddSymbol(Reading& r, std::string_view text, std::vector<CodeId>& genes) {
  const std::size_t joint = text.find("::");
  if (joint != std::string_view::npos) {
    AddSymbol(r, text.substr(0, joint), genes);
    text.remove_prefix(joint + 2);
    if (text.find("::") != std::string_view::npos) return;  // no fusion has three
  }
  text = Trim(text);
  if (text.empty() || text.size() > kSymbolBytesMax) return;
  std::string symbol;
  for (const char c : text) {
    const bool lower = c >= 'a' && c <= 'z';
    const bool other = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '@';
    if (!lower && !other) return;
    symbol.push_back(lower ? static_cast<char>(c - 'a' + 'A') : c);
  }
  AddUnique(genes, r.codes().Of(SystemId::kGeneSymbol, symbol));
}

// "3236" and "HGNC:3236" are one gene.
CodeId HgncCode(Reading& r, std::string_view code) {
  if (code.find_first_not_of("0123456789") != std::string_view::npos) {
    return r.codes().Of(SystemId::kHgnc, code);
  }
  return r.codes().Of(SystemId::kHgnc, "HGNC:" + std::string(code));
}

void SetOrigin(const KnownCodes& known, const std::vector<CodeId>& codes, Fact& fact) {
  if (Contains(codes, known.germline)) fact.origin = Origin::kGermline;
  if (Contains(codes, known.somatic)) fact.origin = Origin::kSomatic;
}

void SetSignificance(const KnownCodes& known, const std::vector<CodeId>& codes, Fact& fact) {
  if (Contains(codes, known.benign) || Contains(codes, known.likely_benign)) {
    fact.significance = Significance::kBenign;
  } else if (Contains(codes, known.uncertain)) {
    fact.significance = Significance::kUncertain;
  } else if (Contains(codes, known.likely_pathogenic)) {
    fact.significance = Significance::kLikelyPathogenic;
  } else if (Contains(codes, known.pathogenic)) {
    fact.significance = Significance::kPathogenic;
  }
}

// One component: gene, source class, significance; names of the variant (HGVS) are kept among the
// codes.
void ReadComponent(Reading& r, const Node& component, Fact& fact) {
  std::vector<CodeId> what;
  r.ConceptOf(&component, "Observation.component.code", what);
  ReadVariantAttribute(r, component, what, fact);
  const Node* const value = r.Object(&component, "Observation.component.valueCodeableConcept");
  if (value == nullptr) return;
  if (Contains(what, r.known().gene_studied)) {
    AddGenes(r, *value, fact.genes);
    return;
  }
  std::vector<CodeId> codes;
  r.Concept(*value, codes);
  if (Contains(what, r.known().source_class)) SetOrigin(r.known(), codes, fact);
  if (Contains(what, r.known().significance)) SetSignificance(r.known(), codes, fact);
  for (const CodeId code : codes) {
    if (r.vocabulary().coding(code).system == SystemId::kHgvs) AddUnique(fact.codes, code);
  }
}

// Present holds, absent is a finding too; "no call", "indeterminate" and silence settle nothing.
Holding FindingOf(const KnownCodes& known, const Fact& fact) {
  if (fact.holding == Holding::kUnverified || fact.value_absent) return Holding::kUnverified;
  if (fact.value.type == Value::Type::kBoolean) {
    return fact.value.boolean ? Holding::kHolds : Holding::kNegative;
  }
  if (ContainsAny(fact.value.codes, known.not_found)) return Holding::kNegative;
  if (ContainsAny(fact.value.codes, known.found)) return Holding::kHolds;
  return Holding::kUnverified;
}

}  // namespace

namespace {

// An overall interpretation that names the genes it is about says that they were looked at.
bool NamesGenes(Reading& r) {
  const Node* const components = r.Array(r.resource(), "Observation.component");
  if (components == nullptr) return false;
  std::vector<CodeId> what;
  for (const Node& component : *components) {
    what.clear();
    r.ConceptOf(&component, "Observation.component.code", what);
    if (Contains(what, r.known().gene_studied)) return true;
  }
  return false;
}

}  // namespace

bool IsGenomic(Reading& r, const Fact& fact) {
  const KnownCodes& known = r.known();
  if (Contains(fact.codes, known.overall_interpretation)) return NamesGenes(r);
  return Contains(fact.codes, known.variant) || Contains(fact.codes, known.region_studied) ||
         Contains(fact.codes, known.gene_studied);
}

void AddGenes(Reading& r, const Node& concept_node, std::vector<CodeId>& genes) {
  if (const Node* const codings = r.Array(&concept_node, "CodeableConcept.coding")) {
    for (const Node& coding : *codings) {
      const std::string_view code = Trim(r.String(&coding, "Coding.code"));
      const std::string_view system = r.String(&coding, "Coding.system");
      if (!code.empty() && criteria::KnownSystem(system) == SystemId::kHgnc) {
        AddUnique(genes, HgncCode(r, code));
      }
      AddSymbol(r, r.String(&coding, "Coding.display"), genes);
    }
  }
  AddSymbol(r, r.String(&concept_node, "CodeableConcept.text"), genes);
}

void ReadGenomic(Reading& r, Fact& fact) {
  fact.kind = FactKind::kVariant;
  fact.covers = !Contains(fact.codes, r.known().variant);
  if (Contains(fact.codes, r.known().gene_studied)) {
    const Node* const value = r.Object(r.resource(), "Observation.valueCodeableConcept");
    if (value != nullptr) AddGenes(r, *value, fact.genes);
  }
  if (const Node* const components = r.Array(r.resource(), "Observation.component")) {
    for (const Node& component : *components) {
      ReadComponent(r, component, fact);
      if (fact.genes.size() + fact.codes.size() > kGenesMax) {
        r.Fail("Observation.component");
        return;
      }
    }
  }
  FinishVariant(r, fact);
  if (!fact.covers) fact.holding = FindingOf(r.known(), fact);
}

}  // namespace medverka::matcher::journal
