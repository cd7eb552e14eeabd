// Device and DeviceUseStatement: what somebody uses, and articles that stand for their codes.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

using Device = JournalTest;

constexpr std::string_view kType =
    "'type':{'coding':[{'system':'http://snomed.info/sct','code':'14106009'}]}";

TEST_F(Device, OfAPatientIsAFact) {
  const std::string text =
      "{'resourceType':'Device','id':'d1','status':'$','patient':{'reference':'Patient/p1'}," +
      std::string(kType) + "}";
  EXPECT_EQ(Marks(text, {"active", "inactive", "unknown", "entered-in-error", "x"}),
            "active + inactive h unknown ? entered-in-error 0 x !");
  const ResourceChange& change = Change(Replaced(text, "$", "active"));
  ASSERT_EQ(change.resource.facts.size(), 1U);
  EXPECT_EQ(change.person, Patient("p1"));
  const criteria::Fact& fact = change.resource.facts[0];
  EXPECT_EQ(fact.kind, criteria::FactKind::kDevice);
  EXPECT_EQ(Codes(fact.codes), "http://snomed.info/sct|14106009");
  EXPECT_TRUE(fact.ongoing);
  EXPECT_FALSE(fact.start);
}

TEST_F(Device, OfNobodyStandsForItsCodes) {
  const ResourceChange& change =
      Change("{'resourceType':'Device','id':'d1'," + std::string(kType) + "}");
  EXPECT_FALSE(change.person);
  EXPECT_TRUE(change.resource.facts.empty());
  ASSERT_TRUE(change.medication);
  EXPECT_EQ(Codes(*change.medication), "http://snomed.info/sct|14106009");
}

TEST_F(Device, UseStatement) {
  const std::string text =
      "{'resourceType':'DeviceUseStatement','id':'u1','status':'$','subject':{'reference':"
      "'Patient/p1'},'recordedOn':'2026-01-20','device':{'reference':'Device/d1'},'timingPeriod':"
      "{'start':'2026-01-18','end':'2026-01-19'},'bodySite':{'text':'right hip'},'reasonReference':"
      "[{'reference':'Condition/c1'}]}";
  EXPECT_EQ(Marks(text, {"active", "completed", "stopped", "intended", "on-hold",
                         "entered-in-error", "x"}),
            "active + completed h stopped h intended 0 on-hold ? entered-in-error 0 x !");
  const ResourceChange& change = Change(Replaced(text, "$", "completed"));
  ASSERT_EQ(change.resource.facts.size(), 1U);
  const criteria::Fact& fact = change.resource.facts[0];
  EXPECT_EQ(fact.kind, criteria::FactKind::kDevice);
  EXPECT_EQ(fact.medication_id, "Device/d1");
  EXPECT_EQ(Range(fact.start), "2026-01-18");
  EXPECT_EQ(Range(fact.end), "2026-01-19");
  EXPECT_EQ(Range(change.resource.recorded), "2026-01-20");
  EXPECT_TRUE(fact.ended);
  EXPECT_EQ(Attributes(fact), "site 'right hip'; side 'right'; reason -> Condition/c1");
}

TEST_F(Device, UseOfAContainedDevice) {
  const criteria::Fact& fact = TheFact(
      "{'resourceType':'DeviceUseStatement','id':'u1','status':'active','subject':{'reference':"
      "'Patient/p1'},'contained':[{'resourceType':'Device','id':'d'," +
      std::string(kType) + "}],'device':{'reference':'#d'}}");
  EXPECT_EQ(Codes(fact.codes), "http://snomed.info/sct|14106009");
  EXPECT_TRUE(fact.ongoing);
  EXPECT_EQ(DeadOf("{'resourceType':'DeviceUseStatement','id':'u1','status':'active','subject':"
                   "{'reference':'Patient/p1'}}"),
            "schema DeviceUseStatement.device");
}

}  // namespace
}  // namespace medverka::matcher
