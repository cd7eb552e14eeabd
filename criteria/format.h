// The one canonical layout of a study file (`medverka fmt`): spaces, line breaks, alignment. Made
// from the tokens, so that no word is ever lost or changed; comments stay where they stand. What an
// author decides is kept: the order of declarations, blank lines between them (one at most), which
// blocks of braces are opened over several lines, and the lines of an example.
#pragma once

#include <string>

#include "criteria/criteria.h"
#include "criteria/diagnostic.h"

namespace medverka::criteria {

struct Formatted {
  // The file in its layout; as it was where it does not parse.
  std::string text;
  bool parsed = false;
  Diagnostics diagnostics;  // why it does not parse; of the grammar only, no names are looked up
};

// Formatting what has been formatted changes nothing, and the compiled program is the same.
Formatted Format(const SourceFile& file);

}  // namespace medverka::criteria
