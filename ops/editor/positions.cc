#include "ops/editor/positions.h"

#include <algorithm>

namespace medverka::editor {
namespace {

// Bytes of the character that begins with this byte. A byte that begins none counts as one.
std::size_t Bytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace

Positions::Positions(std::string_view text, bool utf8) : text_(text), utf8_(utf8), starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts_.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

std::string_view Positions::Line(std::size_t line) const {
  const std::size_t end = line + 1 < starts_.size() ? starts_[line + 1] - 1 : text_.size();
  std::string_view out = text_.substr(starts_[line], end - starts_[line]);
  if (out.ends_with('\r')) out.remove_suffix(1);
  return out;
}

base::json::object Positions::At(std::uint32_t offset) const {
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const auto line = static_cast<std::size_t>(next - starts_.begin() - 1);
  const std::string_view text = Line(line);
  const std::size_t bytes = std::min<std::size_t>(offset - starts_[line], text.size());
  std::size_t units = utf8_ ? bytes : 0;
  for (std::size_t i = 0; !utf8_ && i < bytes;) {
    const std::size_t one = Bytes(text[i]);
    units += one == 4 ? 2 : 1;
    i += one;
  }
  return {{"line", line}, {"character", units}};
}

base::json::object Positions::Range(criteria::Span span) const {
  return {{"start", At(span.begin)}, {"end", At(span.end)}};
}

std::uint32_t Positions::Offset(std::int64_t line, std::int64_t character) const {
  if (line < 0) return 0;
  if (static_cast<std::size_t>(line) >= starts_.size())
    return static_cast<std::uint32_t>(text_.size());
  const std::string_view text = Line(static_cast<std::size_t>(line));
  std::size_t at = 0;
  for (std::int64_t units = 0; at < text.size() && units < character;) {
    const std::size_t one = utf8_ ? 1 : Bytes(text[at]);
    units += one == 4 ? 2 : 1;
    at = std::min(at + one, text.size());
  }
  return starts_[static_cast<std::size_t>(line)] + static_cast<std::uint32_t>(at);
}

}  // namespace medverka::editor
