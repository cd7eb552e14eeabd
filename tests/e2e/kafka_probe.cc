// What the end-to-end tests do on Kafka and in state directories:
//
//   kafka_probe produce --bootstrap B --topic T [--rate N]      records as lines of JSON on
//   standard input:
//                       {"p": partition or -1, "t": milliseconds or null, "k": key or null, "v":
//                       value or null, "h": {...}}
//   kafka_probe dump --bootstrap B --topic T --partitions N     committed records, in the same
//   form, key and value as text kafka_probe follow --bootstrap B --topic T --partitions N
//   "partition offset ce_id" of each committed record as it comes kafka_probe ends --bootstrap B
//   --topic T --partitions N     the offset that the next record gets, per partition kafka_probe
//   verify --bootstrap B --group G --partitions N --topics JSON [--busy] [--at-least-once] [--last]
//   kafka_probe lag    (as verify)                              records that the group has not
//   committed yet kafka_probe state [--at TIME] DIRECTORY...                  subjects with facts,
//   verdicts and ledger
//
// Exit codes: 0 fine, 1 promises are broken, 2 usage, 3 the machine failed.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "ops/app/moment.h"
#include "ops/app/subject_key.h"
#include "ops/base/crypto.h"
#include "ops/base/json.h"
#include "ops/base/text.h"
#include "ops/base/time.h"
#include "streams/kafka/consumer.h"
#include "streams/kafka/producer.h"
#include "tests/e2e/lane_state.h"
#include "tests/e2e/verifier.h"

namespace medverka::e2e {
namespace {

using base::Result;
using base::json::object;
using Arguments = std::map<std::string, std::string>;

constexpr int kBrokerMs = 60'000;  // brokers are killed and come back meanwhile
volatile std::sig_atomic_t g_stopped = 0;

streams::KafkaProperties KafkaOf(const Arguments& given) {
  return {{"bootstrap.servers", given.at("--bootstrap")}};
}
std::int32_t PartitionsOf(const Arguments& given) { return std::stoi(given.at("--partitions")); }

std::optional<std::string> TextOrNull(const object& from, std::string_view name) {
  const auto* value = from.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->as_string());
}

Result<streams::KafkaRecord> RecordOf(const std::string& line, const std::string& topic) {
  MEDVERKA_ASSIGN(const auto parsed, base::ParseJson(line));
  const object& from = parsed.as_object();
  streams::KafkaRecord record;
  record.topic = topic;
  record.partition = from.at("p").to_number<std::int32_t>();
  if (const auto& at = from.at("t"); at.is_number())
    record.timestamp = base::Instant{at.to_number<std::int64_t>() * 1000};
  record.key = TextOrNull(from, "k");
  record.value = TextOrNull(from, "v");
  if (const auto* headers = from.if_contains("h"); headers != nullptr) {
    for (const auto& [name, value] : headers->as_object()) {
      record.headers.emplace_back(std::string(name), TextOrNull(headers->as_object(), name));
    }
  }
  return record;
}

Result<int> Produce(const Arguments& given) {
  MEDVERKA_ASSIGN(const auto producer, streams::KafkaProducer::Open(KafkaOf(given)));
  const auto rate = given.count("--rate") != 0 ? std::stoll(given.at("--rate")) : 0;
  auto begin = std::chrono::steady_clock::now();
  std::int64_t count = 0;
  constexpr std::int64_t kFlushEvery = 5'000;  // well below what the producer queues
  for (std::string line; std::getline(std::cin, line);) {
    MEDVERKA_ASSIGN(auto record, RecordOf(line, given.at("--topic")));
    if (rate == 0) {
      MEDVERKA_TRY(producer->Produce(record));
      if (++count % kFlushEvery == 0) MEDVERKA_TRY(producer->Flush(kBrokerMs));
      continue;
    }
    // The first goes ahead without a time: the client asks for its topic then, which takes a
    // second.
    if (count > 0) {
      std::this_thread::sleep_until(begin + std::chrono::microseconds(count * 1'000'000 / rate));
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      record.headers.emplace_back(
          "sent_us",
          std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
    }
    MEDVERKA_TRY(producer->Produce(record));
    if (count++ == 0) {
      MEDVERKA_TRY(producer->Flush(kBrokerMs));
      begin = std::chrono::steady_clock::now();
    }
  }
  MEDVERKA_TRY(producer->Flush(kBrokerMs));
  std::cout << "{\"produced\":" << count << "}\n";
  return 0;
}

std::map<streams::TopicPartition, std::int64_t> Everything(const Arguments& given) {
  std::map<streams::TopicPartition, std::int64_t> all;
  for (std::int32_t partition = 0; partition < PartitionsOf(given); ++partition)
    all[{given.at("--topic"), partition}] = streams::kFromBeginning;
  return all;
}

// Text as text; bytes that are none as {"hex": ...}.
base::json::value TextOrBytes(const std::optional<std::string>& bytes) {
  if (!bytes) return nullptr;
  if (base::IsValidUtf8(*bytes)) return base::json::value(*bytes);
  return object{{"hex", base::Hex(*bytes)}};
}

void Tell(const streams::KafkaRecord& record) {
  object line{{"p", record.partition}, {"o", record.offset}};
  if (record.timestamp) line["t"] = record.timestamp->us / 1000;
  line["k"] = TextOrBytes(record.key);
  line["v"] = TextOrBytes(record.value);
  object headers;
  for (const auto& [name, value] : record.headers) headers[name] = TextOrBytes(value);
  line["h"] = std::move(headers);
  std::cout << base::ToJson(line) << '\n';
}

// Calls `visit` for all that is there now.
template <typename Visit>
Result<void> ForAll(const Arguments& given, const Visit& visit) {
  for (const auto& [place, from] : Everything(given)) {
    MEDVERKA_ASSIGN(const auto reader, streams::PartitionReader::Open(KafkaOf(given), true));
    MEDVERKA_ASSIGN(const auto marks, reader->WatermarksOf(place, kBrokerMs));
    MEDVERKA_TRY(reader->Assign({{place, from}}));
    for (;;) {
      MEDVERKA_ASSIGN(const std::int64_t position, reader->Position(place));
      if (position >= marks.high || marks.low == marks.high) break;
      MEDVERKA_ASSIGN(const auto record, reader->Next(100));
      if (record.has_value()) visit(*record);
    }
  }
  return {};
}

Result<int> Dump(const Arguments& given) {
  MEDVERKA_TRY(ForAll(given, Tell));
  return 0;
}

Result<int> Commits(const Arguments& given) {
  MEDVERKA_TRY(ForAll(given, [](const streams::KafkaRecord& record) {
    if (record.key && record.key->rfind("commit/", 0) == 0) Tell(record);
  }));
  return 0;
}

// Goes on over a broker that is away: whoever follows must see each record once, in order.
Result<int> Follow(const Arguments& given) {
  MEDVERKA_ASSIGN(const auto reader, streams::PartitionReader::Open(KafkaOf(given), true));
  MEDVERKA_TRY(reader->Assign(Everything(given)));
  while (g_stopped == 0) {
    const auto record = reader->Next(100);
    if (!record.has_value()) {
      if (record.error().code != base::ErrorCode::kUnavailable)
        return tl::unexpected(record.error());
      continue;
    }
    if (!record->has_value()) continue;
    std::string id;
    for (const auto& [name, value] : (*record)->headers) {
      if (name == "ce_id") id = value.value_or("");
    }
    std::cout << (*record)->partition << ' ' << (*record)->offset << ' ' << id << '\n'
              << std::flush;
  }
  return 0;
}

Result<int> Ends(const Arguments& given) {
  // Without regard to transactions: what was written, not what may be read yet.
  MEDVERKA_ASSIGN(const auto reader, streams::PartitionReader::Open(KafkaOf(given), false));
  base::json::array ends;
  for (const auto& [place, from] : Everything(given)) {
    MEDVERKA_ASSIGN(const auto marks, reader->WatermarksOf(place, kBrokerMs));
    ends.emplace_back(marks.high);
  }
  std::cout << base::ToJson(ends) << '\n';
  return 0;
}

Result<VerifyOptions> InstallationOf(const Arguments& given) {
  VerifyOptions options;
  options.kafka = KafkaOf(given);
  options.group = given.at("--group");
  options.partitions = PartitionsOf(given);
  options.idle = given.count("--busy") == 0;
  options.exactly_once = given.count("--at-least-once") == 0;
  MEDVERKA_ASSIGN(const auto named, base::ParseJson(given.at("--topics")));
  const object& names = named.as_object();
  const auto take = [&names](std::string& into, std::string_view key) {
    if (const auto text = TextOrNull(names, key)) into = *text;
  };
  take(options.topics.journal, "journal");
  take(options.topics.feedback, "feedback");
  take(options.topics.moves, "moves");
  take(options.topics.studies, "studies");
  take(options.topics.suggestions, "suggestions");
  take(options.topics.state, "state");
  take(options.topics.dead_letters, "dead_letters");
  return options;
}

Result<int> TellLag(const Arguments& given) {
  MEDVERKA_ASSIGN(const VerifyOptions options, InstallationOf(given));
  MEDVERKA_ASSIGN(const Lag lag, LagOf(options));
  std::cout << base::ToJson(object{
                   {"journal", lag.journal}, {"feedback", lag.feedback}, {"moves", lag.moves}})
            << '\n';
  return 0;
}

Result<int> RunVerify(const Arguments& given) {
  MEDVERKA_ASSIGN(const VerifyOptions options, InstallationOf(given));
  MEDVERKA_ASSIGN(const Verification seen, Verify(options));
  base::json::array violations;
  for (const std::string& one : seen.violations) violations.emplace_back(one);
  object summary{{"violations", std::move(violations)},
                 {"commits", seen.commits},
                 {"rows", seen.rows},
                 {"suggestions", seen.suggestions},
                 {"dead_letters", seen.dead_letters},
                 {"moves", seen.moves},
                 {"journal", seen.journal},
                 {"feedback", seen.feedback},
                 {"anew", seen.anew},
                 {"repeated", seen.repeated}};
  if (given.count("--last") != 0) summary["last"] = seen.last;
  std::cout << base::ToJson(summary) << '\n';
  return seen.violations.empty() ? 0 : 1;
}

Result<int> State(const Arguments& given, const std::vector<std::string>& directories) {
  for (const std::string& directory : directories) {
    LaneStateOptions options;
    options.directory = directory;
    options.subject_key = app::TrialSubjectKey();
    if (given.count("--at") != 0) {
      options.at = app::ParseMoment(given.at("--at"));
    }
    MEDVERKA_TRY(TellLaneState(options, [](std::string_view line) { std::cout << line << '\n'; }));
  }
  return 0;
}

int Main(int count, char** words) {
  Arguments given;
  std::vector<std::string> rest;
  for (int i = 2; i < count; ++i) {
    const std::string word = words[i];
    const bool flag = word == "--busy" || word == "--at-least-once" || word == "--last";
    if (word.rfind("--", 0) != 0) {
      rest.push_back(word);
    } else if (flag || i + 1 == count) {
      given[word] = "";
    } else {
      given[word] = words[++i];
    }
  }
  const std::string verb = count > 1 ? words[1] : "";
  Result<int> done = 2;
  if (verb == "produce") done = Produce(given);
  if (verb == "dump") done = Dump(given);
  if (verb == "commits") done = Commits(given);
  if (verb == "follow") done = Follow(given);
  if (verb == "ends") done = Ends(given);
  if (verb == "lag") done = TellLag(given);
  if (verb == "verify") done = RunVerify(given);
  if (verb == "state") done = State(given, rest);
  if (done.has_value()) {
    if (*done == 2)
      std::cerr << "kafka_probe: produce, dump, commits, follow, ends, lag, verify or state\n";
    return *done;
  }
  std::cerr << "kafka_probe " << verb << ": " << done.error().message << '\n';
  return 3;
}

}  // namespace
}  // namespace medverka::e2e

int main(int count, char** words) {
  const auto stop = [](int) { medverka::e2e::g_stopped = 1; };
  std::signal(SIGTERM, stop);
  std::signal(SIGINT, stop);
  return medverka::e2e::Main(count, words);
}
