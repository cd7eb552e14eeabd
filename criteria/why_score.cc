// A score in words: its name, formula and result, the inputs with values and dates, and why there
// is no result where there is none.
#include <algorithm>

#include "criteria/internal/words.h"
#include "criteria/scores/compute.h"
#include "ops/base/format.h"

namespace medverka::criteria::internal {
namespace {

using Score = ScoreQuery::Score;
using Formula = ScoreQuery::Formula;

void Append(Bilingual& text, const Bilingual& more) {
  text.sv += more.sv;
  text.en += more.en;
}

Bilingual FormulaText(Formula formula) {
  switch (formula) {
    case Formula::kLmRev:
      return Same("LM-rev");
    case Formula::kCkdEpi2021:
      return Same("CKD-EPI 2021");
    case Formula::kCkdEpi2009:
      return Same("CKD-EPI 2009");
    case Formula::kEkfc:
      return Same("EKFC");
    case Formula::kCockcroftGault:
      return Same("Cockcroft-Gault");
    case Formula::kReported:
      return Text("as reported", "enligt laboratoriet");
    case Formula::kNone:
      break;
  }
  return {};
}

Bilingual NameText(Score score) {
  switch (score) {
    case Score::kCreatinineClearance:
      return Text("creatinine clearance", "kreatininclearance");
    case Score::kBodySurface:
      return Text("body surface area", "kroppsyta");
    case Score::kCharlson:
      return Text("Charlson comorbidity index", "Charlsons komorbiditetsindex");
    default:
      return Same(std::string(Name(score)));
  }
}

// "eGFR (LM-rev)"; before a value is there, all formulas that were tried.
Bilingual HeadText(const ScoreQuery& query, const Leaf& leaf) {
  Bilingual formulas;
  std::vector<Formula> named = query.formulas;
  if (leaf.formula != Formula::kNone) named = {leaf.formula};
  for (const Formula formula : named) {
    if (!formulas.en.empty()) Append(formulas, Text(" or ", " eller "));
    Append(formulas, FormulaText(formula));
  }
  Bilingual head = NameText(query.score);
  if (!formulas.en.empty()) Append(head, Text(" (" + formulas.en + ")", " (" + formulas.sv + ")"));
  return head;
}

Bilingual ResultText(const ScoreQuery& query, const Leaf& leaf) {
  if (!leaf.computed) return {};
  std::string unit(WrittenUnitOf(query.score));
  if (!unit.empty()) unit.insert(0, " ");
  const std::string low = leaf.computed->ToString();
  if (!leaf.computed_high) return Same(" " + low + unit);
  const std::string high = leaf.computed_high->ToString();
  return Text(fmt::format(" {} to {}{}", low, high, unit),
              fmt::format(" {} till {}{}", low, high, unit));
}

// The set's name, without the score's own before it: "dementia" for "Charlson: dementia".
std::string InputName(const Program& program, const ScoreQuery& query, std::size_t input) {
  if (input >= query.inputs.size()) return {};
  const std::string& name = program.sets[query.inputs[input]].name;
  const std::size_t colon = name.find(": ");
  const auto inputs = InputsOf(query.score);
  const bool own = colon != std::string::npos && input < inputs.size() && name == inputs[input].set;
  return own ? name.substr(colon + 2) : name;
}

Bilingual InputText(const Telling& telling, const ScoreQuery& query, const UsedFact& used) {
  const auto input = static_cast<std::size_t>(used.input);
  const std::string name = "\"" + InputName(telling.program(), query, input) + "\"";
  const Bilingual date = DateText(used);
  const InputUse use = InputsOf(query.score)[input].use;
  if (use == InputUse::kEver || use == InputUse::kOngoing || use == InputUse::kSupport) {
    return Text(fmt::format("{} ({})", name, date.en), fmt::format("{} ({})", name, date.sv));
  }
  const Bilingual value = ValueText(telling, *used.ref.fact, false);
  return Text(fmt::format("result {} {} on {}", name, value.en, date.en),
              fmt::format("resultat {} {} {}", name, value.sv, date.sv));
}

bool TakesSex(Score score) {
  return score == Score::kEgfr || score == Score::kCreatinineClearance ||
         score == Score::kCha2ds2Vasc;
}

// " from result "weight" 80 kg on 2026-01-02, ..."
Bilingual SourcesText(const Telling& telling, const ScoreQuery& query) {
  const Leaf& leaf = telling.leaf;
  Bilingual sources;
  for (const UsedFact& used : leaf.used) {
    if (used.input < 0) continue;
    Append(sources, sources.en.empty() ? Text(" from ", " av ") : Same(", "));
    Append(sources, InputText(telling, query, used));
  }
  if (leaf.used_in_all > leaf.used.size()) {
    const std::size_t more = leaf.used_in_all - leaf.used.size();
    Append(sources, Text(fmt::format(" and {} more", more), fmt::format(" och {} till", more)));
  }
  if (sources.en.empty() && TakesAge(query.score))
    sources = TakesSex(query.score) ? Text(" from age and sex", " av ålder och kön")
                                    : Text(" from age", " av ålder");
  return sources;
}

// Quoted names of the inputs that are not known.
std::string LackingNames(const Program& program, const ScoreQuery& query, const Leaf& leaf) {
  std::string names;
  for (const std::uint32_t input : leaf.lacking) {
    const bool read = query.formulas.empty() ||
                      std::ranges::any_of(query.formulas,
                                          [&](Formula formula) {
                                            return formula != Formula::kReported &&
                                                   ReadsInput(query.score, formula, input);
                                          }) ||
                      std::ranges::all_of(query.formulas, [](Formula formula) {
                        return formula == Formula::kReported;
                      });
    if (!read) continue;
    if (!names.empty()) names += ", ";
    names += "\"" + InputName(program, query, input) + "\"";
  }
  return names;
}

Bilingual OutsideText(const ScoreQuery& query) {
  if (!TakesAge(query.score)) return Text(": a value is implausible", ": ett värde är orimligt");
  const bool ekfc = query.formulas == std::vector<Formula>{Formula::kEkfc};
  const char* const age = ekfc ? "2" : "18";
  return Text(
      fmt::format(": the formula does not apply (age under {} at the sample, or an "
                  "implausible value)",
                  age),
      fmt::format(": formeln gäller inte (under {} år vid provet, eller ett orimligt värde)", age));
}

void SayWhyOpen(const Program& program, const ScoreQuery& query, const Leaf& leaf,
                LeafWords& words) {
  const std::string lacking = LackingNames(program, query, leaf);
  const Bilingual results = Text("result " + lacking, "resultat " + lacking);
  switch (leaf.reason) {
    case Reason::kOutsideFormula:
      Append(words.why, OutsideText(query));
      return;
    case Reason::kAttribute:
      words.needs = Text("birth date and sex", "födelsedatum och kön");
      return;
    case Reason::kUnusable:
      if (!lacking.empty()) break;
      Append(words.why, Text(": there is no value that can be compared",
                             ": det finns inget värde som kan jämföras"));
      words.needs =
          Text("results with values that can be compared", "resultat med jämförbara värden");
      return;
    default:
      break;
  }
  if (lacking.empty()) {
    Append(words.why, Text(": what is recorded is not exact enough",
                           ": det registrerade är inte tillräckligt exakt"));
    words.needs = Text("exact dates and values", "exakta datum och värden");
    return;
  }
  Append(words.why, Text("; not recorded near enough: " + lacking,
                         "; inte registrerat tillräckligt nära: " + lacking));
  words.needs = OneOf(results);
}

}  // namespace

LeafWords ScoreWords(const Telling& telling, const ScoreQuery& query) {
  const Program& program = telling.program();
  const Leaf& leaf = telling.leaf;
  if (leaf.reason == Reason::kNoEvent) return NoEvent(telling);
  if (leaf.reason == Reason::kLimit) return LimitReached();
  const Bilingual head = HeadText(query, leaf);
  if (leaf.reason == Reason::kNotRecorded) {
    std::string lacking = LackingNames(program, query, leaf);
    if (lacking.empty()) lacking = "\"" + InputName(program, query, 0) + "\"";
    LeafWords words = NotRecorded(
        telling,
        {Text("result " + lacking, "resultat " + lacking), FactKind::kObservation, query.times, {}},
        leaf.policy.value_or(Absence::kUnknown));
    words.why = Text(head.en + ": " + words.why.en, head.sv + ": " + words.why.sv);
    return words;
  }
  const Bilingual test = TestText(program, query.test);
  const Bilingual verb = leaf.value == Truth::kTrue    ? Text(" meets ", " uppfyller ")
                         : leaf.value == Truth::kFalse ? Text(" does not meet ", " uppfyller inte ")
                                                       : Text(" does not settle ", " avgör inte ");
  LeafWords words;
  words.why = head;
  Append(words.why, ResultText(query, leaf));
  Append(words.why, SourcesText(telling, query));
  Append(words.why, verb);
  Append(words.why, test);
  if (leaf.value == Truth::kUnknown) SayWhyOpen(program, query, leaf, words);
  return words;
}

}  // namespace medverka::criteria::internal
