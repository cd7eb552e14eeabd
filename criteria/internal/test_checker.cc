#include "criteria/internal/test_checker.h"

#include <algorithm>

#include "criteria/analytes.h"
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/cursor.h"

namespace medverka::criteria::internal {
namespace {

constexpr std::string_view kEgfrUnit = "mL/min/1.73m2";

bool Numeric(ValueTest::Kind kind) {
  return kind == ValueTest::Kind::kCompare || kind == ValueTest::Kind::kBetween ||
         kind == ValueTest::Kind::kCompareBySex || kind == ValueTest::Kind::kCompareRange ||
         kind == ValueTest::Kind::kOutsideRange;
}

// "a condition", "an observation"
std::string With(std::string_view kind) {
  return fmt::format("{} {}",
                     std::string_view("aeiou").find(kind[0]) == std::string_view::npos ? "a" : "an",
                     kind);
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
    default:
      return "";
  }
}

}  // namespace

void TestChecker::CheckShape(const ast::FactTerm& fact, Reporter& reporter) const {
  const std::string kind = With(criteria::Name(fact.kind));
  const std::string_view selector = Word(fact.selector);
  if (fact.test && !HasValue(fact.kind)) {
    reporter.Report(DiagnosticCode::kKindHasNoValue, fact.test->span,
                    fmt::format("{} has no value that could be tested", kind),
                    "Only observations and their components have values.");
    return;
  }
  const bool extreme = fact.selector == Selector::kLowest || fact.selector == Selector::kHighest;
  if (extreme && !HasValue(fact.kind)) {
    reporter.Report(DiagnosticCode::kKindHasNoValue, fact.selector_span,
                    fmt::format("{} has no value that could be the {}", kind, selector),
                    "Only observations and their components have values.");
    return;
  }
  if (!selector.empty() && !fact.test && !fact.ever) {
    reporter.Report(
        DiagnosticCode::kSelectorSaysNothing, fact.selector_span,
        fmt::format("\"{}\" says nothing without a test", selector),
        fact.selector == Selector::kLatest || fact.selector == Selector::kFirst
            ? fmt::format(
                  "Leave it out, add a test, or write \"{} ever\" if all of the journal is meant.",
                  selector)
            : "Leave it out, or add a test.");
    return;
  }
  if (extreme && !Numeric(fact.test->kind)) {
    reporter.Report(DiagnosticCode::kKindHasNoSuchPart, fact.test->span,
                    fmt::format("the {} of words cannot be told", selector),
                    "Compare with a number, or choose \"latest\", \"any\" or \"every\".");
  }
  if (fact.selector == Selector::kAtLeast && fact.count == 0) {
    reporter.Report(DiagnosticCode::kImpossibleCount, fact.selector_span,
                    "at least 0 is always true");
  }
  if (fact.current && !Lasts(fact.kind)) {
    reporter.Report(DiagnosticCode::kKindHasNoSuchPart, *fact.current,
                    fmt::format("{} is short and cannot be current", kind),
                    "Write a window, such as: within last 30 days.");
  }
  const bool has_length =
      Lasts(fact.kind) || fact.kind == FactKind::kVisit || fact.kind == FactKind::kProcedure;
  if (fact.lasting && !has_length) {
    reporter.Report(
        DiagnosticCode::kKindHasNoSuchPart, fact.lasting_span,
        fmt::format("{} has no length", kind),
        "Conditions, medications, allergies, participations, procedures and visits have one.");
  }
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

void TestChecker::CheckScoreUnits(const ast::Test& test, Reporter& reporter) {
  const auto check = [&](const ast::Quantity& quantity) {
    const std::string instead = fmt::format("{} {}", quantity.number.ToString(), kEgfrUnit);
    if (quantity.unit.empty()) {
      reporter.Report(DiagnosticCode::kUnitMissing, quantity.number_span,
                      "a limit for eGFR needs its unit", fmt::format("Write \"{}\".", instead));
      return false;
    }
    if (SameDimension(quantity.unit, Analyte::kNone, kEgfrUnit)) return true;
    reporter.Report(
        DiagnosticCode::kUnitDoesNotFit, quantity.unit_span, "this unit does not fit",
        fmt::format(
            "eGFR is a flow per body surface; {} cannot be compared with it.\nDid you mean \"{}\"?",
            quantity.unit, instead));
    return false;
  };
  if (!check(test.limit)) return;
  if (test.kind != ValueTest::Kind::kBetween) return;
  if (test.limit2.unit != test.limit.unit && !check(test.limit2)) return;
  CheckBetween(test, Analyte::kNone, reporter);
}

}  // namespace medverka::criteria::internal
