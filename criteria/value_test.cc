// Idea: every result is an interval of numbers ("<5" is everything below 5), a test is true if it
// holds for all of the interval and false if for none. Words are compared folded; positive and
// negative are closed lists.
#include "criteria/internal/value_test.h"

#include <algorithm>
#include <array>

#include "criteria/analytes.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

using base::Decimal;
// nullopt: units that do not compare, or no bound at all.
std::optional<Truth> Against(const Number& number, CompareOp op, const Decimal& limit,
                             UnitId limit_unit, const Vocabulary& vocabulary) {
  const Bounds& bounds = number.bounds;
  if (!bounds.low && !bounds.high) return std::nullopt;
  const auto order = [&](const std::optional<Decimal>& bound) -> Order {
    if (!bound) return std::nullopt;
    return vocabulary.units().Compare(*bound, number.unit, limit, limit_unit, number.analyte);
  };
  const Order low = order(bounds.low);
  const Order high = order(bounds.high);
  if (!low && !high) return std::nullopt;
  return CompareOrders(op, low, bounds.low_open, high, bounds.high_open);
}

// factor x limit, exact; nullopt when it has more digits than a Decimal keeps.
std::optional<Decimal> Times(const Decimal& a, const Decimal& b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a.coefficient(), b.coefficient(), &product)) return std::nullopt;
  const int scale = a.scale() + b.scale();
  if (scale > Decimal::kScaleMax || scale < -Decimal::kScaleMax) return std::nullopt;
  return Decimal(product, scale);
}

// LOINC answers of the ECOG performance status stand for their number (LL529-9).
std::optional<int> NumberOfAnswer(const Coding& coding) {
  if (coding.system != SystemId::kLoinc) return std::nullopt;
  constexpr std::array<std::string_view, 6> kEcog = {"LA9622-7", "LA9623-5", "LA9624-3",
                                                     "LA9625-0", "LA9626-8", "LA9627-6"};
  for (std::size_t i = 0; i < kEcog.size(); ++i) {
    if (coding.code == kEcog[i]) return static_cast<int>(i);
  }
  return std::nullopt;
}

constexpr std::string_view kPositiveWords[] = {"positiv", "positivt", "positive", "pos",
                                               "påvisad", "påvisat",  "påvisas",  "detected",
                                               "present", "reaktiv",  "reactive", "+"};
constexpr std::string_view kNegativeWords[] = {"negativ",      "negativt",
                                               "negative",     "neg",
                                               "ej påvisad",   "ej påvisat",
                                               "ej påvisas",   "icke påvisad",
                                               "inte påvisad", "not detected",
                                               "absent",       "ej reaktiv",
                                               "non-reactive", "-"};
// SNOMED CT qualifier values and LOINC answers for positive and negative, detected and not, present
// and absent.
constexpr std::string_view kPositiveCodes[] = {"10828004", "260373001", "52101004",
                                               "LA6576-8", "LA11882-0", "LA9633-4"};
constexpr std::string_view kNegativeCodes[] = {"260385009", "260415000", "2667000",
                                               "LA6577-6",  "LA11883-8", "LA9634-2"};

template <std::size_t N>
bool Among(const std::string_view (&list)[N], std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// True: positive. False: negative. Unknown: says neither.
Truth Positivity(const Fact& fact, const Vocabulary& vocabulary) {
  if (fact.value.type == Value::Type::kBoolean) return FromBool(fact.value.boolean);
  for (const CodeId id : fact.value.codes) {
    const Coding& coding = vocabulary.coding(id);
    if (coding.system != SystemId::kSnomed && coding.system != SystemId::kLoinc) continue;
    if (Among(kPositiveCodes, coding.code)) return Truth::kTrue;
    if (Among(kNegativeCodes, coding.code)) return Truth::kFalse;
  }
  for (const CodeId id : fact.interpretation) {
    const std::string& code = vocabulary.coding(id).code;
    if (code == "POS" || code == "DET") return Truth::kTrue;
    if (code == "NEG" || code == "ND") return Truth::kFalse;
  }
  if (!fact.value.text.empty()) {
    const std::string word = base::Fold(fact.value.text);
    if (Among(kPositiveWords, word)) return Truth::kTrue;
    if (Among(kNegativeWords, word)) return Truth::kFalse;
  }
  return Truth::kUnknown;
}

// "Stage III" and "stadium III" are the label III.
std::string_view WithoutStage(std::string_view folded) {
  for (const std::string_view lead : {"stage ", "stadium "}) {
    if (folded.starts_with(lead)) return folded.substr(lead.size());
  }
  return folded;
}

Judged JudgeWords(const PreparedTest& prepared, const Fact& fact, const Vocabulary& vocabulary) {
  const Value& value = fact.value;
  const auto is_word = [&](std::string_view folded) {
    const auto& words = prepared.folded_words;
    return std::find(words.begin(), words.end(), folded) != words.end() ||
           std::find(words.begin(), words.end(), WithoutStage(folded)) != words.end();
  };
  if (value.type == Value::Type::kQuantity) {
    if (!value.number.low || !value.number.high || *value.number.low != *value.number.high) {
      return {Truth::kUnknown, Unusable::kNo};
    }
    for (const std::string& word : prepared.folded_words) {
      const auto number = Decimal::Parse(word);
      if (number && *number == *value.number.low) return {Truth::kTrue, Unusable::kNo};
    }
    return {Truth::kFalse, Unusable::kNo};
  }
  if (value.type == Value::Type::kBoolean) {
    return {FromBool(is_word(value.boolean ? "yes" : "no") ||
                     is_word(value.boolean ? "true" : "false")),
            Unusable::kNo};
  }
  if (value.text.empty() && value.codes.empty()) return {Truth::kUnknown, Unusable::kValue};
  if (!value.text.empty() && is_word(base::Fold(value.text))) return {Truth::kTrue, Unusable::kNo};
  for (const CodeId code : value.codes) {
    if (is_word(base::Fold(vocabulary.coding(code).code))) return {Truth::kTrue, Unusable::kNo};
  }
  return {Truth::kFalse, Unusable::kNo};
}

// Where on the scale the value lies; nullopt: it is not on it.
std::optional<Steps> StepsOf(const ScaleReader& scale, const Fact& fact,
                             const std::optional<Number>& number, const Vocabulary& vocabulary) {
  if (number) {
    const Bounds& bounds = number->bounds;
    if (!bounds.low || !bounds.high || *bounds.low != *bounds.high) return std::nullopt;
    return scale.StepsOf(*bounds.low);
  }
  if (!fact.value.text.empty()) {
    if (const auto steps = scale.StepsOf(fact.value.text)) return steps;
  }
  for (const CodeId code : fact.value.codes) {
    if (const auto steps = scale.StepsOf(vocabulary.coding(code).code)) return steps;
  }
  return std::nullopt;
}

Judged JudgeScale(const PreparedTest& prepared, const Fact& fact,
                  const std::optional<Number>& number, const Vocabulary& vocabulary) {
  const auto value = StepsOf(*prepared.scale, fact, number, vocabulary);
  if (!value || prepared.steps.empty()) return {Truth::kUnknown, Unusable::kValue};
  const ValueTest& test = *prepared.test;
  const Truth truth = test.kind == ValueTest::Kind::kCompareLevel
                          ? CompareSteps(*value, test.op, prepared.steps.front())
                          : AmongSteps(*value, prepared.steps);
  return {truth, Unusable::kNo};
}

std::optional<Truth> CompareNumber(const PreparedTest& prepared, const Number& number, Sex sex,
                                   const Vocabulary& vocabulary) {
  return JudgeComputed(prepared, sex, [&](CompareOp op, const Decimal& limit, UnitId unit) {
    return Against(number, op, limit, unit, vocabulary);
  });
}

Judged JudgeLimits(const PreparedTest& prepared, const Fact& fact, const Number* number,
                   const Vocabulary& vocabulary) {
  const ValueTest& test = *prepared.test;
  const auto& limits = fact.limits;
  const std::optional<Decimal> printed =
      limits ? (test.upper ? limits->high : limits->low) : std::optional<Decimal>();
  if (number != nullptr && printed) {
    const UnitId unit = limits->unit == kNoUnit ? number->unit : limits->unit;
    const bool outside = test.kind == ValueTest::Kind::kOutsideRange;
    const auto limit = outside ? printed : Times(*printed, test.limit.number);
    const CompareOp op = !outside ? test.op : test.upper ? CompareOp::kGreater : CompareOp::kLess;
    if (limit) {
      if (const auto truth = Against(*number, op, *limit, unit, vocabulary))
        return {*truth, Unusable::kNo};
    }
  }
  if (test.kind == ValueTest::Kind::kOutsideRange) {
    for (const CodeId id : fact.interpretation) {
      const std::string& code = vocabulary.coding(id).code;
      if (code.starts_with("H")) return {FromBool(test.upper), Unusable::kNo};
      if (code.starts_with("L")) return {FromBool(!test.upper), Unusable::kNo};
      if (code == "N") return {Truth::kFalse, Unusable::kNo};
    }
  }
  return {Truth::kUnknown, Unusable::kValue};
}

}  // namespace

std::optional<Truth> JudgeComputed(const PreparedTest& prepared, Sex sex,
                                   const AgainstLimit& against) {
  const ValueTest& test = *prepared.test;
  const auto first = [&](CompareOp op) { return against(op, test.limit.number, prepared.unit); };
  const auto second = [&](CompareOp op) { return against(op, test.limit2.number, prepared.unit2); };
  if (test.kind == ValueTest::Kind::kCompare) return first(test.op);
  if (test.kind == ValueTest::Kind::kBetween) {
    const auto above = first(CompareOp::kGreaterEqual);
    const auto below = second(CompareOp::kLessEqual);
    if (!above || !below) return std::nullopt;
    return And(*above, *below);
  }
  if (test.kind != ValueTest::Kind::kCompareBySex) return std::nullopt;
  const auto men = first(test.op);
  const auto women = second(test.op);
  if (!men || !women) return std::nullopt;
  if (sex == Sex::kMale) return men;
  if (sex == Sex::kFemale) return women;
  return *men == *women ? *men : Truth::kUnknown;
}

std::optional<Number> NumberOf(const Fact& fact, Analyte analyte, const Vocabulary& vocabulary) {
  if (fact.value.type == Value::Type::kQuantity) {
    if (analyte == Analyte::kNone) {
      for (const CodeId code : fact.codes) {
        analyte = AnalyteOf(vocabulary.coding(code));
        if (analyte != Analyte::kNone) break;
      }
    }
    if (analyte == Analyte::kHbA1c && std::ranges::any_of(fact.codes, [&](CodeId code) {
          return IsMonoS(vocabulary.coding(code));
        })) {
      analyte = Analyte::kHbA1cMonoS;
    }
    return Number{fact.value.number, fact.value.unit, analyte};
  }
  if (fact.value.type != Value::Type::kCoded) return std::nullopt;
  for (const CodeId code : fact.value.codes) {
    if (const auto number = NumberOfAnswer(vocabulary.coding(code))) {
      Number out;
      out.bounds.low = out.bounds.high = Decimal(*number);
      return out;
    }
  }
  return std::nullopt;
}

std::optional<Interval> InUnit(const Number& number, UnitId unit, const Vocabulary& vocabulary) {
  const UnitTable& units = vocabulary.units();
  if (!number.bounds.low && !number.bounds.high) return std::nullopt;
  if (number.unit == unit) {
    if (!units.usable(unit)) return std::nullopt;
    return IntervalOf(number.bounds);
  }
  Bounds converted = number.bounds;
  for (std::optional<Decimal>* bound : {&converted.low, &converted.high}) {
    if (!*bound) continue;
    std::optional<Decimal> result;
    for (const int digits : {12, 9, 6, 3}) {
      result = units.Convert(**bound, number.unit, unit, number.analyte, digits);
      if (result) break;
    }
    if (!result) return std::nullopt;
    *bound = result;
  }
  return IntervalOf(converted);
}

PreparedTest Prepare(const ValueTest& test, const Program& program, Vocabulary& vocabulary) {
  PreparedTest prepared;
  prepared.test = &test;
  prepared.unit = vocabulary.Unit(test.limit.unit);
  prepared.unit2 = vocabulary.Unit(test.limit2.unit);
  for (const std::string& word : test.words) prepared.folded_words.push_back(base::Fold(word));
  if (test.set) prepared.folded_set_name = base::Fold(program.sets[*test.set].name);
  if (!test.scale) return prepared;
  prepared.scale = std::make_shared<const ScaleReader>(program.scales[*test.scale]);
  for (const std::string& word : test.words) {
    if (const auto steps = prepared.scale->StepsOf(word)) prepared.steps.push_back(*steps);
  }
  return prepared;
}

Judged Judge(const PreparedTest& prepared, const Fact& fact, Sex sex, const Vocabulary& vocabulary,
             CodeSets& sets) {
  const ValueTest& test = *prepared.test;
  if (fact.value_absent) return {Truth::kUnknown, Unusable::kValue};
  const std::optional<Number> number = NumberOf(fact, test.analyte, vocabulary);
  if (prepared.scale) return JudgeScale(prepared, fact, number, vocabulary);
  switch (test.kind) {
    case ValueTest::Kind::kCompare:
    case ValueTest::Kind::kBetween:
    case ValueTest::Kind::kCompareBySex: {
      if (!number) return {Truth::kUnknown, Unusable::kValue};
      const auto truth = CompareNumber(prepared, *number, sex, vocabulary);
      if (!truth) return {Truth::kUnknown, Unusable::kValue};
      return {*truth, Unusable::kNo};
    }
    case ValueTest::Kind::kCompareRange:
    case ValueTest::Kind::kOutsideRange:
      return JudgeLimits(prepared, fact, number ? &*number : nullptr, vocabulary);
    case ValueTest::Kind::kIs:
      if (test.set) {
        if (sets.In(*test.set, fact.value.codes)) return {Truth::kTrue, Unusable::kNo};
        // A source that codes nothing may write the set's name.
        const bool named =
            !fact.value.text.empty() && base::Fold(fact.value.text) == prepared.folded_set_name;
        if (named) return {Truth::kTrue, Unusable::kNo};
        if (!fact.value.codes.empty()) return {Truth::kFalse, Unusable::kNo};
        return {Truth::kUnknown, Unusable::kValue};
      }
      return JudgeWords(prepared, fact, vocabulary);
    case ValueTest::Kind::kCompareLevel:
      break;
    case ValueTest::Kind::kIn:
      return JudgeWords(prepared, fact, vocabulary);
    case ValueTest::Kind::kPositive:
    case ValueTest::Kind::kNegative: {
      const Truth positive = Positivity(fact, vocabulary);
      const Truth truth = test.kind == ValueTest::Kind::kPositive ? positive : Not(positive);
      return {truth, truth == Truth::kUnknown ? Unusable::kValue : Unusable::kNo};
    }
  }
  return {Truth::kUnknown, Unusable::kValue};
}

Truth JudgeNumber(const PreparedTest& prepared, const Bounds& bounds, UnitId unit, Analyte analyte,
                  Sex sex, const Vocabulary& vocabulary) {
  return CompareNumber(prepared, {bounds, unit, analyte}, sex, vocabulary)
      .value_or(Truth::kUnknown);
}

}  // namespace medverka::criteria::internal
