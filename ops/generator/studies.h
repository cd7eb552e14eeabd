// Random study files: valid, readable, of every construct of the language, with codes, analytes and
// units that the synthetic journal really has, so that criteria hit. For tests and benchmarks of
// the front end and the evaluator. The same seed and number give the same text on any machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace medverka::generator {

// One declaration in its parts, so that a test can turn it into another that means the same.
struct StudyPart {
  std::string keyword;  // "codes", "include", ...
  std::string name;
  std::string labels;  // "sv \"...\"", or ""
  std::string body;    // what follows the colon, or the braces and what is in them
  std::string tail;    // of a criterion: "else no", "else ask ..."
  std::string because;

  bool criterion() const { return keyword == "include" || keyword == "exclude"; }
  std::string Text() const;
};

struct StudyText {
  std::string id;    // "G00001"
  std::string head;  // study block
  std::vector<StudyPart> parts;

  std::string Text() const;  // of the whole file
};

struct StudyOptions {
  std::uint64_t seed = 1;
  // Every third study, or all, with what stands in the core of the language only.
  bool core_only = false;
  int criteria_max = 40;  // of a large one; most are small
};

StudyText MakeStudy(const StudyOptions& options, std::uint64_t number);

}  // namespace medverka::generator
