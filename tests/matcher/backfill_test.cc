// Catalogues that change while a lane runs: stored subjects meet new, changed and removed studies
// in the background, and in the end it is as if the last catalogue had been there from the start.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "matcher/catalogue/catalogue.h"
#include "ops/base/format.h"
#include "tests/support/history.h"
#include "tests/support/journal_text.h"
#include "tests/support/portrait.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_lane.h"

namespace medverka::matcher {
namespace {

using namespace tests;  // NOLINT: the words of the tests
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint32_t kHistories = 300;

LaneOptions Background(bool cold = false) {
  LaneOptions options;
  options.background_backfill = true;
  options.hot_patient_bytes_max = cold ? 1 : 0;
  return options;
}

PublishedStudy SickWith(const std::string& id, const std::string& code) {
  return Study(
      fmt::format("study {0} \"{0}\" {{ suggest when eligible }}\n"
                  "include sick : condition icd10se {1}\n",
                  id, code));
}

const Made kFirst{1, "2026-03-01T08:00:00Z"};

std::string SickPatient(const std::string& id) {
  return Condition("c-" + id, id, "icd10se C18.7", "2026-02-01", kFirst);
}

TEST(Backfill, StoredSubjectsMeetANewStudyAFewAtATime) {
  TestLane lane({SickWith("A", "C18")}, Background());
  for (int i = 0; i < 10; ++i) lane.Apply(SickPatient(fmt::format("p{}", i)));
  lane.News();
  EXPECT_EQ(lane.lane().backfill().total, 0U);
  lane.Publish({SickWith("A", "C18"), SickWith("B", "C")});
  EXPECT_THAT(lane.News(), IsEmpty());
  lane.Backfill(4);
  EXPECT_THAT(lane.News(), SizeIs(4));
  EXPECT_EQ(lane.lane().backfill().done, 4U);
  EXPECT_GT(lane.lane().backfill().total, 4U);
  EXPECT_EQ(lane.LastSuggestion().at("data").at("cause").at("catalogue").to_number<int>(), 2);
  lane.BackfillAll();
  EXPECT_THAT(lane.News(), SizeIs(6));
  EXPECT_THAT(lane.Open(), SizeIs(20));
  EXPECT_EQ(lane.lane().backfill().done, 10U);
  EXPECT_EQ(lane.lane().catalogue_version(), 2U);
  const std::uint64_t evaluations = lane.lane().counters().evaluations;
  lane.Backfill(10);
  EXPECT_EQ(lane.lane().counters().evaluations, evaluations);
}

TEST(Backfill, LooksAtNothingButWhatChanged) {
  TestLane lane({SickWith("A", "C18"), SickWith("B", "C")}, Background());
  for (int i = 0; i < 10; ++i) lane.Apply(SickPatient(fmt::format("p{}", i)));
  const std::uint64_t before = lane.lane().counters().evaluations;
  lane.Publish({SickWith("A", "C18"), SickWith("B", "K")});
  lane.BackfillAll();
  EXPECT_EQ(lane.lane().counters().evaluations - before, 10U);
  EXPECT_THAT(lane.Open(), SizeIs(10));
  // A version with the same studies is only another number.
  lane.Publish({SickWith("B", "K"), SickWith("A", "C18")});
  EXPECT_EQ(lane.lane().catalogue_version(), 3U);
  EXPECT_EQ(lane.lane().backfill().done, lane.lane().backfill().total);
}

TEST(Backfill, WhoSomethingHappensToIsEvaluatedWholeAtOnce) {
  TestLane lane({SickWith("A", "C18")}, Background());
  lane.Apply(SickPatient("p1"));
  lane.News();
  lane.Publish({SickWith("A", "C18"), SickWith("B", "C")});
  lane.Apply(Condition("c2", "p1", "icd10se I50", "2026-02-01", kFirst));
  EXPECT_THAT(lane.News(), ElementsAre("suggested B eligible"));
  lane.BackfillAll();
  EXPECT_THAT(lane.News(), IsEmpty());
}

// What an operator sees of it: from the first figure on near what it will be, never more done than
// there is, and equal in the end.
TEST(Backfill, SaysHowMuchThereIs) {
  constexpr std::uint64_t kPatients = 400;
  TestLane lane({SickWith("A", "C18")}, Background());
  for (std::uint64_t i = 0; i < kPatients; ++i) {
    lane.Apply(Patient({.id = fmt::format("p{}", i), .gender = "female"}, kFirst));
    lane.Apply(SickPatient(fmt::format("p{}", i)));
  }
  lane.Publish({SickWith("B", "C")});
  EXPECT_EQ(lane.lane().backfill().total, kPatients);
  for (bool crashed = false; lane.lane().backfill().done < lane.lane().backfill().total;) {
    const BackfillProgress progress = lane.lane().backfill();
    EXPECT_GE(progress.total, kPatients * 8 / 10) << progress.done;
    EXPECT_LE(progress.total, kPatients * 12 / 10) << progress.done;
    lane.Backfill(7);
    if (progress.done < kPatients / 2 || crashed) continue;
    lane.Commit();
    lane.Crash();
    crashed = true;
  }
  EXPECT_EQ(lane.lane().backfill().done, kPatients);
  EXPECT_EQ(lane.lane().backfill().total, kPatients);
}

TEST(Backfill, GoesOnWhereItWasAfterACrash) {
  TestLane lane({SickWith("A", "C18")}, Background());
  for (int i = 0; i < 10; ++i) lane.Apply(SickPatient(fmt::format("p{}", i)));
  lane.Publish({SickWith("B", "C")});
  lane.Backfill(3);
  lane.Commit();
  lane.Backfill(3);
  lane.Crash();
  EXPECT_EQ(lane.lane().backfill().done, 3U);
  EXPECT_THAT(lane.Open(), SizeIs(10));
  const std::uint64_t evaluations = lane.lane().counters().evaluations;
  lane.BackfillAll();
  EXPECT_EQ(lane.lane().counters().evaluations - evaluations, 7U);
  EXPECT_THAT(lane.Open(), SizeIs(10));
  // The study that is gone keeps its name and title to the last withdrawal.
  EXPECT_NE(lane.suggestions().find("\"reason\":\"study-removed\""), std::string::npos);
  lane.Commit();
  lane.Restart();
  EXPECT_EQ(lane.lane().backfill().done, lane.lane().backfill().total);
}

TEST(Backfill, AFurtherCatalogueStartsOverForBoth) {
  TestLane lane({SickWith("A", "C18")}, Background());
  for (int i = 0; i < 10; ++i) lane.Apply(SickPatient(fmt::format("p{}", i)));
  lane.Publish({SickWith("A", "C18"), SickWith("B", "C")});
  lane.Backfill(4);
  lane.Publish({SickWith("A", "C18"), SickWith("B", "C"), SickWith("D", "C18.7")});
  EXPECT_EQ(lane.lane().backfill().done, 0U);
  lane.BackfillAll();
  EXPECT_THAT(lane.Open(), SizeIs(30));
}

TEST(Backfill, AStudyThatDoesNotCompileHereStaysAsItWas) {
  TestLane lane({SickWith("A", "C18"), SickWith("B", "C")}, Background());
  lane.Apply(SickPatient("p1"));
  lane.Commit();
  lane.Publish({SickWith("A", "K")}, {"B", "NEVER"});
  lane.BackfillAll();
  EXPECT_THAT(lane.Open(), ElementsAre("B eligible"));
  lane.Commit();
  lane.Restart();
  EXPECT_THAT(lane.Open(), ElementsAre("B eligible"));
}

TEST(Backfill, AnOlderVersionIsNothing) {
  TestLane lane({SickWith("A", "C18")}, Background());
  lane.Publish({SickWith("A", "C18"), SickWith("B", "C")});
  EXPECT_TRUE(lane.lane().SetCatalogue({1, {SickWith("A", "C18")}, {}}).has_value());
  EXPECT_EQ(lane.lane().catalogue_version(), 2U);
  EXPECT_EQ(lane.lane().evaluators().size(), 2U);
}

TEST(Backfill, ProgramsThatNoKeptVersionNamesAreForgotten) {
  std::shared_ptr<Store> store = MakeMemoryStore();
  TestLane lane({SickWith("A", "C18")}, Background(), [&] { return Share(store); });
  const auto count = [&](std::string_view prefix) {
    std::size_t rows = 0;
    EXPECT_TRUE(store
                    ->Scan(Room::kMeta, prefix,
                           [&](std::string_view, std::string_view) { return ++rows > 0; })
                    .has_value());
    return rows;
  };
  for (int i = 0; i < 50; ++i) {
    lane.Publish({SickWith("A", "C18"), SickWith("B", fmt::format("I{}", 10 + i))});
    lane.Commit();
  }
  EXPECT_EQ(count("catalogue/"), kCatalogueVersionsKept);
  EXPECT_EQ(count("program/"), kCatalogueVersionsKept + 1);
  lane.Restart();
  EXPECT_EQ(lane.lane().evaluators().size(), 2U);
}

// ---- any history, any catalogues

PublishedStudy Variant(const PublishedStudy& study) {
  auto program = std::make_shared<criteria::Program>(*study.program);
  program->study.suggest_when = program->study.suggest_when == criteria::Grade::kPossible
                                    ? criteria::Grade::kEligible
                                    : criteria::Grade::kPossible;
  return {program};
}

std::vector<PublishedStudy> SomeCatalogue(std::mt19937& random) {
  static const std::vector<PublishedStudy> all = HistoryStudies();
  std::vector<PublishedStudy> some;
  for (const PublishedStudy& study : all) {
    const auto choice = random() % 5;
    if (choice == 0) continue;
    some.push_back(choice == 1 ? Variant(study) : study);
  }
  return some;
}

struct Runner {
  std::vector<PublishedStudy> last;
  std::uint64_t published = 0;

  void Run(TestLane& lane, const History& history, std::mt19937& random) {
    std::size_t next = 0;
    while (next < history.events.size()) {
      lane.Apply(history.events[next++].record);
      if (random() % 8 == 0) Publish(lane, random);
      if (random() % 3 == 0) lane.Backfill(1 + random() % 2);
      if (random() % 5 == 0) lane.Commit();
      if (random() % 20 == 0) next = lane.Crash();
    }
    if (random() % 2 == 0) Publish(lane, random);
    if (random() % 2 == 0) lane.BackfillAll();
    lane.Tick(history.end);
    lane.BackfillAll();
    lane.Commit();
  }
  void Publish(TestLane& lane, std::mt19937& random) {
    last = SomeCatalogue(random);
    lane.Publish(last);
    ++published;
  }
};

TEST(BackfillProperty, EndsAsIfTheLastCatalogueHadBeenThereFromTheStart) {
  std::size_t open = 0;
  std::uint64_t published = 0;
  for (std::uint32_t seed = 1; seed <= kHistories; ++seed) {
    const History history = MakeHistory(seed);
    std::mt19937 random(seed);
    Runner runner;
    runner.last = SomeCatalogue(random);
    TestLane lane(runner.last, Background(seed % 2 == 0));
    lane.Commit();
    runner.Run(lane, history, random);
    published += runner.published;
    TestLane straight(runner.last);
    for (const auto& event : history.events) straight.Apply(event.record);
    straight.Tick(history.end);
    open += straight.Open().size();
    ASSERT_EQ(Portrait(lane.lane()), Portrait(straight.lane())) << "seed " << seed;
  }
  EXPECT_GT(open, kHistories);
  EXPECT_GT(published, 2 * kHistories);
}

}  // namespace
}  // namespace medverka::matcher
