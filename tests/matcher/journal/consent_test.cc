// Consent: kept as it was said.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

constexpr std::string_view kConsent =
    "{'resourceType':'Consent','id':'c1','status':'$','patient':{'reference':'Patient/"
    "p1'},'dateTime':'2026-01-18',"
    "'scope':{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/"
    "consentscope','code':'research'}]},"
    "'category':[{'coding':[{'system':'http://"
    "loinc.org','code':'59284-0'}]}],'provision':{'type':'deny','period':{'end':'2030'}}}";

using Consent = JournalTest;

TEST_F(Consent, Status) {
  EXPECT_EQ(Marks(kConsent,
                  {"active", "draft", "proposed", "rejected", "inactive", "entered-in-error", "x"}),
            "active + draft ? proposed ? rejected h inactive h entered-in-error 0 x !");
}

TEST_F(Consent, KeepsScopePeriodAndDirection) {
  const criteria::Fact& fact = TheFact(Replaced(kConsent, "$", "active"));
  EXPECT_EQ(fact.kind, criteria::FactKind::kConsent);
  EXPECT_EQ(Codes(fact.codes),
            "http://terminology.hl7.org/CodeSystem/consentscope|research http://loinc.org|59284-0");
  EXPECT_EQ(Range(fact.start) + " to " + Range(fact.end), "2026-01-18 to 2030");
  EXPECT_EQ(fact.value.type, criteria::Value::Type::kBoolean);
  EXPECT_FALSE(fact.value.boolean);
  EXPECT_TRUE(TheFact(Replaced(Replaced(kConsent, "$", "active"), "deny", "permit")).value.boolean);
  EXPECT_EQ(DeadOf(Replaced(Replaced(kConsent, "$", "active"), "deny", "maybe")),
            "schema Consent.provision.type");
}

}  // namespace
}  // namespace medverka::matcher
