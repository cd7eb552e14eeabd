// The bytes of a journal file, pipe or standard input, as they were before compression. Knows
// nothing of lines.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ops/base/result.h"
#include "streams/file/unpacker.h"

namespace medverka::streams {

// A file descriptor that closes itself; standard input and output are left open.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

// Life cycle: Open, then Read until it gives 0; a file that has grown gives more later. One thread.
class ByteStream {
 public:
  // "-" is standard input. kNotFound, kInvalidArgument: cannot be read, or is a directory.
  static base::Result<std::unique_ptr<ByteStream>> Open(const std::string& path);

  // Up to `size` bytes. 0: nothing now. Then at_end() tells the end of the input (as far as it has
  // grown) from a pipe that is still open but silent, which is asked again after kSilenceMs.
  base::Result<std::size_t> Read(char* out, std::size_t size);
  bool at_end() const { return at_end_; }

  // Moves on by `count` bytes. False: the input ends before.
  base::Result<bool> Skip(std::uint64_t count);

  // A regular file: it can be read again from a position, and it can grow.
  bool is_file() const { return is_file_; }
  // At the end: the compressed data stops in the middle of a member or frame.
  bool cut_off() const;
  Packing packing() const { return packing_; }

  // For a file: an error if it was replaced or made shorter since it was opened.
  base::Result<void> CheckStillTheSame() const;

  std::uint64_t file_bytes_read() const { return file_bytes_read_; }  // compressed, where it is
  std::uint64_t file_bytes() const;                                   // size now; 0 for a pipe

 private:
  ByteStream(std::string path, Descriptor fd, bool is_file);
  base::Result<std::size_t> ReadRaw(char* out, std::size_t size);
  base::Result<void> FillRaw();  // reads more of the file behind what is left in raw_

  const std::string path_;
  Descriptor fd_;
  const bool is_file_;
  Packing packing_ = Packing::kUndecided;
  std::unique_ptr<Unpacker> unpacker_;
  std::string raw_;  // read, not yet unpacked: raw_[raw_begin_..]
  std::size_t raw_begin_ = 0;
  std::uint64_t file_bytes_read_ = 0;
  bool at_end_ = false;
};

inline constexpr int kSilenceMs = 100;
inline constexpr std::size_t kRawChunkBytes = 256 * 1024;

}  // namespace medverka::streams
