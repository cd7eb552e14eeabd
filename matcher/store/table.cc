#include "matcher/store/table.h"

#include <utility>

namespace medverka::matcher {

base::Result<std::optional<std::string>> Table::Get(std::string_view key) const {
  const auto changed = changes_.find(key);
  if (changed != changes_.end()) return changed->second;
  return store_.Get(room_, prefix_ + std::string(key));
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

base::Result<void> Table::Scan(
    std::string_view start,
    const std::function<void(std::string_view, std::string_view)>& visit) const {
  auto changed = changes_.lower_bound(start);
  const auto is_ours = [&] {
    return changed != changes_.end() && std::string_view(changed->first).starts_with(start);
  };
  const auto visit_changed = [&] {
    if (changed->second) visit(changed->first, *changed->second);
    ++changed;
  };
  const std::string from = prefix_ + std::string(start);
  MEDVERKA_TRY(store_.Scan(room_, from, [&](std::string_view stored, std::string_view value) {
    const std::string_view key = stored.substr(prefix_.size());
    while (is_ours() && changed->first < key) visit_changed();
    if (is_ours() && changed->first == key) {
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
  auto changed = changes_.lower_bound(from);
  bool go_on = true;
  const auto visit_changed = [&] {
    if (changed->second) go_on = visit(changed->first, *changed->second);
    ++changed;
  };
  MEDVERKA_TRY(store_.ScanFrom(room_, prefix_, prefix_ + std::string(from),
                               [&](std::string_view stored, std::string_view value) {
                                 const std::string_view key = stored.substr(prefix_.size());
                                 while (go_on && changed != changes_.end() && changed->first < key)
                                   visit_changed();
                                 if (!go_on) return false;
                                 if (changed != changes_.end() && changed->first == key) {
                                   visit_changed();
                                 } else {
                                   go_on = visit(key, value);
                                 }
                                 return go_on;
                               }));
  while (go_on && changed != changes_.end()) visit_changed();
  return {};
}

void Table::Write(Batch& batch) {
  for (const auto& [key, value] : changes_) {
    if (value) {
      batch.Put(room_, prefix_ + key, *value);
    } else {
      batch.Delete(room_, prefix_ + key);
    }
  }
  changes_.clear();
}

}  // namespace medverka::matcher
