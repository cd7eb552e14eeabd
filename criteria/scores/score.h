// What each score of the language is made of: its names, its formulas, the unit of its result, and
// its inputs with the built-in codes, the unit each is read in and the age each may have. The
// compiler fills ScoreQuery::inputs from InputsOf, in its order; the evaluator (leaf_score.cc)
// reads facts by the same table; the formulas stand one to a file beside this one.
//
// Inputs are of two kinds. Dated ones are bound by the author's time clause: of a measured one the
// latest result in the window is taken. The newest of them is the score's *sample*: the person's
// age is the age then. Measured inputs must lie no further than their greatest age from the sample,
// before or after it; the latest such result is taken. A score of diagnoses has no sample: age is
// the age now, the time clause binds its diagnoses (any instant of them in common with the window),
// and its measured inputs, where there is no time clause, must not be older than their greatest
// age.
//
//   score                  dated inputs                              greatest age of an input
//   eGFR                   creatinine; eGFR for `reported`           -
//   creatinine clearance   creatinine                                weight 6 months
//   BMI, body surface area weight                                    height 10 years; of a person
//                                                                    under 20 at it 3 months
//   FIB-4                  ASAT, ALAT, platelets                     6 months between them
//   CHA2DS2-VASc           diagnoses                                 -
//   HAS-BLED               diagnoses, systolic, creatinine           systolic, creatinine 1 year
//   NEWS2                  all                                       12 hours between them
//   qSOFA                  all                                       12 hours between them
//   SOFA                   all measured                              24 hours between them
//   Charlson               diagnoses                                 -
//
// Why these: grown people keep their height; weight holds for half a year in stable patients;
// NEWS2 asks for a new set of observations every 12 hours at the least (Royal College of Physicians
// 2017), SOFA is a score of 24 hours (Vincent et al. 1996).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/fact.h"
#include "criteria/program.h"

namespace medverka::criteria {

// How an input is read.
enum class InputUse : std::uint8_t {
  kNumber,     // the latest result, as a number in `unit`
  kAlertness,  // the latest result: alert (ACVPU's A) or not
  kOxygen,   // the latest result: breathes oxygen (a flow above 0, a share above 21 %, yes) or air
  kEver,     // a diagnosis; not recorded says no
  kOngoing,  // a medication that goes on at the sample or now; not recorded says no
  kSupport,  // a procedure that goes on within the greatest age; not recorded is unknown
};

struct ScoreInput {
  // A set of this name of the author's own stands in for the built-in codes. Diagnoses bear the
  // score's name ("Charlson: dementia"), so that nobody's "dementia" changes a published index
  // unawares.
  std::string_view set;
  FactKind kind = FactKind::kObservation;
  InputUse use = InputUse::kNumber;
  // Built-in codes as the language writes them: "npu NPU04998 loinc 14682-9, 2160-0", perhaps with
  // "except icd10se C44" at the end.
  std::string_view codes;
  std::string_view unit;  // kNumber: what the formula takes it in; "" for points
  Analyte analyte = Analyte::kNone;
  bool dated = true;
  std::optional<base::Period> greatest_age;
  std::optional<base::Period> while_growing;  // greatest age in persons under kGrownYears
};
inline constexpr int kGrownYears = 20;
// Does the score count from a sample (measured inputs), or from now (diagnoses)?
bool HasSample(ScoreQuery::Score score);
// Does the person's age go into it?
bool TakesAge(ScoreQuery::Score score);

// Empty for none.
std::span<const ScoreInput> InputsOf(ScoreQuery::Score score);
// The built-in codes of an input as a compiled set, under the input's name.
CodeSet BuiltInSet(const ScoreInput& input);

// ---- names

// What stands in sentences: "eGFR", "CHA2DS2-VASc".
std::string_view Name(ScoreQuery::Score score);
// The word of the language: "lm-rev"; "" for kNone.
std::string_view Name(ScoreQuery::Formula formula);
// `score "..."`: compared folded, without blanks, hyphens and points ("cha2ds2vasc", "NEWS 2").
std::optional<ScoreQuery::Score> ScoreOfName(std::string_view name);
// The names to suggest; those that stand for themselves ("egfr", "bmi") too.
std::span<const std::string_view> ScoreNames();

// ---- formulas

// `by ...`. Empty: the score has but one and the author names none.
std::span<const ScoreQuery::Formula> FormulasOf(ScoreQuery::Score score);
// False for eGFR: its formulas give different results, so one is always named.
bool FormulaMayBeLeftOut(ScoreQuery::Score score);
std::optional<ScoreQuery::Formula> FormulaOfWord(std::string_view word);

// ---- results

// The unit of the result in UCUM: "mL/min/{1.73_m2}", "kg/m2"; "" for points and FIB-4.
std::string_view UnitOf(ScoreQuery::Score score);
// "mL/min/1.73m2": as an author writes it.
std::string_view WrittenUnitOf(ScoreQuery::Score score);

// Points lie in [min, max]; nullopt for scores that are no sum of points.
struct PointsRange {
  int min = 0;
  int max = 0;
};
std::optional<PointsRange> PointsOf(ScoreQuery::Score score);

}  // namespace medverka::criteria
