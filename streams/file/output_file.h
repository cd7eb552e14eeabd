// Where NDJSON goes out: a file that is cut back to its last committed byte when a run begins, or a
// pipe, which cannot be cut back and may get repeats (with the same ids). The order that makes it
// safe: Write, Sync, then the lane's commit that records length().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ops/base/result.h"
#include "streams/file/byte_stream.h"

namespace medverka::streams {

class OutputFile {
 public:
  // "-" is standard output. Creates a file that is not there. `committed`: its length at the last
  // commit; what stands behind it is cut off. kInvalidArgument: the file is shorter than that, or
  // cannot be written; kUnavailable: another process writes it.
  static base::Result<std::unique_ptr<OutputFile>> Open(const std::string& path,
                                                        std::optional<std::uint64_t> committed);

  // kExhausted: the disk is full; kIo: anything else, a reader of the pipe that has gone included.
  base::Result<void> Write(std::string_view bytes);
  base::Result<void> Sync();  // a pipe: nothing

  bool is_file() const { return is_file_; }  // a regular file, with a length to remember
  std::uint64_t length() const { return length_; }
  const std::string& path() const { return path_; }

 private:
  OutputFile(std::string path, Descriptor fd, bool is_file, std::uint64_t length);

  const std::string path_;
  Descriptor fd_;
  const bool is_file_;
  std::uint64_t length_;
  bool unsynced_ = false;
};

// So that the name of a new or renamed file survives a power cut as its bytes do.
void SyncFolderOf(const std::string& path);

}  // namespace medverka::streams
