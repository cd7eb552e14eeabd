// Shelves against a plain map of what was put on them: through folds, evictions and stores opened
// again; and no row ever too large for the changelog.
#include "matcher/patient/shelves.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "matcher/limits.h"

namespace medverka::matcher {
namespace {

PersonKey KeyOf(std::uint8_t number) {
  PersonKey key;
  key.bytes.fill(number);
  return key;
}

criteria::Resource Note(const std::string& id, std::string text) {
  criteria::Resource resource;
  resource.id = id;
  criteria::Fact fact;
  fact.kind = criteria::FactKind::kObservation;
  fact.value.type = criteria::Value::Type::kText;
  fact.value.text = std::move(text);
  resource.facts.push_back(std::move(fact));
  return resource;
}

struct Bench {
  explicit Bench(std::size_t hot) : hot_bytes(hot) { Reopen(); }

  void Reopen() {
    medications.emplace(*store, vocabulary);
    shelves.emplace(*store, vocabulary, *medications, hot_bytes);
  }
  void Commit() {
    Batch batch(*store);
    ASSERT_TRUE(shelves->Write(batch, ++sequence).has_value());
    ASSERT_TRUE(store->Commit().has_value());
  }
  // Ids and texts as the list of facts has them, sorted.
  std::vector<std::pair<std::string, std::string>> Facts(const PersonKey& key) {
    const auto contents = shelves->Load(key);
    EXPECT_TRUE(contents.has_value());
    std::vector<std::pair<std::string, std::string>> facts;
    for (const auto& kind : *contents->facts) {
      for (const criteria::FactRef& ref : kind) {
        facts.emplace_back(ref.resource->id, ref.fact->value.text);
      }
    }
    std::sort(facts.begin(), facts.end());
    return facts;
  }
  struct Rows {
    std::size_t bytes = 0, largest = 0;
  };
  Rows StoredRows() const {
    Rows rows;
    EXPECT_TRUE(store
                    ->Scan(Room::kState, "s",
                           [&](std::string_view, std::string_view value) {
                             rows.bytes += value.size();
                             rows.largest = std::max(rows.largest, value.size());
                             return true;
                           })
                    .has_value());
    return rows;
  }

  std::size_t hot_bytes;
  std::unique_ptr<Store> store = MakeMemoryStore();
  criteria::Vocabulary vocabulary;
  std::optional<Medications> medications;
  std::optional<Shelves> shelves;
  std::uint64_t sequence = 0;
};

TEST(Shelves, FactsAreThoseOfWhatWasPutWhateverHappensBetween) {
  constexpr int kSteps = 3'000;
  for (const std::size_t hot_bytes : {std::size_t{1}, std::size_t{1} << 30}) {
    Bench bench(hot_bytes);
    std::mt19937 random(7);
    std::map<std::uint8_t, std::map<std::string, std::string>> expected;
    for (int step = 0; step < kSteps; ++step) {
      const auto person = static_cast<std::uint8_t>(random() % 3);
      const std::string id = "Observation/o" + std::to_string(random() % 40);
      switch (random() % 8) {
        case 0:
          bench.shelves->Remove(KeyOf(person), id);
          expected[person].erase(id);
          break;
        case 1:
          bench.Commit();
          break;
        case 2:
          bench.shelves->Trim();
          break;
        case 3:
          if (random() % 8 == 0) {
            bench.Commit();
            bench.Reopen();
          }
          break;
        default: {
          std::string text = std::to_string(step) + std::string(random() % 400, 'x');
          expected[person][id] = text;
          ASSERT_TRUE(bench.shelves->Put(KeyOf(person), id, Note(id, std::move(text))).has_value());
        }
      }
      const auto& all = expected[person];
      ASSERT_EQ(bench.Facts(KeyOf(person)),
                (std::vector<std::pair<std::string, std::string>>(all.begin(), all.end())))
          << "step " << step;
    }
  }
}

TEST(Shelves, AShelfTooLargeForARowKeepsItsDeltas) {
  constexpr std::size_t kPiece = 1024 * 1024;
  constexpr int kPieces = 2 * kSnapshotBytesMax / kPiece;
  Bench bench(std::size_t{1} << 30);
  for (int i = 0; i < kPieces; ++i) {
    const std::string id = "Observation/o" + std::to_string(i);
    ASSERT_TRUE(
        bench.shelves->Put(KeyOf(1), id, Note(id, std::string(kPiece, static_cast<char>('a' + i))))
            .has_value());
    ASSERT_TRUE(bench.shelves->Load(KeyOf(1)).has_value());
    bench.Commit();
  }
  EXPECT_GT(bench.StoredRows().bytes, 2 * kSnapshotBytesMax);
  EXPECT_LE(bench.StoredRows().largest, kSnapshotBytesMax);
  bench.Reopen();
  EXPECT_EQ(bench.Facts(KeyOf(1)).size(), static_cast<std::size_t>(kPieces));
}

// As when all that another lane knows of a patient comes at once.
TEST(Shelves, ADeltaTooLargeForARowHasParts) {
  constexpr std::size_t kPiece = 1024 * 1024;
  constexpr int kPieces = 3 * kSnapshotBytesMax / kPiece;
  const auto put = [](Bench& bench, int from, char text) {
    for (int i = from; i < kPieces; ++i) {
      const std::string id = "Observation/o" + std::to_string(i);
      ASSERT_TRUE(bench.shelves->Put(KeyOf(1), id, Note(id, std::string(kPiece, text))));
    }
  };
  for (const bool loaded : {false, true}) {
    Bench bench(std::size_t{1} << 30);
    const auto load = [&] {
      if (!loaded) return;
      EXPECT_TRUE(bench.shelves->Load(KeyOf(1)).has_value());
    };
    load();
    put(bench, 0, 'a');
    bench.Commit();
    EXPECT_LE(bench.StoredRows().largest, kSnapshotBytesMax + 2 * kPiece);
    bench.Reopen();
    load();
    put(bench, 1, 'b');  // over the first parts, in parts
    bench.Commit();
    EXPECT_LE(bench.StoredRows().largest, kSnapshotBytesMax + 2 * kPiece);
    bench.Reopen();
    const auto facts = bench.Facts(KeyOf(1));
    ASSERT_EQ(facts.size(), static_cast<std::size_t>(kPieces));
    EXPECT_EQ(facts[0].second.front(), 'a');
    EXPECT_EQ(facts[1].second.front(), 'b');
    // Small again: folded into one row, and no part is left.
    load();
    for (int i = 1; i < kPieces; ++i) {
      bench.shelves->Remove(KeyOf(1), "Observation/o" + std::to_string(i));
    }
    ASSERT_TRUE(bench.shelves->Load(KeyOf(1)).has_value());
    bench.Commit();
    EXPECT_EQ(bench.Facts(KeyOf(1)).size(), 1U);
    EXPECT_LE(bench.StoredRows().bytes, 2 * kPiece);
  }
}

}  // namespace
}  // namespace medverka::matcher
