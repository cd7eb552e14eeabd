// matcher/journal/json.cc: what is JSON, within limits, and nothing else; compared with a second
// reader.
#include "matcher/journal/json.h"

#include <gtest/gtest.h>

#include <boost/json/error.hpp>
#include <boost/json/parse.hpp>
#include <random>
#include <string>

namespace medverka::matcher::journal {
namespace {

constexpr int kDepth = 64;

JsonFault Parse(std::string_view text) {
  Document document;
  return document.Parse(text, kDepth);
}

TEST(Json, KeepsTextOfNumbersStringsAndObjects) {
  Document document;
  ASSERT_EQ(
      document.Parse(R"( {"a" : 62.0 , "b":[1,{"c":"x\u00e5\n"} ], "d":null,"e":true} )", kDepth),
      JsonFault::kNone);
  const Node& root = document.root();
  ASSERT_TRUE(root.is_object());
  EXPECT_EQ(root.count, 4U);
  EXPECT_EQ(root.Member("a")->text, "62.0");
  EXPECT_EQ(root.Member("d"), nullptr) << "null is as good as not there";
  EXPECT_EQ(root.Member("e")->type, Node::Type::kTrue);
  const Node& list = *root.Member("b");
  ASSERT_EQ(list.count, 2U);
  auto item = list.begin();
  EXPECT_EQ(item->text, "1");
  ++item;
  EXPECT_EQ(item->text, R"({"c":"x\u00e5\n"})");
  EXPECT_EQ(item->Member("c")->text, "x\xC3\xA5\n");
}

TEST(Json, IsReusedWithoutTracesOfTheRecordBefore) {
  Document document;
  ASSERT_EQ(document.Parse(R"({"modifierExtension":[{"url":"x"}]})", kDepth), JsonFault::kNone);
  EXPECT_TRUE(document.HasModifierExtension(document.root()));
  ASSERT_EQ(document.Parse(R"({"a":[]})", kDepth), JsonFault::kNone);
  EXPECT_FALSE(document.HasModifierExtension(document.root()));
  EXPECT_EQ(document.root().count, 1U);
}

TEST(Json, FindsModifierExtensionsBelowTheNodeAskedForOnly) {
  Document document;
  ASSERT_EQ(document.Parse(
                R"([{"a":1},{"b":{"modifierExtension":[{"url":"x"}]}},{"modifierExtension":[]}])",
                kDepth),
            JsonFault::kNone);
  auto item = document.root().begin();
  EXPECT_FALSE(document.HasModifierExtension(*item));
  EXPECT_TRUE(document.HasModifierExtension(*++item));
  EXPECT_FALSE(document.HasModifierExtension(*++item)) << "an empty one modifies nothing";
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const std::string_view text : {"",
                                      "  ",
                                      "{",
                                      "}",
                                      "[1,]",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{\"a\" 1}",
                                      "{1:2}",
                                      "[1 2]",
                                      "[1]]",
                                      "[[1}]",
                                      "{\"a\":[1}",
                                      "{\"a\":1}x",
                                      "{\"a\":1}{\"b\":2}",
                                      "{\"a\":tru}",
                                      "{\"a\":truex}",
                                      "{\"a\":nulll}",
                                      "nullx",
                                      "12 13",
                                      "\"x\"y",
                                      "{\"a\":\"x}",
                                      "[\"a\"b]",
                                      "[\"\\x\"]",
                                      "[\"\\ud800\"]",
                                      "[\"a\nb\"]",
                                      "{\"a\":\"\xff\"}",
                                      "{\"a\":\"\xc0\xaf\"}",
                                      "{'a':1}",
                                      "// x\n{}",
                                      "{\"a\":1",
                                      "[\"\\u00zz\"]"}) {
    EXPECT_EQ(Parse(text), JsonFault::kMalformed) << text;
  }
}

TEST(Json, RefusesNumbersOutsideTheGrammar) {
  for (const std::string_view number :
       {"01", "1.", ".5", "+1", "-", "1e", "1e+", "0x10", "NaN", "Infinity", "1_000", "--1"}) {
    EXPECT_EQ(Parse("{\"a\":" + std::string(number) + "}"), JsonFault::kMalformed) << number;
    EXPECT_FALSE(IsJsonNumber(number)) << number;
  }
  for (const std::string_view number : {"0", "-0", "62.0", "1e3", "1E-3", "1.5e+10", "-12.50"}) {
    EXPECT_EQ(Parse("{\"a\":" + std::string(number) + "}"), JsonFault::kNone) << number;
    EXPECT_TRUE(IsJsonNumber(number)) << number;
  }
}

TEST(Json, RefusesNumbersLongerThanTheLimit) {
  EXPECT_EQ(Parse("[" + std::string(kJsonNumberBytesMax, '1') + "]"), JsonFault::kNone);
  EXPECT_EQ(Parse("[" + std::string(kJsonNumberBytesMax + 1, '1') + "]"), JsonFault::kMalformed);
}

TEST(Json, RefusesDuplicateMembersInSmallAndLargeObjects) {
  EXPECT_EQ(Parse(R"({"a":1,"b":2,"a":3})"), JsonFault::kMalformed);
  EXPECT_EQ(Parse(R"({"a":1,"\u0061":2})"), JsonFault::kMalformed)
      << "the same name, written otherwise";
  std::string large = "{";
  for (int i = 0; i < 1000; ++i) large += "\"k" + std::to_string(i) + "\":1,";
  EXPECT_EQ(Parse(large + "\"k\":1}"), JsonFault::kNone);
  EXPECT_EQ(Parse(large + "\"k500\":1}"), JsonFault::kMalformed);
}

TEST(Json, RefusesDeepNestingWithoutGoingDown) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(Parse(nested(kDepth)), JsonFault::kNone);
  EXPECT_EQ(Parse(nested(kDepth + 1)), JsonFault::kTooDeep);
  EXPECT_EQ(Parse(nested(10'000)), JsonFault::kTooDeep);
  EXPECT_EQ(Parse(nested(1'000'000)), JsonFault::kTooDeep);
  EXPECT_EQ(Parse(std::string(10'000, '[')), JsonFault::kMalformed) << "cut off";
}

TEST(Json, RefusesMoreValuesThanTheArenaHolds) {
  std::string many = "[";
  for (std::size_t i = 0; i < kJsonNodesMax; ++i) many += "1,";
  EXPECT_EQ(Parse(many + "1]"), JsonFault::kTooLarge);
}

// The twin: another JSON library, told the same limits.
bool TwinAccepts(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kDepth;
  boost::json::error_code error;
  boost::json::parse(boost::json::string_view(text.data(), text.size()), error, {}, options);
  return !error;
}

// The twin keeps the last of two equal names, and reads numbers of any length.
TEST(Json, AgreesWithAnotherReaderOnDamagedRecords) {
  const std::string seed =
      R"({"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"system":"http://loinc.org",)"
      R"("code":"718-7","display":"H\u00e4moglobin \"Hb\" å"}]},"valueQuantity":{"value":-12.50e+1,"unit":"g/L"},)"
      R"("list":[1,2.5,null,true,false,{"a":{}},[]],"empty":""} )";
  ASSERT_TRUE(TwinAccepts(seed));
  std::mt19937_64 random(4711);
  const std::string alphabet = "{}[]\",:0123456789.eE+-tfn\\u \n\xC3\xA5\x01";
  Document document;
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = seed;
    const std::size_t edits = 1 + random() % 3;
    for (std::size_t i = 0; i < edits; ++i) {
      const std::size_t at = random() % text.size();
      const char c = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        default:
          text.erase(at, 1);
      }
    }
    const bool ours = document.Parse(text, kDepth) == JsonFault::kNone;
    accepted += ours ? 1 : 0;
    const bool twin = TwinAccepts(text);
    // Two edits may make two names equal; only then may we be the stricter.
    if (ours != twin) {
      EXPECT_TRUE(twin && !ours && edits > 1) << text;
    }
  }
  EXPECT_GT(accepted, 1'000) << "the damage must not always be fatal, or nothing was compared";
}

}  // namespace
}  // namespace medverka::matcher::journal
