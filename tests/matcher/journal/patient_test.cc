// Patient: who is who, sex, birth, death, residence, links.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

using criteria::Sex;
using criteria::Truth;

std::string Person(std::string_view more) {
  return "{'resourceType':'Patient','id':'p1'" + std::string(more) + "}";
}

class PatientTest : public JournalTest {
 protected:
  const criteria::Demographics& Of(std::string_view more) {
    return *Change(Person(more)).demographics;
  }
  const PatientLinks& Links(std::string_view more) { return *Change(Person(more)).links; }
  std::string Region(std::string_view address) {
    return Of(",'address':[" + std::string(address) + "]").region;
  }
};

TEST_F(PatientTest, NeverKeepsItsOwnIdInTheResource) {
  const ResourceChange& change = Change(Person(""));
  EXPECT_EQ(change.id, "Patient/p1");
  EXPECT_EQ(change.resource.id, "Patient");
  EXPECT_EQ(change.person, Patient("p1"));
  EXPECT_EQ(change.links->self, Patient("p1"));
  EXPECT_TRUE(change.links->active);
  EXPECT_TRUE(change.resource.facts.empty());
}

TEST_F(PatientTest, SexBirthAndDeath) {
  EXPECT_EQ(Of(",'gender':'female'").sex, Sex::kFemale);
  EXPECT_EQ(Of(",'gender':'male'").sex, Sex::kMale);
  EXPECT_EQ(Of(",'gender':'other'").sex, Sex::kUnknown);
  EXPECT_EQ(Of(",'gender':'unknown'").sex, Sex::kUnknown);
  EXPECT_EQ(Range(Of(",'birthDate':'1971-03-02'").birth), "1971-03-02");
  EXPECT_EQ(Range(Of(",'birthDate':'1971'").birth), "1971");
  EXPECT_EQ(Of("").deceased, Truth::kFalse);
  EXPECT_EQ(Of(",'deceasedBoolean':true").deceased, Truth::kTrue);
  EXPECT_EQ(Of(",'deceasedBoolean':false").deceased, Truth::kFalse);
  EXPECT_EQ(Of(",'deceasedDateTime':'2026-01'").deceased, Truth::kTrue);
  EXPECT_EQ(Range(Of(",'deceasedDateTime':'2026-01'").death), "2026-01");
  EXPECT_EQ(DeadOf(Person(",'gender':'F'")), "schema Patient.gender");
  EXPECT_EQ(DeadOf(Person(",'birthDate':'1971-02-30'")), "schema Patient.birthDate");
  EXPECT_EQ(DeadOf(Person(",'deceasedBoolean':'yes'")), "schema Patient.deceasedBoolean");
  EXPECT_EQ(DeadOf(Person(",'deceasedAge':7")), "schema Patient.deceased");
}

TEST_F(PatientTest, PersonalNumberFillsInWhatIsMissing) {
  const std::string number =
      ",'identifier':[{'system':'1.2.752.129.2.1.3.1','value':'191212121212'}]";
  EXPECT_EQ(Of(number).sex, Sex::kMale);
  EXPECT_EQ(Range(Of(number).birth), "1912-12-12");
  EXPECT_EQ(Of(number + ",'gender':'female'").sex, Sex::kFemale) << "what the resource says wins";
  EXPECT_EQ(Of(number + ",'gender':'other'").sex, Sex::kUnknown);
  EXPECT_EQ(Range(Of(number + ",'birthDate':'1913'").birth), "1913");
  EXPECT_EQ(Of(",'identifier':[{'system':'1.2.752.97.3.1.3','value':'991912121214'}]").sex,
            Sex::kUnknown);
}

TEST_F(PatientTest, IdentifiersAreBestFirstAndOnce) {
  const PatientLinks& links = Links(
      ",'identifier':[{'system':'urn:mrn','value':'7'},{'system':'1.2.752.97.3.1.3','value':'"
      "991971123457'},"
      "{'system':'1.2.752.129.2.1.3.3','value':'197010632391'},{'system':'1.2.752.129.2.1.3.1','"
      "value':'191212121212'},"
      "{'system':'http://terminology.hl7.se/sid/"
      "se-personnummer','value':'19121212-1212'},{'value':'no system'},{'system':'urn:x'}]");
  const std::vector<PersonKey> expected = {
      hasher_.Hash("http://electronichealth.se/identifier/personnummer|191212121212"),
      hasher_.Hash("http://electronichealth.se/identifier/samordningsnummer|197010632391"),
      hasher_.Hash("urn:oid:1.2.752.97.3.1.3|991971123457"), hasher_.Hash("urn:mrn|7")};
  EXPECT_EQ(links.identifiers, expected);
}

TEST_F(PatientTest, LinksSayWhoReplacesWhom) {
  const PatientLinks& links = Links(
      ",'active':false,'link':[{'type':'replaced-by','other':{'reference':'Patient/p2'}},"
      "{'type':'replaces','other':{'identifier':{'system':'urn:mrn','value':'7'}}},"
      "{'type':'seealso','other':{'reference':'Patient/"
      "p3'}},{'type':'refer','other':{'reference':'Patient/p4'}}]");
  EXPECT_FALSE(links.active);
  EXPECT_EQ(links.replaced_by, std::vector<PersonKey>{Patient("p2")});
  EXPECT_EQ(links.replaces, std::vector<PersonKey>{hasher_.Hash("urn:mrn|7")});
  EXPECT_EQ(DeadOf(Person(",'link':[{'type':'twin','other':{'reference':'Patient/p2'}}]")),
            "schema Patient.link.type");
  EXPECT_EQ(DeadOf(Person(",'link':[{'type':'replaces'}]")), "subject-missing Patient.link.other");
}

TEST_F(PatientTest, WithHundredsOfNamesIsNoPatient) {
  std::string identifiers;
  for (int i = 0; i < 300; ++i)
    identifiers += (i == 0 ? "" : ",") + std::string("{'system':'urn:mrn','value':'") +
                   std::to_string(i) + "'}";
  EXPECT_EQ(DeadOf(Person(",'identifier':[" + identifiers + "]")), "schema Patient.identifier");
}

TEST_F(PatientTest, RegionComesFromAddressOrCodes) {
  EXPECT_EQ(Region("{'state':'Stockholms län'}"), "01");
  EXPECT_EQ(Region("{'state':'12'}"), "12");
  EXPECT_EQ(Region("{'district':'1480'}"), "14");
  EXPECT_EQ(Region("{'district':'Göteborg'}"), "") << "a municipality by name is not guessed";
  EXPECT_EQ(Region("{'state':'Massachusetts'}"), "");
  EXPECT_EQ(Region("{'state':'Skåne','extension':[{'url':'x','valueCoding':{'system':'urn:oid:1.2."
                   "752.129.2.2.1.17','code':'0180'}}]}"),
            "01");
  EXPECT_EQ(Region("{'_district':{'extension':[{'url':'x','valueCodeableConcept':{'coding':[{'"
                   "system':'1.2.752.129.2.2.1.18','code':'25'}]}}]}}"),
            "25");
  EXPECT_EQ(Of(",'extension':[{'url':'x','extension':[{'url':'y','valueCoding':{'system':'1.2.752."
               "129.2.2.1.18','code':'03'}}]}]")
                .region,
            "03");
}

TEST_F(PatientTest, RegisteredAddressWinsOverHomeAndOld) {
  const std::string old = "{'use':'old','state':'Skåne'}";
  const std::string other = "{'use':'temp','state':'Halland'}";
  const std::string home = "{'use':'home','state':'Uppsala'}";
  const std::string registered =
      "{'state':'Gotland','extension':[{'url':'x','valueCodeableConcept':{'coding':[{'code':'"
      "63381000052101'}]}}]}";
  EXPECT_EQ(Region(old), "12");
  EXPECT_EQ(Region(old + "," + other), "13");
  EXPECT_EQ(Region(old + "," + other + "," + home), "03");
  EXPECT_EQ(Region(registered + "," + home), "09");
}

}  // namespace
}  // namespace medverka::matcher
