#include "streams/file/output_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace medverka::streams {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;

constexpr mode_t kOwnerOnly = 0600;  // suggestions are about patients

ErrorCode CodeOf(int error) {
  return error == ENOSPC || error == EDQUOT || error == EFBIG ? ErrorCode::kExhausted
                                                              : ErrorCode::kIo;
}

tl::unexpected<base::Error> WriteFailed(const std::string& path, int error) {
  return Fail(CodeOf(error), "writing {} failed: {}; nothing is lost: mend that and run again",
              path, std::strerror(error));
}

Result<std::uint64_t> CutBack(int fd, const std::string& path, std::uint64_t length,
                              std::optional<std::uint64_t> committed) {
  if (!committed.has_value() || *committed == length) return length;
  if (length < *committed) {
    return Fail(ErrorCode::kInvalidArgument,
                "the output {} has {} bytes, but {} were written and committed; put it back, or "
                "name another file",
                path, length, *committed);
  }
  if (ftruncate(fd, static_cast<off_t>(*committed)) != 0) return WriteFailed(path, errno);
  return *committed;
}

}  // namespace

void SyncFolderOf(const std::string& path) {
  const auto folder = std::filesystem::absolute(path).parent_path().string();
  const Descriptor fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() >= 0) fsync(fd.get());
}

Result<std::unique_ptr<OutputFile>> OutputFile::Open(const std::string& path,
                                                     std::optional<std::uint64_t> committed) {
  if (path == "-")
    return std::unique_ptr<OutputFile>(new OutputFile(path, Descriptor(STDOUT_FILENO), false, 0));
  struct stat before {};
  const bool existed = stat(path.c_str(), &before) == 0;
  if (!existed && committed.value_or(0) > 0) {
    return Fail(ErrorCode::kInvalidArgument,
                "the output {} is gone, but {} bytes of it were committed; put it back, or name "
                "another file",
                path, *committed);
  }
  // A pipe or terminal is only written; opening it for reading too would hide that its reader has
  // gone.
  const bool is_file = !existed || S_ISREG(before.st_mode);
  Descriptor fd(
      open(path.c_str(), (is_file ? O_RDWR | O_CREAT : O_WRONLY) | O_CLOEXEC, kOwnerOnly));
  if (fd.get() < 0) {
    const ErrorCode code =
        errno == ENOSPC || errno == EROFS ? ErrorCode::kIo : ErrorCode::kInvalidArgument;
    return Fail(code, "cannot write the output {}: {}", path, std::strerror(errno));
  }
  if (!is_file) return std::unique_ptr<OutputFile>(new OutputFile(path, std::move(fd), false, 0));
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return Fail(ErrorCode::kUnavailable,
                "the output {} is being written by another process; wait for it or name another",
                path);
  }
  if (!existed) SyncFolderOf(path);
  struct stat status {};
  if (fstat(fd.get(), &status) != 0) return WriteFailed(path, errno);
  MEDVERKA_ASSIGN(const std::uint64_t length,
                  CutBack(fd.get(), path, static_cast<std::uint64_t>(status.st_size), committed));
  if (lseek(fd.get(), 0, SEEK_END) < 0) return WriteFailed(path, errno);
  return std::unique_ptr<OutputFile>(new OutputFile(path, std::move(fd), true, length));
}

OutputFile::OutputFile(std::string path, Descriptor fd, bool is_file, std::uint64_t length)
    : path_(std::move(path)), fd_(std::move(fd)), is_file_(is_file), length_(length) {}

Result<void> OutputFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return WriteFailed(path_ == "-" ? "standard output" : path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    length_ += static_cast<std::uint64_t>(written);
    unsynced_ = true;
  }
  return {};
}

Result<void> OutputFile::Sync() {
  if (!is_file_ || !unsynced_) return {};
  if (fsync(fd_.get()) != 0) return WriteFailed(path_, errno);
  unsynced_ = false;
  return {};
}

}  // namespace medverka::streams
