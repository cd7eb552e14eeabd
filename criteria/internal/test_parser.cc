// Tests of a value: comparisons, ranges, words, levels.
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/expression_parser.h"
#include "criteria/limits.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

bool IsYear(std::string_view word) { return word.size() == 4 && IsNumber(word); }

}  // namespace

CompareOp OpOf(TokenKind kind) {
  switch (kind) {
    case TokenKind::kLess:
      return CompareOp::kLess;
    case TokenKind::kLessEqual:
      return CompareOp::kLessEqual;
    case TokenKind::kGreater:
      return CompareOp::kGreater;
    case TokenKind::kEqual:
      return CompareOp::kEqual;
    default:
      return CompareOp::kGreaterEqual;
  }
}

bool ExpressionParser::AtTest(bool dates_possible) const {
  if (c_.AtStop()) return false;
  if (IsOp(c_.Peek().kind) || c_.AtWord("is") || c_.AtWord("above")) return true;
  if (c_.AtWord("below")) return true;
  if (c_.AtWord("in")) return c_.At(TokenKind::kOpenBrace, 1);
  return c_.AtWord("between") && !AtBetweenTime(dates_possible);
}

// `between 3 and 12 months ago`, `between 2020-01 and 2021-06`, `between e1 and e2`; not `between 2
// and 5 mmol/L`.
bool ExpressionParser::AtBetweenTime(bool dates_possible) const {
  const std::string_view low = c_.Word(1);
  if (!BeginsWithDigit(low) && !IsNumber(low)) return true;
  if (LooksLikeDate(low)) return true;
  if (c_.AtWord("and", 2) && !IsNumber(c_.Word(3))) return true;
  if (IsTimeUnit(c_.Word(4)) &&
      (c_.AtWord("ago", 5) || c_.AtWord("before", 5) || c_.AtWord("after", 5)))
    return true;
  const bool unit = c_.At(TokenKind::kWord, 4) && !IsKeyword(c_.Word(4));
  return dates_possible && IsYear(low) && !IsTimeUnit(c_.Word(4)) && !unit;
}

std::optional<ast::Test> ExpressionParser::ParseTest() {
  ast::Test test;
  test.span = c_.here();
  bool good = false;
  if (c_.AtWord("between")) {
    good = Between(test);
  } else if (c_.AtWord("in") || c_.AtWord("is")) {
    good = Words(test);
  } else if (c_.AtWord("above") || c_.AtWord("below")) {
    test.kind = ValueTest::Kind::kOutsideRange;
    test.upper = c_.AtWord("above");
    c_.Take();
    good = c_.ExpectWord(test.upper ? "upper" : "lower") && c_.ExpectWord("limit");
  } else {
    good = Comparison(test);
  }
  if (!good) return std::nullopt;
  test.span = c_.From(test.span);
  return test;
}

std::optional<ast::Quantity> ExpressionParser::ParseQuantity() {
  ast::Quantity quantity;
  quantity.number_span = c_.here();
  const auto number = c_.Number("a number");
  if (!number) return std::nullopt;
  quantity.number = *number;
  quantity.unit_span = c_.here();
  const auto unit = c_.Unit();
  if (!unit) return std::nullopt;
  quantity.unit = *unit;
  quantity.unit_span = unit->empty() ? quantity.number_span : c_.From(quantity.unit_span);
  return quantity;
}

bool ExpressionParser::Comparison(ast::Test& test) {
  test.op = OpOf(c_.Take().kind);
  if (c_.AtWord("upper") || c_.AtWord("lower")) {
    const bool upper = c_.AtWord("upper");
    return c_.Fail(DiagnosticCode::kUnexpected, c_.From(test.span),
                   "a limit of the laboratory needs its factor here",
                   fmt::format("Write \"{} limit\", or with a factor: {} 2 x {} limit.",
                               upper ? "above upper" : "below lower", c_.source().text(test.span),
                               upper ? "upper" : "lower"));
  }
  const bool label = (c_.At(TokenKind::kWord) || c_.At(TokenKind::kString)) && !c_.AtStop() &&
                     !BeginsWithDigit(c_.Word()) && !IsNumber(c_.Word()) && !IsKeyword(c_.Word());
  if (label) {
    auto level = WordOrText("a level of a scale");
    if (!level) return false;
    test.kind = ValueTest::Kind::kCompareLevel;
    test.words.push_back(std::move(*level));
    return true;
  }
  if (c_.At(TokenKind::kWord) && !c_.AtStop() && IsKeyword(c_.Word())) {
    return c_.Expected(
        "a number or a level of a scale",
        fmt::format("A level that is a word of the language stands in quotes: \"{}\".", c_.Word()));
  }
  const auto limit = ParseQuantity();
  if (!limit) return false;
  test.limit = *limit;
  if (limit->unit.empty() && c_.AtWord("x")) {
    c_.Take();
    if (!c_.AtWord("upper") && !c_.AtWord("lower"))
      return c_.Expected("\"upper limit\" or \"lower limit\"");
    test.kind = ValueTest::Kind::kCompareRange;
    test.upper = c_.AtWord("upper");
    c_.Take();
    return c_.ExpectWord("limit");
  }
  if (c_.AtWord("in") && (c_.AtWord("men", 1) || c_.AtWord("women", 1))) return BySex(test);
  return true;
}

// `>= 102 cm in men, 88 cm in women`, in either order.
bool ExpressionParser::BySex(ast::Test& test) {
  test.kind = ValueTest::Kind::kCompareBySex;
  c_.Take();
  const bool men_first = c_.AtWord("men");
  c_.Take();
  if (!c_.Expect(TokenKind::kComma,
                 fmt::format("a comma and the limit in {}", men_first ? "women" : "men")))
    return false;
  if (IsOp(c_.Peek().kind)) {
    return c_.Fail(DiagnosticCode::kUnexpected, c_.here(),
                   "the comparison is said once, before both limits",
                   "Write for example: >= 102 cm in men, 88 cm in women.");
  }
  const auto limit = ParseQuantity();
  if (!limit || !c_.ExpectWord("in") || !c_.ExpectWord(men_first ? "women" : "men")) return false;
  test.limit2 = *limit;
  if (!men_first) std::swap(test.limit, test.limit2);
  return true;
}

bool ExpressionParser::Between(ast::Test& test) {
  const Span begin = c_.Take().span;
  test.kind = ValueTest::Kind::kBetween;
  const auto low = ParseQuantity();
  if (!low || !c_.ExpectWord("and")) return false;
  const auto high = ParseQuantity();
  if (!high) return false;
  test.limit = *low;
  test.limit2 = *high;
  if (test.limit.unit.empty()) test.limit.unit = high->unit;
  if (test.limit.unit == test.limit2.unit && test.limit2.number < test.limit.number) {
    return c_.Fail(DiagnosticCode::kUpsideDown, c_.From(begin),
                   fmt::format("{} is upside down", Quoted(c_.source().text(c_.From(begin)))),
                   "The lower number stands first.");
  }
  return true;
}

// II, "current smoker"
std::optional<ast::Word> ExpressionParser::WordOrText(std::string_view what) {
  ast::Word out;
  out.span = c_.here();
  out.quoted = c_.At(TokenKind::kString) && !c_.AtStop();
  if (out.quoted) {
    out.text = *c_.String(what);
  } else if (c_.At(TokenKind::kWord) && !c_.AtStop()) {
    out.text = std::string(c_.source().text(c_.Take().span));
  } else {
    c_.Expected(what);
    return std::nullopt;
  }
  return out;
}

// in { II, III }, is positive, is "current smoker"
bool ExpressionParser::Words(ast::Test& test) {
  constexpr std::string_view kWhat = "a word, or a text in quotes";
  if (c_.TakeWord("is")) {
    if (c_.AtWord("positive") || c_.AtWord("negative")) {
      test.kind = c_.AtWord("positive") ? ValueTest::Kind::kPositive : ValueTest::Kind::kNegative;
      c_.Take();
      return true;
    }
    test.kind = ValueTest::Kind::kIs;
    if (c_.AtWord("above") || c_.AtWord("below") || c_.AtWord("between") || IsOp(c_.Peek().kind)) {
      return c_.Fail(DiagnosticCode::kUnexpected, c_.last(),
                     "\"is\" has no place before a comparison", "Leave it out.");
    }
    auto word = WordOrText(kWhat);
    if (word) test.words.push_back(std::move(*word));
    return word.has_value();
  }
  c_.Take();
  const Span open = c_.Take().span;
  test.kind = ValueTest::Kind::kIn;
  do {
    auto word = WordOrText(kWhat);
    if (!word) return false;
    test.words.push_back(std::move(*word));
  } while (c_.Take(TokenKind::kComma));
  if (c_.AtStop()) return c_.Close(TokenKind::kCloseBrace, open);
  return c_.Expect(TokenKind::kCloseBrace, "a comma or \"}\"");
}

}  // namespace medverka::criteria::internal
