// Text into tokens. The language is contextual (a unit, a code and a name are all "words"), so a
// token is only as clever as the blank and the bracket; what a word means is for the parser, which
// can ask for the whole unit or code that begins at a token (UnitAt, CodeAt).
#pragma once

#include <string_view>
#include <vector>

#include "criteria/source.h"

namespace medverka::criteria {

enum class TokenKind : std::uint8_t {
  kEnd,
  kWord,
  kString,  // the span holds the quotes
  kOpenBrace,
  kCloseBrace,
  kOpenBracket,  // (
  kCloseBracket,
  kComma,
  kSemicolon,
  kColon,
  kBelow,  // <<
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kEqual,
  kBad,  // already reported
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  Span span;
  bool first_on_line = false;
};

// Ends with one kEnd token. Comments and blanks are gone; a date with a time of day is one word.
std::vector<Token> Lex(const Source& source, Reporter& reporter);

// The unit that begins at `begin`: up to a blank or a comma, semicolon, colon, and any bracket that
// it did not open itself ("mL/min/{1.73_m2}", "mL/(min.m2)"); `x 10^9/L` with its blank. Ends where
// a token ends.
Span UnitAt(const Source& source, std::uint32_t begin);

// The code or gene that begins at `begin`: as a word, but with colons inside ("HGNC:3236").
Span CodeAt(const Source& source, std::uint32_t begin);

// The change of a gene that begins at `begin`: "c.-32-13T>G", "p.(V600E)". As a word, with >, = and
// brackets of its own.
Span ChangeAt(const Source& source, std::uint32_t begin);

}  // namespace medverka::criteria
