// Reads files from standard input, parted by NUL, and says of each what the parser alone makes of
// it, one line a file:
//   accept             no problem
//   refuse CODE place  a problem of the grammar
//   judge CODE place   no problem of the grammar, but one of what is said: a unit, a date, twice
// With --keywords it prints the words that cannot be names.
#include <iostream>
#include <iterator>
#include <string>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/cursor.h"
#include "criteria/parser.h"

namespace medverka::criteria {
namespace {

// What a grammar can know: words out of place, brackets, declarations.
bool OfGrammar(DiagnosticCode code) {
  switch (code) {
    case DiagnosticCode::kEmptyFile:
    case DiagnosticCode::kUnclosedString:
    case DiagnosticCode::kUnexpectedCharacter:
    case DiagnosticCode::kUnexpected:
    case DiagnosticCode::kUnknownWord:
    case DiagnosticCode::kUnclosedBracket:
    case DiagnosticCode::kUnclosedBrace:
    case DiagnosticCode::kAndOrMixed:
    case DiagnosticCode::kNoDeclaration:
    case DiagnosticCode::kSideWithoutWindow:
    case DiagnosticCode::kUnknownSystem:
      return true;
    default:
      return false;
  }
}

std::string Verdict(std::string text) {
  const Source source("file", std::move(text));
  Diagnostics diagnostics;
  Reporter reporter(source, diagnostics);
  if (CheckText(source, reporter)) Parse(source, reporter);
  const Diagnostic* refused = nullptr;
  const Diagnostic* judged = nullptr;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    const Diagnostic*& place = OfGrammar(diagnostic.code) ? refused : judged;
    if (place == nullptr) place = &diagnostic;
  }
  const Diagnostic* told = judged != nullptr ? judged : refused;
  if (told == nullptr) return "accept";
  return (judged != nullptr ? "judge " : "refuse ") + CodeName(told->code) + " " +
         std::to_string(told->line) + ":" + std::to_string(told->column) + " " + told->message;
}

int Run() {
  const std::string all(std::istreambuf_iterator<char>(std::cin), {});
  std::size_t begin = 0;
  while (begin < all.size()) {
    const std::size_t end = std::min(all.find('\0', begin), all.size());
    std::cout << Verdict(all.substr(begin, end - begin)) << '\n';
    begin = end + 1;
  }
  return 0;
}

}  // namespace
}  // namespace medverka::criteria

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "--keywords") {
    for (const std::string_view word : medverka::criteria::internal::Keywords())
      std::cout << word << '\n';
    return 0;
  }
  return medverka::criteria::Run();
}
