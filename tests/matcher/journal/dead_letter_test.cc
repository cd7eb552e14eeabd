// Bad input: every reason of the closed list, and that the next record is read as if nothing had
// happened.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

constexpr std::string_view kObservation =
    "{'resourceType':'Observation','id':'o1','status':'final','code':{'coding':[{'system':'http://"
    "loinc.org','code':'718-7'}]},"
    "'subject':{'reference':'Patient/"
    "p1'},'effectiveDateTime':'2026-01-18','valueQuantity':{'value':140,'unit':'g/L'}}";

class DeadLetters : public JournalTest {
 protected:
  void TearDown() override {
    EXPECT_EQ(TheFact(kObservation).value.number.low, base::Decimal(140));
  }
  std::string With(std::string_view what, std::string_view instead) {
    return DeadOf(Replaced(kObservation, what, instead));
  }
};

TEST_F(DeadLetters, HaveStableNames) {
  std::string names;
  for (std::size_t i = 0; i < kDeadLetterReasons; ++i)
    names += std::string(Name(static_cast<DeadLetterReason>(i))) + " ";
  EXPECT_EQ(names,
            "malformed-json too-deep oversize unknown-resource unknown-envelope schema "
            "subject-missing bad-identifier "
            "bad-version unusable conditional-request null-value unknown-suggestion bad-move ");
}

TEST_F(DeadLetters, NotJson) {
  for (const std::string_view text :
       {"hello", "<Patient/>", "{'resourceType':", "{'a':1,'a':2}", "\x01\x02\x03"}) {
    EXPECT_EQ(DeadOf(text), "malformed-json") << text;
  }
  EXPECT_EQ(DeadOf(std::string_view("\0\0\0", 3)), "malformed-json");
  EXPECT_EQ(DeadOf("{'resourceType':'Patient','id':'\xff'}"), "malformed-json");
}

TEST_F(DeadLetters, CutOffAnywhere) {
  const std::string whole = Json(kObservation);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    ReadBytes(std::string_view(whole).substr(0, size));
    ASSERT_EQ(Dead(), "malformed-json") << size;
    ASSERT_TRUE(record_.changes.empty()) << size;
  }
}

TEST_F(DeadLetters, DuplicateKeysAnywhere) {
  EXPECT_EQ(With("'status':'final'", "'status':'final','status':'final'"), "malformed-json");
  EXPECT_EQ(With("'unit':'g/L'", "'unit':'g/L','value':14"), "malformed-json");
}

TEST_F(DeadLetters, NumbersBeyondTheLimits) {
  EXPECT_EQ(With("140", std::string(400, '1')), "malformed-json");
  EXPECT_EQ(With("140", "0." + std::string(400, '1')), "malformed-json");
  EXPECT_EQ(With("140", "1234567890123456789"), "malformed-json Quantity.value") << "19 digits";
  EXPECT_EQ(With("140", "1e400"), "malformed-json Quantity.value");
  EXPECT_EQ(With("140", "1e-400"), "malformed-json Quantity.value");
  EXPECT_EQ(With("140", "NaN"), "malformed-json");
}

TEST_F(DeadLetters, NestingTenThousandDeep) {
  std::string open;
  std::string close;
  for (int i = 0; i < 10'000; ++i) {
    open += "{'a':";
    close += "}";
  }
  EXPECT_EQ(DeadOf(open + "1" + close), "too-deep");
  EXPECT_EQ(DeadOf("{'resourceType':'Patient','id':'p1','x':" + std::string(10'000, '[') +
                   std::string(10'000, ']') + "}"),
            "too-deep");
}

TEST_F(DeadLetters, FiftyMegabytes) {
  std::string large = "{\"resourceType\":\"Patient\",\"x\":\"";
  large.append(50U * 1024 * 1024, 'x');
  ReadBytes(large + "\"}");
  EXPECT_EQ(Dead(), "oversize");
}

TEST_F(DeadLetters, ResourceTypesThatR4DoesNotHave) {
  EXPECT_EQ(With("'Observation'", "'Observatoin'"), "unknown-resource Resource.resourceType");
  EXPECT_EQ(DeadOf("{}"), "unknown-resource Resource.resourceType");
  EXPECT_EQ(DeadOf("{'resourceType':5}"), "unknown-resource Resource.resourceType");
  EXPECT_EQ(DeadOf("17"), "unknown-resource Resource.resourceType");
  EXPECT_EQ(DeadOf("null"), "unknown-resource Resource.resourceType");
}

TEST_F(DeadLetters, TypesThatR4HasAndWeDoNotUseArePassedOver) {
  for (const std::string_view type :
       {"CarePlan", "ImagingStudy", "Location", "Provenance", "Organization", "Binary"}) {
    Read("{'resourceType':'" + std::string(type) + "'}");
    EXPECT_EQ(Dead(), "") << type;
    EXPECT_EQ(record_.passed_over, std::vector<std::string_view>{type});
  }
}

TEST_F(DeadLetters, MissingPatient) {
  const std::string_view subject = "'subject':{'reference':'Patient/p1'},";
  EXPECT_EQ(With(subject, ""), "subject-missing Observation.subject");
  EXPECT_EQ(With(subject, "'subject':{},"), "subject-missing Observation.subject");
  EXPECT_EQ(With(subject, "'subject':{'display':'NN'},"), "subject-missing Observation.subject");
  EXPECT_EQ(With("Patient/p1", "Device/d1"), "subject-missing Observation.subject");
  EXPECT_EQ(With("Patient/p1", "Group/g1"), "subject-missing Observation.subject");
  EXPECT_EQ(With("Patient/p1", "#nobody"), "subject-missing Observation.subject");
  EXPECT_EQ(With("Patient/p1", "Patient?name=x"), "subject-missing Observation.subject");
}

TEST_F(DeadLetters, WrongCheckDigit) {
  EXPECT_EQ(With("{'reference':'Patient/p1'}",
                 "{'identifier':{'system':'1.2.752.129.2.1.3.1','value':'191212121213'}}"),
            "bad-identifier Observation.subject");
  EXPECT_EQ(DeadOf("{'resourceType':'Patient','id':'p1','identifier':[{'system':'urn:oid:1.2.752."
                   "129.2.1.3.3','value':'197010632392'}]}"),
            "bad-identifier Patient.identifier");
}

TEST_F(DeadLetters, ImpossibleDates) {
  for (const std::string_view date : {"2026-02-30", "2026-13", "2026-00-01", "i går", "20260118",
                                      "2026-01-18T25:00:00Z", "0000"}) {
    EXPECT_EQ(With("2026-01-18", date), "schema Observation.effective") << date;
  }
}

TEST_F(DeadLetters, UnitNonsenseIsNoDeadLetterButNoUnitEither) {
  const criteria::Fact& fact = TheFact(Replaced(kObservation, "g/L", "fnord"));
  EXPECT_FALSE(vocabulary_.units().usable(fact.value.unit));
}

TEST_F(DeadLetters, WrongTypes) {
  EXPECT_EQ(With("'status':'final'", "'status':7"), "schema Observation.status");
  EXPECT_EQ(With("'status':'final'", "'status':['final']"), "schema Observation.status");
  EXPECT_EQ(With("{'reference':'Patient/p1'}", "[{'reference':'Patient/p1'}]"),
            "schema Observation.subject");
  EXPECT_EQ(With("{'reference':'Patient/p1'}", "'Patient/p1'"), "schema Observation.subject");
  EXPECT_EQ(With("[{'system':'http://loinc.org','code':'718-7'}]", "{'code':'718-7'}"),
            "schema CodeableConcept.coding");
  EXPECT_EQ(With("'718-7'", "718"), "schema Coding.code");
  EXPECT_EQ(With("140", "'140'"), "schema Quantity.value");
  EXPECT_EQ(With("{'value':140,'unit':'g/L'}", "140"), "schema Observation.value");
  EXPECT_EQ(With("'2026-01-18'", "2026"), "schema Observation.effective");
  EXPECT_EQ(With("'id':'o1'", "'id':1"), "schema Resource.id");
  EXPECT_EQ(With("'id':'o1'", "'id':'a/b'"), "schema Resource.id");
  EXPECT_EQ(With("'id':'o1',", ""), "schema Resource.id");
  EXPECT_EQ(With("'id':'o1'", "'id':'" + std::string(65, 'x') + "'"), "schema Resource.id");
}

TEST_F(DeadLetters, MissingElements) {
  EXPECT_EQ(With("'status':'final',", ""), "schema Observation.status");
  EXPECT_EQ(With("'code':{'coding':[{'system':'http://loinc.org','code':'718-7'}]},", ""),
            "schema Observation.code");
}

TEST_F(DeadLetters, ModifiersThatNobodyUnderstands) {
  EXPECT_EQ(With("'status'", "'implicitRules':'http://x','status'"),
            "unusable Resource.implicitRules");
  EXPECT_EQ(
      With("'status'", "'modifierExtension':[{'url':'http://x','valueBoolean':true}],'status'"),
      "unusable Resource.modifierExtension");
  EXPECT_EQ(With("'value':140", "'modifierExtension':[{'url':'http://x'}],'value':140"),
            "unusable Resource.modifierExtension");
}

TEST_F(DeadLetters, TwoValuesAtOnce) {
  EXPECT_EQ(With("'valueQuantity'", "'valueString':'x','valueQuantity'"),
            "schema Observation.value");
}

}  // namespace
}  // namespace medverka::matcher
