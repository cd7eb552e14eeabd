#include "criteria/internal/format_atoms.h"

#include <algorithm>
#include <array>

#include "criteria/internal/cursor.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

bool NewLine(char c) { return c == '\n' || c == '\r'; }

std::string TrimmedEnd(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return std::string(text);
}

// What stands between two tokens: comments and line ends.
struct Gap {
  std::string beside;
  std::vector<FormatComment> above;
  bool blank_above = false;  // before what follows
  bool line_end = false;
};

Gap ReadGap(std::string_view text, bool after_token) {
  Gap gap;
  bool on_token_line = after_token;
  bool text_on_line = after_token;
  bool blank = false;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '#') {
      std::size_t end = at;
      while (end < text.size() && !NewLine(text[end])) ++end;
      std::string comment = TrimmedEnd(text.substr(at, end - at));
      if (on_token_line) {
        gap.beside = std::move(comment);
      } else {
        gap.above.push_back({std::move(comment), blank});
      }
      blank = false;
      text_on_line = true;
      at = end;
      continue;
    }
    if (NewLine(text[at])) {
      if (text.substr(at, 2) == "\r\n") ++at;
      gap.line_end = true;
      blank = blank || !text_on_line;
      text_on_line = false;
      on_token_line = false;
    }
    ++at;
  }
  gap.blank_above = blank;
  return gap;
}

bool Balanced(std::string_view text) {
  int open = 0;
  for (const char c : text) {
    open += c == '{' || c == '(' ? 1 : c == '}' || c == ')' ? -1 : 0;
    if (open < 0) return false;
  }
  return open == 0;
}

bool IsClaim(std::string_view word) {
  constexpr std::string_view kClaims[] = {"unknown", "against", "true", "false", "cohort"};
  return std::find(std::begin(kClaims), std::end(kClaims), word) != std::end(kClaims);
}

bool IsHeadWord(std::string_view word) {
  constexpr std::string_view kWords[] = {"include", "exclude", "ask", "define", "event"};
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

class AtomMaker {
 public:
  AtomMaker(const Source& source, const std::vector<Token>& tokens)
      : source_(source), tokens_(tokens) {}

  std::vector<Atom> Run() {
    std::uint32_t end = 0;
    for (std::size_t i = 0; i < tokens_.size();) {
      const Token& token = tokens_[i];
      Gap gap = ReadGap(source_.text({end, token.span.begin}), !atoms_.empty());
      if (!atoms_.empty()) atoms_.back().beside = std::move(gap.beside);
      Atom atom;
      atom.kind = token.kind;
      atom.above = std::move(gap.above);
      atom.blank_above = gap.blank_above;
      atom.first_on_line = token.first_on_line || gap.line_end;
      if (token.kind == TokenKind::kEnd) {
        atoms_.push_back(std::move(atom));
        break;
      }
      Follow(atom, token);
      const Span span = WholeAt(i);
      while (i < tokens_.size() && tokens_[i].span.begin < span.end &&
             tokens_[i].kind != TokenKind::kEnd) {
        end = tokens_[i++].span.end;
      }
      atom.text = Spelled(token.kind, source_.text({span.begin, end}));
      atom.tight = token.kind == TokenKind::kColon && !head_colon_;
      atoms_.push_back(std::move(atom));
    }
    return std::move(atoms_);
  }

 private:
  // Knows where a declaration's own colon stands: there a blank belongs before it.
  void Follow(const Atom& atom, const Token& token) {
    head_colon_ = false;
    const std::string_view word = source_.text(token.span);
    if (token.kind == TokenKind::kWord && IsDeclarationWord(word) &&
        (atom.first_on_line || atoms_.empty() || AfterBrace())) {
      head_ = IsHeadWord(word);
      scale_ = word == "scale";
      example_ = word == "example";
    } else if (token.kind == TokenKind::kColon) {
      head_colon_ = head_ || !example_;
      head_ = false;
    }
  }
  bool AfterBrace() const { return atoms_.back().kind == TokenKind::kOpenBrace; }

  Span WholeAt(std::size_t i) const {
    const Token& token = tokens_[i];
    const std::string_view text = source_.text(token.span);
    const bool after_number =
        !atoms_.empty() && atoms_.back().kind == TokenKind::kWord && IsNumber(atoms_.back().text);
    if (after_number && !scale_ && !head_ &&
        (token.kind == TokenKind::kWord || token.kind == TokenKind::kOpenBrace)) {
      const Span unit = UnitAt(source_, token.span.begin);
      if (unit.end > token.span.end && Balanced(source_.text(unit))) return unit;
      return token.span;
    }
    if (token.kind != TokenKind::kWord || head_) return token.span;
    if (text.substr(0, 2) == "c." || text.substr(0, 2) == "p.") {
      const Span change = ChangeAt(source_, token.span.begin);
      return {token.span.begin, std::max(token.span.end, change.end)};
    }
    if (example_ && IsClaim(text)) return token.span;
    const Span code = CodeAt(source_, token.span.begin);
    return {token.span.begin, std::max(token.span.end, code.end)};
  }

  static std::string Spelled(TokenKind kind, std::string_view text) {
    if (kind == TokenKind::kLessEqual) return "<=";
    if (kind == TokenKind::kGreaterEqual) return ">=";
    return std::string(text);
  }

  const Source& source_;
  const std::vector<Token>& tokens_;
  std::vector<Atom> atoms_;
  bool head_ = false;        // between a declaration's keyword and its colon
  bool head_colon_ = false;  // the token here is that colon, or another that stands apart
  bool scale_ = false;
  bool example_ = false;
};

}  // namespace

std::vector<Atom> AtomsOf(const Source& source, const std::vector<Token>& tokens) {
  return AtomMaker(source, tokens).Run();
}

std::string_view BlankBetween(const Atom& left, const Atom& right) {
  const bool tight = right.tight || right.kind == TokenKind::kComma ||
                     right.kind == TokenKind::kSemicolon ||
                     right.kind == TokenKind::kCloseBracket || left.kind == TokenKind::kOpenBracket;
  return tight ? "" : " ";
}

std::string Joined(Atoms atoms) {
  std::string out;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (i > 0) out += BlankBetween(atoms[i - 1], atoms[i]);
    out += atoms[i].text;
  }
  return out;
}

bool AnyComment(Atoms atoms) {
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (i > 0 && !atoms[i].above.empty()) return true;
    if (i + 1 < atoms.size() && !atoms[i].beside.empty()) return true;
  }
  return false;
}

std::size_t WidthOf(std::string_view text) { return base::CodePoints(text); }

}  // namespace medverka::criteria::internal
