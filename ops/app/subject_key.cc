#include "ops/app/subject_key.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace medverka::app {

using base::ErrorCode;
using base::Fail;

base::Result<std::string> ReadSubjectKey(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    return Fail(ErrorCode::kInvalidArgument, "cannot read the key file {}: {}", path,
                std::strerror(errno));
  }
  if ((status.st_mode & S_IRWXO) != 0) {
    return Fail(
        ErrorCode::kInvalidArgument,
        "the key file {} is open to everybody on this machine; `chmod o-rwx {}` and change the key",
        path, path);
  }
  std::string key(kSubjectKeyBytesMax + 1, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(key.data(), static_cast<std::streamsize>(key.size()));
  if (file.bad() || (!file && !file.eof())) {
    return Fail(ErrorCode::kInvalidArgument, "cannot read the key file {}", path);
  }
  key.resize(static_cast<std::size_t>(file.gcount()));
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
  if (key.size() < kSubjectKeyBytesMin || key.size() > kSubjectKeyBytesMax) {
    return Fail(ErrorCode::kInvalidArgument,
                "the key in {} has {} bytes; it must have {} to {}: `openssl rand -hex 32 > {}` "
                "makes a good one",
                path, key.size(), kSubjectKeyBytesMin, kSubjectKeyBytesMax, path);
  }
  return key;
}

std::string TrialSubjectKey() { return "medverka trial key, known to everybody"; }

}  // namespace medverka::app
