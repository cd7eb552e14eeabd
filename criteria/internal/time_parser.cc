// Windows: back from log time, between dates, from an event, and demands on the facts counted.
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/expression_parser.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

using Shape = ast::Time::Shape;

constexpr std::string_view kWhichWay[] = {"after", "before", "of"};
constexpr std::string_view kSideWords[] = {"starting", "ending", "ongoing", "recorded"};

}  // namespace

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
  ast::Time time;
  time.span = c_.here();
  if (!SideOf(time)) return std::nullopt;
  time.when_span = c_.here();
  if (!When(time)) return std::nullopt;
  time.when_span = c_.From(time.when_span);
  time.span = c_.From(time.span);
  return time;
}

bool ExpressionParser::SideOf(ast::Time& time) {
  constexpr Side kSides[] = {Side::kStarting, Side::kEnding, Side::kOngoing, Side::kRecorded};
  for (std::size_t i = 0; i < std::size(kSides); ++i) {
    const std::string_view word = kSideWords[i];
    if (!c_.TakeWord(word)) continue;
    time.side = kSides[i];
    if (AtTime(true) && !c_.AtAnyWord(kSideWords)) return true;
    if (c_.At(TokenKind::kWord) && !c_.AtStop() && !IsKeyword(c_.Word()) &&
        !BeginsWithDigit(c_.Word())) {
      return c_.UnknownWord(
          c_.here(), TailWords(),
          fmt::format("After \"{}\" a window follows: {} within last 6 months.", word, word));
    }
    if (c_.At(TokenKind::kBad)) return c_.Expected("a window");
    return c_.Fail(DiagnosticCode::kSideWithoutWindow, time.span,
                   fmt::format("\"{}\" needs a window of time after it", word),
                   time.side == Side::kOngoing
                       ? "Write \"current\" for now, or for example: ongoing within last 14 days."
                       : fmt::format("Write for example: {} within last 6 months.", word));
  }
  return true;
}

bool ExpressionParser::When(ast::Time& time) {
  const Span begin = c_.here();
  if (c_.AtWord("outside")) return c_.NotYet(begin, "\"outside ...\"");
  if (c_.AtWord("within")) return Within(time);
  if (c_.AtWord("at")) return AtTimes(time);
  if (c_.AtWord("between")) return BetweenTimes(time);
  if (c_.TakeWord("from")) {
    time.shape = Shape::kBetweenDates;
    return FromTo(time.from, time.to);
  }
  if (c_.AtWord("during") || c_.AtWord("overlapping")) {
    time.shape = c_.AtWord("during") ? Shape::kDuring : Shape::kOverlapping;
    c_.Take();
    time.event = Ev();
    return time.event != nullptr;
  }
  if (c_.TakeWord("since")) {
    time.shape = Shape::kSince;
  } else if (c_.TakeWord("before")) {
    time.shape = Shape::kBefore;
  } else if (c_.TakeWord("after")) {
    time.shape = Shape::kAfter;
  } else {
    c_.Take();
    if (c_.AtWord("same") || c_.AtWord("at")) return OnTime(time);
    if (BeginsWithDigit(c_.Word())) {
      return c_.Fail(DiagnosticCode::kUnexpected, begin, "a single day is written as a window",
                     fmt::format("Write \"between {} and {}\", or \"on or after {}\".", c_.Word(),
                                 c_.Word(), c_.Word()));
    }
    if (!c_.ExpectWord("or")) return false;
    if (c_.TakeWord("before")) {
      time.shape = Shape::kOnOrBefore;
    } else if (c_.ExpectWord("after")) {
      time.shape = Shape::kSince;
    } else {
      return false;
    }
  }
  const auto point = ParsePoint();
  if (!point) return false;
  if (point->type == ast::Point::Type::kNow)
    return c_.Fail(DiagnosticCode::kUnexpected, point->span, "\"now\" has no place here");
  if (point->type == ast::Point::Type::kDate) {
    time.from = time.to = *point;
    return true;
  }
  time.event = point->event;
  time.shape = time.shape == Shape::kSince    ? Shape::kOnOrAfterEvent
               : time.shape == Shape::kBefore ? Shape::kBeforeEvent
               : time.shape == Shape::kAfter  ? Shape::kAfterEvent
                                              : Shape::kOnOrBeforeEvent;
  return true;
}

// on same day as op; on at least 2 different days. `on` has been taken.
bool ExpressionParser::OnTime(ast::Time& time) {
  if (c_.TakeWord("same")) {
    if (!c_.ExpectWord("day") || !c_.ExpectWord("as")) return false;
    time.shape = Shape::kOnSameDay;
    time.event = Ev();
    return time.event != nullptr;
  }
  c_.Take();
  if (!c_.ExpectWord("least")) return false;
  const auto count = c_.Whole("a number");
  if (!count || !c_.ExpectWord("different") || !c_.ExpectWord("days")) return false;
  time.shape = Shape::kDifferentDays;
  time.count = *count;
  return true;
}

// within last 3 months, within 30 days after op, within any 24 hours
bool ExpressionParser::Within(ast::Time& time) {
  const Span begin = c_.Take().span;
  if (c_.AtWord("next")) return c_.NotYet(Cover(begin, c_.here()), "\"within next\"");
  const bool last = c_.TakeWord("last");
  const bool any = !last && c_.TakeWord("any");
  if (!last && !any && c_.At(TokenKind::kWord) && !BeginsWithDigit(c_.Word()))
    return c_.ExpectWord("last");
  const auto amount = c_.TimeAmount();
  if (!amount) return false;
  time.far = *amount;
  if (last || any) {
    time.shape = last ? Shape::kWithinLast : Shape::kWithinAny;
    return true;
  }
  if (c_.AtAnyWord(kWhichWay) && !c_.AtStop()) {
    time.shape = c_.AtWord("after")    ? Shape::kWithinAfter
                 : c_.AtWord("before") ? Shape::kWithinBefore
                                       : Shape::kWithinOf;
    c_.Take();
    time.event = Ev();
    return time.event != nullptr;
  }
  if (c_.At(TokenKind::kWord) && !c_.AtStop() && !IsKeyword(c_.Word()) &&
      !base::DidYouMean(c_.Word(), kWhichWay).empty())
    return c_.UnknownWord(c_.here(), kWhichWay, "");
  return c_.Fail(DiagnosticCode::kUnexpected, c_.From(begin),
                 "it is not said which way this window reaches",
                 fmt::format("Write \"within last {}\", or \"within {} after\" and an event.",
                             c_.source().text(amount->span), c_.source().text(amount->span)));
}

// at least 2 weeks ago, at most 3 days after op, at least 7 days apart
bool ExpressionParser::AtTimes(ast::Time& time) {
  c_.Take();
  const bool least = c_.TakeWord("least");
  if (!least && !c_.ExpectWord("most")) return false;
  const auto amount = c_.TimeAmount();
  if (!amount) return false;
  (least ? time.near : time.far) = *amount;
  if (c_.TakeWord("apart")) {
    time.shape = least ? Shape::kApart : Shape::kWithinAny;
    return true;
  }
  if (c_.AtWord("before") || c_.AtWord("after")) {
    const bool before = c_.AtWord("before");
    time.shape = least ? (before ? Shape::kAtLeastBefore : Shape::kAtLeastAfter)
                       : (before ? Shape::kAtMostBefore : Shape::kAtMostAfter);
    c_.Take();
    time.event = Ev();
    return time.event != nullptr;
  }
  time.shape = least ? Shape::kAtLeastAgo : Shape::kWithinLast;
  constexpr std::string_view kWords[] = {"ago", "before", "after", "apart"};
  if (c_.At(TokenKind::kWord) && !c_.AtStop() && !c_.AtWord("ago") && !IsKeyword(c_.Word()) &&
      !base::DidYouMean(c_.Word(), kWords).empty())
    return c_.UnknownWord(c_.here(), kWords, "");
  return c_.ExpectWord("ago");
}

bool ExpressionParser::BetweenTimes(ast::Time& time) {
  const Span begin = c_.Take().span;
  if (IsNumber(c_.Word()) && IsTimeUnit(c_.Word(3))) return BetweenAmounts(time, begin);
  const auto from = ParsePoint();
  if (!from || !c_.ExpectWord("and")) return false;
  const auto to = ParsePoint();
  if (!to) return false;
  time.shape = Shape::kBetweenDates;
  time.from = *from;
  time.to = *to;
  for (const ast::Point* point : {&time.from, &time.to}) {
    if (point->type == ast::Point::Type::kNow)
      return c_.Fail(DiagnosticCode::kUnexpected, point->span, "\"now\" has no place here",
                     "Write: from ... to now.");
  }
  return NotUpsideDown(begin, *from, *to);
}

// between 3 and 12 months ago, between 1 and 6 hours after op
bool ExpressionParser::BetweenAmounts(ast::Time& time, Span begin) {
  const auto near = c_.Whole("a number");
  if (!near || !c_.ExpectWord("and")) return false;
  const auto far = c_.TimeAmount();
  if (!far) return false;
  time.shape = Shape::kBetweenAgo;
  time.near = {{*near, far->period.unit}, c_.From(begin)};
  time.far = *far;
  if (c_.AtWord("before") || c_.AtWord("after")) {
    time.shape = c_.AtWord("before") ? Shape::kBetweenBefore : Shape::kBetweenAfter;
    c_.Take();
    time.event = Ev();
    if (!time.event) return false;
  } else if (!c_.ExpectWord("ago")) {
    return false;
  }
  if (*near <= far->period.amount) return true;
  return c_.Fail(DiagnosticCode::kUpsideDown, c_.From(begin),
                 fmt::format("{} is upside down", Quoted(c_.source().text(c_.From(begin)))),
                 "The lower number stands first.");
}

// from 2024 to now, from 7 days before to 90 days after op. `from` has been taken.
bool ExpressionParser::FromTo(ast::Point& from, ast::Point& to) {
  const Span begin = c_.last();
  const auto amount = [&] { return IsNumber(c_.Word()) && IsTimeUnit(c_.Word(1)); };
  const auto first = amount() ? ShiftedPoint(true) : ParsePoint();
  if (!first) return false;
  if (first->type == ast::Point::Type::kNow)
    return c_.Fail(DiagnosticCode::kUnexpected, first->span, "\"now\" has no place here");
  if (!c_.ExpectWord("to")) return false;
  const auto second = amount() ? ShiftedPoint(false) : ParsePoint();
  if (!second) return false;
  from = *first;
  to = *second;
  if (from.shift && !from.event && !to.event) {
    return c_.Fail(DiagnosticCode::kTimeBindsNothing, from.span,
                   "it is not said what this is counted from",
                   "Name the event: from 7 days before op to 90 days after op.");
  }
  return NotUpsideDown(begin, from, to);
}

// 7 days before [op]
std::optional<ast::Point> ExpressionParser::ShiftedPoint(bool event_may_be_missing) {
  ast::Point point;
  point.type = ast::Point::Type::kEvent;
  point.span = c_.here();
  point.shift = c_.TimeAmount();
  if (!point.shift) return std::nullopt;
  point.before = c_.AtWord("before");
  if (!point.before && !c_.AtWord("after")) {
    c_.Expected("\"before\" or \"after\"", "It reads: from 7 days before to 90 days after op.");
    return std::nullopt;
  }
  c_.Take();
  if (!event_may_be_missing || !c_.AtWord("to")) {
    point.event = Ev();
    if (!point.event) return std::nullopt;
  }
  point.span = c_.From(point.span);
  return point;
}

std::optional<ast::Point> ExpressionParser::ParsePoint() {
  ast::Point point;
  point.span = c_.here();
  if (c_.TakeWord("now")) {
    point.type = ast::Point::Type::kNow;
    return point;
  }
  if (BeginsWithDigit(c_.Word())) {
    const auto date = c_.Date("a date");
    if (!date) return std::nullopt;
    point.date = *date;
    return point;
  }
  if (c_.AtStop() || c_.At(TokenKind::kBad)) {
    c_.Expected("a date or an event",
                "A date reads 2026, 2026-10, 2026-10-01 or 2026-10-01T09:30.");
    return std::nullopt;
  }
  point.type = ast::Point::Type::kEvent;
  point.event = Ev();
  if (!point.event) return std::nullopt;
  point.span = c_.From(point.span);
  return point;
}

bool ExpressionParser::NotUpsideDown(Span begin, const ast::Point& from, const ast::Point& to) {
  if (from.type != ast::Point::Type::kDate || to.type != ast::Point::Type::kDate ||
      to.date.hi >= from.date.lo)
    return true;
  return c_.Fail(DiagnosticCode::kUpsideDown, c_.From(begin),
                 fmt::format("{} is upside down", Quoted(c_.source().text(c_.From(begin)))),
                 "The earlier date stands first.");
}

}  // namespace medverka::criteria::internal
