// The synthetic journal: records per second on one core. Slow generation would hide the speed of
// what reads it.

#include <benchmark/benchmark.h>

#include "benchmarks/support.h"
#include "ops/generator/generator.h"

namespace medverka::benchmarks {
namespace {

void Generate(benchmark::State& state) {
  const std::uint64_t patients = Tiny() ? 20 : 2'000;
  std::int64_t records = 0;
  std::int64_t bytes = 0;
  for (auto _ : state) {
    const auto done = generator::Generate({.patients = patients, .seed = kSeed},
                                          [&](std::string_view line) -> base::Result<void> {
                                            ++records;
                                            bytes += static_cast<std::int64_t>(line.size());
                                            return {};
                                          });
    MEDVERKA_CHECK(done.has_value());
  }
  MEDVERKA_CHECK(records > 0);
  state.SetItemsProcessed(records);
  state.SetBytesProcessed(bytes);
}
BENCHMARK(Generate)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace medverka::benchmarks

BENCHMARK_MAIN();
