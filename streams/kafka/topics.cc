// Idea: a table says of each topic what it must be (Need); the same table makes the missing ones
// and judges those that are there.
#include "streams/kafka/topics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "ops/base/log.h"
#include "streams/kafka/handles.h"

namespace medverka::streams {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;

// One try to ask for metadata; between two, errors of the client are heard.
constexpr int kMetadataTryMs = 1'000;
// A broker that creates a dozen topics of many partitions is busy for some seconds.
constexpr int kAdminMs = 30'000;
// A topic just made is not known to every broker at once; one that is missing is asked for again.
constexpr std::int64_t kSettleUs = 2'000'000;
constexpr std::int64_t kAskAgainUs = 50'000;
constexpr std::size_t kErrorTextBytes = 512;
// With fewer copies one that is slow would stop all writing.
constexpr int kReplicasForSpare = 3;
// State is read whole at a restore: compacted early, in pieces that are soon done with.
constexpr const char* kCompactedSegmentBytes = "67108864";
constexpr const char* kCompactedSegmentMs = "86400000";
constexpr const char* kCompactedDirtyRatio = "0.2";

enum class Role : std::uint8_t {
  kJournal,
  kFeedback,
  kMoves,
  kStudies,
  kSuggestions,
  kState,
  kDeadLetters,
};

struct Need {
  Role role = Role::kJournal;
  std::string topic;
  bool compacted = false;
  std::int64_t message_bytes = 0;  // at least; 0: any
  bool broker_time = false;        // message.timestamp.type=LogAppendTime
  std::string why_broker_time;
};

std::vector<Need> NeedsOf(const TopicNames& names) {
  const std::string clock =
      "log time then follows whoever writes, and one record from the future moves it for good";
  const std::string ticks = "the clock of ticks then is the process's, not the broker's";
  return {
      // What is read may be as large as it likes; a record over the limit becomes a dead letter.
      {Role::kJournal, names.journal, false, 0, true, clock},
      {Role::kFeedback, names.feedback, false, 0, true, clock},
      {Role::kMoves, names.moves, false, kMessageBytesMax, true, clock},
      {Role::kStudies, names.studies, true, kMessageBytesMax, false, ""},
      {Role::kSuggestions, names.suggestions, true, kMessageBytesMax, false, ""},
      {Role::kState, names.state, true, kMessageBytesMax, true, ticks},
      {Role::kDeadLetters, names.dead_letters, false, kDeadLetterMessageBytesMax, false, ""},
  };
}

Result<void> CheckNamesDiffer(const std::vector<Need>& needs) {
  std::set<std::string> seen;
  for (const Need& need : needs) {
    if (need.topic.empty()) return Fail(ErrorCode::kInvalidArgument, "a topic has no name");
    if (seen.insert(need.topic).second) continue;
    return Fail(ErrorCode::kInvalidArgument,
                "the topic {} is named for two purposes: each needs a topic of its own",
                need.topic);
  }
  return {};
}

// What the brokers say of one topic.
struct Found {
  std::int32_t partitions = 0;  // 0: not there
  bool forbidden = false;
  std::map<std::string, std::string> settings;
  bool settings_known = false;
};

// A refusal is soon followed by "all brokers down", which is not what the user has to hear.
struct AdminEvents : internal::ClientEvents {
  std::atomic<rd_kafka_resp_err_t> refusal = RD_KAFKA_RESP_ERR_NO_ERROR;
};

void OnError(rd_kafka_t*, int code, const char*, void* opaque) {
  auto& events = static_cast<AdminEvents&>(*static_cast<internal::ClientEvents*>(opaque));
  const auto error = static_cast<rd_kafka_resp_err_t>(code);
  events.failed.store(error);
  if (internal::IsRefusal(error)) events.refusal.store(error);
}

// One connection for as long as a call of this file takes.
class Admin {
 public:
  static Result<std::unique_ptr<Admin>> Connect(const KafkaProperties& properties,
                                                const std::vector<Need>& needs) {
    auto admin = std::unique_ptr<Admin>(new Admin());
    if (const auto servers = properties.find("bootstrap.servers"); servers != properties.end()) {
      admin->servers_ = servers->second;
    }
    MEDVERKA_ASSIGN(
        auto conf,
        internal::MakeConf(properties, {{"allow.auto.create.topics", "false"}}, admin->events_));
    rd_kafka_conf_set_error_cb(conf.get(), OnError);
    MEDVERKA_ASSIGN(admin->client_, internal::MakeHandle(RD_KAFKA_PRODUCER, std::move(conf)));
    for (const Need& need : needs) {
      // Known to the client, so that metadata are asked for these topics and no others.
      admin->topics_.emplace_back(
          rd_kafka_topic_new(admin->client_.get(), need.topic.c_str(), nullptr));
      if (admin->topics_.back() == nullptr) {
        return Fail(ErrorCode::kInvalidArgument, "{} cannot be a topic's name", need.topic);
      }
    }
    return admin;
  }

  void GiveUpOnceAsked(std::function<bool()> stop) { stop_ = std::move(stop); }

  // Of the topics named at Connect.
  Result<std::map<std::string, Found>> Look() {
    const std::int64_t deadline = internal::MonotonicUs() + kReachMs * 1'000LL;
    while (true) {
      const rd_kafka_metadata_t* raw = nullptr;
      const auto failed = rd_kafka_metadata(client_.get(), 0, nullptr, &raw, kMetadataTryMs);
      const std::unique_ptr<const rd_kafka_metadata_t, MetadataDeleter> metadata(raw);
      rd_kafka_poll(client_.get(), 0);
      const bool late = internal::MonotonicUs() > deadline || (stop_ && stop_());
      if (failed == RD_KAFKA_RESP_ERR_NO_ERROR && (late || !IsElecting(*metadata))) {
        return Take(*metadata);
      }
      MEDVERKA_TRY(CheckNotRefused(failed));
      if (late) {
        return Fail(ErrorCode::kUnavailable,
                    "no broker answers at {} ({}); check kafka.bootstrap.servers and whether the "
                    "brokers are up",
                    servers_, internal::NameOf(LastError(failed)));
      }
    }
  }

  // The same, and those that seem to be missing get some time to appear.
  Result<std::map<std::string, Found>> LookPatiently() {
    const std::int64_t deadline = internal::MonotonicUs() + kSettleUs;
    while (true) {
      MEDVERKA_ASSIGN(auto found, Look());
      const bool all = std::all_of(found.begin(), found.end(), [](const auto& one) {
        return one.second.partitions > 0 || one.second.forbidden;
      });
      if (all || internal::MonotonicUs() > deadline) return found;
      std::this_thread::sleep_for(std::chrono::microseconds(kAskAgainUs));
    }
  }

  int brokers() const { return brokers_; }

  // Adds the settings of the topics that are there.
  Result<void> LookAtSettings(std::map<std::string, Found>& found);

  // Gives what went wrong, by topic; "": made.
  Result<std::map<std::string, std::string>> Create(
      const std::vector<std::pair<Need, std::map<std::string, std::string>>>& wanted,
      std::int32_t partitions, std::int16_t replication);

 private:
  struct MetadataDeleter {
    void operator()(const rd_kafka_metadata_t* metadata) const {
      rd_kafka_metadata_destroy(metadata);
    }
  };
  using Queue = std::unique_ptr<rd_kafka_queue_t, internal::DestroyWith<rd_kafka_queue_destroy>>;
  using Event = std::unique_ptr<rd_kafka_event_t, internal::DestroyWith<rd_kafka_event_destroy>>;
  using Options = std::unique_ptr<rd_kafka_AdminOptions_t,
                                  internal::DestroyWith<rd_kafka_AdminOptions_destroy>>;

  Admin() = default;

  rd_kafka_resp_err_t LastError(rd_kafka_resp_err_t failed) const {
    const auto heard = events_.failed.load();
    return heard != RD_KAFKA_RESP_ERR_NO_ERROR ? heard : failed;
  }

  Result<void> CheckNotRefused(rd_kafka_resp_err_t failed) const {
    const auto heard = events_.refusal.load();
    const auto error = heard != RD_KAFKA_RESP_ERR_NO_ERROR ? heard : failed;
    if (!internal::IsRefusal(error)) return {};
    if (error == RD_KAFKA_RESP_ERR__SSL) {
      return Fail(
          ErrorCode::kInvalidArgument,
          "TLS with the brokers at {} fails; check kafka.ssl.ca.location, the certificates, "
          "and that the port speaks TLS",
          servers_);
    }
    return Fail(ErrorCode::kInvalidArgument,
                "the brokers at {} refuse the login ({}); check kafka.security.protocol, "
                "kafka.sasl.mechanism, user name and password, or the client's certificate",
                servers_, internal::NameOf(error));
  }

  static bool IsElecting(const rd_kafka_metadata_t& metadata) {
    for (int i = 0; i < metadata.topic_cnt; ++i) {
      if (metadata.topics[i].err == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) return true;
    }
    return false;
  }

  Result<std::map<std::string, Found>> Take(const rd_kafka_metadata_t& metadata) {
    brokers_ = metadata.broker_cnt;
    std::map<std::string, Found> found;
    for (int i = 0; i < metadata.topic_cnt; ++i) {
      const rd_kafka_metadata_topic& topic = metadata.topics[i];
      Found& one = found[topic.topic];
      one.forbidden = topic.err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
      const bool absent = topic.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
                          topic.err == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || one.forbidden;
      one.partitions = absent ? 0 : topic.partition_cnt;
    }
    return found;
  }

  Result<Event> Await(rd_kafka_queue_t* queue, const char* what) {
    Event event(rd_kafka_queue_poll(queue, kAdminMs + kMetadataTryMs));
    if (event == nullptr) {
      return Fail(ErrorCode::kUnavailable, "the brokers at {} do not answer ({})", servers_, what);
    }
    return event;
  }

  AdminEvents events_;
  internal::Handle client_;  // after what its callbacks write to, before what it lives in
  std::vector<internal::Topic> topics_;
  std::string servers_;
  std::function<bool()> stop_;
  int brokers_ = 0;
};

Result<void> Admin::LookAtSettings(std::map<std::string, Found>& found) {
  std::vector<rd_kafka_ConfigResource_t*> asked;
  for (const auto& [topic, one] : found) {
    if (one.partitions > 0) {
      asked.push_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    }
  }
  if (asked.empty()) return {};
  const Queue queue(rd_kafka_queue_new(client_.get()));
  const Options options(
      rd_kafka_AdminOptions_new(client_.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS));
  std::array<char, kErrorTextBytes> why{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), kAdminMs, why.data(), why.size());
  rd_kafka_DescribeConfigs(client_.get(), asked.data(), asked.size(), options.get(), queue.get());
  rd_kafka_ConfigResource_destroy_array(asked.data(), asked.size());
  MEDVERKA_ASSIGN(const Event event, Await(queue.get(), "DescribeConfigs"));
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return tl::unexpected(internal::ToError(rd_kafka_event_error(event.get()),
                                            "the settings of the topics cannot be read"));
  }
  std::size_t count = 0;
  const auto* const* resources = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    Found& one = found[rd_kafka_ConfigResource_name(resources[i])];
    one.settings_known = rd_kafka_ConfigResource_error(resources[i]) == RD_KAFKA_RESP_ERR_NO_ERROR;
    std::size_t entries = 0;
    const auto* const* entry = rd_kafka_ConfigResource_configs(resources[i], &entries);
    for (std::size_t e = 0; e < entries; ++e) {
      const char* value = rd_kafka_ConfigEntry_value(entry[e]);
      if (value != nullptr) one.settings[rd_kafka_ConfigEntry_name(entry[e])] = value;
    }
  }
  return {};
}

std::string WhyNotMade(rd_kafka_resp_err_t error, const char* text) {
  if (error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
      error == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED) {
    return "the brokers do not let this user make topics: grant it CREATE, or have an "
           "administrator run this";
  }
  return fmt::format("the brokers refuse to make it: {} ({})",
                     text != nullptr ? text : rd_kafka_err2str(error), internal::NameOf(error));
}

Result<std::map<std::string, std::string>> Admin::Create(
    const std::vector<std::pair<Need, std::map<std::string, std::string>>>& wanted,
    std::int32_t partitions, std::int16_t replication) {
  std::map<std::string, std::string> outcome;
  std::vector<rd_kafka_NewTopic_t*> topics;
  std::array<char, kErrorTextBytes> why{};
  for (const auto& [need, settings] : wanted) {
    rd_kafka_NewTopic_t* topic =
        rd_kafka_NewTopic_new(need.topic.c_str(), need.role == Role::kStudies ? 1 : partitions,
                              replication, why.data(), why.size());
    if (topic == nullptr) {
      outcome[need.topic] = why.data();
      continue;
    }
    for (const auto& [name, value] : settings) {
      rd_kafka_NewTopic_set_config(topic, name.c_str(), value.c_str());
    }
    topics.push_back(topic);
  }
  if (topics.empty()) return outcome;
  const Queue queue(rd_kafka_queue_new(client_.get()));
  const Options options(rd_kafka_AdminOptions_new(client_.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), kAdminMs, why.data(), why.size());
  rd_kafka_AdminOptions_set_operation_timeout(options.get(), kAdminMs, why.data(), why.size());
  rd_kafka_CreateTopics(client_.get(), topics.data(), topics.size(), options.get(), queue.get());
  rd_kafka_NewTopic_destroy_array(topics.data(), topics.size());
  MEDVERKA_ASSIGN(const Event event, Await(queue.get(), "CreateTopics"));
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return tl::unexpected(
        internal::ToError(rd_kafka_event_error(event.get()), "the topics cannot be made"));
  }
  std::size_t count = 0;
  const auto* const* results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto error = rd_kafka_topic_result_error(results[i]);
    outcome[rd_kafka_topic_result_name(results[i])] =
        error == RD_KAFKA_RESP_ERR_NO_ERROR
            ? ""
            : WhyNotMade(error, rd_kafka_topic_result_error_string(results[i]));
  }
  return outcome;
}

// ---- what is there against what must be

std::string SettingOf(const Found& found, const std::string& name) {
  const auto setting = found.settings.find(name);
  return setting == found.settings.end() ? "" : setting->second;
}

std::string Mend(const Need& need, std::string_view setting) {
  return fmt::format("kafka-configs --alter --topic {} --add-config {}", need.topic, setting);
}

std::string JudgeSettings(const Need& need, const Found& found) {
  std::string problem;
  const std::string policy = SettingOf(found, "cleanup.policy");
  const std::string wanted = need.compacted ? "compact" : "delete";
  if (policy != wanted) {
    problem += fmt::format("{} has cleanup.policy={}, but must have {}, or {}: {}. ", need.topic,
                           policy, wanted,
                           need.compacted ? "what is old is lost while it still counts"
                                          : "all but the last record of a key is lost",
                           Mend(need, "cleanup.policy=" + wanted));
  }
  std::int64_t bytes = 0;
  const std::string limit = SettingOf(found, "max.message.bytes");
  std::from_chars(limit.data(), limit.data() + limit.size(), bytes);
  if (bytes < need.message_bytes) {
    problem += fmt::format("{} has max.message.bytes={}, but must take {}: {}. ", need.topic, limit,
                           need.message_bytes,
                           Mend(need, fmt::format("max.message.bytes={}", need.message_bytes)));
  }
  return problem;
}

std::string JudgePartitions(const Need& need, const Found& found, const Need& journal,
                            std::int32_t journal_partitions) {
  if (need.role == Role::kStudies) {
    if (found.partitions == 1) return "";
    return fmt::format(
        "{} has {} partitions, but a catalogue lies in one: make it anew, or name another in "
        "topics.studies. ",
        need.topic, found.partitions);
  }
  if (journal_partitions == 0 || found.partitions == journal_partitions) return "";
  return fmt::format(
      "{} has {} partitions, but the journal {} has {}, and each lane writes to the partition of "
      "its own number: make it anew with {}, or name another topic. ",
      need.topic, found.partitions, journal.topic, journal_partitions, journal_partitions);
}

std::string WarningOf(const Need& need, const Found& found) {
  if (!found.settings_known) {
    return fmt::format(
        "the settings of {} cannot be seen (grant DESCRIBE_CONFIGS), so they are not verified",
        need.topic);
  }
  if (need.broker_time && SettingOf(found, "message.timestamp.type") != "LogAppendTime") {
    return fmt::format("{} has message.timestamp.type={}: {}; better LogAppendTime", need.topic,
                       SettingOf(found, "message.timestamp.type"), need.why_broker_time);
  }
  return "";
}

TopicReport JudgeTopic(const Need& need, const Found& found, const Need& journal,
                       std::int32_t journal_partitions) {
  TopicReport report;
  report.topic = need.topic;
  report.partitions = found.partitions;
  if (found.forbidden) {
    report.outcome = TopicOutcome::kWrong;
    report.problem = fmt::format(
        "{} may not be seen by this user: grant it DESCRIBE on the topic, if it is there.",
        need.topic);
    return report;
  }
  if (found.partitions == 0) {
    report.outcome = TopicOutcome::kMissing;
    report.problem = fmt::format(
        "{} is not there: make it with `medverka topics create`, or name the right one under "
        "`topics`.",
        need.topic);
    return report;
  }
  report.problem = JudgePartitions(need, found, journal, journal_partitions);
  if (found.settings_known) report.problem += JudgeSettings(need, found);
  if (!report.problem.empty()) report.problem.pop_back();  // the blank behind the last sentence
  report.warning = WarningOf(need, found);
  report.outcome = report.problem.empty() ? TopicOutcome::kAlreadyRight : TopicOutcome::kWrong;
  return report;
}

std::map<std::string, std::string> SettingsFor(const Need& need, const TopicPlan& plan) {
  std::map<std::string, std::string> settings = {
      {"max.message.bytes", std::to_string(std::max(need.message_bytes, kMessageBytesMax))}};
  if (plan.replication >= kReplicasForSpare) {
    settings["min.insync.replicas"] = std::to_string(plan.replication - 1);
  }
  if (need.broker_time) settings["message.timestamp.type"] = "LogAppendTime";
  if (need.compacted) {
    settings["cleanup.policy"] = "compact";
    settings["segment.bytes"] = kCompactedSegmentBytes;
    settings["segment.ms"] = kCompactedSegmentMs;
    settings["min.cleanable.dirty.ratio"] = kCompactedDirtyRatio;
    settings["delete.retention.ms"] = std::to_string(kTombstonesKeptMs);
    // What was erased is gone from the disk in bounded time, however quiet the topic.
    settings["max.compaction.lag.ms"] = std::to_string(kTombstonesKeptMs);
  } else {
    settings["cleanup.policy"] = "delete";
    settings["retention.ms"] = std::to_string(plan.journal_retention_ms);
    settings["retention.bytes"] = "-1";
  }
  return settings;
}

const Need& JournalOf(const std::vector<Need>& needs) { return needs.front(); }

std::vector<TopicReport> JudgeAll(const std::vector<Need>& needs,
                                  std::map<std::string, Found>& found) {
  const std::int32_t partitions = found[JournalOf(needs).topic].partitions;
  std::vector<TopicReport> reports;
  for (const Need& need : needs) {
    reports.push_back(JudgeTopic(need, found[need.topic], JournalOf(needs), partitions));
  }
  return reports;
}

Result<void> CheckPlan(const TopicPlan& plan, int brokers) {
  if (plan.partitions < 1 || plan.replication < 1) {
    return Fail(ErrorCode::kInvalidArgument,
                "topics need at least one partition and one replica, not {} and {}",
                plan.partitions, plan.replication);
  }
  if (plan.replication <= brokers) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "{} replicas need as many brokers, and there {} {}: set topics.replication or say "
              "--replication {}",
              plan.replication, brokers == 1 ? "is" : "are", brokers, brokers);
}

}  // namespace

Result<std::vector<TopicReport>> CreateTopics(const KafkaProperties& properties,
                                              const TopicPlan& plan) {
  const std::vector<Need> needs = NeedsOf(plan.names);
  MEDVERKA_TRY(CheckNamesDiffer(needs));
  MEDVERKA_ASSIGN(const auto admin, Admin::Connect(properties, needs));
  MEDVERKA_ASSIGN(auto found, admin->Look());
  MEDVERKA_TRY(CheckPlan(plan, admin->brokers()));
  MEDVERKA_TRY(admin->LookAtSettings(found));
  std::vector<TopicReport> reports = JudgeAll(needs, found);

  const std::int32_t journal = found[JournalOf(needs).topic].partitions;
  const std::int32_t partitions = journal > 0 ? journal : plan.partitions;
  std::vector<std::pair<Need, std::map<std::string, std::string>>> wanted;
  for (std::size_t i = 0; i < needs.size(); ++i) {
    if (reports[i].outcome == TopicOutcome::kMissing) {
      wanted.emplace_back(needs[i], SettingsFor(needs[i], plan));
    }
  }
  MEDVERKA_ASSIGN(auto failed, admin->Create(wanted, partitions, plan.replication));
  if (!wanted.empty()) MEDVERKA_TRY(admin->LookPatiently());  // whoever asks next finds them
  for (const auto& [need, settings] : wanted) {
    auto& report = *std::find_if(reports.begin(), reports.end(),
                                 [topic = need.topic](const auto& r) { return r.topic == topic; });
    report.problem = failed[need.topic];
    report.outcome = report.problem.empty() ? TopicOutcome::kCreated : TopicOutcome::kWrong;
    if (!report.problem.empty()) {
      report.problem = fmt::format("{}: {}.", need.topic, report.problem);
      continue;
    }
    report.partitions = need.role == Role::kStudies ? 1 : partitions;
    if (need.role != Role::kStudies && partitions != plan.partitions) {
      report.warning = fmt::format("made with {} partitions, as the journal has, not {}",
                                   partitions, plan.partitions);
    }
  }
  return reports;
}

namespace {

Result<std::vector<TopicReport>> CheckUntil(const KafkaProperties& properties,
                                            const TopicNames& names,
                                            const std::function<bool()>& stop) {
  const std::vector<Need> needs = NeedsOf(names);
  MEDVERKA_TRY(CheckNamesDiffer(needs));
  MEDVERKA_ASSIGN(const auto admin, Admin::Connect(properties, needs));
  admin->GiveUpOnceAsked(stop);
  MEDVERKA_ASSIGN(auto found, admin->LookPatiently());
  MEDVERKA_TRY(admin->LookAtSettings(found));
  return JudgeAll(needs, found);
}

}  // namespace

Result<std::vector<TopicReport>> CheckTopics(const KafkaProperties& properties,
                                             const TopicNames& names) {
  return CheckUntil(properties, names, {});
}

Result<std::int32_t> VerifyTopics(const KafkaProperties& properties, const TopicNames& names,
                                  const std::function<bool()>& stop) {
  MEDVERKA_ASSIGN(const auto reports, CheckUntil(properties, names, stop));
  std::size_t wrong = 0;
  for (const TopicReport& report : reports) {
    if (report.problem.empty()) continue;
    ++wrong;
    base::Log(base::LogLevel::kError, report.problem);
  }
  if (wrong > 0) {
    return Fail(ErrorCode::kInvalidArgument,
                "{} of {} topics will not do, as said above; `medverka topics check` says the same",
                wrong, reports.size());
  }
  for (const TopicReport& report : reports) {
    if (!report.warning.empty()) base::Log(base::LogLevel::kWarning, report.warning);
  }
  return reports.front().partitions;
}

}  // namespace medverka::streams
