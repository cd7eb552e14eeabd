// The meaning of the study language, as text that a physician could read: every file of
// tests/cases/language and every study of criteria/studies compiles without errors, and each of its
// examples comes out as it says. A new case is a new file; this runner needs no change.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "criteria/criteria.h"
#include "criteria/scores/score.h"

namespace medverka::criteria {
namespace {

namespace fs = std::filesystem;

// From the project's root, where ctest runs the tests.
constexpr const char* kCases = "tests/cases/language";
constexpr const char* kStudies = "criteria/studies";

std::optional<SourceFile> Read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return SourceFile{path.generic_string(), std::string(std::istreambuf_iterator<char>(in),
                                                       std::istreambuf_iterator<char>())};
}

// `use "NAME"` names a file beside the one that uses it.
std::optional<SourceFile> Beside(const std::string& from, const std::string& name) {
  return Read(fs::path(from).parent_path() / name);
}

std::vector<std::string> FilesIn(const char* folder, const char* extension) {
  std::vector<std::string> files;
  std::error_code ignored;  // a missing folder is an empty list, which FindsTheCases reports
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == extension) files.push_back(entry.path().generic_string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> AllFiles() {
  std::vector<std::string> files = FilesIn(kCases, ".study");
  for (std::string& study : FilesIn(kStudies, ".study")) files.push_back(std::move(study));
  return files;
}

// Errors only: a case may be written in a way that deserves a warning.
std::string Errors(const Diagnostics& diagnostics) {
  Diagnostics errors;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.severity == Severity::kError) errors.Add(diagnostic);
  }
  return RenderText(errors, /*colour=*/false);
}

class LanguageCase : public ::testing::TestWithParam<std::string> {};

TEST_P(LanguageCase, ComesOutAsItSays) {
  const std::optional<SourceFile> file = Read(GetParam());
  ASSERT_TRUE(file.has_value()) << GetParam() << " cannot be read";
  EXPECT_EQ(file->text.rfind("# ", 0), 0u)
      << GetParam() << " does not begin with a line that says why it exists";

  // Examples that fail are diagnostics too; they are reported below, each with its own place.
  const std::vector<ExampleResult> results = RunExamples({*file}, Beside);
  if (results.empty()) {
    FAIL() << GetParam() << " has no example that could be run\n"
           << Errors(Compile({*file}, Beside).diagnostics);
  }
  for (const ExampleResult& result : results) {
    EXPECT_TRUE(result.passed) << result.path << ":" << result.line << ": \"" << result.example
                               << "\"\n  " << result.failure;
  }
}

TEST_P(LanguageCase, CompilesToOneProgram) {
  const std::optional<SourceFile> file = Read(GetParam());
  ASSERT_TRUE(file.has_value()) << GetParam() << " cannot be read";
  const Compilation compilation = Compile({*file}, Beside);
  ASSERT_EQ(compilation.studies.size(), 1u);
  EXPECT_NE(compilation.studies.front().program, nullptr) << Errors(compilation.diagnostics);
}

// "tests/cases/language/open-results.study" is the case open_results.
std::string CaseName(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = fs::path(info.param).stem().generic_string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.' || c == ' '; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Text, LanguageCase, ::testing::ValuesIn(AllFiles()), CaseName);

TEST(LanguageCases, AreFound) {
  EXPECT_GE(FilesIn(kCases, ".study").size(), 70u) << "run from the project's root";
  EXPECT_EQ(FilesIn(kStudies, ".study").size(), 11u);
}

TEST(ExampleStudies, CompileTogetherWithoutErrors) {
  std::vector<SourceFile> files;
  for (const std::string& path : FilesIn(kStudies, ".study")) files.push_back(*Read(path));
  const Compilation compilation = Compile(files, Beside);
  EXPECT_FALSE(compilation.diagnostics.has_errors()) << Errors(compilation.diagnostics);
  std::set<std::string> ids;
  int in_a_register = 0;  // register cohorts, and trials older than the registers, stand in none
  for (const CompiledStudy& study : compilation.studies) {
    ids.insert(study.id);
    ASSERT_NE(study.program, nullptr) << study.path;
    EXPECT_EQ(study.program->study.status, StudyStatus::kRecruiting) << study.path;
    EXPECT_EQ(study.program->study.suggest_when, Grade::kLikely) << study.path;
    EXPECT_FALSE(study.program->study.title.sv.empty()) << study.path;
    in_a_register += study.program->study.ids.empty() ? 0 : 1;
    ASSERT_FALSE(study.program->study.sites.empty()) << study.path;
    for (const Site& site : study.program->study.sites)
      EXPECT_EQ(site.region.size(), 2u) << study.path;
  }
  EXPECT_EQ(in_a_register, 8);
  EXPECT_EQ(ids,
            (std::set<std::string>{"4S", "ALASCCA", "CLEOS-CPDS", "IPISTOSS", "METACARPAL", "NSEIT",
                                   "PAIN-MI", "PATELLA", "PROBIO", "REDUCE-AMI", "SCAPIS"}));
}

// A question is put to a clinician in the clinician's language.
TEST(ExampleStudies, AskInSwedishAndEnglish) {
  for (const std::string& path : FilesIn(kStudies, ".study")) {
    const Compilation compilation = Compile({*Read(path)}, Beside);
    ASSERT_EQ(compilation.studies.size(), 1u);
    ASSERT_NE(compilation.studies.front().program, nullptr) << path;
    for (const AnswerQuery& answer : compilation.studies.front().program->answers) {
      EXPECT_FALSE(answer.text.sv.empty()) << path << ": " << answer.question;
      EXPECT_FALSE(answer.text.en.empty()) << path << ": " << answer.question;
    }
  }
}

std::size_t Times(const std::string& text, const std::string& words) {
  std::size_t times = 0;
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1))
    ++times;
  return times;
}

TEST(ExampleStudies, ShowEveryWayThatAPatientCanComeOut) {
  for (const std::string& path : FilesIn(kStudies, ".study")) {
    EXPECT_GE(RunExamples({*Read(path)}, Beside).size(), 4u) << path;
    const std::string text = Read(path)->text;
    EXPECT_GE(Times(text, "expect eligible") + Times(text, "expect likely"), 1u) << path;
    EXPECT_GE(Times(text, "expect possible"), 1u) << path;
    EXPECT_GE(Times(text, "expect ineligible"), 2u) << path;
  }
}

// Every code has its system's form and a right check digit; every set and scale holds together.
TEST(CommonCodes, DeserveNoWarning) {
  const std::string path = std::string(kStudies) + "/common.codes";
  const Diagnostics diagnostics = Compile({*Read(path)}, Beside).diagnostics;
  EXPECT_TRUE(diagnostics.all().empty()) << RenderText(diagnostics, /*colour=*/false);
}

// What a score measures stands there under the name that the score looks up. Its diagnoses bear
// the score's own name and are no author's business.
TEST(CommonCodes, NameWhatScoresAreMadeOf) {
  const std::string text = Read(std::string(kStudies) + "/common.codes")->text;
  for (int score = 0; score <= static_cast<int>(ScoreQuery::Score::kCharlson); ++score) {
    for (const ScoreInput& input : InputsOf(static_cast<ScoreQuery::Score>(score))) {
      const std::string set(input.set);
      if (set.find(':') != std::string::npos) continue;
      EXPECT_NE(text.find("\ncodes " + set + " "), std::string::npos) << set;
    }
  }
}

}  // namespace
}  // namespace medverka::criteria
