// Patients whose records lie in several lanes: whatever is merged, taken apart and moved in
// whatever order, all lanes together say what one lane with everything says.
#include "matcher/moves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <memory>
#include <random>

#include "ops/base/format.h"
#include "ops/base/murmur2.h"
#include "tests/support/history.h"
#include "tests/support/journal_text.h"
#include "tests/support/test_lane.h"

namespace medverka::matcher {
namespace {

using namespace tests;  // NOLINT: the words of the tests
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t kLanes = 3;
constexpr std::uint32_t kHistories = 150;

std::uint32_t LaneOf(std::string_view patient) {
  return base::PartitionOf(base::Murmur2(patient), kLanes);
}

// Several lanes, and what is under way between each two of them, in order.
class Lanes {
 public:
  explicit Lanes(const std::vector<PublishedStudy>& studies) {
    for (std::uint32_t partition = 0; partition < kLanes; ++partition) {
      LaneOptions options;
      options.partition = partition;
      options.partitions = kLanes;
      lanes_.push_back(std::make_unique<TestLane>(studies, options));
    }
  }
  void Apply(std::uint32_t lane, const std::string& record) {
    lanes_[lane]->Apply(record);
    Collect(lane);
  }
  // False: nothing is under way.
  bool Deliver(std::mt19937& random) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ways;
    for (const auto& [way, moves] : under_way_) {
      if (!moves.empty()) ways.push_back(way);
    }
    if (ways.empty()) return false;
    const auto way = ways[random() % ways.size()];
    const std::string value = under_way_[way].front();
    under_way_[way].pop_front();
    ++delivered_;
    lanes_[way.second]->ApplyMove(value);
    if (random() % 8 == 0) lanes_[way.second]->ApplyMove(value);  // twice is as once
    Collect(way.second);
    return true;
  }
  void DeliverAll(std::mt19937& random) {
    for (int limit = 10'000; Deliver(random); --limit) ASSERT_GT(limit, 0) << "never ends";
  }
  void Restart(std::uint32_t lane) {
    lanes_[lane]->Commit();
    lanes_[lane]->Restart();
  }
  void Tick(base::Instant time) {
    for (std::uint32_t lane = 0; lane < kLanes; ++lane) {
      lanes_[lane]->Tick(time);
      Collect(lane);
    }
  }
  TestLane& lane(std::uint32_t lane) { return *lanes_[lane]; }
  std::size_t delivered() const { return delivered_; }

 private:
  void Collect(std::uint32_t lane) {
    for (MoveEvent& move : lanes_[lane]->TakeMoves()) {
      under_way_[{lane, move.partition}].push_back(std::move(move.value));
    }
  }
  std::vector<std::unique_ptr<TestLane>> lanes_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::deque<std::string>> under_way_;
  std::size_t delivered_ = 0;
};

void AddOpen(TestLane& lane, std::vector<std::string>& open) {
  const auto suggestions = lane.lane().OpenSuggestions();
  ASSERT_TRUE(suggestions.has_value());
  for (const auto& one : *suggestions) {
    open.push_back(fmt::format("{} {} {} {}", base::Hex(one.subject.view()), one.study,
                               Name(one.grade), one.digest));
  }
  std::sort(open.begin(), open.end());
}

// Two patients of different lanes.
std::pair<std::string, std::string> TwoApart() {
  for (int i = 1;; ++i) {
    const std::string other = fmt::format("p{}", i);
    if (LaneOf(other) != LaneOf("p0")) return {"p0", other};
  }
}

const Made kFirst{1, "2026-03-01T08:00:00Z"};
const Made kSecond{2, "2026-03-02T08:00:00Z"};

constexpr const char* kTwoThings = R"(
study TWO "Two things" { suggest when eligible }
include cancer : condition icd10se C18
include drug : medication atc B01AA03
)";

TEST(Moves, ARetiredRecordsFactsCountForTheSurvivorInItsLane) {
  const auto [retired, survivor] = TwoApart();
  std::mt19937 random(1);
  Lanes lanes({Study(kTwoThings)});
  lanes.Apply(LaneOf(retired), Condition("c1", retired, "icd10se C18.7", "2026-02-01", kFirst));
  lanes.Apply(LaneOf(retired), Medication("m1", "atc B01AA03", kFirst));
  lanes.Apply(LaneOf(survivor), Patient({.id = survivor}, kFirst));
  lanes.Apply(LaneOf(retired), Patient({.id = retired, .replaced_by = survivor}, kFirst));
  lanes.DeliverAll(random);
  TestLane& home = lanes.lane(LaneOf(survivor));
  EXPECT_THAT(home.Open(), IsEmpty());
  // Later news of the retired name follow, with the codes of a medication of that lane.
  lanes.Apply(LaneOf(retired),
              MedicationRequest("r1", retired, "Medication/m1", "2026-02-20", kFirst));
  lanes.DeliverAll(random);
  EXPECT_THAT(home.Open(), ElementsAre("TWO eligible"));
  EXPECT_EQ(home.lane().OpenSuggestions()->at(0).subject, home.Key("Patient/" + survivor));
  EXPECT_THAT(lanes.lane(LaneOf(retired)).Open(), IsEmpty());
  EXPECT_TRUE(lanes.lane(LaneOf(retired)).lane().Subjects().empty());
  // Un-merged: each for itself again.
  lanes.Apply(LaneOf(retired), Patient({.id = retired}, kSecond));
  lanes.DeliverAll(random);
  EXPECT_THAT(home.Open(), IsEmpty());
  EXPECT_THAT(lanes.lane(LaneOf(retired)).Open(), ElementsAre("TWO eligible"));
}

TEST(Moves, NothingIsSentOfPersonsOfOneLane) {
  Lanes lanes({Study(kTwoThings)});
  std::mt19937 random(1);
  lanes.Apply(0, Patient({.id = "p0", .identifier = "4711"}, kFirst));
  lanes.Apply(0, Condition("c1", "p0", "icd10se C18.7", "2026-02-01", kFirst));
  EXPECT_FALSE(lanes.Deliver(random));
}

TEST(Moves, WhatDoesNotReadBackIsADeadLetter) {
  TestLane lane({Study(kTwoThings)});
  const std::string piece = EncodeMove({1, lane.Key("Patient/p1"), std::nullopt, "not a page"});
  ASSERT_TRUE(DecodeMove(piece).has_value());
  std::string flipped = piece;
  flipped[5] = static_cast<char>(flipped[5] ^ 1);
  EXPECT_FALSE(DecodeMove(flipped).has_value());
  for (const std::string& bad : {std::string(), std::string("{}"), flipped, piece}) {
    lane.ApplyMove(bad);
  }
  EXPECT_EQ(lane.lane().counters().dead[static_cast<std::size_t>(DeadLetterReason::kBadMove)], 4U);
}

TEST(Moves, AStampFromTheFutureIsTakenAtTheClocksValue) {
  TestLane lane({Study(kTwoThings)});
  const base::Instant clock = base::ParseTime("2026-03-01T08:00:00Z")->lo;
  const std::string piece = EncodeMove({1, lane.Key("Patient/p1"), std::nullopt, ""});
  InputRecord record;
  record.value = piece;
  record.topic = "moves";
  constexpr std::int64_t kMinute = 60'000'000;
  record.stamp = clock + 4 * kMinute;
  ASSERT_TRUE(lane.lane().ApplyMove(record, clock).has_value());
  EXPECT_EQ(lane.lane().log_time(), *record.stamp) << "as far ahead as clocks differ";
  EXPECT_EQ(lane.lane().counters().future_stamps, 0U);
  record.stamp = clock + 365 * base::kMicrosPerDay;
  ASSERT_TRUE(lane.lane().ApplyMove(record, clock + 10 * kMinute).has_value());
  EXPECT_EQ(lane.lane().log_time(), clock + 10 * kMinute);
  EXPECT_EQ(lane.lane().counters().future_stamps, 1U);
}

// ---- any history

struct Event {
  std::uint32_t lane = 0;
  std::string record;
};

// A few patients over the lanes, merged and taken apart again; each resource is one patient's.
class Journal {
 public:
  explicit Journal(std::uint32_t seed) : random_(seed), now_(At("2026-01-10T06:00:00Z")) {}
  std::vector<Event> Make() {
    for (std::size_t left = 15 + Below(25); left > 0; --left) {
      now_ = now_ + static_cast<std::int64_t>(1 + Below(48)) * base::kMicrosPerHour;
      Step(fmt::format("p{}", Below(6)));
    }
    return std::move(events_);
  }
  base::Instant end() const { return now_ + 20 * base::kMicrosPerDay; }

 private:
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  Made Next(const std::string& resource) { return {++versions_[resource], base::FormatUtc(now_)}; }
  void Add(const std::string& patient, std::string record) {
    events_.push_back({LaneOf(patient), std::move(record)});
  }
  void Step(const std::string& patient) {
    const std::string day = base::FormatLocalDate(
        base::LocalDate(now_ - static_cast<std::int64_t>(Below(40)) * base::kMicrosPerDay));
    const std::string which = fmt::format("{}-{}", patient, Below(2));
    switch (Below(8)) {
      case 0:
      case 1:
      case 2: {
        PatientText text;
        text.id = patient;
        text.birth = Below(2) == 0 ? "1971-03-02" : "";
        text.region = Below(2) == 0 ? "01" : "";
        if (Below(2) == 0) text.identifier = "47-" + patient;
        if (Below(2) == 0) text.replaced_by = fmt::format("p{}", Below(6));
        if (Below(5) == 0) text.replaces = fmt::format("p{}", Below(6));
        return Add(patient, Patient(text, Next(patient)));
      }
      case 3: {
        constexpr std::array kCodes = {"icd10se C18.7", "icd10se K57.3", "icd10se I50.9"};
        return Add(patient,
                   Condition("c-" + which, patient, kCodes[Below(3)], day, Next("c-" + which)));
      }
      case 4:
        return Add(patient,
                   Observation("o-" + which, patient, "npu NPU18016", Below(2) == 0 ? "62" : "240",
                               "umol/L", day, Next("o-" + which)));
      case 5:
        return Add(patient, tests::Decision(fmt::format("f{}", events_.size()), patient, "GROWN",
                                            Below(2) == 0 ? "declined" : "accepted", "other",
                                            base::FormatUtc(now_)));
      case 6:
        return Add(patient, Procedure("q-" + which, patient, "kva JFB30", day, Next("q-" + which)));
      default: {
        const std::string id = Below(3) == 0 ? "Patient/" + patient : "Condition/c-" + which;
        const Made made = Next(Below(3) == 0 ? patient : "c-" + which);
        return Add(patient, DeleteVersion(id, made.version, made.updated));
      }
    }
  }

  std::mt19937 random_;
  base::Instant now_;
  std::map<std::string, int> versions_;
  std::vector<Event> events_;
};

TEST(MovesProperty, AllLanesTogetherSayWhatOneLaneSays) {
  const std::vector<PublishedStudy> studies = HistoryStudies();
  std::size_t delivered = 0;
  std::size_t suggested = 0;
  for (std::uint32_t seed = 1; seed <= kHistories; ++seed) {
    Journal journal(seed);
    const std::vector<Event> events = journal.Make();
    TestLane one(studies);
    for (const Event& event : events) one.Apply(event.record);
    one.Tick(journal.end());
    std::vector<std::string> expected;
    AddOpen(one, expected);

    std::mt19937 random(seed);
    std::array<std::deque<std::string>, kLanes> journals;
    for (const Event& event : events) journals[event.lane].push_back(event.record);
    Lanes lanes(studies);
    for (std::size_t left = events.size(); left > 0;) {
      const auto lane = static_cast<std::uint32_t>(random() % kLanes);
      if (random() % 2 == 0) lanes.Deliver(random);
      if (random() % 20 == 0) lanes.Restart(lane);
      if (journals[lane].empty()) continue;
      lanes.Apply(lane, journals[lane].front());
      journals[lane].pop_front();
      --left;
    }
    if (random() % 2 == 0) lanes.Tick(journal.end());
    lanes.DeliverAll(random);
    lanes.Tick(journal.end());
    EXPECT_FALSE(lanes.Deliver(random));
    std::vector<std::string> found;
    for (std::uint32_t lane = 0; lane < kLanes; ++lane) AddOpen(lanes.lane(lane), found);
    ASSERT_EQ(found, expected) << "seed " << seed;
    delivered += lanes.delivered();
    suggested += found.size();
  }
  EXPECT_GT(delivered, 10 * kHistories);
  EXPECT_GT(suggested, kHistories);
}

}  // namespace
}  // namespace medverka::matcher
