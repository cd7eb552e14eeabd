// Words in a text: a hit is a hint that a person has to read, unless the author lets it count as
// yes. What was not searched to the end is never "no match".
#include "criteria/internal/counting.h"
#include "criteria/internal/pattern.h"

namespace medverka::criteria::internal {

std::vector<Pattern> PatternsOf(const Program& program) {
  std::vector<Pattern> patterns;
  for (const TextQuery& text : program.texts) patterns.emplace_back(text.pattern);
  return patterns;
}

namespace {

struct Searched {
  bool any_text = false;
  bool hit = false;
  bool limit = false;
};

// Result in words, coded displays, conclusions, displays of attributes.
Searched Search(const Fact& fact, const Pattern& pattern) {
  Searched searched;
  const auto look = [&](const std::string& text) {
    if (text.empty()) return;
    searched.any_text = true;
    const Truth in = pattern.In(text);
    searched.hit = searched.hit || in == Truth::kTrue;
    searched.limit = searched.limit || in == Truth::kUnknown;
  };
  look(fact.value.text);
  for (const Attribute& attribute : fact.attributes) look(attribute.text);
  return searched;
}

}  // namespace

void Leaves::EvaluateText(const TextQuery& text, Leaf& leaf) const {
  const Program& program = prepared_.program;
  const Query& query = program.queries[text.query];
  const Pattern& pattern =
      prepared_.patterns[static_cast<std::size_t>(&text - program.texts.data())];
  Moments moments(moment_.at);
  std::vector<Item> items = Gather(query, std::nullopt, moments);
  bool any_text = false;
  bool hint = false;
  bool limit = false;
  for (Item& item : items) {
    const Searched searched = Search(*item.ref.fact, pattern);
    item.unusable = !searched.any_text;
    item.test = searched.hit && text.counts_as_yes                     ? Truth::kTrue
                : searched.hit || searched.limit || !searched.any_text ? Truth::kUnknown
                                                                       : Truth::kFalse;
    if (item.window == Truth::kFalse && !query.ever) continue;
    any_text = any_text || searched.any_text;
    hint = hint || searched.hit;
    limit = limit || (searched.limit && !searched.hit);
  }
  if (!any_text) {
    NothingRecorded(query, leaf);  // a report without words says nothing about them
    if (!query.absence_stated) {
      leaf.policy = Absence::kUnknown;
      leaf.value = Truth::kUnknown;
    }
  } else {
    Select(query, std::nullopt, items, moments, leaf);
    if (leaf.value == Truth::kUnknown && hint && !text.counts_as_yes) leaf.reason = Reason::kHint;
    if (leaf.value == Truth::kUnknown && limit && leaf.reason != Reason::kHint)
      leaf.reason = Reason::kLimit;
  }
  leaf.moments = moments.all();
}

}  // namespace medverka::criteria::internal
