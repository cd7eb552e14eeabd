// Study files from the disk: what the user named, directories searched for *.study, and what a
// `use` brings in.
#pragma once

#include <string>
#include <vector>

#include "criteria/criteria.h"
#include "ops/base/result.h"

namespace medverka::app {

// Nobody writes a study of this size; more is a mistake in the command line (a journal given as a
// study).
inline constexpr std::size_t kStudyFileBytesMax = 64 * 1024 * 1024;

// Each path a file, or a directory that is searched for *.study with everything below it; in order,
// no file twice. kInvalidArgument: a path that cannot be read, a directory without studies.
base::Result<std::vector<criteria::SourceFile>> ReadStudyFiles(
    const std::vector<std::string>& paths);

// Reads what a study file uses, relative to the file that uses it.
criteria::UseLoader UsedFiles();

}  // namespace medverka::app
