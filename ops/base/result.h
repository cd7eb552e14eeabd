// What can fail because the world fails: I/O, a damaged file, a bad record. A missing clinical fact
// is not an error but a value (criteria/truth.h), a wrong study file is a diagnostic
// (criteria/diagnostic.h), broken code aborts (ops/base/check.h).
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "ops/base/format.h"

namespace medverka::base {

enum class ErrorCode {
  kInvalidArgument,  // the user's input is wrong: exit 1
  kNotFound,
  kCorruption,   // bytes of ours that do not read back
  kUnavailable,  // held by somebody else, or not there now
  kForeign,      // another program's, or a newer version's: trying again does not help
  kExhausted,    // disk, memory, a limit
  kIo,
};

// A code, and one sentence that says which thing failed and what to do. Never patient content.
struct Error {
  ErrorCode code = ErrorCode::kIo;
  std::string message;
};

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

// Fail(code, "cannot open {}: {}", path, why)
template <typename... Args>
tl::unexpected<Error> Fail(ErrorCode code, fmt::format_string<Args...> text, Args&&... args) {
  return tl::unexpected<Error>(Error{code, fmt::format(text, std::forward<Args>(args)...)});
}

}  // namespace medverka::base

#define MEDVERKA_CONCAT_INNER(a, b) a##b
#define MEDVERKA_CONCAT(a, b) MEDVERKA_CONCAT_INNER(a, b)

// MEDVERKA_TRY(store.Commit(marker)); passes a failure up.
#define MEDVERKA_TRY(expression)                                 \
  do {                                                           \
    auto medverka_result = (expression);                         \
    if (!medverka_result.has_value()) {                          \
      return tl::unexpected(std::move(medverka_result).error()); \
    }                                                            \
  } while (false)

// MEDVERKA_ASSIGN(const auto file, Open(path)); declares `file` or passes the failure up.
#define MEDVERKA_ASSIGN(declaration, expression) \
  MEDVERKA_ASSIGN_INNER(MEDVERKA_CONCAT(medverka_assign_, __LINE__), declaration, expression)
#define MEDVERKA_ASSIGN_INNER(temporary, declaration, expression) \
  auto temporary = (expression);                                  \
  if (!temporary.has_value()) {                                   \
    return tl::unexpected(std::move(temporary).error());          \
  }                                                               \
  declaration = std::move(temporary).value()
