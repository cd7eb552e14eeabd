#include "ops/app/check_watch.h"

#include <poll.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

#include "ops/app/signals.h"
#include "ops/app/study_files.h"
#include "ops/app/terminal.h"

namespace medverka::app {
namespace {

namespace fs = std::filesystem;

// Often enough for a person who looks up from the editor.
constexpr int kPollMilliseconds = 500;

struct Stamp {
  bool there = false;
  fs::file_time_type changed;
  std::uintmax_t size = 0;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};
using Stamps = std::map<std::string, Stamp>;

Stamp StampOf(const std::string& name) {
  Stamp stamp;
  std::error_code failed;
  stamp.changed = fs::last_write_time(name, failed);
  if (!failed) stamp.size = fs::file_size(name, failed);
  stamp.there = !failed;
  return stamp.there ? stamp : Stamp{};
}

Stamps StampsOf(const std::vector<std::string>& paths, const std::set<std::string>& used) {
  std::set<std::string> names = used;
  // What cannot be searched now has no stamp, so it is a change when it can be again.
  if (const auto found = FindStudyFiles(paths); found.has_value())
    names.insert(found->begin(), found->end());
  Stamps stamps;
  for (const std::string& name : names) stamps[name] = StampOf(name);
  return stamps;
}

// The first file that is not as it was.
std::string Changed(const Stamps& before, const Stamps& now) {
  for (const auto& [name, stamp] : now) {
    const auto was = before.find(name);
    if (was == before.end() || !(was->second == stamp)) return name;
  }
  for (const auto& [name, stamp] : before) {
    if (now.count(name) == 0) return name;
  }
  return "";
}

}  // namespace

void WatchFiles(const std::vector<std::string>& paths,
                const std::function<void(const criteria::UseLoader&)>& check, bool quiet) {
  CatchStopSignals();
  std::set<std::string> used;
  Stamps before;
  const criteria::UseLoader load = [&](const std::string& from, const std::string& name) {
    const std::string path = (fs::path(from).parent_path() / name).lexically_normal().string();
    // A file that is met for the first time is stamped before it is read, like the others.
    if (used.insert(path).second) before.insert({path, StampOf(path)});
    return UsedFiles()(from, name);
  };
  while (!StopIsAsked()) {
    // Stamped before reading: a change while it is read is seen in the next round.
    before = StampsOf(paths, used);
    check(load);
    std::fflush(stdout);
    std::string changed;
    while (changed.empty() && !StopIsAsked()) {
      ::poll(nullptr, 0, kPollMilliseconds);
      changed = Changed(before, StampsOf(paths, used));
    }
    if (!changed.empty() && !quiet) Print("\n-- " + changed + " has changed\n");
  }
}

}  // namespace medverka::app
