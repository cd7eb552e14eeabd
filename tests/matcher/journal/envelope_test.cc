// CloudEvents around resources, bare resources, references to the patient, and what a record says
// about time.
#include <map>

#include "reading_record.h"

namespace medverka::matcher {
namespace {

constexpr std::string_view kObservation =
    "{'resourceType':'Observation','id':'o1','status':'final','code':{'coding':[{'system':'http://"
    "loinc.org','code':'718-7'}]},"
    "'subject':{'reference':'Patient/p1'},'effectiveDateTime':'2026-01-18T07:40:00+01:00',"
    "'valueQuantity':{'value':140,'unit':'g/L'}}";

std::string Event(std::string_view more) {
  return "{'specversion':'1.0','id':'e1','source':'//"
         "ehr','type':'se.example.journal.resource.updated.v1'" +
         std::string(more) + "}";
}

using Envelope = JournalTest;

TEST_F(Envelope, BareResourceIsRead) {
  const ResourceChange& change = Change(kObservation);
  EXPECT_EQ(change.id, "Observation/o1");
  EXPECT_EQ(change.resource.id, "Observation/o1");
  EXPECT_EQ(change.person, Patient("p1"));
  EXPECT_EQ(At(*record_.stamp), "2026-01-18T06:40:00Z");
}

TEST_F(Envelope, BlankRecordSaysNothing) {
  for (const std::string_view text : {"", " \n ", "\xEF\xBB\xBF"}) {
    const ReadRecord& record = ReadBytes(text);
    EXPECT_TRUE(record.changes.empty() && record.dead.empty() && !record.stamp);
  }
}

TEST_F(Envelope, MarkOfUtf8IsNoFault) {
  ReadBytes("\xEF\xBB\xBF" + Json(kObservation));
  EXPECT_EQ(Dead(), "");
  EXPECT_EQ(record_.changes.size(), 1U);
}

TEST_F(Envelope, StructuredCloudEventGivesTimeAndSequence) {
  const ResourceChange& change =
      Change(Event(",'time':'2026-01-20T07:15:00Z','sequence':'42','datacontenttype':'application/"
                   "fhir+json','data':" +
                   std::string(kObservation)));
  EXPECT_EQ(change.version.sequence, 42U);
  EXPECT_EQ(At({change.version.time_us}), "2026-01-20T07:15:00Z");
  EXPECT_EQ(At(*record_.stamp), "2026-01-20T07:15:00Z");
}

TEST_F(Envelope, SequenceThatIsNoNumberOrdersNothing) {
  EXPECT_EQ(Change(Event(",'sequence':'abc','data':" + std::string(kObservation))).version.sequence,
            0U);
  EXPECT_EQ(Change(Event(",'sequence':7,'data':" + std::string(kObservation))).version.sequence,
            7U);
}

TEST_F(Envelope, Base64DataIsRead) {
  // {"resourceType":"Patient","id":"p1"}
  const std::string data = "eyJyZXNvdXJjZVR5cGUiOiJQYXRpZW50IiwiaWQiOiJwMSJ9";
  EXPECT_EQ(
      Change(Event(",'datacontenttype':'application/fhir+json','data_base64':'" + data + "'")).id,
      "Patient/p1");
  EXPECT_EQ(DeadOf(Event(",'data_base64':'%%%'")), "unknown-envelope CloudEvent.data_base64");
  EXPECT_EQ(DeadOf(Event(",'datacontenttype':'image/png','data_base64':'" + data + "'")),
            "unknown-envelope CloudEvent.data_base64");
  EXPECT_EQ(DeadOf(Event(",'data_base64':'e30x'")), "malformed-json") << "{}1";
}

TEST_F(Envelope, EventThatIsNoneIsADeadLetter) {
  const std::string data = ",'data':" + std::string(kObservation);
  EXPECT_EQ(DeadOf(Replaced(Event(data), "'1.0'", "'0.3'")),
            "unknown-envelope CloudEvent.specversion");
  EXPECT_EQ(DeadOf("{'id':'e1','source':'s','type':'t'" + data + "}"),
            "unknown-envelope CloudEvent.specversion");
  EXPECT_EQ(DeadOf("{'specversion':'1.0','source':'s','type':'t'" + data + "}"),
            "unknown-envelope CloudEvent.id");
  EXPECT_EQ(DeadOf("{'specversion':'1.0','id':'1','type':'t'" + data + "}"),
            "unknown-envelope CloudEvent.source");
  EXPECT_EQ(DeadOf("{'specversion':'1.0','id':'1','source':'s'" + data + "}"),
            "unknown-envelope CloudEvent.type");
  EXPECT_EQ(DeadOf(Event(",'time':'yesterday'" + data)), "unknown-envelope CloudEvent.time");
  EXPECT_EQ(DeadOf(Event(",'data':'text'")), "unknown-envelope CloudEvent.data");
  EXPECT_EQ(DeadOf(Event("")), "unknown-envelope CloudEvent.subject");
  EXPECT_EQ(DeadOf("[" + Event(data) + "]"), "unknown-envelope") << "a batch of events";
}

TEST_F(Envelope, DeleteEventTakesTheResourceAway) {
  for (const std::string_view type : {"se.example.resource.deleted.v1", "resource.deleted"}) {
    const std::string event =
        Replaced(Event(",'subject':'Observation/o1','time':'2026-01-20T07:15:00Z'"),
                 "se.example.journal.resource.updated.v1", type);
    const ResourceChange& change = Change(event);
    EXPECT_EQ(change.type, ChangeType::kDelete);
    EXPECT_EQ(change.id, "Observation/o1");
    EXPECT_FALSE(change.person);
    EXPECT_TRUE(change.resource.facts.empty());
  }
}

TEST_F(Envelope, EventWithoutDataIsADelete) {
  EXPECT_EQ(Change(Event(",'subject':'Observation/o1','data':null")).type, ChangeType::kDelete);
  EXPECT_EQ(Change(Event(",'subject':'Patient/p1'")).person, Patient("p1"));
  EXPECT_EQ(DeadOf(Event(",'subject':'o1','data':null")), "unknown-envelope CloudEvent.subject");
  EXPECT_EQ(DeadOf(Event(",'subject':'Foo/o1','data':null")),
            "unknown-resource CloudEvent.subject");
  Read(Event(",'subject':'CarePlan/c1','data':null"));
  EXPECT_EQ(record_.passed_over, std::vector<std::string_view>{"CarePlan"});
}

TEST_F(Envelope, DeleteEventThatCarriesTheResourceSaysWhose) {
  const std::string event =
      Replaced(Event(",'data':" + std::string(kObservation)), "updated.v1", "deleted.v1");
  const ResourceChange& change = Change(event);
  EXPECT_EQ(change.type, ChangeType::kDelete);
  EXPECT_EQ(change.id, "Observation/o1");
  EXPECT_EQ(change.person, Patient("p1"));
}

// Every way to point at the same patient gives the same key.
TEST_F(Envelope, PatientIsFoundByAnyFormOfReference) {
  for (const std::string_view reference :
       {"Patient/p1", "https://server.example/fhir/Patient/p1", "Patient/p1/_history/3",
        "urn:uuid:p1", "https://server.example/fhir/Patient/p1/_history/2"}) {
    EXPECT_EQ(Change(Replaced(kObservation, "Patient/p1", reference)).person, Patient("p1"))
        << reference;
  }
}

TEST_F(Envelope, PatientIsFoundByIdentifier) {
  const PersonKey key =
      hasher_.Hash("http://electronichealth.se/identifier/personnummer|191212121212");
  for (const std::string_view subject :
       {"{'identifier':{'system':'urn:oid:1.2.752.129.2.1.3.1','value':'19121212-1212'}}",
        "{'reference':'Patient?identifier=http://electronichealth.se/identifier/"
        "personnummer|191212121212'}",
        "{'reference':'Patient?identifier=urn:oid:1.2.752.129.2.1.3.1%7C191212121212'}",
        "{'type':'Patient','identifier':{'system':'1.2.752.129.2.1.3.1','value':'191212121212'}"
        "}"}) {
    EXPECT_EQ(Change(Replaced(kObservation, "{'reference':'Patient/p1'}", subject)).person, key)
        << subject;
  }
}

TEST_F(Envelope, ContainedPatientIsFoundByItsBestIdentifier) {
  const std::string contained =
      Replaced(kObservation, "'status'",
               "'contained':[{'resourceType':'Patient','id':'x','identifier':[{'system':'urn:mrn','"
               "value':'7'},"
               "{'system':'1.2.752.129.2.1.3.1','value':'191212121212'}]}],'status'");
  EXPECT_EQ(Change(Replaced(contained, "Patient/p1", "#x")).person,
            hasher_.Hash("http://electronichealth.se/identifier/personnummer|191212121212"));
}

TEST_F(Envelope, NamesAreToldToWhoAsks) {
  std::map<std::string, bool> named;
  reader_.OnPersonNamed([&](const PersonKey&, std::string_view name, bool is_resource_id) {
    named[std::string(name)] = is_resource_id;
  });
  Read(kObservation);
  Read("{'resourceType':'Patient','id':'p2','identifier':[{'system':'urn:mrn','value':'77'}]}");
  EXPECT_EQ(named, (std::map<std::string, bool>{{"77", false}, {"p1", true}, {"p2", true}}));
}

TEST_F(Envelope, StampIsTheBestThatTheRecordSays) {
  Read(Replaced(
      kObservation, "'status'",
      "'meta':{'lastUpdated':'2026-02-01T00:00:00Z'},'issued':'2026-03-01T00:00:00Z','status'"));
  EXPECT_EQ(At(*record_.stamp), "2026-02-01T00:00:00Z") << "lastUpdated before issued";
  Read(Replaced(kObservation, "'status'", "'issued':'2026-03-01T00:00:00Z','status'"));
  EXPECT_EQ(At(*record_.stamp), "2026-03-01T00:00:00Z") << "the latest that is said";
  Read(
      "{'resourceType':'Bundle','type':'collection','timestamp':'2026-04-01T00:00:00Z','entry':[{'"
      "resource':" +
      std::string(kObservation) + "}]}");
  EXPECT_EQ(At(*record_.stamp), "2026-04-01T00:00:00Z");
  Read("{'resourceType':'Patient','id':'p1','birthDate':'1971-03-02'}");
  EXPECT_FALSE(record_.stamp) << "a birth date says nothing about when the record was made";
}

TEST_F(Envelope, ProvenanceIsKept) {
  const criteria::Resource& by_source =
      Change(Replaced(kObservation, "'status'",
                      "'meta':{'source':'urn:oid:1.2.752.129.2.1.4.1#SE2321000016-1ABC'},'status'"))
          .resource;
  EXPECT_EQ(by_source.provider, "SE2321000016-1ABC");
  const criteria::Resource& by_extension =
      Change(
          Replaced(
              kObservation, "'status'",
              "'extension':[{'url':'http://commonprofiles.care/fhir/StructureDefinition/"
              "HsaHierarchy','extension':["
              "{'url':'careProvider','valueReference':{'identifier':{'value':'SE2321000016-P'}}},"
              "{'url':'care-unit','valueIdentifier':{'value':'SE2321000016-U'}}]}],'status'"))
          .resource;
  EXPECT_EQ(by_extension.provider, "SE2321000016-P");
  EXPECT_EQ(by_extension.unit, "SE2321000016-U");
}

// ---- binary mode

EventAttributes HeadersOf() {
  return {.specversion = "1.0",
          .id = "e1",
          .source = "//ehr",
          .type = "se.example.journal.resource.updated.v1",
          .subject = "Observation/o1",
          .time = "2026-01-20T07:15:00Z",
          .sequence = "42",
          .datacontenttype = "application/fhir+json; charset=utf-8"};
}

TEST_F(Envelope, BinaryModeIsAsStructuredMode) {
  Read(Event(",'time':'2026-01-20T07:15:00Z','sequence':'42','data':" + std::string(kObservation)));
  ASSERT_EQ(record_.changes.size(), 1U);
  const Version version = record_.changes[0].version;
  const auto stamp = record_.stamp;
  reader_.Read(HeadersOf(), Json(kObservation), record_);
  EXPECT_EQ(Dead(), "");
  ASSERT_EQ(record_.changes.size(), 1U);
  EXPECT_EQ(record_.changes[0].id, "Observation/o1");
  EXPECT_EQ(record_.changes[0].version, version);
  EXPECT_EQ(record_.changes[0].person, Patient("p1"));
  EXPECT_EQ(record_.stamp, stamp);
}

TEST_F(Envelope, NullInBinaryModeIsATombstone) {
  reader_.Read(HeadersOf(), std::nullopt, record_);
  EXPECT_EQ(Dead(), "");
  ASSERT_EQ(record_.changes.size(), 1U);
  EXPECT_EQ(record_.changes[0].type, ChangeType::kDelete);
  EXPECT_EQ(record_.changes[0].id, "Observation/o1");
  EventAttributes nameless = HeadersOf();
  nameless.subject = "";
  reader_.Read(nameless, std::nullopt, record_);
  EXPECT_EQ(Dead(), "unknown-envelope CloudEvent.subject");
}

TEST_F(Envelope, WhatIsWrongInBinaryModeIsADeadLetter) {
  const auto dead = [&](void (*change)(EventAttributes&)) {
    EventAttributes attributes = HeadersOf();
    change(attributes);
    reader_.Read(attributes, Json(kObservation), record_);
    EXPECT_TRUE(record_.changes.empty());
    return Dead();
  };
  EXPECT_EQ(dead([](EventAttributes& a) { a.specversion = "0.3"; }),
            "unknown-envelope CloudEvent.specversion");
  EXPECT_EQ(dead([](EventAttributes& a) { a.id = ""; }), "unknown-envelope CloudEvent.id");
  EXPECT_EQ(dead([](EventAttributes& a) { a.source = ""; }), "unknown-envelope CloudEvent.source");
  EXPECT_EQ(dead([](EventAttributes& a) { a.type = ""; }), "unknown-envelope CloudEvent.type");
  EXPECT_EQ(dead([](EventAttributes& a) { a.time = "noon"; }), "unknown-envelope CloudEvent.time");
  EXPECT_EQ(dead([](EventAttributes& a) { a.datacontenttype = "text/plain"; }),
            "unknown-envelope CloudEvent.datacontenttype");
  reader_.Read(HeadersOf(), "", record_);
  EXPECT_EQ(Dead(), "malformed-json");
  reader_.Read(HeadersOf(), "[]", record_);
  EXPECT_EQ(Dead(), "unknown-envelope CloudEvent.data");
}

}  // namespace
}  // namespace medverka::matcher
