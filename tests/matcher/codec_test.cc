// Facts to bytes and back: everything a fact can say survives, the bytes do not depend on the
// vocabulary's integers, and damaged bytes are told, never trusted.
#include "matcher/patient/codec.h"

#include <gtest/gtest.h>

#include <random>

#include "matcher/marker.h"
#include "matcher/patient/identity.h"

namespace medverka::matcher {
namespace {

using criteria::Fact;
using criteria::SystemId;
using criteria::Value;
using criteria::Vocabulary;

// Random facts over a small vocabulary; every member of a fact is set now and then.
class FactMaker {
 public:
  FactMaker(std::uint32_t seed, Vocabulary& vocabulary) : random_(seed), vocabulary_(vocabulary) {}

  criteria::Resource Make(int number) {
    criteria::Resource resource;
    resource.id = "Observation/o" + std::to_string(number);
    resource.version = Chance() ? std::to_string(Below(9)) : "";
    if (Chance()) resource.recorded = Range();
    if (Chance()) resource.issued = base::Instant{Time()};
    if (Chance()) resource.updated = base::Instant{Time()};
    if (Chance()) resource.provider = "SE2321000016-" + std::to_string(Below(3));
    if (Chance()) resource.unit = "SE2321000016-1";
    for (std::uint32_t i = 1 + Below(3); i > 0; --i) resource.facts.push_back(MakeFact());
    return resource;
  }

 private:
  std::uint32_t Below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  bool Chance() { return Below(2) == 0; }
  std::int64_t Time() { return static_cast<std::int64_t>(random_()) - (std::int64_t{1} << 30); }
  base::TimeRange Range() {
    const std::int64_t low = Chance() ? base::kDistantPast.us : Time();
    return {{low}, {Chance() ? low : base::kDistantFuture.us}};
  }
  base::Decimal Number() {
    return {static_cast<std::int64_t>(random_()) - 2'000'000'000, static_cast<int>(Below(6)) - 2};
  }
  std::vector<criteria::CodeId> Codes() {
    std::vector<criteria::CodeId> codes;
    for (std::uint32_t i = Below(3); i > 0; --i) {
      const SystemId system = Chance()   ? SystemId::kAtc
                              : Chance() ? vocabulary_.System("https://example.se/codes")
                                         : SystemId::kNone;
      codes.push_back(vocabulary_.Code(system, "B01AA0" + std::to_string(Below(9))));
    }
    return codes;
  }
  criteria::UnitId Unit() {
    return vocabulary_.Unit(Chance() ? "umol/L" : Chance() ? "" : "stycken");
  }

  Value MakeValue() {
    Value value;
    value.type = static_cast<Value::Type>(Below(5));
    switch (value.type) {
      case Value::Type::kNone:
        break;
      case Value::Type::kQuantity:
        if (Chance()) value.number.low = Number();
        if (Chance()) value.number.high = Chance() ? value.number.low : Number();
        value.number.low_open = Chance();
        value.number.high_open = Chance();
        value.unit = Unit();
        break;
      case Value::Type::kCoded:
        value.codes = Codes();
        value.text = Chance() ? "påvisad" : "";
        break;
      case Value::Type::kText:
        value.text = "ej påvisad";
        break;
      case Value::Type::kBoolean:
        value.boolean = Chance();
        break;
    }
    return value;
  }

  Fact MakeFact() {
    Fact fact;
    fact.kind = static_cast<criteria::FactKind>(Below(criteria::kFactKinds));
    fact.holding = static_cast<criteria::Holding>(Below(4));
    fact.upkeep = static_cast<criteria::Upkeep>(Below(4));
    fact.part = static_cast<std::uint16_t>(Below(3));
    fact.codes = Codes();
    fact.parent_codes = Codes();
    if (Chance()) fact.start = Range();
    if (Chance()) fact.end = Range();
    fact.ongoing = Chance();
    fact.ended = Chance();
    fact.value = MakeValue();
    fact.value_absent = Chance();
    if (Chance()) {
      criteria::ReferenceLimits limits;
      if (Chance()) limits.low = Number();
      if (Chance()) limits.high = Number();
      limits.unit = Unit();
      fact.limits = limits;
    }
    fact.interpretation = Codes();
    if (Chance()) fact.visit_id = "Encounter/7";
    if (Chance()) fact.medication_id = "Medication/3";
    if (Chance()) fact.visit_class = vocabulary_.Code(SystemId::kActCode, "AMB");
    if (Chance()) fact.visit_unit = "SE2321000016-9";
    if (Chance()) fact.study = "NCT02647099";
    if (Chance()) fact.question = "can swallow";
    fact.interventional_arm = Chance();
    fact.genes = Codes();
    fact.covers = Chance();
    fact.origin = static_cast<criteria::Origin>(Below(3));
    fact.significance = static_cast<criteria::Significance>(Below(5));
    fact.stopped = Chance();
    fact.step = static_cast<criteria::MedicationStep>(Below(4));
    for (std::uint32_t i = Below(4); i > 0; --i) fact.attributes.push_back(MakeAttribute());
    return fact;
  }

  criteria::Attribute MakeAttribute() {
    criteria::Attribute attribute;
    attribute.field = static_cast<criteria::Field>(
        Below(static_cast<std::uint32_t>(criteria::Field::kStructure) + 1));
    // A rank by a visit is derived, and not stored.
    if (attribute.field != criteria::Field::kMain && Chance())
      attribute.reference = "Condition/c" + std::to_string(Below(3));
    if (attribute.reference.empty()) attribute.codes = Codes();
    if (Chance()) attribute.text = Chance() ? "vänster" : std::string(9000, 'x');
    if (Chance()) attribute.number.low = Number();
    if (Chance()) attribute.number.high = Chance() ? attribute.number.low : Number();
    if (attribute.number.low) attribute.number.low_open = Chance();
    if (attribute.number.high) attribute.number.high_open = Chance();
    attribute.unit = Unit();
    return attribute;
  }

  std::mt19937 random_;
  Vocabulary& vocabulary_;
};

void ExpectSame(const base::Decimal& a, const base::Decimal& b) {
  EXPECT_EQ(a.coefficient(), b.coefficient());
  EXPECT_EQ(a.scale(), b.scale());
}
void ExpectSame(const std::optional<base::Decimal>& a, const std::optional<base::Decimal>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (a) ExpectSame(*a, *b);
}

void ExpectSame(const criteria::Attribute& a, const criteria::Attribute& b) {
  EXPECT_EQ(a.field, b.field);
  EXPECT_EQ(a.codes, b.codes);
  EXPECT_EQ(a.text, b.text);
  EXPECT_EQ(a.reference, b.reference);
  ExpectSame(a.number.low, b.number.low);
  ExpectSame(a.number.high, b.number.high);
  EXPECT_EQ(a.number.low_open, b.number.low_open);
  EXPECT_EQ(a.number.high_open, b.number.high_open);
  EXPECT_EQ(a.unit, b.unit);
}

void ExpectSame(const Fact& a, const Fact& b) {
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.holding, b.holding);
  EXPECT_EQ(a.upkeep, b.upkeep);
  EXPECT_EQ(a.part, b.part);
  EXPECT_EQ(a.codes, b.codes);
  EXPECT_EQ(a.parent_codes, b.parent_codes);
  EXPECT_EQ(a.start, b.start);
  EXPECT_EQ(a.end, b.end);
  EXPECT_EQ(a.ongoing, b.ongoing);
  EXPECT_EQ(a.ended, b.ended);
  EXPECT_EQ(a.value.type, b.value.type);
  ExpectSame(a.value.number.low, b.value.number.low);
  ExpectSame(a.value.number.high, b.value.number.high);
  EXPECT_EQ(a.value.number.low_open, b.value.number.low_open);
  EXPECT_EQ(a.value.number.high_open, b.value.number.high_open);
  EXPECT_EQ(a.value.unit, b.value.unit);
  EXPECT_EQ(a.value.codes, b.value.codes);
  EXPECT_EQ(a.value.text, b.value.text);
  EXPECT_EQ(a.value.boolean, b.value.boolean);
  EXPECT_EQ(a.value_absent, b.value_absent);
  ASSERT_EQ(a.limits.has_value(), b.limits.has_value());
  if (a.limits) {
    ExpectSame(a.limits->low, b.limits->low);
    ExpectSame(a.limits->high, b.limits->high);
    EXPECT_EQ(a.limits->unit, b.limits->unit);
  }
  EXPECT_EQ(a.interpretation, b.interpretation);
  EXPECT_EQ(a.visit_id, b.visit_id);
  EXPECT_EQ(a.medication_id, b.medication_id);
  EXPECT_EQ(a.visit_class, b.visit_class);
  EXPECT_EQ(a.visit_unit, b.visit_unit);
  EXPECT_EQ(a.study, b.study);
  EXPECT_EQ(a.question, b.question);
  EXPECT_EQ(a.interventional_arm, b.interventional_arm);
  EXPECT_EQ(a.genes, b.genes);
  EXPECT_EQ(a.covers, b.covers);
  EXPECT_EQ(a.origin, b.origin);
  EXPECT_EQ(a.significance, b.significance);
  EXPECT_EQ(a.stopped, b.stopped);
  EXPECT_EQ(a.step, b.step);
  ASSERT_EQ(a.attributes.size(), b.attributes.size());
  for (std::size_t i = 0; i < a.attributes.size(); ++i) {
    ExpectSame(a.attributes[i], b.attributes[i]);
  }
}

struct PageContent {
  std::vector<ShelfItem> items;
  std::vector<std::string> removed;
  std::vector<std::pair<std::string, Decision>> decisions;
};

base::Result<void> ReadAll(std::string_view page, Vocabulary& vocabulary, PageContent& out) {
  PageVisitor visit;
  visit.put = [&](ShelfItem item) { out.items.push_back(std::move(item)); };
  visit.remove = [&](std::string_view id) { out.removed.emplace_back(id); };
  visit.decide = [&](std::string_view study, Decision decision) {
    out.decisions.emplace_back(study, std::move(decision));
  };
  return ReadPage(page, vocabulary, visit);
}

std::string RandomPage(std::uint32_t seed, Vocabulary& vocabulary, std::vector<ShelfItem>* items) {
  FactMaker maker(seed, vocabulary);
  PageWriter writer(vocabulary);
  for (int i = 0; i < 5; ++i) {
    ShelfItem item = MakeShelfItem("Observation/o" + std::to_string(i), maker.Make(i));
    if (i == 3) item.id += "/with a longer name";
    writer.Put(item);
    if (items != nullptr) items->push_back(std::move(item));
  }
  writer.Remove("Condition/gone");
  writer.Decide("T1", {kEndOfVersions, true, "patient-declined"});
  return writer.Take();
}

TEST(Codec, KeepsEverythingAFactSays) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    Vocabulary vocabulary;
    std::vector<ShelfItem> items;
    const std::string page = RandomPage(seed, vocabulary, &items);
    PageContent read;
    ASSERT_TRUE(ReadAll(page, vocabulary, read).has_value());
    ASSERT_EQ(read.items.size(), items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      const criteria::Resource& a = items[i].resource;
      const criteria::Resource& b = read.items[i].resource;
      EXPECT_EQ(items[i].id, read.items[i].id);
      EXPECT_EQ(a.id, b.id);
      EXPECT_EQ(a.version, b.version);
      EXPECT_EQ(a.recorded, b.recorded);
      EXPECT_EQ(a.issued, b.issued);
      EXPECT_EQ(a.updated, b.updated);
      EXPECT_EQ(a.provider, b.provider);
      EXPECT_EQ(a.unit, b.unit);
      ASSERT_EQ(a.facts.size(), b.facts.size());
      for (std::size_t f = 0; f < a.facts.size(); ++f) ExpectSame(a.facts[f], b.facts[f]);
    }
    EXPECT_EQ(read.removed, std::vector<std::string>{"Condition/gone"});
    ASSERT_EQ(read.decisions.size(), 1U);
    EXPECT_EQ(read.decisions[0].second.version, kEndOfVersions);
    EXPECT_TRUE(read.decisions[0].second.declined);
    EXPECT_EQ(read.decisions[0].second.reason, "patient-declined");
  }
}

// What a page of format 1 looked like. Those bytes are on disks: they are read as they were meant.
constexpr std::string_view kFormat1Page =
    "010209084e50553034393938140148030e5345323332313030303031362d3106756d6f6c2f4c0b45"
    "6e636f756e7465722f3703000e4f62736572766174696f6e2f6f31013308000105c58c800a010080"
    "80f28183898506000113820b020101010201010e436f6e646974696f6e2f676f6e6502025431ffff"
    "ffffffffffffff01feffffffffffffffff01ffffffffffffffffff01feffffffffffffffff01ffff"
    "ffffffffffff011070617469656e742d6465636c696e6564";

TEST(Codec, ReadsPagesOfFormat1) {
  std::string page;
  for (std::size_t i = 0; i < kFormat1Page.size(); i += 2) {
    page += static_cast<char>(std::stoi(std::string(kFormat1Page.substr(i, 2)), nullptr, 16));
  }
  Vocabulary vocabulary;
  PageContent read;
  ASSERT_TRUE(ReadAll(page, vocabulary, read).has_value());
  ASSERT_EQ(read.items.size(), 1U);
  EXPECT_EQ(read.items[0].id, "Observation/o1");
  EXPECT_EQ(read.items[0].resource.version, "3");
  EXPECT_EQ(read.items[0].resource.provider, "SE2321000016-1");
  ASSERT_EQ(read.items[0].resource.facts.size(), 1U);
  Fact fact;
  fact.codes = {vocabulary.Code(SystemId::kNpu, "NPU04998")};
  fact.start = base::TimeRange{{1'700'000'000'000'000}, {1'700'000'000'000'000}};
  fact.value.type = Value::Type::kQuantity;
  fact.value.number.low = base::Decimal(705, 1);
  fact.value.number.high = fact.value.number.low;
  fact.value.unit = vocabulary.Unit("umol/L");
  fact.interpretation = {vocabulary.Code(SystemId::kInterpretation, "H")};
  fact.visit_id = "Encounter/7";
  fact.holding = criteria::Holding::kUnverified;
  fact.stopped = true;
  ExpectSame(read.items[0].resource.facts[0], fact);
  EXPECT_EQ(read.removed, std::vector<std::string>{"Condition/gone"});
  ASSERT_EQ(read.decisions.size(), 1U);
  EXPECT_EQ(read.decisions[0].first, "T1");
}

TEST(Codec, BytesDoNotDependOnTheVocabulary) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    Vocabulary fresh;
    Vocabulary used;
    used.System("https://example.se/another");
    for (int i = 9; i >= 0; --i) used.Code(SystemId::kAtc, "B01AA0" + std::to_string(i));
    used.Unit("mg/dL");
    const std::string page = RandomPage(seed, fresh, nullptr);
    EXPECT_EQ(RandomPage(seed, used, nullptr), page);
    // Read by another process and written again: the same.
    PageContent read;
    ASSERT_TRUE(ReadAll(page, used, read).has_value());
    PageWriter writer(used);
    for (const ShelfItem& item : read.items) writer.Put(item);
    for (const std::string& id : read.removed) writer.Remove(id);
    for (const auto& [study, decision] : read.decisions) writer.Decide(study, decision);
    EXPECT_EQ(writer.Take(), page);
  }
}

TEST(Codec, CutOffBytesAreDamage) {
  Vocabulary vocabulary;
  const std::string page = RandomPage(1, vocabulary, nullptr);
  for (std::size_t size = 0; size < page.size(); ++size) {
    PageContent read;
    const auto outcome = ReadAll(std::string_view(page).substr(0, size), vocabulary, read);
    ASSERT_FALSE(outcome.has_value()) << size;
    EXPECT_EQ(outcome.error().code, base::ErrorCode::kCorruption);
  }
  PageContent read;
  EXPECT_FALSE(ReadAll(page + "x", vocabulary, read).has_value());
}

TEST(Codec, FlippedBytesNeverHarm) {
  std::mt19937 random(7);
  for (std::uint32_t seed = 0; seed < 2000; ++seed) {
    Vocabulary vocabulary;
    std::string page = RandomPage(seed % 10, vocabulary, nullptr);
    page[random() % page.size()] = static_cast<char>(random());
    PageContent read;
    (void)ReadAll(page, vocabulary, read).has_value();  // whichever: it must come back
  }
}

TEST(Codec, PatientRecordRoundTrips) {
  PatientRecord record;
  record.version = {7, 1, 2, 3, 4};
  record.live = true;
  record.links.self.bytes.fill(1);
  record.links.identifiers.resize(2);
  record.links.identifiers[1].bytes.fill(2);
  record.links.replaced_by.resize(1);
  record.links.replaces.resize(3);
  record.demographics.sex = criteria::Sex::kFemale;
  record.demographics.birth = base::TimeRange{{-5}, {5}};
  record.demographics.deceased = criteria::Truth::kTrue;
  record.demographics.death = base::TimeRange{{9}, {9}};
  record.demographics.region = "01";
  const std::string bytes = EncodePatientRecord(record);
  const auto read = DecodePatientRecord(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(EncodePatientRecord(*read), bytes);
  EXPECT_EQ(read->links.identifiers, record.links.identifiers);
  EXPECT_EQ(read->demographics.death, record.demographics.death);
  EXPECT_FALSE(DecodePatientRecord(bytes.substr(1)).has_value());
}

TEST(Marker, TellsEveryFlippedBit) {
  Marker marker;
  marker.engine = "0.1.0";
  marker.sequence = 12;
  marker.log_time = base::Instant{1'700'000'000'000'000};
  marker.positions = {{"journal.ndjson", "4711"}};
  const std::string bytes = EncodeMarker(marker);
  const auto read = DecodeMarker(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(EncodeMarker(*read), bytes);
  for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
    std::string damaged = bytes;
    damaged[i / 8] = static_cast<char>(damaged[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(DecodeMarker(damaged).has_value()) << i;
  }
}

TEST(Marker, RefusesANewerFormat) {
  Marker marker;
  marker.format = kStoreFormat + 1;
  const auto read = DecodeMarker(EncodeMarker(marker));
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, base::ErrorCode::kForeign);
}

}  // namespace
}  // namespace medverka::matcher
