// From the inputs of a score, each as far as it is known, to its result: between leaf_score.cc,
// which finds the facts, and the formulas, which take exact numbers.
#pragma once

#include <span>

#include "criteria/scores/result.h"
#include "criteria/scores/score.h"

namespace medverka::criteria {

// One input: a number between bounds (neither: not known), or a truth.
struct ScoreValue {
  Bounds number;
  Truth truth = Truth::kUnknown;
};

struct ScorePerson {
  std::optional<int> age_years;
  Sex sex = Sex::kUnknown;
};

// The result between bounds; neither bound: not known, and then `gap` may say why. Points come as
// exact ends.
struct ScoreResult {
  Bounds value;
  ScoreGap gap = ScoreGap::kNone;
};

// `inputs` in the order of InputsOf. A formula rises or falls with each input alone, so bounds go
// through it crosswise. kReported is no formula: the value of its input.
ScoreResult ComputeScore(ScoreQuery::Score score, ScoreQuery::Formula formula,
                         std::span<const ScoreValue> inputs, const ScorePerson& person);

// Which inputs the formula reads: not all of them, where a score has several.
bool ReadsInput(ScoreQuery::Score score, ScoreQuery::Formula formula, std::size_t input);

}  // namespace medverka::criteria
