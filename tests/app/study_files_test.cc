// Which study files a path means, and what a `use` finds.
#include "ops/app/study_files.h"

#include "tests/streams/scratch.h"

namespace medverka::app {
namespace {

using testing::Scratch;

std::vector<std::string> PathsOf(const std::vector<std::string>& named) {
  const auto files = ReadStudyFiles(named);
  std::vector<std::string> paths;
  if (!files.has_value()) return {"error: " + files.error().message};
  for (const auto& file : *files) paths.push_back(file.path);
  return paths;
}

TEST(StudyFiles, SearchesDirectoriesWithAllBelowInOrderAndTakesNoFileTwice) {
  Scratch scratch;
  std::filesystem::create_directories(scratch.Path("s/deep/er"));
  const std::string b = scratch.Write("s/b.study", "b");
  const std::string a = scratch.Write("s/deep/er/a.study", "a");
  scratch.Write("s/common.codes", "no study");
  scratch.Write("s/notes.txt", "no study");
  EXPECT_EQ(PathsOf({scratch.Path("s")}), (std::vector<std::string>{b, a}));
  EXPECT_EQ(PathsOf({a, scratch.Path("s"), scratch.Path("s/deep/../b.study")}),
            (std::vector<std::string>{a, b}));
  // What is named itself is taken whatever its name.
  EXPECT_EQ(PathsOf({scratch.Path("s/common.codes")}),
            (std::vector<std::string>{scratch.Path("s/common.codes")}));
}

TEST(StudyFiles, SaysWhatCannotBeRead) {
  Scratch scratch;
  std::filesystem::create_directories(scratch.Path("empty"));
  EXPECT_NE(PathsOf({scratch.Path("empty")}).front().find("no study file"), std::string::npos);
  EXPECT_NE(PathsOf({scratch.Path("gone.study")}).front().find("No such file"), std::string::npos);
}

TEST(StudyFiles, FindsUsedFilesBesideTheUsingOne) {
  Scratch scratch;
  std::filesystem::create_directories(scratch.Path("s"));
  scratch.Write("common.codes", "shared");
  const auto load = UsedFiles();
  const auto used = load(scratch.Path("s/a.study"), "../common.codes");
  ASSERT_TRUE(used.has_value());
  EXPECT_EQ(used->path, scratch.Path("common.codes"));
  EXPECT_EQ(used->text, "shared");
  EXPECT_FALSE(load(scratch.Path("s/a.study"), "common.codes").has_value());
}

}  // namespace
}  // namespace medverka::app
