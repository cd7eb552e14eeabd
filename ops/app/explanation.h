// One study for one patient at one time, as people and programs read it: docs/explain.schema.json.
#pragma once

#include <string>

#include "criteria/evaluator.h"
#include "criteria/program.h"
#include "ops/base/json.h"

namespace medverka::app {

struct Explanation {
  std::string patient;  // id of the Patient resource
  const criteria::Program* program = nullptr;
  base::Instant at;
  criteria::StudyVerdict verdict;
};

base::json::value ToJson(const Explanation& explanation);

enum class Language { kEnglish, kSwedish };
struct TextStyle {
  Language language = Language::kEnglish;
  bool colour = false;
};
// A line for the study with its grade, then one or two for each criterion: a mark (✓ for, ✗
// against, ? unknown), the name, why, and what would settle it. Indented by two.
std::string ToText(const Explanation& explanation, const TextStyle& style);
std::string GradeInWords(criteria::Grade grade, const TextStyle& style);

}  // namespace medverka::app
