#include "streams/kafka/client.h"

#include <pthread.h>
#include <threads.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <future>
#include <map>
#include <thread>

#include "ops/base/log.h"
#include "ops/base/text.h"
#include "streams/kafka/handles.h"
#include "streams/kafka/statistics.h"
#include "streams/kafka/topics.h"

namespace medverka::streams {
namespace internal {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Log;
using base::LogLevel;
using base::Result;

// How often librdkafka tells its own figures.
constexpr const char* kStatisticsMs = "5000";
constexpr std::size_t kErrorTextBytes = 512;
constexpr std::chrono::seconds kDestroyPatience{3};

// librdkafka's levels are syslog's.
constexpr int kSyslogError = 3, kSyslogWarning = 4, kSyslogInfo = 6;

// A client that watches tells when brokers are gone; of one that does not, others tell.
bool IsTold(const rd_kafka_t& client, std::string_view about) {
  const auto* const events = static_cast<const ClientEvents*>(rd_kafka_opaque(&client));
  if (events == nullptr || events->watch == nullptr) return about == "REQTMOUT";
  return events->watch->gone();
}

void OnLog(const rd_kafka_t* client, int level, const char* facility, const char* text) {
  // Connections that come and go are told once by BrokerWatch, not by each client for each attempt.
  const std::string_view about = facility;
  const bool connection = about == "FAIL" || about == "ERROR";
  // Each kind of client is given the properties of the other kinds too, and says so each time.
  const bool others_property = about == "CONFWARN";
  LogLevel ours = LogLevel::kDebug;
  if (connection || others_property) {
    ours = LogLevel::kDebug;
  } else if (level <= kSyslogError) {
    ours = LogLevel::kError;
  } else if (level <= kSyslogWarning) {
    // While the brokers are away each client would complain of each call; that is told once.
    ours = IsTold(*client, about) ? LogLevel::kDebug : LogLevel::kWarning;
  } else if (level <= kSyslogInfo) {
    ours = LogLevel::kInfo;
  }
  Log(ours, "librdkafka",
      {{"client", std::string(rd_kafka_name(client))},
       {"facility", std::string(about)},
       {"text", std::string(text)}});
}

bool MeansGone(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || error == RD_KAFKA_RESP_ERR__RESOLVE ||
         error == RD_KAFKA_RESP_ERR__AUTHENTICATION || error == RD_KAFKA_RESP_ERR__SSL;
}

void OnError(rd_kafka_t* client, int code, const char*, void* opaque) {
  auto& events = *static_cast<ClientEvents*>(opaque);
  auto error = static_cast<rd_kafka_resp_err_t>(code);
  if (error == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, kErrorTextBytes> text{};
    error = rd_kafka_fatal_error(client, text.data(), text.size());
    events.fatal.store(error);
  }
  events.failed.store(error);
  if (events.measures != nullptr) {
    events.measures->CounterOf("kafka_client_errors_total", {{"client", events.client}}).Add(1);
  }
  if (events.watch == nullptr || !MeansGone(error)) return;
  events.watch->Gone(error);
}

int OnStatistics(rd_kafka_t*, char* json, std::size_t size, void* opaque) {
  auto& events = *static_cast<ClientEvents*>(opaque);
  const ClientStanding now = TellStatistics({json, size}, events.client, *events.measures);
  if (now.connected && events.watch != nullptr) events.watch->Back();
  if (now.coordinated) events.coordinated_us.store(MonotonicUs());
  return 0;  // the library frees the text
}

Result<void> Set(rd_kafka_conf_t& conf, const std::string& name, const std::string& value) {
  std::array<char, kErrorTextBytes> why{};
  if (rd_kafka_conf_set(&conf, name.c_str(), value.c_str(), why.data(), why.size()) ==
      RD_KAFKA_CONF_OK) {
    return {};
  }
  return Fail(ErrorCode::kInvalidArgument, "kafka.{}: {}", name, why.data());
}

}  // namespace

void BrokerWatch::Gone(rd_kafka_resp_err_t error) {
  const std::int64_t now = MonotonicUs();
  std::int64_t said = said_us_.load();
  reachable_.store(false);
  // A login that is refused by brokers that were away is news: waiting will not mend it.
  const bool refused = error == RD_KAFKA_RESP_ERR__AUTHENTICATION;
  const bool news = refused && !refused_.load();
  if (said != 0 && !news && now - said < say_again_us_) return;
  if (!said_us_.compare_exchange_strong(said, now)) return;
  refused_.store(refused);
  const std::string_view still = said == 0 || news ? "" : "still ";
  Log(LogLevel::kWarning,
      refused ? fmt::format("the Kafka brokers {}refuse the login; trying on", still)
              : fmt::format("the Kafka brokers {}cannot be reached; trying on", still),
      {{"reason", std::string(NameOf(error))}});
}

void BrokerWatch::Back() {
  reachable_.store(true);
  ever_reached_.store(true);
  refused_.store(false);
  if (said_us_.exchange(0) != 0) Log(LogLevel::kInfo, "the Kafka brokers can be reached again");
}

Settings ConsumerSettings(bool read_committed) {
  return {
      // Offsets go out with the commit only.
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      // Also asks for stable offsets: pending ones are waited out.
      {"isolation.level", read_committed ? "read_committed" : "read_uncommitted"},
      // An offset that is gone is an error to be told, never a jump. The default jumps to the end.
      {"auto.offset.reset", "error"},
      {"allow.auto.create.topics", "false"},
      {"check.crcs", "true"},
  };
}

Settings ProducerSettings() {
  return {
      // Once in the log, in order, whatever is sent twice. Sets acks=all; setting acks itself on a
      // transactional producer crashes 2.0.2.
      {"enable.idempotence", "true"},
      // Java's, so that all who write a patient's records choose the same partition.
      {"partitioner", "murmur2_random"},
      // Batches form by themselves while one is on its way; waiting for more costs latency.
      {"linger.ms", "0"},
      // The default refuses what the topics take: large rows, moves and dead letters.
      {"message.max.bytes", fmt::format("{}", kDeadLetterMessageBytesMax)},
      {"socket.nagle.disable", "true"},
      {"allow.auto.create.topics", "false"},
  };
}

Result<Conf> MakeConf(const KafkaProperties& properties, const Settings& ours,
                      ClientEvents& events) {
  Conf conf(rd_kafka_conf_new());
  MEDVERKA_TRY(Set(*conf, "client.id", "medverka"));
  // Brokers close idle connections; that is no news.
  MEDVERKA_TRY(Set(*conf, "log.connection.close", "false"));
  for (const auto& [name, value] : properties) MEDVERKA_TRY(Set(*conf, name, value));
  for (const auto& [name, value] : ours) MEDVERKA_TRY(Set(*conf, name, value));
  rd_kafka_conf_set_opaque(conf.get(), &events);
  rd_kafka_conf_set_log_cb(conf.get(), OnLog);
  rd_kafka_conf_set_error_cb(conf.get(), OnError);
  if (events.measures != nullptr) {
    MEDVERKA_TRY(Set(*conf, "statistics.interval.ms", kStatisticsMs));
    rd_kafka_conf_set_stats_cb(conf.get(), OnStatistics);
  }
  return conf;
}

Result<Handle> MakeHandle(rd_kafka_type_t type, Conf conf) {
  std::array<char, kErrorTextBytes> why{};
  Handle handle(rd_kafka_new(type, conf.get(), why.data(), why.size()));
  if (handle == nullptr) {
    return Fail(ErrorCode::kInvalidArgument, "The Kafka client cannot be made: {}", why.data());
  }
  static_cast<void>(conf.release());  // the handle owns it now
  return handle;
}

void DestroyMember(Handle handle, std::shared_ptr<ClientEvents> events) {
  const auto done = std::make_shared<std::promise<void>>();
  std::thread([raw = handle.release(), kept = std::move(events), done] {
    rd_kafka_destroy_flags(raw, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    done->set_value();
  }).detach();
  if (done->get_future().wait_for(kDestroyPatience) == std::future_status::timeout) {
    Log(LogLevel::kWarning, "a member of the group does not end; it is left behind");
  }
}

PartitionList MakeList(std::size_t size) {
  return PartitionList(rd_kafka_topic_partition_list_new(static_cast<int>(size)));
}

std::string_view NameOf(rd_kafka_resp_err_t error) { return rd_kafka_err2name(error); }

bool IsRefusal(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return true;
    default:
      return false;
  }
}

KafkaError Judge(const rd_kafka_error_t& error, std::string_view while_doing) {
  KafkaError judged;
  judged.name = rd_kafka_error_name(&error);
  judged.message =
      fmt::format("{}: {}", while_doing,
                  rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(rd_kafka_error_code(&error))));
  if (rd_kafka_error_is_fatal(&error)) {
    judged.fault = KafkaFault::kFatal;
  } else if (rd_kafka_error_txn_requires_abort(&error)) {
    judged.fault = KafkaFault::kAbortable;
  } else if (rd_kafka_error_is_retriable(&error)) {
    judged.fault = KafkaFault::kRetriable;
  }
  return judged;
}

base::Error ToError(rd_kafka_resp_err_t error, std::string_view while_doing) {
  ErrorCode code = ErrorCode::kUnavailable;
  switch (error) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      code = ErrorCode::kNotFound;
      break;
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
      code = ErrorCode::kCorruption;
      break;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
      code = ErrorCode::kInvalidArgument;
      break;
    default:
      break;
  }
  return {code, fmt::format("{}: {} ({})", while_doing, rd_kafka_err2str(error), NameOf(error))};
}

rd_kafka_resp_err_t Send(rd_kafka_t& handle, const Outgoing& record) {
  std::array<rd_kafka_vu_t, 8> parts{};
  std::size_t count = 0;
  const auto add = [&](rd_kafka_vtype_t type) -> auto& {
    parts[count].vtype = type;
    return parts[count++].u;
  };
  add(RD_KAFKA_VTYPE_TOPIC).cstr = record.topic;
  add(RD_KAFKA_VTYPE_PARTITION).i32 = record.partition;
  add(RD_KAFKA_VTYPE_MSGFLAGS).i = record.copy ? RD_KAFKA_MSG_F_COPY : 0;
  // The library takes a null pointer for null and anything else for bytes, also where there are
  // none; it does not write to them.
  const auto pointer = [](std::string_view bytes) -> void* {
    return const_cast<char*>(bytes.data() == nullptr ? "" : bytes.data());
  };
  if (record.value) {
    auto& memory = add(RD_KAFKA_VTYPE_VALUE).mem;
    memory.ptr = pointer(*record.value);
    memory.size = record.value->size();
  }
  if (record.key) {
    auto& memory = add(RD_KAFKA_VTYPE_KEY).mem;
    memory.ptr = pointer(*record.key);
    memory.size = record.key->size();
  }
  if (record.stamp_ms) add(RD_KAFKA_VTYPE_TIMESTAMP).i64 = *record.stamp_ms;
  if (record.opaque != nullptr) add(RD_KAFKA_VTYPE_OPAQUE).ptr = record.opaque;
  if (record.headers != nullptr) add(RD_KAFKA_VTYPE_HEADERS).headers = record.headers;
  const RdError error(rd_kafka_produceva(&handle, parts.data(), count));
  return error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR
                          : static_cast<rd_kafka_resp_err_t>(rd_kafka_error_code(error.get()));
}

std::int64_t MonotonicUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace internal

namespace {

struct Refused {
  std::string_view name, why;
};

constexpr std::string_view kOffsetsReason =
    "offsets are committed with the state, in one transaction";
constexpr std::string_view kExactlyOnceReason =
    "`delivery: exactly_once | at_least_once` decides about it";
constexpr std::array kRefused{
    Refused{"enable.auto.commit", kOffsetsReason},
    Refused{"auto.commit.enable", kOffsetsReason},
    Refused{"auto.commit.interval.ms", kOffsetsReason},
    Refused{"enable.auto.offset.store", kOffsetsReason},
    Refused{"auto.offset.reset", "an offset that is gone stops the lane, and nothing is skipped"},
    Refused{"isolation.level", "what is not committed must not be seen"},
    Refused{"enable.idempotence", kExactlyOnceReason},
    Refused{"transactional.id", "it is made of `group`, the journal topic and the partition"},
    Refused{"acks", "all replicas in sync must have a record"},
    Refused{"request.required.acks", "all replicas in sync must have a record"},
    Refused{"partitioner", "it must be the same for all who write the topics (murmur2_random)"},
    Refused{"group.id", "set `group`"},
    Refused{"group.instance.id", "set `instance`"},
    Refused{"partition.assignment.strategy", "lanes move by cooperative-sticky"},
    Refused{"allow.auto.create.topics", "topics are made by `medverka topics create`"},
    Refused{"check.crcs", "damaged records must be noticed"},
    Refused{"statistics.interval.ms", "Medverka's metrics need the figures every 5 s"},
    Refused{"queued.max.messages.kbytes", "set `memory.consumer_queue`"},
    Refused{"queue.buffering.max.kbytes", "set `memory.producer_queue`"},
    Refused{"enable.partition.eof", "Medverka looks for the end of a topic itself"},
};

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// All names librdkafka has, of clients and of topics, with what may stand there ("10 .. 300000",
// "true, false", or nothing). From its table for people, since only that one has the second names
// of properties: bootstrap.servers is one.
std::map<std::string, std::string> KnownProperties() {
  std::map<std::string, std::string> ranges;
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* const table = open_memstream(&text, &size);
  if (table == nullptr) return ranges;
  rd_kafka_conf_properties_show(table);
  std::fclose(table);
  std::string_view rest(text, size);
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    // Property | C/P | Range | Default | Importance | Description
    std::array<std::string_view, 3> columns{};
    std::size_t count = 0;
    for (std::size_t bar = line.find('|'); bar != std::string_view::npos && count < columns.size();
         bar = line.find('|')) {
      columns[count++] = Trimmed(line.substr(0, bar));
      line.remove_prefix(bar + 1);
    }
    const bool property = count == columns.size() && columns[0] != "Property" &&
                          columns[0].find("--") == std::string_view::npos;
    if (property) ranges.emplace(columns[0], columns[2]);
  }
  std::free(text);
  return ranges;
}

base::Result<void> CheckProperty(const std::string& name, const std::string& value) {
  const auto* refused = std::find_if(kRefused.begin(), kRefused.end(),
                                     [&](const Refused& one) { return one.name == name; });
  if (refused != kRefused.end()) {
    return base::Fail(base::ErrorCode::kInvalidArgument,
                      "kafka.{} is not yours to set: {}. Take it out.", name, refused->why);
  }
  internal::Conf conf(rd_kafka_conf_new());
  std::array<char, internal::kErrorTextBytes> why{};
  const auto outcome =
      rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), why.data(), why.size());
  if (outcome == RD_KAFKA_CONF_OK) return {};
  const std::map<std::string, std::string> known = KnownProperties();
  if (outcome == RD_KAFKA_CONF_INVALID) {
    const auto range = known.find(name);
    // The value is not repeated: it may be a secret. The library's text does repeat it.
    return base::Fail(base::ErrorCode::kInvalidArgument,
                      "kafka.{}: librdkafka does not take this value{}; its page of configuration "
                      "properties says what may stand here.",
                      name,
                      range == known.end() || range->second.empty()
                          ? ""
                          : fmt::format(", but {}", range->second));
  }
  std::vector<std::string_view> candidates;
  for (const auto& [property, range] : known) candidates.emplace_back(property);
  const std::string_view meant = base::DidYouMean(name, candidates);
  return base::Fail(base::ErrorCode::kInvalidArgument,
                    "kafka.{}: librdkafka has no such property{}", name,
                    meant.empty() ? "." : fmt::format("; did you mean {}?", meant));
}

}  // namespace

base::Result<void> CheckKafkaProperties(const KafkaProperties& properties) {
  if (!properties.contains("bootstrap.servers") && !properties.contains("metadata.broker.list")) {
    return base::Fail(base::ErrorCode::kInvalidArgument,
                      "kafka.bootstrap.servers is missing: name at least one broker, as "
                      "host:port.");
  }
  for (const auto& [name, value] : properties) MEDVERKA_TRY(CheckProperty(name, value));
  return {};
}

}  // namespace medverka::streams

// In the place of the C library's, for librdkafka, which waits with it in all its threads: until a
// time of the wall clock, so that a clock set back by an hour would let calls, timers and
// heartbeats sleep for an hour. Here only the difference to the wall clock's present counts, and
// the waiting is done by the monotonic clock. (The C library's own is a pthread_cond_timedwait with
// these casts.)
extern "C" int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
  constexpr std::int64_t kNanos = 1'000'000'000;
  const auto nanos = [](const timespec& time) { return time.tv_sec * kNanos + time.tv_nsec; };
  timespec wall{};
  timespec monotonic{};
  clock_gettime(CLOCK_REALTIME, &wall);
  clock_gettime(CLOCK_MONOTONIC, &monotonic);
  const std::int64_t end =
      nanos(monotonic) + std::max<std::int64_t>(0, nanos(*until) - nanos(wall));
  const timespec deadline{end / kNanos, end % kNanos};
  const int result =
      pthread_cond_clockwait(reinterpret_cast<pthread_cond_t*>(condition),
                             reinterpret_cast<pthread_mutex_t*>(mutex), CLOCK_MONOTONIC, &deadline);
  if (result == 0) return thrd_success;
  return result == ETIMEDOUT ? thrd_timedout : thrd_error;
}
