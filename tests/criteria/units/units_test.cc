// Units by the grammar of UCUM and exact comparing. The property at the end checks the fast path
// against long fractions built from scratch. Left out: the correctness of every factor of
// units_atoms.inc; a few of each kind are pinned.
#include "criteria/units.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <string>

namespace medverka::criteria {
namespace {

using base::Decimal;

struct Bench {
  UnitTable units;

  // "<", "=", ">", or "?" where the two do not compare.
  std::string Compare(std::string_view a, std::string_view a_unit, std::string_view b,
                      std::string_view b_unit, Analyte analyte = Analyte::kNone) {
    const auto left = units.Intern(a_unit);
    const auto right = units.Intern(b_unit);
    const auto order = units.Compare(*Decimal::Parse(a), left, *Decimal::Parse(b), right, analyte);
    EXPECT_EQ(order.has_value(), units.Comparable(left, right, analyte)) << a_unit << " " << b_unit;
    if (!order.has_value()) return "?";
    return *order < 0 ? "<" : *order > 0 ? ">" : "=";
  }
  std::string Convert(std::string_view value, std::string_view from, std::string_view to,
                      int digits, Analyte analyte = Analyte::kNone) {
    const auto converted = units.Convert(*Decimal::Parse(value), units.Intern(from),
                                         units.Intern(to), analyte, digits);
    return converted.has_value() ? converted->ToString() : "?";
  }
};

TEST(Units, ComparesWithinOneUnit) {
  Bench bench;
  EXPECT_EQ(bench.Compare("62.0", "umol/L", "62", "umol/L"), "=");
  EXPECT_EQ(bench.Compare("61.9", "umol/L", "62", "umol/L"), "<");
  EXPECT_EQ(bench.Compare("5", "", "5.0", ""), "=");
}

TEST(Units, ComparesUnitsOfOneDimensionExactly) {
  Bench bench;
  EXPECT_EQ(bench.Compare("9.9", "g/dL", "99", "g/L"), "=");
  EXPECT_EQ(bench.Compare("9.91", "g/dL", "99", "g/L"), ">");
  EXPECT_EQ(bench.Compare("0.1", "g", "100", "mg"), "=");
  EXPECT_EQ(bench.Compare("1", "ukat/L", "60", "U/L"), "=");
  EXPECT_EQ(bench.Compare("1.01", "ukat/L", "60.5", "U/L"), ">");
  EXPECT_EQ(bench.Compare("1", "kPa", "1000", "Pa"), "=");
  EXPECT_EQ(bench.Compare("1000", "mm[Hg]", "133.322", "kPa"), "=");
  EXPECT_EQ(bench.Compare("4", "10*9/L", "4000", "/uL"), "=");
  EXPECT_EQ(bench.Compare("4", "10*3/uL", "4", "10*9/L"), "=");
  EXPECT_EQ(bench.Compare("1", "[lb_av]", "0.45359237", "kg"), "=");
  EXPECT_EQ(bench.Compare("1", "[in_i]", "2.54", "cm"), "=");
  EXPECT_EQ(bench.Compare("60", "/min", "1", "Hz"), "=");
  EXPECT_EQ(bench.Compare("1", "m2.kg/s2", "1", "J"), "=");
  EXPECT_EQ(bench.Compare("1e30", "Ym", "1e-30", "ym"), ">");
}

TEST(Units, FollowsTheGrammar) {
  Bench bench;
  EXPECT_EQ(bench.Compare("1", "mg/(kg.d)", "1", "mg/kg/d"), "=");
  EXPECT_EQ(bench.Compare("1", "mg/kg.d", "1", "mg.d/kg"), "=");  // from left to right
  EXPECT_EQ(bench.Compare("1", "m-2", "1", "/m2"), "=");
  EXPECT_EQ(bench.Compare("1", "m+2", "1", "m2"), "=");
  EXPECT_EQ(bench.Compare("1", "10^9/L", "1", "10*9/L"), "=");
  EXPECT_EQ(bench.Compare("1", "10*-3", "1", "mmol/mol"), "=");
  EXPECT_EQ(bench.Compare("1", "/100{WBC}", "1", "%"), "=");
  EXPECT_EQ(bench.Compare("1", "((mg)/((L)))", "1", "mg/L"), "=");
  EXPECT_EQ(bench.Compare("1", "dag", "1", "d"), "=");  // a Swedish day, not a decagram
}

TEST(Units, RefusesWhatTheGrammarDoesNotKnow) {
  UnitTable units;
  for (const char* text :
       {"mmoll/L",    "/",   "mg/",   "mg//L", "(mg/L",   "mg/L)", "mg/L{",  "m99",    "m0",
        "10*99",      "0",   "mg..L", "xyz",   "Cel/min", "Cel2",  "kCel",   "mg L x", "\xff\xfe",
        "1234567890", "[iU", "bra",   "years", "months",  "109/L", "1012/L", "k%",     "mmin"}) {
    EXPECT_FALSE(units.usable(units.Intern(text))) << text;
  }
  EXPECT_FALSE(units.usable(units.Intern(std::string(10'000, '('))));
  EXPECT_FALSE(units.usable(units.Intern(std::string(60, '(') + "g" + std::string(60, ')'))));
}

TEST(Units, NeverComparesWhatIsNoUnit) {
  Bench bench;
  EXPECT_EQ(bench.Compare("1", "xyz", "1", "xyz"), "?");
  EXPECT_EQ(bench.Compare("1", "xyz", "1", "mg"), "?");
  EXPECT_EQ(bench.Compare("1", "", "1", "xyz"), "?");
}

TEST(Units, KeepsDimensionsApart) {
  Bench bench;
  EXPECT_EQ(bench.Compare("1", "mg/L", "1", "mL/min"), "?");
  EXPECT_EQ(bench.Compare("1", "10*9/L", "1", "nmol/L"), "?");  // cells are no moles
  EXPECT_EQ(bench.Compare("4", "meq/L", "4", "mmol/L"), "?");   // the ion is not known
  EXPECT_EQ(bench.Compare("1", "mSv", "1", "mGy"), "?");
  EXPECT_EQ(bench.Compare("1", "mL/min", "1", "mL/min/m2"), "?");
  EXPECT_EQ(bench.Compare("1", "kg/m2", "1", ""), "?");
}

TEST(Units, ComparesAQuantityWithoutUnitWithNumbersOnly) {
  Bench bench;
  EXPECT_EQ(bench.Compare("3", "", "3", "{score}"), "=");
  EXPECT_EQ(bench.Compare("7.35", "", "7.35", "pH"), "=");
  EXPECT_EQ(bench.Compare("0.5", "", "50", "%"), "=");
  EXPECT_EQ(bench.Compare("62", "", "62", "umol/L"), "?");
  EXPECT_EQ(bench.units.Intern(""), kNoUnit);
  EXPECT_TRUE(bench.units.usable(kNoUnit));
  EXPECT_TRUE(bench.units.dimensionless(kNoUnit));
  EXPECT_TRUE(bench.units.dimensionless(bench.units.Intern("mmol/mol")));
  EXPECT_FALSE(bench.units.dimensionless(bench.units.Intern("mmol/L")));
  EXPECT_FALSE(bench.units.dimensionless(bench.units.Intern("Cel")));
  EXPECT_FALSE(bench.units.dimensionless(bench.units.Intern("xyz")));
}

TEST(Units, TakesAnnotationsForNoUnits) {
  Bench bench;
  EXPECT_EQ(bench.Compare("60", "mL/min/{1.73_m2}", "60", "mL/min"), "=");
  EXPECT_EQ(bench.Compare("60", "mL/min/1.73m2", "60", "mL/min/{1.73_m2}"), "=");
  EXPECT_EQ(bench.Compare("60", "mL/min/1,73m2", "60", "mL/min"), "=");
  EXPECT_EQ(bench.Compare("5", "mg{FEU}/L", "5", "mg/L"), "=");
  EXPECT_EQ(bench.Compare("5", "{a}", "5", "{b}"), "=");
}

TEST(Units, ConvertsArbitraryUnitsToNothingButThemselves) {
  Bench bench;
  EXPECT_EQ(bench.Compare("1", "k[iU]/L", "1", "[iU]/mL"), "=");
  EXPECT_EQ(bench.Compare("1", "[IU]/L", "1", "[iU]/L"), "=");
  EXPECT_EQ(bench.Compare("1", "[iU]/L", "1", "U/L"), "?");
  EXPECT_EQ(bench.Compare("1", "[iU]/L", "1", "[arb'U]/L"), "?");
  EXPECT_EQ(bench.Compare("1", "[iU]", "1", "mg"), "?");
  EXPECT_EQ(bench.Compare("1", "[iU]", "1", ""), "?");
}

TEST(Units, ComparesTemperatures) {
  Bench bench;
  EXPECT_EQ(bench.Compare("100.4", "[degF]", "38", "Cel"), "=");
  EXPECT_EQ(bench.Compare("38.1", "Cel", "100.4", "[degF]"), ">");
  EXPECT_EQ(bench.Compare("0", "Cel", "273.15", "K"), "=");
  EXPECT_EQ(bench.Compare("38.0", "Cel", "38", "Cel{axillary}"), "=");
  EXPECT_EQ(bench.Convert("98.6", "[degF]", "Cel", 1), "37.0");
  EXPECT_EQ(bench.Convert("37", "Cel", "[degF]", 1), "98.6");
}

// 62.0 umol/L is 0.7012 mg/dL: above a limit of 0.70 mg/dL, as the lab's own units would say.
TEST(Units, ComparesCreatinineAcrossMoleAndMass) {
  Bench bench;
  EXPECT_EQ(bench.Compare("62.0", "umol/L", "0.70", "mg/dL", Analyte::kCreatinine), ">");
  EXPECT_EQ(bench.Compare("61.894", "umol/L", "0.70", "mg/dL", Analyte::kCreatinine), "=");
  EXPECT_EQ(bench.Compare("61.8", "umol/L", "0.70", "mg/dL", Analyte::kCreatinine), "<");
  EXPECT_EQ(bench.Compare("0.70", "mg/dL", "62.0", "umol/L", Analyte::kCreatinine), "<");
  EXPECT_EQ(bench.Compare("88.42", "umol/L", "1", "mg/dL", Analyte::kCreatinine), "=");
  EXPECT_EQ(bench.Compare("8.842", "mmol/d", "1", "g/d", Analyte::kCreatinine), "=");
  EXPECT_EQ(bench.Compare("88.42", "umol/L", "1", "mg", Analyte::kCreatinine), "?");
}

TEST(Units, NeedsTheAnalyteForMoleAndMass) {
  Bench bench;
  EXPECT_EQ(bench.Compare("62.0", "umol/L", "0.70", "mg/dL"), "?");
  EXPECT_EQ(bench.Compare("62.0", "umol/L", "0.70", "mg/dL", Analyte::kHbA1c), "?");
  EXPECT_EQ(bench.Convert("62.0", "umol/L", "mg/dL", 2), "?");
}

TEST(Units, ComparesGlucoseAndHaemoglobin) {
  Bench bench;
  EXPECT_EQ(bench.Compare("7.0", "mmol/L", "126.112", "mg/dL", Analyte::kGlucose), "=");
  EXPECT_EQ(bench.Compare("7.0", "mmol/L", "126", "mg/dL", Analyte::kGlucose), ">");
  EXPECT_EQ(bench.Compare("10", "mmol/L", "161.14", "g/L", Analyte::kHaemoglobin), "=");
  EXPECT_EQ(bench.Compare("10", "mmol/L", "16.114", "g/dL", Analyte::kHaemoglobin), "=");
  EXPECT_EQ(bench.Convert("1", "mg/dL", "umol/L", 2, Analyte::kCreatinine), "88.42");
  EXPECT_EQ(bench.Convert("5.5", "mmol/L", "mg/dL", 1, Analyte::kGlucose), "99.1");
}

TEST(Units, ComparesHbA1cInWholeMmolPerMolWhereOneSideIsPercent) {
  Bench bench;
  EXPECT_EQ(bench.Compare("6.5", "%", "48", "mmol/mol", Analyte::kHbA1c), "=");
  EXPECT_EQ(bench.Compare("7.0", "%", "53", "mmol/mol", Analyte::kHbA1c), "=");
  EXPECT_EQ(bench.Compare("48", "mmol/mol", "6.5", "%", Analyte::kHbA1c), "=");
  EXPECT_EQ(bench.Compare("47", "mmol/mol", "6.5", "%", Analyte::kHbA1c), "<");
  EXPECT_EQ(bench.Compare("47.4", "mmol/mol", "6.5", "%", Analyte::kHbA1c), "<");
  // Only the percentage is rounded (to 48); what was given in mmol/mol stays as it is.
  EXPECT_EQ(bench.Compare("47.5", "mmol/mol", "6.5", "%", Analyte::kHbA1c), "<");
  EXPECT_EQ(bench.Compare("47.9", "mmol/mol", "6.5", "%", Analyte::kHbA1c), "<");
  EXPECT_EQ(bench.Compare("6.6", "%{NGSP}", "48", "10*-3", Analyte::kHbA1c), ">");
}

TEST(Units, ComparesHbA1cDirectlyWithinOneScale) {
  Bench bench;
  EXPECT_EQ(bench.Compare("6.51", "%", "6.5", "%", Analyte::kHbA1c), ">");
  EXPECT_EQ(bench.Compare("48.1", "mmol/mol", "48", "mmol/mol", Analyte::kHbA1c), ">");
  EXPECT_EQ(bench.Compare("48.1", "10*-3", "48", "mmol/mol", Analyte::kHbA1c), ">");
}

TEST(Units, GuessesNoScaleForHbA1cWithoutUnit) {
  Bench bench;
  EXPECT_EQ(bench.Compare("48", "", "48", "mmol/mol", Analyte::kHbA1c), "?");
  EXPECT_EQ(bench.Compare("6.5", "", "6.5", "%", Analyte::kHbA1c), "?");
  EXPECT_EQ(bench.Compare("48", "", "48", "", Analyte::kHbA1c), "=");
}

TEST(Units, ConvertsHbA1c) {
  Bench bench;
  EXPECT_EQ(bench.Convert("6.5", "%", "mmol/mol", 0, Analyte::kHbA1c), "48");
  EXPECT_EQ(bench.Convert("48", "mmol/mol", "%", 1, Analyte::kHbA1c), "6.5");
  EXPECT_EQ(bench.Convert("53", "mmol/mol", "%", 1, Analyte::kHbA1c), "7.0");
}

TEST(Units, RoundsHalfUpWhenConverting) {
  Bench bench;
  EXPECT_EQ(bench.Convert("1.25", "m", "m", 1), "1.3");
  EXPECT_EQ(bench.Convert("-1.25", "m", "m", 1), "-1.2");
  EXPECT_EQ(bench.Convert("12345", "mm", "m", 2), "12.35");
  EXPECT_EQ(bench.Convert("1e30", "m", "mm", 0), "?");  // more digits than a decimal holds
  EXPECT_EQ(bench.Convert("1", "m", "g", 0), "?");
}

TEST(Units, RemembersWhatWasSent) {
  UnitTable units;
  const UnitId unit = units.Intern("mikromol/L");
  EXPECT_EQ(units.as_sent(unit), "mikromol/L");
  EXPECT_EQ(units.Intern("mikromol/L"), unit);
  EXPECT_NE(units.Intern("umol/L"), unit);
  EXPECT_TRUE(units.same_dimension(unit, units.Intern("mmol/mL")));
  UnitTable moved = std::move(units);
  EXPECT_EQ(moved.as_sent(unit), "mikromol/L");
}

// umol/L and mg/dL of creatinine, by fractions written out: a x 10 x 8842 against b x 884200 x 10
// ...
RC_GTEST_PROP(UnitsProperty, ComparesAsFractionsDo, ()) {
  using Rational = boost::multiprecision::cpp_rational;
  static Bench bench;
  const auto a = *rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000);
  const auto scale_a = *rc::gen::inRange(-30, 31);
  const auto scale_b = *rc::gen::inRange(-30, 31);
  auto b = *rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000);
  const auto power = [](int n) {
    const Rational p = boost::multiprecision::pow(boost::multiprecision::cpp_int(10),
                                                  static_cast<unsigned>(std::abs(n)));
    return n < 0 ? Rational(1 / p) : p;
  };
  const Rational umol = Rational(a) * power(-scale_a);
  if (*rc::gen::arbitrary<bool>()) {  // near each other
    const Rational near = umol * 100 / 8842 * power(scale_b);
    const boost::multiprecision::cpp_int whole = numerator(near) / denominator(near);
    if (abs(whole) < 1'000'000'000'000) b = static_cast<std::int64_t>(whole);
  }
  const Rational as_umol = Rational(b) * power(-scale_b) * 8842 / 100;
  const auto order =
      bench.units.Compare(Decimal(a, scale_a), bench.units.Intern("umol/L"), Decimal(b, scale_b),
                          bench.units.Intern("mg/dL"), Analyte::kCreatinine);
  RC_ASSERT(order.has_value());
  RC_ASSERT((*order < 0) == (umol < as_umol));
  RC_ASSERT((*order > 0) == (umol > as_umol));
}

RC_GTEST_PROP(UnitsProperty, StandsAnyText, ()) {
  static UnitTable units;
  const auto text = *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("mgLdkU/.()[]{}10*^-+2u%' x,73E\xc2\xb5\xb2")));
  const UnitId unit = units.Intern(text);
  RC_ASSERT(units.as_sent(unit) == text);
  RC_ASSERT(CheckUnit(text).reason.empty() == (units.usable(unit) && !text.empty()));
}

}  // namespace
}  // namespace medverka::criteria
