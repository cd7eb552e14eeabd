// The small words of the read-back: units of time, kinds, systems, comparisons, in both languages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "criteria/read_back.h"

namespace medverka::criteria::internal {

// Chooses between the English and the Swedish of a sentence.
struct Tongue {
  Language language = Language::kEnglish;
  std::string_view operator()(std::string_view en, std::string_view sv) const {
    return language == Language::kEnglish ? en : sv;
  }
};

std::string QuotedText(std::string_view text);  // in quotes; marked by \ where it holds one
std::string ListedTexts(const std::vector<std::string>& texts, std::string_view last);

std::string PeriodWords(Tongue t, base::Period period);
// "the last 3 months", "de senaste 3 månaderna".
std::string LastWords(Tongue t, base::Period period);
std::string_view WholeUnits(Tongue t, base::TimeUnit unit);  // "years", "år"
// The exact instant: a local day where it is the start (or the end) of one.
std::string FromWords(base::Instant instant);
std::string ToWords(base::Instant instant);

std::string VisitClassWords(Tongue t, std::string_view code);  // "emergency"

struct KindWords {
  std::string_view one;   // "diagnosis"
  std::string_view many;  // "diagnoses"
  std::string_view a;     // "a diagnosis", "en diagnos"
  std::string_view none;  // "no", "ingen"
};
KindWords WordsOf(Tongue t, FactKind kind);
std::string_view SystemName(SystemId system);  // "ICD-10-SE"; else its word or URI
std::string_view FieldWords(Tongue t, Field field);
std::string_view StepWords(Tongue t, MedicationStep step);
std::string_view OpWords(Tongue t, CompareOp op);
std::string_view ScoreWords(Tongue t, ScoreQuery::Score score);
std::string_view FormulaWords(Tongue t, ScoreQuery::Formula formula);
std::string_view StatusWords(Tongue t, StudyStatus status);
std::string LimitWords(const Limit& limit);
std::string CodeWords(SystemId system, std::string_view code);
// What not recorded says where nobody states it.
Absence UsualAbsence(FactKind kind);

}  // namespace medverka::criteria::internal
