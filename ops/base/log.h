// What the service tells its operators while it runs: one line per event, on standard error, as
// text or JSON.
//
// Never patients' data: no identifier, key of a record, payload, code with a link to a patient, or
// text of another library that may quote one. Fields are few and from the code; a message is a
// sentence of ours.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace medverka::base {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };
enum class LogFormat : std::uint8_t { kText, kJson };

struct LogField {
  std::string_view name;  // snake_case: "partition", "offset", "study"
  std::variant<std::string, std::int64_t, double, bool> value;
};

// Before other threads begin. Default: text, kInfo.
void ConfigureLog(LogFormat format, LogLevel level);
// At any time (SIGHUP).
void SetLogLevel(LogLevel level);

// Any thread. One line whatever the values hold: they are escaped, and cut where very long. Text:
// "2026-11-22T20:15:00.123Z info  lane is ready partition=0 restored=12".
void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

}  // namespace medverka::base
