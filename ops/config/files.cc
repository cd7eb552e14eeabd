#include "ops/config/files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace medverka::config {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;

constexpr std::size_t kSecretBytesMax = 64 * 1024;  // a private key with its chain has some 10 KiB
constexpr std::size_t kConfigBytesMax = 1024 * 1024;

Result<struct stat> Status(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    return Fail(ErrorCode::kInvalidArgument, "names {}, which cannot be used: {}", path,
                std::strerror(errno));
  }
  return status;
}

Result<void> CheckFile(const std::string& path, bool secret) {
  MEDVERKA_ASSIGN(const struct stat status, Status(path));
  if (!S_ISREG(status.st_mode)) {
    return Fail(ErrorCode::kInvalidArgument, "names {}, which is not a file", path);
  }
  if (secret && (status.st_mode & S_IRWXO) != 0) {
    return Fail(ErrorCode::kInvalidArgument,
                "names {}, which is open to everybody on this machine; `chmod o-rwx {}` and change "
                "the secret",
                path, path);
  }
  if (access(path.c_str(), R_OK) != 0) {
    return Fail(ErrorCode::kInvalidArgument, "names {}, which this user cannot read: {}", path,
                std::strerror(errno));
  }
  return {};
}

Result<std::string> ReadAtMost(const std::string& path, std::size_t bytes_max) {
  std::string text(bytes_max + 1, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (!file && !file.eof())) {
    return Fail(ErrorCode::kInvalidArgument, "names {}, which cannot be read", path);
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > bytes_max) {
    return Fail(ErrorCode::kInvalidArgument, "names {}, which is larger than {} bytes", path,
                bytes_max);
  }
  return text;
}

}  // namespace

Result<std::string> ReadSecret(const std::string& path) {
  MEDVERKA_TRY(CheckFile(path, true));
  MEDVERKA_ASSIGN(std::string text, ReadAtMost(path, kSecretBytesMax));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.empty()) return Fail(ErrorCode::kInvalidArgument, "names {}, which is empty", path);
  return text;
}

Result<void> CheckReadable(const std::string& path, bool or_directory) {
  MEDVERKA_ASSIGN(const struct stat status, Status(path));
  if (!or_directory || !S_ISDIR(status.st_mode)) return CheckFile(path, false);
  if (access(path.c_str(), R_OK | X_OK) == 0) return {};
  return Fail(ErrorCode::kInvalidArgument, "names {}, which this user cannot read: {}", path,
              std::strerror(errno));
}

Result<void> CheckWritableDirectory(const std::string& path) {
  std::error_code failed;
  std::string writable = path;
  if (!std::filesystem::exists(path, failed) && !failed) {
    writable = std::filesystem::absolute(std::filesystem::path(path + "/x").parent_path(), failed)
                   .lexically_normal()
                   .parent_path()
                   .string();
  }
  const auto status = Status(writable);
  if (!status.has_value()) {
    return Fail(ErrorCode::kInvalidArgument,
                "is {}, and {} is not there either; create it, or mount the volume", path,
                writable);
  }
  if (!S_ISDIR(status->st_mode)) {
    return Fail(ErrorCode::kInvalidArgument, "is {}, but {} is not a directory", path, writable);
  }
  if (access(writable.c_str(), W_OK | X_OK) != 0) {
    return Fail(ErrorCode::kInvalidArgument, "is {}, but this user cannot write to {}: {}", path,
                writable, std::strerror(errno));
  }
  return {};
}

Result<std::string> ReadConfigFile(const std::string& path) {
  MEDVERKA_TRY(CheckFile(path, false));
  return ReadAtMost(path, kConfigBytesMax);
}

}  // namespace medverka::config
