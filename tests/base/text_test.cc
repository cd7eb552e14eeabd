// Folding, UTF-8 and suggestions for slips.
#include "ops/base/text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace medverka::base {
namespace {

TEST(Fold, IgnoresCaseAndBlanks) {
  EXPECT_EQ(Fold("  PÅVISAD \t\n i   BLOD "), "påvisad i blod");
  EXPECT_EQ(Fold("ÀÖØÞß×"), "àöøþß×");
  EXPECT_EQ(Fold("ΑΒΩ\u03C2"), "αβω\u03C3");
  EXPECT_EQ(Fold("a\u00A0\u2009b"), "a b");
  EXPECT_EQ(Fold(""), "");
  EXPECT_EQ(Fold(" \t "), "");
}

TEST(Fold, KnowsBothMicroSigns) { EXPECT_EQ(Fold("\u00B5mol"), Fold("\u03BCmol")); }

TEST(Fold, KeepsDamagedBytes) {
  EXPECT_EQ(Fold("A\xFF"
                 "B\xC3"),
            "a\xFF"
            "b\xC3");
}

TEST(IsValidUtf8, AcceptsWhatIs) {
  for (const char* text : {"", "abc", "åäö", "\u20AC", "\U0001F600", "\U0010FFFF"})
    EXPECT_TRUE(IsValidUtf8(text));
}

TEST(IsValidUtf8, RefusesWhatIsNot) {
  const std::vector<std::string> damaged = {"\x80",              // continues nothing
                                            "\xC3",              // cut
                                            "\xE2\x82",          // cut
                                            "\xF0\x9F\x98",      // cut
                                            "\xC0\x80",          // NUL made long
                                            "\xC1\xBF",          // made long
                                            "\xE0\x80\xAF",      // made long
                                            "\xF0\x80\x80\xAF",  // made long
                                            "\xED\xA0\x80",      // surrogate
                                            "\xF4\x90\x80\x80",  // beyond U+10FFFF
                                            "\xF8\x88\x80\x80\x80",
                                            "\xFF",
                                            "a\xC3(b"};
  for (const std::string& text : damaged) EXPECT_FALSE(IsValidUtf8(text));
}

TEST(CodePoints, CountsCharactersNotBytes) {
  EXPECT_EQ(CodePoints("åäö"), 3u);
  EXPECT_EQ(CodePoints(""), 0u);
  EXPECT_EQ(CodePoints("\U0001F600a"), 2u);
}

constexpr std::string_view kWords[] = {"condition", "procedure", "medication", "observation",
                                       "include",   "exclude",   "no"};

TEST(DidYouMean, FindsSlips) {
  EXPECT_EQ(DidYouMean("conditon", kWords), "condition");
  EXPECT_EQ(DidYouMean("obsrevation", kWords), "observation");  // two neighbours swapped
  EXPECT_EQ(DidYouMean("medicatoins", kWords), "medication");
  EXPECT_EQ(DidYouMean("INCLUDE", kWords), "include");
}

TEST(DidYouMean, KeepsQuietWhereNothingIsNear) {
  EXPECT_EQ(DidYouMean("visit", kWords), "");
  EXPECT_EQ(DidYouMean("", kWords), "");
  EXPECT_EQ(DidYouMean("on", kWords), "");         // too short to tell a slip
  EXPECT_EQ(DidYouMean("inclde!!!", kWords), "");  // three edits
  EXPECT_EQ(DidYouMean("condition", {}), "");
  EXPECT_EQ(DidYouMean(std::string(100'000, 'a'), kWords), "");
}

TEST(DidYouMean, AllowsOneEditPerThreeLetters) {
  constexpr std::string_view kShort[] = {"atc", "loinc"};
  EXPECT_EQ(DidYouMean("atx", kShort), "atc");
  EXPECT_EQ(DidYouMean("axx", kShort), "");
  EXPECT_EQ(DidYouMean("lonic", kShort), "loinc");
}

TEST(DidYouMean, PrefersTheNearestAndThenTheFirst) {
  constexpr std::string_view kNear[] = {"mmol/kg", "mmol/L", "nmol/L"};
  EXPECT_EQ(DidYouMean("mmol/l", kNear), "mmol/L");
  EXPECT_EQ(DidYouMean("xmol/L", kNear), "mmol/L");
}

}  // namespace
}  // namespace medverka::base
