// criteria/parser.cc: what becomes of a file, and that one wrong declaration takes no other with
// it.
#include "criteria/parser.h"

#include <gtest/gtest.h>

#include "tests/criteria/front/support.h"

namespace medverka::criteria {
namespace {

struct Parsed {
  explicit Parsed(std::string text)
      : source("t.study", std::move(text)),
        reporter(source, diagnostics),
        file(Parse(source, reporter)) {}
  Source source;
  Diagnostics diagnostics;
  Reporter reporter;
  ast::File file;
};

TEST(Parser, RecoversAtTheNextDeclaration) {
  const Parsed parsed("include a : (\ninclude b : alive\ncodes c { icd9 1 }\nask d : \"Q?\"\n");
  EXPECT_EQ(parsed.diagnostics.errors(), 2U);
  ASSERT_EQ(parsed.file.criteria.size(), 3U);
  EXPECT_TRUE(parsed.file.criteria[0].broken);
  EXPECT_FALSE(parsed.file.criteria[1].broken);
  EXPECT_TRUE(parsed.file.codes[0].broken);
  EXPECT_FALSE(parsed.file.criteria[2].broken);
}

TEST(Parser, LetsADeclarationGoOnOverLines) {
  const Parsed parsed(
      "include a :\n  condition \"x\"\n  and alive\n  else ask \"Q?\"\n    sv \"F?\"\ninclude b : "
      "alive\n");
  EXPECT_EQ(parsed.diagnostics.errors(), 0U) << RenderText(parsed.diagnostics, false);
  ASSERT_EQ(parsed.file.criteria.size(), 2U);
  ASSERT_TRUE(parsed.file.criteria[0].body->otherwise.has_value());
  EXPECT_EQ(parsed.file.criteria[0].body->otherwise->question.sv, "F?");
}

TEST(Parser, EndsANameWithItsLine) {
  const Parsed parsed(
      "include no stroke ever : alive\nexample \"x\" at 2026-01-01 {\n expect possible, unknown: "
      "no stroke ever, b\n true: c }\n");
  EXPECT_EQ(parsed.file.criteria[0].name.text, "no stroke ever");
  // `true:` on a line of its own is no part of the name before it, and no line of an example.
  EXPECT_EQ(parsed.diagnostics.errors(), 1U);
}

TEST(Parser, GoesOnAfterACommaOfExpect) {
  const Parsed parsed(
      "example \"x\" at 2026-01-01 {\n expect possible, unknown: a b,\n c d, against: e }\n");
  ASSERT_EQ(parsed.diagnostics.errors(), 0U) << RenderText(parsed.diagnostics, false);
  const auto& claims = parsed.file.examples[0].expectations[0].claims;
  ASSERT_EQ(claims.size(), 3U);
  EXPECT_EQ(claims[0].second.text, "a b");
  EXPECT_EQ(claims[1].second.text, "c d");
  EXPECT_EQ(claims[2].first, ast::Expectation::Claim::kAgainst);
}

TEST(Parser, TakesABareDateAsNoonAndALongerOneAsItIs) {
  const Parsed parsed(
      "example \"x\" at 2026-07-01 { expect eligible at 2026-07-02T09:30 expect eligible }\n");
  ASSERT_EQ(parsed.diagnostics.errors(), 0U) << RenderText(parsed.diagnostics, false);
  EXPECT_EQ(base::FormatUtc(parsed.file.examples[0].at), "2026-07-01T10:00:00Z");
  EXPECT_EQ(base::FormatUtc(*parsed.file.examples[0].expectations[1].at), "2026-07-02T07:30:00Z");
}

TEST(Parser, ReadsBetweenAsWindowOrTestByWhatFollows) {
  const Parsed parsed(
      "include a : procedure kva JFB between 2020 and 2021\n"
      "include b : observation npu NPU28309 between 100 and 150 g/L between 3 and 12 months ago\n"
      "include c : observation npu NPU28309 between 2020-01 and 2021\n");
  ASSERT_EQ(parsed.diagnostics.errors(), 0U) << RenderText(parsed.diagnostics, false);
  EXPECT_EQ(parsed.file.criteria[0].body->times.size(), 1U);
  EXPECT_TRUE(std::get<ast::FactTerm>(parsed.file.criteria[1].body->payload).test.has_value());
  EXPECT_EQ(parsed.file.criteria[1].body->times[0].shape, ast::Time::Shape::kBetweenAgo);
  EXPECT_FALSE(std::get<ast::FactTerm>(parsed.file.criteria[2].body->payload).test.has_value());
}

TEST(Parser, KeepsTheHeader) {
  const Parsed parsed(
      "study A-1 \"English\" { title sv \"Svenska\" ids nct NCT02647099 dnr \"2015/1\" phase 2/3 "
      "status paused sites \"A\" region 01 hsa X \"B\"\n"
      "target 600 suggest when possible decline silences for 6 months offer at visit class "
      "outpatient }\n");
  ASSERT_EQ(parsed.diagnostics.errors(), 0U) << RenderText(parsed.diagnostics, false);
  const StudyHeader& header = parsed.file.studies[0].header;
  EXPECT_EQ(header.id, "A-1");
  EXPECT_EQ(header.title.sv, "Svenska");
  EXPECT_EQ(header.title.en, "English");
  ASSERT_EQ(header.ids.size(), 2U);
  EXPECT_EQ(header.ids[1].second, "2015/1");
  EXPECT_EQ(header.phase, "2/3");
  EXPECT_EQ(header.status, StudyStatus::kPaused);
  ASSERT_EQ(header.sites.size(), 2U);
  EXPECT_EQ(header.sites[0].hsa_id, "X");
  EXPECT_EQ(header.target, 600);
  EXPECT_EQ(header.suggest_when, Grade::kPossible);
  EXPECT_EQ(header.decline_silences, (base::Period{6, base::TimeUnit::kMonth}));
  ASSERT_EQ(header.other.size(), 1U);
  EXPECT_EQ(header.other[0].second, "at visit class outpatient");
}

}  // namespace
}  // namespace medverka::criteria
