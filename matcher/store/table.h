// Rows of one kind: those in the store whose key starts with `prefix`, seen through what has
// changed since the last commit. Keys are given and returned without the prefix.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "matcher/store/batch.h"
#include "matcher/store/store.h"
#include "ops/base/result.h"

namespace medverka::matcher {

class Table {
 public:
  Table(const Store& store, Room room, std::string prefix)
      : store_(store), room_(room), prefix_(std::move(prefix)) {}

  base::Result<std::optional<std::string>> Get(std::string_view key) const;
  void Put(std::string_view key, std::string value);
  void Delete(std::string_view key);

  // In key order, all rows whose key starts with `start`. The table must not be changed meanwhile.
  base::Result<void> Scan(
      std::string_view start,
      const std::function<void(std::string_view key, std::string_view value)>& visit) const;

  // In key order, the rows whose key is not before `from`, until `visit` returns false.
  base::Result<void> ScanFrom(
      std::string_view from,
      const std::function<bool(std::string_view key, std::string_view value)>& visit) const;

  // The changes go into the batch; REQUIRES: the batch is committed or the table thrown away.
  void Write(Batch& batch);

 private:
  // Looked up by views, without making a string.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>{}(key);
    }
  };
  // Nearly all calls ask for one row, so the changes are found by hash and ordered when order is
  // asked for.
  using Changes =
      std::unordered_map<std::string, std::optional<std::string>, Hash, std::equal_to<>>;
  std::vector<const Changes::value_type*> Ordered(std::string_view start) const;

  const Store& store_;
  Room room_;
  std::string prefix_;
  Changes changes_;  // none: deleted
};

}  // namespace medverka::matcher
