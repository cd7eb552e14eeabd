// Text as a person reads it, JSON as an editor does.
//
//   kidneys.study:7:40: error MV0312: this unit does not fit
//     7 | include kidneys : egfr by lm-rev >= 30 g/L within last 90 days
//       |                                        ^^^
//     eGFR is a flow per body surface; g/L cannot be compared with it.
#include "criteria/diagnostic.h"

#include <algorithm>
#include <tuple>

#include "criteria/diagnostic_codes.h"
#include "ops/base/format.h"
#include "ops/base/json.h"

namespace medverka::criteria {
namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kRed = "\x1b[1;31m";
constexpr std::string_view kYellow = "\x1b[1;33m";
constexpr std::string_view kBlue = "\x1b[34m";
constexpr std::string_view kReset = "\x1b[0m";

// A line that is longer than this is shown around the place only.
constexpr int kShownColumnsMax = 160;
constexpr int kShownBeforeMax = 60;

std::string_view Word(Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

constexpr std::string_view kUnshowable = "\xEF\xBF\xBD";  // U+FFFD

// The line as code points, harmless to a terminal: whatever could move the cursor or turn the text
// becomes U+FFFD.
std::vector<std::string> Glyphs(std::string_view line) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < line.size();) {
    std::size_t end = i + 1;
    while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) ++end;
    std::string glyph(line.substr(i, end - i));
    const auto byte = static_cast<unsigned char>(glyph[0]);
    const bool control =
        (byte < 0x20 && glyph != "\t") || byte == 0x7F || (byte >= 0x80 && byte < 0xC0) ||
        (byte == 0xC2 && glyph.size() == 2 && static_cast<unsigned char>(glyph[1]) < 0xA0) ||
        glyph == "\xC2\xAD";
    const bool direction = glyph == "\xD8\x9C" || glyph == "\xEF\xBB\xBF" ||
                           (glyph.size() == 3 && byte == 0xE2 &&
                            ((glyph[1] == '\x80' &&
                              (static_cast<unsigned char>(glyph[2]) >= 0xA8 ||
                               static_cast<unsigned char>(glyph[2]) <= 0x8F) &&
                              (static_cast<unsigned char>(glyph[2]) <= 0x8F
                                   ? static_cast<unsigned char>(glyph[2]) >= 0x8B
                                   : static_cast<unsigned char>(glyph[2]) <= 0xAE)) ||
                             (glyph[1] == '\x81' && static_cast<unsigned char>(glyph[2]) >= 0xA0 &&
                              static_cast<unsigned char>(glyph[2]) <= 0xAF)));
    const bool cut = byte >= 0xC0 && glyph.size() < (byte >= 0xF0 ? 4U : byte >= 0xE0 ? 3U : 2U);
    out.push_back(control || direction || cut ? std::string(kUnshowable) : std::move(glyph));
    i = end;
  }
  return out;
}

// A text of ours that may quote the file.
std::string Harmless(std::string_view text) {
  std::string out;
  for (const std::string& glyph : Glyphs(text)) out += glyph;
  return out;
}

// A line of which a tenth or more cannot be shown is no text, and says nothing to anybody. A word
// in another encoding is still seen in its line.
bool IsGarbage(const std::vector<std::string>& glyphs) {
  constexpr std::ptrdiff_t kReadableFor1Other = 9;
  const std::ptrdiff_t bad = std::count(glyphs.begin(), glyphs.end(), kUnshowable);
  return bad * (kReadableFor1Other + 1) > static_cast<std::ptrdiff_t>(glyphs.size());
}

void AppendSource(std::string& out, const Diagnostic& diagnostic, bool colour) {
  const std::vector<std::string> glyphs = Glyphs(diagnostic.source_line);
  const int size = static_cast<int>(glyphs.size());
  if (diagnostic.source_line.empty() || diagnostic.column > size + 1 || IsGarbage(glyphs)) return;
  const int first =
      size > kShownColumnsMax ? std::max(0, diagnostic.column - 1 - kShownBeforeMax) : 0;
  const int last = std::min(size, first + kShownColumnsMax);
  const std::string number = std::to_string(diagnostic.line);
  std::string line = first > 0 ? "..." : "";
  std::string carets = first > 0 ? "   " : "";
  for (int i = first; i < last; ++i) {
    line += glyphs[static_cast<std::size_t>(i)];
    if (i < diagnostic.column - 1)
      carets += glyphs[static_cast<std::size_t>(i)] == "\t" ? "\t" : " ";
  }
  if (last < size) line += "...";
  if (diagnostic.column - 1 >= size && size == last) carets.resize(carets.size(), ' ');
  const int room = std::max(1, last - (diagnostic.column - 1));
  carets += std::string(static_cast<std::size_t>(std::clamp(diagnostic.length, 1, room)), '^');
  const std::string_view on = colour ? kBlue : "";
  const std::string_view off = colour ? kReset : "";
  out += fmt::format("{}{:>3} |{} {}\n", on, number, off, line);
  out += fmt::format("{}{:>{}} |{} {}\n", on, "", std::max<std::size_t>(3, number.size()), off,
                     carets);
}

void AppendText(std::string& out, const Diagnostic& diagnostic, bool colour) {
  const std::string_view strong = diagnostic.severity == Severity::kError ? kRed : kYellow;
  out += fmt::format("{}{}:{}:{}:{} {}{} {}:{} {}\n", colour ? kBold : "",
                     Harmless(diagnostic.path), diagnostic.line, diagnostic.column,
                     colour ? kReset : "", colour ? strong : "", Word(diagnostic.severity),
                     CodeName(diagnostic.code), colour ? kReset : "", Harmless(diagnostic.message));
  AppendSource(out, diagnostic, colour);
  std::string_view hint = diagnostic.hint;
  while (!hint.empty()) {
    const std::size_t end = hint.find('\n');
    out += fmt::format("  {}\n", Harmless(hint.substr(0, end)));
    hint = end == std::string_view::npos ? std::string_view() : hint.substr(end + 1);
  }
}

std::string Counted(std::size_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

}  // namespace

bool Diagnostics::has_errors() const { return errors() > 0; }

std::size_t Diagnostics::errors() const {
  return static_cast<std::size_t>(std::count_if(all_.begin(), all_.end(), [](const Diagnostic& d) {
    return d.severity == Severity::kError;
  }));
}

std::size_t Diagnostics::warnings() const { return all_.size() - errors(); }

void Diagnostics::Sort() {
  const auto key = [](const Diagnostic& d) { return std::tie(d.path, d.line, d.column, d.code); };
  std::stable_sort(all_.begin(), all_.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
}

std::string CodeName(DiagnosticCode code) { return fmt::format("MV{:04}", static_cast<int>(code)); }

std::string RenderText(const Diagnostics& diagnostics, bool colour) {
  std::string out;
  std::size_t shown = 0;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (shown++ == kDiagnosticsShownMax) break;
    if (shown > 1) out += '\n';
    AppendText(out, diagnostic, colour);
  }
  const std::size_t all = diagnostics.all().size();
  if (all == 0) return out;
  if (all > kDiagnosticsShownMax) {
    out += fmt::format("\n{} more are not shown.", all - kDiagnosticsShownMax);
  }
  out += fmt::format("\n{}, {}\n", Counted(diagnostics.errors(), "error"),
                     Counted(diagnostics.warnings(), "warning"));
  return out;
}

std::string RenderJson(const Diagnostics& diagnostics) {
  namespace json = base::json;
  json::array list;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (list.size() == kDiagnosticsShownMax) break;
    json::object one;
    one["path"] = diagnostic.path;
    one["line"] = diagnostic.line;
    one["column"] = diagnostic.column;
    one["length"] = diagnostic.length;
    one["severity"] = std::string(Word(diagnostic.severity));
    one["code"] = CodeName(diagnostic.code);
    one["message"] = diagnostic.message;
    one["hint"] = diagnostic.hint;
    list.push_back(std::move(one));
  }
  json::object out;
  const std::size_t shown = list.size();
  out["diagnostics"] = std::move(list);
  out["errors"] = diagnostics.errors();
  out["warnings"] = diagnostics.warnings();
  out["not_shown"] = diagnostics.all().size() - shown;
  return base::ToPrettyJson(out);
}

}  // namespace medverka::criteria
