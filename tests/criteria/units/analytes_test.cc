// Molar and mass units of each analyte: the pairs laboratories print, on the limit in the other
// unit, there and back again, and the codes behind them.
#include "criteria/analytes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "criteria/internal/code_form.h"
#include "criteria/units.h"

namespace medverka::criteria {
namespace {

using base::Decimal;

constexpr int kLast = static_cast<int>(Analyte::kVitaminD);

std::string Convert(const char* value, const char* from, const char* to, Analyte analyte,
                    int digits) {
  UnitTable units;
  const auto converted =
      units.Convert(*Decimal::Parse(value), units.Intern(from), units.Intern(to), analyte, digits);
  return converted ? converted->ToString() : "?";
}
std::string Compare(const char* a, const char* a_unit, const char* b, const char* b_unit,
                    Analyte analyte) {
  UnitTable units;
  const auto order = units.Compare(*Decimal::Parse(a), units.Intern(a_unit), *Decimal::Parse(b),
                                   units.Intern(b_unit), analyte);
  if (!order) return "?";
  return *order < 0 ? "<" : *order > 0 ? ">" : "=";
}

TEST(Analytes, ConvertAsTheTablesSay) {
  EXPECT_EQ(Convert("1", "mg/dL", "umol/L", Analyte::kCreatinine, 2), "88.42");
  EXPECT_EQ(Convert("1", "mmol/L", "mg/dL", Analyte::kGlucose, 3), "18.016");
  EXPECT_EQ(Convert("1", "mmol/L", "g/L", Analyte::kHaemoglobin, 3), "16.114");
  EXPECT_EQ(Convert("14", "g/dL", "g/L", Analyte::kHaemoglobin, 0), "140");
  EXPECT_EQ(Convert("1", "mg/dL", "umol/L", Analyte::kBilirubin, 3), "17.104");
  EXPECT_EQ(Convert("10", "mg/dL", "mmol/L", Analyte::kUreaNitrogen, 2), "3.57");
  EXPECT_EQ(Convert("6.006", "mg/dL", "mmol/L", Analyte::kUrea, 3), "1.000");
  EXPECT_EQ(Convert("1", "mmol/L", "mg/dL", Analyte::kCholesterol, 2), "38.67");
  EXPECT_EQ(Convert("1", "mmol/L", "mg/dL", Analyte::kTriglycerides, 2), "88.57");
  EXPECT_EQ(Convert("10", "mg/dL", "mmol/L", Analyte::kCalcium, 3), "2.495");
  EXPECT_EQ(Convert("1", "mg/dL", "umol/L", Analyte::kUrate, 2), "59.48");
  EXPECT_EQ(Convert("4.0", "g/dL", "g/L", Analyte::kAlbumin, 0), "40");
  EXPECT_EQ(Convert("300", "ng/dL", "nmol/L", Analyte::kTestosterone, 2), "10.41");
  EXPECT_EQ(Convert("4", "ng/mL", "ug/L", Analyte::kPsa, 1), "4.0");
  EXPECT_EQ(Convert("1", "mg/dL", "mg/L", Analyte::kCrp, 0), "10");
  EXPECT_EQ(Convert("0.014", "ng/mL", "ng/L", Analyte::kTroponinT, 0), "14");
  EXPECT_EQ(Convert("0.04", "ug/L", "ng/L", Analyte::kTroponinI, 0), "40");
  EXPECT_EQ(Convert("20", "ng/mL", "nmol/L", Analyte::kVitaminD, 2), "49.92");
}

TEST(Analytes, OnTheLimitInTheOtherUnit) {
  EXPECT_EQ(Compare("62.0", "umol/L", "0.70", "mg/dL", Analyte::kCreatinine), ">");
  EXPECT_EQ(Compare("61.894", "umol/L", "0.70", "mg/dL", Analyte::kCreatinine), "=");
  EXPECT_EQ(Compare("61.893", "umol/L", "0.70", "mg/dL", Analyte::kCreatinine), "<");
  EXPECT_EQ(Compare("1.8", "mmol/L", "69.606", "mg/dL", Analyte::kCholesterol), "=");
  EXPECT_EQ(Compare("2.495", "mmol/L", "10", "mg/dL", Analyte::kCalcium), "=");
}

// Without the analyte a mole is no gram, and an arbitrary unit is only itself.
TEST(Analytes, NothingIsGuessed) {
  EXPECT_EQ(Compare("1", "mmol/L", "1", "mg/dL", Analyte::kNone), "?");
  EXPECT_EQ(Compare("1", "nmol/L", "1", "ug/L", Analyte::kPsa), "?");
  EXPECT_EQ(Compare("1", "g/L", "1", "umol/L", Analyte::kAlbumin), "?");
  EXPECT_EQ(Compare("1", "[iU]/L", "1", "ug/L", Analyte::kPsa), "?");
  EXPECT_EQ(Compare("1", "[iU]/L", "1", "U/L", Analyte::kNone), "?");
  EXPECT_EQ(Compare("1", "k[iU]/L", "1000", "[iU]/L", Analyte::kNone), "=");
}

TEST(Analytes, EnzymesCountsAndPressure) {
  EXPECT_EQ(Compare("0.75", "ukat/L", "45", "U/L", Analyte::kNone), "=");
  EXPECT_EQ(Compare("0.76", "µkat/L", "45", "U/L", Analyte::kNone), ">");
  EXPECT_EQ(Compare("150", "/nL", "150", "10*9/L", Analyte::kNone), "=");
  EXPECT_EQ(Compare("1500", "/uL", "1.5", "x10E9/L", Analyte::kNone), "=");
  EXPECT_EQ(Compare("8", "kPa", "60.006", "mmHg", Analyte::kNone), "<");
  EXPECT_EQ(Compare("8", "kPa", "60.005", "mmHg", Analyte::kNone), ">");
}

// 48 mmol/mol is 6.5 % NGSP and 5.6 % Mono-S.
TEST(Analytes, HbA1cOfThreeMethods) {
  EXPECT_EQ(Compare("48", "mmol/mol", "6.5", "%", Analyte::kHbA1c), "=");
  EXPECT_EQ(Compare("5.6", "%", "48", "mmol/mol", Analyte::kHbA1cMonoS), "=");
  EXPECT_EQ(Compare("5.6", "%", "6.5", "%", Analyte::kHbA1cMonoS), "=");
  EXPECT_EQ(Compare("5.6", "%", "6.5", "%", Analyte::kHbA1c), "<");
  EXPECT_EQ(Compare("48", "mmol/mol", "6.5", "%", Analyte::kHbA1cMonoS), "=");
  EXPECT_EQ(Convert("6.0", "%", "mmol/mol", Analyte::kHbA1cMonoS, 2), "52.08");
  EXPECT_EQ(Convert("6.5", "%", "mmol/mol", Analyte::kHbA1c, 2), "47.55");
  EXPECT_EQ(Compare("48", "", "48", "mmol/mol", Analyte::kHbA1cMonoS), "?");
  EXPECT_TRUE(IsMonoS({SystemId::kNpu, "NPU03835"}));
  EXPECT_FALSE(IsMonoS({SystemId::kNpu, "NPU27300"}));
  EXPECT_EQ(AnalyteOf({SystemId::kNpu, "NPU03835"}), Analyte::kHbA1c);
}

TEST(Analytes, ReportedUnitsCompareWithEachOther) {
  for (int i = 1; i <= kLast; ++i) {
    const auto analyte = static_cast<Analyte>(i);
    UnitTable units;
    const auto reported = ReportedUnits(analyte);
    ASSERT_GE(reported.size(), 2U) << Name(analyte);
    for (const std::string_view unit : reported) {
      EXPECT_TRUE(units.Comparable(units.Intern(unit), units.Intern(reported[0]), analyte))
          << Name(analyte) << " " << unit;
    }
  }
}

RC_GTEST_PROP(Analytes, ThereAndBackAgain, ()) {
  const auto analyte = static_cast<Analyte>(*rc::gen::inRange(1, kLast + 1));
  RC_PRE(MolesPerGramOf(analyte).numerator != 0);
  UnitTable units;
  const auto reported = ReportedUnits(analyte);
  const UnitId from = units.Intern(reported[0]);
  const UnitId to = units.Intern(reported[1]);
  const Decimal value(*rc::gen::inRange(1, 100'000), 1);
  const auto there = units.Convert(value, from, to, analyte, 9);
  RC_ASSERT(there.has_value());
  const auto back = units.Convert(*there, to, from, analyte, 3);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == value);
}

// Comparing agrees with converting.
RC_GTEST_PROP(Analytes, ComparingIsConverting, ()) {
  const auto analyte = static_cast<Analyte>(*rc::gen::inRange(1, kLast + 1));
  RC_PRE(MolesPerGramOf(analyte).numerator != 0);
  UnitTable units;
  const auto reported = ReportedUnits(analyte);
  const UnitId from = units.Intern(reported[0]);
  const UnitId to = units.Intern(reported[1]);
  const Decimal value(*rc::gen::inRange(1, 100'000), 1);
  const Decimal limit(*rc::gen::inRange(1, 100'000), 1);
  const auto there = units.Convert(value, from, to, analyte, 9);
  RC_PRE(there.has_value() && std::abs(there->ToDouble() - limit.ToDouble()) > 1e-6);
  RC_ASSERT(units.Compare(value, from, limit, to, analyte) == (*there <=> limit));
}

}  // namespace
}  // namespace medverka::criteria
