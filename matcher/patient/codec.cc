#include "matcher/patient/codec.h"

#include <algorithm>
#include <utility>

namespace medverka::matcher {

using base::ByteReader;
using base::ByteWriter;
using criteria::CodeId;
using criteria::Fact;
using criteria::SystemId;
using criteria::Value;

namespace {

constexpr std::uint8_t kPageFormat = 1;
enum class Entry : std::uint8_t { kPut = 0, kRemove = 1, kDecision = 2 };

// Which parts of a fact follow. On disk: never renumber, add at the end.
enum FactPart : std::uint64_t {
  kHasCodes = 1u << 0,
  kHasParentCodes = 1u << 1,
  kHasStart = 1u << 2,
  kHasEnd = 1u << 3,
  kIsOngoing = 1u << 4,
  kIsEnded = 1u << 5,
  kHasValue = 1u << 6,
  kValueAbsent = 1u << 7,
  kHasLimits = 1u << 8,
  kHasInterpretation = 1u << 9,
  kHasVisit = 1u << 10,
  kHasMedication = 1u << 11,
  kHasVisitClass = 1u << 12,
  kHasVisitUnit = 1u << 13,
  kHasStudy = 1u << 14,
  kHasQuestion = 1u << 15,
  kInterventional = 1u << 16,
  kHasGenes = 1u << 17,
  kCovers = 1u << 18,
  kHasOrigin = 1u << 19,
  kHasSignificance = 1u << 20,
  kHasPart = 1u << 21,
  kHasHolding = 1u << 22,
  kHasUpkeep = 1u << 23,
  kIsStopped = 1u << 24,
  kHasStep = 1u << 25,
  kHasAttributes = 1u << 26,
};

enum AttributePart : std::uint8_t {
  kHasAttributeCodes = 1,
  kHasAttributeText = 2,
  kHasAttributeNumber = 4,
  kHasAttributeUnit = 8,
  kHasAttributeReference = 16,
};

enum NumberPart : std::uint8_t {
  kHasLow = 1,
  kHasHigh = 2,
  kLowOpen = 4,
  kHighOpen = 8,
  kHighIsLow = 16,  // an exact number, written once
};

enum ResourcePart : std::uint8_t {
  kHasRecorded = 1,
  kHasIssued = 2,
  kHasUpdated = 4,
  kHasProvider = 8,
  kHasUnit = 16,
  kHasOwnName = 32,  // the resource's id is not that of the item
};

bool SameDigits(const base::Decimal& a, const base::Decimal& b) {
  return a.coefficient() == b.coefficient() && a.scale() == b.scale();
}

// SystemId's known part is a table that only grows at its end, so its numbers may be stored; a
// system the table does not have goes by its URI. 0: a URI follows.
void WriteCoding(ByteWriter& out, CodeId code, const criteria::Vocabulary& vocabulary) {
  const criteria::Coding& coding = vocabulary.coding(code);
  if (coding.system < SystemId::kFirstFree) {
    out.Varint(static_cast<std::uint64_t>(coding.system) + 1);
  } else {
    out.Varint(0);
    out.String(vocabulary.SystemUri(coding.system));
  }
  out.String(coding.code);
}

CodeId ReadCoding(ByteReader& in, criteria::Vocabulary& vocabulary) {
  const std::uint64_t system = in.Varint();
  SystemId id = SystemId::kNone;
  if (system == 0) {
    id = vocabulary.System(in.String());
  } else if (system <= static_cast<std::uint64_t>(SystemId::kFirstFree)) {
    id = static_cast<SystemId>(system - 1);
  }
  return vocabulary.Code(id, in.String());
}

// A rank that a visit gave to a condition stands with the visit.
bool IsStored(const criteria::Attribute& attribute) {
  return attribute.field != criteria::Field::kMain || attribute.reference.empty();
}

std::uint64_t PartsOf(const Fact& fact, std::size_t own_codes) {
  std::uint64_t parts = 0;
  const auto add = [&parts](bool has, std::uint64_t part) { parts |= has ? part : 0; };
  add(own_codes > 0, kHasCodes);
  add(!fact.parent_codes.empty(), kHasParentCodes);
  add(fact.start.has_value(), kHasStart);
  add(fact.end.has_value(), kHasEnd);
  add(fact.ongoing, kIsOngoing);
  add(fact.ended, kIsEnded);
  add(fact.stopped, kIsStopped);
  add(fact.value.type != Value::Type::kNone, kHasValue);
  add(fact.value_absent, kValueAbsent);
  add(fact.limits.has_value(), kHasLimits);
  add(!fact.interpretation.empty(), kHasInterpretation);
  add(!fact.visit_id.empty(), kHasVisit);
  add(!fact.medication_id.empty(), kHasMedication);
  add(fact.visit_class != 0, kHasVisitClass);
  add(!fact.visit_unit.empty(), kHasVisitUnit);
  add(!fact.study.empty(), kHasStudy);
  add(!fact.question.empty(), kHasQuestion);
  add(fact.interventional_arm, kInterventional);
  add(!fact.genes.empty(), kHasGenes);
  add(fact.covers, kCovers);
  add(fact.origin != criteria::Origin::kNotReported, kHasOrigin);
  add(fact.significance != criteria::Significance::kNotReported, kHasSignificance);
  add(fact.part != 0, kHasPart);
  add(fact.holding != criteria::Holding::kHolds, kHasHolding);
  add(fact.upkeep != criteria::Upkeep::kKept, kHasUpkeep);
  add(fact.step != criteria::MedicationStep::kNotReported, kHasStep);
  add(std::any_of(fact.attributes.begin(), fact.attributes.end(), IsStored), kHasAttributes);
  return parts;
}

void WriteBounds(ByteWriter& out, const criteria::Bounds& number) {
  const bool exact = number.low && number.high && SameDigits(*number.low, *number.high);
  out.U8(static_cast<std::uint8_t>((number.low ? kHasLow : 0) | (number.high ? kHasHigh : 0) |
                                   (number.low_open ? kLowOpen : 0) |
                                   (number.high_open ? kHighOpen : 0) | (exact ? kHighIsLow : 0)));
  if (number.low) out.Number(*number.low);
  if (number.high && !exact) out.Number(*number.high);
}

criteria::Bounds ReadBounds(ByteReader& in) {
  criteria::Bounds number;
  const std::uint8_t parts = in.U8();
  if (parts & kHasLow) number.low = in.Number();
  if (parts & kHighIsLow) {
    number.high = number.low;
  } else if (parts & kHasHigh) {
    number.high = in.Number();
  }
  number.low_open = (parts & kLowOpen) != 0;
  number.high_open = (parts & kHighOpen) != 0;
  return number;
}

}  // namespace

void Write(ByteWriter& out, const Version& version) {
  out.Varint(version.number);
  out.Signed(version.updated_us);
  out.Varint(version.sequence);
  out.Signed(version.time_us);
  out.BigEndian64(version.content);
}

Version ReadVersion(ByteReader& in) {
  Version version;
  version.number = in.Varint();
  version.updated_us = in.Signed();
  version.sequence = in.Varint();
  version.time_us = in.Signed();
  version.content = in.BigEndian64();
  return version;
}

void Write(ByteWriter& out, const PersonKey& key) { out.Raw(key.view()); }

PersonKey ReadPersonKey(ByteReader& in) {
  PersonKey key;
  const std::string_view bytes = in.Raw(key.bytes.size());
  if (bytes.size() == key.bytes.size()) std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
  return key;
}

void WriteCodes(ByteWriter& out, const std::vector<CodeId>& codes,
                const criteria::Vocabulary& vocabulary) {
  out.Varint(codes.size());
  for (const CodeId code : codes) WriteCoding(out, code, vocabulary);
}

std::vector<CodeId> ReadCodes(ByteReader& in, criteria::Vocabulary& vocabulary) {
  std::vector<CodeId> codes(in.Count());
  for (CodeId& code : codes) code = ReadCoding(in, vocabulary);
  return codes;
}

void PageWriter::Code(CodeId code) {
  const auto [found, added] = code_index_.try_emplace(code, code_index_.size());
  if (added) WriteCoding(codings_, code, vocabulary_);
  entries_.Varint(found->second);
}

void PageWriter::Codes(const std::vector<CodeId>& codes, std::size_t count) {
  entries_.Varint(count);
  for (std::size_t i = 0; i < count; ++i) Code(codes[i]);
}

void PageWriter::Text(std::string_view text) {
  const auto [found, added] = text_index_.try_emplace(std::string(text), text_index_.size());
  if (added) texts_.String(text);
  entries_.Varint(found->second);
}

void PageWriter::Put(const ShelfItem& item) {
  const criteria::Resource& resource = item.resource;
  ++entry_count_;
  entries_.U8(static_cast<std::uint8_t>(Entry::kPut));
  entries_.String(item.id);
  entries_.String(resource.version);
  entries_.U8(static_cast<std::uint8_t>(
      (resource.recorded ? kHasRecorded : 0) | (resource.issued ? kHasIssued : 0) |
      (resource.updated ? kHasUpdated : 0) | (resource.provider.empty() ? 0 : kHasProvider) |
      (resource.unit.empty() ? 0 : kHasUnit) | (resource.id == item.id ? 0 : kHasOwnName)));
  if (resource.id != item.id) entries_.String(resource.id);
  if (resource.recorded) entries_.Time(*resource.recorded);
  if (resource.issued) entries_.Time(*resource.issued);
  if (resource.updated) entries_.Time(*resource.updated);
  if (!resource.provider.empty()) Text(resource.provider);
  if (!resource.unit.empty()) Text(resource.unit);
  entries_.Varint(resource.facts.size());
  for (std::size_t i = 0; i < resource.facts.size(); ++i) Write(resource.facts[i], item.own(i));
}

void PageWriter::Remove(std::string_view id) {
  ++entry_count_;
  entries_.U8(static_cast<std::uint8_t>(Entry::kRemove));
  entries_.String(id);
}

void PageWriter::Decide(std::string_view study, const Decision& decision) {
  ++entry_count_;
  entries_.U8(static_cast<std::uint8_t>(Entry::kDecision));
  entries_.String(study);
  matcher::Write(entries_, decision.version);
  entries_.U8(decision.declined ? 1 : 0);
  entries_.String(decision.reason);
}

void PageWriter::Write(const Value& value) {
  entries_.U8(static_cast<std::uint8_t>(value.type));
  switch (value.type) {
    case Value::Type::kNone:
      break;
    case Value::Type::kQuantity:
      WriteBounds(entries_, value.number);
      Text(vocabulary_.units().as_sent(value.unit));
      break;
    case Value::Type::kCoded:
      Codes(value.codes, value.codes.size());
      Text(value.text);
      break;
    case Value::Type::kText:
      Text(value.text);
      break;
    case Value::Type::kBoolean:
      entries_.U8(value.boolean ? 1 : 0);
      break;
  }
}

void PageWriter::Write(const Fact& fact, std::size_t own_codes) {
  const std::uint64_t parts = PartsOf(fact, own_codes);
  const auto has = [parts](std::uint64_t part) { return (parts & part) != 0; };
  entries_.U8(static_cast<std::uint8_t>(fact.kind));
  entries_.Varint(parts);
  if (has(kHasCodes)) Codes(fact.codes, own_codes);
  if (has(kHasParentCodes)) Codes(fact.parent_codes, fact.parent_codes.size());
  if (has(kHasStart)) entries_.Time(*fact.start);
  if (has(kHasEnd)) entries_.Time(*fact.end);
  if (has(kHasValue)) Write(fact.value);
  if (has(kHasLimits)) {
    entries_.U8(static_cast<std::uint8_t>((fact.limits->low ? kHasLow : 0) |
                                          (fact.limits->high ? kHasHigh : 0)));
    if (fact.limits->low) entries_.Number(*fact.limits->low);
    if (fact.limits->high) entries_.Number(*fact.limits->high);
    Text(vocabulary_.units().as_sent(fact.limits->unit));
  }
  if (has(kHasInterpretation)) Codes(fact.interpretation, fact.interpretation.size());
  if (has(kHasVisit)) Text(fact.visit_id);
  if (has(kHasMedication)) Text(fact.medication_id);
  if (has(kHasVisitClass)) Code(fact.visit_class);
  if (has(kHasVisitUnit)) Text(fact.visit_unit);
  if (has(kHasStudy)) Text(fact.study);
  if (has(kHasQuestion)) Text(fact.question);
  if (has(kHasGenes)) Codes(fact.genes, fact.genes.size());
  if (has(kHasOrigin)) entries_.U8(static_cast<std::uint8_t>(fact.origin));
  if (has(kHasSignificance)) entries_.U8(static_cast<std::uint8_t>(fact.significance));
  if (has(kHasPart)) entries_.Varint(fact.part);
  if (has(kHasHolding)) entries_.U8(static_cast<std::uint8_t>(fact.holding));
  if (has(kHasUpkeep)) entries_.U8(static_cast<std::uint8_t>(fact.upkeep));
  if (has(kHasStep)) entries_.U8(static_cast<std::uint8_t>(fact.step));
  if (has(kHasAttributes)) Write(fact.attributes);
}

void PageWriter::Write(const std::vector<criteria::Attribute>& attributes) {
  entries_.Varint(
      static_cast<std::uint64_t>(std::count_if(attributes.begin(), attributes.end(), IsStored)));
  for (const criteria::Attribute& attribute : attributes) {
    if (!IsStored(attribute)) continue;
    const bool number = attribute.number.low || attribute.number.high;
    const bool unit = attribute.unit != criteria::kNoUnit;
    const bool reference = !attribute.reference.empty();
    // Behind a reference the codes are another resource's.
    const bool codes = !attribute.codes.empty() && !reference;
    entries_.U8(static_cast<std::uint8_t>(attribute.field));
    entries_.U8(static_cast<std::uint8_t>(
        (codes ? kHasAttributeCodes : 0) | (attribute.text.empty() ? 0 : kHasAttributeText) |
        (number ? kHasAttributeNumber : 0) | (unit ? kHasAttributeUnit : 0) |
        (reference ? kHasAttributeReference : 0)));
    if (codes) Codes(attribute.codes, attribute.codes.size());
    if (!attribute.text.empty()) Text(attribute.text);
    if (number) WriteBounds(entries_, attribute.number);
    if (unit) Text(vocabulary_.units().as_sent(attribute.unit));
    if (reference) Text(attribute.reference);
  }
}

std::string PageWriter::Take() {
  ByteWriter page;
  page.U8(kPageFormat);
  page.Varint(code_index_.size());
  page.Raw(codings_.bytes());
  page.Varint(text_index_.size());
  page.Raw(texts_.bytes());
  page.Varint(entry_count_);
  page.Raw(entries_.bytes());
  codings_ = {};
  texts_ = {};
  entries_ = {};
  entry_count_ = 0;
  code_index_.clear();
  text_index_.clear();
  return page.Take();
}

namespace {

// Reads one page's entries against its dictionary. After a fault ok() is false and what was read is
// dropped.
class PageReader {
 public:
  PageReader(std::string_view bytes, criteria::Vocabulary& vocabulary)
      : in_(bytes), vocabulary_(vocabulary) {}

  bool Read(const PageVisitor& visit) {
    if (in_.U8() != kPageFormat) return false;
    codes_ = ReadCodes(in_, vocabulary_);
    texts_.resize(in_.Count());
    for (std::string_view& text : texts_) text = in_.String();
    std::size_t entries = in_.Count();
    for (; entries > 0 && ok(); --entries) ReadEntry(visit);
    return ok() && in_.at_end();
  }

 private:
  bool ok() const { return ok_ && in_.ok(); }

  void ReadEntry(const PageVisitor& visit) {
    switch (static_cast<Entry>(in_.U8())) {
      case Entry::kPut: {
        std::string id(in_.String());
        criteria::Resource resource = ReadResource(id);
        if (ok()) visit.put(MakeShelfItem(std::move(id), std::move(resource)));
        return;
      }
      case Entry::kRemove: {
        const std::string_view id = in_.String();
        if (ok()) visit.remove(id);
        return;
      }
      case Entry::kDecision: {
        const std::string_view study = in_.String();
        Decision decision;
        decision.version = ReadVersion(in_);
        decision.declined = in_.U8() != 0;
        decision.reason = in_.String();
        if (ok()) visit.decide(study, std::move(decision));
        return;
      }
    }
    ok_ = false;
  }

  CodeId Code() {
    const std::uint64_t index = in_.Varint();
    if (index < codes_.size()) return codes_[index];
    ok_ = false;
    return 0;
  }
  std::vector<CodeId> Codes() {
    std::vector<CodeId> codes(in_.Count());
    for (CodeId& code : codes) code = Code();
    return codes;
  }
  std::string_view Text() {
    const std::uint64_t index = in_.Varint();
    if (index < texts_.size()) return texts_[index];
    ok_ = false;
    return {};
  }
  criteria::UnitId Unit() { return vocabulary_.Unit(Text()); }
  template <typename Enum>
  Enum Small(Enum last) {
    const std::uint8_t value = in_.U8();
    if (value <= static_cast<std::uint8_t>(last)) return static_cast<Enum>(value);
    ok_ = false;
    return last;
  }

  criteria::Resource ReadResource(const std::string& id) {
    criteria::Resource resource;
    resource.version = in_.String();
    const std::uint8_t parts = in_.U8();
    resource.id = parts & kHasOwnName ? std::string(in_.String()) : id;
    if (parts & kHasRecorded) resource.recorded = in_.Range();
    if (parts & kHasIssued) resource.issued = in_.Time();
    if (parts & kHasUpdated) resource.updated = in_.Time();
    if (parts & kHasProvider) resource.provider = Text();
    if (parts & kHasUnit) resource.unit = Text();
    const std::size_t facts = in_.Count();
    for (std::size_t i = 0; i < facts && ok(); ++i) resource.facts.push_back(ReadFact());
    return resource;
  }

  Value ReadValue() {
    Value value;
    value.type = Small(Value::Type::kBoolean);
    switch (value.type) {
      case Value::Type::kNone:
        break;
      case Value::Type::kQuantity:
        value.number = ReadBounds(in_);
        value.unit = Unit();
        break;
      case Value::Type::kCoded:
        value.codes = Codes();
        value.text = Text();
        break;
      case Value::Type::kText:
        value.text = Text();
        break;
      case Value::Type::kBoolean:
        value.boolean = in_.U8() != 0;
        break;
    }
    return value;
  }

  criteria::ReferenceLimits ReadLimits() {
    criteria::ReferenceLimits limits;
    const std::uint8_t parts = in_.U8();
    if (parts & kHasLow) limits.low = in_.Number();
    if (parts & kHasHigh) limits.high = in_.Number();
    limits.unit = Unit();
    return limits;
  }

  void ReadAttributes(std::vector<criteria::Attribute>& attributes) {
    const std::size_t count = in_.Count();
    for (std::size_t i = 0; i < count && ok(); ++i) {
      criteria::Attribute& attribute = attributes.emplace_back();
      attribute.field = Small(criteria::Field::kStructure);
      const std::uint8_t parts = in_.U8();
      if (parts & kHasAttributeCodes) attribute.codes = Codes();
      if (parts & kHasAttributeText) attribute.text = Text();
      if (parts & kHasAttributeNumber) attribute.number = ReadBounds(in_);
      if (parts & kHasAttributeUnit) attribute.unit = Unit();
      if (parts & kHasAttributeReference) attribute.reference = Text();
    }
  }

  Fact ReadFact() {
    Fact fact;
    fact.kind = Small(static_cast<criteria::FactKind>(criteria::kFactKinds - 1));
    const std::uint64_t parts = in_.Varint();
    const auto has = [parts](std::uint64_t part) { return (parts & part) != 0; };
    if (has(kHasCodes)) fact.codes = Codes();
    if (has(kHasParentCodes)) fact.parent_codes = Codes();
    if (has(kHasStart)) fact.start = in_.Range();
    if (has(kHasEnd)) fact.end = in_.Range();
    fact.ongoing = has(kIsOngoing);
    fact.ended = has(kIsEnded);
    fact.stopped = has(kIsStopped);
    if (has(kHasValue)) fact.value = ReadValue();
    fact.value_absent = has(kValueAbsent);
    if (has(kHasLimits)) fact.limits = ReadLimits();
    if (has(kHasInterpretation)) fact.interpretation = Codes();
    if (has(kHasVisit)) fact.visit_id = Text();
    if (has(kHasMedication)) fact.medication_id = Text();
    if (has(kHasVisitClass)) fact.visit_class = Code();
    if (has(kHasVisitUnit)) fact.visit_unit = Text();
    if (has(kHasStudy)) fact.study = Text();
    if (has(kHasQuestion)) fact.question = Text();
    fact.interventional_arm = has(kInterventional);
    if (has(kHasGenes)) fact.genes = Codes();
    fact.covers = has(kCovers);
    if (has(kHasOrigin)) fact.origin = Small(criteria::Origin::kSomatic);
    if (has(kHasSignificance)) fact.significance = Small(criteria::Significance::kPathogenic);
    if (has(kHasPart)) fact.part = static_cast<std::uint16_t>(in_.Varint());
    if (has(kHasHolding)) fact.holding = Small(criteria::Holding::kNegative);
    if (has(kHasUpkeep)) fact.upkeep = Small(criteria::Upkeep::kSupply);
    if (has(kHasStep)) fact.step = Small(criteria::MedicationStep::kGiven);
    if (has(kHasAttributes)) ReadAttributes(fact.attributes);
    return fact;
  }

  bool ok_ = true;
  ByteReader in_;
  criteria::Vocabulary& vocabulary_;
  std::vector<CodeId> codes_;
  std::vector<std::string_view> texts_;
};

}  // namespace

base::Result<void> ReadPage(std::string_view bytes, criteria::Vocabulary& vocabulary,
                            const PageVisitor& visit) {
  if (PageReader(bytes, vocabulary).Read(visit)) return {};
  return base::Fail(base::ErrorCode::kCorruption,
                    "A page of facts in the state cannot be read back.");
}

ShelfItem MakeShelfItem(std::string id, criteria::Resource resource) {
  ShelfItem item;
  item.id = std::move(id);
  bool names = false;
  for (const Fact& fact : resource.facts) {
    names |= !fact.medication_id.empty();
    for (const criteria::Attribute& attribute : fact.attributes) {
      item.refers |= !attribute.reference.empty();
    }
  }
  if (names) {
    for (const Fact& fact : resource.facts) {
      item.own_codes.push_back(static_cast<std::uint32_t>(fact.codes.size()));
    }
  }
  item.resource = std::move(resource);
  return item;
}

std::size_t ApproximateBytes(const ShelfItem& item) {
  constexpr std::size_t kTreeNodeBytes = 64;  // of the map the item stands in
  std::size_t bytes =
      sizeof(ShelfItem) + kTreeNodeBytes + item.id.capacity() + item.resource.id.capacity();
  for (const Fact& fact : item.resource.facts) {
    bytes += sizeof(Fact) + sizeof(criteria::FactRef);
    bytes += sizeof(CodeId) *
             (fact.codes.capacity() + fact.parent_codes.capacity() + fact.value.codes.capacity());
    bytes += sizeof(CodeId) * (fact.interpretation.capacity() + fact.genes.capacity());
    bytes += fact.value.text.capacity() + fact.visit_id.capacity() + fact.visit_unit.capacity();
    bytes += sizeof(criteria::Attribute) * fact.attributes.capacity();
    for (const criteria::Attribute& attribute : fact.attributes) {
      bytes += sizeof(CodeId) * attribute.codes.capacity() + attribute.text.capacity() +
               attribute.reference.capacity();
    }
  }
  return bytes;
}

}  // namespace medverka::matcher
