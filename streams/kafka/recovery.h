// Taking a partition over: one path for a start, a restart, a rebalance, a zombie's successor, a
// lost disk and a damaged one.
//
//   1 fence        Init of the lane's producer: nobody else commits for this partition any more
//   2 offsets      what the group has committed, stable: pending ones are waited out
//   3 target       the true end of the changelog, by a reader that sees uncommitted records too
//   4 store        open the directory; damaged, stale or of an interrupted restore: wipe, empty
//   5 restore      read the changelog, committed records only, from the store's place up to the
//                  target; verify sequence, chain, counts and hashes on the way
//   6 anew         where the changelog itself is damaged and the inputs still have their first
//                  record: an empty store, and a record "anew" behind the damage, so that the
//                  next restore does not meet it; the inputs are worked from their beginning
//   7 judge        marker against offsets (Judge below)
//   8 suppress     where work is done again: what was put out already
//
// Everything but the target and the offsets is read from the log. Damage means wipe, never guess.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matcher/store/store.h"
#include "streams/kafka/committer.h"
#include "streams/kafka/consumer.h"
#include "streams/kafka/lane_fault.h"
#include "streams/kafka/topics.h"
#include "streams/kafka/transaction.h"

namespace medverka::streams::internal {

using Offsets = std::map<std::string, std::int64_t>;  // topic -> next offset

enum class Standing : std::uint8_t {
  kFirstStart,     // neither state nor offsets: from the beginning of the inputs
  kAgree,          // the normal case
  kOffsetsBehind,  // the group's offsets lack what the state has: trust the state
  kStateBehind,  // the changelog lacks what the offsets have: trust the state, work again, put out
                 // nothing twice
  kStateLost,    // offsets, but no state at all: work again from the beginning, likewise
};

// Pure. `state`: the marker's positions, none where there is no marker. `committed`: the group's
// offsets, without topics that have none. One input ahead and another behind: kStateBehind.
Standing Judge(const std::optional<Offsets>& state, const Offsets& committed);

struct RecoveryOptions {
  KafkaProperties kafka;
  ProducerOptions producer;
  TopicNames topics;
  std::string group;
  std::int32_t partition = 0;
  std::string directory;
  bool exactly_once = true;
  std::shared_ptr<matcher::StoreMemory> memory;
  bool wipe = false;  // the copy was found damaged
  // "": none. Why the changelog cannot be believed though it reads back: what was restored from all
  // of it was damaged.
  std::string changelog_damaged;
  std::function<void(std::string_view point)> at_point;
  std::function<bool()> stop;
  // As rows come in: records read, and where the end is.
  std::function<void(std::int64_t records, std::int64_t position, std::int64_t target)> progress;
  std::atomic<std::int64_t>* call_began_us = nullptr;  // for the watchdog
};

struct Recovered {
  std::unique_ptr<TransactionalProducer> producer;
  std::unique_ptr<matcher::Store> store;
  Offsets start;  // kFromBeginning where nothing is known
  Standing standing = Standing::kAgree;
  // kStateBehind, kStateLost: what is done again ends at these offsets, and until then nothing of
  // `suppressed` is put out. `log_time`: how far log time had come before, by ticks too.
  Offsets again_until;
  std::optional<base::Instant> log_time;
  Suppressed suppressed;
  std::int64_t records = 0;
  double seconds = 0;
  bool whole = false;  // restored from the changelog's beginning
  std::vector<std::string_view>
      wiped;                    // why, for the measures: "ahead", "chain", "old", "corruption"
  const char* alarm = nullptr;  // "changelog-damaged", "changelog-behind"
};

using RecoveryResult = tl::expected<Recovered, LaneFault>;
RecoveryResult Recover(const RecoveryOptions& options);

}  // namespace medverka::streams::internal
