// State cost per event: the lane with evaluation off, on RocksDB, commits included, as a patient's
// history grows.
//
// Measured is the cost per event while each patient's history grows from half of `facts` to
// `facts`: over a doubling every shelf is folded at least once, so the cost of folding is in the
// figure. The number of patients is such that the number of events stays the same. `cold`: hot
// patients are not kept in memory, every event meets its patient on disk.

#include <benchmark/benchmark.h>

#include <filesystem>

#include "benchmarks/support.h"
#include "matcher/lane.h"

namespace medverka::benchmarks {
namespace {

constexpr std::int64_t kEvents = 20'000;
constexpr std::uint64_t kCommitEvery = 5'000;  // as the embedded lane does

// A creatinine result of one patient; its number makes id, time and value.
std::string Result(std::int64_t patient, std::int64_t number) {
  const std::int64_t day = number % 28 + 1;
  const std::int64_t month = number / 28 % 12 + 1;
  const std::int64_t year = 1990 + number / 336 % 35;
  return fmt::format(
      R"({{"resourceType":"Observation","id":"o{0}-{1}","meta":{{"versionId":"1","lastUpdated":"2026-01-01T10:00:00Z"}},)"
      R"("status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category",)"
      R"("code":"laboratory"}}]}}],"code":{{"coding":[{{"system":"http://npu-terminology.org","code":"NPU04998",)"
      R"("display":"P-Kreatinin"}}]}},"subject":{{"reference":"Patient/p{0}"}},)"
      R"("effectiveDateTime":"{2}-{3:02}-{4:02}T07:40:00+01:00","valueQuantity":{{"value":{5},"unit":"umol/L",)"
      R"("system":"http://unitsofmeasure.org","code":"umol/L"}},"referenceRange":[{{"low":{{"value":45}},)"
      R"("high":{{"value":105}}}}]}})",
      patient, number, year, month, day, 50 + number % 80);
}

// A lane in a folder that disappears with it.
class Room {
 public:
  explicit Room(bool cold) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "medverka-bench-XXXXXX").string();
    MEDVERKA_CHECK(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    auto store = matcher::OpenRocksDbStore((folder_ / "state").string());
    MEDVERKA_CHECK(store.has_value());
    matcher::LaneOptions options;
    options.subject_key = "benchmark-subject-key";
    options.evaluate = false;
    options.hot_patient_bytes_max = cold ? 1 : 0;
    auto lane = matcher::Lane::Open(std::move(*store), options, {}, {});
    MEDVERKA_CHECK(lane.has_value());
    lane_ = std::move(*lane);
  }
  ~Room() {
    lane_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  void Apply(const std::string& record) {
    MEDVERKA_CHECK(lane_->Apply(record, {}, std::nullopt).has_value());
    if (++applied_ % kCommitEvery == 0) Commit();
  }
  void Commit() {
    MEDVERKA_CHECK(lane_->Commit({{"journal", std::to_string(applied_)}}).has_value());
    static_cast<void>(lane_->TakeEffects());
  }
  const matcher::Lane& lane() const { return *lane_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<matcher::Lane> lane_;
  std::uint64_t applied_ = 0;
};

void StatePerEvent(benchmark::State& state) {
  const std::int64_t facts = Tiny() ? state.range(0) / 50 + 2 : state.range(0);
  const std::int64_t patients = std::max<std::int64_t>(1, (Tiny() ? 100 : kEvents) / (facts / 2));
  std::vector<std::string> records;
  for (std::int64_t number = facts / 2; number < facts; ++number) {
    for (std::int64_t patient = 0; patient < patients; ++patient)
      records.push_back(Result(patient, number));
  }
  for (auto _ : state) {
    state.PauseTiming();
    auto room = std::make_unique<Room>(state.range(1) != 0);
    for (std::int64_t number = 0; number < facts / 2; ++number) {
      for (std::int64_t patient = 0; patient < patients; ++patient)
        room->Apply(Result(patient, number));
    }
    room->Commit();
    state.ResumeTiming();
    for (const std::string& record : records) room->Apply(record);
    room->Commit();
    state.PauseTiming();
    MEDVERKA_CHECK(room->lane().counters().resources ==
                   static_cast<std::uint64_t>(patients * facts));
    room.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(records.size()));
}
BENCHMARK(StatePerEvent)
    ->ArgNames({"facts", "cold"})
    ->ArgsProduct({{100, 1'000, 10'000}, {0, 1}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace medverka::benchmarks

BENCHMARK_MAIN();
