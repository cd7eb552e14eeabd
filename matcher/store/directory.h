// The state directory before RocksDB sees it: whose it is, whether somebody holds it, whether it
// can be written to. Everything here looks first and writes last, so that a directory that is not
// ours stays as it was.
//
//   MEDVERKA   the stamp, one line: "medverka state, format 4, new" until the database is complete,
//   then without
//              ", new". A directory without it that is not empty is another program's.
#pragma once

#include <cstdint>
#include <string>

#include "ops/base/result.h"

namespace medverka::matcher::internal {

// Holds the directory for one process at a time, by a lock the kernel drops when the process ends.
class DirectoryLock {
 public:
  DirectoryLock() = default;
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  DirectoryLock(DirectoryLock&& other) noexcept : descriptor_(other.descriptor_) {
    other.descriptor_ = -1;
  }
  DirectoryLock& operator=(DirectoryLock&& other) noexcept;
  ~DirectoryLock();

 private:
  int descriptor_ = -1;
};

struct PreparedDirectory {
  DirectoryLock lock;
  bool fresh = false;  // nothing was ever committed here
  bool older = false;  // of an older format, which is read and written on in this one
};

// Fails with one sentence that says which and what to do. Creates the directory and its stamp where
// `create_if_missing` and nothing is there yet.
base::Result<PreparedDirectory> PrepareDirectory(const std::string& directory,
                                                 bool create_if_missing, bool read_only);

// The database is complete: the stamp loses its ", new".
base::Result<void> MarkComplete(const std::string& directory);

}  // namespace medverka::matcher::internal
