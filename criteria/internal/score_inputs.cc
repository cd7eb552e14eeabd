#include "criteria/internal/score_inputs.h"

#include <array>
#include <set>

#include "criteria/scores/score.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

constexpr std::size_t kScores = static_cast<std::size_t>(ScoreQuery::Score::kCharlson) + 1;

using Table = std::array<std::vector<ScoreInputSet>, kScores>;

const Table& Inputs() {
  static const Table table = [] {
    Table inputs;
    for (std::size_t i = 0; i < kScores; ++i) {
      for (const ScoreInput& input : InputsOf(static_cast<ScoreQuery::Score>(i)))
        inputs[i].push_back({std::string(input.set), BuiltInSet(input)});
    }
    return inputs;
  }();
  return table;
}

}  // namespace

const std::vector<ScoreInputSet>& ScoreInputs(ScoreQuery::Score score) {
  return Inputs()[static_cast<std::size_t>(score)];
}

bool IsScoreInput(std::string_view set_name) {
  static const std::set<std::string> names = [] {
    std::set<std::string> all;
    for (const auto& inputs : Inputs()) {
      for (const ScoreInputSet& input : inputs) all.insert(base::Fold(input.name));
    }
    return all;
  }();
  return names.count(base::Fold(set_name)) > 0;
}

}  // namespace medverka::criteria::internal
