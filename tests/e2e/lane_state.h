// What a lane holds in its state directory, told in a way that does not depend on how many lanes
// there are: one line of JSON per subject, to be held against the same from `medverka run` over the
// same journal.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ops/base/result.h"
#include "ops/base/time.h"

namespace medverka::e2e {

struct LaneStateOptions {
  std::string directory;
  std::optional<base::Instant> at;  // when verdicts are made; none: at the lane's own log time
  std::string subject_key;          // secret
  std::uint8_t subject_key_id = 1;
};

// Calls `line` with the lane's own line {"lane", "sequence", "log_time", "positions", ...}, then
// with one per subject, by key. Nobody may hold the directory.
base::Result<void> TellLaneState(const LaneStateOptions& options,
                                 const std::function<void(std::string_view line)>& line);

}  // namespace medverka::e2e
