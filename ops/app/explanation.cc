#include "ops/app/explanation.h"

#include <algorithm>

#include "matcher/render.h"
#include "ops/app/terminal.h"
#include "ops/base/text.h"

namespace medverka::app {
namespace {

using criteria::Bilingual;
using criteria::CriterionVerdict;
using criteria::Grade;
using criteria::Truth;

const std::string& In(const Bilingual& text, Language language) {
  const std::string& wanted = language == Language::kSwedish ? text.sv : text.en;
  if (!wanted.empty()) return wanted;
  return language == Language::kSwedish ? text.en : text.sv;
}

Ink InkOf(Grade grade) {
  switch (grade) {
    case Grade::kEligible:
    case Grade::kLikely:
      return Ink::kGreen;
    case Grade::kPossible:
      return Ink::kYellow;
    case Grade::kIneligible:
      return Ink::kRed;
  }
  return Ink::kRed;
}

std::string MarkOf(const CriterionVerdict& verdict, bool colour) {
  if (verdict.against) return Paint(Ink::kRed, "✗", colour);
  if (verdict.value == Truth::kUnknown) return Paint(Ink::kYellow, "?", colour);
  return Paint(Ink::kGreen, "✓", colour);
}

std::string Padded(const std::string& text, std::size_t width) {
  const std::size_t length = base::IsValidUtf8(text) ? base::CodePoints(text) : text.size();
  return text + std::string(width > length ? width - length : 0, ' ');
}

// The author's label for a Swedish reader; the name itself is English.
const std::string& ShownName(const criteria::Criterion& criterion, const TextStyle& style) {
  const bool labelled = style.language == Language::kSwedish && !criterion.label.sv.empty();
  return labelled ? criterion.label.sv : criterion.name;
}

std::string CriterionText(const criteria::Criterion& criterion, const CriterionVerdict& verdict,
                          std::size_t width, const TextStyle& style) {
  const bool swedish = style.language == Language::kSwedish;
  std::string kind(criteria::Name(criterion.kind));
  std::string text =
      fmt::format("    {} {} {}  {}\n", MarkOf(verdict, style.colour), Padded(kind, 7),
                  Paint(Ink::kBold, Padded(ShownName(criterion, style), width), style.colour),
                  In(verdict.why, style.language));
  const std::string indent(4 + 2 + 8 + width + 2, ' ');
  const std::string& needs = In(verdict.needs, style.language);
  // What an open question needs is its answer.
  if (!needs.empty() && !verdict.open_question)
    text += fmt::format("{}{} {}\n", indent, swedish ? "behövs:" : "needs:", needs);
  if (!verdict.evidence.empty()) {
    std::string evidence;
    for (const std::string& resource : verdict.evidence)
      evidence += (evidence.empty() ? "" : ", ") + resource;
    text += fmt::format("{}{}\n", indent, Paint(Ink::kDim, evidence, style.colour));
  }
  return text;
}

// Those of the study as a whole, or those of one cohort.
std::string CriteriaText(const Explanation& explanation, std::optional<std::uint32_t> cohort,
                         std::size_t width, const TextStyle& style) {
  const auto& criteria = explanation.program->criteria;
  std::string text;
  for (std::size_t i = 0; i < criteria.size(); ++i) {
    if (criteria[i].cohort == cohort)
      text += CriterionText(criteria[i], explanation.verdict.criteria[i], width, style);
  }
  return text;
}

std::string CohortText(const criteria::Cohort& cohort, Grade grade, const TextStyle& style) {
  const bool swedish = style.language == Language::kSwedish;
  std::string text =
      fmt::format("    {} {}  {}", swedish ? "kohort" : "cohort",
                  Paint(Ink::kBold, cohort.name, style.colour), GradeInWords(grade, style));
  if (!cohort.title.empty()) text += "  " + cohort.title;
  if (!cohort.open) text += swedish ? "  (stängd)" : "  (closed)";
  return text + '\n';
}

}  // namespace

std::string GradeInWords(Grade grade, const TextStyle& style) {
  constexpr const char* kSwedish[] = {"inte aktuell", "möjlig", "trolig", "uppfyller kriterierna"};
  const std::string word = style.language == Language::kSwedish
                               ? kSwedish[static_cast<int>(grade)]
                               : std::string(criteria::Name(grade));
  return Paint(InkOf(grade), word, style.colour);
}

base::json::value ToJson(const Explanation& explanation) {
  const criteria::Program& program = *explanation.program;
  base::json::object json;
  json["patient"] = explanation.patient;
  json["study"] = program.study.id;
  json["at"] = base::FormatUtc(explanation.at);
  json["verdict"] = criteria::Name(explanation.verdict.grade);
  json["changes_at"] = matcher::RenderTime(explanation.verdict.changes_at);
  json["criteria"] = matcher::RenderCriteria(program, explanation.verdict);
  json["cohorts"] = matcher::RenderCohorts(program, explanation.verdict);
  return json;
}

std::string ToText(const Explanation& explanation, const TextStyle& style) {
  const criteria::Program& program = *explanation.program;
  const bool swedish = style.language == Language::kSwedish;
  std::size_t width = 0;
  for (const auto& criterion : program.criteria)
    width = std::max(width, base::CodePoints(ShownName(criterion, style)));
  std::string text = fmt::format("  {}  {}  {}", Paint(Ink::kBold, program.study.id, style.colour),
                                 GradeInWords(explanation.verdict.grade, style),
                                 In(program.study.title, style.language));
  if (explanation.verdict.changes_at.has_value()) {
    text += fmt::format("  ({} {})", swedish ? "kan ändras" : "can change",
                        base::FormatLocal(*explanation.verdict.changes_at));
  }
  text += '\n';
  text += CriteriaText(explanation, std::nullopt, width, style);
  for (std::uint32_t i = 0; i < explanation.verdict.cohorts.size(); ++i) {
    text += CohortText(program.cohorts[i], explanation.verdict.cohorts[i], style);
    text += CriteriaText(explanation, i, width, style);
  }
  return text;
}

}  // namespace medverka::app
