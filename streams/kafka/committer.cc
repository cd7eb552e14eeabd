#include "streams/kafka/committer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "matcher/store/changelog.h"
#include "ops/base/check.h"
#include "ops/base/log.h"
#include "streams/kafka/commit_record.h"
#include "streams/kafka/dead_letters.h"
#include "streams/kafka/fault_points.h"
#include "streams/kafka/packing.h"

namespace medverka::streams::internal {
namespace {

using base::Log;
using base::LogLevel;

// The same batch after an abort, and the pause before, doubled each time.
constexpr int kTries = 6;
constexpr int kPauseMs = 20;

class Headers {
 public:
  explicit Headers(std::size_t count) : headers_(rd_kafka_headers_new(count)) {}
  void Add(std::string_view name, std::string_view value) {
    rd_kafka_header_add(headers_, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  void AddOrNull(std::string_view name, const std::optional<std::string>& value) {
    if (value) return Add(name, std::string_view(*value));
    rd_kafka_header_add(headers_, name.data(), static_cast<ssize_t>(name.size()), nullptr, 0);
  }
  rd_kafka_headers_t* Release() { return headers_; }

 private:
  rd_kafka_headers_t* headers_;  // Release gives it away, always
};

// CloudEvents 1.0, binary mode.
rd_kafka_headers_t* HeadersOf(const matcher::SuggestionEvent& event, std::int32_t partition,
                              std::uint64_t sequence, std::size_t ordinal) {
  constexpr std::size_t kHeaders = 12;
  Headers headers(kHeaders);
  headers.Add("ce_specversion", "1.0");
  headers.Add("ce_id", event.id);
  headers.Add("ce_source", event.source);
  headers.Add("ce_type", event.type);
  headers.Add("ce_subject", event.subject);
  headers.Add("ce_time", event.time);
  headers.Add("content-type", "application/json");
  if (!event.topic.empty()) {
    headers.Add("medverka_input_topic", event.topic);
    headers.Add("medverka_input_partition", fmt::format("{}", partition));
    headers.Add("medverka_input_offset", fmt::format("{}", event.offset));
  }
  headers.Add("medverka_seq", fmt::format("{}", sequence));
  headers.Add("medverka_ordinal", fmt::format("{}", ordinal));
  return headers.Release();
}

}  // namespace

std::string SuppressKey(const matcher::DeadLetterEvent& event) {
  return fmt::format("{}/{}", event.topic, event.offset);
}

Committer::Committer(CommitterOptions options, std::unique_ptr<TransactionalProducer> producer,
                     matcher::Store& store)
    : options_(std::move(options)), producer_(std::move(producer)), store_(store) {
  thread_ = std::thread([this] { Run(); });
}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Committer::Hand(CommitBatch batch) {
  MEDVERKA_CHECK(!busy_);
  busy_ = true;
  {
    const std::lock_guard lock(mutex_);
    handed_ = std::move(batch);
    done_.reset();
  }
  changed_.notify_all();
}

std::optional<Committed> Committer::Poll() { return Wait(0); }

std::optional<Committed> Committer::Wait(int timeout_ms) {
  if (!busy_) return std::nullopt;
  std::unique_lock lock(mutex_);
  if (!done_ && timeout_ms > 0) {
    changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                      [this] { return done_.has_value(); });
  }
  if (!done_) return std::nullopt;
  busy_ = false;
  return std::exchange(done_, std::nullopt);
}

void Committer::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || handed_.has_value(); });
    if (!handed_) return;
    batch_ = std::move(*handed_);
    handed_.reset();
    lock.unlock();
    Committed result = Commit(batch_);
    lock.lock();
    done_ = std::move(result);
    changed_.notify_all();
  }
}

Committed Committer::Commit(const CommitBatch& batch) {
  Committed result;
  const std::int64_t began = MonotonicUs();
  result.fault = Send(batch, result);
  call_began_us_.store(0);
  result.at_us = MonotonicUs();
  result.took_us = result.at_us - began;
  if (result.fault) return result;
  result.stamps_us = batch.stamps_us;
  At(kBeforeWrite);
  if (const auto written = Write(batch, result); !written.has_value()) {
    result.fault = FaultOfState(written.error());
    return result;
  }
  At(kAfterWrite);
  result.wrote_us = MonotonicUs() - result.at_us;
  result.took_us += result.wrote_us;
  if (options_.offsets) {
    const auto next = OffsetsAfter(batch);
    if (next.has_value()) options_.offsets(*next);
  }
  return result;
}

std::optional<LaneFault> Committer::Send(const CommitBatch& batch, Committed& result) {
  give_up_us_ = MonotonicUs() + options_.patience_us;
  packed_.clear();
  if (renew_) {
    if (auto fault = Renew(); fault) return fault;
  }
  int pause_ms = kPauseMs;
  for (int tries = 0; tries < kTries; ++tries) {
    if (abandoned_.load()) return LaneFault{LaneRemedy::kRecover, "the partition was taken away"};
    result = {};
    result.retries = static_cast<std::uint64_t>(tries);
    const Outcome sent = Transact(batch, result);
    if (sent.has_value()) {
      renew_ = producer_->end_requests() > 1;
      result.renewed = renew_;
      At(kAfterCommit);
      return std::nullopt;
    }
    if (sent.error().fault != KafkaFault::kAbortable) {
      return LaneFault{LaneRemedy::kRecover, sent.error().message};
    }
    Log(LogLevel::kWarning, "a commit was aborted and is tried again",
        {{"partition", std::int64_t{options_.partition}}, {"error", sent.error().name}});
    const Outcome aborted = AbortNow();
    if (!aborted.has_value()) return LaneFault{LaneRemedy::kRecover, aborted.error().message};
    if (MonotonicUs() > give_up_us_) {
      return LaneFault{LaneRemedy::kRecover, "a commit did not come through"};
    }
    if (producer_->end_requests() > 1) {
      if (auto fault = Renew(); fault) return fault;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
    pause_ms *= 2;
  }
  return LaneFault{LaneRemedy::kRecover,
                   fmt::format("a commit was aborted {} times in a row", kTries)};
}

Outcome Committer::Transact(const CommitBatch& batch, Committed& result) {
  const auto calling = [this] { call_began_us_.store(MonotonicUs()); };
  At(kBeforeProduce);
  const std::int64_t began = MonotonicUs();
  calling();
  if (Outcome begun = producer_->Begin(); !begun.has_value()) return begun;
  if (Outcome produced = ProduceAll(batch, result); !produced.has_value()) return produced;
  At(kAfterProduce);
  calling();
  if (Outcome delivered = producer_->AwaitDelivery(options_.call_timeout_ms);
      !delivered.has_value()) {
    return delivered;
  }
  const std::int64_t produced = MonotonicUs();
  result.produced_us = produced - began;
  At(kBeforeOffsets);
  calling();
  const auto next = OffsetsAfter(batch);
  if (!next.has_value()) {
    return tl::unexpected(KafkaError{KafkaFault::kFatal, "POSITIONS", next.error().message});
  }
  Outcome offsets =
      producer_->SendOffsets(*next, options_.partition, options_.group, options_.call_timeout_ms);
  if (!offsets.has_value()) {
    // What may be tried again was, as often as the library allows.
    if (offsets.error().fault == KafkaFault::kRetriable) {
      offsets.error().fault = KafkaFault::kAbortable;
    }
    return offsets;
  }
  const std::int64_t added = MonotonicUs();
  result.offsets_us = added - produced;
  At(kBeforeCommit);
  if (Outcome ended = End(); !ended.has_value()) return ended;
  result.ended_us = MonotonicUs() - added;
  result.timestamp = producer_->last().timestamp;
  return {};
}

// Commits; a call that ran out of time goes on where it was.
Outcome Committer::End() {
  for (;;) {
    call_began_us_.store(MonotonicUs());
    Outcome outcome = producer_->Commit(options_.call_timeout_ms);
    if (outcome.has_value() || outcome.error().fault != KafkaFault::kRetriable) return outcome;
    if (MonotonicUs() > give_up_us_) {
      outcome.error().fault = KafkaFault::kFatal;
      return outcome;
    }
  }
}

Outcome Committer::AbortNow() {
  for (;;) {
    call_began_us_.store(MonotonicUs());
    Outcome outcome = producer_->Abort(options_.call_timeout_ms);
    if (outcome.has_value() || outcome.error().fault != KafkaFault::kRetriable) return outcome;
    if (MonotonicUs() > give_up_us_) return outcome;
  }
}

// A new producer under the same id: its epoch makes whatever the old one still has on the way void.
std::optional<LaneFault> Committer::Renew() {
  renew_ = false;
  call_began_us_.store(MonotonicUs());
  producer_.reset();
  Log(LogLevel::kInfo, "the end of a transaction was sent more than once; renewing the producer",
      {{"partition", std::int64_t{options_.partition}}});
  auto opened = TransactionalProducer::Open(options_.producer);
  if (!opened.has_value()) return LaneFault{LaneRemedy::kRecover, opened.error().message};
  producer_ = std::move(*opened);
  call_began_us_.store(MonotonicUs());
  const Outcome ready = producer_->Init(options_.call_timeout_ms);
  if (ready.has_value()) return std::nullopt;
  return LaneFault{LaneRemedy::kRecover, ready.error().message};
}

Outcome Committer::ProduceAll(const CommitBatch& batch, Committed& result) {
  std::uint64_t bytes = 0;
  if (Outcome rows = ProduceRows(*batch.changes, result.rows, bytes); !rows.has_value()) {
    return rows;
  }
  if (Outcome out = ProduceSuggestions(batch, result); !out.has_value()) return out;
  if (Outcome out = ProduceDeadLetters(batch, result); !out.has_value()) return out;
  if (Outcome out = ProduceMoves(batch, result); !out.has_value()) return out;
  return ProduceCommitRecord(batch, result, bytes);
}

Outcome Committer::ProduceRows(const matcher::StoreChanges& changes, std::uint64_t& rows,
                               std::uint64_t& bytes) {
  for (const matcher::StoreChange& change : changes) {
    if (!matcher::BelongsInChangelog(change.room, change.key)) continue;
    key_buffer_ = matcher::ChangelogKey(change.room, change.key);
    Outgoing row;
    row.topic = options_.topics.state.c_str();
    row.partition = options_.partition;
    row.key = key_buffer_;
    if (change.value) row.value = *change.value;
    if (Outcome sent = producer_->Produce(row); !sent.has_value()) return sent;
    ++rows;
    bytes += key_buffer_.size() + (change.value ? change.value->size() : 0);
  }
  return {};
}

base::Result<std::map<std::string, std::int64_t>> Committer::OffsetsAfter(
    const CommitBatch& batch) const {
  auto next = OffsetsOf(batch.positions);
  if (!next.has_value()) return next;
  for (auto& [topic, offset] : *next) {
    const auto known = options_.again_until.find(topic);
    if (known != options_.again_until.end()) offset = std::max(offset, known->second);
  }
  return next;
}

Outcome Committer::ProduceSuggestions(const CommitBatch& batch, Committed& result) {
  std::size_t ordinal = 0;
  for (const matcher::SuggestionEvent& event : batch.effects.suggestions) {
    key_buffer_ = fmt::format("{}/{}", event.subject, event.study);
    Outgoing record;
    record.topic = options_.topics.suggestions.c_str();
    record.partition = options_.partition;
    record.key = key_buffer_;
    record.value = event.data;
    record.headers = HeadersOf(event, options_.partition, batch.committed.sequence, ordinal++);
    if (Outcome sent = producer_->Produce(record); !sent.has_value()) return sent;
    ++result.suggestions;
  }
  return {};
}

Outcome Committer::ProduceDeadLetters(const CommitBatch& batch, Committed& result) {
  for (const KafkaRecord& dead : batch.dead_letters) {
    Headers headers(dead.headers.size());
    for (const auto& [name, value] : dead.headers) headers.AddOrNull(name, value);
    Outgoing record;
    record.topic = dead.topic.c_str();
    record.partition = options_.partition;
    if (dead.key) record.key = *dead.key;
    if (dead.value) record.value = *dead.value;
    record.headers = headers.Release();
    if (Outcome sent = producer_->Produce(record); !sent.has_value()) return sent;
    ++result.dead_letters;
  }
  return {};
}

Outcome Committer::ProduceMoves(const CommitBatch& batch, Committed& result) {
  for (std::size_t i = 0; i < batch.effects.moves.size(); ++i) {
    const matcher::MoveEvent& move = batch.effects.moves[i];
    Outgoing record;
    record.topic = options_.topics.moves.c_str();
    record.partition = static_cast<std::int32_t>(move.partition);
    record.key = move.key;
    record.value = move.value;
    if (move.value.size() >= kPackedFromBytes) {
      // Once for all tries: of an earlier one some may still be on its way.
      std::string& packed = packed_[i];
      if (packed.empty()) packed = Pack(move.value);
      record.value = packed;
      Headers headers(1);
      headers.Add(kPackingHeader, kPackingZstd);
      record.headers = headers.Release();
    }
    // Where the topic takes the producer's time: the receiving lane's clock is moved by it.
    if (batch.committed.log_time) record.stamp_ms = batch.committed.log_time->us / 1000;
    if (Outcome sent = producer_->Produce(record); !sent.has_value()) return sent;
    ++result.moves;
  }
  return {};
}

Outcome Committer::ProduceCommitRecord(const CommitBatch& batch, const Committed& result,
                                       std::uint64_t bytes) {
  CommitRecord record;
  record.partition = static_cast<std::uint32_t>(options_.partition);
  record.sequence = batch.committed.sequence;
  record.before = batch.committed.before;
  record.chain = batch.committed.chain;
  record.input_next = batch.positions;
  record.log_time = batch.committed.log_time;
  record.records = result.rows;
  record.bytes = bytes;
  record.delta = matcher::DigestOf(*batch.changes);
  record.suggestions = result.suggestions;
  record.dead_letters = result.dead_letters;
  record.moves = result.moves;
  record.engine_version = MEDVERKA_VERSION;
  record.catalogue_version = batch.committed.catalogue_version;
  for (const matcher::StoreChange& change : *batch.changes) {
    if (change.room == matcher::Room::kMeta && change.key == matcher::kMarkerKey) {
      record.marker = change.value.value_or("");
    }
  }
  const std::string text = ToJson(record);
  key_buffer_ = CommitKey(record.sequence);
  Outgoing out;
  out.topic = options_.topics.state.c_str();
  out.partition = options_.partition;
  out.key = key_buffer_;
  out.value = text;
  return producer_->ProduceLast(out);
}

base::Result<void> Committer::Write(const CommitBatch& batch, const Committed& result) {
  for (const matcher::StoreChange& change : *batch.changes) {
    if (change.value) {
      store_.Put(change.room, change.key, *change.value);
    } else {
      store_.Delete(change.room, change.key);
    }
  }
  const ChangelogPlace place{producer_->last().offset + 1, result.timestamp};
  store_.Put(matcher::Room::kMeta, matcher::kChangelogPositionKey, Encode(place));
  return store_.Commit();
}

}  // namespace medverka::streams::internal
