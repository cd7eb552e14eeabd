// Files that are too large, too deep, too many or plain noise: a diagnostic with its place, never a
// crash.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/criteria/front/support.h"

namespace medverka::criteria {
namespace {

std::string Times(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

using List = std::vector<std::string>;

TEST(BadInput, TenMegabytesAreOneDiagnostic) {
  const Compilation compilation = CompileText(std::string(10'000'000, 'x'));
  EXPECT_EQ(Codes(compilation.diagnostics, true), List{"MV0101"});
  EXPECT_LT(RenderText(compilation.diagnostics, false).size(), 1000U);
}

TEST(BadInput, FiveHundredErrorsAreCountedAndAHundredShown) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "include x" + std::to_string(i) + " : condtion \"a\"\n";
  const Compilation compilation = CompileStudy(text);
  EXPECT_EQ(compilation.diagnostics.errors(), 500U);
  const std::string shown = RenderText(compilation.diagnostics, false);
  EXPECT_NE(shown.find("t.study:101:"), std::string::npos);
  EXPECT_EQ(shown.find("t.study:102:"), std::string::npos);
  EXPECT_NE(shown.find("\n400 more are not shown.\n500 errors, 0 warnings\n"), std::string::npos)
      << shown.substr(shown.size() - 200);
  EXPECT_NE(RenderJson(compilation.diagnostics).find("\"not_shown\": 400"), std::string::npos);
}

TEST(BadInput, AfterAThousandErrorsTheRestIsNotRead) {
  const Compilation compilation = CompileStudy(Times("include\n", 100'000));
  EXPECT_EQ(compilation.diagnostics.errors(), 1001U);
  EXPECT_EQ(CodeName(compilation.diagnostics.all().back().code), "MV0108");
}

TEST(BadInput, DeepNestingIsOneDiagnostic) {
  const int deep = 10'000;
  const List texts = {
      "include a : " + Times("(", deep) + "alive" + Times(")", deep),
      "include a : " + Times("(", deep),
      "include a : " + Times("not ", deep) + "alive",
      "include a : " + Times("any of (alive; ", deep) + "alive" + Times(")", deep),
      "include a : " + Times("(if alive then ", deep) + "alive" + Times(")", deep),
      "ask a : \"Q?\" if " + Times("(", deep) + "alive" + Times(")", deep),
  };
  for (const std::string& text : texts)
    EXPECT_EQ(Codes(CompileStudy(text + "\n").diagnostics), List{"MV0206"}) << text.substr(0, 60);
}

TEST(BadInput, NestingWithinTheLimitCompiles) {
  const Compilation compilation =
      CompileStudy("include a : " + Times("(not ", 45) + "alive" + Times(")", 45) + "\n");
  EXPECT_TRUE(compilation.studies[0].program) << RenderText(compilation.diagnostics, false);
}

TEST(BadInput, TowersOfNamesAreOneDiagnostic) {
  std::string defines;
  std::string sets;
  for (int i = 0; i < 10'000; ++i) {
    defines += "define d" + std::to_string(i) + " : not d" + std::to_string(i + 1) + "\n";
    sets += "codes s" + std::to_string(i) + " { \"s" + std::to_string(i + 1) + "\" }\n";
  }
  EXPECT_EQ(Codes(CompileStudy(defines + "define d10000 : alive\ninclude a : d0\n").diagnostics),
            List{"MV0206"});
  EXPECT_EQ(
      Codes(CompileStudy(sets + "codes s10000 { icd10se I63 }\ninclude a : condition \"s0\"\n")
                .diagnostics),
      List{"MV0206"});
}

TEST(BadInput, ALongCircleIsOneDiagnostic) {
  std::string defines;
  for (int i = 0; i < 3'000; ++i)
    defines += "define d" + std::to_string(i) + " : d" + std::to_string((i + 1) % 3'000) + "\n";
  EXPECT_EQ(Codes(CompileStudy(defines + "include a : d0\n").diagnostics), List{"MV0504"});
}

// Each of them twice in the next: 2^60 if anybody looked at one for each use.
TEST(BadInput, DefinitionsUsedTwiceInARowAreQuick) {
  std::string text = "event op : latest procedure kva JFB\ndefine d0 : age >= 18 years and alive\n";
  for (int i = 1; i <= 60; ++i) {
    const std::string below = "d" + std::to_string(i - 1);
    text += "define d" + std::to_string(i) + " : " + below + " and not " + below + "\n";
  }
  EXPECT_EQ(Codes(CompileStudy(text + "include a : d60\nexclude b : visit after op\n").diagnostics),
            List{});
  EXPECT_EQ(Codes(CompileStudy(text + "include a : d60 else no\n").diagnostics), List{"MV0315"});
  EXPECT_EQ(Codes(CompileStudy(text + "include a : (d60) within last 1 year\n").diagnostics),
            List{"MV0404"});
}

TEST(BadInput, ASetOfTooManyCodesIsOneDiagnostic) {
  const Compilation compilation =
      CompileText("study T1 \"x\" { }\ncodes a { icd10se " + Times("C1,", 200'000) +
                  "C1 }\ninclude a : condition \"a\"\n");
  EXPECT_EQ(Codes(compilation.diagnostics), List{"MV0212"});
}

TEST(BadInput, ADefinitionThatMeansItselfThroughThreeFilesIsTold) {
  const std::vector<SourceFile> files = {
      {"t.study", "study T1 \"x\" { }\nuse \"a.codes\"\ninclude x : a\n"},
      {"a.codes", "use \"b.codes\"\ndefine a : b and alive\n"},
      {"b.codes", "use \"c.codes\"\ndefine b : c or alive\n"},
      {"c.codes", "use \"a.codes\"\ndefine c : not a\n"},
  };
  const Compilation compilation = Compile(files, nullptr);
  EXPECT_TRUE(compilation.diagnostics.has_errors());
  EXPECT_FALSE(compilation.studies[0].program);
  const List codes = Codes(compilation.diagnostics);
  EXPECT_NE(std::find(codes.begin(), codes.end(), "MV0511"), codes.end());
}

TEST(BadInput, UsedFilesThatAreNotThereOrThemselvesAreTold) {
  const auto codes = [](const std::string& use) {
    const std::string text = "use \"" + use + "\"\ndefine a : alive\n";
    return Codes(CompileText(text, "t.codes").diagnostics);
  };
  EXPECT_EQ(codes("none.codes"), List{"MV0510"});
  EXPECT_EQ(codes(".."), List{"MV0510"});
  EXPECT_EQ(codes("t.codes"), List{"MV0511"});
}

TEST(BadInput, EventsInARowAreQuickAndTooManyAreOneDiagnostic) {
  const auto row = [](int count) {
    std::string text = "event e0 : latest procedure kva JFB\n";
    for (int i = 1; i <= count; ++i)
      text += "event e" + std::to_string(i) + " : 1 day after e" + std::to_string(i - 1) + "\n";
    return CompileStudy(text + "include a : procedure kva JFB on or after e" +
                        std::to_string(count) + "\n");
  };
  const Compilation fine = row(200);
  ASSERT_TRUE(fine.studies[0].program) << RenderText(fine.diagnostics, false);
  EXPECT_EQ(fine.studies[0].program->events.size(), 201U);
  EXPECT_EQ(Codes(row(10'000).diagnostics), List{"MV0206"});
}

TEST(BadInput, SetsThatDoubleAreStopped) {
  std::string sets = "codes s0 { icd10se I63, I64 }\n";
  for (int i = 1; i < 60; ++i) {
    const std::string below = "\"s" + std::to_string(i - 1) + "\"";
    sets += "codes s" + std::to_string(i) + " { " + below + " " + below + " }\n";
  }
  EXPECT_EQ(Codes(CompileStudy(sets + "include a : condition \"s59\"\n").diagnostics),
            List{"MV0212"});
}

TEST(BadInput, AStudyWithTooManyPartsIsTold) {
  EXPECT_EQ(
      Codes(
          CompileStudy("include a : any of (" + Times("alive;", 101'000) + "alive)\n").diagnostics),
      List{"MV0212"});
}

TEST(BadInput, OneVeryLongLineIsShownAroundItsPlace) {
  const Compilation compilation =
      CompileStudy("include a : " + Times("alive and ", 50) + "aliv and " +
                   Times("alive and ", 50'000) + "alive\n");
  const std::string shown = RenderText(compilation.diagnostics, false);
  EXPECT_NE(shown.find("..."), std::string::npos);
  EXPECT_LT(shown.size(), 1500U);
}

// All problems have a place within their file, and rendering them never fails.
void Judge(const std::string& text, const std::string& what) {
  const std::vector<SourceFile> files = {{"t.study", text}};
  const Compilation compilation = Compile(files, nullptr);
  const auto lines = static_cast<int>(std::count(text.begin(), text.end(), '\n') +
                                      std::count(text.begin(), text.end(), '\r')) +
                     1;
  for (const Diagnostic& diagnostic : compilation.diagnostics.all()) {
    ASSERT_GE(diagnostic.line, 1) << what;
    ASSERT_LE(diagnostic.line, lines) << what;
    ASSERT_GE(diagnostic.column, 1) << what;
    ASSERT_GE(diagnostic.length, 1) << what;
    ASSERT_FALSE(diagnostic.message.empty()) << what;
  }
  RenderText(compilation.diagnostics, true);
  RenderJson(compilation.diagnostics);
  ASSERT_EQ(compilation.diagnostics.has_errors(), !compilation.studies[0].program)
      << what << RenderText(compilation.diagnostics, false);
  RunExamples(files, nullptr);
}

List ValidTexts() {
  List texts;
  for (const char* folder :
       {"tests/cases/language", "criteria/studies", "tests/cases/diagnostics"}) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".study") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) texts.push_back(ReadFile(path)->text);
  }
  return texts;
}

TEST(BadInput, MutatedFilesNeverCrash) {
  const List texts = ValidTexts();
  ASSERT_GE(texts.size(), 40U);
  const List pieces = {"(",
                       ")",
                       "{",
                       "}",
                       "\"",
                       ",",
                       ";",
                       ":",
                       "<",
                       ">=",
                       "<<",
                       " and ",
                       " or ",
                       " not ",
                       "\n",
                       "include ",
                       "example ",
                       "else ",
                       "at least ",
                       "between ",
                       " 1 ",
                       "\xC3",
                       "\x00",
                       "#",
                       "use \"x\"\n",
                       "within last 1 day",
                       "of ",
                       "no ",
                       "\xE2\x80\x8B",
                       "x 10^9/L"};
  constexpr unsigned kSeed = 20'260'101;
  std::mt19937 random(kSeed);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (int round = 0; round < 600; ++round) {
    std::string text = texts[below(texts.size())];
    for (std::size_t change = 0; change <= below(4) && !text.empty(); ++change) {
      const std::size_t at = below(text.size());
      const std::size_t length = std::min(below(30), text.size() - at);
      switch (below(4)) {
        case 0:
          text.erase(at, length);
          break;
        case 1:
          text.insert(at, pieces[below(pieces.size())]);
          break;
        case 2:
          text.insert(at, text.substr(below(text.size()), 40));
          break;
        default:
          text[at] = static_cast<char>(random() % 256);
          break;
      }
    }
    Judge(text,
          "seed " + std::to_string(kSeed) + ", round " + std::to_string(round) + ":\n" + text);
  }
}

TEST(BadInput, EveryBeginningOfAStudyIsRead) {
  const std::string text = ReadFile("criteria/studies/alascca.study")->text;
  for (std::size_t size = 0; size < text.size(); size += 61)
    Judge(text.substr(0, size), "cut at " + std::to_string(size));
}

}  // namespace
}  // namespace medverka::criteria
