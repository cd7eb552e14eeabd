// criteria/LANGUAGE.md: every ```study block on the page compiles without errors, and its examples
// come out as they say.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/criteria/front/support.h"

namespace medverka::criteria {
namespace {

constexpr const char* kPage = "criteria/LANGUAGE.md";

struct Block {
  int line = 0;
  std::string text;
};

std::vector<Block> Blocks() {
  std::vector<Block> blocks;
  const auto page = ReadFile(kPage);
  if (!page) return blocks;
  bool inside = false;
  int line = 0;
  std::size_t at = 0;
  while (at < page->text.size()) {
    const std::size_t end = std::min(page->text.find('\n', at), page->text.size());
    const std::string text = page->text.substr(at, end - at);
    at = end + 1;
    ++line;
    if (!inside && text == "```study") {
      inside = true;
      blocks.push_back({line, ""});
    } else if (inside && text == "```") {
      inside = false;
    } else if (inside) {
      blocks.back().text += text + "\n";
    }
  }
  return blocks;
}

TEST(LanguagePage, ExamplesCompileAndComeOutAsTheySay) {
  const std::vector<Block> blocks = Blocks();
  ASSERT_GE(blocks.size(), 8U);
  for (const Block& block : blocks) {
    std::string text = block.text;
    // Blocks that show a part only are completed after their last line, so that places stay right.
    if (text.find("study ") != 0) text += "study T9999 \"a block of the page\" { }\n";
    if (text.find("\ninclude ") == std::string::npos) text += "include alive : alive\n";
    const std::vector<SourceFile> files = {{"block.study", text}};
    const Compilation compilation = Compile(files, nullptr);
    EXPECT_FALSE(compilation.diagnostics.has_errors())
        << kPage << ", block at line " << block.line << ":\n"
        << RenderText(compilation.diagnostics, false);
    for (const ExampleResult& result : RunExamples(files, nullptr)) {
      EXPECT_TRUE(result.passed) << kPage << ", block at line " << block.line << ", \""
                                 << result.example << "\": " << result.failure;
    }
  }
}

TEST(LanguagePage, NamesEverySystemWordAndVisitClass) {
  const std::string page = ReadFile(kPage)->text;
  for (const char* word :
       {"icd10se",  "icd10",    "icdo3",       "atc",          "kva",       "snomed",     "loinc",
        "npu",      "hgnc",     "cvx",         "rxnorm",       "cpt",       "hcpcs",      "icd10cm",
        "icd10pcs", "orpha",    "oncotree",    "emergency",    "inpatient", "outpatient", "home",
        "virtual",  "day-care", "observation", "preadmission", "field"}) {
    EXPECT_NE(page.find("`" + std::string(word) + "`"), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace medverka::criteria
