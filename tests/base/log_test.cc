// The log: one line per event, whatever stands in it; UTC; JSON that reads back.
#include "ops/base/log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <vector>

#include "ops/base/format.h"
#include "ops/base/json.h"

namespace medverka::base {
namespace {

template <typename Body>
std::string Captured(LogFormat format, LogLevel level, Body body) {
  testing::internal::CaptureStderr();
  ConfigureLog(format, level);
  body();
  return testing::internal::GetCapturedStderr();
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end == std::string::npos ? text.size() : end + 1;
  }
  return lines;
}

TEST(Log, TextHasTimeLevelMessageAndFields) {
  const std::string text = Captured(LogFormat::kText, LogLevel::kInfo, [] {
    Log(LogLevel::kInfo, "lane is ready",
        {{"partition", std::int64_t{3}}, {"done", true}, {"share", 0.5}, {"topic", "journal"}});
  });
  // 2026-11-22T20:15:00.123Z
  constexpr std::size_t kTimeBytes = 24;
  ASSERT_GT(text.size(), kTimeBytes);
  EXPECT_EQ(text[10], 'T');
  EXPECT_EQ(text[kTimeBytes - 1], 'Z');
  EXPECT_EQ(text.substr(kTimeBytes),
            " info    lane is ready partition=3 done=true share=0.5 topic=journal\n");
}

TEST(Log, NoColoursWhereNoTerminalIs) {
  const std::string text = Captured(LogFormat::kText, LogLevel::kInfo,
                                    [] { Log(LogLevel::kError, "broker cannot be reached"); });
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
}

TEST(Log, BelowItsLevelNothingIsSaid) {
  const std::string text = Captured(LogFormat::kText, LogLevel::kWarning, [] {
    Log(LogLevel::kInfo, "too fine");
    Log(LogLevel::kWarning, "said");
    SetLogLevel(LogLevel::kDebug);
    Log(LogLevel::kDebug, "said too");
  });
  const auto lines = Lines(text);
  ASSERT_EQ(lines.size(), 2U) << text;
  EXPECT_NE(lines[0].find("warning said"), std::string::npos);
  EXPECT_NE(lines[1].find("debug   said too"), std::string::npos);
}

// What a field or a message brings along forges no second line and no field.
TEST(Log, EscapesWhatCouldForgeALine) {
  const std::string nasty = "a\nb \"c\" =d\t\x1b[31m\\ {} %v %n";
  const auto text = Lines(Captured(LogFormat::kText, LogLevel::kInfo, [&] {
    Log(LogLevel::kInfo, nasty, {{"field", nasty}});
  }));
  ASSERT_EQ(text.size(), 1U);
  EXPECT_EQ(text[0].find('\x1b'), std::string::npos);
  EXPECT_NE(text[0].find(R"(field="a\nb \"c\" =d\t\u001b[31m\\ {} %v %n")"), std::string::npos)
      << text[0];

  const auto json = Lines(Captured(LogFormat::kJson, LogLevel::kInfo, [&] {
    Log(LogLevel::kInfo, nasty, {{"field", nasty}, {"level", "mine"}, {"nan", std::nan("")}});
  }));
  ASSERT_EQ(json.size(), 1U);
  const auto parsed = ParseJson(json[0]);
  ASSERT_TRUE(parsed.has_value()) << json[0];
  EXPECT_EQ(parsed->at("message").as_string(), nasty);
  EXPECT_EQ(parsed->at("field").as_string(), nasty);
  EXPECT_EQ(parsed->at("level").as_string(), "info");
  EXPECT_EQ(parsed->at("level_").as_string(), "mine");
  EXPECT_TRUE(parsed->at("nan").is_null());
}

TEST(Log, BytesThatAreNoTextAndVeryLongOnesDoNoHarm) {
  for (const std::string& value :
       {std::string("\xff\xfe\x00 latin \xe5", 12), std::string(100'000, 'x'),
        std::string(1'999, 'x') + "\xc3\xa5 and more"}) {
    const auto lines = Lines(Captured(LogFormat::kJson, LogLevel::kInfo, [&] {
      Log(LogLevel::kInfo, value, {{"value", value}});
    }));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_LT(lines[0].size(), 5'000U);
    ASSERT_TRUE(ParseJson(lines[0]).has_value()) << lines[0];
  }
}

TEST(Log, LinesOfManyThreadsStayWhole) {
  constexpr int kThreads = 4, kEach = 200;
  const auto lines = Lines(Captured(LogFormat::kJson, LogLevel::kInfo, [] {
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([] {
        for (int i = 0; i < kEach; ++i) Log(LogLevel::kInfo, "tick", {{"i", std::int64_t{i}}});
      });
    }
    for (std::thread& thread : threads) thread.join();
  }));
  ASSERT_EQ(lines.size(), std::size_t{kThreads * kEach});
  for (const std::string& line : lines) ASSERT_TRUE(ParseJson(line).has_value()) << line;
}

}  // namespace
}  // namespace medverka::base
