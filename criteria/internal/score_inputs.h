// The sets that the inputs of a score are taken from.
#pragma once

#include <string>
#include <vector>

#include "criteria/program.h"

namespace medverka::criteria::internal {

struct ScoreInputSet {
  std::string name;  // the author's set of this name, where there is one ...
  CodeSet built_in;  // ... else this
};

// In the order of criteria/scores/score.h.
const std::vector<ScoreInputSet>& ScoreInputs(ScoreQuery::Score score);
// Some score takes an input from an author's set of this name.
bool IsScoreInput(std::string_view set_name);

}  // namespace medverka::criteria::internal
