// `medverka explain-code`: what a diagnostic means, what brings it about, how to mend it. The pages
// stand in internal/explain_pages_*.cc. A test runs the example of every page, which must bring
// about the code, and the mended lines, which must not.
#include <cctype>
#include <vector>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/explain_pages.h"
#include "ops/base/format.h"

namespace medverka::criteria {
namespace internal {

std::span<const ExplainPage> ExplainPages() {
  static const std::vector<ExplainPage> pages = [] {
    std::vector<ExplainPage> all;
    for (const auto part : {PagesOfText(), PagesOfTerms(), PagesOfStudies()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return pages;
}

}  // namespace internal

namespace {

std::string Indented(std::string_view lines) {
  std::string out;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    out += fmt::format("    {}\n", lines.substr(0, end));
    lines = end == std::string_view::npos ? std::string_view() : lines.substr(end + 1);
  }
  return out;
}

}  // namespace

std::string ExplainCode(std::string_view code_name) {
  std::string name(code_name);
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (const internal::ExplainPage& page : internal::ExplainPages()) {
    if (CodeName(page.code) != name) continue;
    std::string out = fmt::format("{} ({}): {}\n\n{}\n", name,
                                  SeverityOf(page.code) == Severity::kError ? "error" : "warning",
                                  page.title, page.meaning);
    if (!page.example.empty()) out += "\nExample:\n\n" + Indented(page.example);
    out += fmt::format("\nCure: {}\n", page.cure);
    if (!page.mended.empty()) out += "\nMended:\n\n" + Indented(page.mended);
    return out;
  }
  return "";
}

}  // namespace medverka::criteria
