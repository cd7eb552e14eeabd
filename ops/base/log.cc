#include "ops/base/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>

#include "ops/base/json.h"
#include "ops/base/text.h"

namespace medverka::base {
namespace {

// A longer one is cut: a log line is no place for a text of any size.
constexpr std::size_t kValueBytesMax = 2'000;

spdlog::level::level_enum LevelOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

struct Sink {
  LogFormat format = LogFormat::kText;
  std::unique_ptr<spdlog::logger> logger;
};

Sink MakeSink(LogFormat format, LogLevel level) {
  // Colours on a terminal only, decided by the sink; no-color.org keeps them away there too.
  const char* no_colour = std::getenv("NO_COLOR");
  const bool plain =
      format == LogFormat::kJson || (no_colour != nullptr && std::string_view(no_colour) != "");
  auto colours = std::make_shared<spdlog::sinks::stderr_color_sink_mt>(
      plain ? spdlog::color_mode::never : spdlog::color_mode::automatic);
  auto logger = std::make_unique<spdlog::logger>("medverka", std::move(colours));
  // The text comes ready made: %v is no template of spdlog's.
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      format == LogFormat::kJson ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                 : "%Y-%m-%dT%H:%M:%S.%eZ %^%-7l%$ %v",
      spdlog::pattern_time_type::utc));
  logger->set_level(LevelOf(level));
  logger->flush_on(spdlog::level::trace);
  return {format, std::move(logger)};
}

Sink& TheSink() {
  // Never destroyed: a thread may still log while the process ends.
  static Sink& sink = *new Sink(MakeSink(LogFormat::kText, LogLevel::kInfo));
  return sink;
}

// Valid UTF-8 of bounded length; a byte that belongs to no letter becomes '?'.
std::string Clean(std::string_view text) {
  std::string clean(text.substr(0, kValueBytesMax));
  while (clean.size() < text.size() && !clean.empty() && !IsValidUtf8(clean)) {
    clean.pop_back();
    if (clean.size() + 4 < kValueBytesMax) break;  // it was not the cut that broke it
  }
  if (!IsValidUtf8(clean)) {
    std::replace_if(
        clean.begin(), clean.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7e; },
        '?');
  }
  if (clean.size() < text.size()) clean += "...";
  return clean;
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// The delete character is no control character to JSON, but it is one to a terminal.
std::string Quoted(const std::string& text) {
  std::string quoted = ToJson(json::value(text));
  std::replace(quoted.begin(), quoted.end(), '\x7f', '?');
  return quoted;
}

json::value JsonOf(const LogField& field) {
  if (const auto* text = std::get_if<std::string>(&field.value)) return json::value(Clean(*text));
  if (const auto* whole = std::get_if<std::int64_t>(&field.value)) return *whole;
  if (const auto* truth = std::get_if<bool>(&field.value)) return *truth;
  const double number = std::get<double>(field.value);
  return std::isfinite(number) ? json::value(number) : json::value(nullptr);
}

std::string TextOf(const LogField& field) {
  if (const auto* text = std::get_if<std::string>(&field.value)) {
    const std::string clean = Clean(*text);
    const bool plain = !clean.empty() && std::none_of(clean.begin(), clean.end(), [](char c) {
      return IsControl(c) || c == ' ' || c == '"' || c == '=' || c == '\\';
    });
    return plain ? clean : Quoted(clean);
  }
  if (const auto* number = std::get_if<double>(&field.value)) return fmt::format("{}", *number);
  return ToJson(JsonOf(field));
}

std::string TextLine(std::string_view message, std::initializer_list<LogField> fields) {
  // One event, one line, whatever a message brings along.
  std::string line = Clean(message);
  std::replace_if(line.begin(), line.end(), IsControl, ' ');
  for (const LogField& field : fields) line += fmt::format(" {}={}", field.name, TextOf(field));
  return line;
}

// Members without the braces, which the pattern puts around time and level too.
std::string JsonMembers(std::string_view message, std::initializer_list<LogField> fields) {
  json::object members;
  members["message"] = Clean(message);
  for (const LogField& field : fields) {
    // Our own three names are taken.
    const bool taken = field.name == "time" || field.name == "level" || field.name == "message";
    members[taken ? fmt::format("{}_", field.name) : std::string(field.name)] = JsonOf(field);
  }
  const std::string whole = ToJson(members);
  return whole.substr(1, whole.size() - 2);
}

}  // namespace

void ConfigureLog(LogFormat format, LogLevel level) { TheSink() = MakeSink(format, level); }

void SetLogLevel(LogLevel level) { TheSink().logger->set_level(LevelOf(level)); }

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  Sink& sink = TheSink();
  if (!sink.logger->should_log(LevelOf(level))) return;
  const std::string line =
      sink.format == LogFormat::kJson ? JsonMembers(message, fields) : TextLine(message, fields);
  sink.logger->log(LevelOf(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace medverka::base
