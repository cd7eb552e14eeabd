// UCUM's grammar (section 2.2 of its text), read top down:
//
//   unit      = "/" term | term
//   term      = component { ("." | "/") component }        from left to right: a/b.c is (a/b).c
//   component = symbol [exponent] [annotation] | annotation | number | "(" term ")"
//   symbol    = [prefix] atom
//
// Before it, Tidy brings what Swedish journals write to that form. A symbol that is no atom is
// looked up among the spellings of units_aliases.inc, first as it is, then without regard to case.
//
// Other than UCUM: prefixes above kilo are refused for gram, mole and litre. A journal that says
// "Mmol/L" has a shift key too many, and a factor of 10^9 must not be the price.
#include "criteria/units_grammar.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "ops/base/check.h"
#include "ops/base/format.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

struct Atom {
  Meaning meaning;
  bool metric = false;
};

struct Prefix {
  std::string_view symbol;
  int exponent;
};
constexpr Prefix kPrefixes[] = {{"da", 1},  {"Y", 24},  {"Z", 21},  {"E", 18},  {"P", 15},
                                {"T", 12},  {"G", 9},   {"M", 6},   {"k", 3},   {"h", 2},
                                {"d", -1},  {"c", -2},  {"m", -3},  {"u", -6},  {"n", -9},
                                {"p", -12}, {"f", -15}, {"a", -18}, {"z", -21}, {"y", -24}};

constexpr int kExponentMax = 9;        // of a unit; the highest in use is cm5
constexpr int kTenExponentMax = 30;    // of 10*
constexpr std::size_t kDepthMax = 16;  // of brackets
constexpr std::size_t kNumberDigitsMax = 9;

Rational PowerOf(const Rational& base, int exponent) {
  Rational power = 1;
  for (int i = 0; i < std::abs(exponent); ++i) power *= base;
  return exponent < 0 ? Rational(1) / power : power;
}

Rational PowerOfTen(int exponent) { return PowerOf(Rational(10), exponent); }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool AllDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsDigit);
}

// "9", "-3", "+2"; nullopt: no whole number, or beyond `limit`.
std::optional<int> ReadExponent(std::string_view text, int limit) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value > limit || value < -limit) return std::nullopt;
  return value;
}

class Tables {
 public:
  static const Tables& Get() {
    static const Tables tables;
    return tables;
  }

  const Atom* FindAtom(std::string_view symbol) const {
    const auto found = atoms_.find(symbol);
    return found == atoms_.end() ? nullptr : &found->second;
  }
  std::string_view FindAlias(std::string_view symbol) const {
    const auto exact = exact_.find(symbol);
    if (exact != exact_.end()) return exact->second;
    const auto folded = folded_.find(base::Fold(symbol));
    return folded == folded_.end() ? std::string_view() : folded->second;
  }

 private:
  Tables();
  void AddBase(std::string_view symbol, bool metric) {
    MEDVERKA_CHECK(bases_ < kDimensionsMax);
    Atom atom;
    atom.meaning.dimensions[bases_++] = 1;
    atom.metric = metric;
    atoms_.emplace(symbol, std::move(atom));
  }
  void AddAtom(std::string_view symbol, bool metric, std::string_view number,
               std::string_view unit);
  void AddTemperature(std::string_view symbol, const Rational& factor, const Rational& offset) {
    Atom atom;
    atom.meaning = atoms_.at("K").meaning;
    atom.meaning.factor = factor;
    atom.meaning.offset = offset;
    atom.meaning.has_offset = true;
    atoms_.emplace(symbol, std::move(atom));
  }

  std::size_t bases_ = 0;
  std::unordered_map<std::string_view, Atom> atoms_;
  std::unordered_map<std::string_view, std::string_view> exact_;
  std::unordered_map<std::string, std::string_view> folded_;
};

class Reader {
 public:
  Reader(const Tables& tables, std::string_view text) : tables_(tables), rest_(text) {}

  UnitText Read() {
    Meaning meaning;
    const bool inverse = Take('/');
    if (Term(inverse, 0, meaning) && !rest_.empty())
      Refuse("there is something behind its end", {});
    if (failed_.reason.empty()) failed_.meaning = std::move(meaning);
    return std::move(failed_);
  }

 private:
  bool Refuse(std::string_view reason, std::string_view symbol) {
    if (failed_.reason.empty()) {
      failed_.reason = std::string(reason);
      failed_.symbol = std::string(symbol);
    }
    return false;
  }

  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool Term(bool inverse, std::size_t depth, Meaning& into) {
    if (depth > kDepthMax) return Refuse("its brackets are nested too deep", {});
    for (;;) {
      Meaning component;
      if (!Component(depth, component)) return false;
      if (!Multiply(component, inverse ? -1 : 1, into)) return false;
      if (Take('.')) {
        inverse = false;
      } else if (Take('/')) {
        inverse = true;
      } else {
        return true;
      }
    }
  }

  bool Component(std::size_t depth, Meaning& into) {
    if (Take('(')) {
      if (!Term(false, depth + 1, into)) return false;
      return Take(')') || Refuse("a bracket is not closed", {});
    }
    if (rest_.starts_with('{')) return Annotation();
    const std::string_view symbol = TakeSymbol();
    if (symbol.empty()) return Refuse("a part of it is empty", {});
    if (!Symbol(symbol, into)) return false;
    return !rest_.starts_with('{') || Annotation();
  }

  bool Annotation() {
    const auto end = rest_.find('}');
    if (end == std::string_view::npos) return Refuse("a brace is not closed", {});
    rest_.remove_prefix(end + 1);
    return true;
  }

  // Up to the next separator; what stands in square brackets is part of the symbol, whatever it is.
  std::string_view TakeSymbol() {
    bool bracket = false;
    std::size_t size = 0;
    for (; size < rest_.size(); ++size) {
      const char c = rest_[size];
      if (c == '[') bracket = true;
      if (c == ']') bracket = false;
      if (!bracket && std::string_view("/.(){}").find(c) != std::string_view::npos) break;
    }
    const std::string_view symbol = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return symbol;
  }

  bool Symbol(std::string_view symbol, Meaning& into) {
    if (AllDigits(symbol)) return Number(symbol, into);
    if (symbol.starts_with("10*") || symbol.starts_with("10^")) {
      const auto exponent =
          symbol.size() == 3 ? 1 : ReadExponent(symbol.substr(3), kTenExponentMax);
      if (!exponent.has_value()) return Refuse("its power of ten is not one", symbol);
      into.factor = PowerOfTen(*exponent);
      return true;
    }
    std::size_t digits = symbol.size();
    while (digits > 0 && IsDigit(symbol[digits - 1])) --digits;
    const std::size_t split = digits < symbol.size() && digits > 0 &&
                                      (symbol[digits - 1] == '-' || symbol[digits - 1] == '+')
                                  ? digits - 1
                                  : digits;
    std::string_view name = symbol.substr(0, split);
    if (split < symbol.size() && (name.ends_with('^') || name.ends_with('*')))
      name.remove_suffix(1);  // "m^2"
    Meaning unit;
    if (Lookup(name, unit)) {
      if (split == symbol.size()) return Multiply(unit, 1, into);
      const auto exponent = ReadExponent(symbol.substr(split), kExponentMax);
      if (!exponent.has_value() || *exponent == 0)
        return Refuse("its exponent is out of range", symbol);
      return Multiply(unit, *exponent, into);
    }
    if (split < symbol.size() && Alias(symbol, into)) return true;  // "cmH20"
    const std::string_view unknown = name.empty() ? symbol : name;
    return Refuse(fmt::format("\"{}\" is no unit", unknown), unknown);
  }

  bool Number(std::string_view digits, Meaning& into) {
    const auto value =
        digits.size() > kNumberDigitsMax ? std::nullopt : ReadExponent(digits, 999'999'999);
    if (!value.has_value() || *value == 0) return Refuse("its number is out of range", digits);
    // "109/L" is what is left of "10^9/L" where raised digits got lost. Taken literally it would be
    // wrong by 10^7.
    constexpr std::string_view kLostPowers[] = {"103", "106", "109", "1012"};
    if (std::ranges::find(kLostPowers, digits) != std::end(kLostPowers)) {
      return Refuse(fmt::format("\"{}\" may be 10*{}; it is not guessed", digits, digits.substr(2)),
                    digits);
    }
    into.factor = *value;
    return true;
  }

  // Symbol without exponent: an atom, a prefix and an atom, or another spelling.
  bool Lookup(std::string_view name, Meaning& into) {
    if (name.empty()) return false;
    if (const Atom* atom = tables_.FindAtom(name)) return Multiply(atom->meaning, 1, into);
    for (const Prefix& prefix : kPrefixes) {
      if (!name.starts_with(prefix.symbol)) continue;
      const std::string_view stem = name.substr(prefix.symbol.size());
      const Atom* atom = tables_.FindAtom(stem);
      if (atom == nullptr || !atom->metric) continue;
      const bool of_journals = stem == "g" || stem == "mol" || stem == "L" || stem == "l";
      if (of_journals && (prefix.exponent > 3 || prefix.symbol == "da")) continue;
      into = atom->meaning;
      into.factor *= PowerOfTen(prefix.exponent);
      return true;
    }
    return Alias(name, into);
  }

  bool Alias(std::string_view name, Meaning& into) {
    const std::string_view ucum = tables_.FindAlias(name);
    if (ucum.empty() || ucum == name) return false;
    UnitText read = Reader(tables_, ucum).Read();
    MEDVERKA_CHECK(read.meaning.has_value());
    return Multiply(*read.meaning, 1, into);
  }

  bool Multiply(const Meaning& by, int exponent, Meaning& into) {
    if (by.has_offset || into.has_offset) {
      const bool alone = into.dimensionless() && into.factor == 1 && exponent == 1;
      const bool nothing = by.dimensionless() && by.factor == 1;
      if (nothing) return true;
      if (!alone) return Refuse("a temperature with an offset cannot be part of a product", {});
      into = by;
      return true;
    }
    for (std::size_t i = 0; i < kDimensionsMax; ++i) {
      into.dimensions[i] =
          static_cast<std::int16_t>(into.dimensions[i] + by.dimensions[i] * exponent);
    }
    into.factor *= PowerOf(by.factor, exponent);
    return true;
  }

  const Tables& tables_;
  std::string_view rest_;
  UnitText failed_;
};

Tables::Tables() {
#define BASE(symbol, metric) AddBase(symbol, metric);
#define ATOM(symbol, metric, number, unit) AddAtom(symbol, metric, number, unit);
#include "criteria/units_atoms.inc"
#undef BASE
#undef ATOM
  AddTemperature("Cel", 1, Rational(27'315, 100));
  AddTemperature("[degF]", Rational(5, 9), Rational(45'967, 100) * Rational(5, 9));
  MEDVERKA_CHECK(atoms_.at("g").meaning.dimensions[kGram] == 1);
  MEDVERKA_CHECK(atoms_.at("mol").meaning.dimensions[kMole] == 1);
#define EXACT(spelling, ucum) exact_.emplace(spelling, ucum);
#define ALIAS(spelling, ucum) folded_.emplace(base::Fold(spelling), ucum);
#include "criteria/units_aliases.inc"
#undef EXACT
#undef ALIAS
}

// "1.5", "2e3": digits, a point, a power of ten.
Rational ReadNumber(std::string_view number) {
  const auto e = number.find('e');
  const std::string_view digits = number.substr(0, e);
  int exponent =
      e == std::string_view::npos ? 0 : *ReadExponent(number.substr(e + 1), kTenExponentMax);
  Rational value = 0;
  bool after_point = false;
  for (const char c : digits) {
    if (c == '.') {
      after_point = true;
      continue;
    }
    value = value * 10 + (c - '0');
    if (after_point) --exponent;
  }
  return value * PowerOfTen(exponent);
}

void Tables::AddAtom(std::string_view symbol, bool metric, std::string_view number,
                     std::string_view unit) {
  Atom atom;
  if (!unit.empty()) {
    UnitText read = Reader(*this, unit).Read();
    MEDVERKA_CHECK(read.meaning.has_value());
    atom.meaning = *read.meaning;
  }
  atom.meaning.factor *= ReadNumber(number);
  atom.metric = metric;
  atoms_.emplace(symbol, std::move(atom));
}

// Tidying.

struct Spelling {
  std::string_view from;
  std::string_view to;
};
// One sign for another, everywhere but in annotations. Raised digits are their own step.
constexpr Spelling kSigns[] = {{"\u00B5", "u"}, {"\u03BC", "u"}, {"\u00D7", "x"}, {"\u00B7", "."},
                               {"\u22C5", "."}, {"\u2022", "."}, {"\u2212", "-"}, {"\u2013", "-"},
                               {"\u00A0", ""},  {"\u2009", ""},  {"\u202F", ""},  {"\u2215", "/"},
                               {"\u2044", "/"}, {" per ", "/"},  {" ", ""},       {"\t", ""}};
constexpr Spelling kRaised[] = {{"\u2070", "0"}, {"\u00B9", "1"}, {"\u00B2", "2"}, {"\u00B3", "3"},
                                {"\u2074", "4"}, {"\u2075", "5"}, {"\u2076", "6"}, {"\u2077", "7"},
                                {"\u2078", "8"}, {"\u2079", "9"}, {"\u207B", "-"}};

template <std::size_t N>
const Spelling* FindSpelling(const Spelling (&table)[N], std::string_view text) {
  const auto* found =
      std::ranges::find_if(table, [&](const Spelling& row) { return text.starts_with(row.from); });
  return found == std::end(table) ? nullptr : found;
}

std::string PlainSigns(std::string_view text) {
  std::string out;
  bool raised_before = false;
  while (!text.empty()) {
    if (text.front() == '{') {
      const std::size_t size = std::min(text.find('}'), text.size() - 1) + 1;
      out.append(text.substr(0, size));
      text.remove_prefix(size);
      continue;
    }
    if (const Spelling* raised = FindSpelling(kRaised, text)) {
      const bool of_ten = out.ends_with("10") && (out.size() == 2 || !IsDigit(out[out.size() - 3]));
      if (of_ten && !raised_before) out.push_back('*');
      out.append(raised->to);
      text.remove_prefix(raised->from.size());
      raised_before = true;
      continue;
    }
    raised_before = false;
    if (const Spelling* sign = FindSpelling(kSigns, text)) {
      out.append(sign->to);
      text.remove_prefix(sign->from.size());
      continue;
    }
    out.push_back(text.front());
    text.remove_prefix(1);
  }
  return out;
}

// "/1.73m2", "/1,73m^2", "/(1.73m2)", "/1.73": the body surface a clearance is normalised to is an
// annotation.
std::string BodySurfaceAsAnnotation(std::string text) {
  // Cut off after ten characters, as a laboratory's field shows it: not "over 1, times 7".
  for (const std::string_view cut : {"/1.7", "/1,7"}) {
    if (text.ends_with(cut)) return text.substr(0, text.size() - cut.size() + 1) + "{1.73_m2}";
  }
  for (const std::string_view number : {"1.73", "1,73"}) {
    const auto at = text.find(number);
    if (at == std::string::npos || at == 0) continue;
    const bool bracket = text[at - 1] == '(';
    const std::size_t start = bracket ? at - 1 : at;
    if (start == 0 || text[start - 1] != '/') continue;
    std::string_view rest = std::string_view(text).substr(at + number.size());
    for (const std::string_view surface : {"_m2", "m2", "m^2", "m*2", "M2", ".m2"}) {
      if (!rest.starts_with(surface)) continue;
      rest.remove_prefix(surface.size());
      break;
    }
    if (bracket && rest.starts_with(')')) rest.remove_prefix(1);
    if (!rest.empty() && rest.front() != '{') continue;
    return text.substr(0, start) + "{1.73_m2}" + std::string(rest);
  }
  return text;
}

// The power of ten at the front of `part`, in any of the spellings "10E9", "x10(9)", "E9", "10**9";
// 0 characters if there is none, or it is UCUM already.
std::size_t PowerOfTenAt(std::string_view part, std::string& digits) {
  std::string_view rest = part;
  if (rest.starts_with('x') || rest.starts_with('X') || rest.starts_with('*'))
    rest.remove_prefix(1);
  const bool ten = rest.starts_with("10");
  if (ten) rest.remove_prefix(2);
  std::string_view mark;
  for (const std::string_view candidate : {"**", "exp", "EXP", "E", "e", "(", "^", "*"}) {
    if (!rest.starts_with(candidate)) continue;
    mark = candidate;
    break;
  }
  if (mark.empty() || (!ten && mark != "E" && mark != "e")) return 0;
  rest.remove_prefix(mark.size());
  std::size_t size = rest.starts_with('-') || rest.starts_with('+') ? 1 : 0;
  while (size < rest.size() && IsDigit(rest[size])) ++size;
  digits = std::string(rest.substr(0, size));
  rest.remove_prefix(size);
  if (digits.empty() || !IsDigit(digits.back())) return 0;
  if (mark == "(" && !rest.starts_with(')')) return 0;
  if (mark == "(") rest.remove_prefix(1);
  return rest.empty() || rest.front() == '/' || rest.front() == '.' || rest.front() == '{'
             ? part.size() - rest.size()
             : 0;
}

std::string PlainPowersOfTen(std::string_view text) {
  std::string out;
  bool start = true;  // of a component
  while (!text.empty()) {
    std::string digits;
    const std::size_t size = start ? PowerOfTenAt(text, digits) : 0;
    if (size > 0) {
      out += "10*" + digits;
      text.remove_prefix(size);
      start = false;
      continue;
    }
    start = text.front() == '/' || text.front() == '.' || text.front() == '(';
    out.push_back(text.front());
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace

std::string Tidy(std::string_view text) {
  return PlainPowersOfTen(BodySurfaceAsAnnotation(PlainSigns(text)));
}

UnitText ReadUnit(std::string_view text) {
  UnitText failed;
  if (text.empty()) {
    failed.reason = "no unit is written";
    return failed;
  }
  if (text.size() > kUnitBytesMax) {
    failed.reason = "it is too long for a unit";
    return failed;
  }
  const Tables& tables = Tables::Get();
  const std::string tidy = Tidy(text);
  UnitText read = Reader(tables, tidy).Read();
  if (read.meaning.has_value()) return read;
  const std::string_view alias = tables.FindAlias(tidy);
  return alias.empty() ? read : Reader(tables, alias).Read();
}

}  // namespace medverka::criteria::internal
