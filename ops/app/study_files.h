// Study files from the disk: what the user named, directories searched for *.study, and what a
// `use` brings in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/criteria.h"
#include "ops/base/result.h"

namespace medverka::app {

// Nobody writes a study of this size; more is a mistake in the command line (a journal given as a
// study).
inline constexpr std::size_t kStudyFileBytesMax = 64 * 1024 * 1024;

enum class StudyFileKinds : std::uint8_t {
  kStudies,    // *.study
  kSharedToo,  // *.codes as well
};

// Each path a file, or a directory that is searched for files of these kinds with everything below
// it; in order, no file twice. kInvalidArgument: a directory that cannot be searched or has no
// such files.
base::Result<std::vector<std::string>> FindStudyFiles(
    const std::vector<std::string>& paths, StudyFileKinds kinds = StudyFileKinds::kStudies);

// The files so found, read. kInvalidArgument: also a file that cannot be read.
base::Result<std::vector<criteria::SourceFile>> ReadStudyFiles(
    const std::vector<std::string>& paths, StudyFileKinds kinds = StudyFileKinds::kStudies);

// The whole of a file, in one step: after a failure the old text still stands.
base::Result<void> ReplaceFile(const std::string& path, std::string_view text);

// Reads what a study file uses, relative to the file that uses it.
criteria::UseLoader UsedFiles();

}  // namespace medverka::app
