// A problem in a study file: where, how bad, which one, in one plain sentence, and how to mend it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace medverka::criteria {

enum class Severity : std::uint8_t { kError, kWarning };

// Stable: numbered in diagnostic_codes.h, never reused. Printed "MV0123".
enum class DiagnosticCode : std::uint16_t;

struct Diagnostic {
  Severity severity = Severity::kError;
  DiagnosticCode code{};
  std::string path;
  int line = 1;    // from 1
  int column = 1;  // from 1, in code points
  int length = 1;  // code points to underline, on that line
  std::string message;
  std::string hint;         // "" if none
  std::string source_line;  // text of the line, for the carets
};

inline constexpr int kDiagnosticsShownMax = 100;  // per run; the rest are counted

class Diagnostics {
 public:
  void Add(Diagnostic diagnostic) { all_.push_back(std::move(diagnostic)); }
  const std::vector<Diagnostic>& all() const { return all_; }
  bool has_errors() const;
  std::size_t errors() const;
  std::size_t warnings() const;
  void Sort();  // by path, line, column, code

 private:
  std::vector<Diagnostic> all_;
};

std::string CodeName(DiagnosticCode code);  // "MV0123"

// Place, code, message, source line with carets, hint. At most kDiagnosticsShownMax, then a
// line that counts the rest. `colour`: ANSI colours.
std::string RenderText(const Diagnostics& diagnostics, bool colour);
// {"diagnostics":[{path,line,column,length,severity,code,message,hint}], "errors":N, "warnings":N,
// "not_shown":N}
std::string RenderJson(const Diagnostics& diagnostics);

// The page of a code for `explain-code`: title, meaning, example, cure. "" if there is no such
// code.
std::string ExplainCode(std::string_view code_name);

}  // namespace medverka::criteria
