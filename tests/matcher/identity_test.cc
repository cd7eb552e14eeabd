// Who is who: the key of a person is a function of the links alone, whatever order they came in.
#include "matcher/patient/identity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "matcher/limits.h"

namespace medverka::matcher {
namespace {

PersonKey Key(std::uint32_t number) {
  PersonKey key;
  key.bytes[0] = 1;
  for (std::size_t i = 0; i < 4; ++i) {
    key.bytes[1 + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  }
  return key;
}

PatientRecord Record(std::uint32_t self, std::vector<std::uint32_t> identifiers,
                     std::vector<std::uint32_t> replaced_by = {},
                     std::vector<std::uint32_t> replaces = {}) {
  PatientRecord record;
  record.live = true;
  record.links.self = Key(self);
  for (const std::uint32_t one : identifiers) record.links.identifiers.push_back(Key(one));
  for (const std::uint32_t one : replaced_by) record.links.replaced_by.push_back(Key(one));
  for (const std::uint32_t one : replaces) record.links.replaces.push_back(Key(one));
  return record;
}

TEST(Identity, UnknownNameIsItself) {
  const Identity identity;
  EXPECT_EQ(identity.Of(Key(5)).key, Key(5));
  EXPECT_EQ(identity.Of(Key(5)).names, std::vector{Key(5)});
}

TEST(Identity, BestIdentifierNamesThePerson) {
  Identity identity;
  identity.Set(Key(1), Record(1, {9, 3}));
  for (const std::uint32_t name : {1U, 3U, 9U}) EXPECT_EQ(identity.Of(Key(name)).key, Key(9));
  EXPECT_EQ(identity.Of(Key(1)).names, (std::vector{Key(1), Key(3), Key(9)}));
}

TEST(Identity, SurvivorNamesThePersonEvenWithoutIdentifier) {
  Identity identity;
  identity.Set(Key(1), Record(1, {9}, {2}));
  identity.Set(Key(2), Record(2, {}));
  EXPECT_EQ(identity.Of(Key(1)).key, Key(2));
  identity.Set(Key(1), Record(1, {9}));
  EXPECT_EQ(identity.Of(Key(1)).key, Key(9));
  EXPECT_EQ(identity.Of(Key(2)).key, Key(2));
}

TEST(Identity, ReplacedByIdentifierRetires) {
  Identity identity;
  identity.Set(Key(1), Record(1, {9}));
  identity.Set(Key(2), Record(2, {}, {}, {9}));
  EXPECT_EQ(identity.Of(Key(9)).key, Key(2));
}

TEST(Identity, ReplacedByAnUnseenRecordKeepsItsKey) {
  Identity identity;
  identity.Set(Key(1), Record(1, {9}, {2}));
  EXPECT_EQ(identity.Of(Key(2)).key, Key(9));
}

TEST(Identity, CycleOfReplacementsHasOneKey) {
  Identity identity;
  identity.Set(Key(1), Record(1, {}, {2}));
  identity.Set(Key(2), Record(2, {}, {1}));
  EXPECT_EQ(identity.Of(Key(1)).key, Key(1));
  EXPECT_EQ(identity.Of(Key(2)).key, Key(1));
}

TEST(Identity, OwnLinkIsNone) {
  Identity identity;
  identity.Set(Key(1), Record(1, {}, {1}, {1}));
  identity.Set(Key(2), Record(2, {}, {1}));
  EXPECT_EQ(identity.Of(Key(2)).key, Key(1));
}

TEST(Identity, DeadRecordLinksNothing) {
  Identity identity;
  identity.Set(Key(1), Record(1, {9}));
  PatientRecord gone;
  identity.Set(Key(1), gone);
  EXPECT_EQ(identity.Of(Key(1)).key, Key(1));
  EXPECT_EQ(identity.Of(Key(9)).key, Key(9));
  EXPECT_FALSE(identity.HasRecord(identity.Of(Key(1))));
  EXPECT_TRUE(identity.Names().empty());
  EXPECT_EQ(identity.Records().size(), 1U);
}

TEST(Identity, DeathInAnyRecordCountsAndHolesAreFilledInOrder) {
  Identity identity;
  PatientRecord retired = Record(1, {}, {3});
  retired.demographics.region = "12";
  retired.demographics.deceased = criteria::Truth::kTrue;
  retired.demographics.death = base::TimeRange{{1}, {2}};
  PatientRecord older = Record(2, {}, {3});
  older.demographics.region = "01";
  older.demographics.sex = criteria::Sex::kMale;
  identity.Set(Key(2), older);
  identity.Set(Key(1), retired);
  identity.Set(Key(3), Record(3, {}));
  const criteria::Demographics who = identity.DemographicsOf(identity.Of(Key(3)));
  EXPECT_EQ(who.region, "12");
  EXPECT_EQ(who.sex, criteria::Sex::kMale);
  EXPECT_EQ(who.deceased, criteria::Truth::kTrue);
  EXPECT_EQ(who.death, (base::TimeRange{{1}, {2}}));
}

// Random sets of records in random orders, with states on the way that are replaced: the last word
// alone counts, and whoever is touched by a change stands in Around before or after it.
TEST(Identity, AnyOrderEndsTheSame) {
  std::mt19937 random(20261122);
  const auto below = [&](std::uint32_t bound) {
    return static_cast<std::uint32_t>(random() % bound);
  };
  const auto some = [&](std::uint32_t from, std::uint32_t among) {
    std::vector<std::uint32_t> out;
    for (std::uint32_t i = below(3); i > 0; --i) out.push_back(from + below(among));
    return out;
  };
  for (int round = 0; round < 500; ++round) {
    std::vector<PatientRecord> last;
    for (std::uint32_t self = 0; self < 6; ++self) {
      last.push_back(Record(self, some(10, 5),
                            random() % 3 == 0 ? some(0, 6) : std::vector<std::uint32_t>(),
                            random() % 5 == 0 ? some(0, 15) : std::vector<std::uint32_t>()));
    }
    Identity straight;
    for (const PatientRecord& record : last) straight.Set(record.links.self, record);
    Identity other;
    std::vector<PatientRecord> shuffled = last;
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    for (const PatientRecord& record : shuffled) {
      const PersonKey self = record.links.self;
      other.Set(self, Record(below(6), some(10, 5)));
      std::vector<Person> before;
      for (std::uint32_t name = 0; name < 15; ++name) before.push_back(other.Of(Key(name)));
      std::vector<PersonKey> around = other.Around(self);
      other.Set(self, record);
      const std::vector<PersonKey> after = other.Around(self);
      around.insert(around.end(), after.begin(), after.end());
      for (std::uint32_t name = 0; name < 15; ++name) {
        const Person now = other.Of(Key(name));
        const bool same = now.key == before[name].key && now.names == before[name].names;
        EXPECT_TRUE(same || std::count(around.begin(), around.end(), Key(name)) > 0);
      }
    }
    for (std::uint32_t name = 0; name < 15; ++name) {
      EXPECT_EQ(straight.Of(Key(name)).key, other.Of(Key(name)).key);
      EXPECT_EQ(straight.Of(Key(name)).names, other.Of(Key(name)).names);
    }
  }
}

TEST(Identity, TooLongAChainFallsApartAndComesTogetherAgain) {
  Identity identity;
  const auto count = static_cast<std::uint32_t>(kPersonNamesMax);
  for (std::uint32_t i = 0; i + 1 < count; ++i) identity.Set(Key(i), Record(i, {i + 1}));
  EXPECT_EQ(identity.Of(Key(0)).names.size(), count);
  identity.Set(Key(count), Record(count, {0}));
  EXPECT_TRUE(identity.Of(Key(7)).damaged);
  EXPECT_EQ(identity.Of(Key(7)).names, std::vector{Key(7)});
  identity.Set(Key(count), Record(count, {}));
  EXPECT_FALSE(identity.Of(Key(7)).damaged);
}

}  // namespace
}  // namespace medverka::matcher
