// A store whose commit is under way elsewhere: Commit() hands the open batch over and returns, and
// the lane goes on with the next batch while a commit thread takes this one to the broker and then
// to the store below.
//
// Reads go through what is under way, then to the store below, so the lane sees its own commits at
// once. Everything that the lane wrote since the last hand-over stays in the lane's own tables, as
// before. Threads: the Store interface, handed_over and Settled are the lane's thread. While a
// batch is under way the commit thread may Put, Delete and Commit on the store below (RocksDB
// allows reading meanwhile; MemoryStore does not).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "matcher/store/store.h"
#include "ops/base/crypto.h"

namespace medverka::matcher {

struct StoreChange {
  Room room = Room::kState;
  std::string key;
  std::optional<std::string> value;  // none: deleted
};
using StoreChanges = std::vector<StoreChange>;  // in the order they were made

// The digest that the lane's chain takes of these changes (batch.h), without the marker's row.
base::Digest DigestOf(const StoreChanges& changes);
// The chain after a commit of these changes; before the first one it is 32 zero bytes.
base::Digest ChainOf(const base::Digest& before, const base::Digest& changes);

class HandOverStore final : public Store {
 public:
  explicit HandOverStore(std::unique_ptr<Store> below);
  ~HandOverStore() override;

  base::Result<std::optional<std::string>> Get(Room room, std::string_view key) const override;
  base::Result<void> Scan(Room room, std::string_view prefix,
                          const std::function<bool(std::string_view key, std::string_view value)>&
                              visit) const override;
  base::Result<void> ScanFrom(
      Room room, std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view key, std::string_view value)>& visit)
      const override;
  void Put(Room room, std::string_view key, std::string_view value) override;
  void Delete(Room room, std::string_view key) override;
  // REQUIRES: nothing under way.
  base::Result<void> Commit() override;
  base::Result<void> Verify() const override;
  StoreMeasures measures() const override;

  // What the last Commit handed over, the marker's row last; none when nothing is under way.
  std::shared_ptr<const StoreChanges> handed_over() const;
  // The commit thread has written it below.
  void Settled();
  Store& below();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace medverka::matcher
