// What a lane remembers on disk. A sorted map of bytes per room, one atomic batch at a time. One
// store per lane. Threads: the lane's thread only. Twins: MemoryStore (obvious), RocksDbStore
// (durable); tests/contract/ holds them equal. FORMAT.md draws the keys.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ops/base/result.h"

namespace medverka::matcher {

enum class Room : std::uint8_t { kState, kTimers, kLedger, kMeta };
inline constexpr std::size_t kRooms = 4;

// What a store says of itself, for operators. As of about now.
struct StoreMeasures {
  std::uint64_t keys = 0;            // an estimate
  std::uint64_t live_bytes = 0;      // of the tables that count, on disk
  std::uint64_t pending_bytes = 0;   // that compaction has still to rewrite, by estimate
  std::uint64_t memtable_bytes = 0;  // not yet written out as tables
  double stalled_seconds =
      0;  // during which writes were slowed down or stopped, since it was opened
};

class Store {
 public:
  virtual ~Store() = default;

  // The committed value, or nullopt. kCorruption, kIo: stop the lane; nothing is guessed.
  virtual base::Result<std::optional<std::string>> Get(Room room, std::string_view key) const = 0;

  // Calls `visit` for every committed pair whose key starts with `prefix`, in key order, until it
  // returns false.
  virtual base::Result<void> Scan(
      Room room, std::string_view prefix,
      const std::function<bool(std::string_view key, std::string_view value)>& visit) const = 0;

  // The same for those of them whose key is not before `from`.
  virtual base::Result<void> ScanFrom(
      Room room, std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view key, std::string_view value)>& visit) const {
    return Scan(room, prefix, [&](std::string_view key, std::string_view value) {
      return key < from || visit(key, value);
    });
  }

  // Adds to the open batch. Get and Scan do not see it before Commit.
  virtual void Put(Room room, std::string_view key, std::string_view value) = 0;
  virtual void Delete(Room room, std::string_view key) = 0;

  // Applies the open batch in one step: after a crash all of it is there, or nothing. Synced to
  // disk. On failure nothing is applied and the batch is dropped; the lane stops.
  virtual base::Result<void> Commit() = 0;

  // Reads everything there is and checks it against its checksums: for when damage is suspected,
  // since it takes as long as the directory is large.
  virtual base::Result<void> Verify() const { return {}; }

  // Any thread, while the store lives.
  virtual StoreMeasures measures() const { return {}; }
};

std::unique_ptr<Store> MakeMemoryStore();

// Memory that the stores of a process share: one block cache, and one bound on what is not yet
// written out, charged to that cache. The whole stays near `block_cache_bytes`, of which up to
// `write_buffer_bytes` are write buffers.
class StoreMemory;
std::shared_ptr<StoreMemory> MakeStoreMemory(std::uint64_t block_cache_bytes,
                                             std::uint64_t write_buffer_bytes);
struct StoreMemoryUse {
  std::uint64_t cache_bytes = 0;     // in the cache, write buffers included
  std::uint64_t capacity_bytes = 0;  // of the cache
  std::uint64_t write_buffer_bytes = 0;
};
StoreMemoryUse UseOf(const StoreMemory& memory);  // any thread

struct RocksDbOptions {
  bool create_if_missing = true;
  bool read_only = false;
  // Wait for the disk at each commit. Not where a changelog can bring back what the machine lost:
  // what is found after a power cut is then some earlier commit, whole.
  bool sync = true;
  std::shared_ptr<StoreMemory> memory = {};  // none: memory of its own
};
// Opens or creates the state directory. Each failure says what is the matter with which, and writes
// nothing: another program's directory or a newer format (kForeign), held by another process
// (kUnavailable), damaged (kCorruption), read-only (kIo), disk full (kExhausted). What to do about
// damage and a full disk the caller says: it knows whether this is the only copy.
//
// Unlike a MemoryStore it may be read by one thread while another puts, deletes and commits: a
// reader sees each commit whole or not at all.
base::Result<std::unique_ptr<Store>> OpenRocksDbStore(const std::string& directory,
                                                      const RocksDbOptions& options = {});

// Empties a state directory, so that a new state can begin in it. Only one that is ours, damaged or
// not, and that nobody holds; of another program's nothing is touched. Killed half-way: what is
// left is taken as damage, and may be wiped again. Not there: nothing to do.
base::Result<void> WipeStoreDirectory(const std::string& directory);

inline constexpr std::uint32_t kStoreFormat = 4;

}  // namespace medverka::matcher
