// Terms that are worked out from facts: scores, changes, words in a text.
#include <algorithm>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/expression_parser.h"
#include "criteria/scores/score.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

using ScoreKind = ScoreQuery::Score;
using Formula = ScoreQuery::Formula;

// "capa" is kept for a later version: it needs cystatin C.
constexpr std::string_view kCapa = "capa";

bool AtFormula(const Cursor& cursor, std::size_t ahead) {
  return FormulaOfWord(cursor.Word(ahead)).has_value() || cursor.AtWord(kCapa, ahead);
}

struct BaseWord {
  std::string_view word;
  ChangeQuery::Base base;
};
constexpr BaseWord kBases[] = {{"first", ChangeQuery::Base::kFirst},
                               {"lowest", ChangeQuery::Base::kLowest},
                               {"highest", ChangeQuery::Base::kHighest},
                               {"latest", ChangeQuery::Base::kLatest}};

std::optional<ChangeQuery::Base> BaseOf(std::string_view word) {
  for (const BaseWord& base : kBases) {
    if (base.word == word) return base.base;
  }
  return std::nullopt;
}

}  // namespace

// egfr by lm-rev, bmi, creatinine clearance by cockcroft-gault, score "CHA2DS2-VASc"
ast::ExprPtr ExpressionParser::Score() {
  const Span begin = c_.here();
  ast::ScoreTerm score;
  std::string name(c_.source().text(c_.Take().span));
  if (name == "score") {
    const Span span = c_.here();
    const auto text = c_.String("the name of a score in quotes");
    if (!text) return nullptr;
    const auto known = ScoreOfName(*text);
    if (!known) {
      const std::string hint = DidYouMeanHint(*text, ScoreNames());
      const std::vector<std::string> names(ScoreNames().begin(), ScoreNames().end());
      c_.Fail(DiagnosticCode::kFormula, span, fmt::format("there is no score {}", Quoted(*text)),
              hint.empty() ? fmt::format("Known are {}.", Listed(names)) : hint);
      return nullptr;
    }
    score.score = *known;
    name = *text;
  } else if (name == "creatinine") {
    if (!c_.ExpectWord("clearance")) return nullptr;
    score.score = ScoreKind::kCreatinineClearance;
    name = "creatinine clearance";
  } else {
    score.score = name == "bmi" ? ScoreKind::kBmi : ScoreKind::kEgfr;
  }
  auto expr = MakeTerm(std::move(score), begin);
  auto& term = std::get<ast::ScoreTerm>(expr->payload);
  if (!Formulas(term, name)) return nullptr;
  bool tested = false;
  while (!c_.AtStop()) {
    if (!tested && AtTest(false)) {
      const auto test = ParseTest();
      if (!test) return nullptr;
      if (test->kind != ValueTest::Kind::kCompare && test->kind != ValueTest::Kind::kBetween &&
          test->kind != ValueTest::Kind::kCompareBySex) {
        c_.Fail(DiagnosticCode::kKindHasNoSuchPart, test->span,
                "a score can only be compared with a number",
                "Write for example >= 30 mL/min/1.73m2.");
        return nullptr;
      }
      term.test = *test;
      tested = true;
    } else if (AtTime(true)) {
      auto time = ParseTime();
      if (!time) return nullptr;
      expr->times.push_back(*time);
    } else if (LaterFilter()) {
      return nullptr;
    } else if (AtFilter()) {
      c_.Fail(DiagnosticCode::kKindHasNoSuchPart, c_.here(),
              fmt::format("scores do not take {}", Quoted(c_.Word())),
              "They take a test and a time, which binds the dated inputs.");
      return nullptr;
    } else {
      break;
    }
  }
  if (!tested) {
    c_.Expected("a test such as >= 30 mL/min/1.73m2");
    return nullptr;
  }
  expr->span = c_.From(begin);
  return expr;
}

// by reported or lm-rev: the first that gives a value
bool ExpressionParser::Formulas(ast::ScoreTerm& score, std::string_view name) {
  const std::span<const Formula> known = FormulasOf(score.score);
  const std::string shown =
      known.empty() ? "" : fmt::format("Write \"{} by {}\".", name, criteria::Name(known[0]));
  if (!c_.TakeWord("by")) {
    if (known.empty() || FormulaMayBeLeftOut(score.score)) return true;
    return c_.Fail(DiagnosticCode::kFormula, c_.last(), "the formula of an eGFR is always named",
                   shown);
  }
  if (known.empty()) {
    return c_.Fail(DiagnosticCode::kFormula, c_.last(),
                   fmt::format("there is but one formula for {}", Quoted(name)),
                   "Leave \"by\" out.");
  }
  do {
    if (c_.AtWord(kCapa)) return c_.NotYet(c_.here(), "the formula \"capa\"");
    if (!c_.At(TokenKind::kWord) || c_.AtStop()) return c_.Expected("the name of a formula", shown);
    const auto formula = FormulaOfWord(c_.Word());
    if (!formula || std::find(known.begin(), known.end(), *formula) == known.end()) {
      std::vector<std::string_view> words;
      for (const Formula each : known) words.push_back(criteria::Name(each));
      const std::string hint = DidYouMeanHint(c_.Word(), words);
      return c_.Fail(DiagnosticCode::kFormula, c_.here(),
                     fmt::format("there is no formula {} for {}", Quoted(c_.Word()),
                                 criteria::Name(score.score)),
                     hint.empty() ? shown : hint);
    }
    c_.Take();
    score.formulas.push_back(*formula);
  } while (c_.AtWord("or") && AtFormula(c_, 1) && c_.TakeWord("or"));
  return true;
}

// rise of observation "creatinine" >= 50 % within any 48 hours
ast::ExprPtr ExpressionParser::ChangeOf() {
  const Span begin = c_.here();
  ast::ChangeTerm change;
  change.rise = c_.AtWord("rise");
  c_.Take();
  if (!c_.ExpectWord("of")) return nullptr;
  ast::FactTerm& fact = change.of;
  fact.kind = FactKind::kObservation;
  fact.kind_span = c_.here();
  if (c_.AtWord("component")) {
    if (!Component(fact)) return nullptr;
  } else {
    if (!c_.TakeWord("observations") && !c_.ExpectWord("observation")) return nullptr;
    if (!ObservationSets(fact)) return nullptr;
  }
  auto expr = std::make_unique<ast::Expr>();
  bool amount = false;
  bool bases = false;
  while (!c_.AtStop()) {
    if (IsOp(c_.Peek().kind)) {
      if (!Once(amount, c_.here(), "the size of the change") || !ChangeAmount(change))
        return nullptr;
      amount = true;
    } else if (AtBases()) {
      if (!Once(bases, c_.here(), "from where to where") || !Bases(change)) return nullptr;
      bases = true;
    } else if (AtTime(true)) {
      auto time = ParseTime();
      if (!time) return nullptr;
      expr->times.push_back(*time);
    } else {
      bool taken = false;
      if (!Filter(fact, taken)) return nullptr;
      if (!taken) break;
    }
  }
  if (!amount) {
    c_.Expected("how much it changes, such as >= 50 % or >= 2 points");
    return nullptr;
  }
  expr->payload = std::move(change);
  expr->span = c_.From(begin);
  return expr;
}

bool ExpressionParser::ChangeAmount(ast::ChangeTerm& change) {
  change.op = OpOf(c_.Take().kind);
  const auto amount = ParseQuantity();
  if (!amount) return false;
  change.amount = *amount;
  if (amount->unit == "%") {
    change.unit = ChangeQuery::Unit::kPercent;
  } else if (amount->unit.empty() && (c_.TakeWord("points") || c_.TakeWord("point"))) {
    change.unit = ChangeQuery::Unit::kPoints;
  }
  return true;
}

// from lowest to latest
bool ExpressionParser::AtBases() const {
  return c_.AtWord("from") && BaseOf(c_.Word(1)).has_value() && c_.AtWord("to", 2);
}

bool ExpressionParser::Bases(ast::ChangeTerm& change) {
  c_.Take();
  change.from = *BaseOf(c_.Word());
  c_.Take();
  c_.Take();
  const auto to = BaseOf(c_.Word());
  if (!to) return c_.Expected("first, lowest, highest or latest");
  change.to = *to;
  c_.Take();
  return true;
}

// text matches "angiosarcoma\w*" in report "pathology" [counts as yes]
ast::ExprPtr ExpressionParser::TextMatches() {
  const Span begin = c_.Take().span;
  ast::TextTerm text;
  if (!c_.ExpectWord("matches")) return nullptr;
  text.pattern_span = c_.here();
  auto pattern = c_.String("the pattern in quotes");
  if (!pattern || !c_.ExpectWord("in")) return nullptr;
  text.pattern = std::move(*pattern);
  text.in.kind = FactKind::kReport;
  text.in.kind_span = c_.here();
  if (!c_.TakeWord("reports") && !c_.ExpectWord("report")) return nullptr;
  if (!OptionalSets(text.in, text.in.sets)) return nullptr;
  auto expr = std::make_unique<ast::Expr>();
  while (!c_.AtStop()) {
    if (AtTime(true)) {
      auto time = ParseTime();
      if (!time) return nullptr;
      expr->times.push_back(*time);
    } else if (const Span counts = c_.here(); c_.TakeWord("counts")) {
      if (!c_.ExpectWord("as") || !c_.ExpectWord("yes")) return nullptr;
      if (!Once(text.counts_as_yes, counts, "\"counts as yes\"")) return nullptr;
      text.counts_as_yes = true;
    } else {
      bool taken = false;
      if (!Filter(text.in, taken)) return nullptr;
      if (!taken) break;
    }
  }
  expr->payload = std::move(text);
  expr->span = c_.From(begin);
  return expr;
}

}  // namespace medverka::criteria::internal
