#include "streams/kafka/dead_letters.h"

#include <charconv>
#include <utility>

#include "ops/base/format.h"
#include "streams/kafka/topics.h"

namespace medverka::streams {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;
using matcher::DeadLetterReason;

constexpr std::int64_t kMicrosPerMilli = 1'000;

std::string_view StageOf(DeadLetterReason reason) {
  switch (reason) {
    case DeadLetterReason::kMalformedJson:
    case DeadLetterReason::kTooDeep:
    case DeadLetterReason::kOversize:
      return "parse";
    case DeadLetterReason::kUnknownEnvelope:
      return "envelope";
    default:
      return "resource";
  }
}

bool IsOurs(const KafkaHeader& header) {
  return header.first.substr(0, kDeadLetterHeaderPrefix.size()) == kDeadLetterHeaderPrefix;
}

// The last of that name, as Kafka's clients take it; null counts as not there.
std::optional<std::string_view> Find(const KafkaRecord& record, std::string_view name) {
  for (auto header = record.headers.rbegin(); header != record.headers.rend(); ++header) {
    if (header->first == name && header->second.has_value()) return *header->second;
  }
  return std::nullopt;
}

template <typename Number>
std::optional<Number> ReadNumber(std::string_view text) {
  Number number{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Header `name` as a number from `least` on.
template <typename Number>
Result<Number> Need(const KafkaRecord& record, std::string_view name, Number least) {
  const auto text = Find(record, name);
  const auto number = text.has_value() ? ReadNumber<Number>(*text) : std::nullopt;
  if (number.has_value() && *number >= least) return *number;
  return Fail(
      ErrorCode::kInvalidArgument,
      "the record at offset {} of {} [{}] is not a dead letter of Medverka: its header {} {}",
      record.offset, record.topic, record.partition, name,
      text.has_value() ? "is not a number that can stand there" : "is missing");
}

// What somebody else wrote into such a header counts as never tried.
std::uint32_t AttemptsBefore(const KafkaRecord& original) {
  const auto text = Find(original, kDeadLetterAttempts);
  const auto attempts = text.has_value() ? ReadNumber<std::uint32_t>(*text) : std::nullopt;
  return attempts.has_value() && *attempts < UINT32_MAX ? *attempts : 0;
}

std::vector<KafkaHeader> WithoutOurs(const std::vector<KafkaHeader>& headers) {
  std::vector<KafkaHeader> kept;
  for (const KafkaHeader& header : headers) {
    if (!IsOurs(header)) kept.push_back(header);
  }
  return kept;
}

// Our own headers, and what Kafka writes around a record.
constexpr std::size_t kOursBytesMax = 64 * 1024;
constexpr std::size_t kRoomBytes = kDeadLetterMessageBytesMax - kOursBytesMax;
constexpr std::size_t kHeaderBytes = 12;  // lengths, at most

std::size_t SizeOf(const std::vector<KafkaHeader>& headers) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers) {
    bytes += name.size() + (value ? value->size() : 0) + kHeaderBytes;
  }
  return bytes;
}

// Copies as much of the original as the topic takes, and gives what was left out. A topic may take
// larger records than ours do, and a compressed one is larger here than it was on its way.
std::string KeepWhatFits(const KafkaRecord& original, KafkaRecord& dead) {
  const std::size_t key = original.key ? original.key->size() : 0;
  const std::size_t headers = SizeOf(original.headers);
  const std::size_t value = original.value ? original.value->size() : 0;
  std::string left_out;
  if (key + headers + value <= kRoomBytes) {
    dead.value = original.value;
  } else {
    left_out = "value";
  }
  if (key + headers <= kRoomBytes) {
    dead.headers = WithoutOurs(original.headers);
  } else {
    left_out += ",headers";
  }
  if (key <= kRoomBytes) {
    dead.key = original.key;
  } else {
    left_out += ",key";
  }
  return left_out;
}

}  // namespace

KafkaRecord MakeDeadLetter(const KafkaRecord& original, const matcher::DeadLetterEvent& event,
                           const std::string& topic) {
  KafkaRecord dead;
  dead.topic = topic;
  dead.partition = original.partition;
  const std::string left_out = KeepWhatFits(original, dead);
  const auto add = [&](std::string_view name, std::string value) {
    dead.headers.emplace_back(std::string(name), std::move(value));
  };
  add(kDeadLetterTopic, original.topic);
  add(kDeadLetterPartition, std::to_string(original.partition));
  add(kDeadLetterOffset, std::to_string(original.offset));
  if (original.timestamp.has_value()) {
    add(kDeadLetterTimestamp, std::to_string(original.timestamp->us / kMicrosPerMilli));
  }
  add(kDeadLetterReason, std::string(matcher::Name(event.reason)));
  add(kDeadLetterStage, std::string(StageOf(event.reason)));
  add(kDeadLetterAttempts, std::to_string(AttemptsBefore(original) + 1));
  add(kDeadLetterAppVersion, MEDVERKA_VERSION);
  if (event.entry >= 0) add(kDeadLetterEntry, std::to_string(event.entry));
  if (!event.element.empty()) add(kDeadLetterElement, std::string(event.element));
  if (!left_out.empty()) add(kDeadLetterLeftOut, left_out);
  return dead;
}

Result<DeadLetterNote> ReadDeadLetter(const KafkaRecord& dead) {
  DeadLetterNote note;
  const auto text = [&](std::string_view name) {
    return std::string(Find(dead, name).value_or(std::string_view()));
  };
  note.topic = text(kDeadLetterTopic);
  note.reason = text(kDeadLetterReason);
  for (const auto& [name, value] :
       {std::pair(kDeadLetterTopic, &note.topic), std::pair(kDeadLetterReason, &note.reason)}) {
    if (!value->empty()) continue;
    return Fail(
        ErrorCode::kInvalidArgument,
        "the record at offset {} of {} [{}] is not a dead letter of Medverka: its header {} is "
        "missing",
        dead.offset, dead.topic, dead.partition, name);
  }
  MEDVERKA_ASSIGN(note.partition, Need<std::int32_t>(dead, kDeadLetterPartition, 0));
  MEDVERKA_ASSIGN(note.offset, Need<std::int64_t>(dead, kDeadLetterOffset, 0));
  MEDVERKA_ASSIGN(note.attempts, Need<std::uint32_t>(dead, kDeadLetterAttempts, 1));
  if (Find(dead, kDeadLetterTimestamp).has_value()) {
    MEDVERKA_ASSIGN(const std::int64_t ms, Need<std::int64_t>(dead, kDeadLetterTimestamp, 0));
    note.timestamp = base::Instant{ms * kMicrosPerMilli};
  }
  if (Find(dead, kDeadLetterEntry).has_value()) {
    MEDVERKA_ASSIGN(note.entry, Need<std::int32_t>(dead, kDeadLetterEntry, 0));
  }
  note.stage = text(kDeadLetterStage);
  note.app_version = text(kDeadLetterAppVersion);
  note.element = text(kDeadLetterElement);
  note.left_out = text(kDeadLetterLeftOut);
  return note;
}

Result<KafkaRecord> ReplayOf(const KafkaRecord& dead) {
  MEDVERKA_ASSIGN(const DeadLetterNote note, ReadDeadLetter(dead));
  if (!note.left_out.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "the dead letter at offset {} of {} [{}] is not whole: its record was too large, "
                "and stands at offset {} of {} [{}]",
                dead.offset, dead.topic, dead.partition, note.offset, note.topic, note.partition);
  }
  KafkaRecord replay;
  replay.topic = note.topic;
  replay.partition = note.partition;
  replay.timestamp = note.timestamp;
  replay.key = dead.key;
  replay.value = dead.value;
  replay.headers = WithoutOurs(dead.headers);
  replay.headers.emplace_back(std::string(kDeadLetterAttempts), std::to_string(note.attempts));
  return replay;
}

}  // namespace medverka::streams
