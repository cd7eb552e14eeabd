// For mistakes of the code, never of the input: logs the place and aborts, also in production.
#pragma once

namespace medverka::base {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}

#define MEDVERKA_CHECK(condition)     \
  ((condition) ? static_cast<void>(0) \
               : ::medverka::base::CheckFailed(#condition, __FILE__, __LINE__))
