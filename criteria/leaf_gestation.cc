// Idea: a dating says how far a pregnancy had come on its day; the latest one is carried forward
// day by day. So each dating becomes a range of days on the day asked about, and the latest of them
// is chosen as any latest result is.
//
// A dating in whole weeks without days stands for the completed weeks: 39 is 39+0 to 39+6.
// Codes: LOINC's component "Gestational age" (https://loinc.org, LP19507-0) and SNOMED CT.
#include <algorithm>
#include <array>
#include <cctype>

#include "criteria/internal/counting.h"

namespace medverka::criteria::internal {
namespace {

using base::Date;
using base::Decimal;
using base::LocalDate;

// How far the pregnancy has come on the day of the finding.
constexpr std::array<std::string_view, 10> kDatingCodes = {
    "18185-9",   // gestational age
    "11884-4",   // estimated
    "11885-1",   // from the last menstrual period
    "11886-9",   // from the date of ovulation
    "11887-7",   // from the expected date of delivery
    "11888-5",   // composite ultrasound estimate
    "49051-6",   // in weeks
    "49052-4",   // in days
    "57714-8",   // obstetric estimate
    "57036006",  // SNOMED CT: length of gestation
};
// At the birth of the person whose record it is.
constexpr std::array<std::string_view, 2> kAtBirthCodes = {
    "76516-4",    // gestational age at birth
    "412726003",  // SNOMED CT: length of gestation at birth
};

// No pregnancy is carried longer: 44 weeks. A dating that would come to more is of a former one.
constexpr int kLongestDays = 44 * 7;
constexpr int kDaysPerWeek = 7;

template <std::size_t N>
bool HasCode(const Fact& fact, const std::array<std::string_view, N>& codes,
             const Vocabulary& vocabulary) {
  return std::any_of(fact.codes.begin(), fact.codes.end(), [&](CodeId id) {
    const Coding& coding = vocabulary.coding(id);
    const bool known = coding.system == SystemId::kLoinc || coding.system == SystemId::kSnomed;
    return known && std::find(codes.begin(), codes.end(), coding.code) != codes.end();
  });
}

struct Days {
  int lo = 0;
  int hi = 0;
};

// "40+3", "40 v + 3 d", "40w3d", "40"
std::optional<Days> DaysOfText(std::string_view text) {
  std::array<int, 2> numbers{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (std::isdigit(static_cast<unsigned char>(text[i])) == 0) {
      if (text[i] == '.' || text[i] == ',' || text[i] == '-') return std::nullopt;
      ++i;
      continue;
    }
    if (count == numbers.size()) return std::nullopt;
    int number = 0;
    for (; i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])) != 0; ++i) {
      number = number * 10 + (text[i] - '0');
      if (number > kLongestDays) return std::nullopt;
    }
    numbers[count++] = number;
  }
  if (count == 0 || numbers[0] * kDaysPerWeek > kLongestDays || numbers[1] >= kDaysPerWeek)
    return std::nullopt;
  const int days = numbers[0] * kDaysPerWeek + numbers[1];
  return Days{days, count == 1 ? days + kDaysPerWeek - 1 : days};
}

int FloorOf(const Fraction& value) {
  const auto shown = ShownOf(value - Fraction(1, 2), 0);  // ShownOf rounds half up
  return shown ? static_cast<int>(shown->coefficient()) : 0;
}

// Whole weeks are completed weeks; weeks with decimals are a rounded number of days.
std::optional<Days> DaysOfWeeks(const Decimal& weeks) {
  const Fraction exact = ExactOf(weeks) * kDaysPerWeek;
  if (weeks.scale() <= 0) {
    const int days = FloorOf(exact);
    return Days{days, days + kDaysPerWeek - 1};
  }
  const Fraction half_step = ExactOf(Decimal(5, weeks.scale() + 1)) * kDaysPerWeek;
  const int lo = -FloorOf(-(exact - half_step));
  const int hi = FloorOf(exact + half_step);
  if (lo <= hi) return Days{lo, hi};
  return Days{FloorOf(exact), FloorOf(exact) + 1};
}

// nullopt: no value, or none that can be read.
std::optional<Days> DaysOf(const Fact& fact, const Vocabulary& vocabulary, UnitId week,
                           UnitId day) {
  const Value& value = fact.value;
  if (fact.value_absent) return std::nullopt;
  if (value.type == Value::Type::kText) return DaysOfText(value.text);
  const Bounds& number = value.number;
  if (value.type != Value::Type::kQuantity || !number.low || !number.high ||
      *number.low != *number.high || number.low->coefficient() < 0) {
    return std::nullopt;
  }
  const UnitTable& units = vocabulary.units();
  const bool in_weeks_code = HasCode(fact, std::array<std::string_view, 1>{"49051-6"}, vocabulary);
  const bool in_days_code = HasCode(fact, std::array<std::string_view, 1>{"49052-4"}, vocabulary);
  const Fraction exact = ExactOf(*number.low);
  if (exact > kLongestDays) return std::nullopt;
  const auto is = [&](UnitId unit) {
    const auto same = units.Compare(Decimal(1), value.unit, Decimal(1), unit, Analyte::kNone);
    return same && *same == 0;
  };
  if (is(week) || (value.unit == kNoUnit && in_weeks_code)) {
    return exact * kDaysPerWeek > kLongestDays ? std::nullopt : DaysOfWeeks(*number.low);
  }
  if (is(day) || (value.unit == kNoUnit && in_days_code)) {
    const int days = FloorOf(exact);
    return Days{days, days};
  }
  return std::nullopt;
}

struct Asked {
  int min = 0;
  int max = kLongestDays;
};

Truth Within(const Days& days, const Asked& asked) {
  if (days.lo >= asked.min && days.hi <= asked.max) return Truth::kTrue;
  return days.hi < asked.min || days.lo > asked.max ? Truth::kFalse : Truth::kUnknown;
}

}  // namespace

bool IsDating(const Fact& fact, const Vocabulary& vocabulary) {
  return fact.kind == FactKind::kObservation &&
         (HasCode(fact, kDatingCodes, vocabulary) || HasCode(fact, kAtBirthCodes, vocabulary));
}

namespace {

// Carries a dating from its day to the day asked about; that may lie before the dating, or so long
// after it that it was of another pregnancy.
Days Carry(const Days& said, const base::TimeRange& target, const Asked& asked, Item& item,
           Moments& moments) {
  const auto days_between = [](base::Instant from, base::Instant to) {
    return from <= base::kDistantPast ? kLongestDays + 1
                                      : LocalDate(to).days - LocalDate(from).days;
  };
  const base::TimeRange& when = item.span.start;
  const int least = days_between(when.hi, target.lo);
  const int most = days_between(when.lo, target.hi);
  if (most < 0) item.window = Truth::kFalse;
  if (most >= 0 && least < 0) item.window = Truth::kUnknown;
  const Days carried{said.lo + std::max(least, 0), said.hi + most};
  if (carried.lo > kLongestDays) item.window = Truth::kFalse;
  if (carried.lo <= kLongestDays && carried.hi > kLongestDays)
    item.window = And(item.window, Truth::kUnknown);
  item.test = Within(carried, asked);
  for (const int bound : {asked.min, asked.max + 1, kLongestDays + 1}) {
    for (const base::Instant from : {when.lo, when.hi}) {
      if (from <= base::kDistantPast) continue;
      moments.Add(base::StartOfDay(LocalDate(from) + (bound - said.lo)));
      moments.Add(base::StartOfDay(LocalDate(from) + (bound - said.hi)));
    }
  }
  return carried;
}

}  // namespace

void Leaves::EvaluateGestation(const GestationQuery& query, Leaf& leaf) const {
  const Vocabulary& vocabulary = prepared_.vocabulary;
  const UnitId week = prepared_.vocabulary.Unit("wk");
  const UnitId day = prepared_.vocabulary.Unit("d");
  const Asked asked{query.min_days.value_or(0), query.max_days.value_or(kLongestDays)};
  base::TimeRange when{moment_.at, moment_.at};
  if (query.event != kNoEvent) {
    const BoundEvent* event = EventOf(query.event);
    if (event == nullptr) return;
    when = event->start.at;
  }
  const auto& birth = moment_.patient.demographics.birth;
  const bool birth_day_known = birth && LocalDate(birth->lo) == LocalDate(birth->hi);
  Moments moments(moment_.at);
  std::vector<Item> items;
  std::vector<std::pair<const Fact*, Days>> lengths;  // on the day asked about
  for (const FactRef& ref : moment_.patient.of(FactKind::kObservation)) {
    const bool at_birth = HasCode(*ref.fact, kAtBirthCodes, vocabulary);
    const bool dating = HasCode(*ref.fact, kDatingCodes, vocabulary);
    if (query.at_birth ? !at_birth && !dating : !dating) continue;
    Item item;
    item.ref = ref;
    item.span = SpanOf(ref, VisitOf(*ref.fact), vocabulary, moment_.at, moments);
    item.holds = HoldsOf(*ref.fact);
    if (!item.span.counts) continue;
    const auto said = DaysOf(*ref.fact, vocabulary, week, day);
    item.unusable = !said;
    std::optional<Days> days;
    item.test = Truth::kUnknown;
    if (query.at_birth) {
      // A dating in the newborn's own record is one of the birth if it is of that day.
      const base::TimeRange& said_at = item.span.start;
      const bool that_day = birth_day_known && said_at.lo > base::kDistantPast &&
                            LocalDate(said_at.lo) == LocalDate(birth->lo) &&
                            LocalDate(said_at.hi) == LocalDate(birth->lo);
      if (!at_birth && !that_day) continue;
      if (said) item.test = Within(*said, asked);
      days = said;
    } else if (said) {
      days = Carry(*said, when, asked, item, moments);
    }
    if (item.window == Truth::kFalse) continue;
    if (days) lengths.push_back({ref.fact, *days});
    items.push_back(std::move(item));
  }
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    if (a.span.start.lo != b.span.start.lo) return a.span.start.lo > b.span.start.lo;
    return TieBefore(b.ref, a.ref);
  });
  Query latest;
  latest.kind = FactKind::kObservation;
  latest.selector = Selector::kLatest;
  latest.absence = Absence::kUnknown;
  Select(latest, std::nullopt, items, moments, leaf);
  leaf.moments = moments.all();
  leaf.rests_on_patient = query.at_birth && birth_day_known && !leaf.used.empty();
  for (const auto& length : lengths) {
    if (leaf.used.empty() || leaf.used.front().ref.fact != length.first) continue;
    leaf.computed = Decimal(length.second.lo);
    leaf.computed_high = Decimal(length.second.hi);
  }
}

}  // namespace medverka::criteria::internal
