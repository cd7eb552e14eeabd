// A lane for tests: studies as text, events as text, restarts on the same store, and everything it
// said so far.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "matcher/lane.h"
#include "ops/base/json.h"

namespace medverka::tests {

// Compiles a study; fails the test on any error.
matcher::PublishedStudy Study(const std::string& text);
base::Instant At(std::string_view time);
// A store that several lanes may use, one after the other.
std::unique_ptr<matcher::Store> Share(std::shared_ptr<matcher::Store> store);

class TestLane {
 public:
  // `store`: how a store is opened, on each start anew. Unset: one in memory that outlives
  // restarts.
  explicit TestLane(std::vector<matcher::PublishedStudy> studies, matcher::LaneOptions options = {},
                    std::function<std::unique_ptr<matcher::Store>()> store = {});
  ~TestLane();

  void Apply(const std::string& record);
  void Apply(const std::vector<std::string>& records) {
    for (const std::string& record : records) Apply(record);
  }
  void Tick(std::string_view time);
  void Tick(base::Instant time);
  void Commit();
  // Drops the lane and opens another on the same store. What was not committed is gone.
  void Restart();
  // As Restart; what was said since the last commit is cut off. Gives the number of records that
  // were committed: the caller applies the rest again.
  std::size_t Crash();
  void Restart(std::vector<matcher::PublishedStudy> studies,
               std::vector<std::string> unusable = {});

  // With background_backfill: a new version of the catalogue. After a restart the lane is told the
  // newest one again, as a process does that follows the studies.
  void Publish(std::vector<matcher::PublishedStudy> studies,
               std::vector<std::string> unusable = {});
  void Backfill(std::size_t subjects_max);
  void BackfillAll();

  // What came out for other lanes since the last call, and what they sent.
  std::vector<matcher::MoveEvent> TakeMoves() { return std::exchange(moves_, {}); }
  void ApplyMove(const std::string& value);

  matcher::Lane& lane() { return *lane_; }
  const std::string& suggestions() const { return suggestions_; }  // all since the beginning
  const std::string& dead_letters() const { return dead_letters_; }
  // The suggestions since the last call, as "suggested T1 likely", "changed T1 eligible",
  // "withdrawn T1 criterion-against".
  std::vector<std::string> News();
  // The last one as a whole.
  base::json::object LastSuggestion() const;
  // Open ones as "T1 likely", in order.
  std::vector<std::string> Open();
  std::string Hash();
  matcher::PersonKey Key(std::string_view name) const;  // "Patient/p1"

 private:
  void Start(std::vector<std::string> unusable);
  void Collect();
  void SetCatalogue();

  std::uint64_t version_ = 1;  // of the catalogue, with background_backfill
  std::vector<std::string> unusable_;
  std::vector<matcher::PublishedStudy> studies_;
  matcher::LaneOptions options_;
  std::shared_ptr<matcher::Store> memory_;
  std::function<std::unique_ptr<matcher::Store>()> open_;
  std::unique_ptr<matcher::Lane> lane_;
  std::uint64_t line_ = 0;
  std::uint64_t offset_ = 0;
  // As of the last commit.
  std::uint64_t committed_line_ = 0;
  std::uint64_t committed_offset_ = 0;
  std::size_t committed_suggestions_ = 0;
  std::size_t committed_dead_letters_ = 0;
  std::string suggestions_;
  std::string dead_letters_;
  std::vector<matcher::MoveEvent> moves_;
  std::size_t told_ = 0;
};

}  // namespace medverka::tests
