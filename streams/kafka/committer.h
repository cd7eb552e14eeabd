// The commit thread of a lane: takes one finished batch at a time to the broker and then to the
// store, while the lane works on the next.
//
//   lane thread                      commit thread
//   Hand(batch)  ----------------->  begin, produce, await delivery, offsets, commit   (broker)
//   next batch ...                   rows + marker + changelog position, one write     (RocksDB)
//   Poll() / Wait()  <-------------  outcome
//
// What a transaction's outcome means:
//   OK                      write to the store
//   OK, EndTxn sent twice   the same, and a new producer before the next transaction
//   abortable               abort, wait a little, the same batch again; after kTries the lane goes
//   retriable               the same call again
//   any, after patience_us  the lane goes
//   anything else           the lane goes: the batch is dropped, recovery reads from the log what
//                           became of it
// The batch that is sent again is the same to the byte, so nothing has to be computed anew. A lane
// that goes drops its next batch too.
//
// Without transactions (at_least_once): deliver everything, write the store, then hand the offsets
// to the member of the group.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "matcher/effects.h"
#include "matcher/lane.h"
#include "matcher/store/hand_over_store.h"
#include "streams/kafka/lane_fault.h"
#include "streams/kafka/record.h"
#include "streams/kafka/topics.h"
#include "streams/kafka/transaction.h"

namespace medverka::streams::internal {

struct CommitBatch {
  matcher::Lane::Committed committed;
  matcher::InputPositions positions;
  std::shared_ptr<const matcher::StoreChanges> changes;  // the marker's row last
  matcher::Effects effects;
  std::vector<KafkaRecord> dead_letters;
  std::vector<std::int64_t> stamps_us;  // of the records that caused suggestions
};

// What the log says was put out already, by commits that are done again: not a second time.
struct Suppressed {
  // Record key -> what is said there last. All that came before it was put out, whether compaction
  // has left it there or not.
  std::map<std::string, matcher::LastSaid, std::less<>> suggestions;
  std::set<std::string, std::less<>> dead_letters;  // SuppressKey
};
std::string SuppressKey(const matcher::DeadLetterEvent& event);

struct CommitterOptions {
  ProducerOptions producer;
  TopicNames topics;
  std::int32_t partition = 0;
  MetadataSource group;  // of the member now; nullptr: there is none
  // at_least_once: commits these offsets when it can.
  std::function<void(const std::map<std::string, std::int64_t>& next)> offsets;
  // The group's offsets are not taken back behind these: another crash on the way must know that
  // work is done again.
  std::map<std::string, std::int64_t> again_until;
  std::function<void(std::string_view point)> at_point;
  // A call may take so long. What is not through after `patience_us` is given up, with its client,
  // which may be stuck: recovery has a new one and reads from the log what became of it. By then
  // the broker has ended the transaction. Tests shorten both.
  int call_timeout_ms = 10'000;
  std::int64_t patience_us = 15 * 1'000'000;
};

struct Committed {
  std::optional<LaneFault> fault;  // none: it is in the log and in the store
  base::Instant timestamp{};       // the broker's, of the commit record
  std::int64_t at_us = 0;          // monotonic, when that was
  std::int64_t took_us = 0;        // all of it
  std::int64_t produced_us = 0, offsets_us = 0, ended_us = 0, wrote_us = 0;  // of that
  bool renewed = false;  // the producer was made anew to be safe
  std::uint64_t suggestions = 0, dead_letters = 0, moves = 0, rows = 0, retries = 0;
  std::vector<std::int64_t> stamps_us;
};

class Committer {
 public:
  // `producer` is initialised. `store` outlives the committer.
  Committer(CommitterOptions options, std::unique_ptr<TransactionalProducer> producer,
            matcher::Store& store);
  ~Committer();  // waits for what is under way

  // REQUIRES: nothing under way.
  void Hand(CommitBatch batch);
  bool busy() const { return busy_; }  // lane's thread
  // The outcome of what was handed over, once.
  std::optional<Committed> Poll();
  std::optional<Committed> Wait(int timeout_ms);
  // Any thread: from now on a batch that is not through is dropped.
  void Abandon() { abandoned_.store(true); }
  // Any thread; monotonic, when the call now made to the library began; 0: none.
  std::int64_t call_began_us() const { return call_began_us_.load(std::memory_order_relaxed); }

 private:
  void Run();
  Committed Commit(const CommitBatch& batch);
  std::optional<LaneFault> Send(const CommitBatch& batch, Committed& result);
  Outcome Transact(const CommitBatch& batch, Committed& result);
  Outcome ProduceAll(const CommitBatch& batch, Committed& result);
  Outcome ProduceRows(const matcher::StoreChanges& changes, std::uint64_t& rows,
                      std::uint64_t& bytes);
  Outcome ProduceSuggestions(const CommitBatch& batch, Committed& result);
  Outcome ProduceDeadLetters(const CommitBatch& batch, Committed& result);
  Outcome ProduceMoves(const CommitBatch& batch, Committed& result);
  Outcome ProduceCommitRecord(const CommitBatch& batch, const Committed& result,
                              std::uint64_t bytes);
  Outcome End();
  Outcome AbortNow();
  std::optional<LaneFault> Renew();
  base::Result<void> Write(const CommitBatch& batch, const Committed& result);
  base::Result<std::map<std::string, std::int64_t>> OffsetsAfter(const CommitBatch& batch) const;
  void At(std::string_view point) const {
    if (options_.at_point) options_.at_point(point);
  }

  CommitterOptions options_;
  // What the producer borrows until it has delivered it, or is gone.
  CommitBatch batch_;
  std::map<std::size_t, std::string> packed_;  // large moves, by their place in the batch
  std::unique_ptr<TransactionalProducer> producer_;
  matcher::Store& store_;
  bool renew_ = false;
  std::int64_t give_up_us_ = 0;  // monotonic: when the batch under way is given up
  std::string key_buffer_;
  std::atomic<bool> abandoned_ = false;
  std::atomic<std::int64_t> call_began_us_ = 0;
  bool busy_ = false;  // lane's thread only

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<CommitBatch> handed_;
  std::optional<Committed> done_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace medverka::streams::internal
