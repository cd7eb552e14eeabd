// FamilyMemberHistory: one fact per condition of the relative.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

constexpr std::string_view kHistory =
    "{'resourceType':'FamilyMemberHistory','id':'f1','status':'$','patient':{'reference':'Patient/"
    "p1'},'date':'2026-01-18',"
    "'relationship':{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/"
    "v3-RoleCode','code':'MTH'}]},'condition':["
    "{'code':{'coding':[{'system':'http://hl7.org/fhir/sid/"
    "icd-10-se','code':'C50'}]},'onsetAge':{'value':41}},"
    "{'code':{'coding':[{'system':'http://hl7.org/fhir/sid/icd-10-se','code':'C56'}]}}]}";

using FamilyMemberHistory = JournalTest;

TEST_F(FamilyMemberHistory, Status) {
  EXPECT_EQ(Marks(kHistory, {"completed", "partial", "health-unknown", "entered-in-error", "x"}),
            "completed + partial + health-unknown ? entered-in-error 0 x !");
}

TEST_F(FamilyMemberHistory, EachConditionIsAFact) {
  const auto& facts = Change(Replaced(kHistory, "$", "completed")).resource.facts;
  ASSERT_EQ(facts.size(), 2U);
  EXPECT_EQ(facts[0].kind, criteria::FactKind::kFamilyHistory);
  EXPECT_EQ(facts[0].codes,
            std::vector<criteria::CodeId>{vocabulary_.Code(criteria::SystemId::kIcd10Se, "C50")});
  EXPECT_EQ(facts[1].codes,
            std::vector<criteria::CodeId>{vocabulary_.Code(criteria::SystemId::kIcd10Se, "C56")});
  EXPECT_EQ(Codes(facts[1].parent_codes), "http://terminology.hl7.org/CodeSystem/v3-RoleCode|MTH");
  EXPECT_EQ(Range(facts[0].start), "2026-01-18")
      << "when it was told, not when the relative fell ill";
}

TEST_F(FamilyMemberHistory, WithoutConditionsSaysNothing) {
  EXPECT_TRUE(Change("{'resourceType':'FamilyMemberHistory','id':'f1','status':'completed','"
                     "patient':{'reference':'Patient/p1'},"
                     "'relationship':{'text':'mor'}}")
                  .resource.facts.empty());
  EXPECT_EQ(DeadOf("{'resourceType':'FamilyMemberHistory','id':'f1','status':'completed','patient':"
                   "{'reference':'Patient/p1'}}"),
            "schema FamilyMemberHistory.relationship");
}

}  // namespace
}  // namespace medverka::matcher
