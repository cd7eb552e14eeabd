#include "streams/kafka/commit_record.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "ops/base/json.h"

namespace medverka::streams::internal {
namespace {

namespace json = base::json;
using base::ErrorCode;
using base::Fail;
using base::Result;

constexpr std::string_view kKeyPrefix = "commit/";

tl::unexpected<base::Error> Damaged(std::string_view what) {
  return Fail(ErrorCode::kCorruption, "A commit record of the changelog does not read back: {}.",
              what);
}

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr int kBitsPerLetter = 6, kBitsPerByte = 8;

std::string ToBase64(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = bits << kBitsPerByte | static_cast<unsigned char>(c);
    for (held += kBitsPerByte; held >= kBitsPerLetter; held -= kBitsPerLetter) {
      text.push_back(kBase64[bits >> (held - kBitsPerLetter) & 63U]);
    }
  }
  if (held > 0) text.push_back(kBase64[bits << (kBitsPerLetter - held) & 63U]);
  while (text.size() % 4 != 0) text.push_back('=');
  return text;
}

std::optional<std::string> FromBase64(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  for (const char c : text) {
    const std::size_t letter = kBase64.find(c);
    if (letter == std::string_view::npos) return std::nullopt;
    bits = bits << kBitsPerLetter | static_cast<std::uint32_t>(letter);
    held += kBitsPerLetter;
    if (held >= kBitsPerByte) {
      held -= kBitsPerByte;
      bytes.push_back(static_cast<char>(bits >> held & 255U));
    }
  }
  return bytes;
}

std::optional<base::Digest> DigestFromHex(std::string_view text) {
  base::Digest digest{};
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const char* const from = text.data() + 2 * i;
    const auto [end, error] = std::from_chars(from, from + 2, digest[i], 16);
    if (error != std::errc{} || end != from + 2) return std::nullopt;
  }
  return digest;
}

std::optional<std::int64_t> ReadNumber(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Reads members of one object; the first that is missing or of another type is remembered.
class Members {
 public:
  explicit Members(const json::object& object) : object_(object) {}

  std::uint64_t Number(std::string_view name) {
    const json::value* value = object_.if_contains(name);
    if (value != nullptr && value->is_int64() && value->get_int64() >= 0) {
      return static_cast<std::uint64_t>(value->get_int64());
    }
    if (value != nullptr && value->is_uint64()) return value->get_uint64();
    Miss(name);
    return 0;
  }
  std::string Text(std::string_view name) {
    const json::value* value = object_.if_contains(name);
    if (value != nullptr && value->is_string()) return std::string(value->get_string());
    Miss(name);
    return "";
  }
  base::Digest Hash(std::string_view name) {
    const auto digest = DigestFromHex(Text(name));
    if (!digest) Miss(name);
    return digest.value_or(base::Digest{});
  }
  const json::object* Object(std::string_view name) {
    const json::value* value = object_.if_contains(name);
    if (value != nullptr && value->is_object()) return &value->get_object();
    Miss(name);
    return nullptr;
  }
  const std::string& missing() const { return missing_; }
  void Miss(std::string_view name) {
    if (missing_.empty()) missing_ = name;
  }

 private:
  const json::object& object_;
  std::string missing_;
};

}  // namespace

std::string CommitKey(std::uint64_t sequence) {
  return fmt::format("{}{}", kKeyPrefix, sequence % kCommitRecordsKept);
}

std::string AnewJson(std::uint32_t partition, std::string_view why) {
  json::object out;
  out["partition"] = partition;
  out["why"] = why;
  out["engine_version"] = MEDVERKA_VERSION;
  return base::ToJson(out);
}

bool IsCommitKey(std::string_view key) { return key.starts_with(kKeyPrefix); }

std::string ToJson(const CommitRecord& record) {
  json::object next;
  for (const auto& [topic, offset] : record.input_next) next[topic] = offset;
  json::object out;
  out["partition"] = record.partition;
  out["seq"] = record.sequence;
  out["prev_hash"] = base::Hex(base::AsBytes(record.before));
  out["hash"] = base::Hex(base::AsBytes(record.chain));
  out["input_next"] = std::move(next);
  out["log_time"] =
      record.log_time ? json::value(base::FormatUtc(*record.log_time)) : json::value(nullptr);
  out["records"] = record.records;
  out["bytes"] = record.bytes;
  out["delta_hash"] = base::Hex(base::AsBytes(record.delta));
  out["suggestions"] = record.suggestions;
  out["dead_letters"] = record.dead_letters;
  out["moves"] = record.moves;
  out["engine_version"] = record.engine_version;
  out["catalogue_version"] = record.catalogue_version;
  out["marker"] = ToBase64(record.marker);
  return base::ToJson(out);
}

Result<CommitRecord> ReadCommitRecord(std::string_view text) {
  const auto parsed = base::ParseJson(text);
  if (!parsed.has_value() || !parsed->is_object()) return Damaged("it is no JSON object");
  Members members(parsed->get_object());
  CommitRecord record;
  record.partition = static_cast<std::uint32_t>(members.Number("partition"));
  record.sequence = members.Number("seq");
  record.before = members.Hash("prev_hash");
  record.chain = members.Hash("hash");
  if (const json::object* next = members.Object("input_next"); next != nullptr) {
    for (const auto& member : *next) {
      if (!member.value().is_string()) return Damaged("input_next");
      record.input_next.emplace(std::string(member.key()),
                                std::string(member.value().get_string()));
    }
  }
  record.records = members.Number("records");
  record.bytes = members.Number("bytes");
  record.delta = members.Hash("delta_hash");
  record.suggestions = members.Number("suggestions");
  record.dead_letters = members.Number("dead_letters");
  record.moves = members.Number("moves");
  record.engine_version = members.Text("engine_version");
  record.catalogue_version = members.Number("catalogue_version");
  const auto marker = FromBase64(members.Text("marker"));
  if (!marker) members.Miss("marker");
  if (!members.missing().empty()) return Damaged(members.missing());
  record.marker = *marker;
  if (const json::value* time = parsed->get_object().if_contains("log_time");
      time != nullptr && time->is_string()) {
    const auto range = base::ParseTime(std::string_view(time->get_string()));
    if (!range) return Damaged("log_time");
    record.log_time = range->lo;
  }
  return record;
}

std::string Encode(const ChangelogPlace& place) {
  return fmt::format("{} {}", place.next, place.committed_at.us);
}

Result<ChangelogPlace> ReadChangelogPlace(std::string_view text) {
  const std::size_t blank = text.find(' ');
  const auto next = ReadNumber(text.substr(0, blank));
  const auto at =
      blank == std::string_view::npos ? std::nullopt : ReadNumber(text.substr(blank + 1));
  if (!next || *next < 0 || !at) {
    return Fail(ErrorCode::kCorruption, "The store's place in the changelog does not read back.");
  }
  return ChangelogPlace{*next, base::Instant{*at}};
}

Result<std::map<std::string, std::int64_t>> OffsetsOf(
    const std::map<std::string, std::string>& positions) {
  std::map<std::string, std::int64_t> offsets;
  for (const auto& [topic, text] : positions) {
    const auto offset = ReadNumber(text);
    if (!offset || *offset < 0) {
      return Fail(ErrorCode::kCorruption, "The marker's position in {} is no offset.", topic);
    }
    offsets.emplace(topic, *offset);
  }
  return offsets;
}

}  // namespace medverka::streams::internal
