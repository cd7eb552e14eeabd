// The formatter's view of a file: tokens with the comments that belong to them. Units, codes and
// changes of a gene, which are several tokens without a blank between them, are one atom.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/lexer.h"

namespace medverka::criteria::internal {

struct FormatComment {
  std::string text;  // from # on
  bool blank_above = false;
};

struct Atom {
  std::string text;
  TokenKind kind = TokenKind::kWord;
  std::vector<FormatComment> above;  // on lines of their own
  std::string beside;                // at the end of this atom's line; "" for none
  bool first_on_line = false;
  bool blank_above = false;  // an empty line between what stands before and this
  bool tight = false;        // no blank before it, whatever stands there

  bool Is(std::string_view word) const { return kind == TokenKind::kWord && text == word; }
  bool opens() const { return kind == TokenKind::kOpenBrace || kind == TokenKind::kOpenBracket; }
  bool closes() const { return kind == TokenKind::kCloseBrace || kind == TokenKind::kCloseBracket; }
  bool commented() const { return !above.empty() || !beside.empty(); }
};
using Atoms = std::span<const Atom>;

// All atoms of the file. The last is an empty one that carries the comments at the end.
std::vector<Atom> AtomsOf(const Source& source, const std::vector<Token>& tokens);

// On one line, one blank between them where one belongs.
std::string Joined(Atoms atoms);
// The blank, or none, between two atoms of one line.
std::string_view BlankBetween(const Atom& left, const Atom& right);
bool AnyComment(Atoms atoms);  // but beside the last
std::size_t WidthOf(std::string_view text);

// Code points of a line before it is broken, as wide as the pages of this project.
inline constexpr std::size_t kLineWidth = 140;

// `atoms` over as many lines as they need, each indented by `indent`: broken before `else` and
// `because`, then at `and` and `or`, then inside brackets, then at commas. Comments are not looked
// at.
std::vector<std::string> BrokenExpression(Atoms atoms, std::size_t indent);

}  // namespace medverka::criteria::internal
