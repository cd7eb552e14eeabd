// A moment as a user types it: 2026-03-01T09:30:00+01:00, 2026-03-01T09:30 (local) or a bare date,
// which is 12:00 local as in a study's examples.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ops/base/time.h"

namespace medverka::app {

std::optional<base::Instant> ParseMoment(std::string_view text);
// For a CLI option: "" if it is a moment, else what is wrong.
std::string CheckMoment(const std::string& text);
// The system's clock.
base::Instant Now();

}  // namespace medverka::app
