// Immunization: status, vaccine, occurrence.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

std::string Dose(std::string_view occurrence) {
  return "{'resourceType':'Immunization','id':'i1','status':'completed','patient':{'reference':'"
         "Patient/p1'},"
         "'vaccineCode':{'coding':[{'system':'http://hl7.org/fhir/sid/cvx','code':'140'}]}" +
         std::string(occurrence) + "}";
}

using Immunization = JournalTest;

TEST_F(Immunization, Status) {
  EXPECT_EQ(Marks(Replaced(Dose(",'occurrenceDateTime':'2025-11-03'"), "completed", "$"),
                  {"completed", "not-done", "entered-in-error", "x"}),
            "completed + not-done - entered-in-error 0 x !");
}

TEST_F(Immunization, CodeAndTime) {
  const criteria::Fact& fact =
      TheFact(Dose(",'occurrenceDateTime':'2025-11-03','recorded':'2025-11-04'"));
  EXPECT_EQ(fact.kind, criteria::FactKind::kImmunization);
  EXPECT_EQ(fact.codes,
            std::vector<criteria::CodeId>{vocabulary_.Code(criteria::SystemId::kCvx, "140")});
  EXPECT_EQ(Range(fact.start), "2025-11-03");
  EXPECT_EQ(Range(record_.changes.front().resource.recorded), "2025-11-04");
  EXPECT_EQ(Range(TheFact(Dose(",'occurrenceString':'i höstas'")).start), "none");
}

TEST_F(Immunization, OccurrenceAndVaccineAreRequired) {
  EXPECT_EQ(DeadOf(Dose("")), "schema Immunization.occurrence");
  EXPECT_EQ(DeadOf("{'resourceType':'Immunization','id':'i1','status':'completed','patient':{'"
                   "reference':'Patient/p1'},'occurrenceString':'x'}"),
            "schema Immunization.vaccineCode");
}

TEST_F(Immunization, SiteRouteAndReason) {
  EXPECT_EQ(
      Attributes(TheFact(
          "{'resourceType':'Immunization','id':'i1','status':'completed','vaccineCode':{'text'"
          ":'x'},'patient':{'reference':'Patient/p1'},'occurrenceDateTime':'2026-01-18',"
          "'site':{'text':'left arm'},'route':{'text':'i.m.'},'reasonCode':[{'text':'travel'}"
          "]}")),
      "site 'left arm'; side 'left'; route 'i.m.'; reason 'travel'");
}

}  // namespace
}  // namespace medverka::matcher
