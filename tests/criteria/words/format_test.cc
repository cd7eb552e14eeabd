// The one layout: what it looks like, that it is stable, and that it never changes what a study
// means.
#include "criteria/format.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/criteria/front/support.h"

namespace medverka::criteria {
namespace {

namespace fs = std::filesystem;

std::string Laid(const std::string& text) {
  const Formatted once = Format({"t.study", text});
  EXPECT_TRUE(once.parsed) << RenderText(once.diagnostics, false) << text;
  const Formatted twice = Format({"t.study", once.text});
  EXPECT_EQ(once.text, twice.text) << "formatting what is formatted changes it";
  return once.text;
}

TEST(Format, PutsNamesLabelsAndColonsIntoColumns) {
  EXPECT_EQ(Laid("include adult sv \"Vuxen\":age>=18 years\n"
                 "exclude another cancer   sv \"Annan\" : alive\n"
                 "include x : alive\n"),
            "include adult          sv \"Vuxen\" : age >= 18 years\n"
            "exclude another cancer sv \"Annan\" : alive\n"
            "include x                         : alive\n");
}

TEST(Format, BlankLineOrCommentEndsTheColumns) {
  EXPECT_EQ(Laid("include a : alive\n\n\n\ninclude longer name : alive\n"),
            "include a : alive\n\ninclude longer name : alive\n");
  EXPECT_EQ(Laid("include a : alive\n# why\ninclude longer name : alive\n"),
            "include a : alive\n# why\ninclude longer name : alive\n");
}

TEST(Format, KeepsEveryCommentWhereItStands) {
  EXPECT_EQ(Laid("# first\n\n  # second\ninclude a : alive # beside   \n"
                 "include b : alive and # within\n alive\n\n# last"),
            "# first\n\n# second\ninclude a : alive  # beside\n"
            "include b : alive and  # within\n          alive\n\n# last\n");
}

TEST(Format, SetsStandInColumnsAndSystemsTwoBlanksApart) {
  EXPECT_EQ(Laid("codes a {icd10se A00 snomed 73211009}# x\ncodes long name {atc C07 , C08}\n"),
            "codes a         { icd10se A00  snomed 73211009 }  # x\n"
            "codes long name { atc C07, C08 }\n");
  EXPECT_EQ(Laid("codes a {\nicd10se A00\nexcept icd10se A01 # not\n}\n"),
            "codes a {\n  icd10se A00\n  except icd10se A01  # not\n}\n");
}

TEST(Format, UnitsAndCodesAreLeftWhole) {
  EXPECT_EQ(Laid("include a:latest observation npu NPU28309>=30 mL/min/{1.73_m2} within last 3 "
                 "months\ninclude b : variant in gene HGNC:8975\n"),
            "include a : latest observation npu NPU28309 >= 30 mL/min/{1.73_m2} within last 3 "
            "months\ninclude b : variant in gene HGNC:8975\n");
}

TEST(Format, StudyBlockHasOneLinePerWord) {
  EXPECT_EQ(Laid("study T1 \"t\" { title sv \"T\" ids nct NCT02647099 dnr \"1\" sites \"A\" region "
                 "01 \"B\"\n suggest when likely }\n"),
            "study T1 \"t\" { title sv \"T\" ids nct NCT02647099 dnr \"1\" sites \"A\" region 01 "
            "\"B\" suggest when likely }\n");
  EXPECT_EQ(
      Laid("study T1 \"t\" {\ntitle sv \"T\" ids nct NCT02647099 dnr \"1\" sites \"A\" region "
           "01 \"B\"\n suggest when likely }\n"),
      "study T1 \"t\" {\n  title sv   \"T\"\n  ids        nct NCT02647099  dnr \"1\"\n"
      "  sites      \"A\" region 01\n             \"B\"\n  suggest    when likely\n}\n");
}

TEST(Format, LongCriteriaBreakAtTheirLoosestWords) {
  const std::string query = "latest observation \"a rather long name of a set\" >= 100 g/L";
  const std::string narrowed = query + " within last 3 months";
  EXPECT_EQ(Laid("include a : " + query + " and (" + narrowed + " or " + narrowed +
                 ") else no because \"x\"\n"),
            "include a :\n"
            "          " +
                query + "\n" + "          and (\n" + "            " + narrowed + "\n" +
                "            or " + narrowed + "\n" +
                "          )\n"
                "          else no\n"
                "          because \"x\"\n");
}

TEST(Format, CriteriaOfACohortAreSetIn) {
  EXPECT_EQ(Laid("include a : alive\ncohort arm \"One arm\" open { # which\n include b : alive\n\n"
                 "# why\nexclude longer name : age < 18 years\n}\ninclude c : alive\n"),
            "include a : alive\n\n"
            "cohort arm \"One arm\" open {  # which\n"
            "  include b : alive\n\n"
            "  # why\n"
            "  exclude longer name : age < 18 years\n"
            "}\n\n"
            "include c : alive\n");
}

TEST(Format, ColumnsBeginAnewAfterABlock) {
  EXPECT_EQ(Laid("study T1 \"t\" {\n suggest when likely\n}\ncodes a {atc C07}\ncodes longer {atc "
                 "C08}\n"),
            "study T1 \"t\" {\n  suggest    when likely\n}\n\n"
            "codes a      { atc C07 }\ncodes longer { atc C08 }\n");
}

TEST(Format, ExamplesKeepTheirLines) {
  EXPECT_EQ(Laid("example \"e\" at 2026-06-01 {\nborn 1971 female\n observation npu NPU28309 5 g/L "
                 "on 2026-01-01\n\n expect ineligible,against:a,\n  unknown :b\n}\n"),
            "example \"e\" at 2026-06-01 {\n  born 1971  female\n  observation npu NPU28309 5 g/L "
            "on 2026-01-01\n\n  expect ineligible, against: a,\n    unknown: b\n}\n");
}

TEST(Format, AFileThatDoesNotParseIsLeftAsItIs) {
  const std::string text = "include   a : condtion \"x\"\n";
  const Formatted formatted = Format({"t.study", text});
  EXPECT_FALSE(formatted.parsed);
  EXPECT_EQ(formatted.text, text);
  EXPECT_TRUE(formatted.diagnostics.has_errors());
}

TEST(Format, LineEndsAreUnixOnes) {
  EXPECT_EQ(Laid("\r\n# a\r\ninclude a : alive\r\n\r\n\r\n"), "# a\ninclude a : alive\n");
}

std::optional<SourceFile> Beside(const std::string& from, const std::string& name) {
  return ReadFile(fs::path(from).parent_path() / name);
}

// Formats the study and everything it uses.
std::optional<SourceFile> BesideFormatted(const std::string& from, const std::string& name) {
  auto file = Beside(from, name);
  if (file) file->text = Format(*file).text;
  return file;
}

std::vector<fs::path> StudyFiles() {
  std::vector<fs::path> out;
  for (const char* folder : {"criteria/studies", "tests/cases/language"}) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() == ".study" || entry.path().extension() == ".codes")
        out.push_back(entry.path());
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST(Format, IsStableAndKeepsTheMeaningOfAllStudies) {
  ASSERT_GT(StudyFiles().size(), 70u);
  for (const fs::path& path : StudyFiles()) {
    const SourceFile file = *ReadFile(path);
    const Formatted once = Format(file);
    ASSERT_TRUE(once.parsed) << path;
    EXPECT_EQ(Format({file.path, once.text}).text, once.text) << path;
    if (path.extension() != ".study") continue;
    const Compilation before = Compile({file}, Beside);
    const Compilation after = Compile({{file.path, once.text}}, BesideFormatted);
    ASSERT_EQ(before.studies.size(), 1u);
    ASSERT_EQ(after.studies.size(), 1u);
    ASSERT_EQ(before.studies[0].program == nullptr, after.studies[0].program == nullptr) << path;
    if (before.studies[0].program == nullptr) continue;
    EXPECT_EQ(EncodeProgram(*before.studies[0].program), EncodeProgram(*after.studies[0].program))
        << path;
  }
}

}  // namespace
}  // namespace medverka::criteria
