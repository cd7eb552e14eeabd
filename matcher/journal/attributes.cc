#include "matcher/journal/attributes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace medverka::matcher::journal {

using criteria::Attribute;
using criteria::Fact;
using criteria::Field;

namespace {

enum class Laterality : std::uint8_t { kLeft, kRight, kBilateral };
constexpr std::array<std::string_view, 3> kLateralityWords = {"left", "right", "bilateral"};

struct LateralityRow {
  std::string_view code;
  Laterality side;
};
// SNOMED CT qualifiers; Swedish extra codes of KVÅ (ZXA00 right, ZXA05 left, ZXA10 both).
constexpr LateralityRow kLateralities[] = {{"7771000", Laterality::kLeft},
                                           {"24028007", Laterality::kRight},
                                           {"51440002", Laterality::kBilateral},
                                           {"ZXA05", Laterality::kLeft},
                                           {"ZXA00", Laterality::kRight},
                                           {"ZXA10", Laterality::kBilateral},
                                           {"left", Laterality::kLeft},
                                           {"vänster", Laterality::kLeft},
                                           {"vä", Laterality::kLeft},
                                           {"right", Laterality::kRight},
                                           {"höger", Laterality::kRight},
                                           {"hö", Laterality::kRight},
                                           {"bilateral", Laterality::kBilateral},
                                           {"bilateralt", Laterality::kBilateral},
                                           {"dubbelsidig", Laterality::kBilateral}};

std::optional<Laterality> LateralityOf(std::string_view code) {
  for (const LateralityRow& row : kLateralities) {
    if (row.code == code) return row.side;
  }
  return std::nullopt;
}

// ASCII letters only: "Vänster" and "vänster" differ in their first byte, "VÄ" is not met.
std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// "Left breast", "vä hand": a word of the text that names a side.
std::optional<Laterality> LateralityInWords(std::string_view text) {
  const std::string lower = Lower(text);
  std::string_view rest = lower;
  while (!rest.empty()) {
    const std::size_t blank = rest.find_first_of(" ,.;()/");
    if (const auto side = LateralityOf(rest.substr(0, blank))) return side;
    if (blank == std::string_view::npos) break;
    rest.remove_prefix(blank + 1);
  }
  return std::nullopt;
}

void AddSide(Reading& r, Laterality side, criteria::CodeId code, Path path, Fact& fact) {
  Attribute* const attribute = AddAttribute(r, Field::kSide, path, fact);
  if (attribute == nullptr) return;
  attribute->text = kLateralityWords[static_cast<std::size_t>(side)];
  if (code != 0) attribute->codes.push_back(code);
}

// By a coding of the concept, else by its words. True: said.
bool AddSideOf(Reading& r, const Node& concept_node, Path path, Fact& fact) {
  std::vector<criteria::CodeId> codes;
  std::string_view text;
  r.Concept(concept_node, codes, &text);
  for (const criteria::CodeId code : codes) {
    if (const auto side = LateralityOf(r.vocabulary().coding(code).code)) {
      AddSide(r, *side, code, path, fact);
      return true;
    }
  }
  const auto side = LateralityInWords(text);
  if (side) AddSide(r, *side, 0, path, fact);
  return side.has_value();
}

// mCODE's laterality qualifier and its kin, by the last part of their name.
bool AddSideOfExtensions(Reading& r, const Node& site, Path path, Fact& fact) {
  const Node* const extensions = r.Array(&site, "Element.extension");
  if (extensions == nullptr) return false;
  for (const Node& extension : *extensions) {
    const std::string url = Lower(r.String(&extension, "Extension.url"));
    if (url.find("laterality") == std::string::npos) continue;
    const Node* const value = r.Object(&extension, "Extension.valueCodeableConcept");
    if (value != nullptr && AddSideOf(r, *value, path, fact)) return true;
  }
  return false;
}

}  // namespace

Attribute* AddAttribute(Reading& r, Field field, Path path, Fact& fact) {
  if (fact.attributes.size() == kAttributesMax) {
    r.Fail(path);
    return nullptr;
  }
  Attribute& attribute = fact.attributes.emplace_back();
  attribute.field = field;
  return &attribute;
}

void AddConcept(Reading& r, const Node& concept_node, Field field, Path path, Fact& fact) {
  std::vector<criteria::CodeId> codes;
  std::string_view text;
  r.Concept(concept_node, codes, &text);
  if (codes.empty() && text.empty()) return;
  Attribute* const attribute = AddAttribute(r, field, path, fact);
  if (attribute == nullptr) return;
  attribute->codes = std::move(codes);
  attribute->text = BoundedText(text);
}

void AddConceptAt(Reading& r, const Node* parent, Path path, Field field, Fact& fact) {
  const Node* const node = r.Object(parent, path);
  if (node != nullptr) AddConcept(r, *node, field, path, fact);
}

void AddConceptsAt(Reading& r, const Node* parent, Path path, Field field, Fact& fact) {
  const Node* const items = r.Array(parent, path);
  if (items == nullptr) return;
  for (const Node& item : *items) AddConcept(r, item, field, path, fact);
}

void AddSite(Reading& r, const Node& site, Path path, Fact& fact) {
  AddConcept(r, site, Field::kSite, path, fact);
  if (AddSideOfExtensions(r, site, path, fact)) return;
  AddSideOf(r, site, path, fact);
}

void AddSiteAt(Reading& r, Path path, Fact& fact) {
  const Node* const site = r.Object(r.resource(), path);
  if (site != nullptr) AddSite(r, *site, path, fact);
}

void AddSitesAt(Reading& r, Path path, Fact& fact) {
  const Node* const sites = r.Array(r.resource(), path);
  if (sites == nullptr) return;
  for (const Node& site : *sites) AddSite(r, site, path, fact);
}

void AddNumber(Reading& r, Field field, const criteria::Bounds& number, criteria::UnitId unit,
               Path path, Fact& fact) {
  Attribute* const attribute = AddAttribute(r, field, path, fact);
  if (attribute == nullptr) return;
  attribute->number = number;
  attribute->unit = unit;
}

void AddText(Reading& r, Field field, std::string_view text, Path path, Fact& fact) {
  text = Trim(text);
  if (text.empty()) return;
  Attribute* const attribute = AddAttribute(r, field, path, fact);
  if (attribute != nullptr) attribute->text = BoundedText(text);
}

Attribute* AddReason(Reading& r, const Node& reference, Path path, Fact& fact) {
  const Target target = r.Resolve(reference, "Condition");
  const bool said = target.contained != nullptr || target.by_id() || !target.display.empty();
  Attribute* const attribute = said ? AddAttribute(r, Field::kReason, path, fact) : nullptr;
  if (attribute == nullptr) return nullptr;
  attribute->text = BoundedText(target.display);
  if (target.contained != nullptr) {
    std::string_view text;
    const Node* const code = r.Object(target.contained, "Condition.code");
    if (code != nullptr) r.Concept(*code, attribute->codes, &text);
    if (attribute->text.empty()) attribute->text = BoundedText(text);
  } else if (target.by_id()) {
    attribute->reference.append(target.type).append("/").append(target.id);
  }
  return attribute;
}

void AddReasonsAt(Reading& r, Path path, Fact& fact) {
  const Node* const references = r.Array(r.resource(), path);
  if (references == nullptr) return;
  for (const Node& reference : *references) AddReason(r, reference, path, fact);
}

}  // namespace medverka::matcher::journal
