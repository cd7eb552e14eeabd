#include "criteria/scores/score.h"

#include <algorithm>
#include <array>

#include "ops/base/check.h"
#include "ops/base/text.h"

namespace medverka::criteria {
namespace {

using Score = ScoreQuery::Score;
using Formula = ScoreQuery::Formula;

struct ScoreRow {
  Score score;
  std::string_view name;
  std::string_view unit;
  std::string_view written_unit;
};
constexpr ScoreRow kScores[] = {
    {Score::kEgfr, "eGFR", "mL/min/{1.73_m2}", "mL/min/1.73m2"},
    {Score::kCreatinineClearance, "creatinine clearance", "mL/min", "mL/min"},
    {Score::kBmi, "BMI", "kg/m2", "kg/m2"},
    {Score::kBodySurface, "body surface area", "m2", "m2"},
    {Score::kFib4, "FIB-4", "", ""},
    {Score::kCha2ds2Vasc, "CHA2DS2-VASc", "", ""},
    {Score::kHasBled, "HAS-BLED", "", ""},
    {Score::kNews2, "NEWS2", "", ""},
    {Score::kQsofa, "qSOFA", "", ""},
    {Score::kSofa, "SOFA", "", ""},
    {Score::kCharlson, "Charlson", "", ""},
};
constexpr std::array<std::string_view, 11> kNames = {"eGFR",     "creatinine clearance",
                                                     "BMI",      "body surface area",
                                                     "FIB-4",    "CHA2DS2-VASc",
                                                     "HAS-BLED", "NEWS2",
                                                     "qSOFA",    "SOFA",
                                                     "Charlson"};

// What else a score is called, as Tight writes it.
struct OtherName {
  std::string_view name;
  Score score;
};
constexpr OtherName kOtherNames[] = {
    {"bsa", Score::kBodySurface},
    {"bodysurface", Score::kBodySurface},
    {"mosteller", Score::kBodySurface},
    {"cci", Score::kCharlson},
    {"charlsoncomorbidityindex", Score::kCharlson},
    {"charlsonindex", Score::kCharlson},
};

struct FormulaRow {
  Formula formula;
  std::string_view word;
};
constexpr FormulaRow kFormulas[] = {
    {Formula::kLmRev, "lm-rev"},
    {Formula::kCkdEpi2021, "ckd-epi-2021"},
    {Formula::kCkdEpi2009, "ckd-epi-2009"},
    {Formula::kEkfc, "ekfc"},
    {Formula::kCockcroftGault, "cockcroft-gault"},
    {Formula::kReported, "reported"},
};
constexpr Formula kEgfrFormulas[] = {Formula::kLmRev, Formula::kCkdEpi2021, Formula::kCkdEpi2009,
                                     Formula::kEkfc, Formula::kReported};
constexpr Formula kClearanceFormulas[] = {Formula::kCockcroftGault};

const ScoreRow& RowOf(Score score) {
  const auto* const row = std::ranges::find(kScores, score, &ScoreRow::score);
  MEDVERKA_CHECK(row != std::end(kScores));
  return *row;
}

// Folded, and without what people leave out or put in: blanks, hyphens, points.
std::string Tight(std::string_view name) {
  std::string tight = base::Fold(name);
  std::erase_if(tight, [](char c) { return c == ' ' || c == '-' || c == '.' || c == '_'; });
  return tight;
}

bool ByPrefix(SystemId system) {
  return system == SystemId::kIcd10Se || system == SystemId::kIcd10 || system == SystemId::kAtc ||
         system == SystemId::kKva;
}

// The next word of `text`, without its comma. REQUIRES: one blank between words.
std::string_view NextWord(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (word.ends_with(',')) word.remove_suffix(1);
  return word;
}

CodeRule RuleOf(SystemId system, std::string_view code) {
  CodeRule rule;
  rule.system = system;
  const std::size_t dash = ByPrefix(system) ? code.find('-') : std::string_view::npos;
  rule.from = NormalCode(system, code.substr(0, dash));
  if (dash != std::string_view::npos) {
    rule.match = CodeRule::Match::kRange;
    rule.to = NormalCode(system, code.substr(dash + 1));
  } else if (ByPrefix(system)) {
    rule.match = CodeRule::Match::kPrefix;
  }
  return rule;
}

}  // namespace

CodeSet BuiltInSet(const ScoreInput& input) {
  CodeSet set;
  set.name = std::string(input.set);
  CodeClause clause;
  std::vector<CodeRule>* rules = &clause.include;
  SystemId system = SystemId::kNone;
  for (std::string_view rest = input.codes; !rest.empty();) {
    const std::string_view word = NextWord(rest);
    const SystemId named = SystemOfWord(word);
    if (word == "except") {
      rules = &clause.except;
    } else if (named != SystemId::kNone) {
      system = named;
    } else {
      rules->push_back(RuleOf(system, word));
    }
  }
  set.clauses.push_back(std::move(clause));
  return set;
}

std::string_view Name(Score score) { return RowOf(score).name; }

std::string_view Name(Formula formula) {
  const auto* const row = std::ranges::find(kFormulas, formula, &FormulaRow::formula);
  return row == std::end(kFormulas) ? "" : row->word;
}

std::optional<Score> ScoreOfName(std::string_view name) {
  const std::string tight = Tight(name);
  for (const ScoreRow& row : kScores) {
    if (Tight(row.name) == tight) return row.score;
  }
  for (const OtherName& other : kOtherNames) {
    if (other.name == tight) return other.score;
  }
  return std::nullopt;
}

std::span<const std::string_view> ScoreNames() { return kNames; }

std::span<const Formula> FormulasOf(Score score) {
  if (score == Score::kEgfr) return kEgfrFormulas;
  if (score == Score::kCreatinineClearance) return kClearanceFormulas;
  return {};
}

bool FormulaMayBeLeftOut(Score score) { return score != Score::kEgfr; }

std::optional<Formula> FormulaOfWord(std::string_view word) {
  const auto* const row = std::ranges::find(kFormulas, word, &FormulaRow::word);
  if (row == std::end(kFormulas)) return std::nullopt;
  return row->formula;
}

std::string_view UnitOf(Score score) { return RowOf(score).unit; }
std::string_view WrittenUnitOf(Score score) { return RowOf(score).written_unit; }

std::optional<PointsRange> PointsOf(Score score) {
  switch (score) {
    case Score::kCha2ds2Vasc:
    case Score::kHasBled:
      return PointsRange{0, 9};
    case Score::kNews2:
      return PointsRange{0, 20};
    case Score::kQsofa:
      return PointsRange{0, 3};
    case Score::kSofa:
      return PointsRange{0, 24};
    case Score::kCharlson:
      return PointsRange{0, 30};
    default:
      return std::nullopt;
  }
}

}  // namespace medverka::criteria
