// Lines out of journal files: packings, line ends, places, lines that are too long, ends that are
// not ends, going on where a run before stopped.
#include "streams/file/journal_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <random>
#include <thread>
#include <vector>

#include "tests/streams/scratch.h"

namespace medverka::streams {
namespace {

using testing::Scratch;

constexpr std::size_t kLineBytesMax = 1000;

std::string Gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8,
                         Z_DEFAULT_STRATEGY),
            Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  std::string input(text);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

std::string Zstd(std::string_view text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

struct Got {
  std::string bytes;
  std::uint64_t offset = 0;
  std::uint64_t line = 0;
  friend bool operator==(const Got&, const Got&) = default;
};
std::ostream& operator<<(std::ostream& out, const Got& got) {
  return out << got.line << "@" << got.offset << ":" << got.bytes;
}

std::unique_ptr<JournalSource> MustOpen(const std::string& path,
                                        std::optional<JournalPosition> from = std::nullopt) {
  auto source = JournalSource::Open(path, kLineBytesMax, from);
  EXPECT_TRUE(source.has_value()) << source.error().message;
  return source.has_value() ? std::move(*source) : nullptr;
}

// All lines there are now.
std::vector<Got> Drain(JournalSource& source) {
  std::vector<Got> all;
  while (true) {
    const auto line = source.Next();
    if (!line.has_value()) {
      ADD_FAILURE() << line.error().message;
      return all;
    }
    if (line->has_value()) {
      all.push_back({std::string((*line)->bytes), (*line)->offset, (*line)->line});
    } else if (source.at_end()) {
      return all;
    }
  }
}

std::vector<Got> ReadAll(const std::string& path) {
  const auto source = MustOpen(path);
  return source == nullptr ? std::vector<Got>{} : Drain(*source);
}

TEST(JournalSource, GivesLinesWithTheirPlaces) {
  Scratch scratch;
  const auto lines = ReadAll(scratch.Write("j", "{\"a\":1}\n{\"b\":2}\n"));
  EXPECT_EQ(lines, (std::vector<Got>{{"{\"a\":1}", 0, 1}, {"{\"b\":2}", 8, 2}}));
}

TEST(JournalSource, GivesNothingOfAnEmptyFile) {
  Scratch scratch;
  const auto source = MustOpen(scratch.Write("j", ""));
  EXPECT_TRUE(Drain(*source).empty());
  EXPECT_EQ(source->LeftOver(), "");
  EXPECT_EQ(source->position().offset, 0U);
}

TEST(JournalSource, PassesOverBlankLinesCarriageReturnsAndTheByteOrderMark) {
  Scratch scratch;
  const auto source =
      MustOpen(scratch.Write("j", "\xef\xbb\xbf{\"a\":1}\r\n\r\n  \n\t{\"b\":2} \r\n\n"));
  EXPECT_EQ(Drain(*source), (std::vector<Got>{{"{\"a\":1}", 0, 1}, {"\t{\"b\":2}", 17, 4}}));
  EXPECT_EQ(source->position().offset, 29U);
  EXPECT_EQ(source->position().newlines, 5U);
}

TEST(JournalSource, KnowsPackingsByTheirFirstBytesAndNotByTheName) {
  Scratch scratch;
  const std::vector<Got> expected{{"{\"a\":1}", 0, 1}, {"{\"b\":2}", 8, 2}};
  const std::string text = "{\"a\":1}\n{\"b\":2}\n";
  EXPECT_EQ(ReadAll(scratch.Write("plain.gz", text)), expected);
  EXPECT_EQ(ReadAll(scratch.Write("packed.ndjson", Gzip(text))), expected);
  EXPECT_EQ(ReadAll(scratch.Write("packed.txt", Zstd(text))), expected);
}

TEST(JournalSource, ReadsMembersAndFramesOneAfterAnother) {
  Scratch scratch;
  const std::vector<Got> expected{{"{\"a\":1}", 0, 1}, {"{\"b\":2}", 8, 2}};
  // The line under way goes on in the next member.
  EXPECT_EQ(
      ReadAll(scratch.Write("g", Gzip("{\"a\":") + Gzip("1}\n{\"b\"") + Gzip("") + Gzip(":2}\n"))),
      expected);
  EXPECT_EQ(
      ReadAll(scratch.Write("z", Zstd("{\"a\":") + Zstd("1}\n{\"b\"") + Zstd("") + Zstd(":2}\n"))),
      expected);
  // Padding of zeros behind a gzip member, and a skippable frame before a zstd frame.
  EXPECT_EQ(ReadAll(scratch.Write("p", Gzip("{\"a\":1}\n{\"b\":2}\n") + std::string(512, '\0'))),
            expected);
  const std::string skippable("\x50\x2a\x4d\x18\x03\x00\x00\x00xyz", 11);
  EXPECT_EQ(ReadAll(scratch.Write("s", skippable + Zstd("{\"a\":1}\n{\"b\":2}\n"))), expected);
}

TEST(JournalSource, ReadsManyMegabytesOfEachPackingByteForByte) {
  Scratch scratch;
  std::mt19937 random(7);
  std::string text;
  std::vector<Got> expected;
  while (text.size() < 3'000'000) {
    std::string line =
        "{\"n\":\"" + std::string(random() % 900, static_cast<char>('a' + random() % 26)) + "\"}";
    expected.push_back({line, text.size(), expected.size() + 1});
    text += line + "\n";
  }
  EXPECT_EQ(ReadAll(scratch.Write("plain", text)), expected);
  EXPECT_EQ(ReadAll(scratch.Write("gzip", Gzip(text))), expected);
  EXPECT_EQ(ReadAll(scratch.Write("zstd", Zstd(text))), expected);
}

TEST(JournalSource, StandsInForALineThatIsTooLongAndReadsOn) {
  Scratch scratch;
  const std::string longest = "{\"x\":\"" + std::string(kLineBytesMax - 8, 'x') + "\"}";
  const std::string too_long = "{\"x\":\"" + std::string(5'000'000, 'x') + "\"}";
  for (const std::string& packed : {longest + "\n" + too_long + "\n{\"b\":2}\n",
                                    Gzip(longest + "\n" + too_long + "\n{\"b\":2}\n")}) {
    const auto lines = ReadAll(scratch.Write("j", packed));
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].bytes, longest);
    EXPECT_EQ(lines[1].bytes, too_long.substr(0, kLineBytesMax + 1));
    EXPECT_EQ(lines[1].line, 2U);
    EXPECT_EQ(lines[2], (Got{"{\"b\":2}", longest.size() + too_long.size() + 2, 3}));
  }
}

TEST(JournalSource, LeavesATooLongLineAtTheEndUntilItsNewlineComes) {
  Scratch scratch;
  const auto source =
      MustOpen(scratch.Write("j", "{\"a\":1}\n" + std::string(3 * kLineBytesMax, 'x')));
  EXPECT_EQ(Drain(*source).size(), 1U);
  EXPECT_EQ(source->position().offset, 8U);
  EXPECT_NE(source->LeftOver().find("byte 8, left until the file grows"), std::string::npos)
      << source->LeftOver();
  scratch.Append("j", "xx\n{\"b\":2}\n");
  const auto lines = Drain(*source);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].bytes.size(), kLineBytesMax + 1);
  EXPECT_EQ(lines[1], (Got{"{\"b\":2}", 8 + 3 * kLineBytesMax + 3, 3}));
}

TEST(JournalSource, TakesALastLineWithoutNewlineWhenItIsAWholeObject) {
  Scratch scratch;
  const auto source = MustOpen(scratch.Write("j", "{\"a\":1}\n{\"b\":\"}\\\"{\"}"));
  EXPECT_EQ(Drain(*source).size(), 2U);
  EXPECT_EQ(source->LeftOver(), "");
  const JournalPosition position = source->position();
  EXPECT_EQ(position.offset, 20U);
  // Its newline comes later: no line of its own, and the count of lines stays right.
  scratch.Append("j", "\n{\"c\":3}\n");
  EXPECT_EQ(Drain(*source), (std::vector<Got>{{"{\"c\":3}", 21, 3}}));
  EXPECT_EQ(Drain(*MustOpen(scratch.Path("j"), position)),
            (std::vector<Got>{{"{\"c\":3}", 21, 3}}));
}

TEST(JournalSource, LeavesAnUnfinishedLastLineForLaterAndSaysSo) {
  Scratch scratch;
  const auto source = MustOpen(scratch.Write("j", "{\"a\":1}\n{\"b\":[2"));
  EXPECT_EQ(Drain(*source).size(), 1U);
  EXPECT_EQ(source->LeftOver(), "incomplete line at the end of " + scratch.Path("j") +
                                    ", byte 8, left until the file grows");
  EXPECT_EQ(source->position().offset, 8U);
  scratch.Append("j", "]}\n");
  EXPECT_EQ(Drain(*source), (std::vector<Got>{{"{\"b\":[2]}", 8, 2}}));
  EXPECT_EQ(source->LeftOver(), "");
}

TEST(JournalSource, SeesAFileGrowByteByByte) {
  Scratch scratch;
  const std::string text = "{\"a\":1}\n\n{\"b\":{}}\r\n{\"c\":3}\n";
  for (const std::string& packed : {text, Gzip(text), Zstd(text)}) {
    const auto source = MustOpen(scratch.Write("j", ""));
    std::vector<Got> all;
    for (const char byte : packed) {
      scratch.Append("j", std::string(1, byte));
      for (Got& got : Drain(*source)) all.push_back(std::move(got));
    }
    // An object may be taken before its newline stands there; what is taken, and where, is the
    // same.
    EXPECT_EQ(all,
              (std::vector<Got>{{"{\"a\":1}", 0, 1}, {"{\"b\":{}}", 9, 3}, {"{\"c\":3}", 19, 4}}));
  }
}

TEST(JournalSource, GoesOnFromEveryPosition) {
  Scratch scratch;
  std::string text = "\xef\xbb\xbf";
  for (int i = 0; i < 300; ++i)
    text += "{\"n\":" + std::to_string(i) + ",\"pad\":\"" +
            std::string(static_cast<std::size_t>(i % 50), 'p') + "\"}\n";
  for (const std::string& packed : {text, Gzip(text), Zstd(text)}) {
    scratch.Write("j", packed);
    const auto all = ReadAll(scratch.Path("j"));
    ASSERT_EQ(all.size(), 300U);
    const auto whole = MustOpen(scratch.Path("j"));
    for (std::size_t i = 0; i < all.size(); ++i) {
      ASSERT_TRUE((*whole->Next()).has_value());
      if (i % 7 != 0) continue;
      const auto decoded = JournalPosition::Decode(whole->position().Encode());
      ASSERT_TRUE(decoded.has_value());
      const auto rest = Drain(*MustOpen(scratch.Path("j"), *decoded));
      EXPECT_EQ(rest,
                std::vector<Got>(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end()));
    }
  }
}

TEST(JournalSource, RefusesAFileThatIsShorterOrAnotherOne) {
  Scratch scratch;
  const std::string text = "{\"a\":1}\n{\"b\":2}\n";
  for (const auto pack : {+[](std::string_view t) { return std::string(t); }, &Gzip, &Zstd}) {
    const auto source = MustOpen(scratch.Write("j", pack(text)));
    Drain(*source);
    const JournalPosition position = source->position();
    scratch.Write("j", pack("{\"a\":1}\n"));
    const auto shorter = JournalSource::Open(scratch.Path("j"), kLineBytesMax, position);
    ASSERT_FALSE(shorter.has_value());
    EXPECT_EQ(shorter.error().code, base::ErrorCode::kInvalidArgument);
    EXPECT_NE(shorter.error().message.find("shorter"), std::string::npos)
        << shorter.error().message;
    scratch.Write("j", pack("{\"a\":9}\n{\"b\":2}\n{\"c\":3}\n"));
    const auto replaced = JournalSource::Open(scratch.Path("j"), kLineBytesMax, position);
    ASSERT_FALSE(replaced.has_value());
    EXPECT_NE(replaced.error().message.find("not the file"), std::string::npos)
        << replaced.error().message;
  }
}

TEST(JournalSource, SeesAFollowedFileReplacedOrCut) {
  Scratch scratch;
  const auto source = MustOpen(scratch.Write("j", "{\"a\":1}\n{\"b\":2}\n"));
  Drain(*source);
  EXPECT_TRUE(source->CheckStillTheSame().has_value());
  scratch.Write("j", "{}\n");
  EXPECT_FALSE(source->CheckStillTheSame().has_value());
  const auto other = MustOpen(scratch.Path("j"));
  std::filesystem::rename(scratch.Write("new", "{\"a\":1}\n"), scratch.Path("j"));
  EXPECT_FALSE(other->CheckStillTheSame().has_value());
}

TEST(JournalSource, ReadsWhatATruncatedPackedFileStillHas) {
  Scratch scratch;
  std::string text;
  std::mt19937 random(3);
  for (int i = 0; i < 50'000; ++i) text += "{\"n\":" + std::to_string(random()) + "}\n";
  for (const std::string& packed : {Gzip(text), Zstd(text)}) {
    const auto whole = ReadAll(scratch.Write("whole", packed));
    for (const std::size_t size : {packed.size() - 1, packed.size() * 3 / 4, packed.size() / 2}) {
      const auto source = MustOpen(scratch.Write("cut", packed.substr(0, size)));
      const auto lines = Drain(*source);
      EXPECT_TRUE(source->cut_off());
      EXPECT_NE(source->LeftOver().find("is cut off"), std::string::npos);
      ASSERT_LE(lines.size(), whole.size());
      EXPECT_EQ(lines, std::vector<Got>(whole.begin(),
                                        whole.begin() + static_cast<std::ptrdiff_t>(lines.size())));
      // Of gzip, all that was packed well before the cut comes out; zstd gives whole blocks of 128
      // KiB.
      const bool is_gzip = packed.substr(0, 2) == "\x1f\x8b";
      EXPECT_GT(lines.size(), is_gzip ? whole.size() / 3 : 0);
      // Its rest comes: it is read on as if nothing had been.
      scratch.Write("cut", packed);
      const auto rest = Drain(*MustOpen(scratch.Path("cut"), source->position()));
      EXPECT_EQ(lines.size() + rest.size(), whole.size());
    }
  }
}

TEST(JournalSource, GivesWhatStandsBeforeDamageAndThenFails) {
  Scratch scratch;
  std::string text;
  std::mt19937 random(5);
  for (int i = 0; i < 200'000; ++i) text += "{\"n\":" + std::to_string(random()) + "}\n";
  for (std::string packed : {Gzip(text), Zstd(text)}) {
    for (std::size_t i = 0; i < 64; ++i)
      packed[packed.size() / 2 + i] ^= static_cast<char>(0x5a + i);
    const auto source = MustOpen(scratch.Write("damaged", packed));
    std::size_t lines = 0;
    while (true) {
      const auto line = source->Next();
      if (!line.has_value()) {
        EXPECT_EQ(line.error().code, base::ErrorCode::kInvalidArgument);
        EXPECT_NE(line.error().message.find("damaged"), std::string::npos) << line.error().message;
        break;
      }
      ASSERT_TRUE(line->has_value()) << "damage read as the end";
      ++lines;
    }
    EXPECT_GT(lines, 1000U);
    EXPECT_LT(lines, 200'000U);
  }
}

TEST(JournalSource, GivesAPipesLastLineAsItIsForThereIsNoNextTime) {
  Scratch scratch;
  const std::string pipe = scratch.Path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] {
    const int fd = open(pipe.c_str(), O_WRONLY);
    const std::string text = "{\"a\":1}\n{\"b\":[2";
    EXPECT_EQ(write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    close(fd);
  });
  const auto source = MustOpen(pipe);
  const auto lines = Drain(*source);
  writer.join();
  EXPECT_EQ(lines, (std::vector<Got>{{"{\"a\":1}", 0, 1}, {"{\"b\":[2", 8, 2}}));
  EXPECT_FALSE(source->has_position());
}

TEST(JournalSource, TellsASilentPipeFromItsEnd) {
  Scratch scratch;
  const std::string pipe = scratch.Path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const int holder = open(pipe.c_str(), O_RDWR);  // keeps it open, says nothing
  const auto source = MustOpen(pipe);
  const auto line = source->Next();
  ASSERT_TRUE(line.has_value());
  EXPECT_FALSE(line->has_value());
  EXPECT_FALSE(source->at_end());
  close(holder);
  EXPECT_FALSE((*source->Next()).has_value());
  EXPECT_TRUE(source->at_end());
}

TEST(JournalSource, SaysWhatCannotBeRead) {
  Scratch scratch;
  const auto missing = JournalSource::Open(scratch.Path("nowhere"), kLineBytesMax, std::nullopt);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, base::ErrorCode::kNotFound);
  const auto directory = JournalSource::Open(scratch.Path(""), kLineBytesMax, std::nullopt);
  ASSERT_FALSE(directory.has_value());
  EXPECT_NE(directory.error().message.find("is a directory"), std::string::npos);
}

TEST(IsWholeJsonObject, JudgesByBracketsAndStrings) {
  for (const char* whole : {"{}", " {\"a\":[1,{\"b\":2}]} ", "{\"a\":\"}\"}", "{\"a\":\"\\\"}\"}",
                            "{\"a\":\"\\\\\"}"}) {
    EXPECT_TRUE(IsWholeJsonObject(whole)) << whole;
  }
  for (const char* not_whole : {"", " ", "{", "{\"a\":\"}", "{\"a\":[}", "{} {}", "{}x", "12",
                                "\"a\"", "[]", "{\"a\":\"\\"}) {
    EXPECT_FALSE(IsWholeJsonObject(not_whole)) << not_whole;
  }
}

}  // namespace
}  // namespace medverka::streams
