// Tests and times: what stands after the sets of a query.
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/expression_parser.h"
#include "criteria/limits.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

constexpr std::string_view kEventNotYet = "a time counted from an event";

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

bool IsOp(TokenKind kind) { return kind >= TokenKind::kLess && kind <= TokenKind::kEqual; }

bool IsYear(std::string_view word) { return word.size() == 4 && IsNumber(word); }

}  // namespace

// ---- tests

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
  if (IsTimeUnit(c_.Word(4)) &&
      (c_.AtWord("ago", 5) || c_.AtWord("before", 5) || c_.AtWord("after", 5)))
    return true;
  return dates_possible && IsYear(low) && !IsTimeUnit(c_.Word(4));
}

std::optional<ast::Test> ExpressionParser::ParseTest() {
  ast::Test test;
  test.span = c_.here();
  bool good = false;
  if (c_.AtWord("between")) {
    good = Between(test);
  } else if (c_.AtWord("in") || c_.AtWord("is")) {
    good = Labels(test);
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
  if (label) return c_.NotYet(c_.here(), "a comparison with a level of a scale");
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

// in { II, III }, is positive, is "current smoker"
bool ExpressionParser::Labels(ast::Test& test) {
  const auto word = [&](std::string_view what) -> bool {
    ast::Word out;
    out.span = c_.here();
    out.quoted = c_.At(TokenKind::kString);
    if (out.quoted) {
      out.text = *c_.String(what);
    } else if (c_.At(TokenKind::kWord) && !c_.AtStop()) {
      out.text = std::string(c_.source().text(c_.Take().span));
    } else {
      return c_.Expected(what);
    }
    test.words.push_back(std::move(out));
    return true;
  };
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
    return word("a word, or a text in quotes");
  }
  c_.Take();
  const Span open = c_.Take().span;
  test.kind = ValueTest::Kind::kIn;
  do {
    if (!word("a word, or a text in quotes")) return false;
  } while (c_.Take(TokenKind::kComma));
  if (c_.AtStop()) return c_.Close(TokenKind::kCloseBrace, open);
  return c_.Expect(TokenKind::kCloseBrace, "a comma or \"}\"");
}

// ---- times

bool ExpressionParser::AtTime(bool dates_possible) const {
  constexpr std::string_view kWords[] = {"starting", "ending",  "ongoing",    "recorded", "within",
                                         "since",    "before",  "after",      "on",       "from",
                                         "during",   "outside", "overlapping"};
  if (c_.AtStop()) return false;
  if (c_.AtAnyWord(kWords)) return true;
  if (c_.AtWord("at")) return c_.AtWord("least", 1) || c_.AtWord("most", 1);
  return c_.AtWord("between") && AtBetweenTime(dates_possible);
}

std::optional<ast::Time> ExpressionParser::ParseTime() {
  struct SideWord {
    std::string_view word;
    Side side;
  };
  constexpr SideWord kSides[] = {{"starting", Side::kStarting},
                                 {"ending", Side::kEnding},
                                 {"ongoing", Side::kOngoing},
                                 {"recorded", Side::kRecorded}};
  ast::Time time;
  time.span = c_.here();
  for (const SideWord& side : kSides) {
    if (!c_.TakeWord(side.word)) continue;
    time.side = side.side;
    constexpr std::string_view kSideWords[] = {"starting", "ending", "ongoing", "recorded"};
    if (!AtTime(true) || c_.AtAnyWord(kSideWords)) {
      const std::string_view word = side.word;
      if (c_.At(TokenKind::kWord) && !c_.AtStop() && !IsKeyword(c_.Word()) &&
          !BeginsWithDigit(c_.Word())) {
        c_.UnknownWord(
            c_.here(), TailWords(),
            fmt::format("After \"{}\" a window follows: {} within last 6 months.", word, word));
      } else if (c_.At(TokenKind::kBad)) {
        c_.Expected("a window");
      } else {
        c_.Fail(DiagnosticCode::kSideWithoutWindow, time.span,
                fmt::format("\"{}\" needs a window of time after it", word),
                side.side == Side::kOngoing
                    ? "Write \"current\" for now, or for example: ongoing within last 14 days."
                    : fmt::format("Write for example: {} within last 6 months.", word));
      }
      return std::nullopt;
    }
    break;
  }
  time.when_span = c_.here();
  if (!When(time)) return std::nullopt;
  time.when_span = c_.From(time.when_span);
  time.span = c_.From(time.span);
  return time;
}

bool ExpressionParser::When(ast::Time& time) {
  const Span begin = c_.here();
  if (c_.AtWord("during") || c_.AtWord("outside") || c_.AtWord("overlapping")) {
    return c_.NotYet(begin, fmt::format("\"{} ...\"", c_.Word()));
  }
  if (c_.AtWord("within")) return Within(time);
  if (c_.AtWord("at")) return Ago(time);
  if (c_.AtWord("between")) return BetweenTimes(time);
  if (c_.AtWord("from")) return FromTo(time);
  if (c_.TakeWord("since")) {
    time.shape = ast::Time::Shape::kSince;
  } else if (c_.TakeWord("before")) {
    time.shape = ast::Time::Shape::kBefore;
  } else if (c_.TakeWord("after")) {
    time.shape = ast::Time::Shape::kAfter;
  } else {
    c_.Take();  // on
    if (c_.AtWord("same")) return c_.NotYet(Cover(begin, c_.here()), "\"on same day as\"");
    if (c_.AtWord("at"))
      return c_.NotYet(Cover(begin, c_.here()), "\"on at least ... different days\"");
    if (BeginsWithDigit(c_.Word())) {
      return c_.Fail(DiagnosticCode::kUnexpected, begin, "a single day is written as a window",
                     fmt::format("Write \"between {} and {}\", or \"on or after {}\".", c_.Word(),
                                 c_.Word(), c_.Word()));
    }
    if (!c_.ExpectWord("or")) return false;
    if (c_.TakeWord("before")) {
      time.shape = ast::Time::Shape::kOnOrBefore;
    } else if (c_.ExpectWord("after")) {
      time.shape = ast::Time::Shape::kSince;
    } else {
      return false;
    }
  }
  const auto point = ParsePoint();
  if (!point) return false;
  if (point->type == ast::Point::Type::kNow)
    return c_.Fail(DiagnosticCode::kUnexpected, point->span, "\"now\" has no place here");
  time.from = time.to = *point;
  return true;
}

bool ExpressionParser::Within(ast::Time& time) {
  const Span begin = c_.Take().span;
  if (c_.AtWord("next")) return c_.NotYet(Cover(begin, c_.here()), "\"within next\"");
  if (c_.AtWord("any")) return c_.NotYet(Cover(begin, c_.here()), "\"within any\"");
  const bool last = c_.TakeWord("last");
  if (!last && c_.At(TokenKind::kWord) && !BeginsWithDigit(c_.Word())) return c_.ExpectWord("last");
  const auto amount = c_.TimeAmount();
  if (!amount) return false;
  if (!last) {
    if (c_.AtWord("after") || c_.AtWord("before") || c_.AtWord("of"))
      return c_.NotYet(c_.From(begin), kEventNotYet);
    return c_.Fail(DiagnosticCode::kUnexpected, c_.From(begin),
                   "it is not said which way this window reaches",
                   fmt::format("Write \"within last {}\".", c_.source().text(amount->span)));
  }
  time.shape = ast::Time::Shape::kWithinLast;
  time.far = *amount;
  return true;
}

bool ExpressionParser::Ago(ast::Time& time) {
  const Span begin = c_.Take().span;
  const bool least = c_.TakeWord("least");
  if (!least && !c_.ExpectWord("most")) return false;
  const auto amount = c_.TimeAmount();
  if (!amount) return false;
  if (c_.AtWord("apart")) return c_.NotYet(c_.From(begin), "\"at least ... apart\"");
  if (c_.AtWord("before") || c_.AtWord("after")) return c_.NotYet(c_.From(begin), kEventNotYet);
  if (!c_.ExpectWord("ago")) return false;
  time.shape = least ? ast::Time::Shape::kAtLeastAgo : ast::Time::Shape::kWithinLast;
  (least ? time.near : time.far) = *amount;
  return true;
}

bool ExpressionParser::BetweenTimes(ast::Time& time) {
  const Span begin = c_.Take().span;
  const bool ago = IsNumber(c_.Word()) && IsTimeUnit(c_.Word(3));
  if (!ago) {
    const auto from = ParsePoint();
    if (!from || !c_.ExpectWord("and")) return false;
    const auto to = ParsePoint();
    if (!to) return false;
    time.shape = ast::Time::Shape::kBetweenDates;
    time.from = *from;
    time.to = *to;
    if (from->type == ast::Point::Type::kNow)
      return c_.Fail(DiagnosticCode::kUnexpected, from->span, "\"now\" has no place here");
  } else {
    const auto near = c_.Whole("a number");
    if (!near || !c_.ExpectWord("and")) return false;
    const auto far = c_.TimeAmount();
    if (!far) return false;
    if (c_.AtWord("before") || c_.AtWord("after")) return c_.NotYet(c_.From(begin), kEventNotYet);
    if (!c_.ExpectWord("ago")) return false;
    time.shape = ast::Time::Shape::kBetweenAgo;
    time.near = {{*near, far->period.unit}, c_.From(begin)};
    time.far = *far;
    if (*near > far->period.amount) {
      return c_.Fail(DiagnosticCode::kUpsideDown, c_.From(begin),
                     fmt::format("{} is upside down", Quoted(c_.source().text(c_.From(begin)))),
                     "The lower number stands first.");
    }
    return true;
  }
  if (time.to.type == ast::Point::Type::kDate && time.to.date.hi < time.from.date.lo) {
    return c_.Fail(DiagnosticCode::kUpsideDown, c_.From(begin),
                   fmt::format("{} is upside down", Quoted(c_.source().text(c_.From(begin)))),
                   "The earlier date stands first.");
  }
  return true;
}

bool ExpressionParser::FromTo(ast::Time& time) {
  const Span begin = c_.Take().span;
  if (IsNumber(c_.Word()) && IsTimeUnit(c_.Word(1))) return c_.NotYet(begin, kEventNotYet);
  const auto from = ParsePoint();
  if (!from) return false;
  if (from->type == ast::Point::Type::kNow)
    return c_.Fail(DiagnosticCode::kUnexpected, from->span, "\"now\" has no place here");
  if (!c_.ExpectWord("to")) return false;
  const auto to = ParsePoint();
  if (!to) return false;
  time.shape = ast::Time::Shape::kBetweenDates;
  time.from = *from;
  time.to = *to;
  if (to->type == ast::Point::Type::kDate && to->date.hi < from->date.lo) {
    return c_.Fail(DiagnosticCode::kUpsideDown, c_.From(begin),
                   fmt::format("{} is upside down", Quoted(c_.source().text(c_.From(begin)))),
                   "The earlier date stands first.");
  }
  return true;
}

std::optional<ast::Point> ExpressionParser::ParsePoint() {
  ast::Point point;
  point.span = c_.here();
  if (c_.TakeWord("now")) {
    point.type = ast::Point::Type::kNow;
    return point;
  }
  const bool event = !c_.AtStop() && (c_.At(TokenKind::kString) || c_.At(TokenKind::kOpenBracket) ||
                                      (c_.At(TokenKind::kWord) && !BeginsWithDigit(c_.Word())));
  if (event) {
    c_.NotYet(point.span, kEventNotYet);
    return std::nullopt;
  }
  const auto date = c_.Date("a date");
  if (!date) return std::nullopt;
  point.date = *date;
  return point;
}

}  // namespace medverka::criteria::internal
