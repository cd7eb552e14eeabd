// Plain readers, for figures to stand beside ours.
//
// kafka_peer parse BOOTSTRAP TOPIC PARTITION
//   reads each record as `medverka` does, JSON to facts, and forgets it
// kafka_peer drain BOOTSTRAP TOPIC PARTITION
//   receives each record, and no more
// kafka_peer delays BOOTSTRAP IN OUT PARTITIONS
//   from now on until it is ended, a line for each record of IN, "sent <its header sent_us>
//   <partition> <offset>", and for each committed one of OUT, "arrived <microseconds> <partition>
//   <offset>" of the record that caused it, as its headers medverka_input_* say
//
// The first two print {"records", "bytes", "seconds"}: from the first record to the last that was
// there.
#include <charconv>
#include <chrono>
#include <csignal>
#include <iostream>
#include <string>

#include "criteria/vocabulary.h"
#include "matcher/journal/journal.h"
#include "ops/base/result.h"
#include "streams/kafka/consumer.h"

namespace medverka::benchmarks {
namespace {

using base::Result;
using Clock = std::chrono::steady_clock;

constexpr int kWaitMs = 10'000;
volatile std::sig_atomic_t g_stopped = 0;

Result<void> Read(const std::string& bootstrap, const streams::TopicPartition& place, bool parse) {
  MEDVERKA_ASSIGN(const auto reader,
                  streams::PartitionReader::Open({{"bootstrap.servers", bootstrap}}, true));
  MEDVERKA_ASSIGN(const auto marks, reader->WatermarksOf(place, kWaitMs));
  MEDVERKA_TRY(reader->Assign({{place, streams::kFromBeginning}}));
  criteria::Vocabulary vocabulary;
  const matcher::SubjectHasher hasher(1, "medverka trial key, known to everybody");
  matcher::JournalReader journal(vocabulary, hasher);
  matcher::ReadRecord record;
  Clock::time_point first, last;
  std::uint64_t records = 0, bytes = 0, changes = 0;
  while (marks.high > marks.low) {
    MEDVERKA_ASSIGN(const std::int64_t position, reader->Position(place));
    if (position >= marks.high) break;
    MEDVERKA_ASSIGN(const streams::KafkaRecordView* const view, reader->NextView(kWaitMs));
    if (view == nullptr) continue;
    if (records++ == 0) first = Clock::now();
    bytes += (view->key ? view->key->size() : 0) + (view->value ? view->value->size() : 0);
    if (parse && view->value) {
      journal.Read(*view->value, record);
      changes += record.changes.size();
    }
    last = Clock::now();
  }
  std::cout << "{\"records\": " << records << ", \"bytes\": " << bytes
            << ", \"changes\": " << changes
            << ", \"seconds\": " << std::chrono::duration<double>(last - first).count() << "}\n";
  return {};
}

constexpr std::string_view kNoHeader = "-1";

std::string_view HeaderOf(const streams::KafkaRecordView& record, std::string_view name) {
  for (const auto& [key, value] : record.headers) {
    if (key == name && value) return *value;
  }
  return kNoHeader;
}

Result<void> Delays(const std::string& bootstrap, const std::string& in, const std::string& out,
                    int partitions) {
  MEDVERKA_ASSIGN(const auto reader,
                  streams::PartitionReader::Open({{"bootstrap.servers", bootstrap}}, true));
  std::map<streams::TopicPartition, std::int64_t> from;
  for (const std::string& topic : {in, out}) {
    for (int partition = 0; partition < partitions; ++partition) {
      MEDVERKA_ASSIGN(const auto marks, reader->WatermarksOf({topic, partition}, kWaitMs));
      from[{topic, partition}] = marks.high;
    }
  }
  MEDVERKA_TRY(reader->Assign(from));
  std::cout << "following" << std::endl;
  while (g_stopped == 0) {
    MEDVERKA_ASSIGN(const streams::KafkaRecordView* const view, reader->NextView(100));
    if (view == nullptr) continue;
    if (view->topic == in) {
      // The first of a paced stream only makes the client ready, and has no time.
      const auto sent = HeaderOf(*view, "sent_us");
      if (sent != kNoHeader) {
        std::cout << "sent " << sent << ' ' << view->partition << ' ' << view->offset << '\n';
      }
      continue;
    }
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    std::cout << "arrived " << std::chrono::duration_cast<std::chrono::microseconds>(now).count()
              << ' ' << HeaderOf(*view, "medverka_input_partition") << ' '
              << HeaderOf(*view, "medverka_input_offset") << '\n';
  }
  std::cout << std::flush;
  return {};
}

int Main(int count, char** words) {
  const std::string verb = count > 1 ? words[1] : "";
  Result<void> done = base::Fail(base::ErrorCode::kInvalidArgument, "parse, drain or delays");
  if (count == 5 && (verb == "parse" || verb == "drain")) {
    done = Read(words[2], {words[3], std::stoi(words[4])}, verb == "parse");
  }
  if (count == 6 && verb == "delays")
    done = Delays(words[2], words[3], words[4], std::stoi(words[5]));
  if (done.has_value()) return 0;
  std::cerr << "kafka_peer: " << done.error().message << '\n';
  return 3;
}

}  // namespace
}  // namespace medverka::benchmarks

int main(int count, char** words) {
  std::signal(SIGTERM, [](int) { medverka::benchmarks::g_stopped = 1; });
  return medverka::benchmarks::Main(count, words);
}
