// Events: what stands after the colon of `event`, and where a time is counted from one.
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/expression_parser.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

using Type = ast::EventTerm::Type;

constexpr std::string_view kForms =
    "An event is the name of one, a date has digits: op, \"index visit\", birth, current visit, "
    "start of op, first procedure \"x\", (latest visit class emergency).";

}  // namespace

// latest procedure "x", visit of op, start of stay, from 2025 to 2026, 12 months after index
ast::EventRef ExpressionParser::EventBody() {
  auto event = std::make_shared<ast::EventTerm>();
  event->span = c_.here();
  bool good = false;
  if (c_.AtWords({"visit", "of"}) || c_.AtWords({"start", "of"}) || c_.AtWords({"end", "of"})) {
    good = EvForm(*event);
  } else if (c_.TakeWord("from")) {
    event->type = Type::kPeriod;
    good = FromTo(event->from, event->to);
  } else if (IsNumber(c_.Word()) && IsTimeUnit(c_.Word(1))) {
    event->type = Type::kShifted;
    auto point = ShiftedPoint(false);
    good = point.has_value();
    if (good) {
      event->shift = *point->shift;
      event->before = point->before;
      event->of = std::move(point->event);
    }
  } else {
    good = Choice(*event);
  }
  if (!good) return nullptr;
  event->span = c_.From(event->span);
  return event;
}

ast::EventRef ExpressionParser::Ev() {
  auto event = std::make_shared<ast::EventTerm>();
  event->span = c_.here();
  if (!Deeper(event->span)) return nullptr;
  const bool good = EvForm(*event);
  --depth_;
  if (!good) return nullptr;
  event->span = c_.From(event->span);
  return event;
}

bool ExpressionParser::EvForm(ast::EventTerm& event) {
  if (c_.AtStop() || c_.At(TokenKind::kBad)) return c_.Expected("an event", std::string(kForms));
  const Span open = c_.here();
  if (c_.Take(TokenKind::kOpenBracket))
    return Choice(event) && c_.Close(TokenKind::kCloseBracket, open);
  if (c_.AtWord("it") || c_.AtWord("birth")) {
    event.type = c_.AtWord("it") ? Type::kIt : Type::kBirth;
    c_.Take();
    return true;
  }
  if (c_.TakeWord("current")) {
    event.type = Type::kCurrentVisit;
    return c_.ExpectWord("visit");
  }
  struct OfWord {
    std::string_view word;
    Type type;
  };
  constexpr OfWord kOf[] = {
      {"visit", Type::kVisitOf}, {"start", Type::kStartOf}, {"end", Type::kEndOf}};
  for (const OfWord& of : kOf) {
    if (!c_.TakeWord(of.word)) continue;
    event.type = of.type;
    if (!c_.ExpectWord("of")) return false;
    event.of = Ev();
    return event.of != nullptr;
  }
  if (c_.AtWord("any") || c_.AtWord("first") || c_.AtWord("latest")) {
    event.type = Type::kChoice;
    ast::FactTerm fact;
    if (!SelectorAndKind(fact)) return false;
    event.choice = MakeTerm(std::move(fact), open);
    event.choice->span = c_.From(open);
    return true;
  }
  return NamedEvent(event);
}

bool ExpressionParser::NamedEvent(ast::EventTerm& event) {
  event.type = Type::kName;
  event.name.span = c_.here();
  if (c_.At(TokenKind::kString)) {
    event.name.text = *c_.String("an event");
    return true;
  }
  if (!c_.At(TokenKind::kWord) || IsKeyword(c_.Word()) || BeginsWithDigit(c_.Word())) {
    const bool choice = AtFact() && !c_.AtWord("no");
    return c_.Expected("an event", choice ? "Choose one fact and put brackets around it: (latest "
                                            "procedure \"x\" within last 1 year)."
                                          : std::string(kForms));
  }
  event.name.text = std::string(c_.source().text(c_.Take().span));
  return true;
}

// One fact, with all that a query has: latest procedure "x" within last 6 months.
bool ExpressionParser::Choice(ast::EventTerm& event) {
  event.type = Type::kChoice;
  const Span begin = c_.here();
  if (!Deeper(begin)) return false;
  ast::FactTerm fact;
  auto expr = std::make_unique<ast::Expr>();
  const auto read = [&]() -> bool {
    constexpr std::string_view kSelectors[] = {"latest",  "first",   "any", "every",   "lowest",
                                               "highest", "average", "at",  "exactly", "median"};
    if (!c_.AtAnyWord(kSelectors)) {
      if (AtFact()) {
        return c_.Fail(
            DiagnosticCode::kUnexpected, begin, "an event is one chosen fact",
            "Say which: latest, first, latest ever, first ever, lowest, highest or any.");
      }
      if (c_.At(TokenKind::kWord) && !c_.AtStop() && !IsKeyword(c_.Word()))
        return c_.UnknownWord(begin, kSelectors, "An event begins with latest, first or any.");
      return c_.Expected("an event, such as: latest procedure \"x\"");
    }
    return SelectorAndKind(fact) && Tail(fact, *expr);
  };
  const bool good = read();
  --depth_;
  if (!good) return false;
  expr->payload = std::move(fact);
  expr->span = c_.From(begin);
  event.choice = std::move(expr);
  return true;
}

}  // namespace medverka::criteria::internal
