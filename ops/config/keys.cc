#include "ops/config/keys.h"

#include <algorithm>
#include <array>
#include <limits>

#include "ops/base/time.h"
#include "ops/config/values.h"

namespace medverka::config {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;

constexpr std::uint64_t kMiB = 1024ULL * 1024;
constexpr std::uint64_t kMemoryBytesMax = 1ULL << 40;  // more is a slip of the unit

template <std::uint64_t Config::*kMember, std::uint64_t kLeast, std::uint64_t kMost>
Result<void> SetSize(Config& config, const std::string& text) {
  MEDVERKA_ASSIGN(const std::uint64_t bytes, ParseSize(text));
  if (bytes < kLeast || bytes > kMost) {
    return Fail(ErrorCode::kInvalidArgument, "must be from {} to {}, and is {}", SizeText(kLeast),
                SizeText(kMost), text);
  }
  config.*kMember = bytes;
  return {};
}
template <std::uint64_t Config::*kMember>
std::string GetSize(const Config& config) {
  return SizeText(config.*kMember);
}

template <std::int64_t Config::*kMember, std::int64_t kLeast, std::int64_t kMost>
Result<void> SetDuration(Config& config, const std::string& text) {
  MEDVERKA_ASSIGN(const std::int64_t us, ParseDurationUs(text));
  if (us < kLeast || us > kMost) {
    return Fail(ErrorCode::kInvalidArgument, "must be from {} to {}, and is {}",
                DurationText(kLeast), DurationText(kMost), text);
  }
  config.*kMember = us;
  return {};
}
template <std::int64_t Config::*kMember>
std::string GetDuration(const Config& config) {
  return DurationText(config.*kMember);
}

Result<void> CheckName(std::string_view text, std::size_t bytes_max) {
  const bool plain = !text.empty() && text.size() <= bytes_max &&
                     std::all_of(text.begin(), text.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
                     });
  if (plain && text != "." && text != "..") return {};
  return Fail(ErrorCode::kInvalidArgument,
              "must be a name of 1 to {} letters a to z, digits, \".\", \"_\" and \"-\", not "
              "\"{}\"",
              bytes_max, text.substr(0, bytes_max));
}

constexpr std::size_t kTopicBytesMax = 249;  // Kafka's
constexpr std::size_t kGroupBytesMax = 200;

template <std::string streams::TopicNames::*kMember>
Result<void> SetTopic(Config& config, const std::string& text) {
  MEDVERKA_TRY(CheckName(text, kTopicBytesMax));
  config.topics.names.*kMember = text;
  return {};
}
template <std::string streams::TopicNames::*kMember>
std::string GetTopic(const Config& config) {
  return config.topics.names.*kMember;
}

template <std::string Config::*kMember>
Result<void> SetName(Config& config, const std::string& text) {
  MEDVERKA_TRY(CheckName(text, kGroupBytesMax));
  config.*kMember = text;
  return {};
}
template <std::string Config::*kMember>
Result<void> SetPath(Config& config, const std::string& text) {
  if (text.empty()) return Fail(ErrorCode::kInvalidArgument, "must be a path, and is empty");
  if (text.find('\0') != std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument, "must be a path, and has a zero byte in it");
  }
  config.*kMember = text;
  return {};
}
template <std::string Config::*kMember>
std::string GetString(const Config& config) {
  return config.*kMember;
}

// One of a few words, in the order of the enumeration.
template <typename Word, std::size_t kCount>
Result<void> SetWord(Word& value, const std::string& text,
                     const std::array<std::string_view, kCount>& words) {
  const auto* found = std::find(words.begin(), words.end(), text);
  if (found == words.end()) {
    std::string all;
    for (const std::string_view word : words) {
      all += (all.empty() ? "" : word == words.back() ? " or " : ", ") + std::string(word);
    }
    return Fail(ErrorCode::kInvalidArgument, "must be {}, not \"{}\"", all, text);
  }
  value = static_cast<Word>(found - words.begin());
  return {};
}
constexpr std::array<std::string_view, 2> kDeliveries = {"exactly_once", "at_least_once"};
constexpr std::array<std::string_view, 2> kPartitionKeys = {"patient-id", "subject-key"};
constexpr std::array<std::string_view, 2> kFormats = {"text", "json"};
constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};

template <typename Word, std::size_t kCount>
std::string WordOf(Word value, const std::array<std::string_view, kCount>& words) {
  return std::string(words.at(static_cast<std::size_t>(value)));
}

Result<void> SetRoles(Config& config, const std::string& text) {
  bool lanes = false, api = false;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    std::string_view role = std::string_view(text).substr(at, comma - at);
    while (!role.empty() && role.front() == ' ') role.remove_prefix(1);
    while (!role.empty() && role.back() == ' ') role.remove_suffix(1);
    if (role != "lanes" && role != "api") {
      return Fail(ErrorCode::kInvalidArgument, "must be a list of lanes and api, not \"{}\"", role);
    }
    (role == "lanes" ? lanes : api) = true;
    at = comma + 1;
  }
  config.lanes = lanes;
  config.api = api;
  return {};
}
std::string GetRoles(const Config& config) {
  return config.lanes && config.api ? "lanes,api" : config.lanes ? "lanes" : "api";
}

Result<void> SetRetention(Config& config, const std::string& text) {
  if (text == "forever") {
    config.topics.journal_retention_ms = -1;
    return {};
  }
  MEDVERKA_ASSIGN(const std::int64_t us, ParseDurationUs(text));
  constexpr std::int64_t kLeastUs = base::kMicrosPerHour;
  if (us < kLeastUs) {
    return Fail(ErrorCode::kInvalidArgument, "must be forever or at least 1h, and is {}", text);
  }
  config.topics.journal_retention_ms = us / 1'000;
  return {};
}
std::string GetRetention(const Config& config) {
  const std::int64_t ms = config.topics.journal_retention_ms;
  return ms < 0 ? "forever" : DurationText(ms * 1'000);
}

constexpr std::int64_t kMs = 1'000, kSecond = base::kMicrosPerSecond;

using Topics = streams::TopicNames;
constexpr Key kTable[] = {
    {"assume_recruiting", "true or false", false,
     [](Config& config, const std::string& text) -> Result<void> {
       MEDVERKA_ASSIGN(config.assume_recruiting, ParseTruth(text));
       return {};
     },
     [](const Config& config) { return std::string(config.assume_recruiting ? "true" : "false"); }},
    {"backfill.share", "number", true,
     [](Config& config, const std::string& text) -> Result<void> {
       MEDVERKA_ASSIGN(config.backfill_share, ParseShare(text));
       return {};
     },
     [](const Config& config) { return fmt::format("{}", config.backfill_share); }},
    {"commit.bytes_max", "size", false, SetSize<&Config::commit_bytes_max, 64 * 1024, 512 * kMiB>,
     GetSize<&Config::commit_bytes_max>},
    {"commit.idle_tick", "duration", false,
     SetDuration<&Config::idle_tick_us, kSecond, base::kMicrosPerHour>,
     GetDuration<&Config::idle_tick_us>},
    {"commit.interval", "duration", true,
     SetDuration<&Config::commit_interval_us, kMs, 10 * kSecond>,
     GetDuration<&Config::commit_interval_us>},
    {"commit.records_max", "whole number", false,
     [](Config& config, const std::string& text) -> Result<void> {
       MEDVERKA_ASSIGN(const std::int64_t records, ParseWhole(text, 1, 1'000'000));
       config.commit_records_max = static_cast<std::uint64_t>(records);
       return {};
     },
     [](const Config& config) { return fmt::format("{}", config.commit_records_max); }},
    {"delivery", "word", false,
     [](Config& config, const std::string& text) {
       return SetWord(config.delivery, text, kDeliveries);
     },
     [](const Config& config) { return WordOf(config.delivery, kDeliveries); }},
    {"group", "name", false, SetName<&Config::group>, GetString<&Config::group>},
    {"http.listen", "address", false,
     [](Config& config, const std::string& text) -> Result<void> {
       MEDVERKA_ASSIGN(const Endpoint endpoint, ParseEndpoint(text));
       config.http_address = endpoint.address;
       config.http_port = endpoint.port;
       return {};
     },
     [](const Config& config) {
       return EndpointText({config.http_address, config.http_port});
     }},
    {"instance", "name", false, SetName<&Config::instance>, GetString<&Config::instance>},
    {"log.format", "word", false,
     [](Config& config, const std::string& text) {
       return SetWord(config.log_format, text, kFormats);
     },
     [](const Config& config) { return WordOf(config.log_format, kFormats); }},
    {"log.level", "word", true,
     [](Config& config, const std::string& text) {
       return SetWord(config.log_level, text, kLevels);
     },
     [](const Config& config) { return WordOf(config.log_level, kLevels); }},
    {"memory.block_cache", "size", false,
     SetSize<&Config::block_cache_bytes, 8 * kMiB, kMemoryBytesMax>,
     GetSize<&Config::block_cache_bytes>},
    {"memory.consumer_queue", "size", false,
     SetSize<&Config::consumer_queue_bytes, kMiB, 2048 * kMiB>,
     GetSize<&Config::consumer_queue_bytes>},
    {"memory.hot_patients", "size", false,
     SetSize<&Config::hot_patient_bytes, 8 * kMiB, kMemoryBytesMax>,
     GetSize<&Config::hot_patient_bytes>},
    {"memory.producer_queue", "size", false,
     SetSize<&Config::producer_queue_bytes, kMiB, 2048 * kMiB>,
     GetSize<&Config::producer_queue_bytes>},
    {"memory.write_buffer", "size", false,
     SetSize<&Config::write_buffer_bytes, 4 * kMiB, kMemoryBytesMax>,
     GetSize<&Config::write_buffer_bytes>},
    {"partition_key", "word", false,
     [](Config& config, const std::string& text) {
       return SetWord(config.partition_key, text, kPartitionKeys);
     },
     [](const Config& config) { return WordOf(config.partition_key, kPartitionKeys); }},
    {"roles", "list", false, SetRoles, GetRoles},
    {"state.directory", "path", false, SetPath<&Config::state_directory>,
     GetString<&Config::state_directory>},
    {"subject_key_file", "path", false, SetPath<&Config::subject_key_file>,
     GetString<&Config::subject_key_file>},
    {"subject_key_id", "whole number", false,
     [](Config& config, const std::string& text) -> Result<void> {
       MEDVERKA_ASSIGN(const std::int64_t id,
                       ParseWhole(text, 0, std::numeric_limits<std::uint8_t>::max()));
       config.subject_key_id = static_cast<std::uint8_t>(id);
       return {};
     },
     [](const Config& config) { return fmt::format("{}", config.subject_key_id); }},
    {"topics.dead_letters", "name", false, SetTopic<&Topics::dead_letters>,
     GetTopic<&Topics::dead_letters>},
    {"topics.feedback", "name", false, SetTopic<&Topics::feedback>, GetTopic<&Topics::feedback>},
    {"topics.journal", "name", false, SetTopic<&Topics::journal>, GetTopic<&Topics::journal>},
    {"topics.journal_retention", "duration or forever", false, SetRetention, GetRetention},
    {"topics.moves", "name", false, SetTopic<&Topics::moves>, GetTopic<&Topics::moves>},
    {"topics.partitions", "whole number", false,
     [](Config& config, const std::string& text) -> Result<void> {
       MEDVERKA_ASSIGN(const std::int64_t count, ParseWhole(text, 1, 10'000));
       config.topics.partitions = static_cast<std::int32_t>(count);
       return {};
     },
     [](const Config& config) { return fmt::format("{}", config.topics.partitions); }},
    {"topics.replication", "whole number", false,
     [](Config& config, const std::string& text) -> Result<void> {
       MEDVERKA_ASSIGN(const std::int64_t count, ParseWhole(text, 1, 100));
       config.topics.replication = static_cast<std::int16_t>(count);
       return {};
     },
     [](const Config& config) { return fmt::format("{}", config.topics.replication); }},
    {"topics.state", "name", false, SetTopic<&Topics::state>, GetTopic<&Topics::state>},
    {"topics.studies", "name", false, SetTopic<&Topics::studies>, GetTopic<&Topics::studies>},
    {"topics.suggestions", "name", false, SetTopic<&Topics::suggestions>,
     GetTopic<&Topics::suggestions>},
};

}  // namespace

std::span<const Key> Keys() { return kTable; }

const Key* FindKey(std::string_view name) {
  const auto* found = std::find_if(std::begin(kTable), std::end(kTable),
                                   [&](const Key& key) { return key.name == name; });
  return found == std::end(kTable) ? nullptr : found;
}

bool IsSection(std::string_view name) {
  return std::any_of(std::begin(kTable), std::end(kTable), [&](const Key& key) {
    return key.name.size() > name.size() && key.name.substr(0, name.size()) == name &&
           key.name[name.size()] == '.';
  });
}

bool IsText(const Key& key) {
  return key.kind == "name" || key.kind == "path" || key.kind == "address";
}

std::string EnvironmentName(std::string_view key) {
  std::string name = "MEDVERKA_";
  for (const char c : key) {
    name.push_back(c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return name;
}

}  // namespace medverka::config
