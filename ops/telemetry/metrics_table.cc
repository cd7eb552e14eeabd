#include "ops/telemetry/metrics_table.h"

#include <algorithm>
#include <iterator>

namespace medverka::telemetry {
namespace {

constexpr MetricKind kCounter = MetricKind::kCounter;
constexpr MetricKind kGauge = MetricKind::kGauge;
constexpr MetricKind kHistogram = MetricKind::kHistogram;

// One event is worked on for microseconds; one that takes long is what somebody looks for.
constexpr double kWork[] = {1e-6,   2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4,
                            2.5e-4, 5e-4,   1e-3, 5e-3, 2.5e-2, 1e-1, 1};
// A commit takes some 5 ms, a suggestion comes some 10 to 100 ms after its event; the rest is
// trouble, finer where alerts look (1 s).
constexpr double kDelays[] = {0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.075, 0.1,
                              0.25,  0.5,    0.75,  1,      2.5,  5,     10,    30,   60,    600};
// Restores and backfills.
constexpr double kLong[] = {0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1'800, 3'600, 14'400};
constexpr double kRecords[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000, 2'000, 5'000, 10'000};

constexpr Metric kTable[] = {
    {"backfill_seconds", kHistogram, "", kLong,
     "Time that one backfill took: a new or changed study over all patients of a lane."},
    {"backfill_subjects",
     kGauge,
     "partition",
     {},
     "Patients that the backfill under way has to look at in all."},
    {"backfill_subjects_done",
     kGauge,
     "partition",
     {},
     "Patients that the backfill under way has looked at."},
    {"broker_reachable", kGauge, "", {}, "1 while a broker can be reached, else 0."},
    {"build_info", kGauge, "revision,version", {}, "1, with the version that runs."},
    {"catalogue_info", kGauge, "version", {}, "1, with the catalogue version that is live here."},
    {"catalogue_load_timestamp_seconds",
     kGauge,
     "",
     {},
     "When the catalogue that is live here was taken up."},
    {"catalogue_refused_studies",
     kGauge,
     "",
     {},
     "Studies of the newest catalogue that this version cannot compile; the one before stays."},
    {"catalogue_studies", kGauge, "", {}, "Studies that are live here."},
    {"commit_records", kHistogram, "", kRecords, "Input records per commit."},
    {"commit_seconds", kHistogram, "stage", kDelays,
     "Time of a commit by stage: produce, offsets, transaction, store, total."},
    {"commits_total",
     kCounter,
     "outcome",
     {},
     "Commits by outcome: ok, ok-rebuilt (the producer was made anew to be safe), aborted, fatal."},
    {"consumer_lag_records",
     kGauge,
     "partition,topic",
     {},
     "Input records that wait: end of the partition less what was read."},
    {"dlq_records_total", kCounter, "reason", {}, "Records put on the dead-letter topic."},
    {"evaluation_seconds", kHistogram, "", kWork,
     "Time of evaluating one patient against the studies."},
    {"evaluations_total",
     kCounter,
     "verdict",
     {},
     "Studies evaluated for a patient, by verdict: eligible, likely, possible, ineligible."},
    {"event_decode_seconds", kHistogram, "", kWork, "Time of reading one journal record."},
    {"event_to_suggestion_seconds", kHistogram, "", kDelays,
     "From the record's timestamp to its suggestion committed."},
    {"events_consumed_total",
     kCounter,
     "result,topic",
     {},
     "Input records by topic (journal, feedback, moves) and result (applied, unchanged, "
     "rejected)."},
    {"events_in_future_total",
     kCounter,
     "",
     {},
     "Records stamped more than 5 minutes ahead of the lane's clock; taken at the clock's value."},
    {"events_rejected_total",
     kCounter,
     "reason",
     {},
     "Journal entries that could not be used, by reason; a record may have several."},
    {"journal_partitions",
     kGauge,
     "",
     {},
     "Partitions of the journal: there must be as many lanes."},
    {"kafka_client_brokers_up", kGauge, "client", {}, "Brokers that this client is connected to."},
    {"kafka_client_errors_total", kCounter, "client", {}, "Errors that the client reported."},
    {"kafka_client_pending_operations",
     kGauge,
     "client",
     {},
     "Operations that wait for this process to take them."},
    {"kafka_client_queued_bytes", kGauge, "client", {}, "Bytes in the client's send queue."},
    {"kafka_client_queued_records", kGauge, "client", {}, "Records in the client's send queue."},
    {"kafka_client_received_bytes",
     kGauge,
     "client",
     {},
     "Bytes received from brokers since the client was made."},
    {"kafka_client_round_trip_seconds",
     kGauge,
     "client",
     {},
     "Average round trip to the slowest broker in the last interval."},
    {"kafka_client_sent_bytes",
     kGauge,
     "client",
     {},
     "Bytes sent to brokers since the client was made."},
    {"lanes", kGauge, "state", {}, "Lanes of this process by state: restoring, running, stopped."},
    {"log_time_timestamp_seconds",
     kGauge,
     "partition",
     {},
     "Log time of the lane: the time that timers and ages go by."},
    {"read_model_lag_records",
     kGauge,
     "",
     {},
     "Suggestions that this process has not yet taken up for /suggestions."},
    {"ready", kGauge, "", {}, "1 when /readyz says yes, else 0."},
    {"recovery_alarms_total",
     kCounter,
     "kind",
     {},
     "What recovery found that must not be: changelog-behind, changelog-damaged, "
     "offset-out-of-range."},
    {"restore_done_records", kGauge, "partition", {}, "Records read by the restore under way."},
    {"restore_records_total", kCounter, "", {}, "Changelog records restored."},
    {"restore_seconds", kHistogram, "", kLong, "Time of one restore of a lane."},
    {"restore_target_records",
     kGauge,
     "partition",
     {},
     "Records that the restore under way has to read."},
    {"store_bytes",
     kGauge,
     "kind",
     {},
     "Memory of the stores of this process: memtable, block-cache, block-cache-capacity."},
    {"store_disk_bytes",
     kGauge,
     "partition",
     {},
     "Tables of the lane's store that count, on disk."},
    {"store_keys", kGauge, "partition", {}, "Keys in the lane's store, estimated."},
    {"store_wiped_total",
     kCounter,
     "cause",
     {},
     "Stores wiped to be rebuilt from Kafka: corruption, io, ahead, chain, old."},
    {"store_write_stall_seconds_total",
     kCounter,
     "",
     {},
     "Time in which a store made its writer wait."},
    {"suggestions_total",
     kCounter,
     "type",
     {},
     "Suggestions committed by type: suggested, changed, withdrawn."},
    {"suggestions_withdrawn_total", kCounter, "cause", {}, "Suggestions withdrawn, by cause."},
    {"timers_fired_total", kCounter, "", {}, "Timers that came due and were worked on."},
    {"volume_free_bytes",
     kGauge,
     "",
     {},
     "Room left for this process on the volume of state.directory."},
    {"volume_size_bytes", kGauge, "", {}, "Size of the volume of state.directory."},
};

constexpr Metric kProcess[] = {
    {"process_cpu_seconds_total", kCounter, "", {}, "User and system CPU time spent in seconds."},
    {"process_max_fds", kGauge, "", {}, "Maximum number of open file descriptors."},
    {"process_open_fds", kGauge, "", {}, "Number of open file descriptors."},
    {"process_resident_memory_bytes", kGauge, "", {}, "Resident memory size in bytes."},
    {"process_start_time_seconds",
     kGauge,
     "",
     {},
     "Start time of the process since unix epoch in seconds."},
    {"process_threads", kGauge, "", {}, "Number of threads."},
    {"process_virtual_memory_bytes", kGauge, "", {}, "Virtual memory size in bytes."},
};

}  // namespace

std::span<const Metric> MetricTable() { return kTable; }

const Metric* FindMetric(std::string_view name) {
  const auto* found = std::lower_bound(
      std::begin(kTable), std::end(kTable), name,
      [](const Metric& metric, std::string_view wanted) { return metric.name < wanted; });
  return found != std::end(kTable) && found->name == name ? found : nullptr;
}

std::span<const Metric> ProcessMetrics() { return kProcess; }

}  // namespace medverka::telemetry
