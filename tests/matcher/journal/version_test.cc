// The order of versions of one resource, also of deletes (docs/journal.md).
#include "matcher/journal/resource_types.h"
#include "reading_record.h"

namespace medverka::matcher {
namespace {

constexpr std::string_view kCondition =
    "{'resourceType':'Condition','id':'c1',$'subject':{'reference':'Patient/"
    "p1'},'onsetDateTime':'2019-05'}";

class VersionTest : public JournalTest {
 protected:
  Version Of(std::string_view text) { return Change(text).version; }
  Version WithMeta(std::string_view meta) {
    return Of(Replaced(kCondition, "$", meta.empty() ? "" : "'meta':{" + std::string(meta) + "},"));
  }
  Version DeleteBy(std::string_view attributes) {
    return Of(
        "{'specversion':'1.0','id':'1','source':'s','type':'x.deleted','subject':'Condition/c1'" +
        std::string(attributes) + "}");
  }
};

TEST_F(VersionTest, NumberComesBeforeTimeBeforeContent) {
  const Version none = WithMeta("");
  const Version dated = WithMeta("'lastUpdated':'2026-01-20T07:15:00Z'");
  const Version later = WithMeta("'lastUpdated':'2026-01-21T07:15:00+01:00'");
  const Version two = WithMeta("'versionId':'2','lastUpdated':'2025-01-01T00:00:00Z'");
  const Version ten = WithMeta("'versionId':'10','lastUpdated':'2024-01-01T00:00:00Z'");
  EXPECT_LT(none, dated);
  EXPECT_LT(dated, later);
  EXPECT_LT(later, two);
  EXPECT_LT(two, ten) << "as numbers, not as text";
  EXPECT_EQ(Change(Replaced(kCondition, "$", "'meta':{'versionId':'2'},")).resource.version, "2");
  EXPECT_NE(WithMeta("'profile':['a']").content, WithMeta("'profile':['b']").content);
}

TEST_F(VersionTest, OpaqueVersionIdOrdersNothing) {
  const Version opaque = WithMeta("'versionId':'3f2a-77','lastUpdated':'2026-01-20T07:15:00Z'");
  EXPECT_EQ(opaque.number, 0U);
  EXPECT_EQ(At({opaque.updated_us}), "2026-01-20T07:15:00Z");
}

TEST_F(VersionTest, VersionThatCannotBeReadIsADeadLetter) {
  for (const std::string_view meta :
       {"'versionId':3", "'versionId':''", "'versionId':'a b'", "'versionId':{}"}) {
    EXPECT_EQ(DeadOf(Replaced(kCondition, "$", "'meta':{" + std::string(meta) + "},")),
              "bad-version Meta.versionId")
        << meta;
  }
  for (const std::string_view meta :
       {"'lastUpdated':'igår'", "'lastUpdated':17", "'lastUpdated':'2026-02-30T00:00:00Z'"}) {
    EXPECT_EQ(DeadOf(Replaced(kCondition, "$", "'meta':{" + std::string(meta) + "},")),
              "bad-version Meta.lastUpdated")
        << meta;
  }
}

TEST_F(VersionTest, DeleteThatSaysNothingStandsAgainstEverything) {
  EXPECT_EQ(DeleteBy(""), kEndOfVersions);
}

TEST_F(VersionTest, DeleteWithATimeStandsAgainstAllNumbersButNotAgainstLaterDeletes) {
  const Version first = DeleteBy(",'time':'2026-01-20T07:15:00Z'");
  EXPECT_GT(first, WithMeta("'versionId':'900','lastUpdated':'2026-01-01T00:00:00Z'"));
  EXPECT_GT(DeleteBy(",'time':'2026-01-21T07:15:00Z'"), first);
  EXPECT_LT(first, kEndOfVersions);
}

TEST_F(VersionTest, DeleteThatNamesAVersionComesRightAfterIt) {
  const Version deleted = Of(
      "{'specversion':'1.0','id':'1','source':'s','type':'x.deleted','data':" +
      Replaced(kCondition, "$", "'meta':{'versionId':'3','lastUpdated':'2026-01-20T07:15:00Z'},") +
      "}");
  EXPECT_GT(deleted, WithMeta("'versionId':'3','lastUpdated':'2027-01-20T07:15:00Z'"));
  EXPECT_LT(deleted, WithMeta("'versionId':'4','lastUpdated':'2026-01-20T07:15:00Z'"));
}

TEST(ResourceTypes, AreThoseOfR4) {
  // https://hl7.org/fhir/R4/valueset-resource-types.html has 148 with the two abstract ones.
  EXPECT_EQ(journal::ResourceTypeCount(), 146U);
  for (const std::string_view name : {"Account", "CarePlan", "ImagingStudy", "Location",
                                      "MedicinalProduct", "VisionPrescription"}) {
    ASSERT_NE(journal::FindResourceType(name), nullptr) << name;
    EXPECT_EQ(journal::FindResourceType(name)->reader, nullptr) << name;
  }
  for (const std::string_view name :
       {"", "Foo", "observation", "DomainResource", "SubscriptionTopic", "Zzz"}) {
    EXPECT_EQ(journal::FindResourceType(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace medverka::matcher
