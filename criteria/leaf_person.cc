// What is asked of the person rather than of the journal: age, life, an answer.
#include <algorithm>

#include "criteria/internal/leaves.h"

namespace medverka::criteria::internal {

using base::Date;
using base::Decimal;
using base::Instant;

// ---- the person

void Leaves::EvaluateAge(const AgeTest& test, Leaf& leaf) const {
  const auto& birth = moment_.patient.demographics.birth;
  if (!birth || birth->lo > moment_.at) {
    leaf.reason = Reason::kNotRecorded;
    leaf.value = Truth::kUnknown;
    return;
  }
  leaf.rests_on_patient = true;
  Moments moments(moment_.at);
  base::TimeRange when{moment_.at, moment_.at};
  if (test.event != kNoEvent) {
    const BoundEvent* event = EventOf(test.event);
    if (event == nullptr) return;
    when = event->start.at;
  }
  // Has a person born then passed that age on the day asked about?
  const auto reached = [&](Instant born, std::int32_t age, Instant asked) {
    const base::Period period{age, test.unit};
    const Date day = base::Add(base::LocalDate(born), period, +1);
    moments.Add(base::StartOfDay(day));
    return base::LocalDate(asked) >= day;
  };
  const auto at_least = [&](std::int32_t age) {
    const bool oldest = reached(birth->lo, age, when.hi);
    const bool youngest = reached(birth->hi, age, when.lo);
    return youngest ? Truth::kTrue : oldest ? Truth::kUnknown : Truth::kFalse;
  };
  leaf.value = Truth::kTrue;
  if (test.min) leaf.value = And(leaf.value, at_least(*test.min + (test.min_strict ? 1 : 0)));
  if (test.max) leaf.value = And(leaf.value, Not(at_least(*test.max + (test.max_strict ? 0 : 1))));
  leaf.reason = leaf.value == Truth::kUnknown ? Reason::kImprecise : Reason::kFound;
  leaf.moments = moments.all();
}

void Leaves::EvaluateAlive(Leaf& leaf) const {
  const Demographics& person = moment_.patient.demographics;
  leaf.reason = Reason::kFound;
  leaf.value = FromBool(person.deceased != Truth::kTrue);
  if (person.deceased != Truth::kTrue) return;
  leaf.rests_on_patient = true;
  if (!person.death) return;
  Moments moments(moment_.at);
  moments.Add(person.death->lo);
  leaf.moments = moments.all();
  // A partial date is clipped at log time: once it has begun, the death lies before now.
  leaf.value = FromBool(person.death->lo > moment_.at);
}

// ---- answers

void Leaves::EvaluateAnswer(const AnswerQuery& query, Leaf& leaf) const {
  Moments moments(moment_.at);
  const Item* best = nullptr;
  std::vector<Item> items;
  for (const FactRef& ref : moment_.patient.of(FactKind::kAnswer)) {
    const Fact& fact = *ref.fact;
    if (!EqualFolded(fact.question, query.question)) continue;
    if (!fact.study.empty() && !EqualFolded(fact.study, prepared_.program.study.id)) continue;
    Item item;
    item.ref = ref;
    item.span = SpanOf(ref, nullptr, prepared_.vocabulary, moment_.at, moments);
    if (item.span.counts) items.push_back(std::move(item));
  }
  for (const Item& item : items) {
    const bool newer =
        best == nullptr || best->span.start.lo < item.span.start.lo ||
        (best->span.start.lo == item.span.start.lo && TieBefore(best->ref, item.ref));
    if (newer) best = &item;
  }
  leaf.value = Truth::kUnknown;
  leaf.ask_only = true;
  leaf.reason = Reason::kNotAnswered;
  if (best != nullptr) {
    Truth valid = Truth::kTrue;
    if (query.valid_for) {
      TimeClause clause;
      clause.kind = TimeClause::Kind::kWithinLast;
      clause.far = *query.valid_for;
      valid = InWindow(best->span, clause, moment_.at, moments);
    }
    if (valid == Truth::kTrue && best->ref.fact->value.type == Value::Type::kBoolean) {
      leaf.value = FromBool(best->ref.fact->value.boolean);
      leaf.ask_only = false;
      leaf.reason = Reason::kFound;
    }
    Use(leaf, *best);
    if (leaf.reason == Reason::kNotAnswered) leaf.used.clear();
  }
  leaf.moments = moments.all();
}

}  // namespace medverka::criteria::internal
