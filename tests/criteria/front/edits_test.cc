// One slip in a valid study: whatever the parser then says, it says within two lines of the slip.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "criteria/lexer.h"
#include "criteria/parser.h"
#include "tests/criteria/front/support.h"

namespace medverka::criteria {
namespace {

constexpr unsigned kSeed = 20'261'122;
constexpr int kEdits = 10'000;
constexpr int kLinesAway = 2;

std::vector<std::string> Studies() {
  std::vector<std::filesystem::path> paths;
  for (const char* folder : {"criteria/studies", "tests/cases/language"}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".study") paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const auto& path : paths) texts.push_back(ReadFile(path)->text);
  texts.push_back(ReadFile("tests/criteria/front/every-construct.study")->text);
  return texts;
}

Diagnostics ProblemsOf(const std::string& text) {
  const Source source("t.study", text);
  Diagnostics diagnostics;
  Reporter reporter(source, diagnostics);
  if (CheckText(source, reporter)) Parse(source, reporter);
  return diagnostics;
}

int LineAt(const std::string& text, std::size_t offset) {
  return 1 + static_cast<int>(std::count(text.begin(),
                                         text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

class Editor {
 public:
  Editor() : texts_(Studies()), random_(kSeed) {}

  struct Edited {
    std::string text;
    int line = 0;
    std::string what;
  };

  Edited Next() {
    const std::string& text = texts_[Below(texts_.size())];
    return Below(2) == 0 ? Token(text) : Character(text);
  }

 private:
  std::size_t Below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

  Edited Token(std::string text) {
    const Source source("t.study", text);
    Diagnostics ignored;
    Reporter reporter(source, ignored);
    const std::vector<criteria::Token> tokens = Lex(source, reporter);
    const Span at = tokens[Below(tokens.size() - 1)].span;
    const Span other = tokens[Below(tokens.size() - 1)].span;
    const std::string word(source.text(other));
    Edited out;
    out.line = LineAt(text, at.begin);
    const std::string old(source.text(at));
    switch (Below(3)) {
      case 0:
        out.what = "without " + old;
        text.erase(at.begin, old.size());
        break;
      case 1:
        out.what = word + " before " + old;
        text.insert(at.begin, word + " ");
        break;
      default:
        out.what = word + " instead of " + old;
        text.replace(at.begin, old.size(), word);
        break;
    }
    out.text = std::move(text);
    return out;
  }

  Edited Character(std::string text) {
    constexpr std::string_view kCharacters = "abz09 .,:;(){}<>=\"-\n";
    Edited out;
    const std::size_t at = Below(text.size());
    const char c = kCharacters[Below(kCharacters.size())];
    out.line = LineAt(text, at);
    switch (Below(3)) {
      case 0:
        out.what = std::string("without the character ") + text[at];
        text.erase(at, 1);
        break;
      case 1:
        out.what = std::string("with the character ") + c;
        text.insert(at, 1, c);
        break;
      default:
        out.what = std::string(1, c) + " instead of the character " + text[at];
        text[at] = c;
        break;
    }
    out.text = std::move(text);
    return out;
  }

  std::vector<std::string> texts_;
  std::mt19937 random_;
};

TEST(Edits, StudiesAreValidBefore) {
  for (const std::string& text : Studies()) {
    const Diagnostics problems = ProblemsOf(text);
    EXPECT_TRUE(problems.all().empty()) << text.substr(0, 200) << RenderText(problems, false);
  }
}

TEST(Edits, AreToldWithinTwoLines) {
  Editor editor;
  int told = 0;
  int far = 0;
  for (int i = 0; i < kEdits; ++i) {
    const Editor::Edited edited = editor.Next();
    const Diagnostics problems = ProblemsOf(edited.text);
    told += problems.all().empty() ? 0 : 1;
    for (const Diagnostic& problem : problems.all()) {
      if (std::abs(problem.line - edited.line) <= kLinesAway) continue;
      if (++far > 10) continue;
      ADD_FAILURE() << "edit " << i << " at line " << edited.line << ": " << edited.what << "\n"
                    << RenderText(problems, false);
    }
  }
  EXPECT_EQ(far, 0);
  EXPECT_GT(told, kEdits / 4);  // the edits are real ones
}

// One error on every line that says "# mistake", none elsewhere, in the order of the lines.
TEST(Mistakes, FortyDifferentOnesAreAllTold) {
  const std::string text = ReadFile("tests/cases/diagnostics/forty-mistakes.study")->text;
  std::vector<int> expected;
  int line = 1;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (text.substr(at, end - at).find("# mistake") != std::string::npos) expected.push_back(line);
    at = end + 1;
  }
  std::vector<int> told;
  const Compilation compilation = CompileText(text);
  for (const Diagnostic& problem : compilation.diagnostics.all()) {
    if (problem.severity == Severity::kError) told.push_back(problem.line);
  }
  EXPECT_EQ(expected.size(), 40U);
  EXPECT_EQ(told, expected) << RenderText(compilation.diagnostics, false);
}

}  // namespace
}  // namespace medverka::criteria
