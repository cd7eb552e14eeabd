// Spellings of units in Swedish journals, each beside the unit it means, and what CheckUnit tells
// an author. A row whose right side is "?" must not be read: where a spelling could mean two things
// nothing is guessed.
#include <gtest/gtest.h>

#include <string>

#include "criteria/units.h"

namespace medverka::criteria {
namespace {

struct Row {
  const char* sent;
  const char* meant;
};

void ExpectMeaning(const Row& row) {
  UnitTable units;
  const UnitId sent = units.Intern(row.sent);
  if (std::string(row.meant) == "?") {
    EXPECT_FALSE(units.usable(sent)) << row.sent;
    return;
  }
  ASSERT_TRUE(units.usable(sent)) << row.sent << ": " << CheckUnit(row.sent).reason;
  const auto order = units.Compare(base::Decimal(1), sent, base::Decimal(1),
                                   units.Intern(row.meant), Analyte::kNone);
  ASSERT_TRUE(order.has_value()) << row.sent;
  EXPECT_TRUE(*order == 0) << row.sent;
}

TEST(UnitSpellings, PowersOfTen) {
  for (const Row& row : {Row{"10^9/L", "10*9/L"},
                         {"E9/L", "10*9/L"},
                         {"x10(9)/L", "10*9/L"},
                         {"x10E9/L", "10*9/L"},
                         {"10E9/L", "10*9/L"},
                         {"10e9/l", "10*9/L"},
                         {"x10^9/L", "10*9/L"},
                         {"×10⁹/L", "10*9/L"},
                         {"10⁹/L", "10*9/L"},
                         {"10 ^ 9 / L", "10*9/L"},
                         {"10**9/L", "10*9/L"},
                         {"x 10*9/L", "10*9/L"},
                         {"E12/L", "10*12/L"},
                         {"e6/L", "10*6/L"},
                         {"10⁻³", "10*-3"},
                         {"10(6)/L", "10*6/L"},
                         {"109/L", "?"},
                         {"10(9/L", "?"},
                         {"E/L", "?"},
                         {"/nL", "10*9/L"},
                         {"/pL", "10*12/L"},
                         {"10*3/uL", "10*9/L"},
                         {"10^3/µL", "10*9/L"},
                         {"10*6/mL", "10*9/L"}}) {
    ExpectMeaning(row);
  }
}

TEST(UnitSpellings, MicroSigns) {
  for (const Row& row : {Row{"\u00B5mol/L", "umol/L"},
                         {"\u03BCmol/L", "umol/L"},
                         {"\u00B5kat/L", "ukat/L"},
                         {"\u03BCg/L", "ug/L"},
                         {"mikromol/L", "umol/L"},
                         {"mikrokat/L", "ukat/L"},
                         {"Mikromol/L", "umol/L"},
                         {"mikrog/L", "ug/L"},
                         {"mcg", "ug"}}) {
    ExpectMeaning(row);
  }
}

TEST(UnitSpellings, Clearance) {
  for (const Row& row : {Row{"mL/min/1,73m2", "mL/min"},
                         {"ml/min/1.73m2", "mL/min"},
                         {"mL/min/1.73 m²", "mL/min"},
                         {"mL/min/1,73 m^2", "mL/min"},
                         {"mL/min/(1.73m2)", "mL/min"},
                         {"ML/MIN/1.73M2", "mL/min"},
                         {"mL/min/1.73", "mL/min"},
                         {"mL/min per 1.73 m2", "mL/min"},
                         {"mL/min/1.73_m2", "mL/min"},
                         {"mL/min/{1,73_m2}", "mL/min"},
                         {"ml/minut", "mL/min"},
                         {"mL/min/1.7", "mL/min"},
                         {"mL/min/1.73kg", "?"}}) {
    ExpectMeaning(row);
  }
}

TEST(UnitSpellings, CaseAlone) {
  for (const Row& row : {Row{"ml/min", "mL/min"},
                         {"ML/MIN", "mL/min"},
                         {"mmhg", "mm[Hg]"},
                         {"mmHg", "mm[Hg]"},
                         {"MMHG", "mm[Hg]"},
                         {"mm Hg", "mm[Hg]"},
                         {"MMOL/L", "mmol/L"},
                         {"Mmol/L", "mmol/L"},
                         {"G/L", "g/L"},
                         {"MG/DL", "mg/dL"},
                         {"Mg/L", "mg/L"},
                         {"KG", "kg"},
                         {"KPA", "kPa"},
                         {"UMOL/L", "umol/L"},
                         {"u/l", "U/L"},
                         {"KG/M2", "kg/m2"}}) {
    ExpectMeaning(row);
  }
}

TEST(UnitSpellings, CaseThatCounts) {
  for (const Row& row :
       {Row{"mM", "mmol/L"}, {"uM", "umol/L"}, {"nM", "nmol/L"}, {"mm", "mm"}, {"MU", "MU"}}) {
    ExpectMeaning(row);
  }
}

TEST(UnitSpellings, Words) {
  for (const Row& row : {Row{"kg/m²", "kg/m2"},
                         {"slag/min", "/min"},
                         {"slag/minut", "/min"},
                         {"slag per minut", "/min"},
                         {"andetag/min", "/min"},
                         {"bpm", "/min"},
                         {"INR", "{INR}"},
                         {"st", "{pieces}"},
                         {"poäng", "{score}"},
                         {"procent", "%"},
                         {"‰", "10*-3"},
                         {"°C", "Cel"},
                         {"grader C", "Cel"},
                         {"mg/dygn", "mg/d"},
                         {"mg/dag", "mg/d"},
                         {"IE/L", "[iU]/L"},
                         {"kIE/L", "k[iU]/L"},
                         {"mIU/L", "m[iU]/L"},
                         {"cmH2O", "cm[H2O]"},
                         {"cm H20", "cm[H2O]"},
                         {"pH", "[pH]"},
                         {"mmol/mol Hb", "mmol/mol"},
                         {"mg/mmol krea", "mg/mmol"},
                         {"lbs", "[lb_av]"},
                         {"dB HL", "dB"},
                         {"nanog/L", "ng/L"},
                         {"pikog/mL", "pg/mL"},
                         {"nanokat/L", "nkat/L"},
                         {"mg/L FEU", "mg/L"},
                         {"mmol/mol hemoglobin", "mmol/mol"},
                         {"mosmol/kg", "mosm/kg"}}) {
    ExpectMeaning(row);
  }
}

TEST(CheckUnit, IsContentWithUnits) {
  for (const char* unit : {"mmol/L", "mL/min/1.73m2", "%", "{score}", "10^9/L", "mm[Hg]", "[iU]/L",
                           "/min", "x10E9/L"}) {
    EXPECT_EQ(CheckUnit(unit).reason, "") << unit;
    EXPECT_EQ(CheckUnit(unit).did_you_mean, "") << unit;
  }
}

TEST(CheckUnit, NamesThePartThatIsNoUnit) {
  EXPECT_EQ(CheckUnit("mmoll/L").reason, "\"mmoll\" is no unit");
  EXPECT_EQ(CheckUnit("(mg/L").reason, "a bracket is not closed");
  EXPECT_EQ(CheckUnit("mg/").reason, "a part of it is empty");
  EXPECT_EQ(CheckUnit("").reason, "no unit is written");
  EXPECT_EQ(CheckUnit(std::string(1000, 'm')).reason, "it is too long for a unit");
  EXPECT_EQ(CheckUnit("109/L").reason, "\"109\" may be 10*9; it is not guessed");
}

TEST(CheckUnit, SuggestsTheNearestUnit) {
  EXPECT_EQ(CheckUnit("mmoll/L").did_you_mean, "mmol/L");
  EXPECT_EQ(CheckUnit("mL/mni").did_you_mean, "mL/min");
  EXPECT_EQ(CheckUnit("mmHgg").did_you_mean, "mmHg");
  EXPECT_EQ(CheckUnit("mmoll/kg/h").did_you_mean, "mmol/kg/h");
  EXPECT_EQ(CheckUnit("bananas").did_you_mean, "");
}

TEST(CheckUnit, TellsWordsOfTimeFromUnits) {
  EXPECT_EQ(CheckUnit("years").reason,
            "\"years\" is a word for a span of time; as a unit of measure it is \"a\"");
  EXPECT_EQ(CheckUnit("months").did_you_mean, "mo");
}

}  // namespace
}  // namespace medverka::criteria
