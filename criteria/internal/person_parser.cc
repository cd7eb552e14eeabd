// Terms about the person: age, sex, residence, gestational age.
#include <algorithm>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/expression_parser.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {

bool ExpressionParser::AgeUnit(AgeTest& test) {
  if (!IsTimeUnit(c_.Word()) && (c_.AtStop() || IsKeyword(c_.Word()) || !c_.At(TokenKind::kWord))) {
    return c_.Fail(DiagnosticCode::kAgeUnit, c_.last(), "an age needs its unit",
                   "Write years, months, weeks or days.");
  }
  const auto unit = c_.UnitOfTime();
  if (!unit) return false;
  if (*unit < base::TimeUnit::kDay) {
    return c_.Fail(DiagnosticCode::kAgeUnit, c_.last(),
                   "an age is given in years, months, weeks or days");
  }
  test.unit = *unit;
  return true;
}

ast::ExprPtr ExpressionParser::Age() {
  const Span begin = c_.Take().span;
  ast::AgeTerm term;
  AgeTest& test = term.test;
  if (c_.TakeWord("at")) {
    term.at = ParsePoint();
    if (!term.at) return nullptr;
  }
  if (c_.TakeWord("between")) {
    const Span low = c_.here();
    const auto min = c_.Whole("a number");
    if (!min || !c_.ExpectWord("and")) return nullptr;
    const auto max = c_.Whole("a number");
    if (!max || !AgeUnit(test)) return nullptr;
    if (*min > *max) {
      c_.Fail(DiagnosticCode::kUpsideDown, c_.From(low),
              fmt::format("\"between {} and {}\" is upside down", *min, *max),
              fmt::format("Write \"between {} and {}\".", *max, *min));
      return nullptr;
    }
    test.min = min;
    test.max = max;
  } else {
    const TokenKind op = c_.Peek().kind;
    if (!IsOp(op)) {
      c_.Expected("a comparison such as >= 18 years, or \"between 18 and 80 years\"");
      return nullptr;
    }
    c_.Take();
    const auto number = c_.Whole("a number");
    if (!number || !AgeUnit(test)) return nullptr;
    const bool upward = op == TokenKind::kGreater || op == TokenKind::kGreaterEqual;
    if (upward || op == TokenKind::kEqual) test.min = number;
    if (!upward) test.max = number;
    test.min_strict = op == TokenKind::kGreater;
    test.max_strict = op == TokenKind::kLess;
  }
  auto expr = MakeTerm(std::move(term), begin);
  expr->span = c_.From(begin);
  return expr;
}

// `40+6`: weeks and days, in days.
std::optional<std::int32_t> ExpressionParser::GestationDays() {
  const std::string_view word = c_.Word();
  const auto digit = [&](std::size_t i) { return word[i] >= '0' && word[i] <= '9'; };
  constexpr std::size_t kLength = 4;
  if (word.size() != kLength || !digit(0) || !digit(1) || word[2] != '+' || !digit(3)) {
    c_.Expected("a gestational age such as 40+6",
                "It has two digits for the weeks and one for the days: 37+0.");
    return std::nullopt;
  }
  const std::int32_t days = word[3] - '0';
  constexpr std::int32_t kDaysPerWeek = 7;
  if (days >= kDaysPerWeek) {
    c_.Fail(DiagnosticCode::kNumber, c_.here(), "a week has the days 0 to 6",
            "37 weeks and 6 days is 37+6; the next day is 38+0.");
    return std::nullopt;
  }
  c_.Take();
  return ((word[0] - '0') * 10 + (word[1] - '0')) * kDaysPerWeek + days;
}

// gestational age between 40+6 and 41+1 weeks; gestational age at birth < 37+0 weeks
ast::ExprPtr ExpressionParser::Gestation() {
  const Span begin = c_.Take().span;
  ast::GestationTerm term;
  if (!c_.ExpectWord("age")) return nullptr;
  if (c_.TakeWord("at")) {
    if (c_.TakeWord("birth")) {
      term.test.at_birth = true;
    } else {
      term.at = Ev();
      if (!term.at) return nullptr;
    }
  }
  const Span test = c_.here();
  if (c_.TakeWord("between")) {
    term.test.min_days = GestationDays();
    if (!term.test.min_days || !c_.ExpectWord("and")) return nullptr;
    term.test.max_days = GestationDays();
    if (!term.test.max_days) return nullptr;
    if (*term.test.max_days < *term.test.min_days) {
      c_.Fail(DiagnosticCode::kUpsideDown, c_.From(test),
              fmt::format("{} is upside down", Quoted(c_.source().text(c_.From(test)))),
              "The lower age stands first.");
      return nullptr;
    }
  } else {
    const TokenKind op = c_.Peek().kind;
    if (!IsOp(op)) {
      c_.Expected("a comparison such as >= 37+0 weeks, or \"between 40+6 and 41+1 weeks\"");
      return nullptr;
    }
    c_.Take();
    const auto days = GestationDays();
    if (!days) return nullptr;
    const bool upward = op == TokenKind::kGreater || op == TokenKind::kGreaterEqual;
    if (upward || op == TokenKind::kEqual)
      term.test.min_days = *days + (op == TokenKind::kGreater ? 1 : 0);
    if (!upward) term.test.max_days = *days - (op == TokenKind::kLess ? 1 : 0);
  }
  if (!c_.ExpectWord("weeks")) return nullptr;
  auto expr = MakeTerm(std::move(term), begin);
  expr->span = c_.From(begin);
  return expr;
}

ast::ExprPtr ExpressionParser::SexIs() {
  const Span begin = c_.Take().span;
  if (!c_.ExpectWord("is")) return nullptr;
  constexpr std::string_view kSexes[] = {"female", "male"};
  if (!c_.AtAnyWord(kSexes)) {
    if (c_.At(TokenKind::kWord) && !c_.AtStop()) {
      c_.UnknownWord(c_.here(), kSexes, "Sex is female or male.");
    } else {
      c_.Expected("female or male");
    }
    return nullptr;
  }
  auto expr = MakeTerm(ast::SexTerm{c_.AtWord("female") ? Sex::kFemale : Sex::kMale}, begin);
  c_.Take();
  expr->span = c_.From(begin);
  return expr;
}

ast::ExprPtr ExpressionParser::Resident() {
  // The 21 regions by their county number, as the Tax Agency and the regions use them.
  constexpr std::string_view kRegions[] = {"01", "03", "04", "05", "06", "07", "08",
                                           "09", "10", "12", "13", "14", "17", "18",
                                           "19", "20", "21", "22", "23", "24", "25"};
  const Span begin = c_.Take().span;
  if (!c_.ExpectWord("in")) return nullptr;
  if (c_.AtWord("municipality")) {
    c_.NotYet(c_.here(), "\"municipality\"");
    return nullptr;
  }
  if (!c_.TakeWord("regions") && !c_.ExpectWord("region")) return nullptr;
  auto expr = MakeTerm(ast::ResidentTerm{}, begin);
  auto& regions = std::get<ast::ResidentTerm>(expr->payload).regions;
  do {
    if (!c_.AtAnyWord(kRegions)) {
      if (!BeginsWithDigit(c_.Word())) {
        c_.Expected("a region of two digits");
      } else {
        c_.Fail(DiagnosticCode::kUnknownWord, c_.here(),
                fmt::format("there is no region {}", Quoted(c_.Word())),
                c_.Word().size() == 1
                    ? fmt::format("A region has two digits: 0{}.", c_.Word())
                    : "A region is the two digits of its county, such as 01 for Stockholm.");
      }
      return nullptr;
    }
    regions.push_back(std::string(c_.source().text(c_.Take().span)));
  } while (c_.Take(TokenKind::kComma));
  std::sort(regions.begin(), regions.end());
  regions.erase(std::unique(regions.begin(), regions.end()), regions.end());
  expr->span = c_.From(begin);
  return expr;
}

}  // namespace medverka::criteria::internal
