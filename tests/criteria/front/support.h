// What the front end's tests share: studies from text, files from disk.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "criteria/criteria.h"
#include "criteria/diagnostic_codes.h"

namespace medverka::criteria {

inline std::optional<SourceFile> ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return SourceFile{path.generic_string(), std::string(std::istreambuf_iterator<char>(in),
                                                       std::istreambuf_iterator<char>())};
}

inline Compilation CompileText(std::string text, const std::string& path = "t.study") {
  return Compile({{path, std::move(text)}}, nullptr);
}

// A study with the declarations of `text`; its block is on the first line.
inline Compilation CompileStudy(const std::string& text) {
  return CompileText("study T0001 \"a test\" { sites \"Danderyd\" region 01 }\n" + text);
}

inline std::vector<std::string> Codes(const Diagnostics& diagnostics, bool warnings = false) {
  std::vector<std::string> out;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (warnings || diagnostic.severity == Severity::kError)
      out.push_back(CodeName(diagnostic.code));
  }
  return out;
}

}  // namespace medverka::criteria
