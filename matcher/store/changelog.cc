#include "matcher/store/changelog.h"

#include <array>

namespace medverka::matcher {
namespace {

// One letter per room. None is 'c', with which the keys of commit records begin.
constexpr std::array<char, kRooms> kRoomLetters = {'S', 'T', 'L', 'M'};

}  // namespace

bool BelongsInChangelog(Room room, std::string_view key) {
  return room != Room::kMeta || (key != kMarkerKey && key != kChangelogPositionKey);
}

std::string ChangelogKey(Room room, std::string_view key) {
  std::string whole;
  whole.reserve(1 + key.size());
  whole.push_back(kRoomLetters[static_cast<std::size_t>(room)]);
  whole.append(key);
  return whole;
}

std::optional<ChangelogRow> ReadChangelogKey(std::string_view key) {
  if (key.empty()) return std::nullopt;
  for (std::size_t i = 0; i < kRooms; ++i) {
    if (key.front() != kRoomLetters[i]) continue;
    const ChangelogRow row{static_cast<Room>(i), key.substr(1)};
    if (!BelongsInChangelog(row.room, row.key)) return std::nullopt;
    return row;
  }
  return std::nullopt;
}

}  // namespace medverka::matcher
