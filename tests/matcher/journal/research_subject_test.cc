// ResearchSubject: taking part in studies.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

std::string Subject(std::string_view study) {
  return "{'resourceType':'ResearchSubject','id':'s1','status':'on-study','individual':{'reference'"
         ":'Patient/p1'},'study':" +
         std::string(study) + ",'period':{'start':'2026-01-18'}}";
}
constexpr std::string_view kByIdentifier =
    "{'identifier':{'system':'https://clinicaltrials.gov/nctid','value':'NCT02647099'}}";

using ResearchSubject = JournalTest;

TEST_F(ResearchSubject, Status) {
  EXPECT_EQ(
      Marks(Replaced(Subject(kByIdentifier), "'on-study'", "'$'"),
            {"on-study", "on-study-intervention", "on-study-observation", "follow-up", "screening",
             "pending-on-study", "eligible", "off-study", "withdrawn", "not-registered",
             "ineligible", "candidate", "potential-candidate", "entered-in-error", "x"}),
      "on-study + on-study-intervention + on-study-observation + follow-up + screening + "
      "pending-on-study + eligible + "
      "off-study h withdrawn h not-registered h ineligible h candidate ? potential-candidate ? "
      "entered-in-error 0 x !");
}

TEST_F(ResearchSubject, OngoingEndedAndArm) {
  const criteria::Fact& on =
      TheFact(Replaced(Subject(kByIdentifier), "'on-study'", "'on-study-intervention'"));
  EXPECT_TRUE(on.ongoing && !on.ended && on.interventional_arm);
  EXPECT_EQ(Range(on.start), "2026-01-18");
  const criteria::Fact& off =
      TheFact(Replaced(Subject(kByIdentifier), "'on-study'", "'off-study'"));
  EXPECT_TRUE(!off.ongoing && off.ended && !off.interventional_arm);
}

TEST_F(ResearchSubject, StudyIsNamedAsSent) {
  EXPECT_EQ(TheFact(Subject(kByIdentifier)).study, "NCT02647099");
  EXPECT_EQ(TheFact(Subject("{'reference':'ResearchStudy/ctis-2026'}")).study, "ctis-2026");
  EXPECT_EQ(TheFact(Subject("{'reference':'ResearchStudy/7','identifier':{'value':'NCT02647099'}}"))
                .study,
            "NCT02647099");
  EXPECT_EQ(TheFact(Subject("{'reference':'ResearchStudy?identifier=x|NCT1'}")).study, "NCT1");
  EXPECT_EQ(DeadOf(Subject("{'display':'ALASCCA'}")), "schema ResearchSubject.study");
  EXPECT_EQ(
      DeadOf(Replaced(Subject(kByIdentifier), "'study':" + std::string(kByIdentifier) + ",", "")),
      "schema ResearchSubject.study");
}

}  // namespace
}  // namespace medverka::matcher
