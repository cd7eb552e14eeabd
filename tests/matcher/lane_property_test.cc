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
#include "tests/support/temporary_directory.h"
#include "tests/support/test_lane.h"

namespace medverka::matcher {
namespace {

using tests::History;
using tests::TestLane;

constexpr std::uint32_t kHistories = 1200;

const std::vector<PublishedStudy>& Studies() {
  static const std::vector<PublishedStudy> studies = tests::HistoryStudies();
  return studies;
}

std::string Show(const std::optional<base::TimeRange>& range) {
  return range ? fmt::format("{}..{}", range->lo.us, range->hi.us) : "-";
}

std::string ShowAttributes(const criteria::Fact& fact) {
  std::multiset<std::string> shown;
  for (const criteria::Attribute& attribute : fact.attributes) {
    shown.insert(fmt::format(" {} {} {}", static_cast<int>(attribute.field), attribute.codes.size(),
                             attribute.number.low ? attribute.number.low->ToString() : "-"));
  }
  std::string out;
  for (const std::string& one : shown) out += one;
  return out;
}

// Everything the lane knows and thinks, as text: what must not depend on the order of arrival.
std::string Portrait(TestLane& test) {
  Lane& lane = test.lane();
  std::string out = fmt::format("log time {}\n", base::FormatUtc(lane.log_time()));
  for (const Lane::Subject& subject : lane.Subjects()) {
    out += "subject " + base::Hex(subject.key.view()) + "\n";
    for (const PersonKey& name : subject.names) out += "  name " + base::Hex(name.view()) + "\n";
    const auto view = lane.View(subject.key);
    EXPECT_TRUE(view.has_value());
    const criteria::Demographics& who = view->demographics;
    out +=
        fmt::format("  sex {} birth {} dead {} {} region {}\n", static_cast<int>(who.sex),
                    Show(who.birth), static_cast<int>(who.deceased), Show(who.death), who.region);
    std::multiset<std::string> facts;
    for (const auto& kind : view->facts) {
      for (const criteria::FactRef& ref : kind) {
        const criteria::Fact& fact = *ref.fact;
        facts.insert(fmt::format(
            "  {} kind {} part {} holding {} start {} end {} codes {} value {} study {} {}\n",
            criteria::EvidenceName(*ref.resource), static_cast<int>(fact.kind), fact.part,
            static_cast<int>(fact.holding), Show(fact.start), Show(fact.end), fact.codes.size(),
            fact.value.number.low ? fact.value.number.low->ToString() : "-", fact.study,
            ShowAttributes(fact)));
      }
    }
    for (const std::string& fact : facts) out += fact;
    for (const criteria::Evaluator& evaluator : lane.evaluators()) {
      const criteria::StudyVerdict verdict =
          evaluator.Evaluate(*view, lane.log_time(), {.explain = true});
      out += fmt::format("  {} {} changes {}\n", evaluator.program().study.id, Name(verdict.grade),
                         verdict.changes_at ? verdict.changes_at->us : 0);
      for (const criteria::Grade grade : verdict.cohorts)
        out += fmt::format("   {}\n", Name(grade));
      for (const criteria::CriterionVerdict& criterion : verdict.criteria) {
        out += fmt::format("    {} policy {} until {} why {} needs {}", Name(criterion.value),
                           criterion.policy ? static_cast<int>(*criterion.policy) : -1,
                           criterion.until ? criterion.until->us : 0, criterion.why.en,
                           criterion.needs.sv);
        for (const std::string& evidence : criterion.evidence) out += " " + evidence;
        out += "\n";
      }
    }
  }
  const auto open = lane.OpenSuggestions();
  EXPECT_TRUE(open.has_value());
  for (const Lane::OpenSuggestion& one : *open) {
    out += fmt::format("open {} {} {} {}\n", base::Hex(one.subject.view()), one.study,
                       Name(one.grade), one.digest);
  }
  return out;
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
    const std::string expected = Portrait(straight);
    open_at_end += straight.Open().size();
    std::mt19937 random(seed);
    TestLane shuffled(Studies(), Options(seed % 2 == 0));
    for (const std::string& record : tests::Shuffled(history, random)) {
      shuffled.Apply(record);
      if (random() % 10 == 0) shuffled.Commit();
    }
    shuffled.Tick(history.end);
    ASSERT_EQ(Portrait(shuffled), expected) << "seed " << seed;
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
