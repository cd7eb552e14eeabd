// Bundles of every type, their entries one by one, and references between them.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

constexpr std::string_view kPatient = "{'resourceType':'Patient','id':'p1','gender':'female'}";
constexpr std::string_view kCondition =
    "{'resourceType':'Condition','id':'c1','subject':{'reference':'Patient/"
    "p1'},'onsetDateTime':'2019-05'}";

std::string Bundle(std::string_view type, std::string_view entries) {
  return "{'resourceType':'Bundle','type':'" + std::string(type) + "','entry':[" +
         std::string(entries) + "]}";
}
std::string Entry(std::string_view resource, std::string_view more = "") {
  return "{'resource':" + std::string(resource) + std::string(more) + "}";
}

class BundleTest : public JournalTest {
 protected:
  std::string Ids() const {
    std::string out;
    for (const ResourceChange& change : record_.changes) {
      if (!out.empty()) out += " ";
      if (change.type == ChangeType::kDelete) out += "-";
      out += change.id;
    }
    return out;
  }
};

TEST_F(BundleTest, EveryTypeIsRead) {
  for (const std::string_view type :
       {"transaction", "batch", "history", "message", "collection", "searchset", "document",
        "transaction-response", "batch-response"}) {
    Read(Bundle(type, Entry(kPatient) + "," + Entry(kCondition)));
    EXPECT_EQ(Dead(), "") << type;
    EXPECT_EQ(Ids(), "Patient/p1 Condition/c1") << type;
  }
  EXPECT_EQ(DeadOf(Bundle("subscription", Entry(kPatient))), "schema Bundle.type");
  EXPECT_EQ(DeadOf("{'resourceType':'Bundle','entry':[]}"), "schema Bundle.type");
  EXPECT_EQ(DeadOf("{'resourceType':'Bundle','type':'batch','entry':{}}"), "schema Bundle.entry");
  EXPECT_EQ(DeadOf("{'resourceType':'Bundle','type':'batch','implicitRules':'http://x'}"),
            "unusable Bundle.implicitRules");
  Read("{'resourceType':'Bundle','type':'collection'}");
  EXPECT_EQ(Dead(), "") << "an empty one is fine";
}

TEST_F(BundleTest, MessageHeaderAndCompositionArePassedOver) {
  Read(Bundle("message", Entry("{'resourceType':'MessageHeader'}") + "," + Entry(kPatient)));
  EXPECT_EQ(record_.passed_over, std::vector<std::string_view>{"MessageHeader"});
  EXPECT_EQ(Ids(), "Patient/p1");
  Read(Bundle("document", Entry("{'resourceType':'Composition'}") + "," + Entry(kPatient)));
  EXPECT_EQ(record_.passed_over, std::vector<std::string_view>{"Composition"});
}

TEST_F(BundleTest, OneBadEntryLeavesTheOthersAlone) {
  for (const std::string_view type : {"batch", "transaction"}) {
    Read(Bundle(type, Entry(kPatient) + "," + Entry(Replaced(kCondition, "2019-05", "2019-13")) +
                          ",7," + Entry("{'resourceType':'Foo'}") + ",{}," +
                          Entry(Bundle("batch", "")) + "," + Entry(kCondition)));
    EXPECT_EQ(Dead(),
              "#1 schema Condition.onsetDateTime; #2 schema Bundle.entry; #3 unknown-resource "
              "Resource.resourceType; "
              "#4 schema Bundle.entry.resource; #5 schema Bundle.entry.resource");
    EXPECT_EQ(Ids(), "Patient/p1 Condition/c1");
  }
}

TEST_F(BundleTest, OutcomesOfASearchAreWarningsOnly) {
  Read(Bundle("searchset",
              Entry(kPatient, ",'search':{'mode':'match'}") + "," +
                  Entry("{'resourceType':'OperationOutcome'}", ",'search':{'mode':'outcome'}")));
  EXPECT_EQ(Ids(), "Patient/p1");
  EXPECT_TRUE(record_.passed_over.empty());
}

TEST_F(BundleTest, ReferencesLeadToOtherEntries) {
  const std::string patient =
      "{'fullUrl':'urn:uuid:11','resource':{'resourceType':'Patient','id':'p1'}}";
  const std::string visit =
      "{'fullUrl':'urn:uuid:22','resource':{'resourceType':'Encounter','id':'e1','status':'"
      "finished',"
      "'class':{'code':'AMB'},'subject':{'reference':'urn:uuid:11'}}}";
  const std::string condition = Entry(
      "{'resourceType':'Condition','id':'c1','subject':{'reference':'urn:uuid:11'},"
      "'encounter':{'reference':'urn:uuid:22'}}");
  Read(Bundle("transaction", condition + "," + visit + "," + patient));
  ASSERT_EQ(Ids(), "Condition/c1 Encounter/e1 Patient/p1");
  EXPECT_EQ(record_.changes[0].person, Patient("p1"));
  EXPECT_EQ(record_.changes[1].person, Patient("p1"));
  EXPECT_EQ(record_.changes[0].resource.facts.front().visit_id, "Encounter/e1");
}

TEST_F(BundleTest, ResourceWithoutIdTakesThatOfItsFullUrl) {
  const std::string patient =
      "{'fullUrl':'urn:uuid:11-aa','resource':{'resourceType':'Patient'},'request':{'method':'POST'"
      ",'url':'Patient'}}";
  const std::string condition =
      "{'fullUrl':'https://server/fhir/Condition/c9','resource':{'resourceType':'Condition',"
      "'subject':{'reference':'urn:uuid:11-aa'}}}";
  const std::string put =
      "{'resource':{'resourceType':'Condition','subject':{'reference':'urn:uuid:11-aa'}},"
      "'request':{'method':'PUT','url':'Condition/c7'}}";
  Read(Bundle("transaction", patient + "," + condition + "," + put));
  EXPECT_EQ(Dead(), "");
  EXPECT_EQ(Ids(), "Patient/11-aa Condition/c9 Condition/c7");
  EXPECT_EQ(record_.changes[1].person, Patient("11-aa"));
  Read(Bundle("transaction",
              Entry("{'resourceType':'Patient'}", ",'request':{'method':'POST','url':'Patient'}")));
  EXPECT_EQ(Dead(), "#0 schema Resource.id");
}

TEST_F(BundleTest, HistoryTellsWhenSomethingWasDeleted) {
  ReadBytes(Replaced(
      Json(Bundle(
          "history",
          "{'request':{'method':'DELETE','url':'Observation/123'},'response':{'status':'204',"
          "'etag':'W/@4@','lastModified':'2026-01-20T07:15:00Z'}}," +
              Entry(kCondition))),
      "@", "\\\""));
  EXPECT_EQ(Dead(), "");
  ASSERT_EQ(Ids(), "-Observation/123 Condition/c1");
  EXPECT_EQ(record_.changes[0].version.number, 4U);
  EXPECT_EQ(At({record_.changes[0].version.updated_us}), "2026-01-20T07:15:00Z");
}

TEST_F(BundleTest, DeleteEntriesNeedAPlainAddress) {
  const auto request = [](std::string_view method, std::string_view url) {
    return "{'request':{'method':'" + std::string(method) + "','url':'" + std::string(url) + "'}}";
  };
  Read(Bundle("transaction", request("DELETE", "Observation/1") + "," +
                                 request("DELETE", "https://server/fhir/Condition/2") + "," +
                                 request("DELETE", "Patient/p1")));
  EXPECT_EQ(Ids(), "-Observation/1 -Condition/2 -Patient/p1");
  EXPECT_EQ(record_.changes[2].person, Patient("p1"));
  EXPECT_EQ(record_.changes[2].resource.id, "Patient");
  Read(Bundle("transaction",
              request("DELETE", "Observation?subject=x") + "," + request("DELETE", "Observation") +
                  "," + request("DELETE", "Foo/1") + "," + request("DELETE", "CarePlan/1") + "," +
                  request("PATCH", "Observation/1") + "," + request("GET", "Observation/1")));
  EXPECT_EQ(Dead(),
            "#0 conditional-request Bundle.entry.request.url; #1 schema Bundle.entry.request.url; "
            "#2 unknown-resource Bundle.entry.request.url; #4 schema Bundle.entry.request.method");
  EXPECT_EQ(record_.passed_over, std::vector<std::string_view>{"CarePlan"});
}

TEST_F(BundleTest, ConditionalUpdateNeedsAnIdOfItsOwn) {
  const auto put = [](std::string_view resource, std::string_view url) {
    return Bundle("transaction",
                  Entry(resource, ",'request':{'method':'PUT','url':'" + std::string(url) + "'}"));
  };
  Read(put(kCondition, "Condition?identifier=urn:x|1"));
  EXPECT_EQ(Ids(), "Condition/c1");
  Read(put(Replaced(kCondition, "'id':'c1',", ""), "Condition?identifier=urn:x|1"));
  EXPECT_EQ(Dead(), "#0 conditional-request Bundle.entry.request.url");
  Read(put(kCondition, "Condition?code=C18"));
  EXPECT_EQ(Dead(), "#0 conditional-request Bundle.entry.request.url");
}

TEST_F(BundleTest, ResourceIsTheSameBareAndInABundle) {
  Read(kCondition);
  const Version bare = record_.changes.front().version;
  Read(Bundle("collection", Entry(kPatient) + ", " + Entry(kCondition)));
  EXPECT_EQ(record_.changes.back().version, bare);
  Read("{'specversion':'1.0','id':'1','source':'s','type':'t','data': " + std::string(kCondition) +
       " }");
  EXPECT_EQ(record_.changes.back().version, bare);
}

}  // namespace
}  // namespace medverka::matcher
