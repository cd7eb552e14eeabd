#include "matcher/journal/variant_attributes.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "matcher/journal/attributes.h"
#include "matcher/journal/quantity_text.h"

namespace medverka::matcher::journal {

using criteria::Attribute;
using criteria::CodeId;
using criteria::Fact;
using criteria::Field;
using criteria::SystemId;

namespace {

enum class Part : std::uint8_t {
  kChange,
  kConsequence,
  kExon,
  kFraction,
  kCopies,
  kStructure,
  kZygosity,
};
struct PartRow {
  std::string_view code;
  Part part;
};
constexpr PartRow kParts[] = {
    {"48004-6", Part::kChange},       // coding HGVS
    {"48005-3", Part::kChange},       // protein HGVS
    {"48006-1", Part::kConsequence},  // amino acid change type
    {"molecular-consequence", Part::kConsequence},
    {"47999-8", Part::kExon},       // DNA region name
    {"81258-6", Part::kFraction},   // sample variant allelic frequency
    {"82155-3", Part::kCopies},     // copy number
    {"48019-4", Part::kStructure},  // DNA change type
    {"62378-5", Part::kStructure},  // chromosome copy number change type
    {"53034-5", Part::kZygosity},   // allelic state
};

struct WordRow {
  std::string_view code;
  std::string_view word;
};
constexpr WordRow kConsequences[] = {
    {"SO:0001583", "missense"},   {"LA6698-0", "missense"},     {"SO:0001587", "nonsense"},
    {"LA6699-8", "nonsense"},     {"SO:0001589", "frameshift"}, {"LA6694-9", "frameshift"},
    {"SO:0001821", "inframe"},    {"SO:0001822", "inframe"},    {"SO:0001650", "inframe"},
    {"SO:0001574", "splice"},     {"SO:0001575", "splice"},     {"SO:0001629", "splice"},
    {"SO:0001819", "synonymous"}, {"LA6700-4", "synonymous"},
};
constexpr WordRow kStructures[] = {
    {"SO:0001565", "fusion"},        {"SO:0001882", "fusion"}, {"SO:0001880", "amplification"},
    {"SO:0001889", "amplification"}, {"SO:0001742", "gain"},   {"LA14033-7", "gain"},
    {"SO:0001743", "loss"},          {"LA14034-5", "loss"},    {"SO:0000159", "deletion"},
    {"LA6692-3", "deletion"},
};
// Where only words are sent; the first that is met.
constexpr WordRow kConsequenceWords[] = {
    {"missense", "missense"},     {"frameshift", "frameshift"}, {"frame shift", "frameshift"},
    {"nonsense", "nonsense"},     {"stop_gained", "nonsense"},  {"stop gained", "nonsense"},
    {"inframe", "inframe"},       {"in-frame", "inframe"},      {"splice", "splice"},
    {"synonymous", "synonymous"}, {"silent", "synonymous"},
};
constexpr WordRow kStructureWords[] = {
    {"fusion", "fusion"},         {"amplification", "amplification"}, {"copy_number_gain", "gain"},
    {"copy number gain", "gain"}, {"copy_number_loss", "loss"},       {"copy number loss", "loss"},
    {"deletion", "deletion"},
};
constexpr std::string_view kHomozygous = "LA6705-3";
constexpr std::string_view kHomozygousDeletion = "homozygous deletion";

struct AminoAcid {
  std::string_view three;
  char one;
};
// IUPAC-IUB; Ter and Xaa as HGVS has them.
constexpr AminoAcid kAminoAcids[] = {
    {"Ala", 'A'}, {"Arg", 'R'}, {"Asn", 'N'}, {"Asp", 'D'}, {"Cys", 'C'}, {"Gln", 'Q'},
    {"Glu", 'E'}, {"Gly", 'G'}, {"His", 'H'}, {"Ile", 'I'}, {"Leu", 'L'}, {"Lys", 'K'},
    {"Met", 'M'}, {"Phe", 'F'}, {"Pro", 'P'}, {"Sec", 'U'}, {"Ser", 'S'}, {"Ter", '*'},
    {"Thr", 'T'}, {"Trp", 'W'}, {"Tyr", 'Y'}, {"Val", 'V'}, {"Xaa", 'X'}};

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::optional<Part> PartOf(Reading& r, const std::vector<CodeId>& what) {
  for (const CodeId code : what) {
    for (const PartRow& row : kParts) {
      if (row.code == r.vocabulary().coding(code).code) return row.part;
    }
  }
  return std::nullopt;
}

// Codes and words of valueCodeableConcept, or the words of valueString.
struct Said {
  std::vector<CodeId> codes;
  std::string_view text;
};
Said WhatIsSaid(Reading& r, const Node& component) {
  Said said;
  if (const Node* const value = r.Object(&component, "Observation.component.valueCodeableConcept"))
    r.Concept(*value, said.codes, &said.text);
  if (said.text.empty()) said.text = r.String(&component, "Observation.component.valueString");
  return said;
}

template <std::size_t N, std::size_t M>
std::string_view WordOf(Reading& r, const Said& said, const WordRow (&codes)[N],
                        const WordRow (&words)[M]) {
  for (const CodeId code : said.codes) {
    for (const WordRow& row : codes) {
      if (row.code == r.vocabulary().coding(code).code) return row.word;
    }
  }
  const std::string lower = Lower(said.text);
  for (const WordRow& row : words) {
    if (lower.find(row.code) != std::string::npos) return row.word;
  }
  return {};
}

constexpr Path kComponent = "Observation.component";

void AddWord(Reading& r, Field field, Said said, std::string_view word, Fact& fact) {
  if (said.codes.empty() && said.text.empty()) return;
  Attribute* const attribute = AddAttribute(r, field, kComponent, fact);
  if (attribute == nullptr) return;
  attribute->codes = std::move(said.codes);
  attribute->text = word.empty() ? BoundedText(said.text) : std::string(word);
}

// The code is the HGVS expression itself; some laboratories send it as the display or as a string.
void AddChange(Reading& r, const Said& said, Fact& fact) {
  for (const CodeId code : said.codes) {
    const std::string plain = PlainChange(r.vocabulary().coding(code).code);
    if (plain.empty()) continue;
    AddText(r, Field::kChange, plain, kComponent, fact);
    return;
  }
  AddText(r, Field::kChange, PlainChange(said.text), kComponent, fact);
}

// "Exon 19", "exon 18-21": each of them.
void AddExons(Reading& r, const Said& said, Fact& fact) {
  constexpr int kExonsMax = 400;  // of one gene; titin has some 360
  const std::string lower = Lower(said.text);
  const std::size_t word = lower.find("exon");
  if (word == std::string::npos) return;
  std::string_view rest = std::string_view(lower).substr(word + 4);
  rest = Trim(rest.substr(rest.starts_with("s") ? 1 : 0));
  int from = 0;
  auto read = std::from_chars(rest.data(), rest.data() + rest.size(), from);
  if (read.ec != std::errc() || from < 1 || from > kExonsMax) return;
  int to = from;
  rest.remove_prefix(static_cast<std::size_t>(read.ptr - rest.data()));
  if (rest.starts_with("-")) {
    read = std::from_chars(rest.data() + 1, rest.data() + rest.size(), to);
    if (read.ec != std::errc() || to < from || to > kExonsMax) to = from;
  }
  for (int exon = from; exon <= to; ++exon) {
    const base::Decimal number(exon);
    AddNumber(r, Field::kExon, {number, number}, criteria::kNoUnit, kComponent, fact);
  }
}

// A share of 1; sent in percent it is divided by a hundred.
void AddQuantity(Reading& r, const Node& component, Field field, Fact& fact) {
  const Node* const value = r.Object(&component, "Observation.component.valueQuantity");
  if (value == nullptr) return;
  const Quantity quantity = r.AsQuantity(*value, "Observation.component.valueQuantity");
  if (!quantity.value) return;
  base::Decimal number = *quantity.value;
  if (field == Field::kAlleleFraction &&
      r.vocabulary().units().as_sent(quantity.unit) == std::string_view("%")) {
    if (number.scale() + 2 > base::Decimal::kScaleMax) return;
    number = base::Decimal(number.coefficient(), number.scale() + 2);
  }
  AddNumber(r, field, BoundsOf(number, quantity.comparator), criteria::kNoUnit, kComponent, fact);
}

bool Has(const Fact& fact, Field field, std::string_view text = {}) {
  return std::any_of(fact.attributes.begin(), fact.attributes.end(), [&](const Attribute& each) {
    return each.field == field && (text.empty() || each.text == text);
  });
}

// "Val" -> 'V'; 0: none.
char OneLetter(std::string_view text) {
  for (const AminoAcid& each : kAminoAcids) {
    if (text.substr(0, 3) == each.three) return each.one;
  }
  return 0;
}

}  // namespace

std::string PlainChange(std::string_view hgvs) {
  hgvs = Trim(hgvs);
  const std::size_t colon = hgvs.rfind(':');
  if (colon != std::string_view::npos) hgvs.remove_prefix(colon + 1);
  const bool protein = hgvs.starts_with("p.");
  if (!protein && !hgvs.starts_with("c.")) return {};
  std::string out(hgvs.substr(0, 2));
  std::string_view rest = hgvs.substr(2, hgvs.find(' ') - 2);
  if (!protein) return out.append(rest);
  while (!rest.empty()) {
    const char one = OneLetter(rest);
    if (one != 0) {
      out.push_back(one);
      rest.remove_prefix(3);
      continue;
    }
    if (rest.front() != '(' && rest.front() != ')') out.push_back(rest.front());
    rest.remove_prefix(1);
  }
  return out;
}

void ReadVariantAttribute(Reading& r, const Node& component, const std::vector<CodeId>& what,
                          Fact& fact) {
  const auto part = PartOf(r, what);
  if (!part) return;
  Said said = WhatIsSaid(r, component);
  switch (*part) {
    case Part::kChange:
      AddChange(r, said, fact);
      break;
    case Part::kConsequence: {
      // A fusion is reported as a consequence, too.
      const std::string_view structure = WordOf(r, said, kStructures, kStructureWords);
      if (structure == "fusion") {
        AddWord(r, Field::kStructure, std::move(said), structure, fact);
        break;
      }
      const std::string_view word = WordOf(r, said, kConsequences, kConsequenceWords);
      AddWord(r, Field::kConsequence, std::move(said), word, fact);
      break;
    }
    case Part::kExon:
      AddExons(r, said, fact);
      break;
    case Part::kFraction:
      AddQuantity(r, component, Field::kAlleleFraction, fact);
      break;
    case Part::kCopies:
      AddQuantity(r, component, Field::kCopyNumber, fact);
      break;
    case Part::kStructure: {
      const std::string_view word = WordOf(r, said, kStructures, kStructureWords);
      if (!word.empty()) AddWord(r, Field::kStructure, std::move(said), word, fact);
      break;
    }
    case Part::kZygosity: {
      const bool homozygous = std::any_of(
          said.codes.begin(), said.codes.end(),
          [&](const CodeId code) { return r.vocabulary().coding(code).code == kHomozygous; });
      if (homozygous) AddText(r, Field::kStructure, kHomozygousDeletion, kComponent, fact);
      break;
    }
  }
}

void FinishVariant(Reading& r, Fact& fact) {
  // A change of single letters that is called a deletion is no deletion of the gene.
  const bool small = Has(fact, Field::kChange);
  const bool deletion = Has(fact, Field::kStructure, "deletion") && !small;
  std::erase_if(fact.attributes, [&](const Attribute& each) {
    if (each.field != Field::kStructure || deletion) return false;
    return each.text == "deletion" || each.text == kHomozygousDeletion;
  });
  if (!Has(fact, Field::kStructure, "fusion")) return;
  // Each gene of a fusion is the partner of the other.
  for (const CodeId gene : fact.genes) {
    const criteria::Coding& coding = r.vocabulary().coding(gene);
    if (coding.system != SystemId::kGeneSymbol) continue;
    AddText(r, Field::kPartner, coding.code, kComponent, fact);
  }
}

}  // namespace medverka::matcher::journal
