#include "ops/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace medverka::base {

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "medverka: broken invariant at %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace medverka::base
