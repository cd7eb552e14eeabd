#include "tests/e2e/verifier.h"

#include <optional>
#include <set>

#include "matcher/store/changelog.h"
#include "matcher/store/hand_over_store.h"
#include "ops/base/crypto.h"
#include "ops/base/format.h"
#include "streams/kafka/consumer.h"
#include "streams/kafka/partition_reader.h"

namespace medverka::e2e {
namespace {

using base::Result;
using base::json::object;
using streams::KafkaRecord;
using streams::TopicPartition;

constexpr int kSilenceMs = 10'000;  // a broker that says nothing for so long is not there
constexpr int kQuestionMs = 10'000;
constexpr std::string_view kCommitKey = "commit/";
constexpr std::string_view kAnewKey = "anew";

std::optional<std::string> HeaderOf(const KafkaRecord& record, std::string_view name) {
  for (const auto& [key, value] : record.headers) {
    if (key == name) return value.value_or("");
  }
  return std::nullopt;
}

std::optional<std::int64_t> NumberIn(const KafkaRecord& record, std::string_view name) {
  const auto text = HeaderOf(record, name);
  if (!text || text->empty() || text->find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  return std::stoll(*text);
}

// Reads one partition from `offset` to its end, as a reader of committed records.
template <typename Visit>
Result<std::int64_t> ReadFrom(const streams::KafkaProperties& kafka, const TopicPartition& from,
                              std::int64_t offset, const Visit& visit) {
  MEDVERKA_ASSIGN(const auto reader, streams::PartitionReader::Open(kafka, true));
  MEDVERKA_ASSIGN(const auto marks, reader->WatermarksOf(from, kQuestionMs));
  MEDVERKA_TRY(reader->Assign({{from, offset}}));
  int silent_ms = 0;
  constexpr int kStepMs = 200;
  for (;;) {
    MEDVERKA_ASSIGN(const std::int64_t position, reader->Position(from));
    if (position >= marks.high || marks.low == marks.high) return marks.high;
    MEDVERKA_ASSIGN(const auto record, reader->Next(kStepMs));
    if (record.has_value()) {
      silent_ms = 0;
      visit(*record);
    } else if ((silent_ms += kStepMs) > kSilenceMs) {
      return base::Fail(base::ErrorCode::kUnavailable, "{}/{} stands at {} of {}", from.topic,
                        from.partition, position, marks.high);
    }
  }
}

template <typename Visit>
Result<std::int64_t> ReadWhole(const streams::KafkaProperties& kafka, const TopicPartition& from,
                               const Visit& visit) {
  return ReadFrom(kafka, from, streams::kFromBeginning, visit);
}

// Where the group goes on, by topic.
Result<std::map<std::string, std::int64_t>> CommittedOf(const VerifyOptions& options,
                                                        std::int32_t partition) {
  streams::internal::ReaderOptions of_group;
  of_group.group = options.group;
  MEDVERKA_ASSIGN(const auto reader, streams::internal::OpenReader(options.kafka, of_group));
  return streams::internal::StableOffsets(
      *reader, {options.topics.journal, options.topics.feedback, options.topics.moves}, partition,
      kQuestionMs);
}

struct Commit {
  std::int64_t suggestions = 0, dead_letters = 0, moves = 0;
  std::map<std::string, std::int64_t> input_next;
};

class PartitionCheck {
 public:
  PartitionCheck(const VerifyOptions& options, std::int32_t partition, Verification& out)
      : options_(options), partition_(partition), out_(out) {}

  Result<void> Run() {
    MEDVERKA_TRY(ReadWhole(options_.kafka, {options_.topics.state, partition_},
                           [this](const KafkaRecord& record) { TakeState(record); }));
    if (!changes_.empty())
      Break("I3", fmt::format("{} changelog rows without a commit record", changes_.size()));
    MEDVERKA_TRY(ReadWhole(options_.kafka, {options_.topics.suggestions, partition_},
                           [this](const KafkaRecord& record) { TakeSuggestion(record); }));
    MEDVERKA_TRY(ReadWhole(options_.kafka, {options_.topics.dead_letters, partition_},
                           [this](const KafkaRecord& record) { TakeDeadLetter(record); }));
    CompareOutputs();
    if (options_.idle) MEDVERKA_TRY(CompareOffsets());
    return {};
  }

  std::int64_t moves() const { return moves_; }
  bool anew() const { return anew_; }

 private:
  void Break(std::string_view promise, const std::string& how) {
    out_.violations.push_back(fmt::format("{} partition {}: {}", promise, partition_, how));
  }

  void TakeState(const KafkaRecord& record) {
    const std::string_view key = record.key ? *record.key : std::string_view();
    if (key == kAnewKey) return BeginAnew();
    if (key.substr(0, kCommitKey.size()) == kCommitKey) {
      TakeCommit(record);
      changes_.clear();
      return;
    }
    const auto row = matcher::ReadChangelogKey(key);
    if (!row) return Break("I3", fmt::format("offset {} is neither row nor commit", record.offset));
    changes_.push_back({row->room, std::string(row->key), record.value});
    ++out_.rows;
  }

  // What lies before was damaged and counts no more. Of outputs made before nobody can say any more
  // which commit they belong to.
  void BeginAnew() {
    out_.violations.resize(violations_before_);
    anew_ = true;
    changes_.clear();
    commits_.clear();
    input_next_.clear();
    last_seq_ = moves_ = 0;
    last_hash_.clear();
    ++out_.anew;
  }

  void TakeCommit(const KafkaRecord& record) {
    const auto parsed = base::ParseJson(record.value.value_or(""));
    if (!parsed.has_value() || !parsed->is_object())
      return Break("I4", fmt::format("the commit record at {} is no JSON", record.offset));
    const object& commit = parsed->as_object();
    ++out_.commits;
    const std::int64_t seq = Number(commit, "seq");
    if (Number(commit, "partition") != partition_)
      Break("I6", fmt::format("commit {} is another partition's", seq));
    if (seq != last_seq_ + 1)
      Break("I4",
            fmt::format("commit {} follows commit {} (offset {})", seq, last_seq_, record.offset));
    if (const std::string before = Text(commit, "prev_hash");
        last_seq_ != 0 && before != last_hash_)
      Break("I4", fmt::format("commit {} does not continue the chain", seq));
    if (commits_.count(seq) != 0) Break("I6", fmt::format("two commits of number {}", seq));
    CheckRows(commit, seq);
    Commit& noted = commits_[seq];
    noted = {
        Number(commit, "suggestions"), Number(commit, "dead_letters"), Number(commit, "moves"), {}};
    moves_ += noted.moves;
    for (const auto& [topic, next] : commit.at("input_next").as_object())
      noted.input_next[topic] = next.is_string() ? std::stoll(std::string(next.as_string()))
                                                 : next.to_number<std::int64_t>();
    for (const auto& [topic, next] : noted.input_next) {
      if (next < input_next_[topic])
        Break("I4", fmt::format("commit {} goes back on {}", seq, topic));
      input_next_[topic] = next;
    }
    last_seq_ = seq;
    last_hash_ = Text(commit, "hash");
  }

  void CheckRows(const object& commit, std::int64_t seq) {
    const auto count = static_cast<std::int64_t>(changes_.size());
    if (Number(commit, "records") != count)
      Break("I3", fmt::format("commit {} says {} rows, there are {}", seq,
                              Number(commit, "records"), count));
    const std::string digest = base::Hex(base::AsBytes(matcher::DigestOf(changes_)));
    if (Text(commit, "delta_hash") != digest)
      Break("I3", fmt::format("the rows of commit {} have another hash", seq));
  }

  void TakeSuggestion(const KafkaRecord& record) {
    ++out_.suggestions;
    const std::string id = HeaderOf(record, "ce_id").value_or("");
    const auto seq = NumberIn(record, "medverka_seq");
    const auto ordinal = NumberIn(record, "medverka_ordinal");
    if (id.empty() || !seq || !ordinal)
      return Break("I3",
                   fmt::format("suggestion at {} lacks ce_id, medverka_seq or medverka_ordinal",
                               record.offset));
    const bool repeats = !ids_.insert(id).second;
    if (repeats) ++out_.repeated;
    if (repeats && options_.exactly_once && !anew_)
      Break("I2", fmt::format("suggestion at {} has an id that was there before", record.offset));
    if (anew_) return Remember(record, id);
    if (!ordinals_[*seq].insert(*ordinal).second && options_.exactly_once)
      Break("I2", fmt::format("suggestion at {} repeats seq {} ordinal {}", record.offset, *seq,
                              *ordinal));
    if (commits_.count(*seq) == 0)
      Break("I3", fmt::format("suggestion at {} is of commit {}, which is not there", record.offset,
                              *seq));
    if (const auto offset = NumberIn(record, "medverka_input_offset")) {
      const std::string topic = HeaderOf(record, "medverka_input_topic").value_or("");
      if (*offset >= input_next_[topic])
        Break("I3",
              fmt::format("suggestion at {} rests on input that is not committed", record.offset));
    }
    Remember(record, id);
  }

  void Remember(const KafkaRecord& record, const std::string& id) {
    object said{{"partition", partition_},
                {"id", id},
                {"type", HeaderOf(record, "ce_type").value_or("")},
                {"subject", HeaderOf(record, "ce_subject").value_or("")}};
    out_.last[record.key.value_or("")] = std::move(said);
  }

  void TakeDeadLetter(const KafkaRecord& record) {
    ++out_.dead_letters;
    ++dead_letters_;
    const auto offset = NumberIn(record, "medverka_dlq_offset");
    const std::string topic = HeaderOf(record, "medverka_dlq_topic").value_or("");
    if (!offset)
      return Break("I3", fmt::format("dead letter at {} does not say where from", record.offset));
    if (*offset >= input_next_[topic])
      Break("I3",
            fmt::format("dead letter at {} is of input that is not committed", record.offset));
    if (!dead_offsets_.emplace(topic, *offset).second && options_.exactly_once)
      Break("I2", fmt::format("dead letter at {} repeats {}/{}", record.offset, topic, *offset));
  }

  void CompareOutputs() {
    if (anew_) return;
    std::int64_t dead = 0;
    for (const auto& [seq, commit] : commits_) {
      dead += commit.dead_letters;
      const auto there = ordinals_.find(seq);
      const std::int64_t count =
          there == ordinals_.end() ? 0 : static_cast<std::int64_t>(there->second.size());
      if (count != commit.suggestions)
        Break("I3", fmt::format("commit {} says {} suggestions, there are {}", seq,
                                commit.suggestions, count));
    }
    const bool agree = options_.exactly_once ? dead == dead_letters_ : dead <= dead_letters_;
    if (!agree)
      Break("I3", fmt::format("commits say {} dead letters, there are {}", dead, dead_letters_));
  }

  // Idle: what the group has committed is what the last commit record says, and it is the end.
  Result<void> CompareOffsets() {
    MEDVERKA_ASSIGN(const auto committed, CommittedOf(options_, partition_));
    const std::vector<std::string> inputs{options_.topics.journal, options_.topics.feedback,
                                          options_.topics.moves};
    MEDVERKA_ASSIGN(const auto plain, streams::PartitionReader::Open(options_.kafka, true));
    for (const std::string& topic : inputs) {
      const auto group_at = committed.find(topic);
      const std::int64_t group_next = group_at == committed.end() ? 0 : group_at->second;
      if (group_next != input_next_[topic] &&
          (group_at != committed.end() || input_next_[topic] != 0))
        Break("I4", fmt::format("the group stands at {} of {}, the last commit at {}", group_next,
                                topic, input_next_[topic]));
      MEDVERKA_ASSIGN(const auto marks, plain->WatermarksOf({topic, partition_}, kQuestionMs));
      if (topic == options_.topics.moves) continue;  // ends with a commit marker; below
      if (topic == options_.topics.journal)
        out_.journal += static_cast<std::uint64_t>(marks.high - marks.low);
      else
        out_.feedback += static_cast<std::uint64_t>(marks.high - marks.low);
      if (marks.high > marks.low && input_next_[topic] != marks.high)
        Break("I1", fmt::format("{} ends at {}, the last commit stands at {}", topic, marks.high,
                                input_next_[topic]));
    }
    return CompareMoves();
  }

  Result<void> CompareMoves() {
    std::int64_t next = 0;
    MEDVERKA_TRY(ReadWhole(options_.kafka, {options_.topics.moves, partition_},
                           [&next](const KafkaRecord& record) { next = record.offset + 1; }));
    if (input_next_[options_.topics.moves] < next)
      Break("I1", fmt::format("the moves end at {}, the last commit stands at {}", next,
                              input_next_[options_.topics.moves]));
    return {};
  }

  static std::int64_t Number(const object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    if (value == nullptr) return -1;
    boost::system::error_code failed;
    const auto number = value->to_number<std::int64_t>(failed);
    return failed ? -1 : number;
  }
  static std::string Text(const object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
  }

  const VerifyOptions& options_;
  const std::int32_t partition_;
  Verification& out_;
  matcher::StoreChanges changes_;
  bool anew_ = false;
  const std::size_t violations_before_ = out_.violations.size();
  std::int64_t last_seq_ = 0;
  std::string last_hash_;
  std::map<std::int64_t, Commit> commits_;
  std::map<std::string, std::int64_t> input_next_;
  std::int64_t moves_ = 0, dead_letters_ = 0;
  std::set<std::string> ids_;
  std::map<std::int64_t, std::set<std::int64_t>> ordinals_;
  std::set<std::pair<std::string, std::int64_t>> dead_offsets_;
};

}  // namespace

Result<Lag> LagOf(const VerifyOptions& options) {
  Lag lag;
  for (std::int32_t partition = 0; partition < options.partitions; ++partition) {
    MEDVERKA_ASSIGN(const auto committed, CommittedOf(options, partition));
    // What ends a transaction takes an offset too, so records are counted, not offsets.
    const auto count = [&](const std::string& topic, std::int64_t& into) -> Result<void> {
      const auto at = committed.find(topic);
      const std::int64_t from = at == committed.end() ? streams::kFromBeginning : at->second;
      MEDVERKA_TRY(ReadFrom(options.kafka, {topic, partition}, from,
                            [&into](const KafkaRecord&) { ++into; }));
      return {};
    };
    MEDVERKA_TRY(count(options.topics.journal, lag.journal));
    MEDVERKA_TRY(count(options.topics.feedback, lag.feedback));
    MEDVERKA_TRY(count(options.topics.moves, lag.moves));
  }
  return lag;
}

Result<Verification> Verify(const VerifyOptions& options) {
  Verification out;
  std::int64_t said_moves = 0;
  bool any_anew = false;
  for (std::int32_t partition = 0; partition < options.partitions; ++partition) {
    PartitionCheck check(options, partition, out);
    MEDVERKA_TRY(check.Run());
    said_moves += check.moves();
    any_anew = any_anew || check.anew();
  }
  for (std::int32_t partition = 0; partition < options.partitions; ++partition) {
    MEDVERKA_TRY(ReadWhole(options.kafka, {options.topics.moves, partition},
                           [&out](const KafkaRecord&) { ++out.moves; }));
  }
  const auto there = static_cast<std::int64_t>(out.moves);
  if (options.exactly_once && !any_anew ? said_moves != there : said_moves > there) {
    out.violations.push_back(
        fmt::format("I3 all partitions: commits say {} moves, there are {}", said_moves, there));
  }
  return out;
}

}  // namespace medverka::e2e
