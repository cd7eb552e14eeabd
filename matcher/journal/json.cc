// Idea: simdjson's On-Demand finds the tokens, a recursive walk over all of them lays the nodes
// down in the order in which they stand in the text. The walk is what validates: On-Demand alone
// checks only what is asked for.
//
// Strings without escapes are not copied: their view points into the padded copy of the record.
// simdjson says where a token starts and where the next one does; what lies between is the token
// and blanks.
#include "matcher/journal/json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "matcher/journal/journal.h"

namespace medverka::matcher::journal {
namespace {

namespace ondemand = simdjson::ondemand;

// After a record larger than this its memory is given back, so that one giant does not stay for
// ever.
constexpr std::size_t kKeepBytesMax = 4 * 1024 * 1024;
// Up to here comparing all pairs of members is faster than sorting them.
constexpr std::uint32_t kPairwiseMembersMax = 24;

bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

inline std::string_view TrimRight(std::string_view text) {
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// One bit for each name by its length and ends, which tells most names of an object apart.
class NameSketch {
 public:
  void Add(std::string_view name) {
    if (name.empty()) {
      alike_ = true;
      return;
    }
    const auto mixed = static_cast<std::size_t>(static_cast<unsigned char>(name.front())) +
                       7 * static_cast<unsigned char>(name.back()) + 31 * name.size();
    std::uint64_t& word = bits_[mixed / 64 % bits_.size()];
    const std::uint64_t bit = std::uint64_t{1} << mixed % 64;
    alike_ = alike_ || (word & bit) != 0;
    word |= bit;
  }
  bool alike() const { return alike_; }

 private:
  std::array<std::uint64_t, 4> bits_{};
  bool alike_ = false;
};

}  // namespace

bool IsJsonNumber(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < text.size() && IsDigit(text[i])) ++i;
    return i > from;
  };
  if (i < text.size() && text[i] == '-') ++i;
  const std::size_t whole = i;
  if (!digits()) return false;
  if (text[whole] == '0' && i - whole > 1) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == text.size();
}

struct Document::Parser {
  ondemand::parser json;
};

class Document::Walker {
 public:
  Walker(Document& document, ondemand::document& json, int depth_max)
      : document_(document), nodes_(document.nodes_), json_(json), depth_max_(depth_max) {}

  // The root is opened by the document, not as a value: only that checks that the last token closes
  // it.
  JsonFault Root() {
    ondemand::json_type type{};
    if (json_.type().get(type) != simdjson::SUCCESS) return JsonFault::kMalformed;
    if (type != ondemand::json_type::object && type != ondemand::json_type::array) {
      return RootScalar(type);
    }
    std::string_view token;
    if (json_.raw_json_token().get(token) != simdjson::SUCCESS) return JsonFault::kMalformed;
    nodes_.emplace_back();
    bool read = false;
    if (type == ondemand::json_type::object) {
      ondemand::object object;
      read = json_.get_object().get(object) == simdjson::SUCCESS &&
             Members(object, 0, 1, token.data());
    } else {
      ondemand::array array;
      read = json_.get_array().get(array) == simdjson::SUCCESS && Items(array, 0, 1, token.data());
    }
    if (!read) return fault_;
    return AtEnd() ? JsonFault::kNone : JsonFault::kMalformed;
  }

 private:
  bool Fail(JsonFault fault = JsonFault::kMalformed) {
    fault_ = fault;
    return false;
  }

  // A document that is one string, number or word is no record of ours; what matters is only
  // whether it is JSON.
  JsonFault RootScalar(ondemand::json_type type) {
    Node node;
    bool well_formed = false;
    switch (type) {
      case ondemand::json_type::string: {
        std::string_view text;
        well_formed = json_.get_string().get(text) == simdjson::SUCCESS;
        node.type = Node::Type::kString;
        node.text = text;
        break;
      }
      case ondemand::json_type::number: {
        std::string_view token;
        well_formed = json_.raw_json_token().get(token) == simdjson::SUCCESS &&
                      IsJsonNumber(TrimRight(token)) && token.size() <= kJsonNumberBytesMax;
        node.type = Node::Type::kNumber;
        node.text = TrimRight(token);
        nodes_.push_back(node);
        // The token runs to the next one, so a second value after it would show in the text.
        return well_formed && node.text.data() + node.text.size() ==
                                  TrimRight(whole()).data() + TrimRight(whole()).size()
                   ? JsonFault::kNone
                   : JsonFault::kMalformed;
      }
      case ondemand::json_type::boolean: {
        bool value = false;
        well_formed = json_.get_bool().get(value) == simdjson::SUCCESS;
        node.type = value ? Node::Type::kTrue : Node::Type::kFalse;
        break;
      }
      default:
        well_formed = TrimRight(whole()) == "null";
        nodes_.push_back(node);
        return well_formed ? JsonFault::kNone : JsonFault::kMalformed;
    }
    nodes_.push_back(node);
    return well_formed && AtEnd() ? JsonFault::kNone : JsonFault::kMalformed;
  }

  std::string_view whole() const { return document_.whole_; }

  bool AtEnd() {
    const char* next = nullptr;
    return json_.current_location().get(next) == simdjson::OUT_OF_BOUNDS;
  }

  // One value with all below it. Recursion is bounded by depth_max.
  bool Value(ondemand::value& value, std::string_view key, int depth) {
    if (nodes_.size() >= kJsonNodesMax) return Fail(JsonFault::kTooLarge);
    ondemand::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return Fail();
    const std::size_t index = nodes_.size();
    nodes_.emplace_back().key = key;
    switch (type) {
      case ondemand::json_type::object:
        return depth <= depth_max_ ? Object(value, index, depth) : Fail(JsonFault::kTooDeep);
      case ondemand::json_type::array:
        return depth <= depth_max_ ? Array(value, index, depth) : Fail(JsonFault::kTooDeep);
      case ondemand::json_type::string:
        return String(value, nodes_[index]);
      case ondemand::json_type::number:
        return Number(value, nodes_[index]);
      case ondemand::json_type::boolean: {
        bool truth = false;
        if (value.get_bool().get(truth) != simdjson::SUCCESS) return Fail();
        nodes_[index].type = truth ? Node::Type::kTrue : Node::Type::kFalse;
        return true;
      }
      case ondemand::json_type::null:
        return Null(value);
    }
    return Fail();
  }

  bool Object(ondemand::value& value, std::size_t index, int depth) {
    const char* const start = Token(value).data();
    ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return Fail();
    return Members(object, index, depth, start);
  }

  bool Members(ondemand::object& object, std::size_t index, int depth, const char* start) {
    std::uint32_t count = 0;
    NameSketch names;
    for (auto member : object) {
      if (member.error() != simdjson::SUCCESS) return Fail();
      ondemand::field&& field =
          std::move(member).value_unsafe();  // not copied: this is the hottest loop
      std::string_view key;
      if (!Key(field, key)) return Fail();
      names.Add(key);
      if (key == "modifierExtension") {
        document_.modifiers_.push_back(static_cast<std::uint32_t>(nodes_.size()));
      }
      if (!Value(field.value(), key, depth + 1)) return false;
      ++count;
    }
    Close(index, Node::Type::kObject, count, start);
    return !names.alike() || !HasDuplicates(nodes_[index]) || Fail();
  }

  bool Array(ondemand::value& value, std::size_t index, int depth) {
    const char* const start = Token(value).data();
    ondemand::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS) return Fail();
    return Items(array, index, depth, start);
  }

  bool Items(ondemand::array& array, std::size_t index, int depth, const char* start) {
    std::uint32_t count = 0;
    for (auto element : array) {
      if (element.error() != simdjson::SUCCESS) return Fail();
      ondemand::value&& item = std::move(element).value_unsafe();
      if (!Value(item, {}, depth + 1)) return false;
      ++count;
    }
    Close(index, Node::Type::kArray, count, start);
    return true;
  }

  void Close(std::size_t index, Node::Type type, std::uint32_t count, const char* start) {
    const char* end = whole().data() + whole().size();
    const char* next = nullptr;
    if (json_.current_location().get(next) == simdjson::SUCCESS) end = next;
    Node& node = nodes_[index];
    node.type = type;
    node.count = count;
    node.span = static_cast<std::uint32_t>(nodes_.size() - index);
    node.text = TrimRight({start, static_cast<std::size_t>(end - start)});
  }

  static std::string_view Token(ondemand::value& value) {
    return TrimRight(value.raw_json_token());
  }

  static bool Key(ondemand::field& field, std::string_view& key) {
    const char* const start = field.key().raw();
    const char* end = start;
    while (*end != '"' && *end != '\\')
      ++end;  // the closing quote is there: the tokens were found by it
    if (*end == '"') {
      key = {start, static_cast<std::size_t>(end - start)};
      return true;
    }
    return field.unescaped_key().get(key) == simdjson::SUCCESS;
  }

  bool String(ondemand::value& value, Node& node) {
    node.type = Node::Type::kString;
    const std::string_view token = Token(value);
    if (token.size() < 2 || token.back() != '"') return Fail();
    if (std::memchr(token.data(), '\\', token.size()) != nullptr) {
      return value.get_string().get(node.text) == simdjson::SUCCESS || Fail();
    }
    node.text = token.substr(1, token.size() - 2);
    simdjson::ondemand::raw_json_string consumed;
    return value.get_raw_json_string().get(consumed) == simdjson::SUCCESS || Fail();
  }

  bool Number(ondemand::value& value, Node& node) {
    node.type = Node::Type::kNumber;
    node.text = Token(value);
    return (node.text.size() <= kJsonNumberBytesMax && IsJsonNumber(node.text)) || Fail();
  }

  bool Null(ondemand::value& value) { return Token(value) == "null" || Fail(); }

  // Are two names of the object equal? Asked only where two of them look alike.
  bool HasDuplicates(const Node& object) {
    if (object.count <= kPairwiseMembersMax) {
      for (auto a = object.begin(); a != object.end(); ++a) {
        for (auto b = object.begin(); b != a; ++b) {
          if (a->key == b->key) return true;
        }
      }
      return false;
    }
    auto& keys = document_.keys_;
    keys.clear();
    for (const Node& member : object) keys.push_back(member.key);
    std::sort(keys.begin(), keys.end());
    return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
  }

  Document& document_;
  std::vector<Node>& nodes_;
  ondemand::document& json_;
  int depth_max_;
  JsonFault fault_ = JsonFault::kMalformed;
};

Document::Document() : parser_(std::make_unique<Parser>()) {}
Document::~Document() = default;

JsonFault Document::Parse(std::string_view bytes, int depth_max) {
  if (padded_.capacity() > kKeepBytesMax && bytes.size() <= kKeepBytesMax) {
    parser_ = std::make_unique<Parser>();
    padded_ = {};
    nodes_ = {};
    keys_ = {};
  }
  nodes_.clear();
  modifiers_.clear();
  padded_.resize(bytes.size() + simdjson::SIMDJSON_PADDING);
  std::memcpy(padded_.data(), bytes.data(), bytes.size());
  std::memset(padded_.data() + bytes.size(), 0, simdjson::SIMDJSON_PADDING);
  whole_ = {padded_.data(), bytes.size()};

  ondemand::document json;
  const auto error = parser_->json.iterate(padded_.data(), bytes.size(), padded_.size()).get(json);
  if (error == simdjson::CAPACITY) return JsonFault::kTooLarge;
  if (error != simdjson::SUCCESS) return JsonFault::kMalformed;
  return Walker(*this, json, depth_max).Root();
}

bool Document::HasModifierExtension(const Node& node) const {
  const auto from = static_cast<std::uint32_t>(&node - nodes_.data());
  for (auto at = std::lower_bound(modifiers_.begin(), modifiers_.end(), from);
       at != modifiers_.end() && *at < from + node.span; ++at) {
    if (nodes_[*at].count > 0 || nodes_[*at].is_string()) return true;
  }
  return false;
}

}  // namespace medverka::matcher::journal
