// DiagnosticReport: status, time, conclusion.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

std::string Report(std::string_view more) {
  return "{'resourceType':'DiagnosticReport','id':'r1','status':'final','code':{'coding':[{'system'"
         ":'http://loinc.org','code':'60568-3'}]},"
         "'subject':{'reference':'Patient/p1'}" +
         std::string(more) + "}";
}

using DiagnosticReport = JournalTest;

TEST_F(DiagnosticReport, Status) {
  EXPECT_EQ(Marks(Replaced(Report(""), "final", "$"),
                  {"final", "amended", "corrected", "appended", "partial", "preliminary", "unknown",
                   "registered", "cancelled", "entered-in-error", "x"}),
            "final + amended + corrected + appended + partial ? preliminary ? unknown ? registered "
            "0 cancelled 0 entered-in-error 0 x !");
}

TEST_F(DiagnosticReport, ConclusionIsBoundedText) {
  const criteria::Fact& fact =
      TheFact(Report(",'conclusion':'Adenokarcinom','effectiveDateTime':'2026-01-18'"));
  EXPECT_EQ(fact.kind, criteria::FactKind::kReport);
  EXPECT_EQ(fact.value.type, criteria::Value::Type::kText);
  EXPECT_EQ(fact.value.text, "Adenokarcinom");
  EXPECT_EQ(TheFact(Report(",'conclusion':'" + std::string(1000, 'x') + "'")).value.text.size(),
            criteria::kValueTextBytesMax);
  EXPECT_EQ(TheFact(Report("")).value.type, criteria::Value::Type::kNone);
}

TEST_F(DiagnosticReport, CodedConclusion) {
  const criteria::Fact& fact =
      TheFact(Report(",'conclusionCode':[{'coding':[{'system':'http://snomed.info/"
                     "sct','code':'35917007','display':'Adenocarcinoma'}]}]"));
  EXPECT_EQ(fact.value.type, criteria::Value::Type::kCoded);
  EXPECT_EQ(Codes(fact.value.codes), "http://snomed.info/sct|35917007");
  EXPECT_EQ(fact.value.text, "Adenocarcinoma");
}

TEST_F(DiagnosticReport, TimeIsEffectiveElseIssued) {
  EXPECT_EQ(
      Range(TheFact(Report(",'effectiveDateTime':'2026-01-18','issued':'2026-02-01T00:00:00Z'"))
                .start),
      "2026-01-18");
  EXPECT_EQ(
      Range(TheFact(Report(",'effectivePeriod':{'start':'2026-01-01','end':'2026-01-02'}")).start),
      "2026-01-02");
  EXPECT_EQ(Range(TheFact(Report(",'issued':'2026-02-01T11:00:00Z'")).start), "2026-02-01 12:00");
}

TEST_F(DiagnosticReport, TextIsKeptWholeOnlyWhereItIsAskedFor) {
  const std::string words(20'000, 'a');
  const std::string text =
      "{'resourceType':'DiagnosticReport','id':'r1','status':'final','code':{'text':'pathology'},"
      "'subject':{'reference':'Patient/p1'},'conclusion':'" +
      words + "'}";
  EXPECT_EQ(TheFact(text).attributes.size(), 0U);
  EXPECT_EQ(TheFact(text).value.text.size(), criteria::kValueTextBytesMax);
  reader_.KeepReportTexts(true);
  const criteria::Fact& fact = TheFact(text);
  ASSERT_EQ(fact.attributes.size(), 1U);
  EXPECT_EQ(fact.attributes[0].field, criteria::Field::kText);
  EXPECT_EQ(fact.attributes[0].text.size(), criteria::kReportTextBytesMax);
}

}  // namespace
}  // namespace medverka::matcher
