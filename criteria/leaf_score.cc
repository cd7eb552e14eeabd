// Idea: an input of a score is what is possible of it. Of a measured one that is the latest result,
// or, where coarse dates leave the choice open, each result that may be the latest; of a diagnosis
// a truth. Every combination of what is possible goes through the formulas, for every age and sex
// the person may have; the test is settled if all of them agree. criteria/scores/score.h says how
// far apart inputs may be.
//
// Left out: nothing is taken to be the latest because it can be used. Where the newest result has
// no usable value, the score has none (criteria/LANGUAGE.md section 8).
#include <algorithm>
#include <set>

#include "criteria/internal/leaves.h"
#include "criteria/scores/compute.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {

using base::Date;
using base::Decimal;
using base::Instant;
using base::Period;
using base::TimeRange;

namespace {

// More combinations of results that may be the latest than this leave the score open.
constexpr std::size_t kCombinationsMax = 4096;
constexpr int kDigits = 6;  // of an input after conversion to the formula's unit
constexpr int kAgeYearsMax = 150;

// What one input may be: a fact's value, or none.
struct Possible {
  const Item* item = nullptr;
  ScoreValue value;
};

Truth OneOf(std::string_view word, std::span<const std::string_view> yes,
            std::span<const std::string_view> no) {
  if (std::ranges::find(yes, word) != yes.end()) return Truth::kTrue;
  if (std::ranges::find(no, word) != no.end()) return Truth::kFalse;
  return Truth::kUnknown;
}

// By its codes first, then by its words.
Truth ByCodesOrWords(const Value& value, const Vocabulary& vocabulary,
                     std::span<const std::string_view> yes, std::span<const std::string_view> no) {
  for (const CodeId code : value.codes) {
    const Truth truth = OneOf(base::Fold(vocabulary.coding(code).code), yes, no);
    if (truth != Truth::kUnknown) return truth;
  }
  return OneOf(base::Fold(value.text), yes, no);
}

// ACVPU. Codes: LOINC's answers to 67775-7 and SNOMED CT findings.
Truth Alert(const Value& value, const Vocabulary& vocabulary) {
  constexpr std::string_view kAlert[] = {"a", "alert", "vaken", "la9340-6", "248234008"};
  constexpr std::string_view kNotAlert[] = {"c",
                                            "v",
                                            "p",
                                            "u",
                                            "confused",
                                            "confusion",
                                            "new confusion",
                                            "förvirrad",
                                            "nytillkommen förvirring",
                                            "voice",
                                            "verbal",
                                            "svarar på tilltal",
                                            "pain",
                                            "painful",
                                            "svarar på smärta",
                                            "unresponsive",
                                            "reagerar inte",
                                            "medvetslös",
                                            "la17108-4",
                                            "la17107-6",
                                            "la9341-4",
                                            "la9342-2",
                                            "la9343-0",
                                            "130987000",
                                            "300202002",
                                            "450847001",
                                            "3130004",
                                            "422768004"};
  return ByCodesOrWords(value, vocabulary, kAlert, kNotAlert);
}

// Breathes more than air: a flow above 0, a share above 21 %, or in words.
Truth Oxygen(const Value& value, const Vocabulary& vocabulary, UnitId percent) {
  constexpr std::string_view kYes[] = {"ja", "yes", "oxygen", "syrgas", "o2", "true"};
  constexpr std::string_view kNo[] = {"nej", "no", "air", "luft", "rumsluft", "room air", "false"};
  if (value.type == Value::Type::kBoolean) return FromBool(value.boolean);
  if (value.type != Value::Type::kQuantity) return ByCodesOrWords(value, vocabulary, kYes, kNo);
  constexpr Decimal kShareOfAir(21);
  const bool share = value.unit != kNoUnit && vocabulary.units().dimensionless(value.unit);
  const auto above = [&](const Decimal& bound, bool open) {
    const auto order =
        share ? vocabulary.units().Compare(bound, value.unit, kShareOfAir, percent, Analyte::kNone)
              : std::optional(bound <=> Decimal(0));
    return order && (*order > 0 || (*order == 0 && open));
  };
  if (value.number.low && above(*value.number.low, value.number.low_open)) return Truth::kTrue;
  if (value.number.high && !above(*value.number.high, false)) return Truth::kFalse;
  return Truth::kUnknown;
}

// 55.000000 is 55.
Decimal WithoutZeros(const Decimal& value) {
  std::int64_t coefficient = value.coefficient();
  int scale = value.scale();
  while (scale > 0 && coefficient % 10 == 0) {
    coefficient /= 10;
    --scale;
  }
  return {coefficient, scale};
}

Instant Shifted(Instant instant, Period period, int sign) {
  if (!period.calendar()) return instant + sign * base::MicrosOf(period);
  const Date day = base::Add(base::LocalDate(instant), period, sign);
  return sign < 0 ? base::StartOfDay(day) : base::EndOfDay(day);
}

// Do the intervals [start, end] and [from, to] have an instant in common, whatever their ends are?
Truth Meets(const TimeRange& start, const TimeRange& end, const TimeRange& from,
            const TimeRange& to) {
  if (start.lo > to.hi || end.hi < from.lo) return Truth::kFalse;
  return start.hi <= to.lo && end.lo >= from.hi ? Truth::kTrue : Truth::kUnknown;
}

// Is the item within the period of the sample, before or after it?
Truth Near(const Span& span, const TimeRange& sample, Period period) {
  const TimeRange from{Shifted(sample.lo, period, -1), Shifted(sample.hi, period, -1)};
  const TimeRange to{Shifted(sample.lo, period, +1), Shifted(sample.hi, period, +1)};
  return Meets(span.start, span.start, from, to);
}

int AgeAt(Instant born, Instant at) {
  const Date birth = base::LocalDate(born);
  const Date day = base::LocalDate(at);
  int years = base::ToCivil(day).year - base::ToCivil(birth).year;
  while (years > 0 && base::AddMonths(birth, 12 * years) > day) --years;
  return std::clamp(years, -1, kAgeYearsMax);
}

}  // namespace

// One evaluation of one score. Its parts are named after the order they run in.
class Leaves::ScoreRun {
 public:
  ScoreRun(const Leaves& leaves, const ScoreQuery& query, const PreparedTest& test, Leaf& leaf)
      : leaves_(leaves),
        query_(query),
        test_(test),
        leaf_(leaf),
        person_(leaves.moment_.patient.demographics),
        vocabulary_(leaves.prepared_.vocabulary),
        at_(leaves.moment_.at),
        moments_(leaves.moment_.at),
        inputs_(InputsOf(query.score)),
        formulas_(query.formulas),
        items_(inputs_.size()),
        unit_(leaves.prepared_.vocabulary.Unit(UnitOf(query.score))),
        percent_(leaves.prepared_.vocabulary.Unit("%")) {
    if (formulas_.empty()) formulas_.push_back(ScoreQuery::Formula::kNone);
  }

  void Evaluate() {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (Read(i)) items_[i] = Gathered(i);
    }
    AddMoments();
    leaf_.rests_on_patient = true;
    if (HasSample(query_.score) && NothingDated()) {
      NotRecorded();
    } else {
      std::vector<std::vector<Possible>> options(inputs_.size());
      for (std::size_t i = 0; i < inputs_.size(); ++i) options[i] = DatedOptions(i);
      ForEach(options, [&](const std::vector<Possible>& chosen) { WithSample(chosen); });
      Conclude();
    }
    leaf_.moments = moments_.all();
  }

 private:
  using Options = std::vector<std::vector<Possible>>;

  static bool Measured(const ScoreInput& input) {
    return input.use == InputUse::kNumber || input.use == InputUse::kAlertness ||
           input.use == InputUse::kOxygen;
  }

  bool Read(std::size_t i) const {
    return i < query_.inputs.size() && std::ranges::any_of(formulas_, [&](auto formula) {
             return ReadsInput(query_.score, formula, i);
           });
  }

  std::vector<Item> Gathered(std::size_t i) {
    const ScoreInput& input = inputs_[i];
    Query gather;
    gather.kind = input.kind;
    gather.selector = Selector::kLatest;
    gather.sets = {query_.inputs[i]};
    gather.absence = Absence::kUnknown;
    if (input.dated) gather.times = query_.times;
    if (input.dated && query_.times.empty() && !HasSample(query_.score) && input.greatest_age) {
      TimeClause recent;
      recent.far = *input.greatest_age;
      gather.times = {recent};
    }
    gather.current = input.use == InputUse::kOngoing && !HasSample(query_.score);
    std::vector<Item> items = leaves_.Gather(gather, std::nullopt, moments_);
    std::erase_if(items, [](const Item& item) {
      return item.inside() == Truth::kFalse || item.holds == Truth::kFalse;
    });
    return items;
  }

  bool NothingDated() const {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (inputs_[i].dated && Measured(inputs_[i]) && !items_[i].empty()) return false;
    }
    return true;
  }

  void NotRecorded() {
    if (leaf_.lacking.empty()) {
      for (std::size_t i = 0; i < inputs_.size(); ++i) {
        if (Read(i) && Measured(inputs_[i]) && items_[i].empty())
          leaf_.lacking.push_back(static_cast<std::uint32_t>(i));
      }
    }
    leaf_.policy = query_.absence;
    leaf_.reason = Reason::kNotRecorded;
    leaf_.value = query_.absence == Absence::kNo ? Truth::kFalse : Truth::kUnknown;
  }

  // ---- what an input may be

  ScoreValue ValueOf(const ScoreInput& input, const Item& item) const {
    const Value& value = item.ref.fact->value;
    ScoreValue result;
    if (item.ref.fact->value_absent) return result;
    if (input.use == InputUse::kAlertness) {
      result.truth = Alert(value, vocabulary_);
    } else if (input.use == InputUse::kOxygen) {
      result.truth = Oxygen(value, vocabulary_, percent_);
    } else if (value.type == Value::Type::kQuantity) {
      result.number = Converted(input, value);
    }
    return result;
  }

  Bounds Converted(const ScoreInput& input, const Value& value) const {
    const UnitId unit = leaves_.prepared_.vocabulary.Unit(input.unit);
    const auto convert = [&](const std::optional<Decimal>& bound) -> std::optional<Decimal> {
      if (!bound || value.unit == unit) return bound;
      const auto there =
          vocabulary_.units().Convert(*bound, value.unit, unit, input.analyte, kDigits);
      return there ? std::optional(WithoutZeros(*there)) : std::nullopt;
    };
    Bounds bounds;
    bounds.low = convert(value.number.low);
    bounds.high = convert(value.number.high);
    bounds.low_open = value.number.low_open;
    bounds.high_open = value.number.high_open;
    // A share above the whole is 97 sent without its unit, or nonsense.
    constexpr Decimal kWhole(100);
    if (unit == percent_ && bounds.low && *bounds.low > kWhole) return {};
    return bounds;
  }

  // The results that may be the latest; and none, if no result is there for certain. `member` says
  // whether an item is there at all.
  template <typename Member>
  std::vector<Possible> Latest(std::size_t i, const Member& member) const {
    std::vector<Possible> options;
    bool one_surely = false;
    for (const Item& item : items_[i]) {
      const Truth there = member(item);
      if (there == Truth::kFalse) continue;
      one_surely = one_surely || there == Truth::kTrue;
      const bool beaten = std::ranges::any_of(items_[i], [&](const Item& other) {
        if (&other == &item || member(other) != Truth::kTrue || other.holds != Truth::kTrue)
          return false;
        if (item.span.start.hi < other.span.start.lo) return true;
        return item.span.exact && other.span.exact && item.span.start == other.span.start &&
               TieBefore(item.ref, other.ref);
      });
      if (!beaten) options.push_back({&item, ValueOf(inputs_[i], item)});
    }
    if (!one_surely) options.push_back({});
    return options;
  }

  // A truth that some fact is there; the facts it rests on are used.
  template <typename Member>
  std::vector<Possible> Exists(std::size_t i, const Member& member, Truth otherwise) {
    Possible possible;
    possible.value.truth = Truth::kFalse;
    for (const Item& item : items_[i]) {
      const Truth there = And(member(item), item.holds);
      possible.value.truth = Or(possible.value.truth, there);
      if (there != Truth::kFalse) used_.insert({i, &item});
    }
    if (possible.value.truth == Truth::kFalse) possible.value.truth = otherwise;
    return {possible};
  }

  std::vector<Possible> DatedOptions(std::size_t i) {
    const auto inside = [](const Item& item) { return item.inside(); };
    const ScoreInput& input = inputs_[i];
    if (!input.dated || !Read(i)) {
      if (input.use == InputUse::kOngoing && !HasSample(query_.score))
        return Exists(i, inside, Truth::kFalse);
      return {{}};
    }
    if (input.use == InputUse::kEver) return Exists(i, inside, Truth::kFalse);
    return Latest(i, inside);
  }

  // ---- the sample, and what is near enough to it

  template <typename Then>
  void ForEach(const Options& options, const Then& then) {
    std::size_t combinations = 1;
    for (const auto& of_input : options) {
      combinations *= of_input.size();
      if (combinations > kCombinationsMax) {
        too_many_ = true;
        return;
      }
    }
    std::vector<Possible> chosen(options.size());
    for (std::size_t n = 0; n < combinations; ++n) {
      std::size_t rest = n;
      for (std::size_t i = 0; i < options.size(); ++i) {
        chosen[i] = options[i][rest % options[i].size()];
        rest /= options[i].size();
      }
      then(chosen);
    }
  }

  void WithSample(const std::vector<Possible>& chosen) {
    if (!HasSample(query_.score)) {
      Compute(chosen, {at_, at_});
      return;
    }
    std::optional<TimeRange> sample;
    for (const Possible& possible : chosen) {
      if (possible.item == nullptr) continue;
      const TimeRange& start = possible.item->span.start;
      if (!sample) sample = start;
      sample = TimeRange{std::max(sample->lo, start.lo), std::max(sample->hi, start.hi)};
    }
    if (!sample) {
      // What may lie in the window need not: then there is no score that could meet the test, as
      // with `latest`.
      can_be_false_ = true;
      return;
    }
    Options options(inputs_.size());
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      options[i] = inputs_[i].dated ? StillNear(i, chosen[i], *sample) : NearOptions(i, *sample);
    }
    ForEach(options, [&](const std::vector<Possible>& all) { Compute(all, *sample); });
  }

  std::vector<Possible> StillNear(std::size_t i, const Possible& possible,
                                  const TimeRange& sample) const {
    const auto& age = inputs_[i].greatest_age;
    if (possible.item == nullptr || !age) return {possible};
    const Truth near = Near(possible.item->span, sample, *age);
    if (near == Truth::kTrue) return {possible};
    if (near == Truth::kFalse) return {{}};
    return {possible, {}};
  }

  std::vector<Possible> NearOptions(std::size_t i, const TimeRange& sample) {
    const ScoreInput& input = inputs_[i];
    if (!Read(i) || !input.greatest_age) return {{}};
    Period age = *input.greatest_age;
    if (input.while_growing &&
        (!person_.birth || AgeAt(person_.birth->hi, sample.lo) < kGrownYears)) {
      age = *input.while_growing;
    }
    if (input.use == InputUse::kNumber) {
      return Latest(i, [&](const Item& item) { return Near(item.span, sample, age); });
    }
    const TimeRange from{Shifted(sample.lo, age, -1), Shifted(sample.hi, age, -1)};
    const auto goes_on = [&](const Item& item) {
      return Meets(item.span.start, item.span.end, from, sample);
    };
    return Exists(i, goes_on, input.use == InputUse::kSupport ? Truth::kUnknown : Truth::kFalse);
  }

  // ---- the result

  void Compute(const std::vector<Possible>& chosen, const TimeRange& sample) {
    std::vector<ScoreValue> values;
    std::vector<std::uint32_t> missing;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      values.push_back(chosen[i].value);
      if (chosen[i].item != nullptr) used_.insert({i, chosen[i].item});
      if (Measured(inputs_[i]) && chosen[i].item == nullptr && Read(i))
        missing.push_back(static_cast<std::uint32_t>(i));
    }
    // A preliminary result can settle against the test, never for it.
    holds_ = Truth::kTrue;
    for (const Possible& possible : chosen) {
      if (possible.item != nullptr) holds_ = And(holds_, possible.item->holds);
    }
    std::optional<std::pair<int, int>> ages;
    if (person_.birth && person_.birth->lo <= at_) {
      ages = {AgeAt(person_.birth->hi, sample.lo), AgeAt(person_.birth->lo, sample.hi)};
    }
    std::vector<Sex> sexes = {person_.sex};
    if (person_.sex == Sex::kUnknown) sexes = {Sex::kFemale, Sex::kMale};
    bool valued = true;
    for (const Sex sex : sexes) {
      if (!ages) {
        valued = One(values, {std::nullopt, sex}) && valued;
        continue;
      }
      for (int age = ages->first; age <= ages->second; ++age)
        valued = One(values, {age, sex}) && valued;
    }
    if (!valued) no_value_unrecorded_ = no_value_unrecorded_ && Lacking(missing);
    if (leaf_.lacking.empty()) leaf_.lacking = std::move(missing);
  }

  // Does every formula lack an input that is not recorded at all?
  bool Lacking(const std::vector<std::uint32_t>& missing) const {
    return std::ranges::all_of(formulas_, [&](ScoreQuery::Formula formula) {
      return std::ranges::any_of(
          missing, [&](std::uint32_t i) { return ReadsInput(query_.score, formula, i); });
    });
  }

  // One exact person; the first formula that gives a value. False: none does.
  bool One(const std::vector<ScoreValue>& values, const ScorePerson& person) {
    for (const ScoreQuery::Formula formula : formulas_) {
      const ScoreResult result = ComputeScore(query_.score, formula, values, person);
      if (result.gap != ScoreGap::kNone) gap_ = result.gap;
      if (!result.value.low && !result.value.high) continue;
      const Truth truth =
          JudgeNumber(test_, result.value, unit_, Analyte::kNone, person.sex, vocabulary_);
      Note(And(holds_, truth), person.sex);
      leaf_.formula = first_ || leaf_.formula == formula ? formula : ScoreQuery::Formula::kNone;
      Widen(result.value);
      first_ = false;
      return true;
    }
    no_value_ = true;
    Note(Truth::kUnknown, person.sex);
    return false;
  }

  void Note(Truth truth, Sex sex) {
    can_be_true_ = can_be_true_ || truth == Truth::kTrue;
    can_be_false_ = can_be_false_ || truth == Truth::kFalse;
    can_be_open_ = can_be_open_ || truth == Truth::kUnknown;
    std::optional<Truth>& of_sex = sex == Sex::kFemale ? woman_ : man_;
    of_sex = of_sex && *of_sex != truth ? Truth::kUnknown : truth;
  }

  void Widen(const Bounds& value) {
    open_ended_ = open_ended_ || !value.low || !value.high;
    if (value.low && (!low_ || *value.low < *low_)) low_ = value.low;
    if (value.high && (!high_ || *value.high > *high_)) high_ = value.high;
  }

  void Conclude() {
    leaf_.value = too_many_ || can_be_open_ || (can_be_true_ && can_be_false_) ? Truth::kUnknown
                  : can_be_true_                                               ? Truth::kTrue
                                                                               : Truth::kFalse;
    if (!open_ended_ && !no_value_ && !too_many_ && low_ && high_) {
      leaf_.computed = low_;
      if (*low_ != *high_) leaf_.computed_high = high_;
    }
    for (const auto& [input, item] : used_) {
      Use(leaf_, *item);
      if (!leaf_.used.empty() && leaf_.used_in_all == leaf_.used.size())
        leaf_.used.back().input = static_cast<std::int32_t>(input);
    }
    leaf_.reason = ReasonOf(leaf_.value);
    if (leaf_.value != Truth::kUnknown) return;
    if (no_value_ && gap_ != ScoreGap::kNone) {
      leaf_.reason = Reason::kOutsideFormula;
    } else if (no_value_ && !too_many_ && no_value_unrecorded_ && !can_be_true_ && !can_be_false_) {
      NotRecorded();
    } else if (AgeOrSexOpen()) {
      leaf_.reason = Reason::kAttribute;
    } else if (no_value_) {
      leaf_.reason = Reason::kUnusable;
    }
  }

  // Would the test be settled, or at least the score be there, if birth date and sex were known?
  bool AgeOrSexOpen() const {
    if (TakesAge(query_.score) && (!person_.birth || person_.birth->lo > at_)) return true;
    return person_.sex == Sex::kUnknown && woman_ && man_ && *woman_ != Truth::kUnknown &&
           *man_ != Truth::kUnknown && *woman_ != *man_;
  }

  // ---- time

  // Instants at which age or distance from a sample may turn. A sample that is dated exactly stays;
  // of a coarse one it is known that it lies before now, and that moves on.
  void AddMoments() {
    for (const int age : AgesThatCount(query_.score)) AddBirthday(age);
    const bool moves = std::ranges::any_of(items_, [](const std::vector<Item>& items) {
      return std::ranges::any_of(items, [](const Item& item) { return item.span.start_moves; });
    });
    if (!moves) return;
    if (TakesAge(query_.score) && HasSample(query_.score) && person_.birth) {
      AddBirthday(AgeAt(person_.birth->lo, at_) + 1);
      AddBirthday(AgeAt(person_.birth->hi, at_) + 1);
    }
    for (const ScoreInput& input : inputs_) {
      if (input.greatest_age) AddEnds(*input.greatest_age);
      if (!input.while_growing) continue;
      AddEnds(*input.while_growing);
      AddBirthday(kGrownYears);
    }
  }

  // Ages at which the points of a score that counts from now turn.
  static std::vector<int> AgesThatCount(ScoreQuery::Score score) {
    if (score == ScoreQuery::Score::kCha2ds2Vasc) return {65, 75};
    if (score == ScoreQuery::Score::kHasBled) return {66};
    return {};
  }

  void AddBirthday(int age) {
    if (!person_.birth) return;
    for (const Instant born : {person_.birth->lo, person_.birth->hi}) {
      if (born > at_ || born <= base::kDistantPast) continue;
      moments_.Add(base::StartOfDay(base::AddMonths(base::LocalDate(born), 12 * age)));
    }
  }

  void AddEnds(Period age) {
    for (const auto& of_input : items_) {
      for (const Item& item : of_input) {
        AddEnd(item.span.start.lo, age);
        if (!item.span.start_moves) AddEnd(item.span.start.hi, age);
      }
    }
  }

  void AddEnd(Instant end, Period age) {
    if (end <= base::kDistantPast || end >= base::kDistantFuture) return;
    if (!age.calendar()) {
      moments_.Add(end + base::MicrosOf(age));
      moments_.Add(end + base::MicrosOf(age) + 1);
    } else {
      moments_.Add(base::StartOfDay(FirstDayReached(base::LocalDate(end), age)));
      moments_.Add(base::StartOfDay(FirstDayBeyond(base::LocalDate(end), age)));
    }
  }

  // Facts in the order of the inputs, the newest of an input first.
  struct InOrder {
    bool operator()(const std::pair<std::size_t, const Item*>& a,
                    const std::pair<std::size_t, const Item*>& b) const {
      // Items of one input stand in one vector, newest first.
      return a.first != b.first ? a.first < b.first : a.second < b.second;
    }
  };

  const Leaves& leaves_;
  const ScoreQuery& query_;
  const PreparedTest& test_;
  Leaf& leaf_;
  const Demographics& person_;
  const Vocabulary& vocabulary_;
  Instant at_;
  Moments moments_;
  std::span<const ScoreInput> inputs_;
  std::vector<ScoreQuery::Formula> formulas_;
  std::vector<std::vector<Item>> items_;  // by input
  std::set<std::pair<std::size_t, const Item*>, InOrder> used_;
  UnitId unit_;
  UnitId percent_;

  Truth holds_ = Truth::kTrue;  // of the combination in hand
  bool can_be_true_ = false;
  bool can_be_false_ = false;
  bool can_be_open_ = false;
  std::optional<Truth> woman_;
  std::optional<Truth> man_;
  bool too_many_ = false;
  bool no_value_ = false;
  bool no_value_unrecorded_ = true;  // wherever there is no value, an input is not recorded
  ScoreGap gap_ = ScoreGap::kNone;
  bool first_ = true;
  bool open_ended_ = false;
  std::optional<Decimal> low_;
  std::optional<Decimal> high_;
};

void Leaves::EvaluateScore(const ScoreQuery& query, const PreparedTest& test, Leaf& leaf) const {
  ScoreRun(*this, query, test, leaf).Evaluate();
}

bool Leaves::ScoreReads(const ScoreQuery& query, const Fact& fact) const {
  const auto inputs = InputsOf(query.score);
  for (std::size_t i = 0; i < inputs.size() && i < query.inputs.size(); ++i) {
    // A visit dates the diagnoses made at it; a medication that is only referred to has no codes
    // yet.
    if (inputs[i].kind == FactKind::kCondition && fact.kind == FactKind::kVisit) return true;
    if (inputs[i].kind != fact.kind) continue;
    if (!fact.medication_id.empty() || prepared_.sets.In(query.inputs[i], fact.codes)) return true;
  }
  return false;
}

}  // namespace medverka::criteria::internal
