// The inputs of one lane: journal, feedback and moves of one partition, by one reader with a
// bounded queue of its own, in the order that a commit fixes: moves, feedback, journal, each by
// offset. Feedback and moves that come while a batch is at the journal already wait for the next
// one.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "matcher/lane.h"
#include "streams/kafka/consumer.h"
#include "streams/kafka/lane_fault.h"
#include "streams/kafka/partition_reader.h"
#include "streams/kafka/recovery.h"

namespace medverka::streams::internal {

enum class LaneInput : std::uint8_t { kMoves, kFeedback, kJournal };

class LaneInputs {
 public:
  // From `start`; borrows `topics`, whose names stand in what the lane puts out. kNotFound: an
  // offset that is needed is not in its topic any more; the sentence says how many records are
  // lost.
  static tl::expected<std::unique_ptr<LaneInputs>, LaneFault> Open(const KafkaProperties& kafka,
                                                                   const ReaderOptions& reader,
                                                                   const TopicNames& topics,
                                                                   std::int32_t partition,
                                                                   const Offsets& start);

  struct Next {
    LaneInput input = LaneInput::kJournal;
    const KafkaRecordView* record = nullptr;  // borrowed until the next call
  };
  // The next record of this batch, nullopt after `timeout_ms` without one. What failed for the
  // moment (the broker is away) is none either.
  tl::expected<std::optional<Next>, LaneFault> Read(int timeout_ms);
  // A commit was made: the order begins anew.
  void BeginBatch() { at_ = LaneInput::kMoves; }
  // Too much waits for the next batch: commit soon.
  bool BatchShouldEnd() const;

  // Next offsets of all that was given out, as the marker has them.
  matcher::InputPositions Positions() const;
  std::int64_t Lag() const;  // of the journal, records
  // All records before these offsets have been given.
  bool Reached(const std::map<std::string, std::int64_t>& offsets) const;

 private:
  struct Waiting {
    KafkaRecord record;
    KafkaRecordView view;
  };
  LaneInputs(const TopicNames& topics, std::int32_t partition);
  LaneInput InputOf(std::string_view topic) const;
  const std::string& TopicOf(LaneInput input) const;
  std::int64_t& NextOf(LaneInput input) { return next_[static_cast<std::size_t>(input)]; }
  Next Give(LaneInput input, const KafkaRecordView& record);
  std::deque<std::unique_ptr<Waiting>>& QueueOf(LaneInput input);
  LaneFault Lost(const base::Error& error);

  const TopicNames& topics_;
  const std::int32_t partition_;
  std::unique_ptr<PartitionReader> reader_;
  LaneInput at_ = LaneInput::kMoves;
  std::deque<std::unique_ptr<Waiting>> moves_, feedback_;
  std::unique_ptr<Waiting> given_;
  std::array<std::int64_t, 3> next_{};  // by LaneInput
};

// How the lane is to take a record: attributes of an event in binary mode, or what is wrong with it
// before the lane looks at it.
struct Envelope {
  std::optional<matcher::EventAttributes> attributes;
  std::optional<matcher::DeadLetterReason> wrong;
  std::string_view element;
};
Envelope OpenEnvelope(const KafkaRecordView& record);

}  // namespace medverka::streams::internal
