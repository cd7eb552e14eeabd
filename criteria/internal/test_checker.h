// Selector, test and units of one query.
#pragma once

#include "criteria/ast.h"
#include "criteria/source.h"
#include "criteria/units.h"

namespace medverka::criteria::internal {

class TestChecker {
 public:
  // Selector, filters and test against the kind.
  // `chooses`: the query of an event, which needs no test.
  void CheckShape(const ast::FactTerm& fact, bool chooses, Reporter& reporter) const;
  // Units of the test. `analyte`: of the query's sets, or kNone.
  void CheckUnits(const ast::Test& test, Analyte analyte, Reporter& reporter);
  void CheckScoreUnits(ScoreQuery::Score score, const ast::Test& test, Reporter& reporter);
  // The amount of a change of what the sets measure.
  void CheckChange(const ast::ChangeTerm& change, const std::vector<CodeSet>& sets,
                   Reporter& reporter);
  bool SameDimension(std::string_view unit, Analyte analyte, std::string_view other);

 private:
  bool CheckCount(const ast::FactTerm& fact, Reporter& reporter) const;
  bool CheckSelector(const ast::FactTerm& fact, bool chooses, Reporter& reporter) const;
  void CheckBetween(const ast::Test& test, Analyte analyte, Reporter& reporter);
  bool CheckAnalyte(const ast::Quantity& quantity, Analyte analyte, Reporter& reporter);

  UnitTable units_;
};

}  // namespace medverka::criteria::internal
