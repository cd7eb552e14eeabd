#include "ops/app/study_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>

namespace medverka::app {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Fail;
using base::Result;

Result<std::string> ReadWhole(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::string chunk(64 * 1024, '\0');
  while (file.good() && text.size() <= kStudyFileBytesMax) {
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    text.append(chunk, 0, static_cast<std::size_t>(file.gcount()));
  }
  if (text.size() > kStudyFileBytesMax) {
    return Fail(ErrorCode::kInvalidArgument,
                "{} is too large to be a study file (more than {} MiB)", path,
                kStudyFileBytesMax / 1024 / 1024);
  }
  if (!file.eof()) {
    return Fail(ErrorCode::kInvalidArgument, "cannot read the study file {}: {}", path,
                errno != 0 ? std::strerror(errno) : "reading failed");
  }
  return text;
}

Result<std::vector<std::string>> StudiesBelow(const std::string& directory, StudyFileKinds kinds) {
  std::vector<std::string> found;
  std::error_code failed;
  fs::recursive_directory_iterator entries(directory, failed);
  while (!failed && entries != fs::recursive_directory_iterator()) {
    std::error_code ignored;
    const std::string extension = entries->path().extension().string();
    const bool wanted =
        extension == ".study" || (extension == ".codes" && kinds == StudyFileKinds::kSharedToo);
    if (wanted && entries->is_regular_file(ignored)) {
      found.push_back(entries->path().lexically_normal().string());
    }
    entries.increment(failed);
  }
  if (failed) {
    return Fail(ErrorCode::kInvalidArgument, "cannot search {} for study files: {}", directory,
                failed.message());
  }
  if (found.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "there is no study file (*.study) in {}", directory);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

Result<std::vector<std::string>> FindStudyFiles(const std::vector<std::string>& paths,
                                                StudyFileKinds kinds) {
  std::vector<std::string> names;
  std::set<std::string> known;
  const auto add = [&](std::string name) {
    if (known.insert(name).second) names.push_back(std::move(name));
  };
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) {
      add(fs::path(path).lexically_normal().string());
      continue;
    }
    MEDVERKA_ASSIGN(std::vector<std::string> found, StudiesBelow(path, kinds));
    for (std::string& name : found) add(std::move(name));
  }
  return names;
}

Result<std::vector<criteria::SourceFile>> ReadStudyFiles(const std::vector<std::string>& paths,
                                                         StudyFileKinds kinds) {
  MEDVERKA_ASSIGN(const auto names, FindStudyFiles(paths, kinds));
  std::vector<criteria::SourceFile> files;
  for (const std::string& name : names) {
    MEDVERKA_ASSIGN(std::string text, ReadWhole(name));
    files.push_back({name, std::move(text)});
  }
  return files;
}

Result<void> ReplaceFile(const std::string& path, std::string_view text) {
  std::error_code failed;
  const fs::path whole = fs::canonical(path, failed);  // through links, so that they stay links
  const fs::path target = failed ? fs::path(path) : whole;
  fs::path beside = target;
  beside += ".medverka-new";
  {
    std::ofstream file(beside, std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.flush();
    if (!file.good()) {
      std::error_code ignored;
      fs::remove(beside, ignored);
      return Fail(ErrorCode::kIo, "cannot write {}: {}", beside.string(), std::strerror(errno));
    }
  }
  std::error_code ignored;
  const fs::file_status status = fs::status(target, ignored);
  fs::permissions(beside, status.permissions(), ignored);
  fs::rename(beside, target, failed);
  if (failed) {
    fs::remove(beside, ignored);
    return Fail(ErrorCode::kIo, "cannot replace {}: {}", path, failed.message());
  }
  return {};
}

criteria::UseLoader UsedFiles() {
  return
      [](const std::string& from, const std::string& name) -> std::optional<criteria::SourceFile> {
        const std::string path = (fs::path(from).parent_path() / name).lexically_normal().string();
        auto text = ReadWhole(path);
        if (!text.has_value()) return std::nullopt;
        return criteria::SourceFile{path, std::move(*text)};
      };
}

}  // namespace medverka::app
