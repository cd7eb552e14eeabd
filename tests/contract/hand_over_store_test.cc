// HandOverStore against the obvious store, over RocksDB: whatever is under way and however far the
// commit thread has come, a reader sees every batch that was committed, and nothing else.
#include "matcher/store/hand_over_store.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "matcher/store/batch.h"
#include "matcher/store/changelog.h"
#include "tests/support/temporary_directory.h"

namespace medverka::matcher {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr Room kAllRooms[] = {Room::kState, Room::kTimers, Room::kLedger, Room::kMeta};

Pairs Scan(const Store& store, Room room, std::string_view prefix, std::size_t most = SIZE_MAX) {
  Pairs pairs;
  EXPECT_TRUE(store
                  .Scan(room, prefix,
                        [&](std::string_view key, std::string_view value) {
                          pairs.emplace_back(key, value);
                          return pairs.size() < most;
                        })
                  .has_value());
  return pairs;
}

// What the commit thread does with what was handed over.
void WriteBelow(Store& below, const StoreChanges& changes) {
  for (const StoreChange& change : changes) {
    if (change.value) {
      below.Put(change.room, change.key, *change.value);
    } else {
      below.Delete(change.room, change.key);
    }
  }
  const auto committed = below.Commit();
  ASSERT_TRUE(committed.has_value()) << committed.error().message;
}

class HandOver : public testing::Test {
 protected:
  HandOver() {
    auto below = OpenRocksDbStore(directory_ / "state", {.sync = false});
    EXPECT_TRUE(below.has_value()) << below.error().message;
    store_ = std::make_unique<HandOverStore>(std::move(*below));
    expected_ = MakeMemoryStore();
  }

  std::string Key() {
    return {std::string(1 + random_() % 3, static_cast<char>('a' + random_() % 4))};
  }
  void Change() {
    const Room room = kAllRooms[random_() % 2];
    const std::string key = Key();
    if (random_() % 3 == 0) {
      store_->Delete(room, key);
      expected_->Delete(room, key);
    } else {
      const std::string value(random_() % 20, static_cast<char>('0' + random_() % 10));
      store_->Put(room, key, value);
      expected_->Put(room, key, value);
    }
  }
  void Compare() {
    for (const Room room : kAllRooms) {
      for (const std::string& prefix : {std::string(), std::string("b"), Key()}) {
        const std::size_t most = random_() % 2 == 0 ? SIZE_MAX : 1 + random_() % 4;
        ASSERT_EQ(Scan(*store_, room, prefix, most), Scan(*expected_, room, prefix, most));
      }
      const std::string key = Key();
      std::string found;
      std::string wanted;
      const auto note = [](std::string& rows) {
        return [&rows](std::string_view row, std::string_view value) {
          rows.append(row).append("=").append(value).append(" ");
          return true;
        };
      };
      ASSERT_TRUE(store_->ScanFrom(room, key.substr(0, 1), key, note(found)).has_value());
      ASSERT_TRUE(expected_->ScanFrom(room, key.substr(0, 1), key, note(wanted)).has_value());
      ASSERT_EQ(found, wanted);
      ASSERT_EQ(store_->Get(room, key).value(), expected_->Get(room, key).value());
    }
  }

  std::mt19937 random_{20261122};
  tests::TemporaryDirectory directory_;
  std::unique_ptr<HandOverStore> store_;
  std::unique_ptr<Store> expected_;
};

TEST_F(HandOver, EqualsTheObviousStoreWhileCommitsAreUnderWay) {
  for (int batch = 0; batch < 200; ++batch) {
    for (std::size_t change = random_() % 20; change > 0; --change) Change();
    Compare();
    ASSERT_TRUE(store_->Commit().has_value());
    ASSERT_TRUE(expected_->Commit().has_value());
    Compare();
    const auto changes = store_->handed_over();
    ASSERT_NE(changes, nullptr);
    std::thread commit([&] { WriteBelow(store_->below(), *changes); });
    for (std::size_t change = random_() % 10; change > 0; --change) Change();
    Compare();
    commit.join();
    Compare();
    store_->Settled();
    EXPECT_EQ(store_->handed_over(), nullptr);
    Compare();
  }
}

TEST_F(HandOver, DigestIsThatOfTheBatchWithoutTheMarker) {
  Batch batch(*store_);
  batch.Put(Room::kState, "a", "1");
  batch.Delete(Room::kTimers, "b");
  batch.Put(Room::kMeta, "c", "");
  store_->Put(Room::kMeta, kMarkerKey, "the marker");
  ASSERT_TRUE(store_->Commit().has_value());
  const auto changes = store_->handed_over();
  ASSERT_EQ(changes->size(), 4U);
  EXPECT_EQ(changes->back().key, kMarkerKey);
  EXPECT_EQ(DigestOf(*changes), batch.digest());
  EXPECT_NE(ChainOf({}, batch.digest()), ChainOf(batch.digest(), batch.digest()));
}

TEST(Changelog, KeysReadBack) {
  for (const Room room : kAllRooms) {
    const std::string row("k\0\xff", 3);
    const std::string key = ChangelogKey(room, row);
    const auto read = ReadChangelogKey(key);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->room, room);
    EXPECT_EQ(read->key, row);
  }
  EXPECT_FALSE(ReadChangelogKey("").has_value());
  EXPECT_FALSE(ReadChangelogKey("commit/17").has_value());
  EXPECT_FALSE(ReadChangelogKey(ChangelogKey(Room::kMeta, kMarkerKey)).has_value());
  EXPECT_FALSE(ReadChangelogKey(ChangelogKey(Room::kMeta, kChangelogPositionKey)).has_value());
  EXPECT_TRUE(ReadChangelogKey(ChangelogKey(Room::kState, kMarkerKey)).has_value());
}

TEST(StoreMemory, IsSharedAndCounted) {
  const tests::TemporaryDirectory directory;
  const auto memory = MakeStoreMemory(8 * 1024 * 1024, 2 * 1024 * 1024);
  std::vector<std::unique_ptr<Store>> stores;
  for (const char* name : {"lane-0", "lane-1"}) {
    auto store = OpenRocksDbStore(directory / name, {.sync = false, .memory = memory});
    ASSERT_TRUE(store.has_value()) << store.error().message;
    for (int i = 0; i < 2'000; ++i) {
      (*store)->Put(Room::kState, std::to_string(i), std::string(5'000, static_cast<char>(i)));
      if (i % 100 == 99) {
        ASSERT_TRUE((*store)->Commit().has_value());
      }
    }
    for (int i = 0; i < 2'000; ++i) {
      ASSERT_TRUE((*store)->Get(Room::kState, std::to_string(i)).value().has_value());
    }
    EXPECT_TRUE((*store)->Verify().has_value());
    const StoreMeasures measures = (*store)->measures();
    EXPECT_GT(measures.keys, 0U);
    EXPECT_GT(measures.live_bytes, 0U);
    EXPECT_GE(measures.stalled_seconds, 0.0);
    stores.push_back(std::move(*store));
  }
  const StoreMemoryUse use = UseOf(*memory);
  EXPECT_EQ(use.capacity_bytes, 8U * 1024 * 1024);
  EXPECT_GT(use.cache_bytes, 0U);
  // 20 MB went through either store.
  EXPECT_LE(use.cache_bytes, 16U * 1024 * 1024);
  EXPECT_LE(use.write_buffer_bytes, 8U * 1024 * 1024);
}

}  // namespace
}  // namespace medverka::matcher
