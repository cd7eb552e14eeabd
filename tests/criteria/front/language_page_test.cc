// The pages for authors: every ```study block compiles without errors, and its examples come out as
// they say. A block that says which diagnostic it deserves (```study MV0401) gets it, and the
// ```text block behind it holds the very lines that are printed.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/criteria/front/support.h"

namespace medverka::criteria {
namespace {

constexpr const char* kReference = "criteria/LANGUAGE.md";

struct Page {
  const char* path;
  std::size_t least_blocks;
  bool common_sets;  // blocks may name the sets of common.codes without saying so
};
constexpr Page kPages[] = {{kReference, 8, false},
                           {"docs/writing-studies.md", 15, true},
                           {"docs/cheat-sheet.md", 5, true}};

struct Block {
  int line = 0;
  std::string code;  // of the diagnostic that it deserves; "" for none
  std::string text;
  std::string printed;  // the ```text block behind it
};

constexpr std::string_view kStudy = "```study";
constexpr std::string_view kText = "```text";

std::vector<Block> Blocks(const std::string& page) {
  std::vector<Block> blocks;
  std::string* into = nullptr;
  int line = 0;
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t end = std::min(page.find('\n', at), page.size());
    const std::string text = page.substr(at, end - at);
    at = end + 1;
    ++line;
    if (into != nullptr) {
      if (text == "```") {
        into = nullptr;
      } else {
        *into += text + "\n";
      }
    } else if (text.starts_with(kStudy)) {
      const bool wrong = text.size() > kStudy.size();
      blocks.push_back({line, wrong ? text.substr(kStudy.size() + 1) : "", "", ""});
      into = &blocks.back().text;
    } else if (text == kText && !blocks.empty() && blocks.back().printed.empty()) {
      into = &blocks.back().printed;
    }
  }
  return blocks;
}

// Blocks that show a part only are completed after their last line, so that places stay right.
std::string Completed(const Block& block, bool common_sets) {
  std::string text = block.text;
  const auto declares = [&](const char* keyword) {
    return text.starts_with(keyword) || text.find("\n" + std::string(keyword)) != std::string::npos;
  };
  const bool part = !declares("study ");
  if (!declares("include ")) text += "include alive : alive\n";
  if (part)
    text += "study T9999 \"a block of the page\" { sites \"Danderyds sjukhus\" region 01 }\n";
  if (part && common_sets && !declares("use ")) text += "use \"common.codes\"\n";
  return text;
}

std::optional<SourceFile> Shared(const std::string& /*from*/, const std::string& name) {
  return ReadFile("criteria/studies/" + name);
}

void ExpectRight(const std::string& where, const std::vector<SourceFile>& files) {
  const Compilation compilation = Compile(files, Shared);
  EXPECT_FALSE(compilation.diagnostics.has_errors()) << where << ":\n"
                                                     << RenderText(compilation.diagnostics, false);
  for (const ExampleResult& result : RunExamples(files, Shared)) {
    EXPECT_TRUE(result.passed) << where << ", \"" << result.example << "\": " << result.failure;
  }
}

// Examples that fail are diagnostics of `check` as well.
void ExpectWrong(const std::string& where, const Block& block,
                 const std::vector<SourceFile>& files) {
  const Diagnostics diagnostics = Compile(files, Shared).diagnostics;
  const std::vector<std::string> codes = Codes(diagnostics, /*warnings=*/true);
  EXPECT_NE(std::find(codes.begin(), codes.end(), block.code), codes.end())
      << where << " does not give " << block.code << " but\n"
      << RenderText(diagnostics, false);
  EXPECT_NE(RenderText(diagnostics, false).find(block.printed), std::string::npos)
      << where << " prints something else:\n"
      << RenderText(diagnostics, false);
}

TEST(AuthorPages, SayWhatTheCompilerSays) {
  for (const Page& page : kPages) {
    const auto file = ReadFile(page.path);
    ASSERT_TRUE(file.has_value()) << page.path;
    const std::vector<Block> blocks = Blocks(file->text);
    EXPECT_GE(blocks.size(), page.least_blocks) << page.path;
    for (const Block& block : blocks) {
      const std::string where =
          std::string(page.path) + ", block at line " + std::to_string(block.line);
      const std::vector<SourceFile> files = {{"my.study", Completed(block, page.common_sets)}};
      if (block.code.empty()) {
        ExpectRight(where, files);
      } else {
        ExpectWrong(where, block, files);
      }
    }
  }
}

TEST(LanguagePage, NamesEverySystemWordAndVisitClass) {
  const std::string page = ReadFile(kReference)->text;
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
