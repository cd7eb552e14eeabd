// The lane over small hand-written journals: versions, deletes, who is who, late medications,
// suggestions and why they end, log time, restarts and catalogues.
#include "matcher/lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "ops/base/crypto.h"
#include "ops/base/format.h"
#include "tests/matcher/lane_words.h"
#include "tests/support/journal_text.h"
#include "tests/support/test_lane.h"

namespace medverka::matcher {
namespace {

using namespace tests;  // NOLINT: the words of the tests
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Likely until somebody has asked; against with warfarin.
constexpr const char* kCancer = R"(
study CANCER "Cancer of the colon" {
  title sv "Tjocktarmscancer"
  ids nct NCT00000001
  status recruiting
  sites "Akademiska sjukhuset" region 03
  sites "Danderyds sjukhus" region 01
  suggest when likely
}
include cancer : condition icd10se C18
exclude warfarin : medication atc B01AA03 current
ask swallow : "Can the patient swallow?" sv "Kan patienten svälja?"
)";

// A creatinine of the last 30 days.
constexpr const char* kKidneys = R"(
study KIDNEYS "Good kidneys" { suggest when eligible }
include creatinine : latest observation npu NPU18016 <= 100 umol/L within last 30 days
)";

TEST(Lane, SuggestsWithReasons) {
  TestLane lane({Study(kCancer)});
  lane.Apply(
      Patient({.id = "p1", .gender = "female", .birth = "1971-03-02", .region = "01"}, kFirst));
  lane.Apply(CancerOf("p1"));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely"));
  const base::json::object event = lane.LastSuggestion();
  EXPECT_EQ(event.at("specversion").as_string(), "1.0");
  EXPECT_EQ(event.at("type").as_string(), "se.medverka.suggestion.suggested.v1");
  EXPECT_EQ(event.at("source").as_string(), "urn:medverka:lane:0");
  EXPECT_EQ(event.at("time").as_string(), "2026-03-01T08:00:00Z");
  const base::json::object& data = event.at("data").as_object();
  EXPECT_EQ(event.at("subject"), data.at("subject"));
  EXPECT_EQ(std::string(event.at("id").as_string().c_str()),
            std::string(data.at("suggestion").as_string().c_str()) + "-1");
  EXPECT_EQ(data.at("study").at("ids").at("nct").as_string(), "NCT00000001");
  EXPECT_EQ(data.at("episode").to_number<int>(), 1);
  EXPECT_EQ(data.at("sites").as_array().at(0).at("region").as_string(), "01");
  EXPECT_EQ(data.at("catalogue_version").to_number<int>(), 1);
  const base::json::array& criteria = data.at("criteria").as_array();
  ASSERT_EQ(criteria.size(), 3U);
  EXPECT_EQ(criteria[0].at("name").as_string(), "cancer");
  EXPECT_EQ(criteria[0].at("value").as_string(), "true");
  EXPECT_EQ(criteria[0].at("evidence").as_array().at(0).as_string(), "Condition/c1/_history/1");
  EXPECT_EQ(criteria[1].at("policy").as_string(), "no");
  EXPECT_EQ(criteria[2].at("value").as_string(), "unknown");
}

TEST(Lane, SaysNothingTwice) {
  TestLane lane({Study(kCancer)});
  lane.Apply(CancerOf("p1"));
  lane.Apply(CancerOf("p1"));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely"));
  EXPECT_EQ(lane.lane().counters().duplicates, 1U);
}

TEST(Lane, AnswerSettlesTheQuestion) {
  TestLane lane({Study(kCancer)});
  lane.Apply(CancerOf("p1"));
  lane.Apply(Answer("a1", "p1", "CANCER", "swallow", true, "2026-03-05T08:00:00Z"));
  lane.Apply(Answer("a2", "p1", "CANCER", "swallow", false, "2026-03-06T08:00:00Z"));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely", "changed CANCER eligible",
                                       "withdrawn CANCER criterion-against"));
  // A late older answer changes nothing.
  lane.Apply(Answer("a0", "p1", "CANCER", "swallow", true, "2026-03-04T08:00:00Z"));
  EXPECT_THAT(lane.News(), IsEmpty());
  EXPECT_EQ(lane.lane().counters().older_versions, 1U);
}

TEST(Lane, CorrectedConditionWithdrawsAndNamesTheCriterion) {
  TestLane lane({Study(kCancer)});
  lane.Apply(CancerOf("p1"));
  lane.Apply(Condition("c1", "p1", "icd10se K57.3", "2026-02-01", kSecond));
  EXPECT_THAT(lane.News(),
              ElementsAre("suggested CANCER likely", "withdrawn CANCER criterion-against"));
  const base::json::object event = lane.LastSuggestion();
  EXPECT_EQ(event.at("data").at("against").as_array(), (base::json::array{"cancer"}));
  EXPECT_EQ(event.at("data").at("grade").as_string(), "ineligible");
  // The older version comes again: dropped.
  lane.Apply(CancerOf("p1"));
  EXPECT_THAT(lane.News(), IsEmpty());
  EXPECT_EQ(lane.lane().counters().older_versions, 1U);
}

TEST(Lane, NewEpisodeGetsANewId) {
  TestLane lane({Study(kCancer)});
  lane.Apply(CancerOf("p1"));
  const std::string first = lane.lane().OpenSuggestions()->at(0).id;
  lane.Apply(Condition("c1", "p1", "icd10se C18.7", "", kSecond, "active", "entered-in-error"));
  EXPECT_THAT(lane.Open(), IsEmpty());
  lane.Apply(CancerOf("p1", kThird));
  EXPECT_NE(lane.lane().OpenSuggestions()->at(0).id, first);
  EXPECT_EQ(lane.LastSuggestion().at("data").at("episode").to_number<int>(), 2);
}

TEST(Lane, SameVerdictOnNewEvidenceIsAChange) {
  TestLane lane({Study(kCancer)});
  lane.Apply(CancerOf("p1"));
  lane.Apply(CancerOf("p1", kSecond));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely", "changed CANCER likely"));
}

TEST(Lane, DeleteTakesAwayAndIsRemembered) {
  TestLane lane({Study(kCancer)});
  lane.Apply(CancerOf("p1"));
  lane.Apply(DeleteVersion("Condition/c1", 2, "2026-03-02T08:00:00Z"));
  EXPECT_THAT(lane.Open(), IsEmpty());
  lane.Apply(CancerOf("p1"));
  EXPECT_THAT(lane.Open(), IsEmpty());
  lane.Apply(CancerOf("p1", kThird));
  EXPECT_THAT(lane.Open(), ElementsAre("CANCER likely"));
  EXPECT_EQ(lane.lane().counters().deletes, 1U);
}

TEST(Lane, DeleteOfTheUnseenKeepsALateOriginalOut) {
  TestLane lane({Study(kCancer)});
  lane.Apply(DeleteVersion("Condition/c1", 2, "2026-03-02T08:00:00Z"));
  lane.Apply(CancerOf("p1"));
  EXPECT_THAT(lane.News(), IsEmpty());
  EXPECT_EQ(lane.lane().counters().deletes_of_unseen, 1U);
  EXPECT_EQ(lane.lane().counters().older_versions, 1U);
}

TEST(Lane, LastOfAPersonLeavesNobody) {
  TestLane lane({Study(kCancer)});
  lane.Apply(CancerOf("p1"));
  lane.Apply(DeleteVersion("Condition/c1", 2, "2026-03-02T08:00:00Z"));
  EXPECT_THAT(lane.News(),
              ElementsAre("suggested CANCER likely", "withdrawn CANCER patient-removed"));
  EXPECT_TRUE(lane.lane().Subjects().empty());
  EXPECT_FALSE(lane.lane().View(lane.Key("Patient/p1")).has_value());
}

TEST(Lane, ResourceMovesToAnotherPatient) {
  TestLane lane({Study(kCancer)});
  lane.Apply(Patient({.id = "p1"}, kFirst));
  lane.Apply(Patient({.id = "p2"}, kFirst));
  lane.Apply(CancerOf("p1"));
  lane.Apply(CancerOf("p2", kSecond));
  auto open = *lane.lane().OpenSuggestions();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].subject, lane.Key("Patient/p2"));
}

TEST(Lane, BundleIsOneStep) {
  TestLane lane({Study(kCancer)});
  lane.Apply(
      Bundle({CancerOf("p1"), MedicationRequest("m1", "p1", "atc B01AA03", "2026-02-20", kFirst),
              Patient({.id = "p1"}, kFirst)},
             "2026-03-01T08:00:00Z"));
  EXPECT_THAT(lane.News(), IsEmpty());
}

// ---- records of Kafka

TEST(LaneInput, TimestampMovesLogTimeAndTheCauseNamesTopicAndOffset) {
  TestLane lane({Study(kCancer)});
  const std::string record = CancerOf("p1");
  InputRecord input;
  input.value = record;
  input.topic = "journal.events.v1";
  input.offset = 17;
  input.stamp = At("2026-04-01T08:00:00Z");
  ASSERT_TRUE(lane.lane().Apply(input, At("2026-04-01T08:00:01Z")).has_value());
  EXPECT_EQ(lane.lane().log_time(), *input.stamp);
  const Effects effects = lane.lane().TakeEffects();
  ASSERT_EQ(effects.suggestions.size(), 1U);
  EXPECT_EQ(effects.suggestions[0].topic, "journal.events.v1");
  EXPECT_EQ(effects.suggestions[0].offset, 17U);
  EXPECT_NE(effects.suggestions[0].data.find("\"topic\":\"journal.events.v1\""), std::string::npos);
  // A timestamp far ahead of the clock is taken at the clock's value.
  input.stamp = At("2100-01-01T00:00:00Z");
  ASSERT_TRUE(lane.lane().Apply(input, At("2026-04-02T08:00:00Z")).has_value());
  EXPECT_EQ(lane.lane().log_time(), At("2026-04-02T08:00:00Z"));
  EXPECT_EQ(lane.lane().counters().future_stamps, 1U);
}

TEST(LaneInput, BinaryEventsTombstonesAndWhatIsNone) {
  TestLane lane({Study(kCancer)});
  const std::string record = CancerOf("p1");
  EventAttributes attributes{.specversion = "1.0",
                             .id = "e1",
                             .source = "//ehr",
                             .type = "se.example.updated",
                             .subject = "Condition/c1",
                             .time = "2026-03-05T08:00:00Z"};
  const auto apply = [&](std::optional<std::string_view> value, bool binary) {
    InputRecord input;
    input.value = value;
    if (binary) input.attributes = attributes;
    input.topic = "journal.events.v1";
    input.stamp = At("2026-03-05T08:00:00Z");
    EXPECT_TRUE(lane.lane().Apply(input, std::nullopt).has_value());
    std::string said;
    for (const auto& dead : lane.lane().TakeEffects().dead_letters) said += Name(dead.reason);
    return said;
  };
  EXPECT_EQ(apply(record, true), "");
  EXPECT_THAT(lane.Open(), ElementsAre("CANCER likely"));
  attributes.time = "2026-03-06T08:00:00Z";
  EXPECT_EQ(apply(std::nullopt, true), "");
  EXPECT_THAT(lane.Open(), IsEmpty());
  EXPECT_EQ(apply(std::nullopt, false), "null-value");
  EXPECT_EQ(apply("", false), "malformed-json");
  EXPECT_EQ(apply(" \n", false), "malformed-json");
  attributes.specversion = "";
  EXPECT_EQ(apply(record, true), "unknown-envelope");
  const std::string with_schema_id = std::string("\0\0\0\0\7", 5) + CancerOf("p2", kSecond);
  EXPECT_EQ(apply(with_schema_id, false), "");
  EXPECT_EQ(lane.lane().counters().records, 7U);
}

TEST(LaneInput, CommitsFormAChain) {
  TestLane lane({Study(kCancer)});
  EXPECT_EQ(lane.lane().committed().sequence, 0U);
  lane.Apply(CancerOf("p1"));
  lane.Commit();
  const Lane::Committed first = lane.lane().committed();
  EXPECT_EQ(first.sequence, 1U);
  EXPECT_EQ(first.before, base::Digest{});
  EXPECT_EQ(first.log_time, At("2026-03-01T08:00:00Z"));
  EXPECT_EQ(first.catalogue_version, 1U);
  lane.Restart();
  EXPECT_EQ(lane.lane().committed().chain, first.chain);
  lane.Commit();
  EXPECT_EQ(lane.lane().committed().before, first.chain);
  EXPECT_NE(lane.lane().committed().chain, first.chain);
}

// ---- medications

TEST(Lane, LateMedicationFillsInTheOrder) {
  TestLane lane({Study(kCancer)});
  lane.Apply(CancerOf("p1"));
  lane.Apply(MedicationRequest("r1", "p1", "Medication/m1", "2026-02-20", kFirst));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely"));
  lane.Apply(Medication("m1", "atc B01AA03", kFirst));
  EXPECT_THAT(lane.News(), ElementsAre("withdrawn CANCER criterion-against"));
  lane.Apply(Medication("m1", "atc N02BE01", kSecond));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely"));
}

TEST(Lane, MedicationsAreRememberedOverRestartsAndEviction) {
  for (const bool medication_first : {false, true}) {
    TestLane lane({Study(kCancer)}, ColdOptions());
    const std::string order = MedicationRequest("r1", "p1", "Medication/m1", "2026-02-20", kFirst);
    const std::string medication = Medication("m1", "atc B01AA03", kFirst);
    lane.Apply(CancerOf("p1"));
    lane.Apply(medication_first ? medication : order);
    lane.Commit();
    lane.Restart();
    lane.Apply(medication_first ? order : medication);
    EXPECT_THAT(lane.Open(), IsEmpty());
    lane.Apply(DeleteVersion("Medication/m1", 2, "2026-03-02T08:00:00Z"));
    EXPECT_THAT(lane.Open(), ElementsAre("CANCER likely"));
  }
}

// ---- who is who

TEST(Lane, MergeBringsTheFactsTogetherAndUnmergeTakesThemApart) {
  TestLane lane({Study(kCancer)});
  lane.Apply(Patient({.id = "p1"}, kFirst));
  lane.Apply(Patient({.id = "p2"}, kFirst));
  lane.Apply(CancerOf("p1"));
  lane.Apply(MedicationRequest("m1", "p2", "atc B01AA03", "2026-02-20", kFirst));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely"));
  lane.Apply(Patient({.id = "p1", .replaced_by = "p2"}, kSecond));
  EXPECT_THAT(lane.News(), ElementsAre("withdrawn CANCER merged"));
  EXPECT_EQ(std::string(lane.LastSuggestion().at("data").at("merged_into").as_string().c_str()),
            base::Hex(lane.Key("Patient/p2").view()));
  EXPECT_EQ(lane.lane().Subjects().size(), 1U);
  EXPECT_EQ(lane.lane().Subjects().at(0).key, lane.Key("Patient/p2"));
  lane.Apply(Patient({.id = "p1"}, kThird));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely"));
  EXPECT_EQ(lane.lane().Subjects().size(), 2U);
}

TEST(Lane, MergeCanBeSaidFromTheSurvivor) {
  TestLane lane({Study(kCancer)});
  lane.Apply(CancerOf("p1"));
  lane.Apply(Patient({.id = "p1"}, kFirst));
  lane.Apply(Patient({.id = "p2", .replaces = "p1"}, kFirst));
  EXPECT_THAT(lane.News(),
              UnorderedElementsAre("suggested CANCER likely", "withdrawn CANCER merged",
                                   "suggested CANCER likely"));
  EXPECT_EQ(lane.lane().OpenSuggestions()->at(0).subject, lane.Key("Patient/p2"));
}

TEST(Lane, SharedIdentifierIsTheSamePerson) {
  TestLane lane({Study(kCancer)});
  lane.Apply(Patient({.id = "p1", .identifier = "4711"}, kFirst));
  lane.Apply(Patient({.id = "p2", .identifier = "4711"}, kFirst));
  lane.Apply(CancerOf("p1"));
  lane.Apply(MedicationRequest("m1", "p2", "atc B01AA03", "2026-02-20", kFirst));
  ASSERT_EQ(lane.lane().Subjects().size(), 1U);
  EXPECT_EQ(lane.lane().Subjects().at(0).key,
            lane.Key("https://hospital.example.se/patient-number|4711"));
  EXPECT_THAT(lane.Open(), IsEmpty());
}

TEST(Lane, DeletedPatientLeavesFactsUnderTheName) {
  TestLane lane({Study(kCancer)});
  lane.Apply(Patient({.id = "p1", .identifier = "4711"}, kFirst));
  lane.Apply(CancerOf("p1"));
  EXPECT_EQ(lane.lane().OpenSuggestions()->at(0).subject,
            lane.Key("https://hospital.example.se/patient-number|4711"));
  lane.Apply(DeleteVersion("Patient/p1", 2, "2026-03-02T08:00:00Z"));
  EXPECT_EQ(lane.lane().OpenSuggestions()->at(0).subject, lane.Key("Patient/p1"));
  EXPECT_EQ(lane.lane().Subjects().size(), 1U);
}

TEST(Lane, DemographicsFillHolesFromMergedRecords) {
  TestLane lane({Study(kAdults)});
  lane.Apply(Patient({.id = "old",
                      .gender = "female",
                      .birth = "1971-03-02",
                      .replaced_by = "new",
                      .region = "01"},
                     kFirst));
  lane.Apply(Patient({.id = "new", .gender = "male"}, kFirst));
  auto view = lane.lane().View(lane.Key("Patient/new"));
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->demographics.sex, criteria::Sex::kMale);
  EXPECT_TRUE(view->demographics.birth.has_value());
  EXPECT_EQ(view->demographics.region, "01");
  EXPECT_THAT(lane.Open(), ElementsAre("ADULTS eligible"));
}

TEST(Lane, DamagedChainIsNotFollowed) {
  LaneOptions options;
  options.evaluate = false;
  TestLane lane({Study(kCancer)}, options);
  for (int i = 0; i < 1100; ++i) {
    lane.Apply(Patient({.id = "p" + std::to_string(i), .identifier = "unknown"}, kFirst));
  }
  EXPECT_GT(lane.lane().counters().damaged_chains, 0U);
  EXPECT_EQ(lane.lane().Subjects().size(), 1100U);
}

// ---- suppression

TEST(Lane, DeclineSilencesUntilItExpires) {
  const std::string study = std::string(kCancer).replace(std::string(kCancer).find("suggest when"),
                                                         0, "decline silences for 6 months\n  ");
  TestLane lane({Study(study)});
  lane.Apply(CancerOf("p1"));
  lane.Apply(
      Decision("f1", "p1", "NCT00000001", "declined", "patient-declined", "2026-03-05T08:00:00Z"));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely", "withdrawn CANCER declined"));
  lane.Tick("2026-09-04T21:59:59Z");
  EXPECT_THAT(lane.News(), IsEmpty());
  lane.Tick("2026-09-05");
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely"));
  EXPECT_EQ(lane.LastSuggestion().at("time").as_string(), "2026-09-04T22:00:00Z");
}

TEST(Lane, DeclineWithoutTermIsForGoodAndALaterYesLiftsIt) {
  TestLane lane({Study(kCancer)});
  lane.Apply(
      Decision("f1", "p1", "CANCER", "declined", "patient-declined", "2026-02-05T08:00:00Z"));
  lane.Apply(CancerOf("p1"));
  lane.Tick("2029-01-01");
  EXPECT_THAT(lane.News(), IsEmpty());
  // Late and older than the decline: changes nothing. Newer: lifts it.
  lane.Apply(Decision("f0", "p1", "CANCER", "accepted", "", "2026-02-01T08:00:00Z"));
  EXPECT_THAT(lane.News(), IsEmpty());
  lane.Apply(Decision("f2", "p1", "CANCER", "accepted", "", "2026-04-01T08:00:00Z"));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely"));
}

TEST(Lane, DeclineFollowsAMerge) {
  TestLane lane({Study(kCancer)});
  lane.Apply(
      Decision("f1", "p2", "CANCER", "declined", "patient-declined", "2026-02-05T08:00:00Z"));
  lane.Apply(CancerOf("p1"));
  lane.Apply(Patient({.id = "p1"}, kFirst));
  lane.Apply(Patient({.id = "p2", .replaced_by = "p1"}, kFirst));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely", "withdrawn CANCER declined"));
}

TEST(Lane, ParticipationSuppressesAndACandidateDoesNot) {
  TestLane lane({Study(kCancer)});
  lane.Apply(CancerOf("p1"));
  lane.Apply(ResearchSubject("s1", "p1", "CANCER", "candidate", "2026-02-20", kFirst));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely"));
  lane.Apply(ResearchSubject("s1", "p1", "CANCER", "on-study", "2026-02-20", kSecond));
  EXPECT_THAT(lane.News(), ElementsAre("withdrawn CANCER participation"));
  lane.Apply(ResearchSubject("s1", "p1", "OTHER", "on-study", "2026-02-20", kThird));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely"));
}

TEST(Lane, EnrolledIsAParticipationThatOtherStudiesSee) {
  constexpr const char* kElsewhere = R"(
study ELSEWHERE "Not in CANCER" { suggest when possible }
include cancer : condition icd10se C18
exclude taking part : participation in study "CANCER" current
)";
  TestLane lane({Study(kCancer), Study(kElsewhere)});
  lane.Apply(CancerOf("p1"));
  EXPECT_THAT(lane.Open(), ElementsAre("CANCER likely", "ELSEWHERE eligible"));
  lane.Apply(Decision("f1", "p1", "CANCER", "enrolled", "", "2026-03-05T08:00:00Z"));
  EXPECT_THAT(lane.Open(), IsEmpty());
  EXPECT_NE(lane.suggestions().find("\"reason\":\"participation\""), std::string::npos);
  lane.Apply(Decision("f2", "p1", "CANCER", "withdrawn", "", "2026-04-05T08:00:00Z"));
  lane.Tick("2026-04-05T08:00:01Z");
  EXPECT_THAT(lane.Open(), ElementsAre("ELSEWHERE eligible"));
  // Late news of before changes nothing.
  lane.Apply(Decision("f0", "p1", "CANCER", "enrolled", "", "2026-03-06T08:00:00Z"));
  EXPECT_THAT(lane.Open(), ElementsAre("ELSEWHERE eligible"));
}

TEST(Lane, TheLatestWordOnAnEnrolmentCountsByWhicheverNameItCame) {
  const auto word = [](std::string_view patient, std::string_view outcome, std::string_view time) {
    return Decision("f-" + std::string(outcome), patient, "OTHER", outcome, "", time);
  };
  constexpr const char* kFree = R"(
study FREE "Not in another" { suggest when eligible }
include cancer : condition icd10se C18
exclude elsewhere : participation in study "OTHER" current
)";
  const std::vector<std::string> events = {Patient({.id = "p1", .identifier = "4711"}, kFirst),
                                           CancerOf("p1"),
                                           Patient({.id = "p2", .identifier = "4711"}, kFirst),
                                           word("p1", "enrolled", "2026-03-05T08:00:00Z"),
                                           word("p2", "withdrawn", "2026-03-06T08:00:00Z")};
  std::vector<std::size_t> order{0, 1, 2, 3, 4};
  do {
    TestLane lane({Study(kFree)});
    for (const std::size_t event : order) lane.Apply(events[event]);
    lane.Tick("2026-04-01T08:00:00Z");
    ASSERT_THAT(lane.Open(), ElementsAre("FREE eligible"));
    lane.Apply(word("p2", "enrolled", "2026-03-07T08:00:00Z"));
    ASSERT_THAT(lane.Open(), IsEmpty());
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Lane, FeedbackBySubjectAndOnSuggestionsThatWereNeverMade) {
  TestLane lane({Study(kCancer)});
  lane.Apply(Patient({.id = "p1", .identifier = "4711"}, kFirst));
  lane.Apply(CancerOf("p1"));
  const Lane::OpenSuggestion open = lane.lane().OpenSuggestions()->at(0);
  const auto feedback = [&](std::string_view id, std::string_view suggestion,
                            std::string_view outcome) {
    lane.Apply(fmt::format(
        R"({{"specversion":"1.0","id":"{}","source":"//t","type":"se.medverka.feedback.v1",)"
        R"("time":"2026-03-0{}T08:00:00Z","data":{{"subject":"{}","study":"CANCER",)"
        R"("suggestion":"{}","outcome":"{}","reason":"other"}}}})",
        id, id, base::Hex(open.subject.view()), suggestion, outcome));
  };
  feedback("2", open.id + "-1", "declined");
  EXPECT_THAT(lane.Open(), IsEmpty());
  feedback("3", open.id, "accepted");
  EXPECT_THAT(lane.Open(), ElementsAre("CANCER likely"));
  EXPECT_EQ(lane.dead_letters(), "");
  feedback("4", "0123456789abcdef0123456789abcdef", "declined");
  EXPECT_THAT(lane.Open(), IsEmpty());
  EXPECT_NE(lane.dead_letters().find("unknown-suggestion"), std::string::npos);
  const auto reason = static_cast<std::size_t>(DeadLetterReason::kUnknownSuggestion);
  EXPECT_EQ(lane.lane().counters().dead[reason], 1U);
}

TEST(Lane, TheDeadMatchNothing) {
  TestLane lane({Study(kCancer)});
  lane.Apply(CancerOf("p1"));
  lane.Apply(Patient({.id = "p1", .deceased = "2026-02-28"}, kFirst));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely", "withdrawn CANCER deceased"));
}

TEST(Lane, StudyThatIsNotRecruitingIsNotSuggested) {
  std::string closed = kCancer;
  closed.replace(closed.find("status recruiting"), 17, "status completed ");
  TestLane lane({Study(closed)});
  lane.Apply(CancerOf("p1"));
  EXPECT_THAT(lane.News(), IsEmpty());
  LaneOptions options;
  options.assume_recruiting = true;
  TestLane assumed({Study(closed)}, options);
  assumed.Apply(CancerOf("p1"));
  EXPECT_THAT(assumed.News(), ElementsAre("suggested CANCER likely"));
}

// ---- time

TEST(Lane, TimePassesWithoutAnEvent) {
  TestLane lane({Study(kKidneys)});
  lane.Apply(
      Observation("o1", "p1", "npu NPU18016", "80", "umol/L", "2026-02-20T08:00:00Z", kFirst));
  EXPECT_THAT(lane.News(), ElementsAre("suggested KIDNEYS eligible"));
  lane.Tick("2026-03-22T22:59:59Z");
  EXPECT_THAT(lane.News(), IsEmpty());
  lane.Tick("2027-01-01");
  EXPECT_THAT(lane.News(), ElementsAre("withdrawn KIDNEYS below-grade"));
  EXPECT_EQ(lane.LastSuggestion().at("time").as_string(), "2026-03-22T23:00:00Z");
  EXPECT_TRUE(lane.LastSuggestion().at("data").at("cause").at("timer").as_bool());
  EXPECT_EQ(lane.lane().log_time(), At("2027-01-01"));
}

TEST(Lane, ComesOfAgeAtMidnight) {
  TestLane lane({Study(kAdults)});
  lane.Apply(Patient({.id = "p1", .birth = "2008-05-10"}, kFirst));
  lane.Tick("2027-01-01");
  EXPECT_THAT(lane.News(), ElementsAre("suggested ADULTS eligible"));
  EXPECT_EQ(lane.LastSuggestion().at("time").as_string(), "2026-05-09T22:00:00Z");
}

TEST(Lane, LogTimeNeverGoesBack) {
  TestLane lane({Study(kAdults)});
  lane.Apply(Patient({.id = "p1", .birth = "1971-03-02"}, kThird));
  lane.Apply(Patient({.id = "p2", .birth = "1971-03-02"}, kFirst));
  EXPECT_EQ(lane.lane().log_time(), At(kThird.updated));
  lane.Tick("2026-01-01");
  EXPECT_EQ(lane.lane().log_time(), At(kThird.updated));
}

TEST(Lane, StampBeyondTheClockIsTakenAtTheClock) {
  TestLane lane({Study(kAdults)});
  const std::string record =
      Patient({.id = "p1", .birth = "1971-03-02"}, {1, "2099-01-01T00:00:00Z"});
  ASSERT_TRUE(lane.lane().Apply(record, {}, At("2026-03-01T08:00:00Z")).has_value());
  EXPECT_EQ(lane.lane().log_time(), At("2026-03-01T08:00:00Z"));
  EXPECT_EQ(lane.lane().counters().future_stamps, 1U);
}

TEST(Lane, WithoutAnyTimeNothingIsJudgedUntilThereIsOne) {
  TestLane lane({Study(kAdults)});
  lane.Apply(R"({"resourceType":"Patient","id":"p1","birthDate":"1971-03-02"})");
  EXPECT_THAT(lane.News(), IsEmpty());
  lane.Commit();
  lane.Restart();
  lane.Tick("2026-03-01");
  EXPECT_THAT(lane.News(), ElementsAre("suggested ADULTS eligible"));
}

// ---- bad input

TEST(Lane, DeadLettersNameThePlaceAndTheReason) {
  TestLane lane({Study(kAdults)});
  lane.Apply("{\"broken\"");
  lane.Apply(R"({"resourceType":"Observation","id":"o1","status":"final"})");
  lane.Apply(Patient({.id = "p1", .birth = "1971-03-02"}, kFirst));
  EXPECT_EQ(lane.dead_letters().find(
                "{\"offset\":0,\"line\":1,\"entry\":null,\"reason\":\"malformed-json\""),
            0U)
      << lane.dead_letters();
  EXPECT_NE(lane.dead_letters().find("{\"offset\":10,\"line\":2,"), std::string::npos);
  EXPECT_THAT(lane.Open(), ElementsAre("ADULTS eligible"));
  EXPECT_EQ(lane.lane().counters().records, 3U);
}

// ---- commits, restarts, catalogues

TEST(Lane, RestartGoesOnWhereItWas) {
  TestLane lane({Study(kCancer), Study(kKidneys)});
  lane.Apply(CancerOf("p1"));
  lane.Apply(
      Observation("o1", "p1", "npu NPU18016", "80", "umol/L", "2026-02-20T08:00:00Z", kFirst));
  lane.Commit();
  const std::string hash = lane.Hash();
  lane.Restart();
  EXPECT_EQ(lane.Hash(), hash);
  EXPECT_EQ(lane.lane().log_time(), At(kFirst.updated));
  EXPECT_EQ(lane.lane().positions().count("file"), 1U);
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely", "suggested KIDNEYS eligible"));
  lane.Tick("2027-01-01");
  EXPECT_THAT(lane.News(), ElementsAre("withdrawn KIDNEYS below-grade"));
}

TEST(Lane, WhatWasNotCommittedIsGone) {
  TestLane lane({Study(kCancer)});
  lane.Commit();
  const std::string hash = lane.Hash();
  lane.Apply(CancerOf("p1"));
  EXPECT_NE(lane.Hash(), hash);
  lane.Restart();
  EXPECT_EQ(lane.Hash(), hash);
  EXPECT_THAT(lane.Open(), IsEmpty());
}

TEST(Lane, NewCatalogueLooksAtEverybody) {
  TestLane lane({Study(kCancer)});
  lane.Apply(CancerOf("p1"));
  lane.Apply(Patient({.id = "p1", .birth = "1971-03-02"}, kFirst));
  lane.Commit();
  EXPECT_EQ(lane.lane().catalogue_version(), 1U);
  lane.News();
  lane.Restart({Study(kCancer), Study(kAdults)});
  EXPECT_EQ(lane.lane().catalogue_version(), 2U);
  EXPECT_THAT(lane.News(), ElementsAre("suggested ADULTS eligible"));
  EXPECT_EQ(lane.LastSuggestion().at("data").at("cause").at("catalogue").to_number<int>(), 2);
  lane.Commit();
  lane.Restart({Study(kAdults)});
  EXPECT_THAT(lane.News(), ElementsAre("withdrawn CANCER study-removed"));
  EXPECT_EQ(lane.LastSuggestion().at("data").at("study").at("title").at("sv").as_string(),
            "Tjocktarmscancer");
  EXPECT_EQ(lane.lane().catalogue_version(), 3U);
}

TEST(Lane, CatalogueThatWasNotCommittedIsNotRemembered) {
  TestLane lane({Study(kCancer)});
  lane.Apply(CancerOf("p1"));
  lane.Apply(Patient({.id = "p1", .birth = "1971-03-02"}, kFirst));
  lane.Commit();
  lane.News();
  for (int i = 0; i < 2; ++i) {
    lane.Restart({Study(kCancer), Study(kAdults)});
    EXPECT_EQ(lane.lane().catalogue_version(), 2U);
    EXPECT_THAT(lane.News(), ElementsAre("suggested ADULTS eligible"));
  }
}

TEST(Lane, StudyWithErrorsStaysLiveAsItWas) {
  TestLane lane({Study(kCancer), Study(kAdults)});
  lane.Commit();
  lane.Restart({Study(kAdults)}, {"CANCER"});
  EXPECT_EQ(lane.lane().catalogue_version(), 1U);
  lane.Apply(CancerOf("p1"));
  EXPECT_THAT(lane.News(), ElementsAre("suggested CANCER likely"));
}

// The lane's answer to a state that it cannot use.
base::Error OpenFailure(const std::shared_ptr<Store>& store, const LaneOptions& options) {
  auto lane = Lane::Open(Share(store), options, {}, {});
  EXPECT_FALSE(lane.has_value());
  return lane.has_value() ? base::Error{base::ErrorCode::kNotFound, "it opened"} : lane.error();
}

std::shared_ptr<Store> CommittedStore(const LaneOptions& options) {
  std::shared_ptr<Store> store = MakeMemoryStore();
  auto lane = Lane::Open(Share(store), options, {}, {});
  EXPECT_TRUE(lane.has_value() && (*lane)->Commit({}).has_value());
  return store;
}

TEST(Lane, AnotherSubjectKeyOrPartitionIsRefused) {
  LaneOptions options;
  options.subject_key = "one";
  const std::shared_ptr<Store> store = CommittedStore(options);
  LaneOptions other_key = options;
  other_key.subject_key = "two";
  EXPECT_EQ(OpenFailure(store, other_key).code, base::ErrorCode::kInvalidArgument);
  LaneOptions other_partition = options;
  other_partition.partition = 1;
  EXPECT_EQ(OpenFailure(store, other_partition).code, base::ErrorCode::kInvalidArgument);
  EXPECT_TRUE(Lane::Open(Share(store), options, {}, {}).has_value());
}

TEST(Lane, DamagedMarkerIsSaidAndNothingIsWritten) {
  const LaneOptions options;
  for (const bool missing : {false, true}) {
    const std::shared_ptr<Store> store = CommittedStore(options);
    std::string marker = store->Get(Room::kMeta, "marker")->value();
    marker[marker.size() / 2] = static_cast<char>(marker[marker.size() / 2] ^ 1);
    if (missing) {
      store->Delete(Room::kMeta, "marker");
      store->Put(Room::kState, "something", "");
    } else {
      store->Put(Room::kMeta, "marker", marker);
    }
    ASSERT_TRUE(store->Commit().has_value());
    const base::Error failure = OpenFailure(store, options);
    EXPECT_EQ(failure.code, base::ErrorCode::kCorruption);
    EXPECT_NE(failure.message.find("marker"), std::string::npos);
    EXPECT_EQ(store->Get(Room::kMeta, "marker").value(),
              missing ? std::nullopt : std::optional(marker));
  }
}

// Inputs were worked again and came out otherwise on the way: what readers were told last is taken
// over, and told on from there.
TEST(Lane, GoesOnBehindWhatReadersWereToldLast) {
  TestLane lane(
      {Study("study T1 \"T\" { suggest when eligible }\n"
             "include sick : condition icd10se C18\n")});
  const Made first{1, "2026-03-01T08:00:00Z"};
  lane.Apply(Condition("c1", "p1", "icd10se C18.7", "2026-02-01", first));
  const std::string subject = base::Hex(lane.Key("Patient/p1").view());
  const std::string other = base::Hex(lane.Key("Patient/p2").view());
  const auto told = [&](const std::string& who, const LastSaid& last) {
    EXPECT_TRUE(lane.lane().Reconcile(who, "T1", last).has_value());
    std::string events;
    for (const SuggestionEvent& event : lane.lane().TakeEffects().suggestions) {
      events += fmt::format("{} {}.{} ", event.type.substr(event.type.find('.', 12) + 1),
                            event.episode, event.transitions);
      EXPECT_EQ(event.id.substr(event.id.find('-') + 1), fmt::format("{}", event.transitions));
    }
    return events;
  };
  EXPECT_EQ(told(subject, {1, 1, true}), "") << "just that";
  EXPECT_EQ(told(subject, {1, 3, true}), "changed.v1 1.4 ");
  EXPECT_EQ(told(subject, {1, 3, true}), "") << "that was before";
  EXPECT_EQ(told(subject, {2, 2, false}), "suggested.v1 3.1 ") << "withdrawn for readers";
  EXPECT_EQ(told(subject, {3, 2, true}), "changed.v1 3.3 ");
  EXPECT_EQ(told(subject, {3, 3, false}), "suggested.v1 4.1 ") << "as many, but others";
  EXPECT_EQ(told(other, {1, 2, true}), "withdrawn.v1 1.3 ") << "never suggested this time";
  EXPECT_EQ(told(other, {1, 3, true}), "withdrawn.v1 1.4 ") << "as many, but others";
  EXPECT_EQ(told(other, {2, 2, false}), "") << "withdrawn for both; only the count goes on";
  lane.Apply(Condition("c2", "p2", "icd10se C18.7", "2026-02-01", first));
  EXPECT_EQ(lane.Open().size(), 2U);
  EXPECT_EQ(lane.LastSuggestion().at("data").at("episode").to_number<int>(), 3);
}

}  // namespace
}  // namespace medverka::matcher
