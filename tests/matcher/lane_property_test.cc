// What must hold for any history:
//   any order, doubling and batching of the same events end in the same facts, verdicts, evidence
//   and open suggestions; the same order with any placement of commits, crashes and evictions gives
//   the same bytes and the same state.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "matcher/lane.h"
#include "ops/base/crypto.h"
#include "ops/base/format.h"
#include "tests/support/history.h"
#include "tests/support/portrait.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_lane.h"

namespace medverka::matcher {
namespace {

using tests::History;
using tests::Portrait;
using tests::TestLane;

constexpr std::uint32_t kHistories = 1200;

const std::vector<PublishedStudy>& Studies() {
  static const std::vector<PublishedStudy> studies = tests::HistoryStudies();
  return studies;
}

LaneOptions Options(bool cold) {
  LaneOptions options;
  options.hot_patient_bytes_max = cold ? 1 : 0;
  return options;
}

TEST(LaneProperty, AnyOrderDoublingAndBatchingEndsTheSame) {
  std::size_t open_at_end = 0;
  for (std::uint32_t seed = 1; seed <= kHistories; ++seed) {
    const History history = tests::MakeHistory(seed);
    TestLane straight(Studies());
    for (const auto& event : history.events) straight.Apply(event.record);
    straight.Tick(history.end);
    const std::string expected = Portrait(straight.lane());
    open_at_end += straight.Open().size();
    std::mt19937 random(seed);
    TestLane shuffled(Studies(), Options(seed % 2 == 0));
    for (const std::string& record : tests::Shuffled(history, random)) {
      shuffled.Apply(record);
      if (random() % 10 == 0) shuffled.Commit();
    }
    shuffled.Tick(history.end);
    ASSERT_EQ(Portrait(shuffled.lane()), expected) << "seed " << seed;
  }
  // The histories are such that something is at stake.
  EXPECT_GT(open_at_end, kHistories / 2);
}

// A run that commits and crashes where chance says. What was said after the last commit is cut off,
// and the input is read again from there, as `run` does it with its output file.
struct Outcome {
  std::string suggestions;
  std::string dead_letters;
  std::string hash;
};

Outcome Undisturbed(const History& history) {
  TestLane lane(Studies());
  for (const auto& event : history.events) lane.Apply(event.record);
  lane.Tick(history.end);
  lane.Commit();
  return {lane.suggestions(), lane.dead_letters(), lane.Hash()};
}

Outcome Disturbed(const History& history, std::mt19937& random, const LaneOptions& options,
                  std::function<std::unique_ptr<Store>()> open) {
  TestLane lane(Studies(), options, std::move(open));
  lane.Commit();
  std::size_t next = 0;
  while (true) {
    if (next < history.events.size()) {
      lane.Apply(history.events[next++].record);
    } else {
      lane.Tick(history.end);
      lane.Commit();
      break;
    }
    if (random() % 5 == 0) {
      lane.Commit();
      if (random() % 3 == 0) lane.Restart();
    } else if (random() % 15 == 0) {
      next = lane.Crash();
    }
  }
  lane.Restart();
  return {lane.suggestions(), lane.dead_letters(), lane.Hash()};
}

TEST(LaneProperty, CommitsCrashesAndEvictionsNeverShow) {
  std::size_t said = 0;
  for (std::uint32_t seed = 1; seed <= kHistories; ++seed) {
    const History history = tests::MakeHistory(seed);
    const Outcome expected = Undisturbed(history);
    said += expected.suggestions.size();
    std::mt19937 random(seed);
    const Outcome run = Disturbed(history, random, Options(seed % 2 == 0), {});
    ASSERT_EQ(run.suggestions, expected.suggestions) << "seed " << seed;
    ASSERT_EQ(run.dead_letters, expected.dead_letters) << "seed " << seed;
    ASSERT_EQ(run.hash, expected.hash) << "seed " << seed;
  }
  EXPECT_GT(said, 0U);
}

TEST(LaneProperty, RocksDbGivesTheSameBytesAsMemory) {
  for (std::uint32_t seed = 1; seed <= 6; ++seed) {
    const History history = tests::MakeHistory(seed);
    const Outcome expected = Undisturbed(history);
    const tests::TemporaryDirectory directory;
    std::mt19937 random(seed);
    const Outcome run = Disturbed(history, random, Options(true), [&] {
      auto store = OpenRocksDbStore(directory / "state");
      EXPECT_TRUE(store.has_value()) << store.error().message;
      return store.has_value() ? std::move(*store) : nullptr;
    });
    ASSERT_EQ(run.suggestions, expected.suggestions) << "seed " << seed;
    ASSERT_EQ(run.hash, expected.hash) << "seed " << seed;
  }
}

}  // namespace
}  // namespace medverka::matcher
