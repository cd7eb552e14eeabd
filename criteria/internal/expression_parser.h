// Terms, queries, tests, times, events and the logic between them (LANGUAGE.md sections 2 to 7).
// One function per rule of the grammar; each returns nothing after it has reported a problem.
//
//   expression_parser.cc  logic, names, else       person_parser.cc   age, sex, residence,
//   gestation query_parser.cc       selector, kind, sets     filter_parser.cc   filters, fields,
//   where test_parser.cc        tests of a value         time_parser.cc     windows event_parser.cc
//   events                   genome_parser.cc   variants and kin code_parser.cc        sets and
//   codes           measure_parser.cc  scores, changes, texts
#pragma once

#include <memory>
#include <optional>

#include "criteria/internal/cursor.h"

namespace medverka::criteria::internal {

class ExpressionParser {
 public:
  explicit ExpressionParser(Cursor& cursor) : c_(cursor) {}

  // expr [else ...]: what stands after the colon of a definition or criterion, or in a bracket.
  ast::ExprPtr Whole();
  // What stands after the colon of an event.
  ast::EventRef EventBody();

  // Parts that examples and scales have in common with queries.
  std::optional<ast::CodeItem> OneItem();
  bool CodeLists(std::vector<ast::CodeItem>& items);  // up to `except` or the closing brace
  std::optional<ast::Quantity> ParseQuantity();
  std::optional<std::string> VisitClass(Span& span);
  std::optional<ast::Word> Gene();
  std::optional<ast::Word> Change();                           // p.V600E, c.-32-13T>G
  std::optional<ast::Word> WordOrText(std::string_view what);  // II, "current smoker"
  struct FieldName {
    Field field = Field::kSite;
    bool value = false;
  };
  std::optional<FieldName> FieldWord();
  std::optional<ast::FieldDemand> GivenField();  // with FIELD ..., for ... of an example's line
  bool AtItem() const;
  bool AtConsequence() const;
  std::optional<VariantQuery::Consequence> Consequence();
  std::optional<VariantQuery::Type> CopyNumberType();  // up to `of`

 private:
  ast::ExprPtr Expression();
  ast::ExprPtr If();
  ast::ExprPtr Chain();
  ast::ExprPtr Term();
  ast::ExprPtr NotTerm();
  ast::ExprPtr Bracket();
  bool AtList() const;
  ast::ExprPtr List();
  ast::ExprPtr Alive();
  ast::ExprPtr Answer();
  ast::ExprPtr Name();
  bool Else(ast::Expr& expr);
  bool Times(ast::Expr& expr);
  bool Deeper(Span span);  // one level more; false: too deep, reported
  bool LaterTerm();        // true if a construct that comes later begins here; it is then reported
  bool LaterFilter();

  ast::ExprPtr Age();
  bool AgeUnit(AgeTest& test);
  ast::ExprPtr SexIs();
  ast::ExprPtr Resident();
  ast::ExprPtr Gestation();
  std::optional<std::int32_t> GestationDays();

  bool AtVariant() const;
  ast::ExprPtr Variant();
  bool VariantHead(ast::VariantTerm& variant);
  bool VariantPrefixes(ast::VariantTerm& variant);
  bool SmallVariant(ast::VariantTerm& variant);
  bool Fusion(ast::VariantTerm& variant);
  bool CopyNumber(ast::VariantTerm& variant);
  bool Genes(ast::VariantTerm& variant);
  bool Exons(ast::VariantTerm& variant);
  bool VariantTail(ast::VariantTerm& variant, ast::Expr& expr);

  ast::ExprPtr Score();
  bool Formulas(ast::ScoreTerm& score, std::string_view name);
  ast::ExprPtr ChangeOf();
  bool ChangeAmount(ast::ChangeTerm& change);
  bool AtBases() const;
  bool Bases(ast::ChangeTerm& change);
  ast::ExprPtr TextMatches();

  bool AtFact() const;
  ast::ExprPtr Fact();
  ast::ExprPtr AtVisit();
  ast::ExprPtr ReasonOf();
  bool SelectorAndKind(ast::FactTerm& fact);
  bool ParseSelector(ast::FactTerm& fact);
  bool CountingSelector(ast::FactTerm& fact);
  bool Kind(ast::FactTerm& fact);
  bool Component(ast::FactTerm& fact);
  bool ObservationSets(ast::FactTerm& fact);
  bool Visit(ast::FactTerm& fact);
  bool VisitClasses(ast::FactTerm& fact);
  bool Participation(ast::FactTerm& fact);
  bool OptionalSets(ast::FactTerm& fact, ast::Items& items);
  bool Tail(ast::FactTerm& fact, ast::Expr& expr);

  bool AtFilter() const;
  bool Filter(ast::FactTerm& fact, bool& taken);
  bool MarkFilter(ast::FactTerm& fact, bool& taken);
  bool ForFilter(ast::FactTerm& fact);
  bool WithFilter(ast::FactTerm& fact);
  bool Where(ast::FactTerm& fact);
  std::optional<ast::FieldDemand> Demand(bool bare_number = false);
  std::optional<ast::FieldDemand> ReasonDemand();
  bool Once(bool already, Span begin, std::string_view what);

  bool SetsOf(ast::Items& items);
  std::optional<ast::CodeItem> Item(std::optional<ast::CodeItem>& system);
  std::optional<ast::CodeItem> Code(const ast::CodeItem& system);
  bool SystemWord(ast::CodeItem& system);

  bool AtTest(bool dates_possible) const;
  bool AtBetweenTime(bool dates_possible) const;
  std::optional<ast::Test> ParseTest();
  bool Comparison(ast::Test& test);
  bool Between(ast::Test& test);
  bool BySex(ast::Test& test);
  bool Words(ast::Test& test);

  bool AtTime(bool dates_possible) const;
  std::optional<ast::Time> ParseTime();
  bool SideOf(ast::Time& time);
  bool When(ast::Time& time);
  bool OnTime(ast::Time& time);
  bool Within(ast::Time& time);
  bool AtTimes(ast::Time& time);
  bool BetweenTimes(ast::Time& time);
  bool BetweenAmounts(ast::Time& time, Span begin);
  bool FromTo(ast::Point& from, ast::Point& to);
  std::optional<ast::Point> ShiftedPoint(bool event_may_be_missing);
  std::optional<ast::Point> ParsePoint();
  bool NotUpsideDown(Span begin, const ast::Point& from, const ast::Point& to);

  ast::EventRef Ev();
  bool EvForm(ast::EventTerm& event);
  bool Choice(ast::EventTerm& event);
  bool NamedEvent(ast::EventTerm& event);

  Cursor& c_;
  int depth_ = 0;
  bool in_where_ = false;
};

template <typename Payload>
ast::ExprPtr MakeTerm(Payload payload, Span begin) {
  auto expr = std::make_unique<ast::Expr>();
  expr->payload = std::move(payload);
  expr->span = begin;
  return expr;
}

constexpr bool IsOp(TokenKind kind) {
  return kind >= TokenKind::kLess && kind <= TokenKind::kEqual;
}
CompareOp OpOf(TokenKind kind);
bool IsFieldWord(std::string_view word);  // may follow `with`

}  // namespace medverka::criteria::internal
