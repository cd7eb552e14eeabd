// The exact text of every diagnostic: tests/cases/diagnostics/NAME.study beside NAME.expected. A
// file NAME.also.study is compiled together with NAME.study. MEDVERKA_UPDATE_CASES=1 rewrites what
// is expected; a person reads the diff.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "criteria/internal/explain_pages.h"
#include "tests/criteria/front/support.h"

namespace medverka::criteria {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCases =
    "tests/cases/diagnostics";  // from the project's root, where ctest runs the tests

std::vector<std::string> Cases() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(kCases)) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() == ".study" && name.find(".also") == std::string::npos)
      names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Paths are shown as file names, so that the text is the same wherever the project lies.
std::string Render(const std::string& name) {
  const auto load = [](const std::string&, const std::string& used) {
    auto file = ReadFile(fs::path(kCases) / used);
    if (file) file->path = used;
    return file;
  };
  std::vector<SourceFile> files;
  for (const char* ending : {".study", ".also.study"}) {
    if (auto file = ReadFile(fs::path(kCases) / (name + ending))) {
      file->path = name + ending;
      files.push_back(std::move(*file));
    }
  }
  return RenderText(CompileAndTest(files, load).diagnostics, /*colour=*/false);
}

class DiagnosticCase : public ::testing::TestWithParam<std::string> {};

TEST_P(DiagnosticCase, ReadsAsExpected) {
  const std::string text = Render(GetParam());
  const fs::path expected = fs::path(kCases) / (GetParam() + ".expected");
  if (std::getenv("MEDVERKA_UPDATE_CASES") != nullptr) {
    std::ofstream(expected, std::ios::binary) << text;
    return;
  }
  const auto file = ReadFile(expected);
  ASSERT_TRUE(file.has_value()) << "there is no " << expected;
  EXPECT_EQ(text, file->text);
}

std::string TestName(const ::testing::TestParamInfo<std::string>& parameter) {
  std::string name = parameter.param;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Text, DiagnosticCase, ::testing::ValuesIn(Cases()), TestName);

TEST(DiagnosticCases, ShowEveryCode) {
  // Shown by bad_input_test.cc: they need files that are too large to keep.
  const std::set<std::string> elsewhere = {"MV0101", "MV0108", "MV0206", "MV0212"};
  std::string all;
  for (const std::string& name : Cases())
    all += ReadFile(fs::path(kCases) / (name + ".expected"))->text;
  for (const DiagnosticCode code : kAllDiagnosticCodes) {
    if (elsewhere.count(CodeName(code)) > 0) continue;
    EXPECT_NE(all.find(" " + CodeName(code) + ":"), std::string::npos)
        << CodeName(code) << " has no case";
  }
}

TEST(ExplainCode, HasAPageForEveryCode) {
  std::set<DiagnosticCode> seen;
  for (const internal::ExplainPage& page : internal::ExplainPages()) {
    EXPECT_TRUE(seen.insert(page.code).second) << CodeName(page.code) << " has two pages";
    EXPECT_FALSE(page.title.empty());
    EXPECT_FALSE(page.meaning.empty());
    EXPECT_FALSE(page.cure.empty());
  }
  for (const DiagnosticCode code : kAllDiagnosticCodes)
    EXPECT_EQ(seen.count(code), 1U) << CodeName(code) << " has no page";
}

// Some pages have no example: files too large or too broken to print, or several of them.
const std::set<std::string>& WithoutExample() {
  static const std::set<std::string> codes = {"MV0101", "MV0102", "MV0103", "MV0108", "MV0206",
                                              "MV0212", "MV0511", "MV0512", "MV0603"};
  return codes;
}

// Examples are run only for the code that is about them: those of other pages are but shapes.
Diagnostics Judged(std::string_view lines, const internal::ExplainPage& page) {
  const auto compile = page.code == DiagnosticCode::kExampleFails ? CompileAndTest : Compile;
  const std::string text(lines);
  if (page.whole) return compile({{"t.study", text}}, nullptr).diagnostics;
  std::string sets =
      "codes colorectal { icd10se C18 }\ncodes HbA1c { npu NPU27300 }\ncodes operation { kva JFB "
      "}\n"
      "codes creatinine { npu NPU04998 }\ncodes statins { atc C10AA }\ncodes influenza { atc J07BB "
      "}\ncodes TIA { icd10se G45 }\n";
  if (text.find("codes stroke") == std::string::npos) sets += "codes stroke { icd10se I63 }\n";
  // Used, so that nothing is said of them.
  sets +=
      "ask q : \"Q?\" if any of (condition \"colorectal\", \"stroke\", \"TIA\"; observation "
      "\"HbA1c\"; "
      "procedure \"operation\"; medication \"statins\"; immunization \"influenza\")\n";
  return compile({{"t.study", "study T0001 \"a test\" { sites \"Danderyd\" region 01 }\n" + sets +
                                  text + "\ninclude last : condition icd10se A00\n"}},
                 nullptr)
      .diagnostics;
}

bool Has(const Diagnostics& diagnostics, DiagnosticCode code) {
  const std::vector<std::string> codes = Codes(diagnostics, /*warnings=*/true);
  return std::find(codes.begin(), codes.end(), CodeName(code)) != codes.end();
}

TEST(ExplainCode, ShowsExamplesThatBringTheCodeAbout) {
  for (const internal::ExplainPage& page : internal::ExplainPages()) {
    if (WithoutExample().count(CodeName(page.code)) > 0) continue;
    ASSERT_FALSE(page.example.empty()) << CodeName(page.code) << " has no example";
    const Diagnostics diagnostics = Judged(page.example, page);
    EXPECT_TRUE(Has(diagnostics, page.code))
        << CodeName(page.code) << " is not what its example brings about:\n"
        << RenderText(diagnostics, false);
  }
}

TEST(ExplainCode, ShowsMendedLinesWithoutAnyError) {
  for (const internal::ExplainPage& page : internal::ExplainPages()) {
    if (page.example.empty()) continue;
    ASSERT_FALSE(page.mended.empty()) << CodeName(page.code) << " is not mended";
    const Diagnostics diagnostics = Judged(page.mended, page);
    EXPECT_FALSE(Has(diagnostics, page.code) || diagnostics.has_errors())
        << CodeName(page.code) << " is still there:\n"
        << RenderText(diagnostics, false);
  }
}

TEST(ExplainCode, IsFoundInAnyCapitalsAndNothingElseIs) {
  EXPECT_EQ(ExplainCode("mv0312"), ExplainCode("MV0312"));
  EXPECT_EQ(ExplainCode("MV0312").substr(0, 7), "MV0312 ");
  EXPECT_EQ(ExplainCode("MV9999"), "");
  EXPECT_EQ(ExplainCode(""), "");
}

}  // namespace
}  // namespace medverka::criteria
