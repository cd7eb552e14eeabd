// The front door: study files in, compiled programs and diagnostics out. Pure: the caller reads the
// files.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/diagnostic.h"
#include "criteria/program.h"

namespace medverka::criteria {

struct SourceFile {
  std::string path;  // as the user named it; shown in diagnostics
  std::string text;
};

// Gives the text of a file that a `use "..."` names, or nullopt. `from` is the path of the using
// file. Returned path: the one to show and to compare, so that one file brought in twice is one
// file.
using UseLoader =
    std::function<std::optional<SourceFile>(const std::string& from, const std::string& name)>;

struct CompiledStudy {
  std::string path;
  std::string id;                          // "" if not even the id could be read
  std::shared_ptr<const Program> program;  // null: the file has errors
  bool examples_pass = true;               // false only after CompileAndTest
};

struct Compilation {
  std::vector<CompiledStudy> studies;  // in the order of the files
  Diagnostics diagnostics;             // all problems of all files, in order of file and place
};

// Compiles every study among `files` (.study), with the shared definitions they use (.codes, given
// or loaded). A file with errors never keeps the others from compiling.
Compilation Compile(const std::vector<SourceFile>& files, const UseLoader& load);

// As Compile, and an example that does not come out as expected is an error of its study too.
Compilation CompileAndTest(const std::vector<SourceFile>& files, const UseLoader& load);

struct ExampleResult {
  std::string path;
  std::string study;
  std::string example;
  int line = 0;
  bool passed = false;
  std::string failure;  // "expected possible, got ineligible (against: adult)"
};

// Runs every example block of the study files. Files with errors give no results, only diagnostics.
std::vector<ExampleResult> RunExamples(const std::vector<SourceFile>& files, const UseLoader& load);

// Compile and RunExamples at once, each study compiled once. The examples of the studies that
// `chosen` names are run where no file has errors; `ran` hears after each of them how many of how
// many studies have been gone through.
struct Trial {
  Compilation compilation;
  std::vector<ExampleResult> examples;
};
Trial CompileAndRun(const std::vector<SourceFile>& files, const UseLoader& load,
                    const std::function<bool(const CompiledStudy&)>& chosen,
                    const std::function<void(std::size_t done, std::size_t all)>& ran);

// Which study stands in which of `files` ("" where it cannot be read), and, through `load`, what
// they use: read, not compiled.
struct StudyPlace {
  std::string path, id;
};
std::vector<StudyPlace> FindStudies(const std::vector<SourceFile>& files, const UseLoader& load);

}  // namespace medverka::criteria
