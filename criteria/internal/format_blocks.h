// The layout of what stands in braces: the study block, sets, scales and examples.
#pragma once

#include <string>
#include <vector>

#include "criteria/internal/format_atoms.h"

namespace medverka::criteria::internal {

// One line of the result; `beside` is its comment, which the caller puts into a column or two
// blanks away.
struct FormatLine {
  std::string text;
  std::string beside;
};

// A declaration with braces from its first brace on, over several lines. `head` is what stands
// before the brace; `atoms` begin with the brace and end with the one that closes it.
std::vector<FormatLine> StudyBlock(const std::string& head, Atoms atoms);
std::vector<FormatLine> CodesBlock(const std::string& head, Atoms atoms);
std::vector<FormatLine> ScaleBlock(const std::string& head, Atoms atoms);
std::vector<FormatLine> ExampleBlock(const std::string& head, Atoms atoms);

// The same on one line.
std::string BlockOnOneLine(Atoms atoms);

// `atoms` on the lines that their author gave them: a declaration with comments inside.
std::vector<FormatLine> AuthorsLines(Atoms atoms, std::size_t indent, std::size_t rest_indent);

}  // namespace medverka::criteria::internal
