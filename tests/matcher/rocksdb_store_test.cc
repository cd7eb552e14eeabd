// What the state directory answers when it is not what it should be: one sentence, the right code,
// nothing changed. And that what was committed is there when it is opened again.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "matcher/store/store.h"
#include "ops/base/format.h"
#include "tests/support/temporary_directory.h"

namespace medverka::matcher {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using tests::TemporaryDirectory;

void Write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

// Name and content of every file: what "nothing was changed" means.
std::map<std::string, std::string> Photograph(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    files[entry.path().string()] = entry.is_directory() ? "<directory>" : text.str();
  }
  return files;
}

base::Error FailureOf(const std::string& directory, const RocksDbOptions& options = {}) {
  auto store = OpenRocksDbStore(directory, options);
  EXPECT_FALSE(store.has_value());
  return store.has_value() ? base::Error{ErrorCode::kNotFound, "it opened"} : store.error();
}

void MakeState(const std::string& directory) {
  auto store = OpenRocksDbStore(directory);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  (*store)->Put(Room::kState, "key", "value");
  ASSERT_TRUE((*store)->Commit().has_value());
}

void ExpectUntouched(const std::string& directory, ErrorCode code, const std::string& words) {
  const auto before = Photograph(directory);
  const base::Error failure = FailureOf(directory);
  EXPECT_EQ(failure.code, code) << failure.message;
  EXPECT_NE(failure.message.find(words), std::string::npos) << failure.message;
  EXPECT_NE(failure.message.find(directory), std::string::npos) << failure.message;
  EXPECT_EQ(Photograph(directory), before);
}

TEST(RocksDbStore, FindsAgainWhatWasCommitted) {
  TemporaryDirectory root;
  MakeState(root / "a/b/state");
  for (const bool read_only : {false, true}) {
    auto store = OpenRocksDbStore(root / "a/b/state", {.read_only = read_only});
    ASSERT_TRUE(store.has_value()) << store.error().message;
    EXPECT_EQ((*store)->Get(Room::kState, "key").value(), "value");
  }
}

TEST(RocksDbStore, ReadingOnlyWritesNothing) {
  TemporaryDirectory root;
  MakeState(root / "state");
  const auto before = Photograph(root / "state");
  {
    auto store = OpenRocksDbStore(root / "state", {.read_only = true});
    ASSERT_TRUE(store.has_value()) << store.error().message;
    EXPECT_EQ((*store)->Get(Room::kState, "key").value(), "value");
  }
  EXPECT_EQ(Photograph(root / "state"), before);
}

TEST(RocksDbStore, ForgetsWhatWasNotCommitted) {
  TemporaryDirectory root;
  MakeState(root / "state");
  {
    auto store = OpenRocksDbStore(root / "state");
    ASSERT_TRUE(store.has_value());
    (*store)->Put(Room::kState, "other", "value");
  }
  auto store = OpenRocksDbStore(root / "state");
  ASSERT_TRUE(store.has_value());
  EXPECT_EQ((*store)->Get(Room::kState, "other").value(), std::nullopt);
}

TEST(RocksDbStore, LeavesAnotherProgramsDirectoryAlone) {
  TemporaryDirectory root;
  fs::create_directory(root / "pictures");
  Write(root / "pictures/cat.jpg", "meow");
  ExpectUntouched(root / "pictures", ErrorCode::kForeign, "another program");
}

TEST(RocksDbStore, LeavesAnotherProgramsDatabaseAlone) {
  TemporaryDirectory root;
  MakeState(root / "state");
  fs::remove(root / "state/MEDVERKA");
  ExpectUntouched(root / "state", ErrorCode::kForeign, "another program");
}

TEST(RocksDbStore, RefusesAFile) {
  TemporaryDirectory root;
  Write(root / "file", "text");
  EXPECT_EQ(FailureOf(root / "file").code, ErrorCode::kForeign);
}

TEST(RocksDbStore, RefusesANewerFormat) {
  TemporaryDirectory root;
  MakeState(root / "state");
  Write(root / "state/MEDVERKA", "medverka state, format 5\n");
  ExpectUntouched(root / "state", ErrorCode::kForeign, "newer Medverka (format 5");
}

TEST(RocksDbStore, RefusesADirectoryInUse) {
  TemporaryDirectory root;
  auto holder = OpenRocksDbStore(root / "state");
  ASSERT_TRUE(holder.has_value());
  ExpectUntouched(root / "state", ErrorCode::kUnavailable, "in use");
  EXPECT_EQ(FailureOf(root / "state", {.read_only = true}).code, ErrorCode::kUnavailable);
}

TEST(RocksDbStore, SaysThatALostEntryPointIsDamage) {
  TemporaryDirectory root;
  MakeState(root / "state");
  fs::remove(root / "state/CURRENT");
  ExpectUntouched(root / "state", ErrorCode::kCorruption, "damaged");
}

TEST(RocksDbStore, SaysThatABrokenManifestIsDamage) {
  TemporaryDirectory root;
  MakeState(root / "state");
  for (const fs::directory_entry& entry : fs::directory_iterator(root / "state")) {
    if (entry.path().filename().string().starts_with("MANIFEST-")) Write(entry.path(), "broken");
  }
  EXPECT_EQ(FailureOf(root / "state").code, ErrorCode::kCorruption);
}

TEST(RocksDbStore, StartsAnewAfterACrashWhileItWasCreated) {
  TemporaryDirectory root;
  fs::create_directory(root / "state");
  Write(root / "state/MEDVERKA", "medverka state, format 1, new\n");
  Write(root / "state/MANIFEST-000001", "half");
  MakeState(root / "state");
}

TEST(RocksDbStore, GoesOnInADirectoryOfAnOlderFormat) {
  TemporaryDirectory root;
  MakeState(root / "state");
  for (const char* older :
       {"medverka state, format 1\n", "medverka state, format 2\n", "medverka state, format 3\n"}) {
    Write(root / "state/MEDVERKA", older);
    MakeState(root / "state");
    std::ifstream stamp(root / "state/MEDVERKA");
    std::string line;
    EXPECT_TRUE(std::getline(stamp, line));
    EXPECT_EQ(line, "medverka state, format 4");
  }
}

// Rooms are written out at different times, so without its log a store may hold a late marker
// beside early rows. As after kill -9: a copy of the files under the open store.
TEST(RocksDbStore, NeverShowsOneRoomWithoutTheOthers) {
  constexpr int kCommits = 60;
  TemporaryDirectory root;
  RocksDbOptions options;
  options.memory = MakeStoreMemory(8 << 20, 1 << 20);
  {
    auto store = OpenRocksDbStore(root / "state", options);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    std::mt19937_64 random(7);
    for (int i = 0; i < kCommits; ++i) {
      std::string noise(64 * 1024, ' ');
      for (char& byte : noise) byte = static_cast<char>(random());
      const std::string number = std::to_string(1000 + i);
      (*store)->Put(Room::kState, number, "");
      (*store)->Put(Room::kLedger, number, i % 2 == 0 ? noise : "");
      (*store)->Put(Room::kMeta, "noise", i % 2 == 1 ? noise : "");
      (*store)->Put(Room::kMeta, "last", number);
      ASSERT_TRUE((*store)->Commit().has_value());
    }
    fs::copy(root / "state", root / "crashed", fs::copy_options::recursive);
  }
  std::vector<fs::path> logs;
  for (const fs::directory_entry& entry : fs::directory_iterator(root / "crashed")) {
    if (entry.path().extension() == ".log") logs.push_back(entry.path().filename());
  }
  std::sort(logs.begin(), logs.end());
  int damaged = 0, sound = 0;
  const auto expect_sound_or_damaged = [&](const std::string& what) {
    auto store = OpenRocksDbStore(root / "broken", options);
    if (!store.has_value()) {
      EXPECT_EQ(store.error().code, ErrorCode::kCorruption) << store.error().message;
      ++damaged;
      return;
    }
    ++sound;
    const auto last = (*store)->Get(Room::kMeta, "last").value();
    const int commits = last ? std::stoi(*last) - 999 : 0;
    for (const Room room : {Room::kState, Room::kLedger}) {
      int rows = 0;
      EXPECT_TRUE((*store)->Scan(room, "", [&](auto, auto) { return ++rows > 0; }).has_value());
      EXPECT_EQ(rows, commits) << what;
    }
  };
  const auto break_log = [&](const fs::path& log, double kept) {
    fs::remove_all(root / "broken");
    fs::copy(root / "crashed", root / "broken", fs::copy_options::recursive);
    const fs::path victim = fs::path(root / "broken") / log;
    if (kept < 0) {
      fs::remove(victim);
    } else {
      fs::resize_file(
          victim, static_cast<std::uintmax_t>(kept * static_cast<double>(fs::file_size(victim))));
    }
    expect_sound_or_damaged(fmt::format("{} kept {}", log.string(), kept));
  };
  for (const fs::path& log : logs) {
    for (const double kept : {-1.0, 0.0, 0.3, 0.7, 0.99, 1.0}) break_log(log, kept);
  }
  EXPECT_GT(damaged, 0) << "no log mattered: " << logs.size();
  EXPECT_GT(sound, 0);
}

TEST(RocksDbStore, SaysThatABrokenStampIsDamage) {
  TemporaryDirectory root;
  MakeState(root / "state");
  Write(root / "state/MEDVERKA", "medverka stat\xe5, format 2\n");
  ExpectUntouched(root / "state", ErrorCode::kCorruption, "stamp");
}

TEST(RocksDbStore, WipesWhatIsDamagedAndBeginsAnew) {
  TemporaryDirectory root;
  for (const char* damaged : {"CURRENT", "MEDVERKA", "OPTIONS-000007"}) {
    MakeState(root / "state");
    Write(fs::path(root / "state") / damaged, "broken");
    ASSERT_TRUE(WipeStoreDirectory(root / "state").has_value()) << damaged;
    EXPECT_TRUE(fs::is_empty(root / "state")) << damaged;
    auto store = OpenRocksDbStore(root / "state");
    ASSERT_TRUE(store.has_value()) << store.error().message;
    EXPECT_EQ((*store)->Get(Room::kState, "key").value(), std::nullopt);
  }
  EXPECT_TRUE(WipeStoreDirectory(root / "never").has_value());
}

TEST(RocksDbStore, WipesNothingOfOthersAndNothingInUse) {
  TemporaryDirectory root;
  fs::create_directory(root / "pictures");
  Write(root / "pictures/cat.jpg", "meow");
  const auto pictures = WipeStoreDirectory(root / "pictures");
  ASSERT_FALSE(pictures.has_value());
  EXPECT_EQ(pictures.error().code, ErrorCode::kForeign);
  EXPECT_TRUE(fs::exists(root / "pictures/cat.jpg"));
  auto holder = OpenRocksDbStore(root / "state");
  ASSERT_TRUE(holder.has_value());
  const auto held = WipeStoreDirectory(root / "state");
  ASSERT_FALSE(held.has_value());
  EXPECT_EQ(held.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE((*holder)->Verify().has_value());
}

TEST(RocksDbStore, FindsAFlippedByteInATable) {
  TemporaryDirectory root;
  MakeState(root / "state");
  { auto flush = OpenRocksDbStore(root / "state"); }  // what the log held becomes a table
  bool flipped = false;
  for (const fs::directory_entry& entry : fs::directory_iterator(root / "state")) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream table(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    const char byte = static_cast<char>(table.get());
    table.seekp(0);
    table.put(static_cast<char>(byte ^ 1));
    flipped = true;
  }
  ASSERT_TRUE(flipped);
  auto store = OpenRocksDbStore(root / "state");
  const auto verified = store.has_value() ? (*store)->Verify() : tl::unexpected(store.error());
  ASSERT_FALSE(verified.has_value());
  EXPECT_EQ(verified.error().code, ErrorCode::kCorruption);
}

TEST(RocksDbStore, DoesNotCreateWhenToldNotTo) {
  TemporaryDirectory root;
  EXPECT_EQ(FailureOf(root / "state", {.create_if_missing = false}).code, ErrorCode::kNotFound);
  EXPECT_EQ(FailureOf(root / "state", {.read_only = true}).code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(root / "state"));
}

// The superuser may write anywhere, so the test gives that right up for the length of the call.
class AsNobody {
 public:
  AsNobody() { active_ = geteuid() != 0 || seteuid(65534) == 0; }
  ~AsNobody() {
    if (getuid() == 0) {
      EXPECT_EQ(seteuid(0), 0);
    }
  }
  bool active() const { return active_; }

 private:
  bool active_ = false;
};

TEST(RocksDbStore, SaysThatADirectoryIsReadOnly) {
  TemporaryDirectory root;
  MakeState(root / "state");
  fs::permissions(root.path(), fs::perms(0755));
  for (const fs::directory_entry& entry : fs::directory_iterator(root / "state")) {
    fs::permissions(entry.path(), fs::perms(0444));
  }
  fs::permissions(root / "state", fs::perms(0555));
  {
    const AsNobody nobody;
    ASSERT_TRUE(nobody.active());
    ExpectUntouched(root / "state", ErrorCode::kIo, "read-only");
  }
  fs::permissions(root / "state", fs::perms(0755));
}

TEST(RocksDbStore, SaysThatAParentIsReadOnly) {
  TemporaryDirectory root;
  fs::permissions(root.path(), fs::perms(0555));
  {
    const AsNobody nobody;
    ASSERT_TRUE(nobody.active());
    EXPECT_EQ(FailureOf(root / "state").code, ErrorCode::kIo);
  }
  fs::permissions(root.path(), fs::perms(0755));
}

// A volume of some megabytes, so that it can be filled.
class SmallVolume {
 public:
  explicit SmallVolume(const std::string& path) : path_(path) {
    fs::create_directory(path_);
    mounted_ = Mount("size=80m", 0);
  }
  ~SmallVolume() {
    if (mounted_) {
      EXPECT_EQ(umount2(path_.c_str(), MNT_DETACH), 0);
    }
  }
  bool mounted() const { return mounted_; }
  void Grow() { EXPECT_TRUE(Mount("size=240m", MS_REMOUNT)); }
  void MakeReadOnly() { EXPECT_TRUE(Mount("size=240m", MS_REMOUNT | MS_RDONLY)); }

 private:
  bool Mount(const char* size, unsigned long flags) {
    return mount("tmpfs", path_.c_str(), "tmpfs", flags, size) == 0;
  }
  std::string path_;
  bool mounted_ = false;
};

struct Probe {
  int status = -1;
  std::string output;
};
Probe RunProbe(const std::string& what, const std::string& directory) {
  Probe probe;
  const std::string command = std::string(MEDVERKA_STORE_PROBE) + " " + what + " " + directory;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[256];
  while (pipe != nullptr && std::fgets(buffer, sizeof buffer, pipe) != nullptr)
    probe.output += buffer;
  const int status = pipe == nullptr ? -1 : pclose(pipe);
  if (status != -1 && WIFEXITED(status)) probe.status = WEXITSTATUS(status);
  return probe;
}
constexpr int kProbeError = 10;
constexpr int kProbeExhausted = kProbeError + static_cast<int>(ErrorCode::kExhausted);

TEST(RocksDbStore, IsFreeAgainWhenItsHolderDies) {
  TemporaryDirectory root;
  EXPECT_EQ(RunProbe("open", root / "state").status, 0);
  auto store = OpenRocksDbStore(root / "state");
  EXPECT_TRUE(store.has_value());
  EXPECT_EQ(RunProbe("open", root / "state").status,
            kProbeError + static_cast<int>(ErrorCode::kUnavailable));
}

TEST(RocksDbStore, CanBeWipedAndUsedAgainByTheProcessWhoseWriteFailed) {
  TemporaryDirectory root;
  const Probe again = RunProbe("again", root / "state");
  EXPECT_EQ(again.status, 0) << again.output;
}

TEST(RocksDbStore, SaysThatTheDiskIsFullAndKeepsWhatWasCommitted) {
  TemporaryDirectory root;
  SmallVolume volume(root / "volume");
  if (!volume.mounted()) GTEST_SKIP() << "needs the right to mount a small volume";
  const std::string directory = root / "volume/state";
  const Probe full = RunProbe("fill", directory);
  EXPECT_EQ(full.status, kProbeExhausted) << full.output;
  EXPECT_NE(full.output.find("full"), std::string::npos) << full.output;
  const int kept = std::atoi(full.output.c_str());
  EXPECT_GT(kept, 0);
  EXPECT_EQ(RunProbe("open", directory).status, kProbeExhausted);
  EXPECT_EQ(RunProbe("open", root / "volume/other").status, kProbeExhausted);
  volume.Grow();
  {
    auto store = OpenRocksDbStore(directory);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    int found = 0;
    EXPECT_TRUE((*store)
                    ->Scan(Room::kState, "",
                           [&](std::string_view, std::string_view) { return ++found > 0; })
                    .has_value());
    EXPECT_EQ(found, kept);
  }
  volume.MakeReadOnly();
  ExpectUntouched(directory, ErrorCode::kIo, "read-only");
}

}  // namespace
}  // namespace medverka::matcher
