#include "streams/kafka/lane_measures.h"

#include <chrono>
#include <limits>

namespace medverka::streams::internal {
namespace {

constexpr double kSecondsPerMicro = 1e-6;
constexpr double kGone = std::numeric_limits<double>::quiet_NaN();

Labels CommitStage(const char* stage) { return {{"stage", stage}}; }
Labels Consumed(const char* topic, const char* result) {
  return {{"topic", topic}, {"result", result}};
}
double InSeconds(std::int64_t us) { return static_cast<double>(us) * kSecondsPerMicro; }

}  // namespace

LaneMeasures::LaneMeasures(Measures& measures, std::int32_t partition)
    : measures_(measures),
      partition_(fmt::format("{}", partition)),
      lag_(measures.GaugeOf("consumer_lag_records",
                            {{"topic", "journal"}, {"partition", partition_}})),
      log_time_(GaugeHere("log_time_timestamp_seconds")),
      keys_(GaugeHere("store_keys")),
      disk_(GaugeHere("store_disk_bytes")),
      backfill_total_(GaugeHere("backfill_subjects")),
      backfill_done_(GaugeHere("backfill_subjects_done")),
      restore_target_(GaugeHere("restore_target_records")),
      restore_done_(GaugeHere("restore_done_records")),
      delay_(measures.HistogramOf("event_to_suggestion_seconds")),
      commit_total_(measures.HistogramOf("commit_seconds", CommitStage("total"))),
      commit_produce_(measures.HistogramOf("commit_seconds", CommitStage("produce"))),
      commit_offsets_(measures.HistogramOf("commit_seconds", CommitStage("offsets"))),
      commit_transaction_(measures.HistogramOf("commit_seconds", CommitStage("transaction"))),
      commit_store_(measures.HistogramOf("commit_seconds", CommitStage("store"))),
      commit_records_(measures.HistogramOf("commit_records")),
      reading_(measures.HistogramOf("event_decode_seconds")),
      evaluating_(measures.HistogramOf("evaluation_seconds")),
      journal_(Of("events_consumed_total", Consumed("journal", "applied"))),
      journal_unchanged_(Of("events_consumed_total", Consumed("journal", "unchanged"))),
      feedback_(Of("events_consumed_total", Consumed("feedback", "applied"))),
      moves_(Of("events_consumed_total", Consumed("moves", "applied"))),
      timers_(Of("timers_fired_total")),
      future_(Of("events_in_future_total")),
      commits_(Of("commits_total", {{"outcome", "ok"}})),
      commits_renewed_(Of("commits_total", {{"outcome", "ok-rebuilt"}})) {}

LaneMeasures::~LaneMeasures() {
  for (Gauge* gauge : {&lag_, &log_time_, &keys_, &disk_, &backfill_total_, &backfill_done_,
                       &restore_target_, &restore_done_}) {
    gauge->Set(kGone);
  }
}

double LaneMeasures::Seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

void LaneMeasures::Tell(const matcher::LaneCounters& counters) {
  const auto gained = [](std::uint64_t now, std::uint64_t before) {
    return static_cast<double>(now - before);
  };
  timers_.Add(gained(counters.timers_fired, before_.timers_fired));
  future_.Add(gained(counters.future_stamps, before_.future_stamps));
  for (std::size_t grade = 0; grade < counters.verdicts.size(); ++grade) {
    const auto name = criteria::Name(static_cast<criteria::Grade>(grade));
    Of("evaluations_total", {{"verdict", std::string(name)}})
        .Add(gained(counters.verdicts[grade], before_.verdicts[grade]));
  }
  for (std::size_t reason = 0; reason < counters.dead.size(); ++reason) {
    if (counters.dead[reason] == before_.dead[reason]) continue;
    const auto name = matcher::Name(static_cast<matcher::DeadLetterReason>(reason));
    Of("events_rejected_total", {{"reason", std::string(name)}})
        .Add(gained(counters.dead[reason], before_.dead[reason]));
  }
  before_ = counters;
}

void LaneMeasures::Tell(const Committed& committed) {
  Count(std::exchange(handed_, {}));
  (committed.renewed ? commits_renewed_ : commits_).Add(1);
  if (committed.retries > 0) {
    Of("commits_total", {{"outcome", "aborted"}}).Add(static_cast<double>(committed.retries));
  }
  commit_total_.Observe(InSeconds(committed.took_us));
  commit_produce_.Observe(InSeconds(committed.produced_us));
  commit_offsets_.Observe(InSeconds(committed.offsets_us));
  commit_transaction_.Observe(InSeconds(committed.ended_us));
  commit_store_.Observe(InSeconds(committed.wrote_us));
  for (const std::int64_t stamp_us : committed.stamps_us) {
    delay_.Observe(InSeconds(std::max<std::int64_t>(0, committed.timestamp.us - stamp_us)));
  }
}

void LaneMeasures::Hand(const CommitBatch& batch, const Taken& taken) {
  handed_ = {};
  handed_.taken = taken;
  for (const matcher::SuggestionEvent& event : batch.effects.suggestions) {
    if (!event.reason.empty()) ++handed_.withdrawn[std::string(event.reason)];
    // "se.medverka.suggestion.changed.v1"
    for (const std::string_view type : {"suggested", "changed", "withdrawn"}) {
      if (event.type.find(type) == std::string::npos) continue;
      ++handed_.suggestions[type];
      break;
    }
  }
  for (const matcher::DeadLetterEvent& event : batch.effects.dead_letters) {
    ++handed_.dead[std::string(matcher::Name(event.reason))];
  }
}

void LaneMeasures::Count(const Handed& handed) {
  const auto add = [this](const char* name, const char* label, const auto& counts) {
    for (const auto& [of, count] : counts) {
      Of(name, {{label, std::string(of)}}).Add(static_cast<double>(count));
    }
  };
  add("suggestions_total", "type", handed.suggestions);
  add("suggestions_withdrawn_total", "cause", handed.withdrawn);
  add("dlq_records_total", "reason", handed.dead);
  const Taken& taken = handed.taken;
  journal_.Add(static_cast<double>(taken.journal - taken.unchanged));
  journal_unchanged_.Add(static_cast<double>(taken.unchanged));
  feedback_.Add(static_cast<double>(taken.feedback));
  moves_.Add(static_cast<double>(taken.moves));
  if (taken.rejected > 0) {
    Of("events_consumed_total", Consumed("journal", "rejected"))
        .Add(static_cast<double>(taken.rejected));
  }
  commit_records_.Observe(static_cast<double>(taken.all()));
}

void LaneMeasures::Tell(const matcher::StoreMeasures& store) {
  keys_.Set(static_cast<double>(store.keys));
  disk_.Set(static_cast<double>(store.live_bytes));
  if (store.stalled_seconds > stalled_before_) {
    Of("store_write_stall_seconds_total").Add(store.stalled_seconds - stalled_before_);
    stalled_before_ = store.stalled_seconds;
  }
}

void LaneMeasures::Tell(const LaneStatus& status) {
  lag_.Set(static_cast<double>(status.lag_records));
  log_time_.Set(InSeconds(status.log_time.us));
  backfill_total_.Set(static_cast<double>(status.backfill_total));
  backfill_done_.Set(static_cast<double>(status.backfill_done));
}

void LaneMeasures::Restoring(std::int64_t records, std::int64_t target) {
  restore_done_.Set(static_cast<double>(records));
  restore_target_.Set(static_cast<double>(target));
}

void LaneMeasures::Restored(std::int64_t records, double seconds) {
  Of("restore_records_total").Add(static_cast<double>(records));
  measures_.HistogramOf("restore_seconds").Observe(seconds);
}

void LaneMeasures::Backfilled(double seconds) {
  measures_.HistogramOf("backfill_seconds").Observe(seconds);
}

void LaneMeasures::CommitFailed() { Of("commits_total", {{"outcome", "fatal"}}).Add(1); }
void LaneMeasures::Wiped(std::string_view cause) {
  Of("store_wiped_total", {{"cause", std::string(cause)}}).Add(1);
}
void LaneMeasures::Alarm(const char* kind) { Of("recovery_alarms_total", {{"kind", kind}}).Add(1); }

}  // namespace medverka::streams::internal
