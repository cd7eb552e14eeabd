// Reading elements of one resource: each read names its element by path, and what is wrong with it
// (a wrong type, an impossible date) is remembered as the resource's fault. Reading goes on after a
// fault with "not there", so that no reader needs a branch for it; the fault is looked at once, at
// the end.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "criteria/fact.h"
#include "criteria/vocabulary.h"
#include "matcher/journal/journal.h"
#include "matcher/journal/json.h"

namespace medverka::matcher::journal {

// "Observation.status": where an element stands, and after the last point the member's name.
class Path {
 public:
  // Not explicit: paths are written as literals.
  consteval Path(const char* text)
      : Path(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  // A path that stands in a table, which is static too.
  static constexpr Path OfTable(std::string_view text) { return Path(text); }
  constexpr std::string_view text() const { return text_; }
  constexpr std::string_view name() const { return name_; }

 private:
  constexpr explicit Path(std::string_view text) : text_(text), name_(text) {
    const std::size_t point = text.rfind('.');
    if (point != std::string_view::npos) name_ = text.substr(point + 1);
  }

  std::string_view text_;
  std::string_view name_;
};

struct Fault {
  DeadLetterReason reason = DeadLetterReason::kSchema;
  std::string_view element;
};

// Codes as they come, remembered as they were sent: interning in the vocabulary normalises and
// allocates.
class CodeCache {
 public:
  explicit CodeCache(criteria::Vocabulary& vocabulary) : vocabulary_(vocabulary) {}
  criteria::CodeId Of(std::string_view system, std::string_view code);
  criteria::CodeId Of(criteria::SystemId system, std::string_view code) {
    return vocabulary_.Code(system, code);
  }
  criteria::Vocabulary& vocabulary() { return vocabulary_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  criteria::Vocabulary& vocabulary_;
  std::unordered_map<std::string, criteria::CodeId, Hash, std::equal_to<>> seen_;
  std::string key_;  // scratch
};

// value[x] and its kin: which type was chosen ("Quantity"), and the element. Empty type: not there.
struct Choice {
  std::string_view type;
  const Node* node = nullptr;
  explicit operator bool() const { return node != nullptr; }
};

struct PeriodRead {
  std::optional<base::TimeRange> start;
  std::optional<base::TimeRange> end;
};

struct Quantity {
  std::optional<base::Decimal> value;
  std::string_view comparator;
  criteria::UnitId unit = criteria::kNoUnit;
};

class Elements {
 public:
  explicit Elements(CodeCache& codes) : codes_(codes) {}

  void Begin() { fault_.reset(); }
  // Only the first fault counts.
  void Fail(DeadLetterReason reason, std::string_view element) {
    if (!fault_) fault_ = Fault{reason, element};
  }
  void Fail(Path path) { Fail(DeadLetterReason::kSchema, path.text()); }
  const std::optional<Fault>& fault() const { return fault_; }

  // Each: `parent` may be nullptr, and a missing member is nullptr, "" or nullopt without a fault.
  const Node* Object(const Node* parent, Path path);
  const Node* Array(const Node* parent, Path path);  // its items are objects
  std::string_view String(const Node* parent, Path path);
  std::optional<bool> Bool(const Node* parent, Path path);
  std::optional<base::Decimal> Number(const Node* parent, Path path);
  std::optional<base::TimeRange> Time(const Node* parent, Path path);
  PeriodRead Period(const Node* parent, Path path);
  // The member that starts with the path's name, as effective[x] does. More than one is a fault.
  Choice ChoiceOf(const Node* parent, Path path);

  // The same on an element already found.
  std::string_view AsString(const Node& node, Path path);
  std::optional<base::Decimal> AsNumber(const Node& node, Path path);
  std::optional<base::TimeRange> AsTime(const Node& node, Path path);
  PeriodRead AsPeriod(const Node& node, Path path);
  Quantity AsQuantity(const Node& node, Path path);
  bool Expect(const Node& node, Node::Type type, Path path);

  // Adds the codings of a CodeableConcept. `text`: display of a coding, else the text.
  void Concept(const Node& concept_node, std::vector<criteria::CodeId>& codes,
               std::string_view* text = nullptr);
  void ConceptOf(const Node* parent, Path path, std::vector<criteria::CodeId>& codes);
  void ConceptsOf(const Node* parent, Path path,
                  std::vector<criteria::CodeId>& codes);  // an array of them
  criteria::CodeId Coding(const Node& coding);
  // A status held as CodeableConcept: the code from `system`; else the first code, else the text.
  std::string_view StatusCode(const Node* parent, Path path, std::string_view system);

  CodeCache& codes() { return codes_; }
  criteria::Vocabulary& vocabulary() { return codes_.vocabulary(); }

 private:
  CodeCache& codes_;
  std::optional<Fault> fault_;
};

// At most `bytes_max` bytes, cut between two characters. REQUIRES: valid UTF-8.
std::string BoundedText(std::string_view text,
                        std::size_t bytes_max = criteria::kValueTextBytesMax);
inline std::string_view Trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}
// "urn:oid:1.2.3" and "1.2.3" name the same.
std::string_view WithoutOidPrefix(std::string_view system);

}  // namespace medverka::matcher::journal
