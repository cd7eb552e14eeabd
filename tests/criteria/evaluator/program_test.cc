// Tests criteria/program.cc: bytes of a compiled study, there and back, and damaged ones.
#include "criteria/program.h"

#include <gtest/gtest.h>

#include "ops/base/crypto.h"

namespace medverka::criteria {
namespace {

// One of everything, so that a field left out of the list shows.
Program OneOfEach() {
  Program program;
  program.study.id = "T0001";
  program.study.title = {"Svensk titel", "English title"};
  program.study.ids = {{"nct", "NCT01234567"}};
  program.study.sites = {{"Danderyds sjukhus", "01", "SE2321000016-1ABC"}};
  program.study.decline_silences = base::Period{6, base::TimeUnit::kMonth};
  CodeSet set;
  set.name = "colorectal cancer";
  set.clauses.push_back(
      {{{SystemId::kIcd10Se, "", CodeRule::Match::kRange, "C18", "C20"}},
       {{SystemId::kNone, "http://example.se/system", CodeRule::Match::kExact, "x", ""}}});
  program.sets.push_back(set);
  Query query;
  query.kind = FactKind::kObservation;
  query.selector = Selector::kAtLeast;
  query.count = 2;
  query.sets = {0};
  query.components = {0};
  query.component = true;
  query.current = true;
  query.lasting = base::Period{3, base::TimeUnit::kWeek};
  ValueTest test;
  test.kind = ValueTest::Kind::kBetween;
  test.limit = {base::Decimal(-125, 1), "g/L"};
  test.limit2 = {base::Decimal(3), "g/L"};
  test.words = {"II"};
  test.set = 0;
  test.analyte = Analyte::kHaemoglobin;
  query.test = test;
  TimeClause clause;
  clause.kind = TimeClause::Kind::kFixed;
  clause.side = Side::kRecorded;
  clause.from = base::Instant{-5};
  clause.to = base::Instant{7};
  query.times = {clause};
  query.visit_classes = {"EMER"};
  program.queries.push_back(query);
  VariantQuery variant;
  variant.genes = {"PIK3CA"};
  variant.origin = Origin::kSomatic;
  program.variants.push_back(variant);
  AgeTest age;
  age.min = 18;
  age.max_strict = true;
  program.ages.push_back(age);
  ScoreQuery score;
  score.test = test;
  program.scores.push_back(score);
  program.answers.push_back(
      {"can swallow", {"Kan?", "Can?"}, base::Period{6, base::TimeUnit::kMonth}});
  program.regions = {{"01", "03"}};
  program.nodes = {
      {NodeKind::kQuery, 0, 0, {}}, {NodeKind::kAge, 0, 0, {}}, {NodeKind::kAnd, 0, 0, {0, 1}}};
  Criterion criterion;
  criterion.kind = CriterionKind::kAsk;
  criterion.name = "adult";
  criterion.root = 2;
  criterion.asked_if = 1;
  program.criteria.push_back(criterion);
  return program;
}

TEST(Program, ReadsBackToTheSameBytes) {
  const std::string bytes = EncodeProgram(OneOfEach());
  const auto read = DecodeProgram(bytes);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(EncodeProgram(*read), bytes);
  EXPECT_EQ(read->queries[0].test->limit.number.ToString(), "-12.5");
  EXPECT_EQ(read->sets[0].clauses[0].except[0].uri, "http://example.se/system");
}

// Written by GCC 12 and by clang 14 alike; when the format changes on purpose, raise kProgramFormat
// and this.
TEST(Program, HasTheSameHashWithEveryCompiler) {
  EXPECT_EQ(base::Hex(base::AsBytes(HashOf(OneOfEach()))),
            "92c948ecf687f14f4d73c2b724abf7fb474d307f01df3b539621f33601f933d1");
}

TEST(Program, RefusesEveryTruncation) {
  const std::string bytes = EncodeProgram(OneOfEach());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeProgram(std::string_view(bytes).substr(0, size)).has_value()) << size;
  }
}

TEST(Program, NeverReadsAnIndexOutOfBounds) {
  const std::string bytes = EncodeProgram(OneOfEach());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const int flip : {1, 2, 16, 127, 255}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      const auto read = DecodeProgram(damaged);
      if (!read.has_value()) continue;
      for (std::size_t n = 0; n < read->nodes.size(); ++n) {
        for (const auto child : read->nodes[n].children) EXPECT_LT(child, n);
      }
    }
  }
}

TEST(Program, RefusesAFormatOfAnotherVersion) {
  std::string bytes = EncodeProgram(OneOfEach());
  bytes[0] = 9;
  const auto read = DecodeProgram(bytes);
  ASSERT_FALSE(read.has_value());
  EXPECT_NE(read.error().message.find("format 9"), std::string::npos);
}

}  // namespace
}  // namespace medverka::criteria
