// The configuration of `medverka serve` and of the tools that talk to the same topics: a YAML file,
// each key overridable by environment, all of it in docs/configuration.md.
//
// Environment: MEDVERKA_ + the key's path in capitals, "." as "_": MEDVERKA_COMMIT_INTERVAL=50ms,
// MEDVERKA_KAFKA_BOOTSTRAP_SERVERS=... (below kafka: "_" stands for ".").
// Secrets come from files only: subject_key_file; kafka: {sasl.password_file,
// ssl.key.password_file, ...}: the property with
// "_file" names a file whose content, without its line end, becomes the property. A secret in the
// clear is refused.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ops/base/log.h"
#include "ops/base/result.h"
#include "streams/kafka/client.h"
#include "streams/kafka/topics.h"

namespace medverka::config {

enum class Delivery : std::uint8_t { kExactlyOnce, kAtLeastOnce };
enum class PartitionKey : std::uint8_t { kPatientId, kSubjectKey };

struct Config {
  streams::KafkaProperties kafka;  // kafka.*; REQUIRED: bootstrap.servers
  std::map<std::string, std::string>
      kafka_files;                 // those of them that were read from a file: property -> path
  std::string group = "medverka";  // consumer group, and prefix of transactional ids
  std::string instance;            // group.instance.id; default: the host's name
  bool lanes = true, api = true;   // roles: [lanes, api]
  Delivery delivery = Delivery::kExactlyOnce;
  streams::TopicPlan
      topics;  // topics.{journal,feedback,moves,studies,suggestions,state,dead_letters,
               //         partitions,replication,journal_retention}
  PartitionKey partition_key =
      PartitionKey::kPatientId;  // what producers key the journal by: patient-id | subject-key
  std::string state_directory;   // state.directory, REQUIRED
  std::string subject_key_file;  // REQUIRED
  std::uint8_t subject_key_id = 1;
  bool assume_recruiting = false;

  // commit.*
  std::int64_t commit_interval_us =
      50'000;  // under load, at least so long between two commits of a lane
  std::uint64_t commit_records_max = 5'000;
  std::uint64_t commit_bytes_max = 8ULL * 1024 * 1024;
  std::int64_t idle_tick_us = 30'000'000;

  // memory.*: of the whole process, shared by its lanes, but the queues, which each lane has
  std::uint64_t block_cache_bytes = 256ULL * 1024 * 1024;  // write buffers are charged to it
  std::uint64_t write_buffer_bytes = 128ULL * 1024 * 1024;
  std::uint64_t hot_patient_bytes =
      512ULL * 1024 * 1024;  // decoded patients, divided among the lanes
  std::uint64_t consumer_queue_bytes = 64ULL * 1024 * 1024;  // per lane
  std::uint64_t producer_queue_bytes = 32ULL * 1024 * 1024;  // per lane

  double backfill_share =
      0.5;  // backfill.share: of a lane's time, while a new study meets stored patients

  std::string http_address =
      "127.0.0.1";  // http.listen "127.0.0.1:8080": /metrics, /livez, /readyz, suggestions
  std::uint16_t http_port = 8080;  // 0: any free one
  base::LogFormat log_format = base::LogFormat::kText;
  base::LogLevel log_level = base::LogLevel::kInfo;
};

// One thing that is wrong: where ("medverka.yaml:12:5", "environment MEDVERKA_X"), the key, what,
// and what to do.
struct ConfigProblem {
  std::string place, key, message;
};

struct ConfigOutcome {
  Config config;
  std::vector<ConfigProblem> problems;  // not empty: the config is not to be used
};

// Tools (topics, publish, dlq) run where no service does: its directory and key are not asked for.
enum class ConfigUse : std::uint8_t { kService, kTool };

// Reads file and environment (name -> value; names that do not begin with MEDVERKA_ are passed
// over). Every problem at once: not YAML, unknown key ("did you mean"), wrong type, negative size,
// unknown unit, path that is not there, property that librdkafka does not take. `path` "": defaults
// and environment only.
ConfigOutcome ReadConfig(const std::string& path,
                         const std::map<std::string, std::string>& environment,
                         ConfigUse use = ConfigUse::kService);

// All variables of this process, for ReadConfig.
std::map<std::string, std::string> Environment();

// The effective configuration, key -> value as text, by key. Secrets are named by their files, or
// left out: kafka's as "kafka.sasl.password_file".
std::map<std::string, std::string> Effective(const Config& config);
// The same as YAML that ReadConfig takes: what `config check` prints.
std::string ToYaml(const Config& config);

// "medverka.yaml:12:5: commit.interval must be ..."
std::string ToText(const ConfigProblem& problem);

// Keys that a running service takes up without a restart (SIGHUP or a changed file): log.level,
// commit.interval, backfill.share. The names of changed keys that need a restart.
std::vector<std::string> NeedsRestart(const Config& before, const Config& after);

}  // namespace medverka::config
