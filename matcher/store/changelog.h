// Rows of the store as records of the changelog topic: key = one byte of room, then the row's key;
// value = the row's value; null = deleted. So compaction keeps the state as it is now. Never in it:
// the marker's row (it stands in the commit record) and rows that say where this copy of the state
// stands.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "matcher/store/store.h"

namespace medverka::matcher {

// Rows of Room::kMeta that the changelog does not have: the marker of the last commit, and how far
// in the changelog this copy of the state is.
inline constexpr std::string_view kMarkerKey = "marker";
inline constexpr std::string_view kChangelogPositionKey = "changelog";
// False for these two.
bool BelongsInChangelog(Room room, std::string_view key);

std::string ChangelogKey(Room room, std::string_view key);
struct ChangelogRow {
  Room room = Room::kState;
  std::string_view key;  // borrowed
};
// nullopt: not a row of the changelog (a commit record, or damage).
std::optional<ChangelogRow> ReadChangelogKey(std::string_view key);

}  // namespace medverka::matcher
