// Idea: every unit is brought to base dimensions as an exact fraction, so two quantities compare by
// multiplying crosswise in whole numbers; nothing is ever rounded on the way to a threshold. Units
// that mean the same (umol/L, µmol/L) share a meaning, and then the two decimals compare directly.
// Otherwise 128-bit products are tried first; long integers are for what does not fit.
//
// Left out here: HbA1c, whose units are methods joined by regression lines (IFCC = 10.93 NGSP -
// 23.50; IFCC = 10.45 Mono-S - 10.62), so it is compared in whole mmol/mol as laboratories report
// it. A result is Mono-S by its code (analytes.h); an author's percentage is always NGSP.
#include "criteria/units.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

#include "criteria/analytes.h"
#include "criteria/units_grammar.h"
#include "ops/base/check.h"
#include "ops/base/format.h"
#include "ops/base/text.h"

namespace medverka::criteria {
namespace {

using base::Decimal;
using internal::Dimensions;
using internal::Integer;
using internal::Meaning;
using internal::Rational;

__extension__ using Int128 = __int128;

// A fraction of two int64, where it fits: what nearly all units in use are.
struct SmallFraction {
  std::int64_t numerator = 0;
  std::int64_t denominator = 0;  // 0: does not fit
};

SmallFraction SmallOf(const Rational& value) {
  const Integer limit = std::numeric_limits<std::int64_t>::max();
  const Integer top = numerator(value);
  const Integer bottom = denominator(value);
  if (abs(top) > limit || bottom > limit) return {};
  return {static_cast<std::int64_t>(top), static_cast<std::int64_t>(bottom)};
}

Rational PowerOfTen(int exponent) {
  const Integer power =
      boost::multiprecision::pow(Integer(10), static_cast<unsigned>(std::abs(exponent)));
  return exponent < 0 ? Rational(1, power) : Rational(power);
}

Rational Exact(const Decimal& value) {
  return Rational(value.coefficient()) * PowerOfTen(-value.scale());
}

Integer Floor(const Rational& value) {
  const Integer top = numerator(value);
  const Integer bottom = denominator(value);
  Integer quotient = top / bottom;
  if (top < 0 && quotient * bottom != top) --quotient;
  return quotient;
}

Integer RoundHalfUp(const Rational& value) { return Floor(value + Rational(1, 2)); }

std::strong_ordering Order(const Rational& a, const Rational& b) {
  return a < b   ? std::strong_ordering::less
         : a > b ? std::strong_ordering::greater
                 : std::strong_ordering::equal;
}

bool MultiplyBy(std::int64_t by, Int128& value) {
  return !__builtin_mul_overflow(value, Int128{by}, &value);
}

// a x numerator against b x denominator, in 128 bits; nullopt where they do not suffice.
std::optional<std::strong_ordering> OrderSmall(const Decimal& a, const Decimal& b,
                                               SmallFraction ratio) {
  if (ratio.denominator == 0) return std::nullopt;
  Int128 left = a.coefficient();
  Int128 right = b.coefficient();
  if (!MultiplyBy(ratio.numerator, left) || !MultiplyBy(ratio.denominator, right))
    return std::nullopt;
  for (int i = a.scale(); i < b.scale(); ++i) {
    if (!MultiplyBy(10, left)) return std::nullopt;
  }
  for (int i = b.scale(); i < a.scale(); ++i) {
    if (!MultiplyBy(10, right)) return std::nullopt;
  }
  return left < right   ? std::strong_ordering::less
         : left > right ? std::strong_ordering::greater
                        : std::strong_ordering::equal;
}

// HbA1c. NGSP in %, IFCC in mmol/mol.
Rational IfccOfNgsp(const Rational& percent) {
  return Rational(1'093, 100) * percent - Rational(2'350, 100);
}
Rational IfccOfMonoS(const Rational& percent) {
  return Rational(1'045, 100) * percent - Rational(1'062, 100);
}
Rational NgspOfIfcc(const Rational& mmol_per_mol) {
  return Rational(9'148, 100'000) * mmol_per_mol + Rational(2'152, 1'000);
}

bool IsPercent(const Meaning& meaning) {
  return meaning.dimensionless() && meaning.factor == Rational(1, 100);
}
bool IsPlainNumber(const Meaning& meaning) {
  return meaning.dimensionless() && meaning.factor == 1;
}

// `mono_s`: a percentage is Mono-S, else NGSP.
Rational IfccOf(const Rational& value, const Meaning& unit, bool mono_s) {
  if (!IsPercent(unit)) return value * unit.factor * 1'000;
  return mono_s ? IfccOfMonoS(value) : IfccOfNgsp(value);
}

bool IsHbA1c(Analyte analyte) {
  return analyte == Analyte::kHbA1c || analyte == Analyte::kHbA1cMonoS;
}

// a's dimensions with a mole where b has a gram.
bool MolarOfMass(const Dimensions& a, const Dimensions& b) {
  Dimensions moved = b;
  --moved[internal::kGram];
  ++moved[internal::kMole];
  return a == moved;
}

enum class Relation {
  kNone,    // do not compare
  kEqual,   // same meaning
  kFactor,  // a x ratio is in b's unit
  kOffset,  // temperatures
  kHbA1c,   // one side a percentage
};

// Spellings worth suggesting; the nearest to a slip is shown.
constexpr std::string_view kCommonUnits[] = {"mmol/L",
                                             "umol/L",
                                             "nmol/L",
                                             "pmol/L",
                                             "mol/L",
                                             "g/L",
                                             "g/dL",
                                             "mg/L",
                                             "mg/dL",
                                             "ug/L",
                                             "ng/L",
                                             "ng/mL",
                                             "pg/mL",
                                             "ug/mL",
                                             "mmol/mol",
                                             "%",
                                             "ukat/L",
                                             "nkat/L",
                                             "U/L",
                                             "kU/L",
                                             "U/mL",
                                             "[iU]/L",
                                             "k[iU]/L",
                                             "m[iU]/L",
                                             "10*9/L",
                                             "10*12/L",
                                             "10*6/L",
                                             "10*3/uL",
                                             "10*6/uL",
                                             "mL/min",
                                             "mL/min/1.73m2",
                                             "mm[Hg]",
                                             "mmHg",
                                             "kPa",
                                             "Pa",
                                             "Cel",
                                             "[degF]",
                                             "K",
                                             "kg",
                                             "g",
                                             "mg",
                                             "ug",
                                             "ng",
                                             "cm",
                                             "m",
                                             "mm",
                                             "um",
                                             "kg/m2",
                                             "m2",
                                             "L",
                                             "dL",
                                             "mL",
                                             "uL",
                                             "L/min",
                                             "mL/h",
                                             "mg/mmol",
                                             "g/mol",
                                             "mg/g",
                                             "mg/kg",
                                             "mmol/d",
                                             "g/d",
                                             "mg/d",
                                             "ug/min",
                                             "/min",
                                             "/h",
                                             "/d",
                                             "min",
                                             "h",
                                             "d",
                                             "wk",
                                             "mo",
                                             "a",
                                             "s",
                                             "ms",
                                             "mosm/kg",
                                             "meq/L",
                                             "fL",
                                             "pg",
                                             "Gy",
                                             "mGy",
                                             "MBq",
                                             "mSv",
                                             "dB",
                                             "Hz",
                                             "mV",
                                             "mA",
                                             "W",
                                             "kcal",
                                             "kJ",
                                             "[MET]",
                                             "{score}",
                                             "{INR}",
                                             "[pH]",
                                             "mm/h",
                                             "mg/mL",
                                             "mmol",
                                             "umol",
                                             "mol",
                                             "mmol/kg",
                                             "mL/kg",
                                             "L/min/m2",
                                             "mL/min/m2",
                                             "cm[H2O]",
                                             "[lb_av]",
                                             "[in_i]"};

struct TimeWord {
  std::string_view word;
  std::string_view unit;
};
constexpr TimeWord kTimeWords[] = {
    {"year", "a"},     {"years", "a"},     {"month", "mo"}, {"months", "mo"}, {"week", "wk"},
    {"weeks", "wk"},   {"day", "d"},       {"days", "d"},   {"hour", "h"},    {"hours", "h"},
    {"minute", "min"}, {"minutes", "min"}, {"second", "s"}, {"seconds", "s"}};

}  // namespace

struct UnitTable::Tables {
  static constexpr std::uint32_t kUnusable = 0;  // in place of a meaning

  struct Entry {
    std::string text;
    std::uint32_t meaning = kUnusable;
  };

  std::deque<Entry> entries;  // stable addresses: the map's keys point into them
  std::unordered_map<std::string_view, UnitId> ids;
  std::vector<Meaning> meanings;
  std::vector<SmallFraction> small_factors;
  std::unordered_map<std::string, std::uint32_t> meaning_ids;

  Tables() {
    meanings.emplace_back();  // kUnusable
    small_factors.emplace_back();
    entries.push_back({std::string(), MeaningId(Meaning{})});  // kNoUnit: a plain number
    ids.emplace(entries.back().text, kNoUnit);
  }

  std::uint32_t MeaningId(const Meaning& meaning) {
    std::string key = meaning.factor.str() + "+" + meaning.offset.str();
    for (const std::int16_t exponent : meaning.dimensions) key += fmt::format(" {}", exponent);
    const auto [at, added] =
        meaning_ids.emplace(std::move(key), static_cast<std::uint32_t>(meanings.size()));
    if (added) {
      meanings.push_back(meaning);
      small_factors.push_back(SmallOf(meaning.factor));
    }
    return at->second;
  }

  const Entry& At(UnitId unit) const {
    MEDVERKA_CHECK(unit < entries.size());
    return entries[unit];
  }
  const Meaning& MeaningOf(UnitId unit) const { return meanings[At(unit).meaning]; }
  bool Usable(UnitId unit) const { return At(unit).meaning != kUnusable; }

  Relation RelationOf(UnitId a, UnitId b, Analyte analyte) const;
  SmallFraction SmallRatio(UnitId a, UnitId b, Analyte analyte) const;
  Rational Ratio(UnitId a, UnitId b, Analyte analyte) const;
};

namespace {

// a / b; where that takes more than two int64, a fraction that says so.
SmallFraction Divide(SmallFraction a, SmallFraction b) {
  if (a.denominator == 0 || b.denominator == 0) return {};
  SmallFraction ratio;
  if (__builtin_mul_overflow(a.numerator, b.denominator, &ratio.numerator)) return {};
  if (__builtin_mul_overflow(a.denominator, b.numerator, &ratio.denominator)) return {};
  return ratio;
}

}  // namespace

Relation UnitTable::Tables::RelationOf(UnitId a, UnitId b, Analyte analyte) const {
  if (!Usable(a) || !Usable(b)) return Relation::kNone;
  const Meaning& left = MeaningOf(a);
  const Meaning& right = MeaningOf(b);
  // Two percentages of one spelling and two methods.
  const bool two_methods = analyte == Analyte::kHbA1cMonoS && IsPercent(left) && IsPercent(right);
  if (At(a).meaning == At(b).meaning && !two_methods) return Relation::kEqual;
  if (left.dimensions == right.dimensions) {
    if (IsHbA1c(analyte) && left.dimensionless()) {
      // 48 without a unit may be either, and 0.065 is neither.
      if (IsPlainNumber(left) || IsPlainNumber(right)) return Relation::kNone;
      if (IsPercent(left) || IsPercent(right)) return Relation::kHbA1c;
    }
    return left.has_offset || right.has_offset ? Relation::kOffset : Relation::kFactor;
  }
  if (left.has_offset || right.has_offset || MolesPerGramOf(analyte).numerator == 0)
    return Relation::kNone;
  const bool meets = MolarOfMass(left.dimensions, right.dimensions) ||
                     MolarOfMass(right.dimensions, left.dimensions);
  return meets ? Relation::kFactor : Relation::kNone;
}

Rational UnitTable::Tables::Ratio(UnitId a, UnitId b, Analyte analyte) const {
  const Meaning& left = MeaningOf(a);
  const Meaning& right = MeaningOf(b);
  Rational ratio = left.factor / right.factor;
  if (left.dimensions == right.dimensions) return ratio;
  const MolesPerGram moles = MolesPerGramOf(analyte);
  const Rational moles_per_gram(moles.numerator, moles.denominator);
  return MolarOfMass(left.dimensions, right.dimensions) ? ratio / moles_per_gram
                                                        : ratio * moles_per_gram;
}

// Ratio, where two int64 hold it.
SmallFraction UnitTable::Tables::SmallRatio(UnitId a, UnitId b, Analyte analyte) const {
  const SmallFraction ratio = Divide(small_factors[At(a).meaning], small_factors[At(b).meaning]);
  const Dimensions& left = MeaningOf(a).dimensions;
  const Dimensions& right = MeaningOf(b).dimensions;
  if (left == right) return ratio;
  const MolesPerGram moles = MolesPerGramOf(analyte);
  return MolarOfMass(left, right) ? Divide(ratio, {moles.numerator, moles.denominator})
                                  : Divide(ratio, {moles.denominator, moles.numerator});
}

UnitTable::UnitTable() : tables_(std::make_unique<Tables>()) {}
UnitTable::~UnitTable() = default;
UnitTable::UnitTable(UnitTable&&) noexcept = default;
UnitTable& UnitTable::operator=(UnitTable&&) noexcept = default;

UnitId UnitTable::Intern(std::string_view as_sent) {
  const auto found = tables_->ids.find(as_sent);
  if (found != tables_->ids.end()) return found->second;
  const internal::UnitText read = internal::ReadUnit(as_sent);
  const auto id = static_cast<UnitId>(tables_->entries.size());
  tables_->entries.push_back({std::string(as_sent), read.meaning.has_value()
                                                        ? tables_->MeaningId(*read.meaning)
                                                        : Tables::kUnusable});
  tables_->ids.emplace(tables_->entries.back().text, id);
  return id;
}

std::string_view UnitTable::as_sent(UnitId unit) const { return tables_->At(unit).text; }

bool UnitTable::usable(UnitId unit) const { return tables_->Usable(unit); }

bool UnitTable::dimensionless(UnitId unit) const {
  return tables_->Usable(unit) && tables_->MeaningOf(unit).dimensionless();
}

bool UnitTable::same_dimension(UnitId a, UnitId b) const {
  return tables_->Usable(a) && tables_->Usable(b) &&
         tables_->MeaningOf(a).dimensions == tables_->MeaningOf(b).dimensions;
}

std::optional<std::strong_ordering> UnitTable::Compare(const Decimal& a, UnitId a_unit,
                                                       const Decimal& b, UnitId b_unit,
                                                       Analyte analyte) const {
  switch (tables_->RelationOf(a_unit, b_unit, analyte)) {
    case Relation::kEqual:
      return a <=> b;
    case Relation::kFactor: {
      const auto small = OrderSmall(a, b, tables_->SmallRatio(a_unit, b_unit, analyte));
      if (small.has_value()) return small;
      return Order(Exact(a) * tables_->Ratio(a_unit, b_unit, analyte), Exact(b));
    }
    case Relation::kOffset: {
      const Meaning& left = tables_->MeaningOf(a_unit);
      const Meaning& right = tables_->MeaningOf(b_unit);
      return Order(Exact(a) * left.factor + left.offset, Exact(b) * right.factor + right.offset);
    }
    case Relation::kHbA1c: {
      // Only the percentage is rounded: it is the one that was measured by another method.
      const auto ifcc = [&](const Decimal& value, UnitId unit, bool mono_s) {
        const Meaning& meaning = tables_->MeaningOf(unit);
        const Rational exact = IfccOf(Exact(value), meaning, mono_s);
        return IsPercent(meaning) ? Rational(RoundHalfUp(exact)) : exact;
      };
      return Order(ifcc(a, a_unit, analyte == Analyte::kHbA1cMonoS), ifcc(b, b_unit, false));
    }
    case Relation::kNone:
      break;
  }
  return std::nullopt;
}

bool UnitTable::Comparable(UnitId a, UnitId b, Analyte analyte) const {
  return tables_->RelationOf(a, b, analyte) != Relation::kNone;
}

std::optional<Decimal> UnitTable::Convert(const Decimal& value, UnitId from, UnitId to,
                                          Analyte analyte, int digits) const {
  MEDVERKA_CHECK(digits >= 0 && digits <= Decimal::kDigitsMax);
  Rational converted = Exact(value);
  const Relation relation = tables_->RelationOf(from, to, analyte);
  if (relation == Relation::kNone) return std::nullopt;
  if (relation != Relation::kEqual) {
    const Meaning& source = tables_->MeaningOf(from);
    const Meaning& target = tables_->MeaningOf(to);
    if (relation == Relation::kFactor) {
      converted *= tables_->Ratio(from, to, analyte);
    } else if (relation == Relation::kOffset) {
      converted = (converted * source.factor + source.offset - target.offset) / target.factor;
    } else {
      const Rational ifcc = IfccOf(converted, source, analyte == Analyte::kHbA1cMonoS);
      converted = IsPercent(target) ? NgspOfIfcc(ifcc) : ifcc / (target.factor * 1'000);
    }
  }
  const Integer coefficient = RoundHalfUp(converted * PowerOfTen(digits));
  if (abs(coefficient) >= numerator(PowerOfTen(Decimal::kDigitsMax))) return std::nullopt;
  return Decimal(static_cast<std::int64_t>(coefficient), digits);
}

UnitProblem CheckUnit(std::string_view text) {
  const internal::UnitText read = internal::ReadUnit(text);
  if (read.meaning.has_value()) return {};
  const auto* const word = std::ranges::find(kTimeWords, read.symbol, &TimeWord::word);
  if (word != std::end(kTimeWords)) {
    return {fmt::format("\"{}\" is a word for a span of time; as a unit of measure it is \"{}\"",
                        word->word, word->unit),
            std::string(text) == word->word ? std::string(word->unit) : std::string()};
  }
  UnitProblem problem{read.reason, std::string(base::DidYouMean(text, kCommonUnits))};
  if (!problem.did_you_mean.empty() || read.symbol.empty()) return problem;
  // One part of it may be the slip: put the nearest single unit in its place.
  std::vector<std::string_view> parts(std::begin(kCommonUnits), std::end(kCommonUnits));
  std::erase_if(parts, [](std::string_view unit) {
    return unit.find_first_of("/{") != std::string_view::npos;
  });
  const std::string_view nearest = base::DidYouMean(read.symbol, parts);
  const auto at = text.find(read.symbol);
  if (nearest.empty() || at == std::string_view::npos) return problem;
  std::string repaired(text);
  repaired.replace(at, read.symbol.size(), nearest);
  if (internal::ReadUnit(repaired).meaning.has_value()) problem.did_you_mean = std::move(repaired);
  return problem;
}

}  // namespace medverka::criteria
