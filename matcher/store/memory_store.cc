// The obvious twin: one sorted map per room, and the open batch as a list of what to do.
#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "matcher/store/store.h"

namespace medverka::matcher {
namespace {

class MemoryStore final : public Store {
 public:
  base::Result<std::optional<std::string>> Get(Room room, std::string_view key) const override {
    const auto& rows = rooms_[static_cast<std::size_t>(room)];
    const auto found = rows.find(key);
    if (found == rows.end()) return std::optional<std::string>();
    return std::optional<std::string>(found->second);
  }

  base::Result<void> Scan(
      Room room, std::string_view prefix,
      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    return ScanFrom(room, prefix, prefix, visit);
  }

  base::Result<void> ScanFrom(
      Room room, std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    const auto& rows = rooms_[static_cast<std::size_t>(room)];
    for (auto row = rows.lower_bound(std::max(prefix, from)); row != rows.end(); ++row) {
      if (!std::string_view(row->first).starts_with(prefix)) break;
      if (!visit(row->first, row->second)) break;
    }
    return {};
  }

  void Put(Room room, std::string_view key, std::string_view value) override {
    batch_.push_back({room, std::string(key), std::string(value)});
  }
  void Delete(Room room, std::string_view key) override {
    batch_.push_back({room, std::string(key), std::nullopt});
  }

  base::Result<void> Commit() override {
    for (Change& change : batch_) {
      auto& rows = rooms_[static_cast<std::size_t>(change.room)];
      if (change.value) {
        rows[change.key] = std::move(*change.value);
      } else {
        rows.erase(change.key);
      }
    }
    batch_.clear();
    return {};
  }

 private:
  struct Change {
    Room room;
    std::string key;
    std::optional<std::string> value;  // none: deleted
  };

  std::array<std::map<std::string, std::string, std::less<>>, kRooms> rooms_;
  std::vector<Change> batch_;
};

}  // namespace

std::unique_ptr<Store> MakeMemoryStore() { return std::make_unique<MemoryStore>(); }

}  // namespace medverka::matcher
