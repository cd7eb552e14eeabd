#include "criteria/internal/test_checker.h"

#include <algorithm>

#include "criteria/analytes.h"
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/cursor.h"
#include "criteria/internal/field_checker.h"
#include "criteria/internal/set_resolver.h"
#include "criteria/scores/score.h"

namespace medverka::criteria::internal {
namespace {

bool Numeric(ValueTest::Kind kind) {
  return kind == ValueTest::Kind::kCompare || kind == ValueTest::Kind::kBetween ||
         kind == ValueTest::Kind::kCompareBySex || kind == ValueTest::Kind::kCompareRange ||
         kind == ValueTest::Kind::kOutsideRange;
}

std::string_view Word(Selector selector) {
  switch (selector) {
    case Selector::kLatest:
      return "latest";
    case Selector::kFirst:
      return "first";
    case Selector::kLowest:
      return "lowest";
    case Selector::kHighest:
      return "highest";
    case Selector::kEvery:
      return "every";
    case Selector::kAverage:
      return "average";
    case Selector::kMedian:
      return "median";
    default:
      return "";
  }
}

// What laboratories and devices report in %, by LOINC and NPU (loinc.org, npu-terminology.org):
// ejection fraction, oxygen saturation, erythrocyte volume fraction, reticulocytes, transferrin
// saturation.
bool MeasuredInPercent(const std::vector<CodeSet>& sets, Analyte analyte) {
  const auto units = ReportedUnits(analyte);
  if (std::find(units.begin(), units.end(), "%") != units.end()) return true;
  constexpr std::pair<SystemId, std::string_view> kCodes[] = {
      {SystemId::kLoinc, "10230-1"}, {SystemId::kLoinc, "8806-2"},  {SystemId::kLoinc, "18043-0"},
      {SystemId::kLoinc, "2708-6"},  {SystemId::kLoinc, "59408-5"}, {SystemId::kLoinc, "4544-3"},
      {SystemId::kLoinc, "20570-8"}, {SystemId::kLoinc, "17849-1"}, {SystemId::kLoinc, "2502-3"},
  };
  for (const CodeSet& set : sets) {
    for (const CodeClause& clause : set.clauses) {
      for (const CodeRule& rule : clause.include) {
        if (std::find(std::begin(kCodes), std::end(kCodes),
                      std::pair<SystemId, std::string_view>{rule.system, rule.from}) !=
            std::end(kCodes)) {
          return true;
        }
      }
    }
  }
  return false;
}

}  // namespace

void TestChecker::CheckShape(const ast::FactTerm& fact, bool chooses, Reporter& reporter) const {
  if (fact.test && !HasValue(fact.kind)) {
    reporter.Report(DiagnosticCode::kKindHasNoValue, fact.test->span,
                    fmt::format("{} has no value that could be tested", With(Name(fact.kind))),
                    "Only observations and their components have values.");
    return;
  }
  if (CheckSelector(fact, chooses, reporter)) CheckCount(fact, reporter);
}

bool TestChecker::CheckSelector(const ast::FactTerm& fact, bool chooses, Reporter& reporter) const {
  const std::string_view selector = Word(fact.selector);
  const bool middle = fact.selector == Selector::kAverage || fact.selector == Selector::kMedian;
  const bool extreme =
      fact.selector == Selector::kLowest || fact.selector == Selector::kHighest || middle;
  if (extreme && !HasValue(fact.kind)) {
    reporter.Report(
        DiagnosticCode::kKindHasNoValue, fact.selector_span,
        fmt::format("{} has no value that could be the {}", With(Name(fact.kind)), selector),
        "Only observations and their components have values.");
    return false;
  }
  if (!selector.empty() && !fact.test && !fact.ever && !chooses) {
    reporter.Report(
        DiagnosticCode::kSelectorSaysNothing, fact.selector_span,
        fmt::format("\"{}\" says nothing without a test", selector),
        fact.selector == Selector::kLatest || fact.selector == Selector::kFirst
            ? fmt::format(
                  "Leave it out, add a test, or write \"{} ever\" if all of the journal is meant.",
                  selector)
            : "Leave it out, or add a test.");
    return false;
  }
  const bool of_limits = fact.test && (fact.test->kind == ValueTest::Kind::kCompareRange ||
                                       fact.test->kind == ValueTest::Kind::kOutsideRange);
  if (middle && of_limits) {
    reporter.Report(
        DiagnosticCode::kKindHasNoSuchPart, fact.test->span,
        fmt::format("the {} of several results has no reference limit of its own", selector),
        "Compare with a number, or choose \"latest\", \"any\" or \"every\".");
    return false;
  }
  if (extreme && fact.test && !Numeric(fact.test->kind)) {
    reporter.Report(DiagnosticCode::kKindHasNoSuchPart, fact.test->span,
                    fmt::format("the {} of words cannot be told", selector),
                    "Compare with a number, or choose \"latest\", \"any\" or \"every\".");
    return false;
  }
  return true;
}

bool TestChecker::CheckCount(const ast::FactTerm& fact, Reporter& reporter) const {
  if (fact.selector == Selector::kAtLeast && fact.count == 0) {
    reporter.Report(DiagnosticCode::kImpossibleCount, fact.selector_span,
                    "at least 0 is always true");
    return false;
  }
  if (fact.consecutive && fact.selector != Selector::kAtLeast) {
    reporter.Report(DiagnosticCode::kSelectorSaysNothing, fact.selector_span,
                    "\"consecutive\" goes with \"at least\" only",
                    "Write: at least 2 consecutive observations ...");
    return false;
  }
  if (fact.consecutive && !fact.test && fact.fields.empty() && !fact.where) {
    reporter.Report(DiagnosticCode::kSelectorSaysNothing, fact.selector_span,
                    "\"consecutive\" says nothing without a test",
                    "Facts in a row are told apart by a test that each of them passes.");
    return false;
  }
  return true;
}

bool TestChecker::SameDimension(std::string_view unit, Analyte analyte, std::string_view other) {
  return units_.Comparable(units_.Intern(unit), units_.Intern(other), analyte);
}

bool TestChecker::CheckAnalyte(const ast::Quantity& quantity, Analyte analyte, Reporter& reporter) {
  const auto reported = ReportedUnits(analyte);
  if (reported.empty()) return true;
  const std::string instead = fmt::format("{} {}", quantity.number.ToString(), reported.front());
  if (quantity.unit.empty() && !SameDimension("", analyte, reported.front())) {
    reporter.Report(DiagnosticCode::kUnitMissing, quantity.number_span,
                    fmt::format("a limit for {} needs its unit", criteria::Name(analyte)),
                    fmt::format("Write for example \"{}\".", instead));
    return false;
  }
  if (!SameDimension(quantity.unit, analyte, reported.front())) {
    std::vector<std::string> usual(reported.begin(), reported.end());
    reporter.Report(
        DiagnosticCode::kUnitDoesNotFit, quantity.unit_span, "this unit does not fit",
        fmt::format("{} cannot be compared with {}, in which {} is reported.\nDid you mean \"{}\"?",
                    quantity.unit, Listed(usual), criteria::Name(analyte), instead));
    return false;
  }
  const UnitId unit = units_.Intern(quantity.unit);
  const base::Decimal one(1);
  const bool usual = std::any_of(reported.begin(), reported.end(), [&](std::string_view each) {
    const UnitId other = units_.Intern(each);
    return units_.same_dimension(unit, other) &&
           units_.Compare(one, unit, one, other, Analyte::kNone) == std::strong_ordering::equal;
  });
  if (!usual) {
    std::vector<std::string> names(reported.begin(), reported.end());
    reporter.Report(
        DiagnosticCode::kUnitNotReported, quantity.unit_span,
        fmt::format("laboratories do not report {} in {}", criteria::Name(analyte), quantity.unit),
        fmt::format("Usual are {}. Is the number right?", Listed(names, "and")));
  }
  return true;
}

void TestChecker::CheckBetween(const ast::Test& test, Analyte analyte, Reporter& reporter) {
  const auto order = units_.Compare(test.limit.number, units_.Intern(test.limit.unit),
                                    test.limit2.number, units_.Intern(test.limit2.unit), analyte);
  if (!order) {
    reporter.Report(
        DiagnosticCode::kUnitDoesNotFit, test.limit2.unit_span, "this unit does not fit",
        fmt::format("{} cannot be compared with {}.",
                    test.limit2.unit.empty() ? "a number without unit" : test.limit2.unit,
                    test.limit.unit.empty() ? "a number without unit" : test.limit.unit));
  } else if (test.kind == ValueTest::Kind::kBetween && *order == std::strong_ordering::greater) {
    reporter.Report(DiagnosticCode::kUpsideDown, test.span,
                    "the lower limit lies above the upper one", "The lower one stands first.");
  }
}

void TestChecker::CheckUnits(const ast::Test& test, Analyte analyte, Reporter& reporter) {
  const bool two =
      test.kind == ValueTest::Kind::kBetween || test.kind == ValueTest::Kind::kCompareBySex;
  if (!two && test.kind != ValueTest::Kind::kCompare) return;
  if (!CheckAnalyte(test.limit, analyte, reporter)) return;
  if (!two) return;
  if (test.limit2.unit != test.limit.unit && !CheckAnalyte(test.limit2, analyte, reporter)) return;
  CheckBetween(test, analyte, reporter);
}

void TestChecker::CheckScoreUnits(ScoreQuery::Score score, const ast::Test& test,
                                  Reporter& reporter) {
  const std::string_view unit = WrittenUnitOf(score);
  const std::string_view name = Name(score);
  const auto check = [&](const ast::Quantity& quantity) {
    const std::string instead =
        fmt::format("{}{}{}", quantity.number.ToString(), unit.empty() ? "" : " ", unit);
    if (quantity.unit.empty() && !unit.empty()) {
      reporter.Report(DiagnosticCode::kUnitMissing, quantity.number_span,
                      fmt::format("a limit for {} needs its unit", name),
                      fmt::format("Write \"{}\".", instead));
      return false;
    }
    if (SameDimension(quantity.unit, Analyte::kNone, unit)) return true;
    reporter.Report(
        DiagnosticCode::kUnitDoesNotFit, quantity.unit_span, "this unit does not fit",
        unit.empty()
            ? fmt::format("{} is a number without a unit.\nDid you mean \"{}\"?", name, instead)
            : fmt::format("{} is told in {}; {} cannot be compared with it.\nDid you mean "
                          "\"{}\"?",
                          name, unit, quantity.unit, instead));
    return false;
  };
  if (!check(test.limit)) return;
  const bool two =
      test.kind == ValueTest::Kind::kBetween || test.kind == ValueTest::Kind::kCompareBySex;
  if (two && (test.limit2.unit == test.limit.unit || check(test.limit2)))
    CheckBetween(test, Analyte::kNone, reporter);
}

void TestChecker::CheckChange(const ast::ChangeTerm& change, const std::vector<CodeSet>& sets,
                              Reporter& reporter) {
  std::vector<const CodeSet*> measured;
  for (const CodeSet& set : sets) measured.push_back(&set);
  const Analyte analyte = AnalyteOfSets(measured);
  if (change.amount.number <= base::Decimal(0)) {
    reporter.Report(DiagnosticCode::kImpossibleCount, change.amount.number_span,
                    "a rise or a fall is more than 0",
                    "\"rise\" and \"fall\" say the direction; the amount has no sign.");
  }
  if (change.unit == ChangeQuery::Unit::kUnit) {
    CheckAnalyte(change.amount, analyte, reporter);
    return;
  }
  if (change.unit != ChangeQuery::Unit::kPercent || !MeasuredInPercent(sets, analyte)) return;
  reporter.Report(DiagnosticCode::kPercentOfPercent,
                  Cover(change.amount.number_span, change.amount.unit_span),
                  fmt::format("this is a share of the earlier result, which is itself in %: from "
                              "50 % to 55 % is a rise of 10 %"),
                  "Write \"points\" if 10 units of % are meant: >= 10 points");
}

}  // namespace medverka::criteria::internal
