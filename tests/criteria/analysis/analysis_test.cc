// criteria/analysis: what is found, and, as important, what is not.
#include "criteria/analysis/analysis.h"

#include <gtest/gtest.h>

#include "tests/criteria/front/support.h"

namespace medverka::criteria {
namespace {

constexpr const char* kSets =
    "codes hb { npu NPU28309 }\ncodes creatinine { npu NPU04998 }\ncodes stroke { icd10se I60-I64 "
    "}\n"
    "codes brain { icd10se I60-I69 }\ncodes op { kva JFB }\ncodes all op { kva JF }\n"
    "codes mixed { icd10se I60-I69  snomed 230690007 }\n";

// "contradicts 1 0": kind, criterion, other.
std::vector<std::string> Found(const std::string& text) {
  const Compilation compilation = CompileStudy(kSets + text);
  EXPECT_FALSE(compilation.diagnostics.has_errors()) << RenderText(compilation.diagnostics, false);
  if (!compilation.studies[0].program) return {"does not compile"};
  std::vector<std::string> out;
  constexpr const char* kNames[] = {"never true", "never false", "contradicts",
                                    "implied by", "same as",     "never reached"};
  for (const Finding& finding : Analyse(*compilation.studies[0].program)) {
    const auto& criteria = compilation.studies[0].program->criteria;
    std::string line = criteria[finding.criterion].name + " ";
    line += kNames[static_cast<std::size_t>(finding.kind)];
    if (finding.other != finding.criterion) line += " " + criteria[finding.other].name;
    out.push_back(line);
  }
  return out;
}

using Lines = std::vector<std::string>;

TEST(Analysis, FindsLimitsThatExcludeOneAnother) {
  EXPECT_EQ(Found("include a : age >= 65 years\ninclude b : age < 60 years\n"),
            Lines{"b contradicts a"});
  EXPECT_EQ(Found("include a : age >= 65 years\nexclude b : age >= 780 months\n"),
            Lines{"b contradicts a"});
  EXPECT_EQ(Found("include a : latest observation \"hb\" >= 100 g/L within last 90 days\n"
                  "exclude b : latest observation \"hb\" > 90 g/L within last 90 days\n"),
            Lines{"b contradicts a"});
  EXPECT_EQ(Found("include a : sex is female\ninclude b : sex is male\n"),
            Lines{"b contradicts a"});
}

TEST(Analysis, LeavesLimitsAloneThatCanBeMet) {
  EXPECT_EQ(Found("include a : age >= 18 years\ninclude b : age < 60 years\n"), Lines{});
  // Eighteen is still eighteen on the last day before the birthday.
  EXPECT_EQ(Found("include a : age <= 18 years\ninclude b : age >= 18 years\n"), Lines{});
  // Another window is another value.
  EXPECT_EQ(Found("include a : latest observation \"hb\" >= 100 g/L within last 90 days\n"
                  "include b : latest observation \"hb\" < 90 g/L within last 30 days\n"),
            Lines{});
  // Other units are not compared here.
  EXPECT_EQ(Found("include a : latest observation \"hb\" >= 100 g/L\n"
                  "include b : latest observation \"hb\" < 9 g/dL\n"),
            Lines{});
  // The lowest may lie below while the latest lies above.
  EXPECT_EQ(Found("include a : latest observation \"hb\" >= 100 g/L\n"
                  "include b : lowest observation \"hb\" < 90 g/L\n"),
            Lines{});
}

TEST(Analysis, FindsWhatOneCriterionSaysOfItself) {
  EXPECT_EQ(Found("include a : age >= 65 years and age < 18 years\n"), Lines{"a never true"});
  EXPECT_EQ(Found("include a : any of (age >= 18 years; age < 65 years)\n"),
            Lines{"a never false"});
  EXPECT_EQ(Found("exclude a : condition \"stroke\" and no condition \"stroke\"\n"),
            Lines{"a never true"});
  EXPECT_EQ(
      Found("include a : if age < 18 years and age > 65 years then alive otherwise sex is male\n"),
      Lines{"a never reached"});
  EXPECT_EQ(Found("include a : latest observation \"hb\" >= 100 g/L or latest observation \"hb\" < "
                  "100 g/L\n"),
            Lines{});  // a measurement that was not made is neither
}

TEST(Analysis, FindsWhatIsAskedTwice) {
  EXPECT_EQ(Found("include a : age >= 18 years\ninclude b : age >= 65 years\n"),
            Lines{"a implied by b"});
  EXPECT_EQ(Found("exclude a : condition \"stroke\" starting within last 6 months\n"
                  "exclude b : condition \"stroke\" starting within last 1 year\n"),
            Lines{"a implied by b"});
  EXPECT_EQ(Found("exclude a : condition \"stroke\"\nexclude b : condition \"brain\"\n"),
            Lines{"a implied by b"});
  EXPECT_EQ(Found("include a : procedure \"all op\" since 2020\ninclude b : at least 2 procedures "
                  "\"op\" since 2021\n"),
            Lines{"a implied by b"});
  EXPECT_EQ(Found("include a : alive\nexclude b : not alive\n"), Lines{"b same as a"});
  EXPECT_EQ(Found("include a : latest observation \"hb\" >= 100 g/L within last 30 days\n"
                  "exclude b : no observation \"hb\" >= 90 g/L within last 1 month\n"),
            Lines{});  // 30 days may reach further back than a month
  EXPECT_EQ(Found("include a : latest observation \"hb\" >= 100 g/L within last 28 days\n"
                  "exclude b : no observation \"hb\" >= 90 g/L within last 1 month\n"),
            Lines{"b implied by a"});
}

TEST(Analysis, FindsSetsThatContradict) {
  EXPECT_EQ(Found("include a : condition \"stroke\"\nexclude b : condition \"brain\"\n"),
            Lines{"b contradicts a"});
  EXPECT_EQ(Found("include a : condition \"brain\"\nexclude b : condition \"stroke\"\n"), Lines{});
  // A refutation in the other system could take the one away and not the other.
  EXPECT_EQ(Found("include a : condition \"stroke\"\nexclude b : condition \"mixed\"\n"), Lines{});
}

TEST(Analysis, KnowsThatACohortIsNotEverybody) {
  const std::string cohorts =
      "cohort A \"first\" open {\n  include old : age >= 65 years\n}\n"
      "cohort B \"second\" open {\n  include young : age < 40 years\n  include adult : age >= 18 "
      "years\n}\n";
  EXPECT_EQ(Found("include grown : age >= 18 years\n" + cohorts), Lines{"adult same as grown"});
}

TEST(Analysis, SaysNothingOfAnswersThatMaySettle) {
  EXPECT_EQ(Found("include a : (age >= 65 years else ask \"Old?\" sv \"Gammal?\")\n"
                  "include b : age < 60 years\n"),
            Lines{});
}

TEST(Analysis, LooksAtADefinitionUsedOftenOnce) {
  std::string text = "define a0 : age >= 18 years and alive\n";
  for (int i = 1; i <= 20; ++i) {
    const std::string before = "a" + std::to_string(i - 1);
    text += "define a" + std::to_string(i) + " : " + before + " and not " + before + "\n";
  }
  EXPECT_EQ(Found(text + "include x : a20\n"), Lines{"x never true"});
}

TEST(Analysis, LeavesLargeFormulasAlone) {
  std::string text = "include a : any of (";
  for (int i = 0; i < 40; ++i)
    text += (i ? "; " : "") + std::string("condition icd10se A") + std::to_string(10 + i);
  EXPECT_EQ(Found(text + ")\ninclude b : condition icd10se A10\n"), Lines{});
}

}  // namespace
}  // namespace medverka::criteria
