// The shelves of all names, in memory and in the store.
//
// Idea: an event on a shelf is appended, never merged into a blob: at commit each touched shelf
// writes one page of what changed. When a shelf's deltas outgrow its snapshot, the snapshot is
// written anew and the deltas go, so the cost per event is constant over time. A shelf need not be
// in memory to be appended to.
//
// In memory stand the shelves used last, decoded, up to a bound; and of every other touched shelf
// only what has changed since the last commit.
#pragma once

#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "criteria/vocabulary.h"
#include "matcher/patient/medications.h"
#include "matcher/patient/shelf.h"
#include "matcher/store/batch.h"
#include "matcher/store/store.h"

namespace medverka::matcher {

class Shelves {
 public:
  Shelves(const Store& store, criteria::Vocabulary& vocabulary, Medications& medications,
          std::size_t bytes_max)
      : store_(store), vocabulary_(vocabulary), medications_(medications), bytes_max_(bytes_max) {}

  // Replaces the item of that id. REQUIRES: facts not empty.
  base::Result<void> Put(const PersonKey& shelf, std::string id, criteria::Resource resource);
  void Remove(const PersonKey& shelf, std::string_view id);
  // False: an equal or newer decision on that study is held.
  base::Result<bool> Decide(const PersonKey& shelf, const std::string& study, Decision decision);
  // The medication changed: its codes on this shelf are filled in anew.
  base::Result<void> Refill(const PersonKey& shelf, const std::string& medication_id);

  struct Contents {
    const ShelfItems* items = nullptr;
    const Decisions* decisions = nullptr;
    // What all items say, in any order: made once, so that an event on a long history does not
    // walk it.
    const criteria::PatientView::Facts* facts = nullptr;
  };
  // Borrowed until the shelf is changed or Trim is called. Never seen: empty.
  base::Result<Contents> Load(const PersonKey& shelf);
  // Fills in what facts on these shelves, those of one person, say of each other: the codes behind
  // references to conditions and procedures, and which condition was the main one of its visit.
  // False: none names another. REQUIRES: all were loaded since the last Trim.
  base::Result<bool> Link(const std::vector<PersonKey>& shelves);
  // Gives memory back down to the bound; the shelves not used for longest go first.
  void Trim();

  // All shelves that were ever touched, sorted; some may be empty by now.
  base::Result<std::vector<PersonKey>> Names() const;

  // Those of them after `after`, up to `most`.
  base::Result<std::vector<PersonKey>> NamesAfter(const std::optional<PersonKey>& after,
                                                  std::size_t most) const;

  // One page per changed shelf, in order of their keys. `sequence` rises with each commit.
  base::Result<void> Write(Batch& batch, std::uint64_t sequence);

  // The shelf as bytes that depend on its content alone, for the hash over the state.
  base::Result<std::string> Canonical(const PersonKey& shelf);

  // The same for another lane, which need not know the medications that facts name: their codes
  // are the facts' own. "" if there is nothing on it.
  base::Result<std::string> Portable(const PersonKey& shelf);

  std::size_t bytes() const { return bytes_; }

 private:
  struct Shelf {
    bool loaded = false;  // false: holds only what has changed
    ShelfItems items;
    Decisions decisions;
    criteria::PatientView::Facts facts;  // of `items`; only when loaded
    // By id, in the order of the page; nullptr: removed.
    std::map<std::string, const ShelfItem*, std::less<>> changed;
    std::set<std::string, std::less<>> decided;
    std::size_t bytes = 0;
    std::size_t referring = 0;       // items that refer to others
    bool links_stale = true;         // something came or went that may be referred to
    std::size_t snapshot_bytes = 0;  // in the store; known once loaded
    std::size_t delta_bytes = 0;
    bool too_large_to_fold = false;  // as far as we know since it was loaded
    std::vector<std::pair<std::uint64_t, std::uint64_t>> deltas;  // their sequences and parts
    std::list<PersonKey>::iterator place;  // in order of use; only when loaded
  };

  Shelf& Touch(const PersonKey& key);  // REQUIRES: a change of the shelf is noted next
  void NoteDirty(const PersonKey& key, const Shelf& shelf);  // before the change is noted
  base::Result<Shelf*> Loaded(const PersonKey& key);
  base::Result<void> ReadStored(const PersonKey& key, Shelf& shelf) const;
  base::Result<void> Fill(ShelfItem& item);
  void SetItem(Shelf& shelf, std::unique_ptr<ShelfItem> item);
  void EraseItem(Shelf& shelf, std::string_view id);
  void Account(Shelf& shelf, const ShelfItem& item);   // for one that came,
  void Discount(Shelf& shelf, const ShelfItem& item);  // and one that goes
  void Resize(Shelf& shelf, std::size_t before, std::size_t after);
  void Unload(const PersonKey& key, Shelf& shelf);
  void Commit(const PersonKey& key, Shelf& shelf, Batch& batch, std::uint64_t sequence);
  // False: its snapshot would be too large a row.
  bool Fold(const PersonKey& key, Shelf& shelf, Batch& batch);

  const Store& store_;
  criteria::Vocabulary& vocabulary_;
  Medications& medications_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::unordered_map<PersonKey, Shelf, PersonKeyHash> shelves_;
  std::vector<PersonKey> dirty_;  // shelves with changes since the last commit, in any order
  std::list<PersonKey> used_;     // loaded shelves, last used first
};

}  // namespace medverka::matcher
