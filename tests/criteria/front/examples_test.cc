// criteria/examples.cc: what a failed example says, and which studies are run. That examples mean
// what their words say is shown by tests/cases/language.
#include <gtest/gtest.h>

#include "tests/criteria/front/support.h"

namespace medverka::criteria {
namespace {

std::vector<ExampleResult> ResultsOf(const std::string& text) {
  return RunExamples({{"t.study",
                       "study T1 \"t\" { }\ninclude adult : age >= 18 years\nexclude cancer : "
                       "condition icd10se C18\n" +
                           text}},
                     nullptr);
}

TEST(Examples, PassWhenAllIsAsExpected) {
  const auto results = ResultsOf(
      "example \"fits\" at 2026-01-01 {\n born 1971-03-02\n expect eligible, true: adult, false: "
      "cancer\n}\n");
  ASSERT_EQ(results.size(), 1U);
  EXPECT_TRUE(results[0].passed) << results[0].failure;
  EXPECT_EQ(results[0].example, "fits");
  EXPECT_EQ(results[0].study, "T1");
  EXPECT_EQ(results[0].line, 4);
}

TEST(Examples, SayWhatWasExpectedAndWhatCame) {
  const auto results = ResultsOf(
      "example \"grade\" at 2026-01-01 { born 2020-01-01 condition icd10se C18.7 expect eligible "
      "}\n"
      "example \"claim\" at 2026-01-01 { born 1971 expect eligible, against: adult, unknown: "
      "cancer }\n"
      "example \"open\" at 2026-01-01 { expect eligible }\n"
      "example \"later\" at 2026-01-01 { born 2008-06-01 expect ineligible at 2026-06-01 expect "
      "ineligible }\n");
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(results[0].failure, "expected eligible, got ineligible (against: adult and cancer)");
  EXPECT_EQ(results[1].failure,
            "expected adult to be against, but it is true and not against (include); expected "
            "cancer to be unknown, but it is false");
  EXPECT_EQ(results[2].failure, "expected eligible, got possible (unknown: adult)");
  EXPECT_EQ(results[3].failure, "at 2026-06-01 12:00: expected ineligible, got eligible");
}

TEST(Examples, OfAStudyWithErrorsAreNotRun) {
  EXPECT_TRUE(
      ResultsOf("include x : aliv\nexample \"a\" at 2026-01-01 { expect eligible }\n").empty());
}

TEST(Examples, NameTheirFactsByOrder) {
  // Evidence is not shown by an example; that the same facts twice change nothing is.
  const auto results = ResultsOf(
      "example \"twice\" at 2026-01-01 {\n born 1971\n condition icd10se C18.7 refuted\n condition "
      "icd10se C18.7 refuted\n expect eligible\n}\n");
  ASSERT_EQ(results.size(), 1U);
  EXPECT_TRUE(results[0].passed) << results[0].failure;
}

TEST(Examples, AreRunWithWhatWasCompiledForTheStudiesChosen) {
  const std::string adult = "include adult : age >= 18 years\n";
  const std::string expects = "example \"e\" at 2026-01-01 { born 1971-03-02 expect eligible }\n";
  const std::vector<SourceFile> files = {{"a.study", "study A \"a\" { }\n" + adult + expects},
                                         {"b.study", "study B \"b\" { }\n" + adult + expects}};
  std::size_t done = 0;
  const auto run = [&](std::vector<SourceFile> given) {
    return CompileAndRun(
        given, nullptr, [](const CompiledStudy& study) { return study.id == "B"; },
        [&](std::size_t so_far, std::size_t) { done = so_far; });
  };
  Trial trial = run(files);
  EXPECT_EQ(trial.compilation.studies.size(), 2U);
  ASSERT_EQ(trial.examples.size(), 1U);
  EXPECT_EQ(trial.examples[0].study, "B");
  EXPECT_TRUE(trial.examples[0].passed);
  EXPECT_EQ(done, 2U);
  // A mistake anywhere: nothing is run.
  auto broken = files;
  broken[0].text += "include x : aliv\n";
  EXPECT_TRUE(run(broken).examples.empty());
  EXPECT_TRUE(run(broken).compilation.diagnostics.has_errors());
}

TEST(FindStudies, ReadsIdsAndFollowsUsesWithoutCompiling) {
  std::vector<std::string> asked;
  const auto load = [&](const std::string&, const std::string& name) -> std::optional<SourceFile> {
    asked.push_back(name);
    return SourceFile{name, name == "a.codes" ? "use \"b.codes\"\ncodes x { icd10se I10 }\n"
                                              : "codes y { icd10se I11 }\n"};
  };
  const auto found = FindStudies({{"one.study", "study ONE \"1\" { }\nuse \"a.codes\"\n"},
                                  {"none.study", "nothing that can be read"}},
                                 load);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].path + " " + found[0].id, "one.study ONE");
  EXPECT_EQ(found[1].id, "");
  EXPECT_EQ(asked, (std::vector<std::string>{"a.codes", "b.codes"}));
}

}  // namespace
}  // namespace medverka::criteria
