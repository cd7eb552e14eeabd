// Two years without an event: what timers make of the suggestions is what a fresh evaluation would
// say at every midnight and at random instants between, and no timer fires where nothing changes.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "matcher/lane.h"
#include "matcher/ledger.h"
#include "ops/base/crypto.h"
#include "tests/support/history.h"
#include "tests/support/journal_text.h"
#include "tests/support/test_lane.h"

namespace medverka::matcher {
namespace {

using tests::At;
using tests::TestLane;

constexpr int kHistories = 12;
constexpr int kRandomInstants = 1000;
constexpr int kDays = 731;

using Opens = std::map<std::pair<PersonKey, std::string>, std::string>;  // digest of each

Opens OpenOf(TestLane& test) {
  Opens open;
  const auto suggestions = test.lane().OpenSuggestions();
  EXPECT_TRUE(suggestions.has_value());
  for (const Lane::OpenSuggestion& one : *suggestions) {
    open[{one.subject, one.study}] = one.digest;
  }
  return open;
}

// What should be open at `now` if everybody were looked at just then. The histories of this test
// hold no decisions and no participations; the dead are the only suppression.
Opens Fresh(TestLane& test, base::Instant now) {
  Opens open;
  for (const Lane::Subject& subject : test.lane().Subjects()) {
    const auto view = test.lane().View(subject.key);
    EXPECT_TRUE(view.has_value());
    for (const criteria::Evaluator& evaluator : test.lane().evaluators()) {
      const criteria::StudyHeader& study = evaluator.program().study;
      if (Suppress({&*view, {}}, study, now, false).reason != Withdrawal::kNone) continue;
      const criteria::StudyVerdict verdict = evaluator.Evaluate(*view, now);
      if (verdict.grade == criteria::Grade::kIneligible || verdict.grade < study.suggest_when)
        continue;
      open[{subject.key, study.id}] =
          base::Hex(base::AsBytes(DigestOf(evaluator.program(), verdict)));
    }
  }
  return open;
}

bool SpeaksOfSuppression(const std::string& record) {
  return record.find("ResearchSubject") != std::string::npos ||
         record.find("outcome") != std::string::npos;
}

TEST(LaneTimers, MoveVerdictsAsAFreshEvaluationWould) {
  const std::vector<PublishedStudy> studies = tests::HistoryStudies();
  std::size_t transitions = 0;
  for (std::uint32_t seed = 1; seed <= kHistories; ++seed) {
    const tests::History history = tests::MakeHistory(seed * 7919);
    TestLane lane(studies);
    for (const auto& event : history.events) {
      if (!SpeaksOfSuppression(event.record)) lane.Apply(event.record);
    }
    const base::Instant begin = lane.lane().log_time();
    const base::Date first_day = base::LocalDate(begin);
    std::mt19937_64 random(seed);
    std::set<base::Instant> instants;
    for (int day = 1; day <= kDays; ++day) instants.insert(base::StartOfDay(first_day + day));
    for (int i = 0; i < kRandomInstants; ++i) {
      instants.insert(begin + static_cast<std::int64_t>(random() % (kDays * base::kMicrosPerDay)));
    }
    lane.News();
    for (const base::Instant now : instants) {
      lane.Tick(now);
      ASSERT_EQ(OpenOf(lane), Fresh(lane, now))
          << "seed " << seed << " at " << base::FormatUtc(now);
    }
    transitions += lane.News().size();
  }
  EXPECT_GT(transitions, 0U);
}

// The timers that are set, as the store has them after a commit: due and subject.
std::vector<std::pair<base::Instant, PersonKey>> TimersOf(const Store& store) {
  std::vector<std::pair<base::Instant, PersonKey>> timers;
  EXPECT_TRUE(
      store
          .Scan(Room::kTimers, "",
                [&](std::string_view key, std::string_view) {
                  std::uint64_t due = 0;
                  for (std::size_t i = 0; i < 8; ++i) {
                    due = due << 8 | static_cast<unsigned char>(key[i]);
                  }
                  PersonKey subject;
                  std::copy(key.begin() + 8, key.end(), subject.bytes.begin());
                  timers.push_back(
                      {{static_cast<std::int64_t>(due ^ (std::uint64_t{1} << 63))}, subject});
                  return true;
                })
          .has_value());
  return timers;
}

// All verdicts of a subject, without the sentences.
std::vector<base::Digest> VerdictsOf(TestLane& test, const PersonKey& subject, base::Instant at) {
  std::vector<base::Digest> verdicts;
  const auto view = test.lane().View(subject);
  EXPECT_TRUE(view.has_value());
  for (const criteria::Evaluator& evaluator : test.lane().evaluators()) {
    verdicts.push_back(DigestOf(evaluator.program(), evaluator.Evaluate(*view, at)));
  }
  return verdicts;
}

TEST(LaneTimers, NeverFireWhereNothingChanges) {
  const std::vector<PublishedStudy> studies = tests::HistoryStudies();
  std::size_t fired = 0;
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    const tests::History history = tests::MakeHistory(seed * 104729);
    std::shared_ptr<Store> store = MakeMemoryStore();
    TestLane lane(studies, {}, [&] { return tests::Share(store); });
    for (const auto& event : history.events) {
      if (!SpeaksOfSuppression(event.record)) lane.Apply(event.record);
    }
    const base::Instant end = lane.lane().log_time() + kDays * base::kMicrosPerDay;
    while (true) {
      lane.Commit();
      const auto timers = TimersOf(*store);
      if (timers.empty() || timers.front().first > end) break;
      const auto [due, subject] = timers.front();
      ASSERT_GT(due, lane.lane().log_time());
      ASSERT_NE(VerdictsOf(lane, subject, due - 1), VerdictsOf(lane, subject, due))
          << "seed " << seed << " at " << base::FormatUtc(due);
      // All that are due at that instant; each of them is checked.
      for (const auto& [also_due, other] : timers) {
        if (also_due != due) break;
        ASSERT_NE(VerdictsOf(lane, other, due - 1), VerdictsOf(lane, other, due));
        ++fired;
      }
      lane.Tick(due);
    }
  }
  EXPECT_GT(fired, 100U);
}

}  // namespace
}  // namespace medverka::matcher
