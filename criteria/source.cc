#include "criteria/source.h"

#include <algorithm>
#include <array>

#include "criteria/diagnostic_codes.h"
#include "criteria/limits.h"
#include "ops/base/format.h"

namespace medverka::criteria {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool Continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// One code point from the start of `text`: its value and its bytes; {0, 0} if the bytes are not
// UTF-8.
struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;
};

CodePoint Decode(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < bytes) return {};
  std::uint32_t value = first & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!Continues(text[i])) return {};
    value = (value << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[bytes] || surrogate || value > 0x10FFFF) return {};
  return {value, bytes};
}

// Characters that change what a reader sees, or that no reader sees: directions, joiners, soft
// hyphens, controls.
std::string_view Invisible(std::uint32_t value) {
  if (value == '\t' || value == '\n' || value == '\r') return "";
  if (value < 0x20 || (value >= 0x7F && value < 0xA0)) return "a control character";
  if (value == 0xAD) return "a soft hyphen";
  if (value == 0x200E || value == 0x200F || value == 0x061C) return "a mark of writing direction";
  if (value >= 0x202A && value <= 0x202E) return "a mark of writing direction";
  if (value >= 0x2066 && value <= 0x2069) return "a mark of writing direction";
  if (value >= 0x200B && value <= 0x200D) return "a character without width";
  if (value == 0x2060 || value == 0xFEFF) return "a character without width";
  if ((value >= 0x300 && value <= 0x36F) || (value >= 0x1AB0 && value <= 0x1AFF) ||
      (value >= 0x1DC0 && value <= 0x1DFF) || (value >= 0x20D0 && value <= 0x20FF) ||
      (value >= 0xFE20 && value <= 0xFE2F)) {
    return "an accent apart from its letter";
  }
  if (value == 0x2028 || value == 0x2029) return "a line separator of another kind";
  return "";
}

}  // namespace

Source::Source(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)) {
  if (text_.compare(0, kByteOrderMark.size(), kByteOrderMark) == 0)
    text_.erase(0, kByteOrderMark.size());
  line_starts_.push_back(0);
  if (text_.size() > kStudyFileBytesMax) return;  // never read further
  for (std::uint32_t i = 0; i < text_.size(); ++i) {
    const bool lone_return = text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n');
    if (text_[i] == '\n' || lone_return) line_starts_.push_back(i + 1);
  }
}

int Source::LineOf(std::uint32_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<int>(after - line_starts_.begin());
}

Source::Place Source::PlaceOf(std::uint32_t offset) const {
  Place place;
  place.line = LineOf(offset);
  const std::uint32_t start = line_starts_[static_cast<std::size_t>(place.line - 1)];
  for (std::uint32_t i = start; i < offset && i < text_.size(); ++i) {
    if (!Continues(text_[i])) ++place.column;
  }
  return place;
}

std::string_view Source::Line(int line) const {
  const std::uint32_t start = line_starts_[static_cast<std::size_t>(line - 1)];
  const std::string_view rest = text().substr(start);
  return rest.substr(0, rest.find_first_of("\r\n"));
}

bool Reporter::full() const { return errors_ > kErrorsPerFileMax; }

void Reporter::Report(DiagnosticCode code, Span span, std::string message, std::string hint) {
  if (full() || !seen_.insert({span.begin, code}).second) return;
  Diagnostic diagnostic;
  diagnostic.severity = SeverityOf(code);
  if (diagnostic.severity == Severity::kError && ++errors_ > kErrorsPerFileMax) {
    code = DiagnosticCode::kTooManyErrors;
    message =
        fmt::format("more than {} errors; the rest of this file was not read", kErrorsPerFileMax);
    hint = "Mend the first ones; many of the others may go with them.";
  }
  const Source::Place place = source_.PlaceOf(span.begin);
  const std::string_view line = source_.Line(place.line);
  diagnostic.code = code;
  diagnostic.path = source_.path();
  diagnostic.line = place.line;
  diagnostic.column = place.column;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  if (place.column <= kSourceLineCodePointsMax) {
    int shown = 0;
    std::size_t end = 0;
    while (end < line.size() && shown < kSourceLineCodePointsMax) {
      ++end;
      while (end < line.size() && Continues(line[end])) ++end;
      ++shown;
    }
    diagnostic.source_line = std::string(line.substr(0, end));
  }
  int length = 0;
  for (std::uint32_t i = span.begin; i < span.end && i < source_.text().size(); ++i) {
    const char byte = source_.text()[i];
    if (byte == '\n' || byte == '\r' || length > kSourceLineCodePointsMax) break;
    if (!Continues(byte)) ++length;
  }
  diagnostic.length = std::max(length, 1);
  diagnostics_.Add(std::move(diagnostic));
}

bool CheckText(const Source& source, Reporter& reporter) {
  const std::string_view text = source.text();
  if (text.size() > kStudyFileBytesMax) {
    reporter.Report(DiagnosticCode::kFileTooLarge, {},
                    fmt::format("this file has {} bytes; a study file has at most {}", text.size(),
                                kStudyFileBytesMax),
                    "Is it a study file? If so, move shared codes to a .codes file.");
    return false;
  }
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    const auto at = static_cast<std::uint32_t>(zero);
    reporter.Report(
        DiagnosticCode::kNotText, {at, at + 1}, "this is not a text file",
        "A study file is plain text in UTF-8. Word processors and UTF-16 put other bytes in.");
    return false;
  }
  for (std::uint32_t i = 0; i < text.size();) {
    const CodePoint point = Decode(text.substr(i));
    if (point.bytes == 0) {
      reporter.Report(
          DiagnosticCode::kWrongUtf8, {i, i + 1}, "this byte is not UTF-8",
          "Save the file as UTF-8; it may have been saved as Windows-1252 or ISO 8859-1.");
      return false;
    }
    const auto end = i + static_cast<std::uint32_t>(point.bytes);
    if (const std::string_view what = Invisible(point.value); !what.empty()) {
      reporter.Report(
          DiagnosticCode::kInvisibleCharacter, {i, end},
          fmt::format("{} (U+{:04X}) stands here, which nobody can see", what, point.value),
          "Delete it; it came along when text was pasted.");
    }
    i = end;
  }
  return true;
}

bool HasInvisible(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = Decode(text);
    if (point.bytes == 0 || !Invisible(point.value).empty()) return true;
    text.remove_prefix(point.bytes);
  }
  return false;
}

std::string Listed(const std::vector<std::string>& words, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? fmt::format(" {} ", last) : ", ";
    out += words[i];
  }
  return out;
}

}  // namespace medverka::criteria
