#include "criteria/internal/cursor.h"

#include <algorithm>
#include <array>

#include "criteria/diagnostic_codes.h"
#include "criteria/limits.h"
#include "criteria/units.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

constexpr std::string_view kDeclarationWords[] = {"use",    "study",  "codes",   "scale",
                                                  "define", "event",  "include", "exclude",
                                                  "ask",    "cohort", "example"};

constexpr std::string_view kTermWords[] = {
    "condition",     "conditions",   "procedure",  "procedures",   "medication",
    "medications",   "allergy",      "allergies",  "immunization", "immunizations",
    "observation",   "observations", "component",  "visit",        "visits",
    "participation", "variant",      "variants",   "somatic",      "germline",
    "pathogenic",    "no",           "any",        "every",        "at",
    "exactly",       "latest",       "first",      "lowest",       "highest",
    "not",           "if",           "all",        "none",         "age",
    "sex",           "resident",     "alive",      "answer",       "egfr",
    "family",        "device",       "devices",    "average",      "median",
    "rise",          "fall",         "text",       "tested",       "fusion",
    "amplification", "copy",         "bmi",        "score",        "creatinine",
    "gestational",   "likely",       "missense",   "truncating",   "inframe",
    "frameshift",    "splice",       "alteration", "alterations",  "homozygous",
    "gain",          "loss",         "deletion",   "planned",      "journal",
    "reason",        "sick",         "pregnancy",  "lines",
};

constexpr std::string_view kTailWords[] = {
    "and",
    "or",
    "then",
    "otherwise",
    "else",
    "because",
    "current",
    "for",
    "within",
    "between",
    "since",
    "before",
    "after",
    "on",
    "from",
    "starting",
    "ending",
    "ongoing",
    "recorded",
    "during",
    "overlapping",
    "outside",
    "with",
    "where",
    "at",
    "in",
    "is",
    "above",
    "below",
    "class",
    "of",
    "ago",
    "last",
    "least",
    "most",
    "to",
    "positive",
    "negative",
    "upper",
    "lower",
    "limit",
    "men",
    "women",
    "regularly",
    "prescribed",
    "dispensed",
    "given",
    "suspected",
    "as",
    "counts",
    "unchanged",
    "different",
    "consecutive",
    "ever",
    "unknown",
    "ask",
    "unit",
    "gene",
    "exon",
    "study",
    "interventional",
    "region",
    "now",
    "limits",
    "refuted",
    "resolved",
    "active",
    "expect",
    "by",
    "reported",
    "next",
    "any",
    "not",
    "point",
    "points",
    "apart",
    "gaps",
    "total",
    "same",
    "report",
    "registry",
    "observational",
    "main",
};

// Words that name an event where one can stand.
constexpr std::string_view kEventWords[] = {"it", "birth", "start", "end"};

// Plurals first: where a slip is as near to both, they are meant more often.
constexpr std::string_view kTimeUnits[] = {"seconds", "minutes", "hours",  "days",   "weeks",
                                           "months",  "years",   "second", "minute", "hour",
                                           "day",     "week",    "month",  "year"};

// Words of examples that may follow a number; not keywords, so that a definition may be called so.
constexpr std::string_view kExampleWords[] = {"born",    "female",      "male",     "dead",
                                              "without", "benign",      "stopped",  "completed",
                                              "updated", "preliminary", "uncertain"};

bool Digit(char c) { return c >= '0' && c <= '9'; }

bool In(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::string Quoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return std::string(text);
  constexpr std::size_t kShownBytesMax = 60;
  std::size_t end = std::min(text.size(), kShownBytesMax);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  return fmt::format("\"{}{}\"", text.substr(0, end), end < text.size() ? "..." : "");
}

bool IsDeclarationWord(std::string_view word) { return In(kDeclarationWords, word); }
std::span<const std::string_view> DeclarationWords() { return kDeclarationWords; }
std::span<const std::string_view> TermWords() { return kTermWords; }
std::span<const std::string_view> TailWords() { return kTailWords; }
bool IsTimeUnit(std::string_view word) { return In(kTimeUnits, word); }

bool IsKeyword(std::string_view word) {
  return In(kDeclarationWords, word) || In(kTermWords, word) || In(kTailWords, word) ||
         In(kTimeUnits, word) || In(kEventWords, word) || In(SystemWords(), word) ||
         word == "system" || word == "set" || word == "valueset" || word == "item" ||
         word == "except";
}

std::vector<std::string_view> Keywords() {
  std::vector<std::string_view> out = {"system", "set", "valueset", "item", "except"};
  for (const std::span<const std::string_view> words :
       {std::span<const std::string_view>(kDeclarationWords), TermWords(), TailWords(),
        std::span<const std::string_view>(kTimeUnits),
        std::span<const std::string_view>(kEventWords),
        std::span<const std::string_view>(SystemWords())})
    out.insert(out.end(), words.begin(), words.end());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool BeginsWithDigit(std::string_view word) { return !word.empty() && Digit(word[0]); }

bool IsNumber(std::string_view word) {
  if (!word.empty() && (word[0] == '-' || word[0] == '+')) word.remove_prefix(1);
  const std::size_t point = word.find('.');
  const auto digits = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), Digit);
  };
  if (point == std::string_view::npos) return digits(word);
  return digits(word.substr(0, point)) && digits(word.substr(point + 1));
}

bool LooksLikeDate(std::string_view word) {
  constexpr std::string_view kShape = "dddd-d";
  if (word.size() < kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == 'd' ? !Digit(word[i]) : word[i] != kShape[i]) return false;
  }
  return true;
}

std::string DidYouMeanHint(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view near = base::DidYouMean(word, candidates);
  return near.empty() ? "" : fmt::format("Did you mean \"{}\"?", near);
}

Cursor::Cursor(const Source& source, Reporter& reporter)
    : source_(source), reporter_(reporter), tokens_(Lex(source, reporter)) {}

const Token& Cursor::Peek(std::size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

std::string_view Cursor::Word(std::size_t ahead) const {
  const Token& token = Peek(ahead);
  return token.kind == TokenKind::kWord ? source_.text(token.span) : std::string_view();
}

bool Cursor::AtAnyWord(std::span<const std::string_view> words, std::size_t ahead) const {
  return At(TokenKind::kWord, ahead) && In(words, Word(ahead));
}

bool Cursor::AtWords(std::initializer_list<std::string_view> words) const {
  std::size_t ahead = 0;
  for (const std::string_view word : words) {
    if (!AtWord(word, ahead++)) return false;
  }
  return true;
}

bool Cursor::AtDeclaration() const { return Peek().first_on_line && IsDeclarationWord(Word()); }

// A first word that is nearly a declaration's, and a colon or brace on its line.
bool Cursor::AtMisspeltDeclaration() const {
  const Token& token = Peek();
  if (!token.first_on_line || token.kind != TokenKind::kWord || IsKeyword(Word()) ||
      base::DidYouMean(Word(), kDeclarationWords).empty())
    return false;
  for (std::size_t ahead = 1; !Peek(ahead).first_on_line && !At(TokenKind::kEnd, ahead); ++ahead) {
    if (At(TokenKind::kColon, ahead) || At(TokenKind::kOpenBrace, ahead)) return true;
  }
  return false;
}

bool Cursor::SameLine() const { return !Peek().first_on_line && !At(TokenKind::kEnd); }

Token Cursor::Take() {
  const Token token = Peek();
  last_ = token.span;
  if (token.kind != TokenKind::kEnd) ++at_;
  return token;
}

bool Cursor::TakeWord(std::string_view word) {
  if (!AtWord(word)) return false;
  Take();
  return true;
}

bool Cursor::Take(TokenKind kind) {
  if (!At(kind)) return false;
  Take();
  return true;
}

bool Cursor::TakeWords(std::initializer_list<std::string_view> words) {
  if (!AtWords(words)) return false;
  for (std::size_t i = 0; i < words.size(); ++i) Take();
  return true;
}

void Cursor::SkipTo(std::uint32_t offset) {
  while (!At(TokenKind::kEnd) && Peek().span.begin < offset) Take();
  last_.end = std::max(last_.end, offset);
}

std::optional<std::string> Cursor::String(std::string_view what) {
  if (!At(TokenKind::kString)) {
    Expected(what);
    return std::nullopt;
  }
  const std::string_view text = source_.text(Take().span);
  return std::string(text.substr(1, text.size() - 2));
}

std::optional<base::Decimal> Cursor::Number(std::string_view what) {
  const std::string_view word = Word();
  if (!IsNumber(word)) {
    std::size_t digits = 0;
    while (digits < word.size() && (Digit(word[digits]) || word[digits] == '.')) ++digits;
    if (digits > 0 && digits < word.size() && !LooksLikeDate(word)) {
      Fail(DiagnosticCode::kNumber, here(),
           "a blank is missing between the number and what follows it",
           fmt::format("Write \"{} {}\".", word.substr(0, digits), word.substr(digits)));
    } else {
      Expected(what);
    }
    return std::nullopt;
  }
  const Span span = Take().span;
  const Token& comma = Peek();
  if (comma.kind == TokenKind::kComma && comma.span.begin == span.end &&
      Peek(1).span.begin == comma.span.end && BeginsWithDigit(Word(1))) {
    std::size_t digits = 0;
    while (digits < Word(1).size() && Digit(Word(1)[digits])) ++digits;
    Fail(DiagnosticCode::kNumber, Cover(span, Peek(1).span),
         "a number is written with a point, not with a comma",
         fmt::format("Write \"{}.{}\".", word, Word(1).substr(0, digits)));
    return std::nullopt;
  }
  const auto number = base::Decimal::Parse(word);
  if (!number) {
    Fail(DiagnosticCode::kNumber, span, "this number has more digits than any measurement",
         fmt::format("At most {} digits count.", base::Decimal::kDigitsMax));
  }
  return number;
}

std::optional<std::int32_t> Cursor::Whole(std::string_view what) {
  const Span span = here();
  const auto number = Number(what);
  if (!number) return std::nullopt;
  if (number->scale() != 0 || number->coefficient() < 0 || number->coefficient() > kAmountMax) {
    Fail(DiagnosticCode::kNumber, span,
         fmt::format("here only a whole number from 0 to {} can stand", kAmountMax));
    return std::nullopt;
  }
  return static_cast<std::int32_t>(number->coefficient());
}

std::optional<base::TimeUnit> Cursor::UnitOfTime() {
  std::string_view word = Word();
  if (!IsTimeUnit(word)) {
    if (At(TokenKind::kWord) && !base::DidYouMean(word, kTimeUnits).empty()) {
      UnknownWord(here(), kTimeUnits, "");
    } else {
      Expected("a unit of time",
               "Units of time are seconds, minutes, hours, days, weeks, months and years.");
    }
    return std::nullopt;
  }
  Take();
  if (word.back() == 's') word.remove_suffix(1);
  constexpr std::string_view kSingular[] = {"second", "minute", "hour", "day",
                                            "week",   "month",  "year"};
  for (std::size_t i = 0; i < std::size(kSingular); ++i) {
    if (kSingular[i] == word) return static_cast<base::TimeUnit>(i);
  }
  return std::nullopt;
}

std::optional<ast::Amount> Cursor::TimeAmount() {
  const Span begin = here();
  const auto amount = Whole("a number");
  if (!amount) return std::nullopt;
  const auto unit = UnitOfTime();
  if (!unit) return std::nullopt;
  return ast::Amount{{*amount, *unit}, From(begin)};
}

std::optional<base::TimeRange> Cursor::Date(std::string_view what) {
  const std::string_view word = Word();
  if (!BeginsWithDigit(word)) {
    Expected(what, "A date reads 2026, 2026-10, 2026-10-01 or 2026-10-01T09:30.");
    return std::nullopt;
  }
  const auto range = base::ParseTime(word);
  if (!range) {
    Fail(DiagnosticCode::kDate, here(), fmt::format("{} is not a date", Quoted(word)),
         "A date reads 2026, 2026-10, 2026-10-01 or 2026-10-01T09:30, and the day must exist.");
    return std::nullopt;
  }
  Take();
  return range;
}

std::optional<base::Instant> Cursor::ClockTime() {
  const std::string word(Word());
  const Span span = here();
  const auto range = Date("a date");
  if (!range) return std::nullopt;
  constexpr std::size_t kDateLength = 10;
  if (word.size() < kDateLength) {
    Fail(DiagnosticCode::kDate, span, "an example needs a whole date",
         "Write the day: 2026-10-01.");
    return std::nullopt;
  }
  if (word.size() > kDateLength) return range->lo;
  return base::FromLocal(base::LocalDate(range->lo), 12, 0, 0);
}

std::optional<std::string> Cursor::Unit() {
  const Token& token = Peek();
  const bool unit_like = token.kind == TokenKind::kWord || token.kind == TokenKind::kOpenBrace;
  if (!unit_like || AtStop() || token.first_on_line) return "";
  const std::string_view word = Word();
  if (word == "x" && !BeginsWithDigit(Word(1))) return "";
  if (IsTimeUnit(word)) {
    constexpr std::string_view kUcum[] = {"s", "min", "h", "d", "wk", "mo", "a"};
    return std::string(kUcum[static_cast<std::size_t>(*UnitOfTime())]);
  }
  if (IsKeyword(word) || In(kExampleWords, word)) return "";
  const Span span = UnitAt(source_, token.span.begin);
  const std::string unit(source_.text(span));
  const UnitProblem problem = CheckUnit(unit);
  if (!problem.reason.empty()) {
    // A slip in a keyword reads as a unit; and a unit of one letter is near to everything.
    const std::string_view keyword =
        unit.size() > 2 ? base::DidYouMean(unit, kTailWords) : std::string_view();
    if (!keyword.empty() && problem.did_you_mean.empty()) {
      UnknownWord(span, kTailWords, "");
    } else {
      Fail(DiagnosticCode::kUnitUnknown, span, fmt::format("{} is not a unit", Quoted(unit)),
           problem.did_you_mean.empty()
               ? fmt::format("{}", problem.reason)
               : fmt::format("Did you mean \"{}\"?", problem.did_you_mean));
    }
    return std::nullopt;
  }
  Take();
  SkipTo(span.end);
  return unit;
}

bool Cursor::Labels(ast::Label& label) {
  while ((AtWord("sv") || AtWord("en")) && At(TokenKind::kString, 1)) {
    const bool swedish = AtWord("sv");
    const Span language = Take().span;
    std::string& text = swedish ? label.sv : label.en;
    if (!text.empty()) {
      return Fail(DiagnosticCode::kTwice, language,
                  fmt::format("the text in {} is given twice", swedish ? "Swedish" : "English"));
    }
    text = *String("a text in quotes");
  }
  return true;
}

std::optional<ast::Name> Cursor::NameOfLine(std::span<const std::string_view> ends) {
  ast::Name name;
  name.span = here();
  if (At(TokenKind::kString) && SameLine()) {
    name.text = *String("a name");
    if (name.text.find_first_not_of(" \t") == std::string::npos) {
      Fail(DiagnosticCode::kName, name.span, "a name cannot be empty");
      return std::nullopt;
    }
    return name;
  }
  while (At(TokenKind::kWord) && SameLine()) {
    if ((AtWord("sv") || AtWord("en")) && At(TokenKind::kString, 1)) break;
    if (AtAnyWord(ends)) break;
    if (!name.text.empty()) name.text += ' ';
    name.text += source_.text(Take().span);
  }
  if (name.text.empty()) {
    if (!At(TokenKind::kBad)) {
      const Span span = SameLine() ? here() : last_;
      Fail(DiagnosticCode::kName, span,
           SameLine() ? "here a name should stand" : "a name is missing here",
           "A name stands on the line of its keyword.");
    } else {
      failed_ = true;
    }
    return std::nullopt;
  }
  name.span = From(name.span);
  return name;
}

bool Cursor::ExpectWord(std::string_view word) {
  if (TakeWord(word)) return true;
  const std::string_view here_word = Word();
  const std::string_view candidates[] = {word};
  if (!here_word.empty() && !IsKeyword(here_word) &&
      !base::DidYouMean(here_word, candidates).empty()) {
    return UnknownWord(here(), candidates, "");
  }
  return Expected(fmt::format("\"{}\"", word));
}

bool Cursor::Expect(TokenKind kind, std::string_view what) { return Take(kind) || Expected(what); }

bool Cursor::Close(TokenKind kind, Span open) {
  if (Take(kind)) return true;
  if (AtStop()) return Unclosed(kind == TokenKind::kCloseBrace, open);
  return CheckNothingLeft(kTailWords);
}

// Told at the opening where that stands on the same line, else where the closing one should be: in
// a long block the slip is there.
bool Cursor::Unclosed(bool brace, Span open) {
  const DiagnosticCode code =
      brace ? DiagnosticCode::kUnclosedBrace : DiagnosticCode::kUnclosedBracket;
  const std::string_view what = brace ? "brace" : "bracket";
  const std::string_view sign = brace ? "}" : ")";
  const int line = source_.LineOf(open.begin);
  if (line == source_.LineOf(last_.begin)) {
    return Fail(code, open, fmt::format("this {} is never closed", what),
                fmt::format("A \"{}\" is missing before the next declaration.", sign));
  }
  return Fail(code, last_, fmt::format("after this, a \"{}\" is missing", sign),
              fmt::format("It closes the {} of line {}.", what, line));
}

bool Cursor::Fail(DiagnosticCode code, Span span, std::string message, std::string hint) {
  if (!failed_) reporter_.Report(code, span, std::move(message), std::move(hint));
  failed_ = true;
  return false;
}

void Cursor::Warn(DiagnosticCode code, Span span, std::string message, std::string hint) {
  if (!failed_) reporter_.Report(code, span, std::move(message), std::move(hint));
}

bool Cursor::Expected(std::string_view what, std::string hint) {
  if (At(TokenKind::kBad)) {
    failed_ = true;  // the lexer has said it
    return false;
  }
  if (AtStop()) {
    return Fail(DiagnosticCode::kUnexpected, last_, fmt::format("after this, {} is missing", what),
                std::move(hint));
  }
  return Fail(DiagnosticCode::kUnexpected, here(),
              fmt::format("here {} should stand, not {}", what, Quoted(source_.text(here()))),
              std::move(hint));
}

bool Cursor::NotYet(Span span, std::string_view what) {
  return Fail(DiagnosticCode::kNotYet, span,
              fmt::format("not yet: {} comes with a later version", what),
              "The words are kept for it. Until then an \"ask\" can take its place.");
}

bool Cursor::UnknownWord(Span span, std::span<const std::string_view> candidates,
                         std::string otherwise) {
  const std::string_view word = source_.text(span);
  const std::string folded = base::Fold(word);
  std::string hint = DidYouMeanHint(word, candidates);
  if (In(candidates, folded) && folded != word)
    hint = fmt::format("Write it in small letters: \"{}\".", folded);
  return Fail(DiagnosticCode::kUnknownWord, span,
              fmt::format("{} means nothing here", Quoted(word)),
              hint.empty() ? std::move(otherwise) : hint);
}

bool Cursor::CheckNothingLeft(std::span<const std::string_view> candidates) {
  if (failed_) return false;
  if (AtStop()) return true;
  const Token& token = Peek();
  const std::string_view text = source_.text(token.span);
  // A line that begins with a misspelt keyword is a declaration of its own.
  if (AtMisspeltDeclaration()) return true;
  switch (token.kind) {
    case TokenKind::kBad:
      failed_ = true;
      return false;
    case TokenKind::kCloseBracket:
    case TokenKind::kCloseBrace:
      return Fail(DiagnosticCode::kUnexpected, token.span,
                  fmt::format("this {} closes nothing", Quoted(text)));
    case TokenKind::kWord:
      if (IsDeclarationWord(text)) {
        return Fail(DiagnosticCode::kUnexpected, token.span,
                    fmt::format("{} cannot stand here", Quoted(text)),
                    "A declaration begins on a line of its own.");
      }
      if (text == "else") {
        return Fail(DiagnosticCode::kUnexpected, token.span, "\"else\" cannot stand here",
                    "It stands last in a criterion or in a bracket: (latest observation \"x\" >= 5 "
                    "else no) and ...");
      }
      if (IsKeyword(text) || BeginsWithDigit(text)) break;
      return UnknownWord(token.span, candidates, "");
    default:
      break;
  }
  return Fail(DiagnosticCode::kUnexpected, token.span,
              fmt::format("{} cannot stand here", Quoted(text)));
}

void Cursor::Recover() {
  do {
    if (!At(TokenKind::kEnd) && !AtDeclaration()) Take();
  } while (!AtStop() && !AtMisspeltDeclaration());
  failed_ = false;
}

}  // namespace medverka::criteria::internal
