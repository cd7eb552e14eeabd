#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "criteria/format.h"
#include "ops/app/application.h"
#include "ops/app/study_files.h"
#include "ops/app/terminal.h"

namespace medverka::app {
namespace {

struct FmtOptions {
  std::vector<std::string> paths;
  bool check = false;
};

base::Result<std::vector<criteria::SourceFile>> Read(const std::vector<std::string>& paths) {
  std::vector<std::string> on_disk;
  bool standard_input = false;
  for (const std::string& path : paths) {
    if (path == "-") {
      standard_input = true;
    } else {
      on_disk.push_back(path);
    }
  }
  std::vector<criteria::SourceFile> files;
  if (!on_disk.empty()) {
    MEDVERKA_ASSIGN(files, ReadStudyFiles(on_disk, StudyFileKinds::kSharedToo));
  }
  if (standard_input) {
    files.push_back({"-", std::string(std::istreambuf_iterator<char>(std::cin),
                                      std::istreambuf_iterator<char>())});
  }
  return files;
}

// One file; false where it is not a study file that could be read.
base::Result<bool> FormatOne(const criteria::SourceFile& file, bool check, std::uint64_t& changed) {
  const criteria::Formatted formatted = criteria::Format(file);
  if (!formatted.parsed) {
    SayPlainly(criteria::RenderText(formatted.diagnostics, StderrHasColour()));
    if (file.path == "-" && !check) Print(file.text);
    return false;
  }
  const bool differs = formatted.text != file.text;
  changed += differs ? 1 : 0;
  if (check) {
    if (differs) Print(file.path + "\n");
    return true;
  }
  if (file.path == "-") {
    Print(formatted.text);
    return true;
  }
  if (differs) MEDVERKA_TRY(ReplaceFile(file.path, formatted.text));
  return true;
}

int Fmt(const FmtOptions& options) {
  const auto files = Read(options.paths);
  if (!files.has_value()) return Complain(files.error());
  bool all_read = true;
  std::uint64_t changed = 0;
  for (const criteria::SourceFile& file : *files) {
    const auto read = FormatOne(file, options.check, changed);
    if (!read.has_value()) return Complain(read.error());
    all_read = all_read && *read;
  }
  if (!all_read) return kInputHasErrors;
  return options.check && changed > 0 ? kInputHasErrors : kFine;
}

}  // namespace

void AddFmt(CLI::App& root, Commands& commands) {
  CLI::App* command = root.add_subcommand("fmt", "Put study files into their one layout");
  const auto options = std::make_shared<FmtOptions>();
  command
      ->add_option("paths", options->paths,
                   "Files, directories with *.study and *.codes, or - for standard input")
      ->required()
      ->type_name("PATH");
  command->add_flag("--check", options->check,
                    "Change nothing; name the files that are laid out otherwise (exit code 1)");
  command->footer(
      R"(Words, comments and meaning stay; only blanks and line ends change. A file that cannot be read as a study is left as it is, its problems
are said, and the exit code is 1.

Examples:
  medverka fmt alascca.study
  medverka fmt --check criteria/studies
  medverka fmt - < alascca.study)");
  commands.push_back({command, [options] { return Fmt(*options); }});
}

}  // namespace medverka::app
