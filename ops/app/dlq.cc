// `medverka dlq`: what could not be understood, counted; and back to where it came from.
//
// Never shown: keys, values, headers of the journal's. What is shown is ours and from closed sets.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "matcher/journal/journal.h"
#include "ops/app/application.h"
#include "ops/app/kafka_tool.h"
#include "ops/app/terminal.h"
#include "ops/base/json.h"
#include "ops/base/text.h"
#include "streams/kafka/consumer.h"
#include "streams/kafka/dead_letters.h"
#include "streams/kafka/producer.h"

namespace medverka::app {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;
using streams::DeadLetterNote;
using streams::KafkaRecord;

constexpr int kBrokerMs = 10'000;
constexpr int kPollMs = 200;
constexpr int kSilencesMax = 50;  // of kPollMs each: the broker is away
constexpr int kFlushMs = 60'000;
constexpr std::size_t kPlacesMax = 20;

struct DlqOptions {
  std::string config;
  std::string format = "text";
  std::int32_t partition = -1;
  std::int64_t from = -1;
  std::int64_t until = -1;
  std::int64_t offset = -1;
  std::string reason;
  bool dry_run = false;
};

using Visit = std::function<Result<void>(const KafkaRecord&, const DeadLetterNote&)>;

class DeadLetters {
 public:
  DeadLetters(const DlqOptions& options, const config::Config& config)
      : options_(options), config_(config) {}

  // Calls `visit` for each one that the options name, partition by partition, in order. The end is
  // the one that the topic had at the start: what comes back meanwhile is not met again.
  Result<void> Each(const Visit& visit) {
    MEDVERKA_ASSIGN(const auto reports, streams::CheckTopics(config_.kafka, config_.topics.names));
    const std::string& topic = config_.topics.names.dead_letters;
    for (const auto& report : reports) {
      if (report.topic != topic) continue;
      if (report.partitions == 0) return Fail(ErrorCode::kInvalidArgument, "{}", report.problem);
      partitions_ = report.partitions;
    }
    if (options_.partition >= partitions_) {
      return Fail(ErrorCode::kInvalidArgument, "{} has no partition {}; there are 0 to {}", topic,
                  options_.partition, partitions_ - 1);
    }
    MEDVERKA_ASSIGN(const auto reader, streams::PartitionReader::Open(config_.kafka, true));
    for (std::int32_t p = 0; p < partitions_; ++p) {
      if (options_.partition < 0 || options_.partition == p) {
        MEDVERKA_TRY(Walk(*reader, {topic, p}, visit));
      }
    }
    return {};
  }

  std::uint64_t strangers() const { return strangers_; }

 private:
  Result<void> Walk(streams::PartitionReader& reader, const streams::TopicPartition& place,
                    const Visit& visit) {
    MEDVERKA_ASSIGN(const auto ends, reader.WatermarksOf(place, kBrokerMs));
    const std::int64_t end =
        options_.until >= 0 ? std::min(options_.until + 1, ends.high) : ends.high;
    const std::int64_t begin = std::max(options_.from, ends.low);
    if (begin >= end) return {};
    MEDVERKA_TRY(reader.Assign({{place, begin}}));
    int silences = 0;
    while (true) {
      MEDVERKA_ASSIGN(const std::int64_t position, reader.Position(place));
      if (position >= end) return {};
      auto read = reader.Next(kPollMs);
      if (!read.has_value() && read.error().code == ErrorCode::kUnavailable) read = std::nullopt;
      MEDVERKA_ASSIGN(const auto record, std::move(read));
      if (!record.has_value()) {
        if (++silences < kSilencesMax) continue;
        return Fail(ErrorCode::kUnavailable, "{} [{}] cannot be read on; are the brokers up?",
                    place.topic, place.partition);
      }
      silences = 0;
      if (record->offset >= end) return {};
      MEDVERKA_TRY(Show(*record, visit));
    }
  }

  Result<void> Show(const KafkaRecord& record, const Visit& visit) {
    const auto note = streams::ReadDeadLetter(record);
    if (!note.has_value()) {
      ++strangers_;
      return {};
    }
    if (!options_.reason.empty() && options_.reason != note->reason) return {};
    return visit(record, *note);
  }

  const DlqOptions& options_;
  const config::Config& config_;
  std::int32_t partitions_ = 0;
  std::uint64_t strangers_ = 0;  // records that are none of Medverka's dead letters
};

base::json::object ToJson(const KafkaRecord& record, const DeadLetterNote& note) {
  base::json::object one{
      {"partition", record.partition},
      {"offset", record.offset},
      {"reason", note.reason},
      {"stage", note.stage},
      {"attempts", note.attempts},
      {"app_version", note.app_version},
      {"from", base::json::object{
                   {"topic", note.topic}, {"partition", note.partition}, {"offset", note.offset}}}};
  if (note.entry >= 0) one["entry"] = note.entry;
  if (!note.element.empty()) one["element"] = note.element;
  if (!note.left_out.empty()) one["left_out"] = note.left_out;
  if (note.timestamp.has_value()) one["timestamp"] = base::FormatUtc(*note.timestamp);
  return one;
}

std::string ToLine(const KafkaRecord& record, const DeadLetterNote& note) {
  std::string line = fmt::format("{} [{}] {}  from {} [{}] {}", note.reason, record.partition,
                                 record.offset, note.topic, note.partition, note.offset);
  if (!note.element.empty()) line += "  " + note.element;
  if (note.entry >= 0) line += fmt::format("  entry {}", note.entry);
  if (note.attempts > 1) line += fmt::format("  attempt {}", note.attempts);
  if (!note.left_out.empty()) line += "  without its " + note.left_out + ", for its size";
  return line + "\n";
}

void SayStrangers(const DeadLetters& letters) {
  if (letters.strangers() == 0) return;
  Say(fmt::format("{} passed over that no Medverka wrote",
                  Count(letters.strangers(), "record", "records")));
}

// What came of one kind of mistake.
struct Heap {
  std::uint64_t count = 0;
  std::map<std::string, std::uint64_t> elements;
  std::vector<base::json::object> places;  // the first ones
  std::string lines;
};

Result<int> List(const DlqOptions& options, const config::Config& config) {
  std::map<std::string, Heap> heaps;
  std::uint64_t all = 0;
  DeadLetters letters(options, config);
  MEDVERKA_TRY(letters.Each([&](const KafkaRecord& record, const DeadLetterNote& note) {
    Heap& heap = heaps[note.reason];
    ++all;
    ++heap.count;
    if (!note.element.empty()) ++heap.elements[note.element];
    if (heap.places.size() < kPlacesMax) {
      heap.places.push_back(ToJson(record, note));
      heap.lines += "  " + ToLine(record, note);
    }
    return Result<void>();
  }));
  if (options.format == "json") {
    base::json::object reasons;
    for (const auto& [reason, heap] : heaps) {
      base::json::object elements;
      for (const auto& [element, count] : heap.elements) elements[element] = count;
      reasons[reason] =
          base::json::object{{"count", heap.count},
                             {"elements", std::move(elements)},
                             {"first", base::json::array(heap.places.begin(), heap.places.end())}};
    }
    Print(base::ToPrettyJson(base::json::object{
        {"dead_letters", all}, {"others", letters.strangers()}, {"reasons", std::move(reasons)}}));
    return kFine;
  }
  Print(Count(all, "dead letter", "dead letters") + "\n");
  for (const auto& [reason, heap] : heaps) {
    std::string text = fmt::format("{}: {}\n", reason, Thousands(heap.count));
    text += heap.lines;
    if (heap.count > kPlacesMax) text += fmt::format("  and {} more\n", heap.count - kPlacesMax);
    Print(text);
  }
  SayStrangers(letters);
  return kFine;
}

Result<int> Show(DlqOptions options, const config::Config& config) {
  options.from = options.until = options.offset;
  bool found = false;
  DeadLetters letters(options, config);
  MEDVERKA_TRY(letters.Each([&](const KafkaRecord& record, const DeadLetterNote& note) {
    found = true;
    Print(options.format == "json" ? base::ToPrettyJson(ToJson(record, note))
                                   : ToLine(record, note));
    return Result<void>();
  }));
  if (found) return kFine;
  return Fail(ErrorCode::kNotFound, "there is no dead letter at offset {} of {} [{}]",
              options.offset, config.topics.names.dead_letters, options.partition);
}

Result<int> Replay(const DlqOptions& options, const config::Config& config) {
  MEDVERKA_ASSIGN(const auto producer, streams::KafkaProducer::Open(config.kafka));
  const std::set<std::string> inputs = {config.topics.names.journal, config.topics.names.feedback,
                                        config.topics.names.moves};
  std::map<std::string, std::uint64_t> by_reason;
  std::uint64_t all = 0;
  std::uint64_t elsewhere = 0;
  std::uint64_t left_out = 0;
  DeadLetters letters(options, config);
  MEDVERKA_TRY(
      letters.Each([&](const KafkaRecord& record, const DeadLetterNote& note) -> Result<void> {
        // A header may be anybody's: only what is read by Medverka is written to.
        if (!inputs.contains(note.topic)) {
          ++elsewhere;
          return {};
        }
        // What was too large to be kept cannot be given back.
        if (!note.left_out.empty()) {
          ++left_out;
          return {};
        }
        ++all;
        ++by_reason[note.reason];
        if (options.dry_run) return {};
        MEDVERKA_ASSIGN(const KafkaRecord replay, streams::ReplayOf(record));
        return producer->Produce(replay);
      }));
  MEDVERKA_TRY(producer->Flush(kFlushMs));
  if (options.format == "json") {
    base::json::object reasons;
    for (const auto& [reason, count] : by_reason) reasons[reason] = count;
    Print(base::ToPrettyJson(base::json::object{{"replayed", options.dry_run ? 0 : all},
                                                {"dry_run", options.dry_run},
                                                {"matching", all},
                                                {"of_other_topics", elsewhere},
                                                {"left_out", left_out},
                                                {"others", letters.strangers()},
                                                {"reasons", std::move(reasons)}}));
    return kFine;
  }
  std::string text = fmt::format("{} {}\n", Count(all, "dead letter", "dead letters"),
                                 options.dry_run ? "would be replayed" : "replayed");
  for (const auto& [reason, count] : by_reason) {
    text += fmt::format("  {}: {}\n", reason, Thousands(count));
  }
  Print(text);
  if (elsewhere > 0) {
    Say(fmt::format("{} passed over: the topic they came from is none of the configured ones",
                    Count(elsewhere, "dead letter is", "dead letters are")));
  }
  if (left_out > 0) {
    Say(
        fmt::format("{} passed over: the record was too large to be kept whole; `medverka dlq "
                    "list` says where it stands",
                    Count(left_out, "dead letter is", "dead letters are")));
  }
  SayStrangers(letters);
  return kFine;
}

using Verb = std::function<Result<int>(const DlqOptions&, const config::Config&)>;

void AddVerb(CLI::App* command, const std::shared_ptr<DlqOptions>& options, Commands& commands,
             Verb verb) {
  AddConfigOption(*command, options->config);
  AddFormat(*command, options->format);
  commands.push_back({command, [options, verb = std::move(verb)]() -> int {
                        const auto config = LoadConfig(options->config);
                        if (!config.has_value()) return kInputHasErrors;
                        const auto done = verb(*options, *config);
                        return done.has_value() ? *done : Complain(done.error());
                      }});
}

const CLI::Range kAnyOffset(std::int64_t{0}, std::numeric_limits<std::int64_t>::max());

CLI::Option* AddPartition(CLI::App& command, DlqOptions& options) {
  return command.add_option("--partition", options.partition, "Partition of the dead letter topic")
      ->check(CLI::Range(0, std::numeric_limits<std::int32_t>::max()).description(""))
      ->type_name("P");
}

// "": it is one.
std::string CheckReason(const std::string& word) {
  std::vector<std::string_view> reasons;
  for (std::size_t i = 0; i < matcher::kDeadLetterReasons; ++i) {
    reasons.push_back(matcher::Name(static_cast<matcher::DeadLetterReason>(i)));
  }
  if (std::find(reasons.begin(), reasons.end(), word) != reasons.end()) return "";
  const std::string_view meant = base::DidYouMean(word, reasons);
  return fmt::format("there is no reason \"{}\"{}", word,
                     meant.empty() ? "" : fmt::format(", did you mean \"{}\"?", meant));
}

void AddSelection(CLI::App& command, DlqOptions& options) {
  AddPartition(command, options);
  command.add_option("--from", options.from, "Offset of the first dead letter")
      ->check(CLI::Range(kAnyOffset).description(""))
      ->type_name("OFFSET");
  command.add_option("--until", options.until, "Offset of the last dead letter")
      ->check(CLI::Range(kAnyOffset).description(""))
      ->type_name("OFFSET");
  command.add_option("--reason", options.reason, "Only those with this reason (docs/journal.md)")
      ->check(CLI::Validator(CheckReason, ""))
      ->type_name("REASON");
}

}  // namespace

void AddDlq(CLI::App& root, Commands& commands) {
  CLI::App* dlq = root.add_subcommand("dlq", "Look at the dead letters, and replay them");
  dlq->require_subcommand(1);
  dlq->footer("Example:\n  medverka dlq list --config medverka.yaml");
  const auto options = std::make_shared<DlqOptions>();

  CLI::App* list = dlq->add_subcommand("list", "Count dead letters by reason, with their places");
  AddSelection(*list, *options);
  list->footer(
      R"(Shows reasons, places and the elements that are wrong, never a key or a word of a record.

Examples:
  medverka dlq list --config medverka.yaml
  medverka dlq list --reason schema --format json)");
  AddVerb(list, options, commands, List);

  CLI::App* show = dlq->add_subcommand("show", "Say all that is known of one dead letter");
  AddPartition(*show, *options)->required();
  show->add_option("--offset", options->offset, "Its offset in the dead letter topic")
      ->required()
      ->check(CLI::Range(kAnyOffset).description(""))
      ->type_name("OFFSET");
  show->footer("Example:\n  medverka dlq show --partition 3 --offset 17 --config medverka.yaml");
  AddVerb(show, options, commands, Show);

  CLI::App* replay = dlq->add_subcommand("replay", "Put dead letters back where they came from");
  AddSelection(*replay, *options);
  replay->add_flag("--dry-run", options->dry_run, "Count them, and write nothing");
  replay->footer(
      R"(For after a fix: key, value and headers go to the topic and partition they came from, as they came. A record that fails again comes
back as a new dead letter with one attempt more. It does not remember what was replayed: --from, --until and --reason say which, and
one replayed twice does no harm, because versions of resources decide, not how often they come. One that was too large to be kept whole
is passed over.

Examples:
  medverka dlq replay --reason unknown-resource --dry-run --config medverka.yaml
  medverka dlq replay --partition 3 --from 17 --until 20 --config medverka.yaml)");
  AddVerb(replay, options, commands, Replay);
}

}  // namespace medverka::app
