// What a lane remembers on disk. A sorted map of bytes per room, one atomic batch at a time. One
// store per lane. Threads: the lane's thread only. Twins: MemoryStore (obvious), RocksDbStore
// (durable); tests/contract/ holds them equal. FORMAT.md draws the keys.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ops/base/result.h"

namespace medverka::matcher {

enum class Room : std::uint8_t { kState, kTimers, kLedger, kMeta };
inline constexpr std::size_t kRooms = 4;

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

  // Adds to the open batch. Get and Scan do not see it before Commit.
  virtual void Put(Room room, std::string_view key, std::string_view value) = 0;
  virtual void Delete(Room room, std::string_view key) = 0;

  // Applies the open batch in one step: after a crash all of it is there, or nothing. Synced to
  // disk. On failure nothing is applied and the batch is dropped; the lane stops.
  virtual base::Result<void> Commit() = 0;
};

std::unique_ptr<Store> MakeMemoryStore();

struct RocksDbOptions {
  bool create_if_missing = true;
  bool read_only = false;
};
// Opens or creates the state directory. Each failure says which and what to do, and writes nothing:
// another program's directory, a newer format, held by another process, damaged, read-only, disk
// full.
base::Result<std::unique_ptr<Store>> OpenRocksDbStore(const std::string& directory,
                                                      const RocksDbOptions& options = {});

inline constexpr std::uint32_t kStoreFormat = 2;

}  // namespace medverka::matcher
