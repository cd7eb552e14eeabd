// Procedure: status and time.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

std::string Done(std::string_view more) {
  return "{'resourceType':'Procedure','id':'x1','status':'completed','code':{'coding':[{'system':'"
         "urn:oid:1.2.752.116.1.3.2.1.4','code':'JFB30'}]},"
         "'subject':{'reference':'Patient/p1'}" +
         std::string(more) + "}";
}

using Procedure = JournalTest;

TEST_F(Procedure, Status) {
  EXPECT_EQ(Marks(Replaced(Done(""), "completed", "$"),
                  {"completed", "in-progress", "stopped", "on-hold", "unknown", "preparation",
                   "not-done", "entered-in-error", "x"}),
            "completed + in-progress + stopped h on-hold ? unknown ? preparation 0 not-done - "
            "entered-in-error 0 x !");
}

TEST_F(Procedure, CodeTimeAndVisit) {
  const criteria::Fact& fact =
      TheFact(Done(",'performedDateTime':'2026-01-18','encounter':{'reference':'Encounter/e1'}"));
  EXPECT_EQ(fact.kind, criteria::FactKind::kProcedure);
  EXPECT_EQ(fact.codes,
            std::vector<criteria::CodeId>{vocabulary_.Code(criteria::SystemId::kKva, "JFB30")});
  EXPECT_EQ(Range(fact.start), "2026-01-18");
  EXPECT_FALSE(fact.end) << "a moment has no end of its own";
  EXPECT_EQ(fact.visit_id, "Encounter/e1");
  EXPECT_TRUE(fact.ended);
}

TEST_F(Procedure, PeriodHasStartAndEnd) {
  const criteria::Fact& fact =
      TheFact(Done(",'performedPeriod':{'start':'2026-01-18','end':'2026-01-19'}"));
  EXPECT_EQ(Range(fact.start), "2026-01-18");
  EXPECT_EQ(Range(fact.end), "2026-01-19");
  EXPECT_EQ(Range(TheFact(Done(",'performedString':'i våras'")).start), "none");
  EXPECT_TRUE(TheFact(Replaced(Done(",'performedPeriod':{'start':'2026-01-18'}"), "completed",
                               "in-progress"))
                  .ongoing);
}

TEST_F(Procedure, SiteOutcomeAndReasons) {
  const criteria::Fact& fact = TheFact(
      Done(",'bodySite':[{'coding':[{'system':'http://snomed.info/sct','code':'7771000'}]}],"
           "'outcome':{'text':'Successful'},'reasonCode':[{'text':'pain'}],"
           "'reasonReference':[{'reference':'Condition/c1'},{'display':'smärta'}]"));
  EXPECT_EQ(Attributes(fact),
            "site http://snomed.info/sct|7771000; side http://snomed.info/sct|7771000 'left'; "
            "outcome 'Successful'; reason 'pain'; reason -> Condition/c1; reason 'smärta'");
}

}  // namespace
}  // namespace medverka::matcher
