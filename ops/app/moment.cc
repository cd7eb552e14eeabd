#include "ops/app/moment.h"

#include <chrono>

#include "ops/base/format.h"

namespace medverka::app {

std::optional<base::Instant> ParseMoment(std::string_view text) {
  constexpr std::size_t kBareDate = 10;
  constexpr int kNoon = 12;
  const auto range = base::ParseTime(text);
  if (!range.has_value() || text.size() < kBareDate) return std::nullopt;
  if (text.size() == kBareDate) return base::FromLocal(base::LocalDate(range->lo), kNoon, 0, 0);
  return range->lo;
}

std::string CheckMoment(const std::string& text) {
  if (ParseMoment(text).has_value()) return "";
  return fmt::format(
      "\"{}\" is no time; write 2026-03-01 (12:00 that day) or 2026-03-01T09:30:00+01:00", text);
}

base::Instant Now() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count()};
}

}  // namespace medverka::app
