// The compiled programs of all studies in criteria/studies, byte for byte: the same with every
// compiler, on every machine, from run to run, whatever the order of files. Their hashes stand in
// tests/criteria/golden/program_hashes.txt; MEDVERKA_UPDATE_CASES=1 writes it anew.
//
// A target of its own, so that it is quickly built with another compiler too:
//   cmake -B build/clang -DCMAKE_CXX_COMPILER=clang++ && cmake --build build/clang --target
//   program_hash_test
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/criteria/front/support.h"

namespace medverka::criteria {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStudies = "criteria/studies";
constexpr const char* kGolden = "tests/criteria/golden/program_hashes.txt";

std::vector<SourceFile> Studies() {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(kStudies)) {
    if (entry.path().extension() == ".study") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<SourceFile> files;
  for (const fs::path& path : paths) files.push_back(*ReadFile(path));
  return files;
}

std::optional<SourceFile> Load(const std::string& from, const std::string& name) {
  return ReadFile(fs::path(from).parent_path() / name);
}

// "hash  file" of each, in order of the files' names.
std::string Hashes(const std::vector<SourceFile>& files) {
  const Compilation compilation = Compile(files, Load);
  EXPECT_FALSE(compilation.diagnostics.has_errors()) << RenderText(compilation.diagnostics, false);
  std::vector<std::string> lines;
  for (const CompiledStudy& study : compilation.studies) {
    if (!study.program) continue;
    lines.push_back(fs::path(study.path).filename().string() + " " +
                    base::Hex(base::AsBytes(HashOf(*study.program))) + "\n");
  }
  std::sort(lines.begin(), lines.end());
  std::string out;
  for (const std::string& line : lines) out += line;
  return out;
}

TEST(ProgramHash, IsThatOfTheGoldenFile) {
  const std::string hashes = Hashes(Studies());
  if (std::getenv("MEDVERKA_UPDATE_CASES") != nullptr) {
    fs::create_directories(fs::path(kGolden).parent_path());
    std::ofstream(kGolden, std::ios::binary) << hashes;
    return;
  }
  const auto golden = ReadFile(kGolden);
  ASSERT_TRUE(golden.has_value()) << "there is no " << kGolden;
  EXPECT_EQ(hashes, golden->text);
}

TEST(ProgramHash, DoesNotDependOnTheOrderOfFiles) {
  std::vector<SourceFile> files = Studies();
  const std::string forward = Hashes(files);
  std::reverse(files.begin(), files.end());
  EXPECT_EQ(Hashes(files), forward);
}

TEST(ProgramHash, ReadsBackAsItWasWritten) {
  for (const CompiledStudy& study : Compile(Studies(), Load).studies) {
    ASSERT_TRUE(study.program) << study.path;
    const std::string bytes = EncodeProgram(*study.program);
    const auto decoded = DecodeProgram(bytes);
    ASSERT_TRUE(decoded.has_value()) << study.path;
    EXPECT_EQ(EncodeProgram(*decoded), bytes) << study.path;
  }
}

TEST(ProgramHash, DoesNotDependOnTheOrderOfDeclarations) {
  const std::string study = "study T0001 \"a test\" { sites \"Danderyd\" region 01 }\n";
  const std::vector<std::string> declarations = {
      "codes op { kva JFB }\n",
      "codes hb { npu NPU28309 }\n",
      "scale stage { I < II { IIA, IIB } < III }\n",
      "event operation : latest procedure \"op\"\n",
      "event later : 12 months after operation\n",
      "define low : latest observation \"hb\" <= 90 g/L within 30 days after operation\n",
  };
  const std::string criteria =
      "include a : low\nexclude b : visit class emergency after later\ninclude c : latest "
      "observation loinc 21902-2 >= II\n";
  std::string forward = study;
  std::string backward = study;
  for (std::size_t i = 0; i < declarations.size(); ++i) {
    forward += declarations[i];
    backward += declarations[declarations.size() - 1 - i];
  }
  const Compilation one = CompileText(forward + criteria);
  const Compilation other = CompileText(backward + criteria);
  ASSERT_TRUE(one.studies[0].program) << RenderText(one.diagnostics, false);
  ASSERT_TRUE(other.studies[0].program);
  EXPECT_EQ(HashOf(*one.studies[0].program), HashOf(*other.studies[0].program));
}

}  // namespace
}  // namespace medverka::criteria
