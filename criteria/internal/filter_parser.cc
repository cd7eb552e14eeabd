// Filters of a query: what narrows before the selector chooses.
#include <algorithm>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/expression_parser.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

struct FieldEntry {
  std::string_view word;
  std::string_view second;  // "daily dose"
  Field field;
};
constexpr FieldEntry kFields[] = {{"site", "", Field::kSite},
                                  {"side", "", Field::kSide},
                                  {"severity", "", Field::kSeverity},
                                  {"reaction", "", Field::kReaction},
                                  {"daily", "dose", Field::kDailyDose},
                                  {"dose", "", Field::kDose},
                                  {"route", "", Field::kRoute},
                                  {"method", "", Field::kMethod},
                                  {"discharge", "", Field::kDischarge},
                                  {"outcome", "", Field::kOutcome},
                                  {"allele", "fraction", Field::kAlleleFraction}};
constexpr std::string_view kFieldWords[] = {"value",   "site",   "side",  "severity", "reaction",
                                            "daily",   "dose",   "route", "method",   "discharge",
                                            "outcome", "allele", "gaps"};

}  // namespace

bool IsFieldWord(std::string_view word) {
  return std::find(std::begin(kFieldWords), std::end(kFieldWords), word) != std::end(kFieldWords);
}

bool ExpressionParser::Once(bool already, Span begin, std::string_view what) {
  if (!already) return true;
  return c_.Fail(DiagnosticCode::kTwice, c_.From(begin), fmt::format("{} is said twice", what));
}

bool ExpressionParser::AtFilter() const {
  constexpr std::string_view kWords[] = {"current",   "for",        "with",      "where",
                                         "as",        "prescribed", "dispensed", "given",
                                         "regularly", "suspected",  "class",     "counts"};
  return c_.AtAnyWord(kWords) || c_.AtWords({"at", "unit"});
}

bool ExpressionParser::Filter(ast::FactTerm& fact, bool& taken) {
  const Span begin = c_.here();
  taken = true;
  if (LaterFilter()) return false;
  if (c_.AtWord("for")) return ForFilter(fact);
  if (c_.AtWord("with")) return WithFilter(fact);
  if (c_.AtWord("where")) return Where(fact);
  if (c_.TakeWords({"at", "unit"})) {
    const auto unit = c_.String("the unit in quotes");
    if (!unit) return false;
    if (fact.kind != FactKind::kVisit) {
      return c_.Fail(DiagnosticCode::kKindHasNoSuchPart, c_.From(begin),
                     "only visits take \"at unit\"");
    }
    if (!Once(!fact.visit_unit.empty(), begin, "the unit")) return false;
    fact.visit_unit = *unit;
    return true;
  }
  if (c_.AtWord("class")) {
    return c_.Fail(DiagnosticCode::kKindHasNoSuchPart, begin,
                   fact.kind == FactKind::kVisit
                       ? "the class stands right after \"visit\" and its sets"
                       : "only visits have a class");
  }
  if (c_.TakeWords({"counts", "as", "yes"})) {
    return c_.Fail(DiagnosticCode::kKindHasNoSuchPart, c_.From(begin),
                   "\"counts as yes\" goes with \"text matches\" only");
  }
  return MarkFilter(fact, taken);
}

// Filters that are one mark each: current, regularly, prescribed, as main diagnosis.
bool ExpressionParser::MarkFilter(ast::FactTerm& fact, bool& taken) {
  const Span begin = c_.here();
  if (c_.TakeWord("current")) {
    if (!Once(fact.current.has_value(), begin, "\"current\"")) return false;
    fact.current = begin;
    return true;
  }
  if (c_.TakeWord("regularly")) {
    if (!Once(fact.regularly.has_value(), begin, "\"regularly\"")) return false;
    fact.regularly = begin;
    return true;
  }
  if (c_.TakeWord("as")) {
    if (!c_.ExpectWord("main") || !c_.ExpectWord("diagnosis")) return false;
    if (!Once(fact.main_diagnosis.has_value(), begin, "\"as main diagnosis\"")) return false;
    fact.main_diagnosis = c_.From(begin);
    return true;
  }
  if (c_.TakeWord("suspected")) {
    if (!c_.ExpectWord("or") || !c_.ExpectWord("confirmed")) return false;
    if (!Once(fact.suspected_too.has_value(), begin, "\"suspected or confirmed\"")) return false;
    fact.suspected_too = c_.From(begin);
    return true;
  }
  struct StepWord {
    std::string_view word;
    MedicationStep step;
  };
  constexpr StepWord kSteps[] = {{"prescribed", MedicationStep::kPrescribed},
                                 {"dispensed", MedicationStep::kDispensed},
                                 {"given", MedicationStep::kGiven}};
  for (const StepWord& word : kSteps) {
    if (!c_.TakeWord(word.word)) continue;
    if (!Once(fact.step.has_value(), begin, "where the medication stands")) return false;
    fact.step = word.step;
    fact.step_span = begin;
    return true;
  }
  taken = false;
  return true;
}

// for at least 6 months, for at most, for a total of at least, for "set"
bool ExpressionParser::ForFilter(ast::FactTerm& fact) {
  const Span begin = c_.here();
  const auto amount = [&](std::optional<ast::Amount>& out) {
    auto read = c_.TimeAmount();
    if (!read || !Once(out.has_value(), begin, "the length")) return false;
    out = read;
    return true;
  };
  if (c_.TakeWords({"for", "at", "least"})) {
    if (!amount(fact.lasting)) return false;
    fact.lasting_span = c_.From(begin);
    return true;
  }
  if (c_.TakeWords({"for", "at", "most"})) return amount(fact.lasting_at_most);
  if (c_.TakeWords({"for", "a"})) {
    return c_.ExpectWord("total") && c_.ExpectWord("of") && c_.ExpectWord("at") &&
           c_.ExpectWord("least") && amount(fact.total);
  }
  auto reason = ReasonDemand();
  if (!reason) return false;
  fact.fields.push_back(std::move(*reason));
  return true;
}

// for "set", for icd10se I48: indication, focus, diagnosis of a visit.
std::optional<ast::FieldDemand> ExpressionParser::ReasonDemand() {
  ast::FieldDemand demand;
  demand.span = c_.Take().span;
  demand.field = Field::kReason;
  if (!AtItem()) {
    const Span from = demand.span;
    if (BeginsWithDigit(c_.Word())) {
      c_.Fail(
          DiagnosticCode::kUnexpected, c_.here(), "it is not said how this length is meant",
          fmt::format("Write \"for at least {}\" or \"for at most {}\".", c_.Word(), c_.Word()));
    } else {
      c_.Expected("a length (at least 6 months), or a reason as a set in quotes",
                  fmt::format("After \"{}\" stands at least, at most, a total of, or a set.",
                              c_.source().text(from)));
    }
    return std::nullopt;
  }
  if (!SetsOf(demand.items)) return std::nullopt;
  demand.span = c_.From(demand.span);
  return demand;
}

bool ExpressionParser::WithFilter(ast::FactTerm& fact) {
  const Span begin = c_.here();
  if (c_.TakeWords({"with", "gaps"})) {
    if (!c_.ExpectWord("up") || !c_.ExpectWord("to")) return false;
    auto amount = c_.TimeAmount();
    if (!amount || !Once(fact.gaps.has_value(), begin, "the length of the gaps")) return false;
    fact.gaps = amount;
    return true;
  }
  auto demand = Demand();
  if (!demand) return false;
  fact.fields.push_back(std::move(*demand));
  return true;
}

std::optional<ExpressionParser::FieldName> ExpressionParser::FieldWord() {
  if (c_.TakeWord("value")) return FieldName{Field::kSite, true};
  for (const FieldEntry& entry : kFields) {
    if (!c_.AtWord(entry.word)) continue;
    c_.Take();
    if (!entry.second.empty() && !c_.ExpectWord(entry.second)) return std::nullopt;
    return FieldName{entry.field, false};
  }
  if (c_.AtWord("relation") || c_.AtWord("degree") || c_.AtWords({"onset", "age"})) {
    c_.NotYet(c_.here(), fmt::format("\"with {}\"", c_.Word()));
  } else if (c_.At(TokenKind::kWord) && !c_.AtStop() && !IsKeyword(c_.Word())) {
    c_.UnknownWord(c_.here(), kFieldWords,
                   "After \"with\" stands value, site, side, severity, reaction, daily dose, dose, "
                   "route, method, discharge, outcome or allele fraction.");
  } else {
    c_.Expected("what the fact is to have (site, severity, dose, ...)");
  }
  return std::nullopt;
}

// with severity is "severe", with method "lab", with daily dose >= 20 mg, with site snomed 123
std::optional<ast::FieldDemand> ExpressionParser::Demand(bool bare_number) {
  ast::FieldDemand demand;
  demand.span = c_.Take().span;
  const auto field = FieldWord();
  if (!field) return std::nullopt;
  demand.field = field->field;
  demand.value = field->value;
  const bool test =
      IsOp(c_.Peek().kind) || c_.AtWord("above") || c_.AtWord("below") || c_.AtWord("between") ||
      (c_.AtWord("in") && c_.At(TokenKind::kOpenBrace, 1)) ||
      (field->value && (c_.AtWords({"is", "positive"}) || c_.AtWords({"is", "negative"})));
  if (!c_.AtStop() && test) {
    demand.test = ParseTest();
    if (!demand.test) return std::nullopt;
  } else if (bare_number && BeginsWithDigit(c_.Word())) {
    const auto quantity = ParseQuantity();
    if (!quantity) return std::nullopt;
    demand.test.emplace();
    demand.test->op = CompareOp::kEqual;
    demand.test->limit = *quantity;
    demand.test->span = c_.From(quantity->number_span);
  } else {
    const bool is = c_.TakeWord("is");
    if (AtItem() && !c_.At(TokenKind::kString)) {
      if (!SetsOf(demand.items)) return std::nullopt;
    } else if (!is && !c_.AtStop() && IsKeyword(c_.Word())) {
      c_.Expected("what it is to be: a word, a text in quotes, or a comparison");
      return std::nullopt;
    } else {
      demand.word = WordOrText("what it is to be: a word, a text in quotes, or a comparison");
      if (!demand.word) return std::nullopt;
    }
  }
  demand.span = c_.From(demand.span);
  return demand;
}

// What an example's line reports: as a demand, but a number needs no sign: with daily dose 20 mg.
std::optional<ast::FieldDemand> ExpressionParser::GivenField() {
  return c_.AtWord("for") ? ReasonDemand() : Demand(/*bare_number=*/true);
}

// where ( ... it ... ): judges each candidate. One level.
bool ExpressionParser::Where(ast::FactTerm& fact) {
  const Span begin = c_.Take().span;
  if (in_where_) {
    return c_.Fail(DiagnosticCode::kTooDeep, begin, "\"where\" cannot stand within \"where\"",
                   "One level is all that \"it\" can tell apart. Give the inner part a name.");
  }
  if (!Once(fact.where != nullptr, begin, "\"where\"")) return false;
  const Span open = c_.here();
  if (!c_.Expect(TokenKind::kOpenBracket, "\"(\" and what is true of it")) return false;
  in_where_ = true;
  ast::ExprPtr inner = Whole();
  in_where_ = false;
  if (!inner || !c_.Close(TokenKind::kCloseBracket, open)) return false;
  fact.where = std::move(inner);
  fact.where_span = c_.From(begin);
  return true;
}

// Filters that are kept for later.
bool ExpressionParser::LaterFilter() {
  const auto later = [&](std::initializer_list<std::string_view> words, std::string_view what) {
    if (!c_.AtWords(words)) return false;
    c_.NotYet(Cover(c_.here(), c_.Peek(words.size() - 1).span), what);
    return true;
  };
  if (c_.AtStop()) return false;
  return later({"unchanged"}, "\"unchanged for\"") || later({"not", "done"}, "\"not done\"") ||
         later({"reported", "by"}, "\"reported by patient\"") ||
         later({"not", "reported"}, "\"not reported by patient\"");
}

}  // namespace medverka::criteria::internal
