#include "criteria/internal/scale_finder.h"

#include <algorithm>
#include <set>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/cursor.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

const ast::Scale* NamedAsSet(const Scope& scope, const ast::Items& sets) {
  for (const ast::CodeItem& item : sets.items) {
    if (item.type != ast::CodeItem::Type::kSetName) continue;
    if (const NamedScale* found = scope.FindScale(item.text)) return found->declaration;
  }
  return nullptr;
}

std::vector<std::string_view> Labels(const ast::Scale& scale) {
  std::vector<std::string_view> labels;
  for (const ast::Scale::Level& level : scale.levels) {
    labels.push_back(level.word.text);
    for (const ast::Word& part : level.parts) labels.push_back(part.text);
  }
  return labels;
}

const ast::Word* NotOn(const ast::Scale& scale, const ast::Test& test) {
  for (const ast::Word& word : test.words) {
    if (!HasLabel(scale, word.text)) return &word;
  }
  return nullptr;
}

ScaleChoice UnknownLabel(const ast::Scale& scale, const ast::Word& word) {
  ScaleChoice choice;
  choice.span = word.span;
  choice.problem =
      fmt::format("{} is no level of the scale {}", Quoted(word.text), Quoted(scale.name.text));
  const auto labels = Labels(scale);
  const std::string_view near = base::DidYouMean(word.text, labels);
  std::vector<std::string> all(labels.begin(), labels.end());
  choice.hint = near.empty() ? fmt::format("Its levels are {}.", Listed(all, "and"))
                             : fmt::format("Did you mean {}?", near);
  return choice;
}

}  // namespace

bool HasLabel(const ast::Scale& scale, std::string_view label) {
  const std::string folded = base::Fold(label);
  return std::any_of(scale.levels.begin(), scale.levels.end(), [&](const auto& level) {
    return base::Fold(level.word.text) == folded ||
           std::any_of(level.parts.begin(), level.parts.end(),
                       [&](const ast::Word& part) { return base::Fold(part.text) == folded; });
  });
}

ScaleChoice FindScale(const Scope& scope, const ast::Test& test, const ast::Items& sets) {
  ScaleChoice choice;
  const bool compares = test.kind == ValueTest::Kind::kCompareLevel;
  const bool words = test.kind == ValueTest::Kind::kIn || test.kind == ValueTest::Kind::kIs;
  if ((!compares && !words) || test.words.empty()) return choice;
  // `is "name"` of a set asks for its codes.
  if (test.kind == ValueTest::Kind::kIs && test.words[0].quoted &&
      scope.FindSet(test.words[0].text) != nullptr) {
    return choice;
  }
  if (const ast::Scale* own = NamedAsSet(scope, sets)) {
    if (own->broken) return choice;
    if (const ast::Word* word = NotOn(*own, test)) return UnknownLabel(*own, *word);
    choice.scale = own;
    return choice;
  }
  std::vector<const ast::Scale*> fitting;
  for (const auto& [name, named] : scope.scales()) {
    if (!named.declaration->broken && NotOn(*named.declaration, test) == nullptr)
      fitting.push_back(named.declaration);
  }
  if (fitting.size() == 1) choice.scale = fitting[0];
  if (fitting.size() == 1 || scope.names_lost()) return choice;
  if (fitting.empty()) {
    if (!compares) return choice;
    choice.span = test.words[0].span;
    choice.problem = fmt::format("{} is on no scale", Quoted(test.words[0].text));
    std::vector<std::string_view> labels;
    for (const auto& [name, named] : scope.scales()) {
      for (const std::string_view label : Labels(*named.declaration)) labels.push_back(label);
    }
    const std::string_view near = base::DidYouMean(test.words[0].text, labels);
    choice.hint = near.empty() ? "Levels are told by a scale: scale stage { I < II < III }"
                               : fmt::format("Did you mean {}?", near);
    return choice;
  }
  std::vector<std::string> names;
  for (const ast::Scale* scale : fitting) names.push_back(Quoted(scale->name.text));
  choice.span = test.words[0].span;
  choice.problem = fmt::format("{} stands on several scales: {}", Quoted(test.words[0].text),
                               Listed(names, "and"));
  choice.hint = "Give the scale that is meant the name of the set whose values it orders.";
  return choice;
}

Scale CompileScale(const ast::Scale& source) {
  Scale scale;
  scale.name = source.name.text;
  for (const ast::Scale::Level& level : source.levels) {
    ScaleLevel out;
    out.name = level.word.text;
    for (const ast::Word& part : level.parts) out.parts.push_back(part.text);
    scale.levels.push_back(std::move(out));
  }
  return scale;
}

void CheckScale(const ast::Scale& scale, Reporter& reporter) {
  std::set<std::string> seen;
  const auto level_of = [&](std::string_view label) -> const ast::Scale::Level* {
    for (const ast::Scale::Level& level : scale.levels) {
      if (base::Fold(level.word.text) == base::Fold(label)) return &level;
    }
    return nullptr;
  };
  const auto has_part = [](const ast::Scale::Level& level, std::string_view label) {
    return std::any_of(level.parts.begin(), level.parts.end(), [&](const ast::Word& part) {
      return base::Fold(part.text) == base::Fold(label);
    });
  };
  const auto add = [&](const ast::Word& word) {
    if (seen.insert(base::Fold(word.text)).second) return;
    reporter.Report(DiagnosticCode::kDuplicateName, word.span,
                    fmt::format("{} stands twice on this scale", Quoted(word.text)),
                    "Each level and each finer level has one place.");
  };
  if (scale.levels.empty()) {
    reporter.Report(DiagnosticCode::kEmptySet, scale.name.span,
                    fmt::format("the scale {} is empty", Quoted(scale.name.text)),
                    "Write its levels from the lowest on: { I < II < III }");
    return;
  }
  for (const ast::Scale::Level& level : scale.levels) {
    for (const ast::Word& part : level.parts) {
      const ast::Scale::Level* other = level_of(part.text);
      if (other == nullptr || !(other == &level || has_part(*other, level.word.text))) continue;
      reporter.Report(DiagnosticCode::kCycle, part.span,
                      other == &level ? fmt::format("{} takes in itself", Quoted(level.word.text))
                                      : fmt::format("{} takes in {}, which takes in {}",
                                                    Quoted(level.word.text), Quoted(part.text),
                                                    Quoted(level.word.text)),
                      "A level takes in finer levels, which take in no others.");
      return;
    }
  }
  for (const ast::Scale::Level& level : scale.levels) {
    add(level.word);
    for (const ast::Word& part : level.parts) add(part);
  }
}

}  // namespace medverka::criteria::internal
