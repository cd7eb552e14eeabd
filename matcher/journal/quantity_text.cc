#include "matcher/journal/quantity_text.h"

#include <array>
#include <string>
#include <utility>

#include "criteria/units.h"
#include "matcher/journal/element.h"

namespace medverka::matcher::journal {

using base::Decimal;
using criteria::Bounds;

namespace {

constexpr std::size_t kUnitBytesMax = 40;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void SkipBlanks(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
}

bool Take(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::string_view TakeComparator(std::string_view& text) {
  constexpr std::array kSpellings = {std::pair<std::string_view, std::string_view>{"<=", "<="},
                                     std::pair<std::string_view, std::string_view>{">=", ">="},
                                     std::pair<std::string_view, std::string_view>{"≤", "<="},
                                     std::pair<std::string_view, std::string_view>{"≥", ">="},
                                     std::pair<std::string_view, std::string_view>{"<", "<"},
                                     std::pair<std::string_view, std::string_view>{">", ">"}};
  for (const auto& [spelling, comparator] : kSpellings) {
    if (Take(text, spelling)) {
      SkipBlanks(text);
      return comparator;
    }
  }
  return {};
}

// Digits with at most one comma or point between digits, and a sign.
std::optional<Decimal> TakeNumber(std::string_view& text) {
  std::string plain;
  std::size_t i = 0;
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) plain.push_back(text[i++]);
  const std::size_t from = i;
  while (i < text.size() && IsDigit(text[i])) plain.push_back(text[i++]);
  if (i == from) return std::nullopt;
  if (i + 1 < text.size() && (text[i] == ',' || text[i] == '.') && IsDigit(text[i + 1])) {
    plain.push_back('.');
    for (++i; i < text.size() && IsDigit(text[i]); ++i) plain.push_back(text[i]);
  }
  text.remove_prefix(i);
  return Decimal::Parse(plain);
}

bool TakeDash(std::string_view& text) {
  return Take(text, "-") || Take(text, "–") || Take(text, "—");
}

// What stands after a number: nothing, or something that reads as a unit.
bool IsUnit(std::string_view rest) {
  if (rest.empty()) return true;
  if (rest.size() > kUnitBytesMax || rest.find_first_of(" \t") != std::string_view::npos)
    return false;
  if (rest.size() > 1 && rest[0] == '/' && IsDigit(rest[1])) return false;  // "120/80"
  return rest.find_first_not_of("0123456789.,:+-/*^") != std::string_view::npos &&
         criteria::CheckUnit(rest).reason.empty();
}

}  // namespace

Bounds BoundsOf(const Decimal& value, std::string_view comparator) {
  Bounds bounds;
  if (comparator.empty() || comparator.front() == '>') bounds.low = value;
  if (comparator.empty() || comparator.front() == '<') bounds.high = value;
  bounds.low_open = comparator == ">";
  bounds.high_open = comparator == "<";
  return bounds;
}

std::optional<TextQuantity> ReadQuantityText(std::string_view text) {
  text = Trim(text);
  const std::string_view comparator = TakeComparator(text);
  const auto number = TakeNumber(text);
  if (!number) return std::nullopt;
  const bool apart = !text.empty() && text.front() == ' ';
  SkipBlanks(text);
  if (!IsUnit(text) || (!apart && !text.empty() && IsDigit(text.front()))) return std::nullopt;
  return TextQuantity{BoundsOf(*number, comparator), text};
}

std::optional<TextLimits> ReadLimitsText(std::string_view text) {
  text = Trim(text);
  const std::string_view comparator = TakeComparator(text);
  const auto first = TakeNumber(text);
  if (!first) return std::nullopt;
  SkipBlanks(text);
  TextLimits limits;
  if (!comparator.empty()) {
    (comparator.front() == '<' ? limits.high : limits.low) = first;
  } else {
    if (!TakeDash(text)) return std::nullopt;
    SkipBlanks(text);
    limits.low = first;
    limits.high = TakeNumber(text);
    if (!limits.high || *limits.high < *limits.low) return std::nullopt;
    SkipBlanks(text);
  }
  if (!IsUnit(text)) return std::nullopt;
  limits.unit = text;
  return limits;
}

}  // namespace medverka::matcher::journal
