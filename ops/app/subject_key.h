// The secret under which patients' identifiers become subject keys.
#pragma once

#include <string>

#include "ops/base/result.h"

namespace medverka::app {

// Less than this can be guessed; HMAC-SHA-256 gains nothing above 64.
inline constexpr std::size_t kSubjectKeyBytesMin = 16;
inline constexpr std::size_t kSubjectKeyBytesMax = 4096;  // a file of keys is not a key

// The key in `path`, without a line end. kInvalidArgument: unreadable, too short or long, or
// readable by everybody.
base::Result<std::string> ReadSubjectKey(const std::string& path);

// For trials and demonstrations: the same everywhere, so it protects nobody.
std::string TrialSubjectKey();

}  // namespace medverka::app
