#include "ops/base/text.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace medverka::base {
namespace {

constexpr std::uint32_t kInvalid = 0xFFFFFFFF;

// One code point of `text` from `at` on, which it moves behind it. Damaged UTF-8 gives kInvalid and
// moves one byte.
std::uint32_t NextCodePoint(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::uint32_t first = byte(at);
  if (first < 0x80) {
    ++at;
    return first;
  }
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) {
    ++at;
    return kInvalid;
  }
  std::uint32_t point = first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) {
      ++at;
      return kInvalid;
    }
    point = (point << 6) | (byte(at + i) & 0x3Fu);
  }
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (point < kSmallest[length] || point > 0x10FFFF || surrogate) {
    ++at;
    return kInvalid;
  }
  at += length;
  return point;
}

void Append(std::uint32_t point, std::string& out) {
  if (point < 0x80) {
    out.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (point >> 6)));
    out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
  } else if (point < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (point >> 12)));
    out.push_back(static_cast<char>(0x80 | ((point >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (point >> 18)));
    out.push_back(static_cast<char>(0x80 | ((point >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((point >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
  }
}

bool IsBlank(std::uint32_t point) {
  return point == ' ' || (point >= 0x09 && point <= 0x0D) || point == 0xA0 ||
         (point >= 0x2000 && point <= 0x200A) || point == 0x202F || point == 0x3000;
}

std::uint32_t Lower(std::uint32_t point) {
  if (point >= 'A' && point <= 'Z') return point + 0x20;
  if (point >= 0xC0 && point <= 0xDE && point != 0xD7) return point + 0x20;  // À to Þ, without ×
  if (point >= 0x391 && point <= 0x3A9 && point != 0x3A2) return point + 0x20;  // Alpha to Omega
  if (point == 0xB5) return 0x3BC;                                              // micro sign is mu
  if (point == 0x3C2) return 0x3C3;                           // final sigma is sigma
  if (point == 0x212B) return 0xE5;                           // ångström sign is å
  if (point == 0x212A) return 'k';                            // kelvin sign
  if (point == 0x2126) return 0x3C9;                          // ohm sign is omega
  if (point >= 0x410 && point <= 0x42F) return point + 0x20;  // Cyrillic
  if (point >= 0x400 && point <= 0x40F) return point + 0x50;
  if (point == 0x178) return 0xFF;
  // Latin Extended-A: capital and small letter stand side by side, but for İ and ı.
  const bool even_capital = (point >= 0x100 && point <= 0x12F) ||
                            (point >= 0x132 && point <= 0x137) ||
                            (point >= 0x14A && point <= 0x177);
  const bool odd_capital = (point >= 0x139 && point <= 0x148) || (point >= 0x179 && point <= 0x17E);
  if (even_capital) return point | 1U;
  if (odd_capital) return point + (point & 1U);
  return point;
}

std::vector<std::uint32_t> PointsOf(std::string_view folded) {
  std::vector<std::uint32_t> points;
  points.reserve(folded.size());
  for (std::size_t at = 0; at < folded.size();) points.push_back(NextCodePoint(folded, at));
  return points;
}

// Edits from `a` to `b` (insert, drop, change, swap two neighbours); more than `limit` gives limit
// + 1.
std::size_t Distance(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b,
                     std::size_t limit) {
  if (a.size() > b.size() + limit || b.size() > a.size() + limit) return limit + 1;
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    std::size_t best = row[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
      best = std::min(best, row[j]);
    }
    if (best > limit) return limit + 1;
    std::swap(before, above);
    std::swap(above, row);
  }
  return std::min(above[b.size()], limit + 1);
}

}  // namespace

std::string Fold(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  bool blank = false;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t start = at;
    const std::uint32_t point = NextCodePoint(utf8, at);
    if (point != kInvalid && IsBlank(point)) {
      blank = !out.empty();
      continue;
    }
    if (blank) out.push_back(' ');
    blank = false;
    if (point == kInvalid) {
      out.append(utf8.substr(start, at - start));
    } else {
      Append(Lower(point), out);
    }
  }
  return out;
}

bool IsValidUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (NextCodePoint(text, at) == kInvalid) return false;
  }
  return true;
}

std::size_t CodePoints(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string_view DidYouMean(std::string_view word, std::span<const std::string_view> candidates) {
  // A long text is no slip of a word, and comparing it would take long.
  constexpr std::size_t kWordBytesMax = 200;
  constexpr std::size_t kEditsMax = 2;
  if (word.size() > kWordBytesMax) return {};
  const std::vector<std::uint32_t> wanted = PointsOf(Fold(word));
  std::size_t limit = std::min(kEditsMax, wanted.size() / 3);
  std::string_view nearest;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kWordBytesMax) continue;
    const std::size_t distance = Distance(wanted, PointsOf(Fold(candidate)), limit);
    if (distance > limit) continue;
    nearest = candidate;
    if (distance == 0) break;
    limit = distance - 1;  // only a nearer one replaces it: the first of equals wins
  }
  return nearest;
}

}  // namespace medverka::base
