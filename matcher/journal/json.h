// One JSON document as a flat arena of nodes, read whole in one pass and valid as a whole before
// anybody looks at it: structure, UTF-8, depth, duplicate members, the grammar of every number.
// Numbers stay text, so that a decimal never goes through binary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string_view>
#include <vector>

namespace medverka::matcher::journal {

// A value. Its children follow it in the arena, each followed by its own: next sibling = this +
// span.
class Node {
 public:
  enum class Type : std::uint8_t { kNull, kTrue, kFalse, kNumber, kString, kArray, kObject };

  std::string_view key;  // member name, unescaped; "" in arrays
  std::string_view
      text;  // string: unescaped; number: as written; array, object: the raw slice of the input
  std::uint32_t span = 1;   // nodes of this subtree, itself included
  std::uint32_t count = 0;  // children
  Type type = Type::kNull;

  bool is_object() const { return type == Type::kObject; }
  bool is_array() const { return type == Type::kArray; }
  bool is_string() const { return type == Type::kString; }
  bool is_null() const { return type == Type::kNull; }

  class Iterator {
   public:
    explicit Iterator(const Node* node) : node_(node) {}
    const Node& operator*() const { return *node_; }
    const Node* operator->() const { return node_; }
    Iterator& operator++() {
      node_ += node_->span;
      return *this;
    }
    bool operator==(const Iterator& other) const { return node_ == other.node_; }

   private:
    const Node* node_;
  };
  Iterator begin() const { return Iterator(this + 1); }
  Iterator end() const { return Iterator(this + span); }

  // The member `name` of an object, or nullptr; JSON null counts as not there. REQUIRES: name is
  // not empty.
  const Node* Member(std::string_view name) const {
    if (type != Type::kObject) return nullptr;
    for (const Node& member : *this) {
      // Ends first: most names differ there, and a call of memcmp for each would cost more than the
      // rest.
      if (member.key.size() == name.size() && member.key.back() == name.back() &&
          member.key == name) {
        return member.is_null() ? nullptr : &member;
      }
    }
    return nullptr;
  }
};

enum class JsonFault : std::uint8_t { kNone, kMalformed, kTooDeep, kTooLarge };

// Beyond this many values a record is no journal entry; bounds the arena to some 100 MB.
inline constexpr std::size_t kJsonNodesMax = 2'000'000;
// FHIR decimals have at most 18 digits; a longer token is an attack or a mistake.
inline constexpr std::size_t kJsonNumberBytesMax = 64;

// Owns the bytes, the arena and the parser, all reused from record to record.
class Document {
 public:
  Document();
  ~Document();

  // Reads `bytes` whole. After kNone, root() is valid until the next Parse.
  JsonFault Parse(std::string_view bytes, int depth_max);
  const Node& root() const { return nodes_.front(); }

  // Is there a member called modifierExtension with content, at any depth below `node`?
  bool HasModifierExtension(const Node& node) const;

 private:
  class Walker;
  struct Parser;

  std::unique_ptr<Parser> parser_;
  std::vector<char> padded_;
  std::string_view whole_;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> modifiers_;  // nodes whose key is modifierExtension, ascending
  std::vector<std::string_view> keys_;    // scratch: members of a large object
};

// RFC 8259 section 6.
bool IsJsonNumber(std::string_view text);

}  // namespace medverka::matcher::journal
