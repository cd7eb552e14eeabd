// Which scale the words of a test are levels of: the one named as the query's set if there is one,
// else the only one in sight that has them all.
#pragma once

#include <string>

#include "criteria/internal/scope.h"

namespace medverka::criteria::internal {

struct ScaleChoice {
  const ast::Scale* scale = nullptr;  // null: the words are plain words, or there is a problem
  // An error if the test needs a scale, or the author plainly meant one.
  std::string problem;
  std::string hint;
  Span span;
};

// `sets`: those of what is measured.
ScaleChoice FindScale(const Scope& scope, const ast::Test& test, const ast::Items& sets);

// Levels and parts of a scale, in rising order.
bool HasLabel(const ast::Scale& scale, std::string_view label);
Scale CompileScale(const ast::Scale& scale);

// Labels that stand twice, levels that take in themselves.
void CheckScale(const ast::Scale& scale, Reporter& reporter);

}  // namespace medverka::criteria::internal
