// Terms, queries, tests, times and the logic between them (LANGUAGE.md sections 2 to 4). One
// function per rule of the grammar; each returns nothing after it has reported a problem.
#pragma once

#include <optional>

#include "criteria/internal/cursor.h"

namespace medverka::criteria::internal {

class ExpressionParser {
 public:
  explicit ExpressionParser(Cursor& cursor) : c_(cursor) {}

  // expr [else ...]: what stands after the colon of a definition or criterion, or in a bracket.
  ast::ExprPtr Whole();

  // A code of an example, as in queries.
  std::optional<ast::CodeItem> OneItem();
  // The lists of a codes block, up to `except` or the closing brace.
  bool CodeLists(std::vector<ast::CodeItem>& items);
  std::optional<ast::Quantity> ParseQuantity();
  std::optional<std::string> VisitClass(Span& span);
  std::optional<ast::Word> Gene();

 private:
  ast::ExprPtr Expression();
  ast::ExprPtr If();
  ast::ExprPtr Chain();
  ast::ExprPtr Term();
  ast::ExprPtr NotTerm();
  ast::ExprPtr Bracket();
  ast::ExprPtr List(ast::Logic::Type type, std::int32_t count, Span count_span, Span begin);
  ast::ExprPtr Name();
  ast::ExprPtr Age();
  ast::ExprPtr SexIs();
  ast::ExprPtr Resident();
  ast::ExprPtr Score();
  ast::ExprPtr Variant();
  ast::ExprPtr Fact();
  bool Else(ast::Expr& expr);
  bool Times(ast::Expr& expr);

  // True if a construct that comes later begins here; it is then reported.
  bool LaterTerm();
  bool LaterFilter();

  bool AtVariant() const;
  bool SelectorAndKind(ast::FactTerm& fact);
  bool ParseSelector(ast::FactTerm& fact);
  bool Kind(ast::FactTerm& fact);
  bool ObservationSets(ast::FactTerm& fact);
  bool Visit(ast::FactTerm& fact);
  bool Participation(ast::FactTerm& fact);
  bool OptionalSets(ast::FactTerm& fact, ast::Items& items);
  bool Tail(ast::FactTerm& fact, ast::Expr& expr);
  bool Filter(ast::FactTerm& fact, bool& taken);

  bool AtItem() const;
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
  bool Labels(ast::Test& test);

  bool AtTime(bool dates_possible) const;
  std::optional<ast::Time> ParseTime();
  bool When(ast::Time& time);
  bool Within(ast::Time& time);
  bool Ago(ast::Time& time);
  bool BetweenTimes(ast::Time& time);
  bool FromTo(ast::Time& time);
  std::optional<ast::Point> ParsePoint();

  Cursor& c_;
  int depth_ = 0;
};

}  // namespace medverka::criteria::internal
