#include "streams/file/output_notes.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "streams/file/output_file.h"

namespace medverka::streams {

std::optional<std::uint64_t> OutputNotes::Find(const std::string& output) const {
  std::ifstream file(path_);
  std::optional<std::uint64_t> found;
  for (std::string line; std::getline(file, line);) {
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), length);
    const auto digits = static_cast<std::size_t>(end - line.data());
    if (error == std::errc{} && line.substr(digits) == " " + output) found = length;
  }
  return found;
}

base::Result<void> OutputNotes::Add(const std::string& output, std::uint64_t length) const {
  std::string all;
  {
    std::ifstream file(path_);
    all.assign(std::istreambuf_iterator<char>(file), {});
  }
  all += fmt::format("{} {}\n", length, output);
  const std::string aside = path_ + ".new";
  std::error_code ignored;
  std::filesystem::remove(aside, ignored);
  {
    MEDVERKA_ASSIGN(const auto file, OutputFile::Open(aside, std::nullopt));
    MEDVERKA_TRY(file->Write(all));
    MEDVERKA_TRY(file->Sync());
  }
  if (std::rename(aside.c_str(), path_.c_str()) != 0) {
    return base::Fail(base::ErrorCode::kIo, "cannot write {}: {}", path_, std::strerror(errno));
  }
  SyncFolderOf(path_);
  return {};
}

}  // namespace medverka::streams
