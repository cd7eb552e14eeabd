// One row per resource id: the newest version seen and whose it is. The one authority on the order
// of versions, so that late, doubled and deleted resources end the same in any order of arrival.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "matcher/journal/journal.h"
#include "matcher/store/table.h"

namespace medverka::matcher {

struct ResourceRow {
  Version version;
  bool deleted = false;
  std::optional<PersonKey> shelf;  // none: deleted, or a resource of nobody (Medication)
};

enum class VersionOrder : std::uint8_t { kNewer, kSame, kOlder };
// How a change stands to what is held. At equal versions a delete comes after a put.
VersionOrder Compare(const Version& version, bool deletes, const Version& held, bool held_deleted);

class ResourceRows {
 public:
  explicit ResourceRows(const Store& store) : table_(store, Room::kState, "r") {}

  base::Result<std::optional<ResourceRow>> Find(std::string_view id) const;
  void Set(std::string_view id, const ResourceRow& row);
  Table& table() { return table_; }
  const Table& table() const { return table_; }

 private:
  Table table_;
};

}  // namespace medverka::matcher
