#include "matcher/store/directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "matcher/store/store.h"

namespace medverka::matcher::internal {

using base::ErrorCode;
using base::Fail;
namespace fs = std::filesystem;

namespace {

constexpr const char* kStamp = "MEDVERKA";
constexpr const char* kStampDraft = "MEDVERKA.tmp";
constexpr std::string_view kStampStart = "medverka state, format ";
constexpr std::string_view kStampNew = ", new";
// Opening replays the log and writes it out as tables; a database that runs out of room half-way
// through that takes the process down with it, so less than this is not tried.
constexpr std::uint64_t kFreeBytesMin = 64 * 1024 * 1024;

std::string Why(int error) { return std::error_code(error, std::generic_category()).message(); }

base::ErrorCode CodeOf(int error) {
  return error == ENOSPC || error == EDQUOT ? ErrorCode::kExhausted : ErrorCode::kIo;
}

// The stamp is written beside and renamed, so that a crash leaves the old one or the new one.
base::Result<void> WriteStamp(const std::string& directory, bool is_new) {
  const fs::path draft = fs::path(directory) / kStampDraft;
  const std::string line =
      fmt::format("{}{}{}\n", kStampStart, kStoreFormat, is_new ? kStampNew : std::string_view());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) {
    return Fail(CodeOf(errno), "The state directory {} cannot be written to ({}).", directory,
                Why(errno));
  }
  const bool written =
      ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
      ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  if (!written) {
    return Fail(CodeOf(error), "The state directory {} cannot be written to ({}).", directory,
                Why(error));
  }
  std::error_code failure;
  fs::rename(draft, fs::path(directory) / kStamp, failure);
  if (failure) {
    return Fail(ErrorCode::kIo, "The state directory {} cannot be written to ({}).", directory,
                failure.message());
  }
  return {};
}

struct Contents {
  bool empty = true;      // but for a draft of our stamp
  bool stamp = false;     // ours, whatever it says
  bool database = false;  // files of a database
  bool current = false;   // its entry point
};

base::Result<Contents> Look(const std::string& directory) {
  Contents contents;
  std::error_code failure;
  fs::directory_iterator entries(directory, failure);
  if (failure) {
    return Fail(ErrorCode::kIo, "The state directory {} cannot be read ({}). Check its rights.",
                directory, failure.message());
  }
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (name == kStampDraft) continue;
    contents.empty = false;
    contents.stamp |= name == kStamp;
    contents.current |= name == "CURRENT";
    contents.database |= name.starts_with("MANIFEST-") || name.ends_with(".sst");
  }
  return contents;
}

struct Stamp {
  std::uint32_t format = 0;
  bool is_new = false;
};

std::optional<Stamp> ReadStamp(const std::string& directory) {
  std::ifstream file(fs::path(directory) / kStamp);
  std::string line;
  if (!file || !std::getline(file, line) || !line.starts_with(kStampStart)) return std::nullopt;
  Stamp stamp;
  const char* from = line.data() + kStampStart.size();
  const char* to = line.data() + line.size();
  const auto [end, error] = std::from_chars(from, to, stamp.format);
  if (error != std::errc()) return std::nullopt;
  const std::string_view rest(end, static_cast<std::size_t>(to - end));
  if (!rest.empty() && rest != kStampNew) return std::nullopt;
  stamp.is_new = !rest.empty();
  return stamp;
}

base::Result<DirectoryLock> LockDirectory(const std::string& directory, bool shared) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return Fail(ErrorCode::kIo, "The state directory {} cannot be opened ({}). Check its rights.",
                directory, Why(errno));
  }
  DirectoryLock lock(descriptor);
  if (::flock(descriptor, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return Fail(
          ErrorCode::kUnavailable,
          "The state directory {} is in use by another process. Stop that one first, or name "
          "another directory.",
          directory);
    }
    return Fail(ErrorCode::kIo, "The state directory {} cannot be locked ({}).", directory,
                Why(errno));
  }
  return lock;
}

base::Result<void> CheckStamp(const std::string& directory, const Stamp& stamp,
                              const Contents& contents) {
  if (stamp.format > kStoreFormat) {
    return Fail(
        ErrorCode::kForeign,
        "The state directory {} was written by a newer Medverka (format {}; this one reads up "
        "to {}). Use that version, or name another directory.",
        directory, stamp.format, kStoreFormat);
  }
  if (!stamp.is_new && !contents.current) {
    return Fail(ErrorCode::kCorruption,
                "The state directory {} is damaged: its database has no CURRENT file.", directory);
  }
  return {};
}

base::Result<void> CheckRoom(const std::string& directory) {
  struct statvfs volume {};
  if (::statvfs(directory.c_str(), &volume) != 0) return {};  // no answer: the writes will tell
  const std::uint64_t free_bytes = static_cast<std::uint64_t>(volume.f_bavail) * volume.f_frsize;
  if (free_bytes >= kFreeBytesMin) return {};
  return Fail(ErrorCode::kExhausted,
              "The volume of the state directory {} is full: {} MiB are free, {} are needed.",
              directory, free_bytes / (1024 * 1024), kFreeBytesMin / (1024 * 1024));
}

}  // namespace

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Result<PreparedDirectory> PrepareDirectory(const std::string& directory,
                                                 bool create_if_missing, bool read_only) {
  std::error_code failure;
  const fs::file_status status = fs::status(directory, failure);
  if (fs::exists(status) && !fs::is_directory(status)) {
    return Fail(ErrorCode::kForeign, "{} is a file, not a state directory. Name a directory.",
                directory);
  }
  if (!fs::exists(status)) {
    if (read_only || !create_if_missing) {
      return Fail(ErrorCode::kNotFound, "There is no state directory {}.", directory);
    }
    fs::create_directories(directory, failure);
    if (failure) {
      return Fail(CodeOf(failure.value()), "The state directory {} cannot be created ({}).",
                  directory, failure.message());
    }
  }
  PreparedDirectory prepared;
  MEDVERKA_ASSIGN(prepared.lock, LockDirectory(directory, read_only));
  MEDVERKA_ASSIGN(const Contents contents, Look(directory));
  const std::optional<Stamp> stamp = ReadStamp(directory);
  if (!stamp && contents.stamp) {
    return Fail(ErrorCode::kCorruption,
                "The state directory {} is damaged: its stamp {} cannot be read.", directory,
                kStamp);
  }
  if (!stamp && !contents.empty) {
    return Fail(ErrorCode::kForeign,
                "The directory {} holds files of another program, not a state of Medverka. Name "
                "another directory; nothing in it was changed.",
                directory);
  }
  if (stamp) MEDVERKA_TRY(CheckStamp(directory, *stamp, contents));
  prepared.fresh = !stamp || stamp->is_new;
  prepared.older = stamp && stamp->format < kStoreFormat;
  if (read_only) {
    if (!prepared.fresh) return prepared;
    return Fail(ErrorCode::kNotFound, "The state directory {} is empty: nothing was run on it yet.",
                directory);
  }
  if (prepared.fresh && !create_if_missing) {
    return Fail(ErrorCode::kNotFound, "The state directory {} is empty: nothing was run on it yet.",
                directory);
  }
  // By the effective user, who is the one that will write.
  if (::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    return Fail(ErrorCode::kIo,
                "The state directory {} is read-only for this user ({}). Give the right to write "
                "there, or name another directory.",
                directory, Why(errno));
  }
  MEDVERKA_TRY(CheckRoom(directory));
  if (!stamp) MEDVERKA_TRY(WriteStamp(directory, true));
  return prepared;
}

base::Result<void> MarkComplete(const std::string& directory) {
  return WriteStamp(directory, false);
}

namespace {

base::Result<void> Remove(const fs::path& path) {
  std::error_code failure;
  fs::remove_all(path, failure);
  if (!failure) return {};
  return Fail(ErrorCode::kIo, "The state directory {} cannot be emptied ({}).",
              path.parent_path().string(), failure.message());
}

// First the database's entry point, so that what a crash leaves is no database; the stamp last, so
// that it is still ours.
base::Result<void> RemoveContents(const std::string& directory) {
  const fs::path root(directory);
  MEDVERKA_TRY(Remove(root / "CURRENT"));
  std::error_code failure;
  std::vector<fs::path> rest;
  for (fs::directory_iterator entry(root, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (entry->path().filename() != kStamp) rest.push_back(entry->path());
  }
  if (failure) {
    return Fail(ErrorCode::kIo, "The state directory {} cannot be read ({}). Check its rights.",
                directory, failure.message());
  }
  for (const fs::path& path : rest) MEDVERKA_TRY(Remove(path));
  return Remove(root / kStamp);
}

}  // namespace

}  // namespace medverka::matcher::internal

namespace medverka::matcher {

namespace fs = std::filesystem;

base::Result<void> WipeStoreDirectory(const std::string& directory) {
  std::error_code failure;
  if (!fs::exists(directory, failure)) return {};
  MEDVERKA_ASSIGN(const internal::DirectoryLock lock, internal::LockDirectory(directory, false));
  MEDVERKA_ASSIGN(const internal::Contents contents, internal::Look(directory));
  if (!contents.empty && !contents.stamp) {
    return base::Fail(
        base::ErrorCode::kForeign,
        "The directory {} holds files of another program, not a state of Medverka. Name another "
        "directory; nothing in it was changed.",
        directory);
  }
  return internal::RemoveContents(directory);
}

}  // namespace medverka::matcher
