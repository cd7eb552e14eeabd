// criteria/source.cc and criteria/lexer.cc: places, tokens, and the units and codes that begin at a
// token.
#include "criteria/lexer.h"

#include <gtest/gtest.h>

namespace medverka::criteria {
namespace {

std::vector<std::string> Words(const std::string& text) {
  const Source source("t.study", text);
  Diagnostics diagnostics;
  Reporter reporter(source, diagnostics);
  std::vector<std::string> out;
  for (const Token& token : Lex(source, reporter)) {
    if (token.kind != TokenKind::kEnd) out.push_back(std::string(source.text(token.span)));
  }
  return out;
}

using List = std::vector<std::string>;

TEST(Source, CountsColumnsInCodePoints) {
  const Source source("t.study", "a\nåäö x\r\nb\rc");
  const auto offset = static_cast<std::uint32_t>(source.text().find('x'));
  EXPECT_EQ(source.PlaceOf(offset).line, 2);
  EXPECT_EQ(source.PlaceOf(offset).column, 5);
  EXPECT_EQ(source.Line(2), "åäö x");
  EXPECT_EQ(source.Line(3), "b");
  EXPECT_EQ(source.Line(4), "c");
}

TEST(Source, LeavesAByteOrderMarkOut) {
  const Source source("t.study", "\xEF\xBB\xBFstudy");
  EXPECT_EQ(source.text(), "study");
  EXPECT_EQ(source.PlaceOf(0).column, 1);
}

TEST(Lexer, PartsWordsFromSigns) {
  EXPECT_EQ(Words("age>=18 years"), (List{"age", ">=", "18", "years"}));
  EXPECT_EQ(Words("in{a,b}"), (List{"in", "{", "a", ",", "b", "}"}));
  EXPECT_EQ(Words("snomed <<363406005"), (List{"snomed", "<<", "363406005"}));
  EXPECT_EQ(Words("x \xE2\x89\xA5 3"), (List{"x", "\xE2\x89\xA5", "3"}));
}

TEST(Lexer, KeepsCodesUnitsAndDatesWhole) {
  EXPECT_EQ(Words("K25.0, I60-I62"), (List{"K25.0", ",", "I60-I62"}));
  EXPECT_EQ(Words("10^9/L mL/min/1.73m2 % mm[Hg] \xC2\xB5mol/L"),
            (List{"10^9/L", "mL/min/1.73m2", "%", "mm[Hg]", "\xC2\xB5mol/L"}));
  EXPECT_EQ(Words("2026-10-01T09:30:00+02:00 a:b"),
            (List{"2026-10-01T09:30:00+02:00", "a", ":", "b"}));
}

TEST(Lexer, PassesOverCommentsAndBlanksOfEveryKind) {
  EXPECT_EQ(Words("a # b \"c\n\xC2\xA0"
                  "d\te"),
            (List{"a", "d", "e"}));
  EXPECT_EQ(Words("\"a # b\" c"), (List{"\"a # b\"", "c"}));
}

TEST(Lexer, ReportsUnclosedStringAtItsOpeningQuote) {
  const Source source("t.study", "ab \"cd\nef");
  Diagnostics diagnostics;
  Reporter reporter(source, diagnostics);
  const std::vector<Token> tokens = Lex(source, reporter);
  ASSERT_EQ(diagnostics.all().size(), 1U);
  EXPECT_EQ(diagnostics.all()[0].column, 4);
  EXPECT_EQ(tokens[1].kind, TokenKind::kBad);
  EXPECT_EQ(source.text(tokens[2].span), "ef");
}

std::string Unit(const std::string& text) {
  const Source source("t.study", text);
  return std::string(source.text(UnitAt(source, 0)));
}

TEST(UnitAt, TakesBracketsThatTheUnitItselfOpens) {
  EXPECT_EQ(Unit("mL/min/{1.73_m2} within"), "mL/min/{1.73_m2}");
  EXPECT_EQ(Unit("mL/(min.m2))"), "mL/(min.m2)");
  EXPECT_EQ(Unit("g/L)"), "g/L");
  EXPECT_EQ(Unit("g/L}"), "g/L");
  EXPECT_EQ(Unit("cm, 88"), "cm");
  EXPECT_EQ(Unit("x 10^9/L and"), "x 10^9/L");
}

TEST(CodeAt, TakesColonsInside) {
  const Source source("t.study", "HGNC:3236, x");
  EXPECT_EQ(source.text(CodeAt(source, 0)), "HGNC:3236");
}

}  // namespace
}  // namespace medverka::criteria
