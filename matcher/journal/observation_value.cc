#include "matcher/journal/observation_value.h"

#include "matcher/journal/quantity_text.h"

namespace medverka::matcher::journal {

using base::Decimal;
using criteria::Fact;
using criteria::Value;

namespace {

void SetQuantity(Fact& fact, const Quantity& quantity) {
  if (!quantity.value) {
    fact.value_absent = true;
    return;
  }
  fact.value.type = Value::Type::kQuantity;
  fact.value.number = BoundsOf(*quantity.value, quantity.comparator);
  fact.value.unit = quantity.unit;
}

void SetText(Fact& fact, std::string_view text) {
  if (text.empty()) {
    fact.value_absent = true;
    return;
  }
  fact.value.type = Value::Type::kText;
  fact.value.text = BoundedText(text);
}

void ReadText(Reading& r, const Node& node, Path path, Fact& fact) {
  const std::string_view text = Trim(r.AsString(node, path));
  const auto quantity = ReadQuantityText(text);
  if (!quantity) {
    SetText(fact, text);
    return;
  }
  fact.value.type = Value::Type::kQuantity;
  fact.value.number = quantity->number;
  fact.value.unit =
      quantity->unit.empty() ? criteria::kNoUnit : r.vocabulary().Unit(quantity->unit);
}

void ReadConcept(Reading& r, const Node& node, Fact& fact) {
  std::string_view text;
  r.Concept(node, fact.value.codes, &text);
  fact.value.text = BoundedText(text);
  fact.value.type = Value::Type::kCoded;
  if (fact.value.codes.empty()) {
    fact.value.type = text.empty() ? Value::Type::kNone : Value::Type::kText;
    fact.value_absent = text.empty();
  }
}

void ReadCoding(Reading& r, const Node& node, Path path, Fact& fact) {
  if (!r.Expect(node, Node::Type::kObject, path)) return;
  const criteria::CodeId code = r.Coding(node);
  const std::string_view display = r.String(&node, "Coding.display");
  if (code == 0) {
    SetText(fact, display);
    return;
  }
  fact.value.type = Value::Type::kCoded;
  fact.value.codes.push_back(code);
  fact.value.text = BoundedText(display);
}

void ReadBoolean(Reading& r, const Node& node, Path path, Fact& fact) {
  if (node.type != Node::Type::kTrue && node.type != Node::Type::kFalse) {
    r.Fail(path);
    return;
  }
  fact.value.type = Value::Type::kBoolean;
  fact.value.boolean = node.type == Node::Type::kTrue;
}

void ReadRange(Reading& r, const Node& node, Path path, Fact& fact) {
  if (!r.Expect(node, Node::Type::kObject, path)) return;
  const Node* const low_node = r.Object(&node, "Range.low");
  const Node* const high_node = r.Object(&node, "Range.high");
  Quantity low;
  Quantity high;
  if (low_node != nullptr) low = r.AsQuantity(*low_node, "Range.low");
  if (high_node != nullptr) high = r.AsQuantity(*high_node, "Range.high");
  if (!low.value && !high.value) {
    fact.value_absent = true;
    return;
  }
  // Two limits in two units are no interval that we could write down.
  if (low.value && high.value && low.unit != high.unit) return;
  fact.value.type = Value::Type::kQuantity;
  fact.value.number.low = low.value;
  fact.value.number.high = high.value;
  fact.value.unit = low.value ? low.unit : high.unit;
}

// A titre 1:128 is 128. Something per one of something is its numerator. Anything else stays text.
void ReadRatio(Reading& r, const Node& node, Path path, Fact& fact) {
  if (!r.Expect(node, Node::Type::kObject, path)) return;
  const Node* const numerator_node = r.Object(&node, "Ratio.numerator");
  const Node* const denominator_node = r.Object(&node, "Ratio.denominator");
  if (numerator_node == nullptr || denominator_node == nullptr) {
    fact.value_absent = true;
    return;
  }
  const Quantity numerator = r.AsQuantity(*numerator_node, "Ratio.numerator");
  const Quantity denominator = r.AsQuantity(*denominator_node, "Ratio.denominator");
  if (!numerator.value || !denominator.value) {
    fact.value_absent = true;
    return;
  }
  const bool plain = numerator.unit == criteria::kNoUnit && denominator.unit == criteria::kNoUnit;
  if (plain && *numerator.value == Decimal(1) && numerator.comparator.empty()) {
    SetQuantity(fact, denominator);
  } else if (*denominator.value == Decimal(1) && denominator.comparator.empty()) {
    SetQuantity(fact, numerator);
    if (denominator.unit != criteria::kNoUnit) {
      const auto& units = r.vocabulary().units();
      const std::string per = std::string(units.as_sent(numerator.unit)) + "/" +
                              std::string(units.as_sent(denominator.unit));
      fact.value.unit = r.vocabulary().Unit(per);
    }
  } else {
    SetText(fact, numerator.value->ToString() + ":" + denominator.value->ToString());
  }
}

void ReadNumber(Reading& r, const Node& node, Path path, Fact& fact) {
  Quantity quantity;
  quantity.value = r.AsNumber(node, path);
  SetQuantity(fact, quantity);
}

bool SaysWhyAbsent(const Node& holder) {
  for (const Node& member : holder) {
    if (member.key.substr(0, 6) == "_value") return true;
  }
  return false;
}

}  // namespace

void ReadValue(Reading& r, const Node& holder, Path path, Fact& fact) {
  const Choice value = r.ChoiceOf(&holder, path);
  if (!value) {
    fact.value_absent = SaysWhyAbsent(holder);
    return;
  }
  const Node& node = *value.node;
  if (value.type == "Quantity") {
    SetQuantity(fact, r.AsQuantity(node, path));
  } else if (value.type == "CodeableConcept") {
    ReadConcept(r, node, fact);
  } else if (value.type == "Coding") {
    ReadCoding(r, node, path, fact);
  } else if (value.type == "String") {
    ReadText(r, node, path, fact);
  } else if (value.type == "Boolean") {
    ReadBoolean(r, node, path, fact);
  } else if (value.type == "Integer" || value.type == "Decimal") {
    ReadNumber(r, node, path, fact);
  } else if (value.type == "Range") {
    ReadRange(r, node, path, fact);
  } else if (value.type == "Ratio") {
    ReadRatio(r, node, path, fact);
  } else if (value.type == "DateTime" || value.type == "Date") {
    if (r.AsTime(node, path)) SetText(fact, node.text);
  } else if (value.type == "Time" || value.type == "Uri") {
    SetText(fact, r.AsString(node, path));
  } else if (value.type != "Period" && value.type != "SampledData" && value.type != "Attachment" &&
             value.type != "Reference") {
    r.Fail(path);  // R4 has no such type of value
  }
}

}  // namespace medverka::matcher::journal
