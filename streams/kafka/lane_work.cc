#include "streams/kafka/lane_work.h"

#include <algorithm>
#include <utility>

#include "matcher/limits.h"
#include "ops/base/log.h"
#include "streams/kafka/dead_letters.h"
#include "streams/kafka/fault_points.h"
#include "streams/kafka/packing.h"

namespace medverka::streams::internal {
namespace {

using base::Log;
using base::LogLevel;

// How long the lane waits for a record when it has nothing else to do; a stop is noticed then.
constexpr int kQuietMs = 50;
// While a commit is under way, or the broker has its pause: so that its end is noticed.
constexpr int kBusyMs = 1;
// How often figures are told while nothing is committed.
constexpr std::int64_t kTellUs = 500'000;
// A slice of backfill aims at this time, so that an event does not wait longer for it.
constexpr std::int64_t kSliceUs = 4'000;
// Time saved up for backfill, or owed, at most.
constexpr std::int64_t kBudgetMaxUs = 40'000;
// Without an event for so long nobody waits, and backfill takes all of the lane's time.
constexpr std::int64_t kNobodyWaitsUs = 1'000'000;
// Suggestions (some 4 KB each) in one commit with which backfill still goes on, and so the subjects
// of a slice: events of the same commit, and of the next, wait until the broker has all of it.
constexpr std::size_t kBackfillSuggestionsMax = 256;
// Log time that moves on without records does so in steps, so that the timers of a long time fit
// into memory; of more than 20 years the first part in one.
constexpr std::int64_t kStepUs = 7 * base::kMicrosPerDay;
constexpr std::int64_t kSteppedAtMostUs = 20 * 366 * base::kMicrosPerDay;
constexpr int kOutcomeWaitMs = 100;

matcher::LaneOptions LaneOptionsOf(const LaneSurroundings& around, std::int32_t partition) {
  matcher::LaneOptions options = around.options.lane;
  options.partition = static_cast<std::uint32_t>(partition);
  options.topic = around.options.topics.journal;
  options.background_backfill = true;
  if (around.options.hot_patient_bytes > 0) {
    options.hot_patient_bytes_max = around.options.hot_patient_bytes /
                                    static_cast<std::uint64_t>(std::max(1, around.lanes.load()));
  }
  return options;
}

}  // namespace

ProducerOptions LaneProducer(const LaneSurroundings& around, std::int32_t partition) {
  const ServiceOptions& options = around.options;
  ProducerOptions producer;
  producer.kafka = options.kafka;
  producer.transactional_id =
      fmt::format("{}-{}-{}", options.group, options.topics.journal, partition);
  producer.transactions = options.exactly_once;
  producer.topics = {options.topics.state, options.topics.suggestions, options.topics.dead_letters,
                     options.topics.moves};
  producer.queue_bytes = options.producer_queue_bytes;
  producer.client = fmt::format("producer-{}", partition);
  producer.watch = &around.watch;
  producer.measures = &around.measures;
  return producer;
}

tl::expected<std::unique_ptr<LaneWork>, LaneFault> LaneWork::Open(Parts parts,
                                                                  Recovered recovered) {
  LaneSurroundings& around = *parts.around;
  const ServiceOptions& options = around.options;
  const std::int32_t partition = parts.partition;
  std::unique_ptr<LaneWork> work(new LaneWork(std::move(parts)));

  auto store = std::make_unique<matcher::HandOverStore>(std::move(recovered.store));
  work->store_ = store.get();
  matcher::LaneOptions lane_options = LaneOptionsOf(around, partition);
  lane_options.stopwatch = work->parts_.measures;
  auto lane = matcher::Lane::Open(std::move(store), std::move(lane_options), {}, {});
  if (!lane) return tl::unexpected(FaultOfState(lane.error()));
  work->lane_ = std::move(*lane);

  ReaderOptions reader;
  reader.queue_bytes = options.consumer_queue_bytes;
  reader.client = fmt::format("lane-{}", partition);
  reader.watch = &around.watch;
  reader.measures = &around.measures;
  reader.call_began_us = work->parts_.call_began_us;
  reader.ends = around.ends;
  auto inputs = LaneInputs::Open(options.kafka, reader, options.topics, partition, recovered.start);
  if (!inputs) return tl::unexpected(inputs.error());
  work->inputs_ = std::move(*inputs);

  work->suppressed_ = std::move(recovered.suppressed);
  work->again_until_ = recovered.again_until;
  work->log_time_before_ = recovered.log_time;
  CommitterOptions committer;
  committer.producer = LaneProducer(around, partition);
  committer.topics = options.topics;
  committer.partition = partition;
  committer.group = around.group;
  if (!options.exactly_once) {
    committer.offsets = [&around, partition](const Offsets& next) {
      around.offsets(partition, next);
    };
  }
  committer.again_until = std::move(recovered.again_until);
  committer.at_point = options.at_point;
  work->committer_ = std::make_unique<Committer>(
      std::move(committer), std::move(recovered.producer), work->store_->below());
  work->last_input_us_ = work->budget_at_us_ = MonotonicUs();
  return work;
}

LaneFault LaneWork::Run() {
  for (;;) {
    if (parts_.abandon()) {
      committer_->Abandon();
      return {LaneRemedy::kRecover, ""};
    }
    if (parts_.stop()) return Drain();
    if (auto fault = Step(); fault) return *fault;
  }
}

std::optional<LaneFault> LaneWork::Step() {
  if (committer_->busy()) {
    if (auto fault = TakeOutcome(0); fault) return fault;
  }
  if (auto fault = TakeCatalogue(); fault) return fault;
  std::int64_t now = MonotonicUs();
  const auto next = inputs_->Read(WaitMs(now));
  if (!next) return next.error();
  if (!next->has_value()) return AtSilence();
  if (auto fault = Apply(**next); fault) return fault;
  now = MonotonicUs();
  last_input_us_ = now;
  if (auto fault = Backfill(now); fault) return fault;
  return CommitWhenDue(now, false);
}

// How long reading may wait.
int LaneWork::WaitMs(std::int64_t now) const {
  if (BackfillMay(now)) return 0;
  if (committer_->busy() || BackfillUnderWay()) return kBusyMs;
  if (!pending_) return kQuietMs;
  return now - handed_at_us_ >= GapUs() ? 0 : kBusyMs;
}

// The broker answers faster when transactions do not follow one another without a pause.
std::int64_t LaneWork::GapUs() const {
  return std::min(parts_.around->commit_interval_us.load(std::memory_order_relaxed),
                  2 * last_took_us_);
}

std::optional<LaneFault> LaneWork::AtSilence() {
  const std::int64_t now = MonotonicUs();
  if (!again_until_.empty() && inputs_->Reached(again_until_)) pending_ = true;
  if (BackfillUnderWay()) {
    if (auto fault = Backfill(now); fault) return fault;
  } else if (auto fault = TickWhenIdle(now); fault) {
    return fault;
  }
  if (auto fault = CommitWhenDue(now, true); fault) return fault;
  TellStatus(now);
  return std::nullopt;
}

std::optional<LaneFault> LaneWork::CommitWhenDue(std::int64_t now, bool silent) {
  if (!pending_) return std::nullopt;
  const ServiceOptions& options = parts_.around->options;
  const bool full = taken_.all() >= options.commit_records_max ||
                    taken_.bytes >= options.commit_bytes_max || inputs_->BatchShouldEnd() ||
                    effects_.suggestions.size() >= options.commit_records_max;
  if (full) {
    while (committer_->busy()) {
      if (parts_.abandon()) return std::nullopt;
      if (auto fault = TakeOutcome(kOutcomeWaitMs); fault) return fault;
    }
    return HandOver();
  }
  if (committer_->busy()) return std::nullopt;
  const std::int64_t since = now - handed_at_us_;
  const bool due = silent
                       ? since >= GapUs()
                       : since >= parts_.around->commit_interval_us.load(std::memory_order_relaxed);
  return due ? HandOver() : std::nullopt;
}

// While work is done again: whether a reader has this one, or one behind it.
bool LaneWork::WasPutOut(const matcher::SuggestionEvent& event) {
  const auto last = suppressed_.suggestions.find(fmt::format("{}/{}", event.subject, event.study));
  return last != suppressed_.suggestions.end() &&
         std::pair(event.episode, event.transitions) <=
             std::pair(last->second.episode, last->second.transitions);
}

// The end of what is done again. One last tick to where log time once was: by then ticks may have
// moved it on, which are in no topic. Then what came out otherwise this time: inputs of several
// topics have no common order.
std::optional<LaneFault> LaneWork::EndAgain() {
  if (again_until_.empty() || !inputs_->Reached(again_until_)) return std::nullopt;
  if (log_time_before_ && lane_->knows_log_time()) {
    const auto moved = lane_->AdvanceTo(*log_time_before_);
    if (!moved) return FaultOfState(moved.error());
    if (auto fault = CollectEffects(nullptr); fault) return fault;
  }
  again_until_.clear();
  for (const auto& [key, last] : suppressed_.suggestions) {
    const std::size_t slash = key.find('/');
    const auto reconciled =
        lane_->Reconcile(std::string_view(key).substr(0, slash), key.substr(slash + 1), last);
    if (!reconciled) return FaultOfState(reconciled.error());
  }
  suppressed_ = {};
  Log(LogLevel::kInfo, "the lane is where it was before",
      {{"partition", std::int64_t{parts_.partition}}});
  return CollectEffects(nullptr);
}

std::optional<LaneFault> LaneWork::HandOver() {
  if (auto fault = EndAgain(); fault) return fault;
  const matcher::InputPositions positions = inputs_->Positions();
  if (const auto committed = lane_->Commit(positions); !committed) {
    return FaultOfState(committed.error());
  }
  CommitBatch batch;
  batch.committed = lane_->committed();
  batch.positions = positions;
  batch.changes = store_->handed_over();
  batch.effects = std::exchange(effects_, {});
  batch.dead_letters = std::exchange(dead_letters_, {});
  batch.stamps_us = std::exchange(stamps_us_, {});
  parts_.measures->Tell(lane_->counters());
  parts_.measures->Hand(batch, taken_);
  taken_ = {};
  pending_ = false;
  handed_at_us_ = MonotonicUs();
  committer_->Hand(std::move(batch));
  inputs_->BeginBatch();
  return std::nullopt;
}

std::optional<LaneFault> LaneWork::TakeOutcome(int wait_ms) {
  auto outcome = committer_->Wait(wait_ms);
  if (!outcome) return std::nullopt;
  if (outcome->fault) {
    parts_.measures->CommitFailed();
    return outcome->fault;
  }
  store_->Settled();
  anchor_ = outcome->timestamp;
  anchor_us_ = outcome->at_us;
  last_took_us_ = outcome->took_us;
  parts_.measures->Tell(*outcome);
  TellStatus(MonotonicUs());
  return std::nullopt;
}

// What is in hand is committed: the successor has nothing to do again.
LaneFault LaneWork::Drain() {
  const auto settle = [this]() -> std::optional<LaneFault> {
    while (committer_->busy()) {
      if (parts_.abandon()) {
        committer_->Abandon();
        return LaneFault{LaneRemedy::kRecover, ""};
      }
      if (auto fault = TakeOutcome(kOutcomeWaitMs); fault) return fault;
    }
    return std::nullopt;
  };
  if (auto fault = settle(); fault) return *fault;
  if (pending_) {
    if (auto fault = HandOver(); fault) return *fault;
    if (auto fault = settle(); fault) return *fault;
  }
  return {LaneRemedy::kRecover, ""};
}

std::optional<LaneFault> LaneWork::TakeCatalogue() {
  const std::uint64_t newest = parts_.around->catalogue.version();
  if (newest == catalogue_) return std::nullopt;
  const auto live = parts_.around->catalogue.live();
  if (live == nullptr) return std::nullopt;
  catalogue_ = live->input.version;
  if (const auto taken = lane_->SetCatalogue(live->input); !taken) {
    return FaultOfState(taken.error());
  }
  backfill_began_us_ = MonotonicUs();
  pending_ = true;
  return CollectEffects(nullptr);
}

bool LaneWork::BackfillUnderWay() const {
  const matcher::BackfillProgress progress = lane_->backfill();
  return progress.done < progress.total;
}

// Its share of the time that has gone by, and never so much that a commit becomes a long one.
bool LaneWork::BackfillMay(std::int64_t now) const {
  if (!BackfillUnderWay() || effects_.suggestions.size() >= kBackfillSuggestionsMax) return false;
  return now - last_input_us_ >= kNobodyWaitsUs || BackfillBudget(now) > 0;
}

std::int64_t LaneWork::BackfillBudget(std::int64_t now) const {
  const double share = parts_.around->backfill_share.load(std::memory_order_relaxed);
  const auto gained = static_cast<std::int64_t>(share * static_cast<double>(now - budget_at_us_));
  return std::min(backfill_budget_us_ + gained, kBudgetMaxUs);
}

std::optional<LaneFault> LaneWork::Backfill(std::int64_t now) {
  if (!BackfillMay(now)) return std::nullopt;
  backfill_budget_us_ = BackfillBudget(now);
  budget_at_us_ = now;
  const std::size_t room = kBackfillSuggestionsMax - effects_.suggestions.size();
  const std::size_t slice = std::min(backfill_slice_, room);
  if (const auto worked = lane_->Backfill(slice); !worked) {
    return FaultOfState(worked.error());
  }
  pending_ = true;
  const std::int64_t spent = std::max<std::int64_t>(1, MonotonicUs() - now);
  // What was done while nobody waited is not to be earned back.
  backfill_budget_us_ = std::max(backfill_budget_us_ - spent, -kBudgetMaxUs);
  if (slice == backfill_slice_) {
    backfill_slice_ = std::clamp<std::size_t>(
        slice * static_cast<std::size_t>(kSliceUs) / static_cast<std::size_t>(spent), slice / 2 + 1,
        std::min(2 * slice, kBackfillSuggestionsMax));
  }
  if (parts_.around->options.at_point) parts_.around->options.at_point(kDuringBackfill);
  const matcher::BackfillProgress progress = lane_->backfill();
  if (progress.done >= progress.total) {
    const double seconds = static_cast<double>(MonotonicUs() - backfill_began_us_) * 1e-6;
    parts_.measures->Backfilled(seconds);
    Log(LogLevel::kInfo, "all stored patients have met the catalogue",
        {{"partition", std::int64_t{parts_.partition}},
         {"catalogue", static_cast<std::int64_t>(lane_->catalogue_version())},
         {"patients", static_cast<std::int64_t>(progress.total)},
         {"seconds", seconds}});
  }
  return CollectEffects(nullptr);
}

std::optional<base::Instant> LaneWork::BrokerNow(std::int64_t now) const {
  if (anchor_us_ == 0) return std::nullopt;
  return anchor_ + (now - anchor_us_);
}

// At most one tick per commit, as its last input: the step that was made is committed before the
// next.
std::optional<LaneFault> LaneWork::TickWhenIdle(std::int64_t now) {
  if (pending_ || committer_->busy() || !parts_.around->watch.reachable()) return std::nullopt;
  if (now - last_input_us_ < parts_.around->options.idle_tick_us) return std::nullopt;
  const auto target = BrokerNow(now);
  if (!target || inputs_->Lag() > 0) return std::nullopt;
  base::Instant to = *target;
  if (lane_->knows_log_time()) {
    if (to <= lane_->log_time()) {
      last_input_us_ = now;
      return std::nullopt;
    }
    to = std::min(to, std::max(lane_->log_time(), to - kSteppedAtMostUs) + kStepUs);
  }
  if (const auto moved = lane_->AdvanceTo(to); !moved) return FaultOfState(moved.error());
  if (to == *target) last_input_us_ = now;
  pending_ = true;
  return CollectEffects(nullptr);
}

std::optional<LaneFault> LaneWork::Apply(const LaneInputs::Next& next) {
  const KafkaRecordView& record = *next.record;
  pending_ = true;
  taken_.bytes += record.value ? record.value->size() : 0;
  if (next.input == LaneInput::kMoves) {
    ++taken_.moves;
    return ApplyGood(next, {});
  }
  ++(next.input == LaneInput::kJournal ? taken_.journal : taken_.feedback);
  const Envelope envelope = OpenEnvelope(record);
  if (!envelope.wrong) return ApplyGood(next, envelope);
  matcher::DeadLetterEvent event;
  event.topic = record.topic;
  event.offset = static_cast<std::uint64_t>(record.offset);
  event.reason = *envelope.wrong;
  event.element = envelope.element;
  DeadLetter(record, event);
  return std::nullopt;
}

std::optional<LaneFault> LaneWork::ApplyGood(const LaneInputs::Next& next,
                                             const Envelope& envelope) {
  const KafkaRecordView& record = *next.record;
  const TopicNames& topics = parts_.around->options.topics;
  matcher::InputRecord input;
  if (next.input == LaneInput::kMoves) {
    unpacked_ = {};
    input.value = Unpacked(record, unpacked_);
    taken_.bytes += unpacked_.size();
  } else {
    input.value = record.value;
  }
  input.attributes = envelope.attributes;
  // The name that outlives the record.
  input.topic = next.input == LaneInput::kJournal    ? topics.journal
                : next.input == LaneInput::kFeedback ? topics.feedback
                                                     : topics.moves;
  input.offset = static_cast<std::uint64_t>(record.offset);
  input.stamp = record.timestamp;
  const std::optional<base::Instant> clock = BrokerNow(MonotonicUs());
  const auto applied =
      next.input == LaneInput::kMoves ? lane_->ApplyMove(input, clock) : lane_->Apply(input, clock);
  if (!applied) return FaultOfState(applied.error());
  return CollectEffects(&record);
}

std::optional<LaneFault> LaneWork::CollectEffects(const KafkaRecordView* record) {
  matcher::Effects effects = lane_->TakeEffects();
  for (matcher::SuggestionEvent& event : effects.suggestions) {
    if (!again_until_.empty() && WasPutOut(event)) continue;
    if (record != nullptr && record->timestamp && !event.topic.empty()) {
      stamps_us_.push_back(record->timestamp->us);
    }
    effects_.suggestions.push_back(std::move(event));
  }
  for (matcher::MoveEvent& move : effects.moves) effects_.moves.push_back(std::move(move));
  // A record may have several reasons (a Bundle); the first stands for it.
  if (record != nullptr && !effects.dead_letters.empty()) {
    DeadLetter(*record, effects.dead_letters.front());
  }
  return std::nullopt;
}

void LaneWork::DeadLetter(const KafkaRecordView& record, const matcher::DeadLetterEvent& event) {
  ++taken_.rejected;
  if (suppressed_.dead_letters.contains(SuppressKey(event))) return;
  dead_letters_.push_back(
      MakeDeadLetter(record.Copy(), event, parts_.around->options.topics.dead_letters));
  matcher::DeadLetterEvent kept = event;
  kept.topic = {};  // only its reason is told on
  effects_.dead_letters.push_back(kept);
}

void LaneWork::TellStatus(std::int64_t now) {
  if (now - told_us_ < kTellUs) return;
  told_us_ = now;
  const matcher::BackfillProgress backfill = lane_->backfill();
  LaneStatus status;
  status.sequence = lane_->committed().sequence;
  status.catalogue_version = lane_->catalogue_version();
  status.backfill_done = backfill.done;
  status.backfill_total = backfill.total;
  status.log_time = lane_->log_time();
  status.lag_records = inputs_->Lag();
  parts_.measures->Tell(status);
  parts_.measures->Tell(store_->measures());
  parts_.tell(status);
}

}  // namespace medverka::streams::internal
