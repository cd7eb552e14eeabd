// Encounter: visits by status, class, period and unit.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

constexpr std::string_view kVisit =
    "{'resourceType':'Encounter','id':'e1','status':'$','class':{'system':'http://"
    "terminology.hl7.org/CodeSystem/v3-ActCode',"
    "'code':'EMER'},'type':[{'coding':[{'system':'http://snomed.info/sct','code':'50849002'}]}],"
    "'subject':{'reference':'Patient/"
    "p1'},'period':{'start':'2026-01-18T07:40:00Z','end':'2026-01-18T09:00:00Z'},"
    "'serviceProvider':{'identifier':{'system':'urn:oid:1.2.752.29.4.19','value':'SE2321000016-"
    "1ABC'},'display':'Akuten'}}";

using Encounter = JournalTest;

TEST_F(Encounter, StatusDecidesWhetherItTookPlace) {
  EXPECT_EQ(Marks(kVisit, {"planned", "arrived", "triaged", "in-progress", "onleave", "finished",
                           "cancelled", "unknown", "entered-in-error", "done"}),
            "planned 0 arrived + triaged + in-progress + onleave + finished + cancelled 0 unknown "
            "? entered-in-error 0 done !");
}

TEST_F(Encounter, KeepsClassTypePeriodAndUnit) {
  const criteria::Fact& fact = TheFact(Replaced(kVisit, "$", "finished"));
  EXPECT_EQ(fact.kind, criteria::FactKind::kVisit);
  EXPECT_EQ(fact.visit_class, vocabulary_.Code(criteria::SystemId::kActCode, "EMER"));
  EXPECT_EQ(Codes(fact.codes), "http://snomed.info/sct|50849002");
  EXPECT_EQ(At(fact.start->lo), "2026-01-18T07:40:00Z");
  EXPECT_EQ(At(fact.end->lo), "2026-01-18T09:00:00Z");
  EXPECT_EQ(fact.visit_unit, "SE2321000016-1ABC");
  EXPECT_EQ(record_.changes.front().resource.unit, "SE2321000016-1ABC");
  EXPECT_TRUE(fact.ended);
  EXPECT_FALSE(fact.ongoing);
}

TEST_F(Encounter, OpenVisitGoesOn) {
  const criteria::Fact& fact =
      TheFact(Replaced(Replaced(kVisit, "$", "in-progress"), ",'end':'2026-01-18T09:00:00Z'", ""));
  EXPECT_TRUE(fact.ongoing);
  EXPECT_FALSE(fact.ended);
  EXPECT_FALSE(fact.end);
}

TEST_F(Encounter, ClassWithoutSystemIsTheStandardOne) {
  const std::string visit =
      Replaced(kVisit, "'system':'http://terminology.hl7.org/CodeSystem/v3-ActCode',", "");
  EXPECT_EQ(TheFact(Replaced(visit, "$", "finished")).visit_class,
            vocabulary_.Code(criteria::SystemId::kActCode, "EMER"));
}

TEST_F(Encounter, ClassIsRequired) {
  EXPECT_EQ(DeadOf("{'resourceType':'Encounter','id':'e1','status':'finished','subject':{'"
                   "reference':'Patient/p1'}}"),
            "schema Encounter.class");
}

TEST_F(Encounter, UnitWithoutIdentifierIsItsName) {
  const std::string visit = Replaced(
      kVisit, "'identifier':{'system':'urn:oid:1.2.752.29.4.19','value':'SE2321000016-1ABC'},",
      "'reference':'Organization/7',");
  EXPECT_EQ(TheFact(Replaced(visit, "$", "finished")).visit_unit, "Akuten");
}

TEST_F(Encounter, ReasonsDiagnosesAndDischarge) {
  const criteria::Fact& fact = TheFact(
      "{'resourceType':'Encounter','id':'e1','status':'finished','class':{'code':'IMP'},"
      "'subject':{'reference':'Patient/p1'},"
      "'contained':[{'resourceType':'Condition','id':'k','code':{'text':'fall'}}],"
      "'reasonCode':[{'coding':[{'system':'http://hl7.org/fhir/sid/icd-10-se','code':'R07.4'}]}],"
      "'reasonReference':[{'reference':'Condition/c9'}],"
      "'diagnosis':[{'condition':{'reference':'Condition/c1'},'rank':1},"
      "{'condition':{'reference':'Condition/c2','display':'hypertoni'},'rank':2},"
      "{'condition':{'reference':'#k'},'use':{'coding':[{'code':'CM'}]}},"
      "{'condition':{'reference':'Condition/c3'}}],"
      "'hospitalization':{'dischargeDisposition':{'coding':[{'system':'http://terminology.hl7.org/"
      "CodeSystem/discharge-disposition','code':'home'}],'text':'Home'}}}");
  EXPECT_EQ(Attributes(fact),
            "reason http://hl7.org/fhir/sid/icd-10-se|R074; reason -> Condition/c9; "
            "reason [1, 1] -> Condition/c1; reason 'hypertoni' [0, 0] -> Condition/c2; "
            "reason 'fall' [0, 0]; reason -> Condition/c3; "
            "discharge http://terminology.hl7.org/CodeSystem/discharge-disposition|home 'Home'");
}

}  // namespace
}  // namespace medverka::matcher
