#include "matcher/patient/shelves.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "matcher/limits.h"
#include "matcher/patient/codec.h"
#include "matcher/patient/links.h"
#include "ops/base/bytes.h"

namespace medverka::matcher {
namespace {

constexpr std::size_t kKeyBytes = sizeof(PersonKey::bytes);
constexpr std::size_t kSnapshotKeyBytes = 1 + kKeyBytes;
// What a shelf takes in memory besides its items; an empty one counts, too.
constexpr std::size_t kShelfBytes = 512;

// "s" + shelf: the snapshot. "s" + shelf + sequence: a delta. "s" + shelf + sequence + number: its
// further parts. So a shelf's pages stand together, oldest first.
std::string SnapshotKey(const PersonKey& shelf) {
  base::ByteWriter key;
  key.U8('s');
  Write(key, shelf);
  return key.Take();
}

std::string DeltaKey(const PersonKey& shelf, std::uint64_t sequence, std::uint64_t part = 0) {
  base::ByteWriter end;
  end.BigEndian64(sequence);
  if (part > 0) end.BigEndian64(part);
  std::string key;
  key.reserve(kSnapshotKeyBytes + end.bytes().size());
  key.append(1, 's').append(shelf.view()).append(end.bytes());
  return key;
}

// Whether its coming or going may change what others say.
bool IsLinked(const ShelfItem& item) { return item.refers || MayBeReferredTo(item); }

}  // namespace

Shelves::Shelf& Shelves::Touch(const PersonKey& key) {
  Shelf& shelf = shelves_[key];
  NoteDirty(key, shelf);
  return shelf;
}

void Shelves::NoteDirty(const PersonKey& key, const Shelf& shelf) {
  if (shelf.changed.empty() && shelf.decided.empty()) dirty_.push_back(key);
}

void Shelves::Resize(Shelf& shelf, std::size_t before, std::size_t after) {
  shelf.bytes += after - before;
  bytes_ += after - before;
}

void Shelves::Account(Shelf& shelf, const ShelfItem& item) {
  Resize(shelf, 0, ApproximateBytes(item));
  if (item.refers) ++shelf.referring;
  if (IsLinked(item)) shelf.links_stale = true;
  if (shelf.loaded) criteria::PatientView::AddTo(shelf.facts, item.resource);
}

void Shelves::Discount(Shelf& shelf, const ShelfItem& item) {
  Resize(shelf, ApproximateBytes(item), 0);
  if (item.refers) --shelf.referring;
  if (IsLinked(item)) shelf.links_stale = true;
  if (shelf.loaded) criteria::PatientView::TakeFrom(shelf.facts, item.resource);
}

void Shelves::EraseItem(Shelf& shelf, std::string_view id) {
  const auto found = shelf.items.find(id);
  if (found == shelf.items.end()) return;
  Discount(shelf, *found->second);
  // The key points into the item: the node goes first.
  const std::unique_ptr<ShelfItem> item = std::move(found->second);
  shelf.items.erase(found);
}

void Shelves::SetItem(Shelf& shelf, std::unique_ptr<ShelfItem> item) {
  auto place = shelf.items.lower_bound(item->id);
  if (place != shelf.items.end() && place->first == item->id) {
    Discount(shelf, *place->second);
    const std::unique_ptr<ShelfItem> old = std::move(place->second);
    place = shelf.items.erase(place);
  }
  Account(shelf, *item);
  const std::string_view id = item->id;
  shelf.items.emplace_hint(place, id, std::move(item));
}

base::Result<void> Shelves::Fill(ShelfItem& item) {
  if (!item.names_medication()) return {};
  for (std::size_t i = 0; i < item.resource.facts.size(); ++i) {
    criteria::Fact& fact = item.resource.facts[i];
    fact.codes.resize(item.own(i));
    if (fact.medication_id.empty()) continue;
    MEDVERKA_ASSIGN(const std::vector<criteria::CodeId>* codes,
                    medications_.Codes(fact.medication_id));
    fact.codes.insert(fact.codes.end(), codes->begin(), codes->end());
  }
  return {};
}

base::Result<void> Shelves::Put(const PersonKey& shelf, std::string id,
                                criteria::Resource resource) {
  auto item = std::make_unique<ShelfItem>(MakeShelfItem(std::move(id), std::move(resource)));
  MEDVERKA_TRY(Fill(*item));
  if (item->names_medication()) {
    for (const criteria::Fact& fact : item->resource.facts) {
      if (!fact.medication_id.empty()) medications_.AddUser(fact.medication_id, shelf);
    }
  }
  Shelf& held = Touch(shelf);
  held.changed.insert_or_assign(item->id, item.get());
  SetItem(held, std::move(item));
  return {};
}

void Shelves::Remove(const PersonKey& shelf, std::string_view id) {
  Shelf& held = Touch(shelf);
  held.changed.insert_or_assign(std::string(id), nullptr);
  EraseItem(held, id);
}

base::Result<bool> Shelves::Decide(const PersonKey& shelf, const std::string& study,
                                   Decision decision) {
  MEDVERKA_ASSIGN(Shelf * held, Loaded(shelf));
  const auto before = held->decisions.find(study);
  if (before != held->decisions.end() && before->second.version >= decision.version) return false;
  NoteDirty(shelf, *held);
  held->decisions[study] = std::move(decision);
  held->decided.insert(study);
  return true;
}

base::Result<void> Shelves::Refill(const PersonKey& shelf, const std::string& medication_id) {
  MEDVERKA_ASSIGN(Shelf * held, Loaded(shelf));
  for (auto& [id, item] : held->items) {
    const auto& facts = item->resource.facts;
    const bool named = std::any_of(facts.begin(), facts.end(), [&](const criteria::Fact& fact) {
      return fact.medication_id == medication_id;
    });
    if (!named) continue;
    const std::size_t before = ApproximateBytes(*item);
    MEDVERKA_TRY(Fill(*item));
    const std::size_t after = ApproximateBytes(*item);
    Resize(*held, before, after);
  }
  return {};
}

base::Result<void> Shelves::ReadStored(const PersonKey& key, Shelf& shelf) const {
  PageVisitor visit;
  visit.put = [&](ShelfItem item) {
    auto owned = std::make_unique<ShelfItem>(std::move(item));
    const std::string_view id = owned->id;
    shelf.items.erase(id);
    shelf.items.emplace(id, std::move(owned));
  };
  visit.remove = [&](std::string_view id) { shelf.items.erase(id); };
  visit.decide = [&](std::string_view study, Decision decision) {
    shelf.decisions[std::string(study)] = std::move(decision);
  };
  base::Result<void> read;
  MEDVERKA_TRY(store_.Scan(Room::kState, SnapshotKey(key),
                           [&](std::string_view stored, std::string_view page) {
                             if (stored.size() == kSnapshotKeyBytes) {
                               shelf.snapshot_bytes = page.size();
                             } else {
                               base::ByteReader sequence(stored.substr(kSnapshotKeyBytes));
                               const std::uint64_t commit = sequence.BigEndian64();
                               const bool first = sequence.at_end();
                               shelf.deltas.push_back({commit, first ? 0 : sequence.BigEndian64()});
                               shelf.delta_bytes += page.size();
                             }
                             read = ReadPage(page, vocabulary_, visit);
                             return read.has_value();
                           }));
  return read;
}

base::Result<Shelves::Shelf*> Shelves::Loaded(const PersonKey& key) {
  Shelf& shelf = shelves_[key];
  if (shelf.loaded) {
    used_.splice(used_.begin(), used_, shelf.place);
    return &shelf;
  }
  Shelf whole;
  MEDVERKA_TRY(ReadStored(key, whole));
  whole.loaded = true;
  for (auto& [id, item] : whole.items) MEDVERKA_TRY(Fill(*item));
  for (auto& [id, item] : whole.items) Account(whole, *item);
  Resize(whole, 0, kShelfBytes);
  // What has changed since the last commit lies over what is stored.
  for (const auto& [id, changed] : shelf.changed) {
    if (changed == nullptr) {
      EraseItem(whole, id);
      continue;
    }
    const auto found = shelf.items.find(id);
    std::unique_ptr<ShelfItem> item = std::move(found->second);
    shelf.items.erase(found);
    bytes_ -= ApproximateBytes(*item);
    SetItem(whole, std::move(item));
  }
  for (const std::string& study : shelf.decided) whole.decisions[study] = shelf.decisions[study];
  whole.changed = std::move(shelf.changed);
  whole.decided = std::move(shelf.decided);
  shelf = std::move(whole);
  used_.push_front(key);
  shelf.place = used_.begin();
  return &shelf;
}

base::Result<Shelves::Contents> Shelves::Load(const PersonKey& shelf) {
  MEDVERKA_ASSIGN(const Shelf* held, Loaded(shelf));
  return Contents{&held->items, &held->decisions, &held->facts};
}

base::Result<bool> Shelves::Link(const std::vector<PersonKey>& shelves) {
  std::vector<Shelf*> loaded;
  bool refers = false;
  bool stale = shelves.size() > 1;  // what is referred to may stand on another of them
  for (const PersonKey& key : shelves) {
    MEDVERKA_ASSIGN(Shelf * shelf, Loaded(key));
    loaded.push_back(shelf);
    refers |= shelf->referring > 0;
    stale |= shelf->links_stale;
  }
  if (!stale) return refers;
  const auto find = [&](std::string_view id) -> ShelfItem* {
    for (Shelf* shelf : loaded) {
      const auto found = shelf->items.find(id);
      if (found != shelf->items.end()) return found->second.get();
    }
    return nullptr;
  };
  Linker linker(find);
  for (Shelf* shelf : loaded) {
    for (auto& [id, item] : shelf->items) {
      if (!item->has_rank_of_visit) continue;
      const std::size_t before = ApproximateBytes(*item);
      Linker::Unlink(*item);
      Resize(*shelf, before, ApproximateBytes(*item));
    }
  }
  for (Shelf* shelf : loaded) {
    // Who is together now may be parted again.
    shelf->links_stale = shelves.size() > 1;
    if (shelf->referring == 0) continue;
    for (auto& [id, item] : shelf->items) {
      if (!item->refers) continue;
      const std::size_t before = ApproximateBytes(*item);
      linker.Link(*item);
      Resize(*shelf, before, ApproximateBytes(*item));
    }
  }
  return refers;
}

void Shelves::Unload(const PersonKey& key, Shelf& shelf) {
  used_.erase(shelf.place);
  shelf.loaded = false;
  bytes_ -= shelf.bytes;
  if (shelf.changed.empty() && shelf.decided.empty()) {
    shelves_.erase(key);
    return;
  }
  Shelf rest;
  for (const auto& [id, changed] : shelf.changed) {
    if (changed == nullptr) continue;
    const auto found = shelf.items.find(id);
    std::unique_ptr<ShelfItem> item = std::move(found->second);
    shelf.items.erase(found);
    SetItem(rest, std::move(item));
  }
  for (const std::string& study : shelf.decided) rest.decisions[study] = shelf.decisions[study];
  rest.changed = std::move(shelf.changed);
  rest.decided = std::move(shelf.decided);
  shelf = std::move(rest);
}

void Shelves::Trim() {
  while (bytes_ > bytes_max_ && !used_.empty()) {
    const PersonKey last = used_.back();
    Unload(last, shelves_.find(last)->second);
  }
}

base::Result<std::vector<PersonKey>> Shelves::Names() const {
  std::vector<PersonKey> names;
  MEDVERKA_TRY(store_.Scan(Room::kState, "s", [&](std::string_view stored, std::string_view) {
    base::ByteReader in(stored.substr(1));
    const PersonKey key = ReadPersonKey(in);
    if (names.empty() || names.back() != key) names.push_back(key);
    return true;
  }));
  const auto stored = static_cast<std::ptrdiff_t>(names.size());
  names.insert(names.end(), dirty_.begin(), dirty_.end());
  std::sort(names.begin() + stored, names.end());
  std::inplace_merge(names.begin(), names.begin() + stored, names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

base::Result<std::vector<PersonKey>> Shelves::NamesAfter(const std::optional<PersonKey>& after,
                                                         std::size_t most) const {
  std::vector<PersonKey> names;
  std::string from = "s";
  // Behind all of its pages: no commit has that number.
  if (after) from = DeltaKey(*after, UINT64_MAX) + '\0';
  MEDVERKA_TRY(
      store_.ScanFrom(Room::kState, "s", from, [&](std::string_view stored, std::string_view) {
        base::ByteReader in(stored.substr(1));
        const PersonKey key = ReadPersonKey(in);
        if (!names.empty() && names.back() == key) return true;
        if (names.size() == most) return false;
        names.push_back(key);
        return true;
      }));
  const auto stored = static_cast<std::ptrdiff_t>(names.size());
  std::copy_if(dirty_.begin(), dirty_.end(), std::back_inserter(names),
               [&](const PersonKey& key) { return !after || key > *after; });
  std::sort(names.begin() + stored, names.end());
  std::inplace_merge(names.begin(), names.begin() + stored, names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() > most) names.resize(most);
  return names;
}

void Shelves::Commit(const PersonKey& key, Shelf& shelf, Batch& batch, std::uint64_t sequence) {
  std::vector<std::string> parts;
  std::size_t bytes = 0;
  PageWriter page(vocabulary_);
  const auto take = [&](std::size_t from_bytes) {
    if (page.empty() || page.bytes() < from_bytes) return;
    parts.push_back(page.Take());
    bytes += parts.back().size();
  };
  for (const auto& [id, item] : shelf.changed) {
    if (item == nullptr) {
      page.Remove(id);
    } else {
      page.Put(*item);
    }
    take(kSnapshotBytesMax);
  }
  for (const std::string& study : shelf.decided) page.Decide(study, shelf.decisions[study]);
  take(0);
  const std::size_t fold_above =
      std::max(kFoldDeltaBytesMin, shelf.snapshot_bytes * kFoldWhenDeltasExceedSnapshotBy);
  const bool fold = shelf.loaded && !shelf.too_large_to_fold &&
                    shelf.delta_bytes + bytes > fold_above && Fold(key, shelf, batch);
  if (fold) return;
  for (std::uint64_t part = 0; part < parts.size(); ++part) {
    batch.Put(Room::kState, DeltaKey(key, sequence, part), parts[part]);
    shelf.deltas.push_back({sequence, part});
  }
  shelf.delta_bytes += bytes;
}

bool Shelves::Fold(const PersonKey& key, Shelf& shelf, Batch& batch) {
  PageWriter page(vocabulary_);
  for (const auto& [id, item] : shelf.items) page.Put(*item);
  for (const auto& [study, decision] : shelf.decisions) page.Decide(study, decision);
  const std::string snapshot = page.Take();
  shelf.too_large_to_fold = snapshot.size() > kSnapshotBytesMax;
  if (shelf.too_large_to_fold) return false;
  batch.Put(Room::kState, SnapshotKey(key), snapshot);
  for (const auto& [commit, part] : shelf.deltas) {
    batch.Delete(Room::kState, DeltaKey(key, commit, part));
  }
  shelf.deltas.clear();
  shelf.delta_bytes = 0;
  shelf.snapshot_bytes = snapshot.size();
  return true;
}

base::Result<void> Shelves::Write(Batch& batch, std::uint64_t sequence) {
  std::sort(dirty_.begin(), dirty_.end());
  for (const PersonKey& key : dirty_) {
    Shelf& shelf = shelves_[key];
    if (shelf.changed.empty() && shelf.decided.empty()) continue;
    Commit(key, shelf, batch, sequence);
    shelf.changed.clear();
    shelf.decided.clear();
    if (shelf.loaded) continue;
    bytes_ -= shelf.bytes;
    shelves_.erase(key);
  }
  dirty_.clear();
  Trim();
  return {};
}

base::Result<std::string> Shelves::Canonical(const PersonKey& shelf) {
  MEDVERKA_ASSIGN(const Contents contents, Load(shelf));
  if (contents.items->empty() && contents.decisions->empty()) return std::string();
  PageWriter page(vocabulary_);
  for (const auto& [id, item] : *contents.items) page.Put(*item);
  for (const auto& [study, decision] : *contents.decisions) page.Decide(study, decision);
  return page.Take();
}

base::Result<std::string> Shelves::Portable(const PersonKey& shelf) {
  MEDVERKA_ASSIGN(const Contents contents, Load(shelf));
  if (contents.items->empty() && contents.decisions->empty()) return std::string();
  PageWriter page(vocabulary_);
  for (const auto& [id, item] : *contents.items) {
    if (!item->names_medication()) {
      page.Put(*item);
      continue;
    }
    ShelfItem whole = *item;
    whole.own_codes.clear();
    for (criteria::Fact& fact : whole.resource.facts) fact.medication_id.clear();
    page.Put(whole);
  }
  for (const auto& [study, decision] : *contents.decisions) page.Decide(study, decision);
  return page.Take();
}

}  // namespace medverka::matcher
