#include "criteria/lexer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "criteria/diagnostic_codes.h"
#include "ops/base/format.h"

namespace medverka::criteria {
namespace {

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
constexpr std::string_view kSpecial = "\"{}(),;:#<>=";

bool Digit(char c) { return c >= '0' && c <= '9'; }

// Bytes of the blank at the start of `text`: 0 if there is none.
std::size_t BlankAt(std::string_view text) {
  if (text.empty()) return 0;
  if (static_cast<unsigned char>(text[0]) <= ' ' || text[0] == '\x7F') return 1;
  return text.substr(0, 2) == kNoBreakSpace ? 2 : 0;
}

bool WordByte(std::string_view text) {
  return !text.empty() && BlankAt(text) == 0 && kSpecial.find(text[0]) == std::string_view::npos;
}

// "2026-10-01T09": the colons that follow belong to the word.
bool BeginsDateTime(std::string_view word) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd";
  if (word.size() < kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == 'd' ? !Digit(word[i]) : word[i] != kShape[i]) return false;
  }
  return true;
}

std::size_t WordLength(std::string_view text) {
  std::size_t length = 0;
  const auto run = [&] {
    while (length < text.size() && WordByte(text.substr(length))) ++length;
  };
  run();
  while (BeginsDateTime(text.substr(0, length)) && length + 1 < text.size() &&
         text[length] == ':' && Digit(text[length + 1])) {
    ++length;
    run();
  }
  return length;
}

struct Symbol {
  std::string_view text;
  TokenKind kind;
};
constexpr Symbol kSymbols[] = {
    {"<<", TokenKind::kBelow},
    {"<=", TokenKind::kLessEqual},
    {">=", TokenKind::kGreaterEqual},
    {"\xE2\x89\xA4", TokenKind::kLessEqual},     // ≤
    {"\xE2\x89\xA5", TokenKind::kGreaterEqual},  // ≥
    {"<", TokenKind::kLess},
    {">", TokenKind::kGreater},
    {"=", TokenKind::kEqual},
    {"{", TokenKind::kOpenBrace},
    {"}", TokenKind::kCloseBrace},
    {"(", TokenKind::kOpenBracket},
    {")", TokenKind::kCloseBracket},
    {",", TokenKind::kComma},
    {";", TokenKind::kSemicolon},
    {":", TokenKind::kColon},
};

// What word processors make of quotes, dashes and signs, and what to type instead.
struct Typographic {
  std::string_view text;
  std::string_view name;
  std::string_view instead;
};
constexpr Typographic kTypographic[] = {
    {"\xE2\x80\x9C", "a typographic quote", "\""}, {"\xE2\x80\x9D", "a typographic quote", "\""},
    {"\xE2\x80\x9E", "a typographic quote", "\""}, {"\xC2\xAB", "a typographic quote", "\""},
    {"\xC2\xBB", "a typographic quote", "\""},     {"\xE2\x80\x93", "a long dash", "-"},
    {"\xE2\x80\x94", "a long dash", "-"},          {"\xE2\x88\x92", "a minus sign", "-"},
    {"\xC3\x97", "a multiplication sign", "x"},
};

class Lexer {
 public:
  Lexer(const Source& source, Reporter& reporter)
      : source_(source), text_(source.text()), reporter_(reporter) {}

  std::vector<Token> Run() {
    while (SkipBlanks()) {
      const std::uint32_t begin = at_;
      const TokenKind kind = One();
      tokens_.push_back({kind, {begin, at_}, first_on_line_});
      first_on_line_ = false;
    }
    tokens_.push_back({TokenKind::kEnd, {at_, at_}, true});
    return std::move(tokens_);
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }

  bool SkipBlanks() {
    while (at_ < text_.size()) {
      if (const std::size_t blank = BlankAt(rest()); blank > 0) {
        first_on_line_ = first_on_line_ || text_[at_] == '\n' || text_[at_] == '\r';
        at_ += static_cast<std::uint32_t>(blank);
      } else if (text_[at_] == '#') {
        while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
      } else {
        return true;
      }
    }
    return false;
  }

  TokenKind One() {
    if (text_[at_] == '"') return String();
    for (const Typographic& sign : kTypographic) {
      if (rest().substr(0, sign.text.size()) != sign.text) continue;
      return BadSign(sign);
    }
    for (const Symbol& symbol : kSymbols) {
      if (rest().substr(0, symbol.text.size()) != symbol.text) continue;
      at_ += static_cast<std::uint32_t>(symbol.text.size());
      return symbol.kind;
    }
    return Word();
  }

  TokenKind String() {
    const std::uint32_t open = at_++;
    while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') {
      if (text_[at_++] == '"') return TokenKind::kString;
    }
    reporter_.Report(DiagnosticCode::kUnclosedString, {open, open + 1},
                     "this quote is never closed", "A text in quotes ends on its own line.");
    return TokenKind::kBad;
  }

  TokenKind Word() {
    const std::uint32_t begin = at_;
    at_ += static_cast<std::uint32_t>(std::max<std::size_t>(WordLength(rest()), 1));
    const std::string_view word = source_.text({begin, at_});
    for (const Typographic& sign : kTypographic) {
      const std::size_t place = word.find(sign.text);
      if (place == std::string_view::npos) continue;
      at_ = begin + static_cast<std::uint32_t>(place);
      return BadSign(sign);
    }
    return HasInvisible(word) ? TokenKind::kBad : TokenKind::kWord;
  }

  TokenKind BadSign(const Typographic& sign) {
    const auto end = at_ + static_cast<std::uint32_t>(sign.text.size());
    reporter_.Report(DiagnosticCode::kUnexpectedCharacter, {at_, end},
                     fmt::format("{} stands here, as word processors make it", sign.name),
                     fmt::format("Type {} instead.", sign.instead));
    at_ = end;
    // What follows on the line can hardly be read: nothing more is said about it.
    while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
    return TokenKind::kBad;
  }

  const Source& source_;
  std::string_view text_;
  Reporter& reporter_;
  std::uint32_t at_ = 0;
  bool first_on_line_ = true;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> Lex(const Source& source, Reporter& reporter) {
  return Lexer(source, reporter).Run();
}

Span UnitAt(const Source& source, std::uint32_t begin) {
  const std::string_view text = source.text();
  std::uint32_t end = begin;
  if (text.substr(begin, 4) == "x 10") end += 2;
  std::string closers;
  while (end < text.size() && BlankAt(text.substr(end)) == 0) {
    const char c = text[end];
    if (c == '{' || c == '(') {
      closers.push_back(c == '{' ? '}' : ')');
    } else if (c == '}' || c == ')') {
      if (closers.empty() || closers.back() != c) break;
      closers.pop_back();
    } else if (c == ',' || c == ';' || c == ':' || c == '"' || c == '#' || c == '<' || c == '>' ||
               c == '=') {
      break;
    }
    ++end;
  }
  return {begin, end};
}

Span CodeAt(const Source& source, std::uint32_t begin) {
  const std::string_view text = source.text();
  std::uint32_t end = begin;
  while (end < text.size()) {
    if (WordByte(text.substr(end))) {
      ++end;
    } else if (text[end] == ':' && end > begin && WordByte(text.substr(end + 1))) {
      ++end;
    } else {
      break;
    }
  }
  return {begin, end};
}

Span ChangeAt(const Source& source, std::uint32_t begin) {
  const std::string_view text = source.text();
  std::uint32_t end = begin;
  int open = 0;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (c == '(') {
      ++open;
    } else if (c == ')') {
      if (open-- == 0) break;
    } else if (c != '>' && c != '=' && !WordByte(text.substr(end))) {
      break;
    }
  }
  return {begin, end};
}

}  // namespace medverka::criteria
