// The pages behind `explain-code`, for the test that holds them against the checker.
#pragma once

#include <span>
#include <string_view>

#include "criteria/diagnostic.h"

namespace medverka::criteria::internal {

struct ExplainPage {
  DiagnosticCode code{};
  std::string_view title;
  std::string_view meaning;
  std::string_view example;  // declarations of a study file; "" where a few lines cannot show it
  std::string_view cure;
};

std::span<const ExplainPage> ExplainPages();

}  // namespace medverka::criteria::internal
