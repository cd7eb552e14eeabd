// What one lane tells of itself: handles asked for once, set after commits only, so that an event
// costs nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "matcher/lane.h"
#include "streams/kafka/committer.h"
#include "streams/kafka/service.h"
#include "streams/measures.h"

namespace medverka::streams::internal {

// Input records of one batch.
struct Taken {
  std::uint64_t journal = 0, feedback = 0, moves = 0;
  std::uint64_t unchanged = 0, rejected = 0;  // of the journal's
  std::uint64_t bytes = 0;
  std::uint64_t all() const { return journal + feedback + moves; }
};

class LaneMeasures final : public matcher::Stopwatch {
 public:
  LaneMeasures(Measures& measures, std::int32_t partition);
  ~LaneMeasures() override;  // the gauges of the partition are shown no more

  // Counters of a lane since it was opened; what they gained is added.
  void Tell(const matcher::LaneCounters& counters);
  // Another lane begins. What was handed over and did not come through is done again, and counted
  // then; what did come through without being told so is counted nowhere.
  void Forget() {
    before_ = {};
    handed_ = {};
  }
  // What is on its way to the brokers, and that it is there now: counted then, so that what is done
  // again counts once.
  void Hand(const CommitBatch& batch, const Taken& taken);
  void Tell(const Committed& committed);
  void Tell(const matcher::StoreMeasures& store);
  void Tell(const LaneStatus& status);
  void Restoring(std::int64_t records, std::int64_t target);
  void Restored(std::int64_t records, double seconds);
  void Backfilled(double seconds);
  void CommitFailed();
  void Wiped(std::string_view cause);
  void Alarm(const char* kind);

  double Seconds() override;
  void TookReading(double seconds) override { reading_.Observe(seconds); }
  void TookEvaluating(double seconds) override { evaluating_.Observe(seconds); }

 private:
  Counter& Of(std::string_view name, const Labels& labels = {}) {
    return measures_.CounterOf(name, labels);
  }
  Gauge& GaugeHere(std::string_view name) {
    return measures_.GaugeOf(name, {{"partition", partition_}});
  }

  Measures& measures_;
  const std::string partition_;
  Gauge& lag_;
  Gauge& log_time_;
  Gauge& keys_;
  Gauge& disk_;
  Gauge& backfill_total_;
  Gauge& backfill_done_;
  Gauge& restore_target_;
  Gauge& restore_done_;
  Histogram& delay_;
  Histogram& commit_total_;
  Histogram& commit_produce_;
  Histogram& commit_offsets_;
  Histogram& commit_transaction_;
  Histogram& commit_store_;
  Histogram& commit_records_;
  Histogram& reading_;
  Histogram& evaluating_;
  Counter& journal_;
  Counter& journal_unchanged_;
  Counter& feedback_;
  Counter& moves_;
  Counter& timers_;
  Counter& future_;
  Counter& commits_;
  Counter& commits_renewed_;
  struct Handed {
    Taken taken;
    std::map<std::string_view, std::uint64_t> suggestions;  // by type
    std::map<std::string, std::uint64_t> withdrawn, dead;   // by cause, by reason
  };
  void Count(const Handed& handed);
  Handed handed_;
  matcher::LaneCounters before_;
  double stalled_before_ = 0;
};

}  // namespace medverka::streams::internal
