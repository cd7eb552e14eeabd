#include "streams/file/byte_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace medverka::streams {

using base::ErrorCode;
using base::Fail;
using base::Result;

Descriptor::~Descriptor() {
  if (fd_ > STDERR_FILENO) close(fd_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Result<std::unique_ptr<ByteStream>> ByteStream::Open(const std::string& path) {
  const bool is_stdin = path == "-";
  Descriptor fd(is_stdin ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) {
    return Fail(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInvalidArgument,
                "cannot read the journal {}: {}", path, std::strerror(errno));
  }
  struct stat status {};
  if (fstat(fd.get(), &status) != 0) {
    return Fail(ErrorCode::kIo, "cannot read the journal {}: {}", path, std::strerror(errno));
  }
  if (S_ISDIR(status.st_mode)) {
    return Fail(ErrorCode::kInvalidArgument,
                "cannot read the journal {}: it is a directory; name a file with one event per "
                "line, or - for standard "
                "input",
                path);
  }
  const bool is_file = !is_stdin && S_ISREG(status.st_mode);
  return std::unique_ptr<ByteStream>(new ByteStream(path, std::move(fd), is_file));
}

ByteStream::ByteStream(std::string path, Descriptor fd, bool is_file)
    : path_(std::move(path)), fd_(std::move(fd)), is_file_(is_file) {}

Result<std::size_t> ByteStream::ReadRaw(char* out, std::size_t size) {
  at_end_ = false;
  if (!is_file_) {
    pollfd waiting{fd_.get(), POLLIN, 0};
    // Interrupted or silent: nothing now, and the caller looks whether it is to stop.
    if (poll(&waiting, 1, kSilenceMs) <= 0) return std::size_t{0};
  }
  const ssize_t got = read(fd_.get(), out, size);
  if (got < 0 && errno == EINTR) return std::size_t{0};
  if (got < 0)
    return Fail(ErrorCode::kIo, "reading the journal {} failed: {}", path_, std::strerror(errno));
  at_end_ = got == 0;
  file_bytes_read_ += static_cast<std::uint64_t>(got);
  return static_cast<std::size_t>(got);
}

Result<void> ByteStream::FillRaw() {
  raw_.erase(0, raw_begin_);
  raw_begin_ = 0;
  const std::size_t kept = raw_.size();
  raw_.resize(kept + kRawChunkBytes);
  const auto got = ReadRaw(raw_.data() + kept, kRawChunkBytes);
  raw_.resize(kept + (got.has_value() ? *got : 0));
  if (!got.has_value()) return tl::unexpected(got.error());
  return {};
}

Result<std::size_t> ByteStream::Read(char* out, std::size_t size) {
  if (packing_ == Packing::kUndecided) {
    const std::size_t before = raw_.size();
    MEDVERKA_TRY(FillRaw());
    packing_ = PackingOf(raw_);
    if (packing_ == Packing::kUndecided)
      return raw_.size() == before ? std::size_t{0} : Read(out, size);
    if (packing_ != Packing::kPlain) unpacker_ = MakeUnpacker(packing_);
  }
  if (packing_ == Packing::kPlain) {
    if (raw_begin_ == raw_.size()) return ReadRaw(out, size);
    const std::size_t count = std::min(size, raw_.size() - raw_begin_);
    std::memcpy(out, raw_.data() + raw_begin_, count);
    raw_begin_ += count;
    return count;
  }
  while (true) {
    const auto step = unpacker_->Unpack(std::string_view(raw_).substr(raw_begin_), out, size);
    if (!step.has_value()) {
      return Fail(step.error().code,
                  "cannot read on in the journal {} at byte {}: {}; write the file anew", path_,
                  file_bytes_read_ - (raw_.size() - raw_begin_), step.error().message);
    }
    raw_begin_ += step->taken;
    if (step->made > 0) return step->made;
    if (raw_begin_ < raw_.size() && step->taken > 0) continue;
    MEDVERKA_TRY(FillRaw());
    if (raw_begin_ == raw_.size() || at_end_) return std::size_t{0};
  }
}

Result<bool> ByteStream::Skip(std::uint64_t count) {
  std::array<char, 64 * 1024> thrown_away{};
  while (count > 0) {
    const bool can_seek = is_file_ && packing_ == Packing::kPlain && raw_begin_ == raw_.size();
    if (can_seek) {
      if (file_bytes_read_ + count > file_bytes()) return false;
      if (lseek(fd_.get(), static_cast<off_t>(count), SEEK_CUR) < 0) {
        return Fail(ErrorCode::kIo, "reading the journal {} failed: {}", path_,
                    std::strerror(errno));
      }
      file_bytes_read_ += count;
      return true;
    }
    const std::size_t wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(count, thrown_away.size()));
    MEDVERKA_ASSIGN(const std::size_t got, Read(thrown_away.data(), wanted));
    if (got == 0 && at_end_) return false;
    count -= got;
  }
  return true;
}

bool ByteStream::cut_off() const {
  if (packing_ == Packing::kUndecided) return !raw_.empty();
  return unpacker_ != nullptr && !unpacker_->complete();
}

std::uint64_t ByteStream::file_bytes() const {
  struct stat status {};
  if (!is_file_ || fstat(fd_.get(), &status) != 0) return 0;
  return static_cast<std::uint64_t>(status.st_size);
}

Result<void> ByteStream::CheckStillTheSame() const {
  if (!is_file_) return {};
  struct stat opened {};
  struct stat named {};
  if (fstat(fd_.get(), &opened) != 0 || stat(path_.c_str(), &named) != 0 ||
      opened.st_ino != named.st_ino || opened.st_dev != named.st_dev) {
    return Fail(ErrorCode::kInvalidArgument,
                "the journal {} was removed or replaced while it was followed; a journal only "
                "grows at its end",
                path_);
  }
  if (static_cast<std::uint64_t>(opened.st_size) < file_bytes_read_) {
    return Fail(
        ErrorCode::kInvalidArgument,
        "the journal {} was made shorter while it was followed; a journal only grows at its end",
        path_);
  }
  return {};
}

}  // namespace medverka::streams
