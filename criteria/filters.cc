// Idea: a filter is one more truth per fact: what a fact reports of itself either agrees, or does
// not, or is not reported, which is unknown. `where` is a criterion of its own, judged once per
// candidate, with `it` bound to the candidate.
//
// Words are compared folded. What journals code of side and severity is put into words here, so
// that `with side is "left"` also finds SNOMED CT's 7771000; Swedish and English words are equal.
#include <algorithm>
#include <array>
#include <functional>

#include "criteria/internal/kleene.h"
#include "criteria/internal/leaves.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

// SNOMED CT International, concepts of laterality (axis 182353008) and severity (272141005), and
// the words of both languages for them; folded.
struct Grading {
  std::string_view snomed;
  std::array<std::string_view, 4> words;
};
constexpr Grading kGradings[] = {
    {"7771000", {"left", "vänster", "sin", "sin."}},
    {"24028007", {"right", "höger", "dx", "dx."}},
    {"51440002", {"bilateral", "both", "bilateralt", "båda"}},
    {"255604002", {"mild", "lindrig", "lätt", "mild"}},
    {"6736007", {"moderate", "måttlig", "medelsvår", "moderate"}},
    {"24484000", {"severe", "svår", "allvarlig", "severe"}},
};

bool Says(const Grading& grading, std::string_view word) {
  return std::find(grading.words.begin(), grading.words.end(), word) != grading.words.end();
}

bool SameWord(std::string_view a, std::string_view b) {
  if (a == b) return true;
  return std::any_of(std::begin(kGradings), std::end(kGradings),
                     [&](const Grading& grading) { return Says(grading, a) && Says(grading, b); });
}

// Known by a word of the table: then it can be told apart from another one.
const Grading* GradingOf(const Coding& coding) {
  if (coding.system != SystemId::kSnomed) return nullptr;
  for (const Grading& grading : kGradings) {
    if (grading.snomed == coding.code) return &grading;
  }
  return nullptr;
}

// Does a coded or worded thing go by one of these words? Codes without any word leave it open.
Truth GoesBy(const std::vector<std::string>& words, const std::vector<CodeId>& codes,
             const std::string& text, const Vocabulary& vocabulary) {
  bool worded = !text.empty();
  const std::string folded = base::Fold(text);
  for (const std::string& word : words) {
    if (worded && SameWord(folded, word)) return Truth::kTrue;
    for (const CodeId code : codes) {
      const Coding& coding = vocabulary.coding(code);
      if (base::Fold(coding.code) == word) return Truth::kTrue;
      if (const Grading* grading = GradingOf(coding)) {
        worded = true;
        if (Says(*grading, word)) return Truth::kTrue;
      }
    }
  }
  return worded ? Truth::kFalse : Truth::kUnknown;
}

// The number of a flag: main diagnosis, regularly.
Truth FlagOf(const Fact& fact, Field field) {
  Truth flag = Truth::kUnknown;
  for (const Attribute& attribute : fact.attributes) {
    if (attribute.field != field || !attribute.number.low) continue;
    const Truth one = FromBool(!attribute.number.low->is_zero());
    flag = flag == Truth::kUnknown ? one : Or(flag, one);
  }
  return flag;
}

}  // namespace

Truth Leaves::FieldHolds(const FieldFilter& filter, const PreparedFilter& prepared,
                         const Attribute& attribute) const {
  if (prepared.test) {
    if (!attribute.number.low && !attribute.number.high) return Truth::kUnknown;
    return JudgeNumber(*prepared.test, attribute.number, attribute.unit, Analyte::kNone,
                       moment_.patient.demographics.sex, prepared_.vocabulary);
  }
  Truth truth = Truth::kUnknown;
  if (!filter.sets.empty() && !attribute.codes.empty())
    truth = FromBool(prepared_.sets.InAny(filter.sets, attribute.codes));
  if (!prepared.words.empty()) {
    const Truth by_word =
        GoesBy(prepared.words, attribute.codes, attribute.text, prepared_.vocabulary);
    truth = filter.sets.empty() ? by_word : Or(truth, by_word);
  }
  return truth;
}

// `with value ...`: the fact's own.
Truth Leaves::ValueHolds(const FieldFilter& filter, const PreparedFilter& prepared,
                         const Fact& fact) const {
  if (prepared.test) {
    return Judge(*prepared.test, fact, moment_.patient.demographics.sex, prepared_.vocabulary,
                 prepared_.sets)
        .truth;
  }
  if (fact.value_absent) return Truth::kUnknown;
  Attribute value;
  value.codes = fact.value.codes;
  value.text = fact.value.text;
  return FieldHolds(filter, prepared, value);
}

// A visit's reasons are those it names and the diagnoses made at it.
Truth Leaves::ReasonHolds(const FieldFilter& filter, const FactRef& visit) const {
  if (filter.sets.empty()) return Truth::kFalse;
  Truth truth = Truth::kFalse;
  bool any = false;
  for (const FactRef& ref : moment_.patient.of(FactKind::kCondition)) {
    if (ref.fact->visit_id != visit.resource->id || ref.fact->codes.empty()) continue;
    any = any || HoldsOf(*ref.fact) != Truth::kFalse;
    if (prepared_.sets.InAny(filter.sets, ref.fact->codes)) truth = Or(truth, HoldsOf(*ref.fact));
  }
  return any ? truth : Truth::kUnknown;
}

Truth Leaves::FieldHolds(const FieldFilter& filter, const PreparedFilter& prepared,
                         const FactRef& ref) const {
  if (filter.value) return ValueHolds(filter, prepared, *ref.fact);
  bool reported = false;
  Truth truth = Truth::kFalse;
  for (const Attribute& attribute : ref.fact->attributes) {
    if (attribute.field != filter.field) continue;
    reported = true;
    truth = Or(truth, FieldHolds(filter, prepared, attribute));
  }
  if (filter.field == Field::kReason && ref.fact->kind == FactKind::kVisit) {
    const Truth by_diagnosis = ReasonHolds(filter, ref);
    if (by_diagnosis == Truth::kTrue) return Truth::kTrue;
    if (!reported) return by_diagnosis;
  }
  return reported ? truth : Truth::kUnknown;
}

void Leaves::JudgeFilters(const Query& query, std::vector<Item>& items) const {
  const std::vector<Query>& all = prepared_.program.queries;
  const bool of_program = !all.empty() && !std::less<>{}(&query, all.data()) &&
                          std::less<>{}(&query, all.data() + all.size());
  const bool plain =
      query.fields.empty() && !query.main_diagnosis && !query.regularly && !query.step;
  if (plain) return;
  for (Item& item : items) {
    Truth asked = Truth::kTrue;
    for (std::size_t i = 0; i < query.fields.size(); ++i) {
      const PreparedFilter prepared =
          of_program ? PreparedFilter{}
                     : Prepare(query.fields[i], prepared_.program, prepared_.vocabulary);
      const PreparedFilter& ready =
          of_program ? prepared_.query_filters[static_cast<std::size_t>(&query - all.data())][i]
                     : prepared;
      asked = And(asked, FieldHolds(query.fields[i], ready, item.ref));
    }
    const Fact& fact = *item.ref.fact;
    if (query.main_diagnosis) asked = And(asked, FlagOf(fact, Field::kMain));
    if (query.regularly) asked = And(asked, FlagOf(fact, Field::kRegular));
    if (query.step) {
      asked = And(asked, fact.step == MedicationStep::kNotReported
                             ? Truth::kUnknown
                             : FromBool(fact.step == *query.step));
    }
    item.attribute_open = asked == Truth::kUnknown;
    item.filters = And(item.filters, asked);
  }
}

// ---- where

void Leaves::JudgeWhere(const Query& query, Item& item, Moments& moments) const {
  if (item.inside() == Truth::kFalse || item.holds == Truth::kFalse) return;
  const std::vector<Event>& events = prepared_.program.events;
  ReadyEvents();
  const BoundEvent candidate = BindFact(item.ref, item.span);
  std::vector<std::pair<EventIndex, const BoundEvent*>> outer;
  for (EventIndex i = 0; i < events.size(); ++i) {
    if (events[i].kind != Event::Kind::kIt) continue;
    outer.emplace_back(i, bound_[i]);
    bound_[i] = &candidate;
  }
  Values known;
  item.filters = And(item.filters, EvaluateTree(*query.where, known, item, moments));
  for (const auto& [event, before] : outer) bound_[event] = before;
}

Truth Leaves::EvaluateTree(std::uint32_t index, Values& known, Item& item, Moments& moments) const {
  if (const auto there = known.find(index); there != known.end()) return there->second;
  const Truth truth = EvaluateNode(index, known, item, moments);
  known.emplace(index, truth);
  return truth;
}

Truth Leaves::EvaluateNode(std::uint32_t index, Values& known, Item& item, Moments& moments) const {
  const Node& node = prepared_.program.nodes[index];
  if (!IsLeaf(node.kind)) {
    return Combine(node,
                   [&](std::uint32_t child) { return EvaluateTree(child, known, item, moments); });
  }
  Leaf leaf;
  Evaluate(node, leaf);
  for (const base::Instant moment : leaf.moments) moments.Add(moment);
  const auto beside = [&](const FactRef& ref, const Span& span) {
    if (ref.fact == nullptr || ref.fact == item.ref.fact) return;
    for (const UsedFact& one : item.beside) {
      if (one.ref.fact == ref.fact) return;
    }
    if (item.beside.size() < kUsedFactsMax) item.beside.push_back({ref, span, leaf.value});
  };
  for (const UsedFact& used : leaf.used) beside(used.ref, used.span);
  for (const UsedFact& used : leaf.beside) beside(used.ref, used.span);
  for (const UsedEvent& used : leaf.events) beside(used.ref, used.span);
  if (node.kind != NodeKind::kElseAsk) return leaf.value;
  const Truth data = EvaluateTree(node.children[0], known, item, moments);
  return data != Truth::kUnknown ? data : leaf.value;
}

}  // namespace medverka::criteria::internal
