// Journal bytes to facts: JournalReader::Read over a generated journal, record after record. Time
// per kB is the inverse of bytes_per_second; a kB is 1,000 bytes, about one record.

#include <benchmark/benchmark.h>

#include "benchmarks/support.h"
#include "matcher/journal/journal.h"

namespace medverka::benchmarks {
namespace {

// Which records: all as they come, only results (short), only Bundles (long).
enum Kind : std::int64_t { kAll, kObservations, kBundles };

std::vector<std::string> Records(std::int64_t kind) {
  std::vector<std::string> lines = Journal(Tiny() ? 60 : 1'000, 5);
  const auto has = [](const std::string& line, std::string_view text) {
    return line.find(text) != std::string::npos;
  };
  std::erase_if(lines, [&](const std::string& line) {
    const bool bundle = has(line, "\"resourceType\":\"Bundle\"");
    if (kind == kObservations) return bundle || !has(line, "\"resourceType\":\"Observation\"");
    return kind == kBundles && !bundle;
  });
  return lines;
}

void ReadRecords(benchmark::State& state) {
  const std::vector<std::string> lines = Records(state.range(0));
  MEDVERKA_CHECK(!lines.empty());
  criteria::Vocabulary vocabulary;
  const matcher::SubjectHasher hasher(1, "benchmark-subject-key");
  matcher::JournalReader reader(vocabulary, hasher);
  matcher::ReadRecord record;
  std::int64_t bytes = 0;
  std::int64_t changes = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    const std::string& line = lines[next];
    if (++next == lines.size()) next = 0;
    record.Clear();
    reader.Read(line, record);
    MEDVERKA_CHECK(record.dead.empty());  // a reader that gives up early is fast and wrong
    bytes += static_cast<std::int64_t>(line.size());
    changes += static_cast<std::int64_t>(record.changes.size());
  }
  MEDVERKA_CHECK(changes > 0);
  state.SetBytesProcessed(bytes);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ReadRecords)->ArgName("kind")->Arg(kAll)->Arg(kObservations)->Arg(kBundles);

}  // namespace
}  // namespace medverka::benchmarks

BENCHMARK_MAIN();
