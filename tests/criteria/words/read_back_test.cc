// Read-back: golden pages of all example studies in both languages, and that no two programs with
// different meaning read the same.
#include "criteria/read_back.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "tests/criteria/front/support.h"

namespace medverka::criteria {
namespace {

namespace fs = std::filesystem;

// From the project's root, where ctest runs the tests. MEDVERKA_UPDATE_CASES=1 rewrites the pages.
constexpr const char* kGolden = "tests/criteria/golden/read-back";

std::optional<SourceFile> Beside(const std::string& from, const std::string& name) {
  return ReadFile(fs::path(from).parent_path() / name);
}

bool Updating() {
  const char* update = std::getenv("MEDVERKA_UPDATE_CASES");
  return update != nullptr && std::string_view(update) == "1";
}

TEST(ReadBack, PagesOfTheExampleStudiesAreAsRead) {
  std::size_t studies = 0;
  for (const auto& entry : fs::directory_iterator("criteria/studies")) {
    if (entry.path().extension() != ".study") continue;
    const Compilation compilation = Compile({*ReadFile(entry.path())}, Beside);
    ASSERT_EQ(compilation.studies.size(), 1u);
    const auto& program = compilation.studies[0].program;
    ASSERT_NE(program, nullptr) << RenderText(compilation.diagnostics, false);
    ++studies;
    for (const Language language : {Language::kSwedish, Language::kEnglish}) {
      const std::string page = RenderText(ReadBackOf(*program, language));
      const fs::path golden =
          fs::path(kGolden) / (entry.path().stem().string() +
                               (language == Language::kSwedish ? ".sv" : ".en") + ".txt");
      if (Updating()) {
        fs::create_directories(golden.parent_path());
        std::ofstream(golden, std::ios::binary) << page;
      }
      const auto expected = ReadFile(golden);
      ASSERT_TRUE(expected.has_value())
          << golden << " is missing; MEDVERKA_UPDATE_CASES=1 makes it";
      EXPECT_EQ(page, expected->text) << golden;
    }
  }
  EXPECT_GE(studies, 4u);
}

// All texts of programs, by the program: the same text must be the same program.
TEST(ReadBack, DifferentProgramsReadDifferently) {
  std::map<std::string, std::string> seen;
  std::size_t programs = 0;
  for (const char* folder : {"criteria/studies", "tests/cases/language"}) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() != ".study") continue;
      const Compilation compilation = Compile({*ReadFile(entry.path())}, Beside);
      for (const CompiledStudy& study : compilation.studies) {
        if (study.program == nullptr) continue;
        ++programs;
        const std::string bytes = EncodeProgram(*study.program);
        for (const Language language : {Language::kSwedish, Language::kEnglish}) {
          const std::string page = RenderText(ReadBackOf(*study.program, language));
          EXPECT_EQ(page, RenderText(ReadBackOf(*study.program, language)));
          const auto [place, added] = seen.insert({page, bytes});
          EXPECT_TRUE(added || place->second == bytes) << entry.path();
        }
      }
    }
  }
  EXPECT_GT(programs, 70u);
}

// Written out in each place, sixty levels that use the one below twice would never end.
TEST(ReadBack, SharedPartsAreToldOnce) {
  Program program;
  program.study.id = "T1";
  program.nodes.emplace_back().kind = NodeKind::kAlive;
  for (std::uint32_t i = 0; i < 60; ++i) {
    Node& node = program.nodes.emplace_back();
    node.kind = NodeKind::kAnd;
    node.children = {i, i};
  }
  program.criteria.emplace_back().root = 60;
  const std::string page = RenderText(ReadBackOf(program, Language::kEnglish));
  EXPECT_LT(page.size(), 20'000u);
  EXPECT_NE(page.find("Part 59:"), std::string::npos) << page;
}

// Deeper than any stack: a chain of `not` as only a damaged program has it.
TEST(ReadBack, DepthHasNoBound) {
  Program program;
  program.nodes.emplace_back().kind = NodeKind::kAlive;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    Node& node = program.nodes.emplace_back();
    node.kind = NodeKind::kNot;
    node.children = {i};
  }
  program.criteria.emplace_back().root = 100'000;
  EXPECT_GT(RenderText(ReadBackOf(program, Language::kSwedish)).size(), 100'000u);
}

}  // namespace
}  // namespace medverka::criteria
