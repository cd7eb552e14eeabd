// What the benchmarks share: sizes for a figure and for a test, journals in memory, studies.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "ops/base/check.h"
#include "ops/generator/generator.h"

namespace medverka::benchmarks {

// As a test a benchmark only shows that it still runs.
inline bool Tiny() { return std::getenv("MEDVERKA_BENCH_TINY") != nullptr; }

inline constexpr std::uint64_t kSeed = 1;

inline std::vector<std::string> Journal(std::uint64_t patients, int years) {
  std::vector<std::string> lines;
  const auto done = generator::Generate({.patients = patients, .years = years, .seed = kSeed},
                                        [&](std::string_view line) -> base::Result<void> {
                                          lines.emplace_back(line);
                                          return {};
                                        });
  MEDVERKA_CHECK(done.has_value());
  return lines;
}

}  // namespace medverka::benchmarks
