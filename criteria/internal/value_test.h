// Judging one value by one test: three-valued, exact, in any unit of the dimension.
#pragma once

#include <functional>
#include <memory>

#include "criteria/fact.h"
#include "criteria/internal/code_sets.h"
#include "criteria/internal/exact.h"
#include "criteria/internal/scale_value.h"
#include "criteria/program.h"

namespace medverka::criteria::internal {

// A test with its units interned, once per program.
struct PreparedTest {
  const ValueTest* test = nullptr;
  UnitId unit = kNoUnit;
  UnitId unit2 = kNoUnit;
  std::vector<std::string> folded_words;
  std::string folded_set_name;               // kIs with the name of a set
  std::shared_ptr<const ScaleReader> scale;  // where the test has one
  std::vector<Steps> steps;                  // of its words
};
PreparedTest Prepare(const ValueTest& test, const Program& program, Vocabulary& vocabulary);

enum class Unusable : std::uint8_t { kNo, kValue };
struct Judged {
  Truth truth = Truth::kUnknown;
  Unusable unusable = Unusable::kNo;  // kValue: no value, no usable unit, no printed limit
};

// `sex` serves limits by sex. `sets` serves `is "set"`.
Judged Judge(const PreparedTest& test, const Fact& fact, Sex sex, const Vocabulary& vocabulary,
             CodeSets& sets);
// The same for a computed number, compared in the test's own unit.
Truth JudgeNumber(const PreparedTest& test, const Bounds& number, UnitId unit, Analyte analyte,
                  Sex sex, const Vocabulary& vocabulary);

// A fact's value as a number, also a coded one that stands for a number; nullopt: it has none.
struct Number {
  Bounds bounds;
  UnitId unit = kNoUnit;
  Analyte analyte = Analyte::kNone;  // of the query, else of the fact's own codes
};
std::optional<Number> NumberOf(const Fact& fact, Analyte analyte, const Vocabulary& vocabulary);
// The number in another unit; nullopt: they do not compare. Exact where the decimals end within
// twelve digits.
std::optional<Interval> InUnit(const Number& number, UnitId unit, const Vocabulary& vocabulary);

// The verdict of a numeric test (kCompare, kBetween, kCompareBySex) on something computed, given
// how that compares with one limit. nullopt: it does not compare.
using AgainstLimit =
    std::function<std::optional<Truth>(CompareOp op, const base::Decimal& limit, UnitId unit)>;
std::optional<Truth> JudgeComputed(const PreparedTest& test, Sex sex, const AgainstLimit& against);

}  // namespace medverka::criteria::internal
