#include "matcher/patient/resource_rows.h"

#include <tuple>

#include "matcher/patient/codec.h"
#include "ops/base/bytes.h"

namespace medverka::matcher {
namespace {

enum RowPart : std::uint8_t { kIsDeleted = 1, kHasShelf = 2 };

}  // namespace

VersionOrder Compare(const Version& version, bool deletes, const Version& held, bool held_deleted) {
  const auto order = std::tie(version, deletes) <=> std::tie(held, held_deleted);
  if (order == 0) return VersionOrder::kSame;
  return order > 0 ? VersionOrder::kNewer : VersionOrder::kOlder;
}

base::Result<std::optional<ResourceRow>> ResourceRows::Find(std::string_view id) const {
  MEDVERKA_ASSIGN(const std::optional<std::string> bytes, table_.Get(id));
  if (!bytes) return std::optional<ResourceRow>();
  base::ByteReader in(*bytes);
  ResourceRow row;
  const std::uint8_t parts = in.U8();
  row.version = ReadVersion(in);
  row.deleted = (parts & kIsDeleted) != 0;
  if (parts & kHasShelf) row.shelf = ReadPersonKey(in);
  if (in.ok() && in.at_end()) return std::optional<ResourceRow>(row);
  return base::Fail(base::ErrorCode::kCorruption,
                    "A resource's row in the state cannot be read back.");
}

void ResourceRows::Set(std::string_view id, const ResourceRow& row) {
  base::ByteWriter out;
  out.U8(static_cast<std::uint8_t>((row.deleted ? kIsDeleted : 0) | (row.shelf ? kHasShelf : 0)));
  Write(out, row.version);
  if (row.shelf) Write(out, *row.shelf);
  table_.Put(id, out.Take());
}

}  // namespace medverka::matcher
