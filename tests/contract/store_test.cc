// The Store contract, on both twins: what is committed is there, what is not is not, in key order.
#include "matcher/store/store.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>
#include <vector>

#include "tests/support/temporary_directory.h"

namespace medverka::matcher {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Twin {
  const char* name;
  std::unique_ptr<Store> (*make)(const std::string& directory);
};

std::unique_ptr<Store> MakeMemory(const std::string&) { return MakeMemoryStore(); }
std::unique_ptr<Store> MakeRocksDb(const std::string& directory) {
  auto store = OpenRocksDbStore(directory);
  EXPECT_TRUE(store.has_value()) << store.error().message;
  return store.has_value() ? std::move(*store) : nullptr;
}

class StoreContract : public testing::TestWithParam<Twin> {
 protected:
  void SetUp() override {
    store_ = GetParam().make(directory_ / "state");
    ASSERT_NE(store_, nullptr);
  }

  std::optional<std::string> Get(Room room, std::string_view key) {
    auto value = store_->Get(room, key);
    EXPECT_TRUE(value.has_value());
    return value.has_value() ? *value : std::nullopt;
  }
  Pairs Scan(Room room, std::string_view prefix, std::size_t most = SIZE_MAX) {
    Pairs pairs;
    EXPECT_TRUE(store_
                    ->Scan(room, prefix,
                           [&](std::string_view key, std::string_view value) {
                             pairs.emplace_back(key, value);
                             return pairs.size() < most;
                           })
                    .has_value());
    return pairs;
  }
  void Commit() { ASSERT_TRUE(store_->Commit().has_value()); }

  tests::TemporaryDirectory directory_;
  std::unique_ptr<Store> store_;
};

TEST_P(StoreContract, ShowsNothingBeforeCommit) {
  store_->Put(Room::kState, "a", "1");
  EXPECT_EQ(Get(Room::kState, "a"), std::nullopt);
  EXPECT_EQ(Scan(Room::kState, ""), Pairs());
  Commit();
  EXPECT_EQ(Get(Room::kState, "a"), "1");
  store_->Delete(Room::kState, "a");
  EXPECT_EQ(Get(Room::kState, "a"), "1");
  Commit();
  EXPECT_EQ(Get(Room::kState, "a"), std::nullopt);
}

TEST_P(StoreContract, KeepsRoomsApart) {
  const Room rooms[] = {Room::kState, Room::kTimers, Room::kLedger, Room::kMeta};
  for (const Room room : rooms) store_->Put(room, "k", std::to_string(static_cast<int>(room)));
  Commit();
  for (const Room room : rooms) {
    EXPECT_EQ(Scan(room, ""), (Pairs{{"k", std::to_string(static_cast<int>(room))}}));
  }
}

TEST_P(StoreContract, LastChangeOfABatchWins) {
  store_->Put(Room::kMeta, "a", "1");
  store_->Put(Room::kMeta, "a", "2");
  store_->Put(Room::kMeta, "b", "1");
  store_->Delete(Room::kMeta, "b");
  store_->Delete(Room::kMeta, "c");
  store_->Put(Room::kMeta, "c", "3");
  Commit();
  EXPECT_EQ(Scan(Room::kMeta, ""), (Pairs{{"a", "2"}, {"c", "3"}}));
}

TEST_P(StoreContract, ScansOnlyThePrefixInByteOrder) {
  const std::string high("p\xff", 2);
  for (const std::string& key : {std::string("p"), std::string("pa"), std::string("p\0z", 3), high,
                                 high + "x", std::string("q"), std::string("o")}) {
    store_->Put(Room::kState, key, "v");
  }
  Commit();
  EXPECT_EQ(
      Scan(Room::kState, "p"),
      (Pairs{
          {"p", "v"}, {std::string("p\0z", 3), "v"}, {"pa", "v"}, {high, "v"}, {high + "x", "v"}}));
  EXPECT_EQ(Scan(Room::kState, high), (Pairs{{high, "v"}, {high + "x", "v"}}));
  EXPECT_EQ(Scan(Room::kState, "\xff"), Pairs());
}

TEST_P(StoreContract, ScansFromAKeyOnwards) {
  for (const char* key : {"o", "pa", "pb", "pc", "q"}) store_->Put(Room::kState, key, "v");
  Commit();
  const auto from = [&](std::string_view key) {
    std::string found;
    EXPECT_TRUE(store_
                    ->ScanFrom(Room::kState, "p", key,
                               [&](std::string_view row, std::string_view) {
                                 found.append(row).append(" ");
                                 return row != "pb";
                               })
                    .has_value());
    return found;
  };
  EXPECT_EQ(from("a"), "pa pb ");
  EXPECT_EQ(from("pb"), "pb ");
  EXPECT_EQ(from("pba"), "pc ");
  EXPECT_EQ(from("q"), "");
}

TEST_P(StoreContract, StopsScanningWhenToldTo) {
  for (const char* key : {"a", "b", "c"}) store_->Put(Room::kTimers, key, "");
  Commit();
  EXPECT_EQ(Scan(Room::kTimers, "", 2), (Pairs{{"a", ""}, {"b", ""}}));
}

TEST_P(StoreContract, CommitOfNothingIsFine) {
  Commit();
  Commit();
  EXPECT_EQ(Scan(Room::kState, ""), Pairs());
}

TEST_P(StoreContract, AgreesWithAMapOverRandomBatches) {
  std::mt19937 random(20261122);
  std::map<std::string, std::string> expected;
  for (int batch = 0; batch < 60; ++batch) {
    std::map<std::string, std::string> next = expected;
    for (int change = 0; change < 20; ++change) {
      const std::string key(1 + random() % 3, static_cast<char>('a' + random() % 4));
      if (random() % 3 == 0) {
        store_->Delete(Room::kState, key);
        next.erase(key);
      } else {
        const std::string value(random() % 300, static_cast<char>('0' + random() % 10));
        store_->Put(Room::kState, key, value);
        next[key] = value;
      }
    }
    EXPECT_EQ(Scan(Room::kState, ""), Pairs(expected.begin(), expected.end()));
    Commit();
    expected = std::move(next);
    EXPECT_EQ(Scan(Room::kState, ""), Pairs(expected.begin(), expected.end()));
  }
}

INSTANTIATE_TEST_SUITE_P(Twins, StoreContract,
                         testing::Values(Twin{"Memory", MakeMemory}, Twin{"RocksDb", MakeRocksDb}),
                         [](const auto& twin) { return twin.param.name; });

}  // namespace
}  // namespace medverka::matcher
