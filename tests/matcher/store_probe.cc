// A process of its own for tests of the state directory: a store whose write failed stays open
// until its process ends, and a process that dies must leave the directory free.
//   store_probe open DIR    opens, and ends without closing
//   store_probe again DIR   a commit fails for want of room; the directory is wiped and used again
//   at
//                           once, by the same process
//   store_probe fill DIR    commits until the volume is full; prints how many commits went well
// Ends with 0, or with 10 + the error's code.
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "matcher/store/store.h"

namespace {

using medverka::base::Error;

[[noreturn]] void End(int status) {
  std::fflush(stdout);
  std::_Exit(status);
}

[[noreturn]] void End(const Error& error) {
  std::printf("%s\n", error.message.c_str());
  End(10 + static_cast<int>(error.code));
}

// No file may grow past `bytes` from now on.
void LimitFiles(rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit limit {};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
  setrlimit(RLIMIT_FSIZE, &limit);
}

void UseAgain(const std::string& directory, std::unique_ptr<medverka::matcher::Store> store) {
  using medverka::matcher::Room;
  store->Put(Room::kState, "before", "1");
  if (const auto committed = store->Commit(); !committed.has_value()) End(committed.error());
  LimitFiles(64 * 1024);
  store->Put(Room::kState, "key", std::string(1024 * 1024, 'x'));
  if (store->Commit().has_value()) End(3);
  store.reset();
  LimitFiles(0);
  const auto wiped = medverka::matcher::WipeStoreDirectory(directory);
  if (!wiped.has_value()) End(wiped.error());
  auto again = medverka::matcher::OpenRocksDbStore(directory);
  if (!again.has_value()) End(again.error());
  if ((*again)->Get(Room::kState, "before").value().has_value()) End(4);
  (*again)->Put(Room::kState, "after", "1");
  if (const auto committed = (*again)->Commit(); !committed.has_value()) End(committed.error());
  const auto verified = (*again)->Verify();
  if (!verified.has_value()) End(verified.error());
  again->reset();
  End(0);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string what = argv[1];
  auto store = medverka::matcher::OpenRocksDbStore(argv[2]);
  if (!store.has_value()) End(store.error());
  if (what == "open") End(0);
  if (what == "again") UseAgain(argv[2], std::move(*store));
  constexpr int kCommitsMax = 1000;
  std::mt19937 random(1);  // bytes that do not compress
  std::string noise(1024 * 1024, ' ');
  for (char& byte : noise) byte = static_cast<char>(random());
  for (int kept = 0; kept < kCommitsMax; ++kept) {
    noise.front() = static_cast<char>(kept);
    (*store)->Put(medverka::matcher::Room::kState, std::to_string(1000 + kept), noise);
    const auto committed = (*store)->Commit();
    if (committed.has_value()) continue;
    std::printf("%d\n", kept);
    store->reset();  // must not end the process
    End(committed.error());
  }
  return 1;
}
