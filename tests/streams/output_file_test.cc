// Outputs that are cut back to what was committed, and the note for outputs that no commit knows
// yet.
#include "streams/file/output_file.h"

#include "streams/file/output_notes.h"
#include "tests/streams/scratch.h"

namespace medverka::streams {
namespace {

using testing::Scratch;

std::unique_ptr<OutputFile> MustOpen(const std::string& path,
                                     std::optional<std::uint64_t> committed) {
  auto output = OutputFile::Open(path, committed);
  EXPECT_TRUE(output.has_value()) << output.error().message;
  return output.has_value() ? std::move(*output) : nullptr;
}

TEST(OutputFile, MakesTheFileAndAppends) {
  Scratch scratch;
  {
    const auto output = MustOpen(scratch.Path("out"), std::nullopt);
    ASSERT_TRUE(output->Write("one\n").has_value());
    ASSERT_TRUE(output->Sync().has_value());
    EXPECT_EQ(output->length(), 4U);
  }
  const auto output = MustOpen(scratch.Path("out"), 4);
  ASSERT_TRUE(output->Write("two\n").has_value());
  EXPECT_EQ(scratch.Read("out"), "one\ntwo\n");
  EXPECT_EQ(output->length(), 8U);
}

TEST(OutputFile, CutsBackToWhatWasCommitted) {
  Scratch scratch;
  scratch.Write("out", "one\ntwo\nthr");
  const auto output = MustOpen(scratch.Path("out"), 4);
  EXPECT_EQ(scratch.Read("out"), "one\n");
  ASSERT_TRUE(output->Write("2\n").has_value());
  EXPECT_EQ(scratch.Read("out"), "one\n2\n");
}

TEST(OutputFile, KeepsWhatAFileHadBeforeTheLaneKnewIt) {
  Scratch scratch;
  scratch.Write("out", "somebody's\n");
  const auto output = MustOpen(scratch.Path("out"), std::nullopt);
  ASSERT_TRUE(output->Write("ours\n").has_value());
  EXPECT_EQ(scratch.Read("out"), "somebody's\nours\n");
}

TEST(OutputFile, RefusesAFileThatLostCommittedBytes) {
  Scratch scratch;
  scratch.Write("out", "one\n");
  for (const char* name : {"out", "gone"}) {
    const auto output = OutputFile::Open(scratch.Path(name), 9);
    ASSERT_FALSE(output.has_value());
    EXPECT_EQ(output.error().code, base::ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(scratch.Read("out"), "one\n");
  EXPECT_FALSE(std::filesystem::exists(scratch.Path("gone")));
}

TEST(OutputFile, IsWrittenByOneAtATime) {
  Scratch scratch;
  const auto first = MustOpen(scratch.Path("out"), std::nullopt);
  const auto second = OutputFile::Open(scratch.Path("out"), std::nullopt);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, base::ErrorCode::kUnavailable);
}

TEST(OutputFile, SaysThatTheDiskIsFull) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full here";
  const auto output = MustOpen("/dev/full", std::nullopt);
  EXPECT_FALSE(output->is_file());
  const auto written = output->Write("one\n");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, base::ErrorCode::kExhausted);
}

TEST(OutputNotes, KeepsTheLengthThatAnOutputHadFirst) {
  Scratch scratch;
  const OutputNotes notes(scratch.Path(""));
  EXPECT_EQ(notes.Find("/a b"), std::nullopt);
  ASSERT_TRUE(notes.Add("/a b", 17).has_value());
  ASSERT_TRUE(notes.Add("/a", 0).has_value());
  EXPECT_EQ(notes.Find("/a b"), 17U);
  EXPECT_EQ(notes.Find("/a"), 0U);
  EXPECT_EQ(notes.Find("b"), std::nullopt);
}

}  // namespace
}  // namespace medverka::streams
