// A note in the state directory of how long an output was before this lane first wrote to it.
// Needed for the moment between the first bytes written and the first commit that knows the file:
// killed there, the next run must know which bytes are its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ops/base/result.h"

namespace medverka::streams {

class OutputNotes {
 public:
  explicit OutputNotes(const std::string& state_directory)
      : path_(state_directory + "/outputs.pending") {}

  std::optional<std::uint64_t> Find(const std::string& output) const;
  // On disk when it returns.
  base::Result<void> Add(const std::string& output, std::uint64_t length) const;

 private:
  const std::string path_;  // lines "LENGTH PATH", written anew as a whole
};

}  // namespace medverka::streams
