// Judging one value by one test: three-valued, exact, in any unit of the dimension.
#pragma once

#include "criteria/fact.h"
#include "criteria/internal/code_sets.h"
#include "criteria/program.h"

namespace medverka::criteria::internal {

// A test with its units interned, once per program.
struct PreparedTest {
  const ValueTest* test = nullptr;
  UnitId unit = kNoUnit;
  UnitId unit2 = kNoUnit;
  std::vector<std::string> folded_words;
};
PreparedTest Prepare(const ValueTest& test, Vocabulary& vocabulary);

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

}  // namespace medverka::criteria::internal
