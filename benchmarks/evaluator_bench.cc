// The reference evaluator: time per subject and study, over all subjects of a generated journal and
// the example studies. `explain` adds the sentences and the exact time of change, as `medverka
// explain` asks for them.

#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "benchmarks/support.h"
#include "criteria/criteria.h"
#include "criteria/evaluator.h"
#include "matcher/lane.h"

namespace medverka::benchmarks {
namespace {

const std::filesystem::path kStudies = "criteria/studies";  // from the project's root

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  MEDVERKA_CHECK(file.good());
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::vector<matcher::PublishedStudy> Studies() {
  std::vector<criteria::SourceFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(kStudies)) {
    if (entry.path().extension() == ".study")
      files.push_back({entry.path().string(), ReadFile(entry.path())});
  }
  const auto load = [](const std::string&,
                       const std::string& name) -> std::optional<criteria::SourceFile> {
    return criteria::SourceFile{(kStudies / name).string(), ReadFile(kStudies / name)};
  };
  std::vector<matcher::PublishedStudy> studies;
  for (const auto& study : criteria::Compile(files, load).studies) {
    MEDVERKA_CHECK(study.program != nullptr);
    studies.push_back({study.program});
  }
  MEDVERKA_CHECK(studies.size() == files.size());
  return studies;
}

std::unique_ptr<matcher::Lane> FilledLane() {
  matcher::LaneOptions options;
  options.subject_key = "benchmark-subject-key";
  options.evaluate = false;
  auto lane = matcher::Lane::Open(matcher::MakeMemoryStore(), options, Studies(), {});
  MEDVERKA_CHECK(lane.has_value());
  for (const std::string& record : Journal(Tiny() ? 20 : 500, 5)) {
    MEDVERKA_CHECK((*lane)->Apply(record, {}, std::nullopt).has_value());
  }
  MEDVERKA_CHECK((*lane)->Commit({}).has_value());
  return std::move(*lane);
}

void Evaluate(benchmark::State& state) {
  const auto lane = FilledLane();
  const auto subjects = lane->Subjects();
  MEDVERKA_CHECK(!subjects.empty());
  const criteria::EvaluateOptions options{.explain = state.range(0) != 0};
  std::size_t next = 0;
  std::int64_t facts = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto view = lane->View(subjects[next].key);
    MEDVERKA_CHECK(view.has_value());
    if (++next == subjects.size()) next = 0;
    for (const auto& of_kind : view->facts) facts += static_cast<std::int64_t>(of_kind.size());
    state.ResumeTiming();
    for (const criteria::Evaluator& evaluator : lane->evaluators()) {
      benchmark::DoNotOptimize(evaluator.Evaluate(*view, lane->log_time(), options));
    }
  }
  MEDVERKA_CHECK(facts > 0);
  state.counters["facts_per_subject"] =
      static_cast<double>(facts) / static_cast<double>(state.iterations());
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(lane->evaluators().size()));
}
BENCHMARK(Evaluate)->ArgName("explain")->Arg(0)->Arg(1);

}  // namespace
}  // namespace medverka::benchmarks

BENCHMARK_MAIN();
