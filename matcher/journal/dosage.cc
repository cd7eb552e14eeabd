#include "matcher/journal/dosage.h"

#include <algorithm>

#include "matcher/journal/attributes.h"
#include "matcher/journal/quantity_text.h"

namespace medverka::matcher::journal {

using base::Decimal;
using criteria::Bounds;
using criteria::Fact;
using criteria::Field;

namespace {

// Digits after the point that a quotient without an end is cut to, beyond those of the dose.
constexpr int kQuotientDigits = 6;
constexpr std::int64_t kCoefficientMax = 1'000'000'000'000'000'000;  // 18 digits
constexpr std::int64_t kTimesMax = 10'000;  // a day; more is a mistake, and keeps products in range

struct TimingRow {
  std::string_view code;
  Rate rate;
};
// http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation
constexpr TimingRow kTimingCodes[] = {
    {"QD", {1, 1}},   {"BID", {2, 1}}, {"TID", {3, 1}}, {"QID", {4, 1}}, {"QOD", {1, 2}},
    {"AM", {1, 1}},   {"PM", {1, 1}},  {"BED", {1, 1}}, {"WK", {1, 7}},  {"Q1H", {24, 1}},
    {"Q2H", {12, 1}}, {"Q3H", {8, 1}}, {"Q4H", {6, 1}}, {"Q6H", {4, 1}}, {"Q8H", {3, 1}},
};

struct DayUnitRow {
  std::string_view unit;
  Rate per;  // how many of it are in a day
};
constexpr DayUnitRow kDayUnits[] = {
    {"min", {1440, 1}}, {"h", {24, 1}}, {"d", {1, 1}}, {"wk", {1, 7}}};

struct Frequency {
  Rate least;
  Rate most;
};

// A decimal as a quotient of whole numbers; nullopt where it is out of any sensible range.
std::optional<Rate> Quotient(const Decimal& number) {
  Rate out{number.coefficient(), 1};
  for (int scale = number.scale(); scale > 0; --scale) {
    if (out.days > kTimesMax) return std::nullopt;
    out.days *= 10;
  }
  for (int scale = number.scale(); scale < 0; ++scale) {
    if (out.times > kTimesMax) return std::nullopt;
    out.times *= 10;
  }
  if (out.times <= 0 || out.times > kTimesMax * out.days) return std::nullopt;
  return out;
}

// So many times each `period` of a unit that goes `per` times into a day.
std::optional<Rate> RateOf(const Decimal& times, const Decimal& period, const Rate& per) {
  const auto a = Quotient(times);
  const auto b = Quotient(period);
  if (!a || !b) return std::nullopt;
  std::int64_t up = 0;
  std::int64_t down = 0;
  if (__builtin_mul_overflow(a->times * per.times, b->days, &up) ||
      __builtin_mul_overflow(b->times * per.days, a->days, &down)) {
    return std::nullopt;
  }
  return Rate{up, down};
}

std::optional<Frequency> FrequencyOfCode(Reading& r, const Node* timing) {
  const Node* const code = r.Object(timing, "Timing.code");
  const Node* const codings = code == nullptr ? nullptr : r.Array(code, "CodeableConcept.coding");
  if (codings == nullptr) return std::nullopt;
  for (const Node& coding : *codings) {
    const std::string_view said = r.String(&coding, "Coding.code");
    for (const TimingRow& row : kTimingCodes) {
      if (row.code == said) return Frequency{row.rate, row.rate};
    }
  }
  return std::nullopt;
}

// Moments of the day without a frequency: as many times a day as there are.
std::optional<Frequency> FrequencyOfMoments(const Node& repeat) {
  for (const std::string_view name : {"when", "timeOfDay"}) {
    const Node* const moments = repeat.Member(name);
    if (moments == nullptr || !moments->is_array() || moments->count == 0) continue;
    const Rate rate{static_cast<std::int64_t>(moments->count), 1};
    return Frequency{rate, rate};
  }
  return std::nullopt;
}

// Plain timing only: so often per period. Weekdays, a count of doses or an offset are not.
std::optional<Frequency> FrequencyOf(Reading& r, const Node& dosage) {
  const Node* const timing = r.Object(&dosage, "Dosage.timing");
  const Node* const repeat = r.Object(timing, "Timing.repeat");
  if (repeat == nullptr) return FrequencyOfCode(r, timing);
  for (const std::string_view name : {"dayOfWeek", "count", "offset"}) {
    if (repeat->Member(name) != nullptr) return std::nullopt;
  }
  const auto period = r.Number(repeat, "Timing.repeat.period");
  const auto frequency = r.Number(repeat, "Timing.repeat.frequency");
  if (!period) {
    const auto moments = FrequencyOfMoments(*repeat);
    if (frequency) return std::nullopt;
    return moments ? moments : FrequencyOfCode(r, timing);
  }
  const std::string_view unit = r.String(repeat, "Timing.repeat.periodUnit");
  const auto* const row = std::find_if(std::begin(kDayUnits), std::end(kDayUnits),
                                       [&](const DayUnitRow& each) { return each.unit == unit; });
  if (row == std::end(kDayUnits)) return std::nullopt;
  const auto period_max = r.Number(repeat, "Timing.repeat.periodMax");
  const auto frequency_max = r.Number(repeat, "Timing.repeat.frequencyMax");
  const Decimal times = frequency.value_or(Decimal(1));  // FHIR's default
  const auto least = RateOf(times, period_max.value_or(*period), row->per);
  const auto most = RateOf(frequency_max.value_or(times), *period, row->per);
  if (!least || !most) return std::nullopt;
  return Frequency{*least, *most};
}

struct Dose {
  Bounds number;
  criteria::UnitId unit = criteria::kNoUnit;
};

// doseAndRate, where there is one of them only: several are the same dose calculated in other ways.
std::optional<Dose> DoseOf(Reading& r, const Node& dosage) {
  const Node* const entries = r.Array(&dosage, "Dosage.doseAndRate");
  if (entries == nullptr || entries->count != 1) return std::nullopt;
  const Choice dose = r.ChoiceOf(&*entries->begin(), "Dosage.doseAndRate.dose");
  Dose out;
  if (dose.type == "Quantity") {
    const Quantity quantity = r.AsQuantity(*dose.node, "Dosage.doseAndRate.doseQuantity");
    if (!quantity.value) return std::nullopt;
    out.number = BoundsOf(*quantity.value, quantity.comparator);
    out.unit = quantity.unit;
    return out;
  }
  if (dose.type != "Range") return std::nullopt;
  const Node* const low = r.Object(dose.node, "Range.low");
  const Node* const high = r.Object(dose.node, "Range.high");
  if (low == nullptr || high == nullptr) return std::nullopt;
  const Quantity from = r.AsQuantity(*low, "Range.low");
  const Quantity to = r.AsQuantity(*high, "Range.high");
  if (!from.value || !to.value || from.unit != to.unit || *to.value < *from.value)
    return std::nullopt;
  out.number.low = from.value;
  out.number.high = to.value;
  out.unit = from.unit;
  return out;
}

std::optional<Decimal> Scaled(const Decimal& dose, const Rate& rate, bool up) {
  std::int64_t coefficient = 0;
  if (__builtin_mul_overflow(dose.coefficient(), rate.times, &coefficient)) return std::nullopt;
  int scale = dose.scale();
  for (int i = 0; i < kQuotientDigits && coefficient % rate.days != 0; ++i) {
    std::int64_t longer = 0;
    if (__builtin_mul_overflow(coefficient, std::int64_t{10}, &longer)) break;
    coefficient = longer;
    ++scale;
  }
  const bool exact = coefficient % rate.days == 0;
  coefficient = coefficient / rate.days + (up && !exact ? 1 : 0);
  if (coefficient > kCoefficientMax || scale > Decimal::kScaleMax) return std::nullopt;
  return Decimal(coefficient, scale);
}

std::optional<Decimal> Sum(const std::optional<Decimal>& a, const std::optional<Decimal>& b) {
  if (!a || !b) return std::nullopt;
  std::int64_t x = a->coefficient();
  std::int64_t y = b->coefficient();
  int scale_x = a->scale();
  int scale_y = b->scale();
  bool fits = true;
  for (; scale_x < scale_y; ++scale_x) fits = fits && !__builtin_mul_overflow(x, 10, &x);
  for (; scale_y < scale_x; ++scale_y) fits = fits && !__builtin_mul_overflow(y, 10, &y);
  std::int64_t sum = 0;
  fits = fits && !__builtin_add_overflow(x, y, &sum);
  if (!fits || sum > kCoefficientMax) return std::nullopt;
  return Decimal(sum, scale_x);
}

// The dosages of one entry taken together: the whole per day, where each says a plain part of it.
class Daily {
 public:
  void Add(const std::optional<Dose>& dose, const std::optional<Frequency>& frequency,
           std::optional<Decimal> sequence, bool bounded) {
    plain_ = plain_ && dose && frequency;
    // Steps that follow upon each other have no one daily dose.
    bounded_ = bounded_ || bounded;
    if (count_++ > 0) plain_ = plain_ && sequence == sequence_ && !bounded_;
    sequence_ = sequence;
    if (!plain_) return;
    const auto part = PerDay(dose->number, frequency->least, frequency->most);
    plain_ = part && (count_ == 1 || dose->unit == total_.unit);
    if (!plain_) return;
    if (count_ == 1) {
      total_ = {*part, dose->unit};
      return;
    }
    total_.number.low = Sum(total_.number.low, part->low);
    total_.number.high = Sum(total_.number.high, part->high);
    total_.number.low_open |= part->low_open;
    total_.number.high_open |= part->high_open;
  }
  const Dose* total() const {
    const bool said = total_.number.low || total_.number.high;
    return count_ > 0 && plain_ && said ? &total_ : nullptr;
  }

 private:
  Dose total_;
  bool plain_ = true;
  bool bounded_ = false;  // one of them is for a time of its own
  std::size_t count_ = 0;
  std::optional<Decimal> sequence_;
};

// "As needed" where it is said. A plain timing without the word is to be kept.
std::optional<bool> IsRegular(Reading& r, const Node& dosage, bool timed) {
  const Choice needed = r.ChoiceOf(&dosage, "Dosage.asNeeded");
  if (needed.type == "Boolean") return needed.node->type != Node::Type::kTrue;
  if (needed.type == "CodeableConcept") return false;
  return timed ? std::optional<bool>(true) : std::nullopt;
}

}  // namespace

std::optional<Bounds> PerDay(const Bounds& dose, const Rate& least, const Rate& most) {
  Bounds out = dose;
  if (dose.low) {
    out.low = Scaled(*dose.low, least, false);
    if (!out.low) return std::nullopt;
  }
  if (dose.high) {
    out.high = Scaled(*dose.high, most, true);
    if (!out.high) return std::nullopt;
  }
  return out;
}

void ReadDosages(Reading& r, Path path, Fact& fact) {
  const Node* const dosages = r.Array(r.resource(), path);
  if (dosages == nullptr) return;
  Daily daily;
  std::optional<bool> regular;
  for (const Node& dosage : *dosages) {
    const auto dose = DoseOf(r, dosage);
    const auto frequency = FrequencyOf(r, dosage);
    const auto is_regular = IsRegular(r, dosage, frequency.has_value());
    if (dose) AddNumber(r, Field::kDose, dose->number, dose->unit, path, fact);
    AddConceptAt(r, &dosage, "Dosage.route", Field::kRoute, fact);
    if (is_regular) regular = regular.value_or(false) || *is_regular;
    // What may be taken on top when needed is no part of the daily dose.
    if (!is_regular.value_or(true)) continue;
    const Node* const repeat = r.Object(r.Object(&dosage, "Dosage.timing"), "Timing.repeat");
    const bool bounded = static_cast<bool>(r.ChoiceOf(repeat, "Timing.repeat.bounds"));
    daily.Add(dose, frequency, r.Number(&dosage, "Dosage.sequence"), bounded);
  }
  if (const Dose* const total = daily.total())
    AddNumber(r, Field::kDailyDose, total->number, total->unit, path, fact);
  if (!regular) return;
  const Decimal number(*regular ? 1 : 0);
  AddNumber(r, Field::kRegular, {number, number}, criteria::kNoUnit, path, fact);
}

}  // namespace medverka::matcher::journal
