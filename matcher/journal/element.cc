#include "matcher/journal/element.h"

#include "ops/base/decimal.h"
#include "ops/base/time.h"

namespace medverka::matcher::journal {

using criteria::CodeId;
using criteria::SystemId;

namespace {

// Codes of all systems a region uses; more are interned without being remembered here.
constexpr std::size_t kCodesRememberedMax = 200'000;

bool StartsChoice(std::string_view key, std::string_view name) {
  return key.size() > name.size() && key.substr(0, name.size()) == name &&
         key[name.size()] >= 'A' && key[name.size()] <= 'Z';
}

}  // namespace

CodeId CodeCache::Of(std::string_view system, std::string_view code) {
  key_.assign(system);
  key_.push_back('|');
  key_.append(code);
  const auto found = seen_.find(std::string_view(key_));
  if (found != seen_.end()) return found->second;
  const SystemId id = system.empty() ? SystemId::kNone : vocabulary_.System(system);
  const CodeId interned = vocabulary_.Code(id, code);
  if (seen_.size() < kCodesRememberedMax) seen_.emplace(key_, interned);
  return interned;
}

bool Elements::Expect(const Node& node, Node::Type type, Path path) {
  if (node.type == type) return true;
  Fail(path);
  return false;
}

const Node* Elements::Object(const Node* parent, Path path) {
  const Node* const node = parent == nullptr ? nullptr : parent->Member(path.name());
  return node != nullptr && Expect(*node, Node::Type::kObject, path) ? node : nullptr;
}

const Node* Elements::Array(const Node* parent, Path path) {
  const Node* const node = parent == nullptr ? nullptr : parent->Member(path.name());
  if (node == nullptr || !Expect(*node, Node::Type::kArray, path)) return nullptr;
  for (const Node& item : *node) {
    if (!Expect(item, Node::Type::kObject, path)) return nullptr;
  }
  return node;
}

std::string_view Elements::String(const Node* parent, Path path) {
  const Node* const node = parent == nullptr ? nullptr : parent->Member(path.name());
  return node == nullptr ? std::string_view() : AsString(*node, path);
}

std::string_view Elements::AsString(const Node& node, Path path) {
  return Expect(node, Node::Type::kString, path) ? node.text : std::string_view();
}

std::optional<bool> Elements::Bool(const Node* parent, Path path) {
  const Node* const node = parent == nullptr ? nullptr : parent->Member(path.name());
  if (node == nullptr) return std::nullopt;
  if (node->type == Node::Type::kTrue) return true;
  if (node->type == Node::Type::kFalse) return false;
  Fail(path);
  return std::nullopt;
}

std::optional<base::Decimal> Elements::Number(const Node* parent, Path path) {
  const Node* const node = parent == nullptr ? nullptr : parent->Member(path.name());
  return node == nullptr ? std::nullopt : AsNumber(*node, path);
}

std::optional<base::Decimal> Elements::AsNumber(const Node& node, Path path) {
  if (!Expect(node, Node::Type::kNumber, path)) return std::nullopt;
  const auto value = base::Decimal::Parse(node.text);
  if (!value) Fail(DeadLetterReason::kMalformedJson, path.text());
  return value;
}

std::optional<base::TimeRange> Elements::Time(const Node* parent, Path path) {
  const Node* const node = parent == nullptr ? nullptr : parent->Member(path.name());
  return node == nullptr ? std::nullopt : AsTime(*node, path);
}

std::optional<base::TimeRange> Elements::AsTime(const Node& node, Path path) {
  const std::string_view text = AsString(node, path);
  if (text.empty()) return std::nullopt;
  const auto time = base::ParseTime(text);
  if (!time) Fail(path);
  return time;
}

PeriodRead Elements::Period(const Node* parent, Path path) {
  const Node* const node = Object(parent, path);
  return node == nullptr ? PeriodRead{} : AsPeriod(*node, path);
}

PeriodRead Elements::AsPeriod(const Node& node, Path path) {
  if (!Expect(node, Node::Type::kObject, path)) return {};
  return {Time(&node, "Period.start"), Time(&node, "Period.end")};
}

Choice Elements::ChoiceOf(const Node* parent, Path path) {
  Choice choice;
  if (parent == nullptr || !parent->is_object()) return choice;
  for (const Node& member : *parent) {
    if (!StartsChoice(member.key, path.name()) || member.is_null()) continue;
    if (choice) {
      Fail(path);
      return {};
    }
    choice = {member.key.substr(path.name().size()), &member};
  }
  return choice;
}

Quantity Elements::AsQuantity(const Node& node, Path path) {
  Quantity quantity;
  if (!Expect(node, Node::Type::kObject, path)) return quantity;
  quantity.value = Number(&node, "Quantity.value");
  quantity.comparator = String(&node, "Quantity.comparator");
  const std::string_view c = quantity.comparator;
  if (!c.empty() && c != "<" && c != "<=" && c != ">" && c != ">=") Fail("Quantity.comparator");
  const std::string_view code = String(&node, "Quantity.code");
  const std::string_view system = String(&node, "Quantity.system");
  const std::string_view unit = String(&node, "Quantity.unit");
  const bool by_code = !code.empty() && (unit.empty() || system == "http://unitsofmeasure.org" ||
                                         criteria::KnownSystem(system) == SystemId::kUcum);
  const std::string_view as_sent = Trim(by_code ? code : unit);
  if (!as_sent.empty()) quantity.unit = vocabulary().Unit(as_sent);
  return quantity;
}

CodeId Elements::Coding(const Node& coding) {
  const std::string_view code = Trim(String(&coding, "Coding.code"));
  if (code.empty()) return 0;
  return codes_.Of(String(&coding, "Coding.system"), code);
}

void Elements::Concept(const Node& concept_node, std::vector<CodeId>& codes,
                       std::string_view* text) {
  if (!Expect(concept_node, Node::Type::kObject, "CodeableConcept")) return;
  if (const Node* const codings = Array(&concept_node, "CodeableConcept.coding")) {
    for (const Node& coding : *codings) {
      const CodeId id = Coding(coding);
      if (id != 0) codes.push_back(id);
      if (text != nullptr && text->empty()) *text = String(&coding, "Coding.display");
    }
  }
  const std::string_view words = String(&concept_node, "CodeableConcept.text");
  if (text != nullptr && text->empty()) *text = words;
}

void Elements::ConceptOf(const Node* parent, Path path, std::vector<CodeId>& codes) {
  const Node* const node = Object(parent, path);
  if (node != nullptr) Concept(*node, codes);
}

void Elements::ConceptsOf(const Node* parent, Path path, std::vector<CodeId>& codes) {
  const Node* const node = Array(parent, path);
  if (node == nullptr) return;
  for (const Node& item : *node) Concept(item, codes);
}

std::string_view Elements::StatusCode(const Node* parent, Path path, std::string_view system) {
  const Node* const node = Object(parent, path);
  if (node == nullptr) return {};
  std::string_view other;
  if (const Node* const codings = Array(node, "CodeableConcept.coding")) {
    for (const Node& coding : *codings) {
      const std::string_view code = String(&coding, "Coding.code");
      if (code.empty()) continue;
      if (String(&coding, "Coding.system") == system) return code;
      if (other.empty()) other = code;
    }
  }
  if (other.empty()) other = String(node, "CodeableConcept.text");
  if (other.empty()) Fail(path);
  return other;
}

std::string BoundedText(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    std::size_t size = bytes_max;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
    text = text.substr(0, size);
  }
  return std::string(text);
}

std::string_view WithoutOidPrefix(std::string_view system) {
  constexpr std::string_view kPrefix = "urn:oid:";
  return system.substr(0, kPrefix.size()) == kPrefix ? system.substr(kPrefix.size()) : system;
}

}  // namespace medverka::matcher::journal
