// Framing, places and addresses: the small parts under the language server.
#include "ops/editor/messages.h"

#include <gtest/gtest.h>

#include "ops/editor/positions.h"
#include "ops/editor/uri.h"

namespace medverka::editor {
namespace {

std::vector<std::string> Read(const std::string& bytes, std::size_t step) {
  MessageReader reader;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < bytes.size(); i += step) {
    reader.Feed(std::string_view(bytes).substr(i, step));
    while (reader.HasMessage()) {
      const MessageReader::Message message = reader.Take();
      out.push_back(message.problem.empty() ? message.content : "! " + message.problem);
    }
  }
  return out;
}

TEST(Messages, ComeWholeWhereverTheStreamIsCut) {
  const std::string bytes = Framed("one") + Framed("") +
                            "content-LENGTH:  4\r\nContent-Type: x\r\n\r\nfour" + "X: y\r\n\r\n" +
                            Framed("last");
  for (std::size_t step = 1; step < 40; ++step) {
    EXPECT_EQ(
        Read(bytes, step),
        (std::vector<std::string>{"one", "", "four", "! a message without Content-Length", "last"}))
        << step;
  }
}

TEST(Messages, TooLargeArePassedOver) {
  const std::string large = std::string(kMessageBytesMax + 1, 'x');
  for (const std::size_t step : {std::size_t{1} << 12, std::size_t{1} << 26}) {
    const auto all = Read(Framed(large) + Framed("next"), step);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_TRUE(all[0].starts_with("! a message of 16777217 bytes"));
    EXPECT_EQ(all[1], "next");
  }
}

TEST(Positions, CountUtf16AndBytes) {
  const std::string text = "a\nå🙂b\r\nend";
  const Positions utf16(text, false);
  const Positions utf8(text, true);
  const auto character = [](const base::json::object& at) {
    return at.at("character").to_number<int>();
  };
  EXPECT_EQ(character(utf16.At(8)), 3);
  EXPECT_EQ(character(utf8.At(8)), 6);
  for (const std::uint32_t offset : {0U, 1U, 2U, 4U, 8U, 9U, 11U, 14U}) {
    const auto at = utf16.At(offset);
    EXPECT_EQ(utf16.Offset(at.at("line").to_number<int>(), character(at)), offset);
    const auto bytes = utf8.At(offset);
    EXPECT_EQ(utf8.Offset(bytes.at("line").to_number<int>(), character(bytes)), offset);
  }
  EXPECT_EQ(utf16.Offset(1, 100), 9U);  // the end of the line, before its line end
  EXPECT_EQ(utf16.Offset(9, 0), text.size());
  EXPECT_EQ(utf16.Offset(-1, 5), 0U);
}

TEST(Uris, ThereAndBack) {
  for (const char* path :
       {"/a/b.study", "/with blank/å.codes", "/100%/#?.study", "untitled:x.study"})
    EXPECT_EQ(PathOfUri(UriOfPath(path)), path);
  EXPECT_EQ(PathOfUri("file:///c%3A/x%zz%4"), "/c:/x%zz%4");
  EXPECT_EQ(PathOfUri("file://host/x"), "/x");
  EXPECT_EQ(PathOfUri("file://"), "");
}

}  // namespace
}  // namespace medverka::editor
