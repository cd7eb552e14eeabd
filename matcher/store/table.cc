#include "matcher/store/table.h"

#include <algorithm>
#include <utility>

namespace medverka::matcher {

base::Result<std::optional<std::string>> Table::Get(std::string_view key) const {
  const auto changed = changes_.find(key);
  if (changed != changes_.end()) return changed->second;
  std::string stored;
  stored.reserve(prefix_.size() + key.size());
  stored.append(prefix_).append(key);
  return store_.Get(room_, stored);
}

void Table::Put(std::string_view key, std::string value) {
  const auto changed = changes_.find(key);
  if (changed != changes_.end()) {
    changed->second = std::move(value);
  } else {
    changes_.emplace(std::string(key), std::move(value));
  }
}

void Table::Delete(std::string_view key) { changes_[std::string(key)] = std::nullopt; }

std::vector<const Table::Changes::value_type*> Table::Ordered(std::string_view start) const {
  std::vector<const Changes::value_type*> ordered;
  for (const auto& change : changes_) {
    if (std::string_view(change.first).starts_with(start)) ordered.push_back(&change);
  }
  std::sort(ordered.begin(), ordered.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  return ordered;
}

base::Result<void> Table::Scan(
    std::string_view start,
    const std::function<void(std::string_view, std::string_view)>& visit) const {
  const auto changes = Ordered(start);
  auto changed = changes.begin();
  const auto is_ours = [&] { return changed != changes.end(); };
  const auto visit_changed = [&] {
    const auto& [key, value] = **changed;
    if (value) visit(key, *value);
    ++changed;
  };
  const std::string from = prefix_ + std::string(start);
  MEDVERKA_TRY(store_.Scan(room_, from, [&](std::string_view stored, std::string_view value) {
    const std::string_view key = stored.substr(prefix_.size());
    while (is_ours() && (*changed)->first < key) visit_changed();
    if (is_ours() && (*changed)->first == key) {
      visit_changed();
    } else {
      visit(key, value);
    }
    return true;
  }));
  while (is_ours()) visit_changed();
  return {};
}

base::Result<void> Table::ScanFrom(
    std::string_view from,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
  const auto changes = Ordered("");
  auto changed = std::lower_bound(
      changes.begin(), changes.end(), from,
      [](const auto* change, std::string_view key) { return change->first < key; });
  bool go_on = true;
  const auto is_ours = [&] { return changed != changes.end(); };
  const auto visit_changed = [&] {
    const auto& [key, value] = **changed;
    if (value) go_on = visit(key, *value);
    ++changed;
  };
  const std::string first = prefix_ + std::string(from);
  MEDVERKA_TRY(
      store_.ScanFrom(room_, prefix_, first, [&](std::string_view stored, std::string_view value) {
        const std::string_view key = stored.substr(prefix_.size());
        while (go_on && is_ours() && (*changed)->first < key) {
          visit_changed();
        }
        if (!go_on) return false;
        if (is_ours() && (*changed)->first == key) {
          visit_changed();
        } else {
          go_on = visit(key, value);
        }
        return go_on;
      }));
  while (go_on && is_ours()) visit_changed();
  return {};
}

void Table::Write(Batch& batch) {
  for (const auto* change : Ordered("")) {
    const auto& [key, value] = *change;
    if (value) {
      batch.Put(room_, prefix_ + key, *value);
    } else {
      batch.Delete(room_, prefix_ + key);
    }
  }
  changes_.clear();
}

}  // namespace medverka::matcher
