#include "matcher/journal/medications.h"

#include "ops/base/time.h"

namespace medverka::matcher::journal {

using criteria::Fact;

namespace {

// Durations beyond this are slips; also keeps the calendar in range.
constexpr std::int64_t kDurationAmountMax = 10'000;

// Part of a whole unit is dropped: 2.5 days of supply last two days for sure.
std::optional<std::int32_t> WholeAmount(const base::Decimal& value) {
  std::int64_t amount = value.coefficient();
  int scale = value.scale();
  for (; scale > 0 && amount != 0; --scale) amount /= 10;
  for (; scale < 0 && amount <= kDurationAmountMax && amount != 0; ++scale) amount *= 10;
  if (amount <= 0 || amount > kDurationAmountMax) return std::nullopt;
  return static_cast<std::int32_t>(amount);
}

std::optional<base::TimeUnit> UnitOfTime(std::string_view unit) {
  if (unit == "d" || unit == "day" || unit == "days" || unit == "dag" || unit == "dagar")
    return base::TimeUnit::kDay;
  if (unit == "wk" || unit == "week" || unit == "weeks" || unit == "vecka" || unit == "veckor") {
    return base::TimeUnit::kWeek;
  }
  if (unit == "mo" || unit == "month" || unit == "months" || unit == "månad" || unit == "månader") {
    return base::TimeUnit::kMonth;
  }
  if (unit == "a" || unit == "year" || unit == "years" || unit == "år")
    return base::TimeUnit::kYear;
  if (unit == "h" || unit == "hour" || unit == "hours" || unit == "timmar")
    return base::TimeUnit::kHour;
  if (unit == "min") return base::TimeUnit::kMinute;
  return std::nullopt;
}

base::Instant Moved(base::Instant instant, base::Period period) {
  if (!period.calendar()) return instant + base::MicrosOf(period);
  const base::Date from = base::LocalDate(instant);
  const base::Date to = base::Add(from, period, +1);
  return base::StartOfDay(to) + (instant.us - base::StartOfDay(from).us);
}

}  // namespace

void MedicationCodes(Reading& r, const Node& medication, std::vector<criteria::CodeId>& codes) {
  r.ConceptOf(&medication, "Medication.code", codes);
  if (!codes.empty()) return;
  const Node* const ingredients = r.Array(&medication, "Medication.ingredient");
  if (ingredients == nullptr) return;
  for (const Node& ingredient : *ingredients) {
    r.ConceptOf(&ingredient, "Medication.ingredient.itemCodeableConcept", codes);
  }
}

void ReadMedicationCodes(Reading& r, Path path, Fact& fact) {
  const Choice medication = r.ChoiceOf(r.resource(), path);
  if (medication.type == "CodeableConcept") {
    r.Concept(*medication.node, fact.codes);
  } else if (medication.type == "Reference") {
    const Target target = r.Resolve(*medication.node, "Medication");
    if (target.contained != nullptr) {
      MedicationCodes(r, *target.contained, fact.codes);
    } else if (target.by_id()) {
      fact.medication_id = std::string(target.type) + "/" + std::string(target.id);
    }
  } else {
    r.Fail(path);
  }
}

std::optional<base::TimeRange> After(Reading& r, const base::TimeRange& start,
                                     const Quantity& duration) {
  if (!duration.value || !duration.comparator.empty()) return std::nullopt;
  const auto amount = WholeAmount(*duration.value);
  const auto unit = UnitOfTime(r.vocabulary().units().as_sent(duration.unit));
  if (!amount || !unit) return std::nullopt;
  const base::Period period{*amount, *unit};
  return base::TimeRange{Moved(start.lo, period), Moved(start.hi, period)};
}

}  // namespace medverka::matcher::journal
