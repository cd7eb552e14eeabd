// Condition: statuses, time, and how its source keeps it up (docs/fact-times.md).
#include "reading_record.h"

namespace medverka::matcher {
namespace {

using criteria::Upkeep;

std::string Diagnosis(std::string_view more) {
  return "{'resourceType':'Condition','id':'c1','subject':{'reference':'Patient/p1'},"
         "'code':{'coding':[{'system':'http://hl7.org/fhir/sid/icd-10-se','code':'C18.7'}]}" +
         std::string(more) + "}";
}
std::string Clinical(std::string_view code) {
  return ",'clinicalStatus':{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/"
         "condition-clinical','code':'" +
         std::string(code) + "'}]}";
}
std::string Verified(std::string_view code) {
  return ",'verificationStatus':{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/"
         "condition-ver-status','code':'" +
         std::string(code) + "'}]}";
}
std::string Category(std::string_view code) {
  return ",'category':[{'coding':[{'code':'" + std::string(code) + "'}]}]";
}

constexpr std::string_view kEncounter = ",'encounter':{'reference':'Encounter/e1'}";
constexpr std::string_view kContract =
    ",'meta':{'source':'urn:oid:1.2.752.129.2.1.4.1#SE2321000016-1ABC'}";

using Condition = JournalTest;

TEST_F(Condition, ClinicalStatus) {
  EXPECT_EQ(Marks(Diagnosis(Clinical("$")),
                  {"active", "recurrence", "relapse", "inactive", "remission", "resolved", "gone"}),
            "active + recurrence + relapse + inactive h remission h resolved h gone !");
}

TEST_F(Condition, VerificationStatus) {
  EXPECT_EQ(Marks(Diagnosis(Clinical("active") + Verified("$")),
                  {"confirmed", "provisional", "differential", "unconfirmed", "refuted",
                   "entered-in-error", "maybe"}),
            "confirmed + provisional ? differential ? unconfirmed ? refuted - entered-in-error 0 "
            "maybe !");
  EXPECT_EQ(Marks(Diagnosis(Clinical("resolved") + Verified("$")),
                  {"confirmed", "provisional", "refuted"}),
            "confirmed h provisional ? refuted -");
  EXPECT_EQ(Marks(Diagnosis(""), {""}), " +") << "neither: it holds";
}

TEST_F(Condition, StatusMayBeWordsOrAnotherSystem) {
  EXPECT_EQ(Marks(Diagnosis(",'clinicalStatus':{'text':'$'}"), {"resolved", "slut"}),
            "resolved h slut !");
  EXPECT_EQ(Marks(Diagnosis(",'clinicalStatus':{'coding':[{'system':'http://hl7.org/fhir/"
                            "condition-clinical','code':'$'}]}"),
                  {"resolved", "slut"}),
            "resolved h slut !");
  EXPECT_EQ(DeadOf(Diagnosis(",'clinicalStatus':{}")), "schema Condition.clinicalStatus");
}

TEST_F(Condition, OngoingAndEnded) {
  EXPECT_TRUE(TheFact(Diagnosis(Clinical("active"))).ongoing);
  EXPECT_FALSE(TheFact(Diagnosis("")).ongoing);
  for (const std::string_view status : {"inactive", "remission", "resolved"}) {
    const criteria::Fact& fact = TheFact(Diagnosis(Clinical(status)));
    EXPECT_TRUE(fact.ended && !fact.ongoing) << status;
  }
  const criteria::Fact& abated =
      TheFact(Diagnosis(Clinical("active") + ",'abatementDateTime':'2025-06'"));
  EXPECT_TRUE(abated.ended && !abated.ongoing);
  EXPECT_EQ(Range(abated.end), "2025-06");
}

TEST_F(Condition, OnsetInAllForms) {
  const auto onset = [&](std::string_view element) {
    return Range(TheFact(Diagnosis(element)).start);
  };
  EXPECT_EQ(onset(",'onsetDateTime':'2019-05'"), "2019-05");
  EXPECT_EQ(onset(",'onsetPeriod':{'start':'2019','end':'2020'}"), "2019");
  EXPECT_EQ(onset(",'onsetAge':{'value':40,'unit':'a'}"), "none");
  EXPECT_EQ(onset(",'onsetString':'i barndomen'"), "none");
  EXPECT_EQ(onset(""), "none");
  EXPECT_EQ(Range(Change(Diagnosis(",'recordedDate':'2019-05-14'")).resource.recorded),
            "2019-05-14");
}

TEST_F(Condition, AbatementInAllForms) {
  const auto abatement = [&](std::string_view element) {
    const criteria::Fact& fact = TheFact(Diagnosis(element));
    return Range(fact.end) + (fact.ended ? " ended" : "");
  };
  EXPECT_EQ(abatement(",'abatementDateTime':'2020-01-02'"), "2020-01-02 ended");
  EXPECT_EQ(abatement(",'abatementPeriod':{'end':'2020-01'}"), "2020-01 ended");
  EXPECT_EQ(abatement(",'abatementAge':{'value':40}"), "none ended");
  EXPECT_EQ(abatement(",'abatementString':'efter operation'"), "none ended");
  EXPECT_EQ(abatement(""), "none");
  const criteria::Fact& fact =
      TheFact(Diagnosis(",'abatementPeriod':{'start':'2020-01','end':'2020-03'}"));
  EXPECT_EQ(fact.end->lo, base::ParseTime("2020-01")->lo);
  EXPECT_EQ(fact.end->hi, base::ParseTime("2020-03")->hi);
}

TEST_F(Condition, UpkeepFollowsItsSource) {
  const auto upkeep = [&](std::string_view more) { return TheFact(Diagnosis(more)).upkeep; };
  const std::string active = Clinical("active");
  EXPECT_EQ(upkeep(active), Upkeep::kKept);
  EXPECT_EQ(upkeep(Category("problem-list-item")), Upkeep::kKept);
  EXPECT_EQ(upkeep(Category("problem-list-item") + std::string(kEncounter)), Upkeep::kKept);
  EXPECT_EQ(upkeep(""), Upkeep::kAtVisit) << "no status: nobody keeps it up";
  EXPECT_EQ(upkeep(active + std::string(kEncounter)), Upkeep::kAtVisit);
  EXPECT_EQ(upkeep(active + ",'encounter':{'identifier':{'value':'7'}}"), Upkeep::kAtVisit);
  EXPECT_EQ(upkeep(active + Category("encounter-diagnosis")), Upkeep::kAtVisit);
  EXPECT_EQ(upkeep(active + Category("HD")), Upkeep::kAtVisit);
  EXPECT_EQ(upkeep(active + Category("BY")), Upkeep::kAtVisit);
  EXPECT_EQ(upkeep(active + std::string(kContract)), Upkeep::kAtVisit);
}

TEST_F(Condition, NamesItsVisit) {
  EXPECT_EQ(TheFact(Diagnosis(kEncounter)).visit_id, "Encounter/e1");
  EXPECT_EQ(TheFact(Diagnosis(",'encounter':{'identifier':{'value':'7'}}")).visit_id, "");
}

TEST_F(Condition, WithoutCodeIsStillSaid) {
  EXPECT_TRUE(TheFact("{'resourceType':'Condition','id':'c1','subject':{'reference':'Patient/"
                      "p1'},'code':{'text':'ont i magen'}}")
                  .codes.empty());
}

TEST_F(Condition, SiteSideAndSeverity) {
  const std::string snomed = "{'system':'http://snomed.info/sct','code':'";
  const criteria::Fact& fact = TheFact(
      "{'resourceType':'Condition','id':'c1','subject':{'reference':'Patient/p1'},"
      "'code':{'text':'cancer'},'severity':{'coding':[" +
      snomed +
      "24484000','display':'Severe'}]},"
      "'bodySite':[{'coding':[" +
      snomed +
      "76752008','display':'Breast'}]},"
      "{'text':'Vänster hand'},"
      "{'coding':[" +
      snomed +
      "64033007','display':'Kidney'}],'extension':[{'url':'http://hl7.org/"
      "fhir/us/mcode/StructureDefinition/mcode-laterality-qualifier','valueCodeableConcept':"
      "{'coding':[" +
      snomed + "24028007','display':'Right'}]}}]}]}");
  EXPECT_EQ(Attributes(fact),
            "site http://snomed.info/sct|76752008 'Breast'; site 'Vänster hand'; side 'left'; "
            "site http://snomed.info/sct|64033007 'Kidney'; "
            "side http://snomed.info/sct|24028007 'right'; "
            "severity http://snomed.info/sct|24484000 'Severe'");
}

TEST_F(Condition, MainDiagnosisByItsSwedishCategory) {
  const std::string text =
      "{'resourceType':'Condition','id':'c1','subject':{'reference':'Patient/p1'},'code':{'text':"
      "'x'},'category':[{'coding':[{'code':'$'}]}]}";
  EXPECT_EQ(Attributes(TheFact(Replaced(text, "$", "HD"))), "main [1, 1]");
  EXPECT_EQ(Attributes(TheFact(Replaced(text, "$", "BY"))), "main [0, 0]");
  EXPECT_EQ(Attributes(TheFact(Replaced(text, "$", "encounter-diagnosis"))), "");
}

}  // namespace
}  // namespace medverka::matcher
