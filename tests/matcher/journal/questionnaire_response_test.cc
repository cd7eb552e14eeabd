// QuestionnaireResponse: answers as observations.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

constexpr std::string_view kResponse =
    "{'resourceType':'QuestionnaireResponse','id':'q1','status':'$','questionnaire':'https://"
    "example.se/phq9|2.1',"
    "'subject':{'reference':'Patient/p1'},'encounter':{'reference':'Encounter/"
    "e1'},'authored':'2026-01-18','item':["
    "{'linkId':'1','answer':[{'valueInteger':2,'item':[{'linkId':'1.a','answer':[{'valueString':'"
    "oro'}]}]}]},"
    "{'linkId':'g','item':[{'linkId':'2','answer':[{'valueCoding':{'system':'http://"
    "loinc.org','code':'LA6568-5','display':'Not at all'}},"
    "{'valueBoolean':true}]},{'linkId':'3'}]}]}";

using QuestionnaireResponse = JournalTest;

TEST_F(QuestionnaireResponse, Status) {
  EXPECT_EQ(
      Marks(kResponse, {"completed", "amended", "in-progress", "stopped", "entered-in-error", "x"}),
      "completed + amended + in-progress ? stopped ? entered-in-error 0 x !");
}

TEST_F(QuestionnaireResponse, EachAnswerIsAnObservation) {
  const auto& facts = Change(Replaced(kResponse, "$", "completed")).resource.facts;
  std::vector<std::string> items;
  for (const criteria::Fact& fact : facts) {
    EXPECT_EQ(fact.kind, criteria::FactKind::kObservation);
    EXPECT_EQ(fact.part, 0) << "an answer is no component";
    EXPECT_EQ(Range(fact.start), "2026-01-18");
    EXPECT_EQ(fact.visit_id, "Encounter/e1");
    ASSERT_EQ(fact.codes.size(), 1U);
    EXPECT_EQ(vocabulary_.coding(fact.codes[0]).system, criteria::SystemId::kQuestionnaireItem);
    items.push_back(vocabulary_.coding(fact.codes[0]).code);
  }
  EXPECT_EQ(items,
            (std::vector<std::string>{"https://example.se/phq9#1", "https://example.se/phq9#1.a",
                                      "https://example.se/phq9#2", "https://example.se/phq9#2"}));
  EXPECT_EQ(Quantity(facts[0].value), "[2, 2]");
  EXPECT_EQ(facts[1].value.text, "oro");
  EXPECT_EQ(Codes(facts[2].value.codes), "http://loinc.org|LA6568-5");
  EXPECT_TRUE(facts[3].value.boolean);
}

TEST_F(QuestionnaireResponse, LinkIdIsRequired) {
  EXPECT_EQ(DeadOf("{'resourceType':'QuestionnaireResponse','id':'q1','status':'completed','"
                   "subject':{'reference':'Patient/p1'},'item':[{}]}"),
            "schema QuestionnaireResponse.item.linkId");
}

}  // namespace
}  // namespace medverka::matcher
