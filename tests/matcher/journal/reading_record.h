// What the tests of the journal share: a reader with a vocabulary of its own, and short ways to say
// what came out.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "matcher/journal/journal.h"

namespace medverka::matcher {

// JSON with single quotes, which reads better inside C++.
inline std::string Json(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c == '\'') c = '"';
  }
  return out;
}

inline std::string Replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string out(text);
  for (std::size_t at = out.find(what); at != std::string::npos;
       at = out.find(what, at + with.size())) {
    out.replace(at, what.size(), with);
  }
  return out;
}

class JournalTest : public ::testing::Test {
 protected:
  // Reads one record, single quotes for double ones. Valid until the next call.
  const ReadRecord& Read(std::string_view text) { return ReadBytes(Json(text)); }
  const ReadRecord& ReadBytes(std::string_view bytes) {
    reader_.Read(bytes, record_);
    return record_;
  }

  // The one change that a record makes.
  const ResourceChange& Change(std::string_view text) {
    static const ResourceChange kNone;
    Read(text);
    EXPECT_EQ(record_.dead.size(), 0U) << Dead();
    EXPECT_EQ(record_.changes.size(), 1U) << text;
    return record_.changes.size() == 1 ? record_.changes.front() : kNone;
  }

  // The one fact that a record makes.
  const criteria::Fact& TheFact(std::string_view text) {
    static const criteria::Fact kNone;
    const ResourceChange& change = Change(text);
    EXPECT_EQ(change.resource.facts.size(), 1U) << text;
    return change.resource.facts.size() == 1 ? change.resource.facts.front() : kNone;
  }

  // "schema Observation.status", with the entry's index in front where there is one; several with
  // "; " between.
  std::string Dead() const {
    std::string out;
    for (const DeadLetter& letter : record_.dead) {
      if (!out.empty()) out += "; ";
      if (letter.entry >= 0) out += "#" + std::to_string(letter.entry) + " ";
      out += Name(letter.reason);
      if (!letter.element.empty()) out += " " + std::string(letter.element);
    }
    return out;
  }
  std::string DeadOf(std::string_view text) {
    Read(text);
    EXPECT_EQ(record_.changes.size(), 0U) << text;
    return Dead();
  }

  // The mark (docs/journal.md) that `text` gets for each status in place of $: "final +
  // registered 0 foo !". 0: a change without facts; !: a dead letter for the schema.
  std::string Marks(std::string_view text, const std::vector<std::string>& codes) {
    std::string out;
    for (const std::string& code : codes) {
      Read(Replaced(text, "$", code));
      if (!out.empty()) out += " ";
      out += code + " " + MarkOf();
    }
    return out;
  }

  // "http://loinc.org|718-7 ..." in their order; known systems as they stand in the vocabulary.
  std::string Codes(const std::vector<criteria::CodeId>& codes) const {
    std::string out;
    for (const criteria::CodeId id : codes) {
      if (!out.empty()) out += " ";
      const criteria::Coding& coding = vocabulary_.coding(id);
      out += std::string(vocabulary_.SystemUri(coding.system)) + "|" + coding.code;
    }
    return out;
  }

  // "[low, high] unit", with round brackets where the bound itself is excluded.
  std::string Quantity(const criteria::Value& value) const {
    if (value.type != criteria::Value::Type::kQuantity) return "no quantity";
    std::string out = value.number.low_open ? "(" : "[";
    if (value.number.low) out += value.number.low->ToString();
    out += ", ";
    if (value.number.high) out += value.number.high->ToString();
    out += value.number.high_open ? ")" : "]";
    const std::string_view unit = vocabulary_.units().as_sent(value.unit);
    return unit.empty() ? out : out + " " + std::string(unit);
  }

  // "site http://snomed.info/sct|76752008 'Breast'; daily dose [20, 20] mg; reason ->
  // Condition/c1", in their order.
  std::string Attributes(const criteria::Fact& fact) const {
    constexpr std::string_view kNames[] = {
        "site",    "side",    "severity",        "reaction", "daily dose",  "dose",
        "route",   "method",  "discharge",       "outcome",  "reason",      "main",
        "regular", "text",    "allele fraction", "copies",   "consequence", "change",
        "exon",    "partner", "structure"};
    std::string out;
    for (const criteria::Attribute& attribute : fact.attributes) {
      if (!out.empty()) out += "; ";
      out += kNames[static_cast<std::size_t>(attribute.field)];
      if (!attribute.codes.empty()) out += " " + Codes(attribute.codes);
      if (!attribute.text.empty()) out += " '" + attribute.text + "'";
      if (attribute.number.low || attribute.number.high) {
        criteria::Value value;
        value.type = criteria::Value::Type::kQuantity;
        value.number = attribute.number;
        value.unit = attribute.unit;
        out += " " + Quantity(value);
      }
      if (!attribute.reference.empty()) out += " -> " + attribute.reference;
    }
    return out;
  }

  static std::string Range(const std::optional<base::TimeRange>& range) {
    return range ? base::FormatRange(*range) : "none";
  }
  static std::string At(base::Instant instant) { return base::FormatUtc(instant); }

  PersonKey Patient(std::string_view id) const {
    return hasher_.Hash("Patient/" + std::string(id));
  }

  criteria::Vocabulary vocabulary_;
  SubjectHasher hasher_{1, "a secret of the tests"};
  JournalReader reader_{vocabulary_, hasher_};
  ReadRecord record_;

 private:
  std::string MarkOf() const {
    if (!record_.dead.empty())
      return record_.dead.front().reason == DeadLetterReason::kSchema ? "!" : Dead();
    if (record_.changes.size() != 1) return "none";
    const auto& facts = record_.changes.front().resource.facts;
    if (facts.empty()) return "0";
    switch (facts.front().holding) {
      case criteria::Holding::kHolds:
        return "+";
      case criteria::Holding::kUnverified:
        return "?";
      case criteria::Holding::kPast:
        return "h";
      case criteria::Holding::kNegative:
        return "-";
    }
    return "";
  }
};

}  // namespace medverka::matcher
