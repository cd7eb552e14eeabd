#include "ops/base/json.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace medverka::base {
namespace {

constexpr std::size_t kIndent = 2;

void Print(const json::value& value, std::size_t indent, std::string& out);

void NewLine(std::size_t indent, std::string& out) {
  out.push_back('\n');
  out.append(indent, ' ');
}

void PrintArray(const json::array& array, std::size_t indent, std::string& out) {
  out.push_back('[');
  bool first = true;
  for (const json::value& item : array) {
    if (!first) out.push_back(',');
    first = false;
    NewLine(indent + kIndent, out);
    Print(item, indent + kIndent, out);
  }
  if (!first) NewLine(indent, out);
  out.push_back(']');
}

void PrintObject(const json::object& object, std::size_t indent, std::string& out) {
  out.push_back('{');
  bool first = true;
  for (const auto& member : object) {
    if (!first) out.push_back(',');
    first = false;
    NewLine(indent + kIndent, out);
    out.append(json::serialize(json::string_view(member.key())));
    out.append(": ");
    Print(member.value(), indent + kIndent, out);
  }
  if (!first) NewLine(indent, out);
  out.push_back('}');
}

// As deep as the value; the values are our own and a few levels deep.
void Print(const json::value& value, std::size_t indent, std::string& out) {
  if (value.is_object()) {
    PrintObject(value.get_object(), indent, out);
  } else if (value.is_array()) {
    PrintArray(value.get_array(), indent, out);
  } else {
    out.append(json::serialize(value));
  }
}

}  // namespace

Result<json::value> ParseJson(std::string_view text) {
  json::parse_options options;
  options.max_depth = kJsonDepthMax;
  boost::system::error_code failed;
  json::value value = json::parse(json::string_view(text.data(), text.size()), failed, {}, options);
  if (failed) return Fail(ErrorCode::kInvalidArgument, "not JSON: {}", failed.message());
  return value;
}

std::string ToJson(const json::value& value) { return json::serialize(value); }

std::string ToPrettyJson(const json::value& value) {
  std::string out;
  Print(value, 0, out);
  out.push_back('\n');
  return out;
}

}  // namespace medverka::base
