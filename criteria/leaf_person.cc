// What is asked of the person rather than of the journal: age, life, a score from a sample, an
// answer.
#include <algorithm>

#include "criteria/internal/leaves.h"
#include "criteria/scores/egfr_lm_rev.h"

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
  const Date today = base::LocalDate(moment_.at);
  const auto reached = [&](Instant born,
                           std::int32_t age) {  // has a person born then passed that age?
    const base::Period period{age, test.unit};
    const Date day = base::Add(base::LocalDate(born), period, +1);
    moments.Add(base::StartOfDay(day));
    return today >= day;
  };
  const auto at_least = [&](std::int32_t age) {
    const bool oldest = reached(birth->lo, age);
    const bool youngest = reached(birth->hi, age);
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

// ---- scores

void Leaves::EvaluateScore(const ScoreQuery& query, const PreparedTest& test, Leaf& leaf) const {
  Query creatinine;
  creatinine.kind = FactKind::kObservation;
  creatinine.selector = Selector::kLatest;
  creatinine.sets = {query.inputs[0]};
  creatinine.times = query.times;
  creatinine.absence = Absence::kUnknown;
  Moments moments(moment_.at);
  std::vector<Item> items = Gather(creatinine, std::nullopt, moments);
  leaf.moments = moments.all();
  items.erase(std::remove_if(items.begin(), items.end(),
                             [](const Item& item) { return item.window == Truth::kFalse; }),
              items.end());
  if (items.empty()) {
    leaf.policy = Absence::kUnknown;
    leaf.reason = Reason::kNotRecorded;
    return;
  }
  const Demographics& person = moment_.patient.demographics;
  Reason reason = Reason::kNone;
  for (Item& item : items) {
    item.test = Truth::kUnknown;
    item.unusable = true;
    const Value& value = item.ref.fact->value;
    if (value.type != Value::Type::kQuantity || (!value.number.low && !value.number.high)) continue;
    if (!person.birth || person.birth->lo > moment_.at) {
      reason = Reason::kAttribute;
      continue;
    }
    // The formula falls with creatinine and with age, so bounds go through it crosswise; a sex or
    // an age that is not known is settled only if all that is possible agrees.
    const auto convert = [&](const std::optional<Decimal>& bound) -> std::optional<Decimal> {
      if (!bound) return std::nullopt;
      return prepared_.vocabulary.units().Convert(*bound, value.unit, prepared_.micromole_per_litre,
                                                  Analyte::kCreatinine, 6);
    };
    const auto low = convert(value.number.low);
    const auto high = convert(value.number.high);
    if (!low && !high) continue;
    const auto age_at = [&](Instant born, Instant sampled) {
      const Date birth_day = base::LocalDate(born);
      const Date sample_day = base::LocalDate(sampled);
      int years = base::ToCivil(sample_day).year - base::ToCivil(birth_day).year;
      while (years > 0 && base::AddMonths(birth_day, 12 * years) > sample_day) --years;
      return years;
    };
    const int oldest = age_at(person.birth->lo, item.span.start.hi);
    const int youngest = age_at(person.birth->hi, item.span.start.lo);
    std::vector<Sex> sexes = {person.sex};
    if (person.sex == Sex::kUnknown) sexes = {Sex::kFemale, Sex::kMale};
    bool first = true;
    bool outside = false;
    Truth truth = Truth::kUnknown;
    for (const Sex sex : sexes) {
      for (const int age : {youngest, oldest}) {
        Bounds result;
        const auto estimate = [&](const std::optional<Decimal>& umol) -> std::optional<Decimal> {
          if (!umol) return std::nullopt;
          const auto egfr = EgfrLmRev(*umol, age, sex);
          if (egfr.has_value()) return egfr.value();
          outside = true;
          return std::nullopt;
        };
        result.low = estimate(high);
        result.low_open = value.number.high_open;
        result.high = estimate(low);
        result.high_open = value.number.low_open;
        const Truth one = JudgeNumber(test, result, prepared_.egfr_unit, Analyte::kNone, sex,
                                      prepared_.vocabulary);
        truth = first || truth == one ? one : Truth::kUnknown;
        if (first && result.low && result.high && *result.low == *result.high &&
            &item == &items.front()) {
          leaf.computed = result.low;
        }
        first = false;
      }
    }
    item.test = outside ? Truth::kUnknown : truth;
    item.unusable = false;
    if (outside) reason = Reason::kOutsideFormula;
  }
  Choose(creatinine, items, leaf);
  leaf.rests_on_patient = true;
  if (leaf.value == Truth::kUnknown && reason != Reason::kNone) leaf.reason = reason;
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
