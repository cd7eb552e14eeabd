// Logic, names and `else`; the other terms stand in files of their own, see expression_parser.h.
#include "criteria/internal/expression_parser.h"

#include <algorithm>

#include "criteria/diagnostic_codes.h"
#include "criteria/limits.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

// Words that are kept for later, and what to call it.
struct Later {
  std::string_view word;
  std::string_view next;  // "" for any
  std::string_view what;
};
constexpr Later kLaterTerms[] = {
    {"planned", "", "\"planned\""},
    {"journal", "covers", "\"journal covers\""},
    {"sick", "leave", "\"sick leave\""},
    {"pregnancy", "", "\"pregnancy\" as a period"},
    {"lines", "of", "\"lines of treatment\""},
    {"alteration", "", "\"alteration\" (a change of any kind)"},
    {"alterations", "", "\"alteration\" (a change of any kind)"},
};

constexpr std::string_view kFollowsName[] = {"and",       "or",   "else",  "because", "then",
                                             "otherwise", "must", "valid", "if"};

}  // namespace

ast::ExprPtr ExpressionParser::Whole() {
  ast::ExprPtr expr = Expression();
  if (!expr || !Else(*expr)) return nullptr;
  return expr;
}

ast::ExprPtr ExpressionParser::Expression() {
  if (!Deeper(c_.here())) return nullptr;
  ast::ExprPtr expr = c_.AtWord("if") ? If() : Chain();
  --depth_;
  return expr;
}

// Brackets, `not`s, events and `where` within one another. The caller takes the level back.
bool ExpressionParser::Deeper(Span span) {
  if (++depth_ <= kExpressionDepthMax) return true;
  --depth_;
  return c_.Fail(DiagnosticCode::kTooDeep, span,
                 fmt::format("brackets stand more than {} deep here", kExpressionDepthMax),
                 "Give the inner parts names of their own with \"define\".");
}

// `if` stands alone or in brackets.
ast::ExprPtr ExpressionParser::If() {
  const Span begin = c_.Take().span;
  auto expr = MakeTerm(ast::Logic{ast::Logic::Type::kIf, 0, {}}, begin);
  for (const std::string_view next : {"then", "otherwise", ""}) {
    ast::ExprPtr part = Chain();
    if (!part) return nullptr;
    expr->children.push_back(std::move(part));
    if (next == "then" && !c_.ExpectWord(next)) return nullptr;
    if (next == "otherwise" && !c_.TakeWord(next)) break;
  }
  expr->span = c_.From(begin);
  return expr;
}

ast::ExprPtr ExpressionParser::Chain() {
  const Span begin = c_.here();
  ast::ExprPtr first = Term();
  if (!first || !(c_.AtWord("and") || c_.AtWord("or"))) return first;
  const std::string op(c_.Word());
  auto chain = MakeTerm(
      ast::Logic{op == "and" ? ast::Logic::Type::kAnd : ast::Logic::Type::kOr, 0, {}}, begin);
  chain->children.push_back(std::move(first));
  while (c_.AtWord("and") || c_.AtWord("or")) {
    if (!c_.AtWord(op)) {
      c_.Fail(DiagnosticCode::kAndOrMixed, c_.here(),
              "\"and\" and \"or\" stand side by side here, and that can be read in two ways",
              "Put brackets around what belongs together: (a and b) or c, or a and (b or c).");
      return nullptr;
    }
    c_.Take();
    ast::ExprPtr term = Term();
    if (!term) return nullptr;
    chain->children.push_back(std::move(term));
  }
  chain->span = c_.From(begin);
  return chain;
}

ast::ExprPtr ExpressionParser::NotTerm() {
  const Span begin = c_.Take().span;
  if (c_.AtWord("done") || c_.AtWord("reported")) {
    c_.NotYet(begin, fmt::format("\"not {}\"", c_.Word()));
    return nullptr;
  }
  if (!Deeper(begin)) return nullptr;
  auto expr = MakeTerm(ast::Logic{ast::Logic::Type::kNot, 0, {}}, begin);
  ast::ExprPtr term = Term();
  --depth_;
  if (!term) return nullptr;
  expr->children.push_back(std::move(term));
  expr->span = c_.From(begin);
  return expr;
}

ast::ExprPtr ExpressionParser::Bracket() {
  const Span open = c_.Take().span;
  auto expr = MakeTerm(ast::Logic{ast::Logic::Type::kBracket, 0, {}}, open);
  ast::ExprPtr inner = Whole();
  if (!inner || !c_.Close(TokenKind::kCloseBracket, open)) return nullptr;
  expr->children.push_back(std::move(inner));
  expr->span = c_.From(open);
  if (!Times(*expr)) return nullptr;
  return expr;
}

// any of, at least 2 of. A count goes with a kind just as well: at least 2 conditions.
bool ExpressionParser::AtList() const {
  if (c_.AtWord("any")) return c_.AtWord("of", 1);
  if (c_.AtWord("all") || c_.AtWord("none")) return true;
  if (c_.AtWord("exactly")) return c_.AtWord("of", 2);
  return c_.AtWord("at") && c_.AtWord("of", 3);
}

ast::ExprPtr ExpressionParser::List() {
  const Span begin = c_.here();
  using Type = ast::Logic::Type;
  ast::Logic logic;
  const std::string word(c_.source().text(c_.Take().span));
  logic.type = word == "any" ? Type::kAnyOf : word == "all" ? Type::kAllOf : Type::kNoneOf;
  if (word == "exactly" || word == "at") {
    const bool least = word == "at" && c_.TakeWord("least");
    if (word == "at" && !least && !c_.ExpectWord("most")) return nullptr;
    logic.type = word == "exactly" ? Type::kExactlyOf : least ? Type::kAtLeastOf : Type::kAtMostOf;
    logic.count_span = c_.here();
    const auto count = c_.Whole("a number");
    if (!count) return nullptr;
    logic.count = *count;
  }
  if (!c_.TakeWord("of")) {
    c_.Expected("\"of\"", "A list reads: all of (a; b).");
    return nullptr;
  }
  auto expr = MakeTerm(logic, begin);
  const Span open = c_.here();
  if (!c_.Expect(TokenKind::kOpenBracket, "a list in brackets: (a; b)")) return nullptr;
  do {
    ast::ExprPtr item = Whole();
    if (!item) return nullptr;
    expr->children.push_back(std::move(item));
    if (c_.At(TokenKind::kComma)) {
      c_.Fail(DiagnosticCode::kUnexpected, c_.here(),
              "the parts of a list are parted by semicolons", "Write \";\" instead of \",\".");
      return nullptr;
    }
  } while (c_.Take(TokenKind::kSemicolon));
  if (!c_.Close(TokenKind::kCloseBracket, open)) return nullptr;
  expr->span = c_.From(begin);
  if (!Times(*expr)) return nullptr;
  return expr;
}

ast::ExprPtr ExpressionParser::Term() {
  if (c_.AtStop() || c_.At(TokenKind::kBad)) {
    c_.Expected("a criterion in words");
    return nullptr;
  }
  if (c_.AtWord("not")) return NotTerm();
  if (c_.At(TokenKind::kOpenBracket)) return Bracket();
  if (LaterTerm()) return nullptr;
  if (AtList()) return List();
  if (AtVariant()) return Variant();
  struct TermRule {
    std::string_view word;
    ast::ExprPtr (ExpressionParser::*parse)();
  };
  static constexpr TermRule kRules[] = {
      {"age", &ExpressionParser::Age},          {"gestational", &ExpressionParser::Gestation},
      {"sex", &ExpressionParser::SexIs},        {"resident", &ExpressionParser::Resident},
      {"alive", &ExpressionParser::Alive},      {"answer", &ExpressionParser::Answer},
      {"egfr", &ExpressionParser::Score},       {"bmi", &ExpressionParser::Score},
      {"creatinine", &ExpressionParser::Score}, {"score", &ExpressionParser::Score},
      {"rise", &ExpressionParser::ChangeOf},    {"fall", &ExpressionParser::ChangeOf},
      {"text", &ExpressionParser::TextMatches}, {"reason", &ExpressionParser::ReasonOf},
  };
  for (const TermRule& rule : kRules) {
    if (c_.AtWord(rule.word)) return (this->*rule.parse)();
  }
  if (c_.AtWords({"at", "visit"}) || c_.AtWords({"at", "visits"})) return AtVisit();
  return AtFact() ? Fact() : Name();
}

ast::ExprPtr ExpressionParser::Alive() { return MakeTerm(ast::AliveTerm{}, c_.Take().span); }

ast::ExprPtr ExpressionParser::Answer() {
  const Span begin = c_.Take().span;
  ast::Name name;
  name.span = c_.here();
  if (c_.At(TokenKind::kString)) {
    name.text = *c_.String("a question");
  } else {
    // A name of several words goes on until a word that can follow it.
    while (c_.At(TokenKind::kWord) && c_.SameLine() && !c_.AtAnyWord(kFollowsName)) {
      if (!name.text.empty()) name.text += ' ';
      name.text += c_.source().text(c_.Take().span);
    }
  }
  if (name.text.empty()) {
    c_.Expected("the name of an \"ask\"");
    return nullptr;
  }
  name.span = c_.From(name.span);
  auto expr = MakeTerm(ast::AnswerTerm{std::move(name)}, begin);
  expr->span = c_.From(begin);
  return expr;
}

// A definition or an event; an event may have a test. `it` is the candidate of a `where`.
ast::ExprPtr ExpressionParser::Name() {
  const Span begin = c_.here();
  ast::NameTerm term;
  term.name.span = begin;
  if (c_.At(TokenKind::kString)) {
    term.name.text = *c_.String("a name");
  } else {
    if (!c_.At(TokenKind::kWord)) {
      c_.Expected("a criterion in words");
      return nullptr;
    }
    const std::string word(c_.source().text(begin));
    constexpr std::string_view kKinds =
        "A term begins with a kind (condition, observation, ...), with age, sex or the like, or is "
        "the name of a definition.";
    if (word == "if") {
      c_.Fail(DiagnosticCode::kUnexpected, begin, "\"if\" stands alone or in brackets",
              "Write: (if a then b) and ...");
      return nullptr;
    }
    if ((IsKeyword(word) && word != "it") || BeginsWithDigit(word)) {
      c_.Fail(DiagnosticCode::kUnexpected, begin,
              fmt::format("{} cannot begin a term", Quoted(word)), std::string(kKinds));
      return nullptr;
    }
    c_.Take();
    term.name.text = word;
    const bool ends = c_.AtStop() || c_.At(TokenKind::kCloseBracket) ||
                      c_.At(TokenKind::kCloseBrace) || c_.At(TokenKind::kSemicolon) ||
                      c_.AtAnyWord(kFollowsName) || c_.At(TokenKind::kBad) || IsOp(c_.Peek().kind);
    const bool slip = !ends && !base::DidYouMean(word, TermWords()).empty();
    // What stands on the next line is told there.
    if (slip || (!ends && c_.SameLine() && !AtTest(false) && !AtTime(true))) {
      c_.UnknownWord(begin, TermWords(), std::string(kKinds));
      return nullptr;
    }
  }
  if (!c_.AtStop() && AtTest(false)) {
    term.test = ParseTest();
    if (!term.test) return nullptr;
  } else if (!c_.AtStop() && AtTime(true)) {
    c_.Fail(DiagnosticCode::kTimeBindsNothing, c_.here(),
            "a time clause stands after a query or a bracket, not after a name",
            fmt::format("Put the name in brackets, ({}), and the clause goes to every query in it "
                        "that has none.",
                        c_.source().text(begin)));
    return nullptr;
  }
  auto expr = MakeTerm(std::move(term), begin);
  expr->span = c_.From(begin);
  return expr;
}

bool ExpressionParser::Else(ast::Expr& expr) {
  if (!c_.AtWord("else")) return true;
  ast::Else otherwise;
  otherwise.span = c_.Take().span;
  if (c_.AtStop()) return c_.Expected("\"no\", \"unknown\" or \"ask\"");
  if (c_.TakeWord("no")) {
    otherwise.type = ast::Else::Type::kNo;
  } else if (c_.TakeWord("unknown")) {
    otherwise.type = ast::Else::Type::kUnknown;
  } else if (c_.TakeWord("ask")) {
    otherwise.type = ast::Else::Type::kAsk;
    const auto question = c_.String("a question in quotes");
    if (!question || !c_.Labels(otherwise.question)) return false;
    if (otherwise.question.en.empty()) otherwise.question.en = *question;
  } else {
    return c_.Expected("\"no\", \"unknown\" or \"ask\"");
  }
  otherwise.span = c_.From(otherwise.span);
  expr.otherwise = std::move(otherwise);
  return true;
}

bool ExpressionParser::Times(ast::Expr& expr) {
  while (!c_.AtStop() && AtTime(true)) {
    auto time = ParseTime();
    if (!time) return false;
    expr.times.push_back(*time);
  }
  return true;
}

bool ExpressionParser::LaterTerm() {
  const std::size_t ahead = c_.AtWord("no") ? 1 : 0;
  for (const Later& later : kLaterTerms) {
    if (!c_.AtWord(later.word, ahead) || (!later.next.empty() && !c_.AtWord(later.next, ahead + 1)))
      continue;
    const Span first = c_.Peek(ahead).span;
    c_.NotYet(later.next.empty() ? first : Cover(first, c_.Peek(ahead + 1).span), later.what);
    return true;
  }
  return false;
}

}  // namespace medverka::criteria::internal
