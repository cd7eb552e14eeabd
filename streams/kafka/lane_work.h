// A lane at work: one takeover, from the first commit to a fault or a stop. The lane's thread only,
// but for what status() gives.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "matcher/lane.h"
#include "matcher/store/hand_over_store.h"
#include "streams/kafka/lane_worker.h"
#include "streams/kafka/recovery.h"

namespace medverka::streams::internal {

// Of recovery and of the commit thread alike.
ProducerOptions LaneProducer(const LaneSurroundings& around, std::int32_t partition);

class LaneWork {
 public:
  struct Parts {
    LaneSurroundings* around = nullptr;
    LaneMeasures* measures = nullptr;
    std::int32_t partition = 0;
    std::function<bool()> stop, abandon;
    std::function<void(const LaneStatus&)> tell;         // now and then
    std::atomic<std::int64_t>* call_began_us = nullptr;  // for the watchdog
  };

  // The lane on the restored store, its inputs from where it stands, its commit thread.
  static tl::expected<std::unique_ptr<LaneWork>, LaneFault> Open(Parts parts, Recovered recovered);

  // Until a fault, or a stop (kRecover without a reason).
  LaneFault Run();
  Committer& committer() { return *committer_; }

 private:
  explicit LaneWork(Parts parts) : parts_(std::move(parts)) {}

  std::optional<LaneFault> Step();
  std::optional<LaneFault> TakeOutcome(int wait_ms);
  std::optional<LaneFault> TakeCatalogue();
  std::optional<LaneFault> Apply(const LaneInputs::Next& next);
  std::optional<LaneFault> ApplyGood(const LaneInputs::Next& next, const Envelope& envelope);
  void DeadLetter(const KafkaRecordView& record, const matcher::DeadLetterEvent& event);
  std::optional<LaneFault> CollectEffects(const KafkaRecordView* record);
  std::optional<LaneFault> AtSilence();
  bool BackfillUnderWay() const;
  bool BackfillMay(std::int64_t now) const;
  std::int64_t BackfillBudget(std::int64_t now) const;
  std::optional<LaneFault> Backfill(std::int64_t now);
  std::optional<LaneFault> TickWhenIdle(std::int64_t now);
  std::optional<LaneFault> CommitWhenDue(std::int64_t now, bool silent);
  bool WasPutOut(const matcher::SuggestionEvent& event);
  std::optional<LaneFault> EndAgain();
  std::optional<LaneFault> HandOver();
  LaneFault Drain();
  int WaitMs(std::int64_t now) const;
  std::int64_t GapUs() const;
  std::optional<base::Instant> BrokerNow(std::int64_t now) const;
  void TellStatus(std::int64_t now);

  Parts parts_;
  matcher::HandOverStore* store_ = nullptr;  // the lane's
  std::unique_ptr<matcher::Lane> lane_;
  std::unique_ptr<LaneInputs> inputs_;
  // While work is done again (recovery.h).
  Suppressed suppressed_;
  Offsets again_until_;
  std::optional<base::Instant> log_time_before_;
  std::unique_ptr<Committer> committer_;  // before the lane goes

  std::string unpacked_;  // the move in hand

  // The batch in hand.
  Taken taken_;
  matcher::Effects effects_;
  std::vector<KafkaRecord> dead_letters_;
  std::vector<std::int64_t> stamps_us_;
  bool pending_ = true;  // something to commit; at first the fact that the lane is ours

  std::int64_t handed_at_us_ = 0;  // monotonic
  std::int64_t last_took_us_ = 0;
  base::Instant anchor_{};      // the broker's clock when anchor_us_ was the monotonic one
  std::int64_t anchor_us_ = 0;  // 0: not known
  std::int64_t last_input_us_ = 0;
  std::int64_t told_us_ = 0;
  std::int64_t backfill_began_us_ = 0;
  std::int64_t backfill_budget_us_ = 0, budget_at_us_ = 0;
  std::size_t backfill_slice_ = 16;
  std::uint64_t catalogue_ = 0;
};

}  // namespace medverka::streams::internal
