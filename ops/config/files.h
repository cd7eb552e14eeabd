// What the paths of a configuration must fulfil. Every error is the rest of a sentence that begins
// with the key.
#pragma once

#include <string>

#include "ops/base/result.h"

namespace medverka::config {

// A secret's text without its line end. Refused: not there, not a file, readable by everybody,
// empty, larger than any secret. Never a word of the secret.
base::Result<std::string> ReadSecret(const std::string& path);

// A file (or, where `or_directory`, a directory) that this process can read.
base::Result<void> CheckReadable(const std::string& path, bool or_directory);
// A directory to write to, or a name for one in a directory that is there.
base::Result<void> CheckWritableDirectory(const std::string& path);

// The file's text. Refused: not there, a directory, larger than a configuration can be.
base::Result<std::string> ReadConfigFile(const std::string& path);

}  // namespace medverka::config
