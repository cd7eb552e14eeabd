// The parser's place in the tokens, and the small things every rule needs: words, numbers, dates,
// names, and saying what is wrong. After the first problem of a declaration failed() is true and
// nothing more is reported until Recover() has gone on to the next declaration.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/ast.h"
#include "criteria/lexer.h"

namespace medverka::criteria::internal {

class Cursor {
 public:
  Cursor(const Source& source, Reporter& reporter);

  const Source& source() const { return source_; }

  // ---- looking
  const Token& Peek(std::size_t ahead = 0) const;
  bool At(TokenKind kind, std::size_t ahead = 0) const { return Peek(ahead).kind == kind; }
  std::string_view Word(std::size_t ahead = 0) const;  // "" if no word stands there
  bool AtWord(std::string_view word, std::size_t ahead = 0) const { return Word(ahead) == word; }
  bool AtAnyWord(std::span<const std::string_view> words, std::size_t ahead = 0) const;
  bool AtWords(std::initializer_list<std::string_view> words) const;  // one after the other
  bool AtDeclaration() const;  // a declaration's keyword begins this line
  bool AtMisspeltDeclaration() const;
  bool AtStop() const { return At(TokenKind::kEnd) || AtDeclaration(); }
  bool SameLine() const;  // the token here stands on the line of the one before
  Span here() const { return Peek().span; }
  Span last() const { return last_; }  // of the token taken last
  Span From(Span begin) const { return Cover(begin, last_); }

  // ---- taking
  Token Take();
  bool TakeWord(std::string_view word);
  bool Take(TokenKind kind);
  bool TakeWords(std::initializer_list<std::string_view> words);  // all of them, or none
  void SkipTo(std::uint32_t offset);  // past every token that begins before it

  // ---- what many rules need; nothing: a problem was reported
  std::optional<std::string> String(std::string_view what);
  std::optional<base::Decimal> Number(std::string_view what);
  std::optional<std::int32_t> Whole(std::string_view what);
  std::optional<ast::Amount> TimeAmount();
  std::optional<base::TimeUnit> UnitOfTime();
  std::optional<base::TimeRange> Date(std::string_view what);
  std::optional<base::Instant> ClockTime();  // `at TIME` of an example: a bare date is 12:00 local
  std::optional<std::string> Unit();         // "" if none follows
  bool Labels(ast::Label& label);            // sv "..." en "..."
  // One or more words, or one text in quotes; ends with its line or before a token that no name can
  // hold, or before one of `ends`.
  std::optional<ast::Name> NameOfLine(std::span<const std::string_view> ends = {});
  bool ExpectWord(std::string_view word);
  bool Expect(TokenKind kind, std::string_view what);
  // The bracket or brace that closes the one at `open`.
  bool Close(TokenKind kind, Span open);
  bool Unclosed(bool brace, Span open);  // false; told where it helps most

  // ---- problems
  bool failed() const { return failed_; }
  // All return false.
  bool Fail(DiagnosticCode code, Span span, std::string message, std::string hint = "");
  bool Expected(std::string_view what, std::string hint = "");
  bool NotYet(Span span, std::string_view what);
  // A word that means nothing here; the candidates are what could have been meant.
  bool UnknownWord(Span span, std::span<const std::string_view> candidates, std::string otherwise);
  void Warn(DiagnosticCode code, Span span, std::string message, std::string hint = "");
  bool CheckNothingLeft(std::span<const std::string_view> candidates);

  void Recover();  // to the next declaration, or the end
  void Begin() { failed_ = false; }

 private:
  const Source& source_;
  Reporter& reporter_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  Span last_;
  bool failed_ = false;
};

// Text in quotes without them, for shown sentences.
std::string Quoted(std::string_view text);
bool IsDeclarationWord(std::string_view word);
std::span<const std::string_view> DeclarationWords();
std::span<const std::string_view> TermWords();  // a term of an expression may begin with
std::span<const std::string_view> TailWords();  // may follow within an expression
bool IsKeyword(std::string_view word);
std::vector<std::string_view> Keywords();
bool IsTimeUnit(std::string_view word);
bool BeginsWithDigit(std::string_view word);
bool IsNumber(std::string_view word);
bool LooksLikeDate(std::string_view word);  // year and month at least
std::string DidYouMeanHint(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace medverka::criteria::internal
