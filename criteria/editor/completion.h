// What may stand at a place of a study file, for editors.
#pragma once

#include <string>
#include <vector>

#include "criteria/editor/symbols.h"

namespace medverka::criteria::editor {

struct Proposal {
  enum class Kind : std::uint8_t { kKeyword, kSet, kName, kCode, kUnit };
  Kind kind = Kind::kKeyword;
  std::string text;    // what is put in
  std::string detail;  // what it is: "set of common.codes", "code of \"stroke\""
};
// Nobody reads on; an editor asks again with the next letter.
inline constexpr std::size_t kProposalsMax = 200;

struct Proposals {
  Span replace;  // the part of the text that is written already
  std::vector<Proposal> items;
  bool cut = false;  // there are more than kProposalsMax: ask again with more letters
};

// REQUIRES: the file is one of `symbols`. Offset in bytes, at most the length of the text.
Proposals ProposalsAt(const Symbols& symbols, std::string_view path, std::uint32_t offset);

}  // namespace medverka::criteria::editor
