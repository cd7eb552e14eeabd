#include "matcher/journal/regions.h"

#include <array>
#include <string>

#include "ops/base/text.h"

namespace medverka::matcher::journal {
namespace {

struct RegionRow {
  std::string_view code;
  std::string_view name;  // folded
};
// Län codes of Statistics Sweden; second names are those the regions use themselves.
constexpr std::array kRegions = {
    RegionRow{"01", "stockholm"},
    RegionRow{"03", "uppsala"},
    RegionRow{"04", "södermanland"},
    RegionRow{"05", "östergötland"},
    RegionRow{"06", "jönköping"},
    RegionRow{"07", "kronoberg"},
    RegionRow{"08", "kalmar"},
    RegionRow{"09", "gotland"},
    RegionRow{"10", "blekinge"},
    RegionRow{"12", "skåne"},
    RegionRow{"13", "halland"},
    RegionRow{"14", "västra götaland"},
    RegionRow{"17", "värmland"},
    RegionRow{"18", "örebro"},
    RegionRow{"19", "västmanland"},
    RegionRow{"20", "dalarna"},
    RegionRow{"21", "gävleborg"},
    RegionRow{"22", "västernorrland"},
    RegionRow{"23", "jämtland"},
    RegionRow{"24", "västerbotten"},
    RegionRow{"25", "norrbotten"},
    RegionRow{"04", "sörmland"},
    RegionRow{"14", "västra götalandsregionen"},
    RegionRow{"23", "jämtland härjedalen"},
};

std::string_view ByCode(std::string_view code) {
  for (const RegionRow& row : kRegions) {
    if (row.code == code) return row.code;
  }
  return {};
}

std::string_view ByName(std::string_view name) {
  for (const RegionRow& row : kRegions) {
    if (row.name == name) return row.code;
  }
  return {};
}

bool AllDigits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

void RemovePrefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) == prefix) text.remove_prefix(prefix.size());
}

void RemoveSuffix(std::string_view& text, std::string_view suffix) {
  if (text.size() > suffix.size() && text.substr(text.size() - suffix.size()) == suffix) {
    text.remove_suffix(suffix.size());
  }
}

}  // namespace

std::string_view RegionOf(std::string_view text) {
  if (AllDigits(text)) {
    return text.size() == 2 || text.size() == 4 ? ByCode(text.substr(0, 2)) : std::string_view();
  }
  const std::string folded = base::Fold(text);
  std::string_view name = folded;
  RemovePrefix(name, "region ");
  RemoveSuffix(name, " län");
  const std::string_view plain = ByName(name);
  if (!plain.empty()) return plain;
  RemoveSuffix(name, "s");  // "Stockholms län"
  return ByName(name);
}

}  // namespace medverka::matcher::journal
