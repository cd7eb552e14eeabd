// Decisions and answers of clinicians as CloudEvents.
#include "ops/base/crypto.h"
#include "reading_record.h"

namespace medverka::matcher {
namespace {

std::string Event(std::string_view data) {
  return "{'specversion':'1.0','id':'f1','source':'//"
         "medverka','type':'se.medverka.feedback.v1','time':'2026-01-20T07:15:00Z','data':{"
         "'patient':{'reference':'Patient/p1'}" +
         std::string(data) + "}}";
}

using FeedbackEvents = JournalTest;

TEST_F(FeedbackEvents, Decision) {
  Read(Event(",'study':'ALASCCA','outcome':'declined','reason':'patient-declined'"));
  EXPECT_EQ(Dead(), "");
  EXPECT_TRUE(record_.changes.empty());
  ASSERT_EQ(record_.feedback.size(), 1U);
  const Feedback& feedback = record_.feedback.front();
  EXPECT_EQ(feedback.person, Patient("p1"));
  EXPECT_EQ(feedback.study, "ALASCCA");
  EXPECT_TRUE(feedback.declined);
  EXPECT_EQ(feedback.reason, "patient-declined");
  EXPECT_EQ(At({feedback.version.time_us}), "2026-01-20T07:15:00Z");
  EXPECT_EQ(At(*record_.stamp), "2026-01-20T07:15:00Z");
  Read(Event(",'study':'ALASCCA','outcome':'accepted'"));
  EXPECT_FALSE(record_.feedback.at(0).declined);
}

TEST_F(FeedbackEvents, AnswerIsAFact) {
  const ResourceChange& change =
      Change(Event(",'study':'ALASCCA','question':'can swallow','answer':false"));
  EXPECT_EQ(change.id, "Answer/ALASCCA/can swallow/" + base::Hex(Patient("p1").view()));
  EXPECT_EQ(change.resource.id, "Answer/ALASCCA/can swallow");
  EXPECT_EQ(change.person, Patient("p1"));
  EXPECT_EQ(At({change.version.time_us}), "2026-01-20T07:15:00Z");
  ASSERT_EQ(change.resource.facts.size(), 1U);
  const criteria::Fact& fact = change.resource.facts.front();
  EXPECT_EQ(fact.kind, criteria::FactKind::kAnswer);
  EXPECT_EQ(fact.study, "ALASCCA");
  EXPECT_EQ(fact.question, "can swallow");
  EXPECT_EQ(fact.value.type, criteria::Value::Type::kBoolean);
  EXPECT_FALSE(fact.value.boolean);
  EXPECT_EQ(At(fact.start->lo), "2026-01-20T07:15:00Z");
}

TEST_F(FeedbackEvents, NullTakesTheAnswerBack) {
  EXPECT_EQ(Change(Event(",'study':'ALASCCA','question':'can swallow','answer':null")).type,
            ChangeType::kDelete);
}

TEST_F(FeedbackEvents, PatientMayBeNamedByIdentifier) {
  Read(Replaced(Event(",'study':'ALASCCA','outcome':'accepted'"), "{'reference':'Patient/p1'}",
                "{'identifier':{'system':'1.2.752.129.2.1.3.1','value':'19121212-1212'}}"));
  EXPECT_EQ(record_.feedback.at(0).person,
            hasher_.Hash("http://electronichealth.se/identifier/personnummer|191212121212"));
}

TEST_F(FeedbackEvents, EnrolledAndWithdrawnAreAParticipation) {
  const ResourceChange enrolled = Change(Event(",'study':'ALASCCA','outcome':'enrolled'"));
  EXPECT_EQ(enrolled.id, "Enrolment/ALASCCA/" + base::Hex(Patient("p1").view()));
  EXPECT_EQ(enrolled.person, Patient("p1"));
  ASSERT_EQ(enrolled.resource.facts.size(), 1U);
  const criteria::Fact& fact = enrolled.resource.facts.front();
  EXPECT_EQ(fact.kind, criteria::FactKind::kParticipation);
  EXPECT_EQ(fact.holding, criteria::Holding::kHolds);
  EXPECT_EQ(fact.study, "ALASCCA");
  EXPECT_TRUE(fact.ongoing);
  EXPECT_EQ(At(fact.start->lo), "2026-01-20T07:15:00Z");
  const ResourceChange& ended = Change(Event(",'study':'ALASCCA','outcome':'withdrawn'"));
  EXPECT_EQ(ended.id, enrolled.id);
  EXPECT_EQ(ended.resource.facts.front().holding, criteria::Holding::kPast);
  EXPECT_TRUE(ended.resource.facts.front().ended);
  EXPECT_EQ(At(ended.resource.facts.front().end->lo), "2026-01-20T07:15:00Z");
  EXPECT_TRUE(record_.feedback.empty());
}

TEST_F(FeedbackEvents, PatientMayBeNamedBySubjectKey) {
  const std::string event = Replaced(Event(",'study':'ALASCCA','outcome':'accepted'"),
                                     "'patient':{'reference':'Patient/p1'}", "'subject':'$'");
  const std::string hex = base::Hex(Patient("p1").view());
  Read(Replaced(event, "$", hex));
  EXPECT_EQ(Dead(), "");
  EXPECT_EQ(record_.feedback.at(0).person, Patient("p1"));
  EXPECT_EQ(DeadOf(Replaced(event, "$", hex.substr(1))), "schema Feedback.subject");
  EXPECT_EQ(DeadOf(Replaced(event, "$", "x" + hex.substr(1))), "schema Feedback.subject");
  // Under another subject key.
  EXPECT_EQ(DeadOf(Replaced(event, "$", "7f" + hex.substr(2))), "schema Feedback.subject");
}

TEST_F(FeedbackEvents, MayNameTheSuggestionItAnswers) {
  Read(Event(",'study':'ALASCCA','outcome':'declined','suggestion':'0123-2'"));
  ASSERT_EQ(record_.suggestions.size(), 1U);
  EXPECT_EQ(record_.suggestions[0].person, Patient("p1"));
  EXPECT_EQ(record_.suggestions[0].study, "ALASCCA");
  EXPECT_EQ(record_.suggestions[0].id, "0123-2");
  Read(Event(",'study':'ALASCCA','question':'q','answer':true,'suggestion':'0123'"));
  EXPECT_EQ(record_.suggestions.size(), 1U);
  EXPECT_EQ(DeadOf(Event(",'study':'ALASCCA','outcome':'perhaps','suggestion':'0123'")),
            "schema Feedback.outcome");
  EXPECT_TRUE(record_.suggestions.empty());
}

TEST_F(FeedbackEvents, WhatIsWrongIsADeadLetter) {
  EXPECT_EQ(DeadOf(Event(",'outcome':'declined'")), "schema Feedback.study");
  EXPECT_EQ(DeadOf(Event(",'study':'ALASCCA'")), "schema Feedback.outcome");
  EXPECT_EQ(DeadOf(Event(",'study':'ALASCCA','outcome':'perhaps'")), "schema Feedback.outcome");
  EXPECT_EQ(DeadOf(Event(",'study':'ALASCCA','question':'q','answer':'ja'")),
            "schema Feedback.answer");
  EXPECT_EQ(DeadOf(Event(",'study':'" + std::string(200, 'x') + "','outcome':'declined'")),
            "schema Feedback.study");
  EXPECT_EQ(DeadOf(Replaced(Event(",'study':'A','outcome':'declined'"),
                            "'patient':{'reference':'Patient/p1'}", "'x':1")),
            "subject-missing Feedback.patient");
  EXPECT_EQ(DeadOf(Replaced(Event(",'study':'A','outcome':'declined'"),
                            "'time':'2026-01-20T07:15:00Z',", "")),
            "unknown-envelope CloudEvent.time");
  EXPECT_EQ(DeadOf(Event(",'study':'A','outcome':'declined','reason':'did not want to'")),
            "schema Feedback.reason");
  EXPECT_TRUE(record_.feedback.empty());
}

}  // namespace
}  // namespace medverka::matcher
