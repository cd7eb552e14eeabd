// AllergyIntolerance: statuses, codes, "no known allergy".
#include "reading_record.h"

namespace medverka::matcher {
namespace {

std::string Allergy(std::string_view more) {
  return "{'resourceType':'AllergyIntolerance','id':'a1','patient':{'reference':'Patient/p1'}" +
         std::string(more) + "}";
}
constexpr std::string_view kCode =
    ",'code':{'coding':[{'system':'http://snomed.info/sct','code':'91936005'}]}";

using AllergyIntolerance = JournalTest;

TEST_F(AllergyIntolerance, ClinicalStatus) {
  EXPECT_EQ(Marks(Allergy(",'clinicalStatus':{'coding':[{'code':'$'}]}"),
                  {"active", "inactive", "resolved", "x"}),
            "active + inactive h resolved h x !");
}

TEST_F(AllergyIntolerance, VerificationStatus) {
  EXPECT_EQ(Marks(Allergy(",'verificationStatus':{'coding':[{'code':'$'}]}"),
                  {"confirmed", "unconfirmed", "refuted", "entered-in-error", "x"}),
            "confirmed + unconfirmed ? refuted - entered-in-error 0 x !");
}

TEST_F(AllergyIntolerance, CodeOrElseSubstanceOfItsReactions) {
  EXPECT_EQ(Codes(TheFact(Allergy(kCode)).codes), "http://snomed.info/sct|91936005");
  EXPECT_EQ(Codes(TheFact(Allergy(",'reaction':[{'substance':{'coding':[{'system':'http://"
                                  "snomed.info/sct','code':'1'}]}}]"))
                      .codes),
            "http://snomed.info/sct|1");
}

TEST_F(AllergyIntolerance, NoKnownAllergyIsANegative) {
  for (const std::string_view code : {"716186003", "409137002"}) {
    EXPECT_EQ(TheFact(Allergy(Replaced(kCode, "91936005", code))).holding,
              criteria::Holding::kNegative)
        << code;
  }
}

TEST_F(AllergyIntolerance, Time) {
  const criteria::Fact& fact =
      TheFact(Allergy(",'clinicalStatus':{'coding':[{'code':'active'}]},'onsetDateTime':'2019','"
                      "recordedDate':'2020-01-01'"));
  EXPECT_EQ(Range(fact.start), "2019");
  EXPECT_TRUE(fact.ongoing);
  EXPECT_EQ(fact.upkeep, criteria::Upkeep::kKept);
  EXPECT_EQ(Range(record_.changes.front().resource.recorded), "2020-01-01");
}

TEST_F(AllergyIntolerance, PatientIsRequired) {
  EXPECT_EQ(DeadOf("{'resourceType':'AllergyIntolerance','id':'a1'}"),
            "subject-missing AllergyIntolerance.patient");
}

TEST_F(AllergyIntolerance, ReactionsAndTheirSeverity) {
  const criteria::Fact& fact = TheFact(
      "{'resourceType':'AllergyIntolerance','id':'a1','patient':{'reference':'Patient/p1'},"
      "'code':{'text':'penicillin'},'reaction':[{'severity':'severe','manifestation':["
      "{'coding':[{'system':'http://snomed.info/sct','code':'39579001','display':'Anaphylaxis'}]},"
      "{'text':'rash'}]}]}");
  EXPECT_EQ(Attributes(fact),
            "reaction http://snomed.info/sct|39579001 'Anaphylaxis'; reaction 'rash'; "
            "severity 'severe'");
}

}  // namespace
}  // namespace medverka::matcher
