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
  std::string_view mended;  // the example without the problem
  bool whole = false;       // example and mended are whole files
};

std::span<const ExplainPage> ExplainPages();

// Parts of them, by the group of their codes.
std::span<const ExplainPage> PagesOfText();
std::span<const ExplainPage> PagesOfTerms();
std::span<const ExplainPage> PagesOfStudies();

}  // namespace medverka::criteria::internal
