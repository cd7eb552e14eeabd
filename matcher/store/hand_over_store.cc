#include "matcher/store/hand_over_store.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "matcher/store/batch.h"
#include "matcher/store/changelog.h"
#include "ops/base/bytes.h"
#include "ops/base/check.h"

namespace medverka::matcher {

base::Digest DigestOf(const StoreChanges& changes) {
  ChangeDigest digest;
  for (const StoreChange& change : changes) {
    if (change.room == Room::kMeta && change.key == kMarkerKey) continue;
    if (change.value) {
      digest.Put(change.room, change.key, *change.value);
    } else {
      digest.Delete(change.room, change.key);
    }
  }
  return digest.digest();
}

base::Digest ChainOf(const base::Digest& before, const base::Digest& changes) {
  base::ByteWriter link;
  link.Raw(base::AsBytes(before));
  link.Raw(base::AsBytes(changes));
  return base::Sha256(link.bytes());
}

class HandOverStore::Impl {
 public:
  explicit Impl(std::unique_ptr<Store> below) : below_(std::move(below)) {}

  base::Result<std::optional<std::string>> Get(Room room, std::string_view key) const {
    const Rows& rows = RowsOf(room);
    const auto found = std::lower_bound(rows.begin(), rows.end(), key, KeyIsLess);
    if (found != rows.end() && (*found)->key == key) return (*found)->value;
    return below_->Get(room, key);
  }

  base::Result<void> ScanFrom(
      Room room, std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view, std::string_view)>& visit) const {
    const Rows& rows = RowsOf(room);
    auto row = std::lower_bound(rows.begin(), rows.end(), std::max(prefix, from), KeyIsLess);
    bool go_on = true;
    const auto is_ours = [&] {
      return row != rows.end() && std::string_view((*row)->key).starts_with(prefix);
    };
    const auto visit_row = [&] {
      const StoreChange& change = **row;
      ++row;
      if (change.value) go_on = visit(change.key, *change.value);
    };
    MEDVERKA_TRY(
        below_->ScanFrom(room, prefix, from, [&](std::string_view key, std::string_view value) {
          while (go_on && is_ours() && (*row)->key < key) visit_row();
          if (!go_on) return false;
          if (is_ours() && (*row)->key == key) {
            visit_row();
          } else {
            go_on = visit(key, value);
          }
          return go_on;
        }));
    while (go_on && is_ours()) visit_row();
    return {};
  }

  void Add(StoreChange change) { open_.push_back(std::move(change)); }

  void HandOver() {
    MEDVERKA_CHECK(under_way_ == nullptr);
    under_way_ = std::make_shared<const StoreChanges>(std::exchange(open_, {}));
    for (const StoreChange& change : *under_way_) {
      rows_[static_cast<std::size_t>(change.room)].push_back(&change);
    }
    for (Rows& rows : rows_) SortAndKeepLast(rows);
  }

  void Settle() {
    for (Rows& rows : rows_) rows.clear();
    under_way_.reset();
  }

  std::shared_ptr<const StoreChanges> under_way() const { return under_way_; }
  Store& below() const { return *below_; }

 private:
  using Rows = std::vector<const StoreChange*>;  // by key

  static bool KeyIsLess(const StoreChange* row, std::string_view key) { return row->key < key; }

  static void SortAndKeepLast(Rows& rows) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const StoreChange* a, const StoreChange* b) { return a->key < b->key; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i + 1 < rows.size() && rows[i + 1]->key == rows[i]->key) continue;
      rows[kept++] = rows[i];
    }
    rows.resize(kept);
  }

  const Rows& RowsOf(Room room) const { return rows_[static_cast<std::size_t>(room)]; }

  std::unique_ptr<Store> below_;
  StoreChanges open_;
  std::shared_ptr<const StoreChanges> under_way_;
  std::array<Rows, kRooms> rows_;  // of what is under way: the last change of each key
};

HandOverStore::HandOverStore(std::unique_ptr<Store> below)
    : impl_(std::make_unique<Impl>(std::move(below))) {}
HandOverStore::~HandOverStore() = default;

base::Result<std::optional<std::string>> HandOverStore::Get(Room room, std::string_view key) const {
  return impl_->Get(room, key);
}

base::Result<void> HandOverStore::Scan(
    Room room, std::string_view prefix,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
  return impl_->ScanFrom(room, prefix, prefix, visit);
}

base::Result<void> HandOverStore::ScanFrom(
    Room room, std::string_view prefix, std::string_view from,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
  return impl_->ScanFrom(room, prefix, from, visit);
}

void HandOverStore::Put(Room room, std::string_view key, std::string_view value) {
  impl_->Add({room, std::string(key), std::string(value)});
}

void HandOverStore::Delete(Room room, std::string_view key) {
  impl_->Add({room, std::string(key), std::nullopt});
}

base::Result<void> HandOverStore::Commit() {
  impl_->HandOver();
  return {};
}

base::Result<void> HandOverStore::Verify() const { return impl_->below().Verify(); }
StoreMeasures HandOverStore::measures() const { return impl_->below().measures(); }

std::shared_ptr<const StoreChanges> HandOverStore::handed_over() const {
  return impl_->under_way();
}

void HandOverStore::Settled() { impl_->Settle(); }

Store& HandOverStore::below() { return impl_->below(); }

}  // namespace medverka::matcher
