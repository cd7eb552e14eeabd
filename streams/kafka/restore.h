// The changelog back into a store, verified on the way.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matcher/marker.h"
#include "matcher/store/batch.h"
#include "matcher/store/store.h"
#include "ops/base/result.h"
#include "streams/kafka/commit_record.h"
#include "streams/kafka/consumer.h"
#include "streams/kafka/lane_fault.h"

namespace medverka::streams::internal {

// Verifies sequence, chain, count and hash of each transaction. One that compaction has taken rows
// from has fewer than it says; commit records older than the last kCommitRecordsKept may be gone.
class ChangelogVerifier {
 public:
  // From an empty store, or behind the commit that this marker speaks of. Without transactions a
  // commit that was never finished leaves rows without a commit record before the next one's.
  explicit ChangelogVerifier(bool exactly_once) : exactly_once_(exactly_once) {}
  ChangelogVerifier(bool exactly_once, std::uint64_t sequence, const base::Digest& chain)
      : exactly_once_(exactly_once), sequence_(sequence), chain_(chain) {}

  void Row(matcher::Room room, std::string_view key, std::optional<std::string_view> value);
  // kCorruption: what does not fit.
  base::Result<void> Commit(const CommitRecord& record);
  // At the end of the log. kCorruption: rows without a commit, or a gap in the last
  // kCommitRecordsKept commits.
  base::Result<void> End() const;

  std::uint64_t sequence() const { return sequence_; }

 private:
  base::Result<void> CheckRows(const CommitRecord& record) const;

  bool exactly_once_;
  std::uint64_t sequence_ = 0;
  base::Digest chain_{};
  std::uint64_t rows_ = 0;
  matcher::ChangeDigest digest_;
  std::uint64_t last_missing_ = 0;  // the highest sequence number that was not seen; 0: none
};

// What a store says of itself.
struct StoreStanding {
  std::optional<matcher::Marker> marker;
  ChangelogPlace place;  // REQUIRES marker
};

struct RestoreOptions {
  TopicPartition changelog;
  std::int64_t begin = kFromBeginning;  // for an empty store
  std::int64_t target = 0;              // read up to here
  base::Instant now{};                  // wall clock, to tell how long a store was away
  bool exactly_once = true;
  std::function<bool()> stop;
  std::function<void(std::int64_t records, std::int64_t position)> progress;
  std::function<void()> at_rows;  // now and then, for tests
};

enum class RestoreEnd : std::uint8_t {
  kDone,
  kMustWipe,     // the store does not fit the log: ahead of it, of another history, or too old
  kBeginsLater,  // all up to a record "anew" counts no more: from an empty store, from `begins` on
  kDamaged,      // the log does not read back, and nothing behind it says "anew"
  kStopped,
};

struct Restored {
  RestoreEnd end = RestoreEnd::kDone;
  std::string why;           // kMustWipe, kDamaged
  const char* cause = "";    // kMustWipe: label of the measures, "ahead", "chain" or "old"
  std::int64_t begins = 0;   // kBeginsLater
  std::int64_t records = 0;  // read
  StoreStanding standing;    // kDone: of the store after it
  std::optional<base::Instant> log_time;  // the latest that a commit record speaks of
};

// Reads the log from the store's place (its beginning, for an empty store) to the target, into the
// store. Where it ends otherwise than with kDone the store holds a part of it, and must be wiped
// before it is used. Errors: of the store (FaultOfState), of reading.
tl::expected<Restored, LaneFault> Restore(PartitionReader& reader, matcher::Store& store,
                                          const StoreStanding& from, const RestoreOptions& options);

}  // namespace medverka::streams::internal
