#include "streams/kafka/lane_inputs.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ops/base/text.h"

namespace medverka::streams::internal {
namespace {

using base::ErrorCode;
using matcher::DeadLetterReason;

constexpr int kAskTimeoutMs = 10'000;
// Records of feedback and moves that wait for the next batch.
constexpr std::size_t kWaitingMax = 1'000;

KafkaRecordView ViewOf(const KafkaRecord& record) {
  KafkaRecordView view;
  view.topic = record.topic;
  view.partition = record.partition;
  view.offset = record.offset;
  view.timestamp = record.timestamp;
  if (record.key) view.key = *record.key;
  if (record.value) view.value = *record.value;
  for (const auto& [name, value] : record.headers) {
    view.headers.emplace_back(name, value ? std::optional<std::string_view>(*value) : std::nullopt);
  }
  return view;
}

// "ce_id" and "CE_ID" are written both; the rest of a name is ours to compare as it is.
bool NameIs(std::string_view name, std::string_view wanted) {
  return std::equal(name.begin(), name.end(), wanted.begin(), wanted.end(), [](char a, char b) {
    const bool capital = a >= 'A' && a <= 'Z';
    return (capital ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

struct AttributeOf {
  std::string_view header;
  std::string_view matcher::EventAttributes::*attribute;
};
constexpr std::array kAttributes{
    AttributeOf{"ce_specversion", &matcher::EventAttributes::specversion},
    AttributeOf{"ce_id", &matcher::EventAttributes::id},
    AttributeOf{"ce_source", &matcher::EventAttributes::source},
    AttributeOf{"ce_type", &matcher::EventAttributes::type},
    AttributeOf{"ce_subject", &matcher::EventAttributes::subject},
    AttributeOf{"ce_time", &matcher::EventAttributes::time},
    AttributeOf{"ce_sequence", &matcher::EventAttributes::sequence},
    AttributeOf{"content-type", &matcher::EventAttributes::datacontenttype},
};

std::string WhatWasLost(const TopicPartition& place, std::int64_t next, std::int64_t begins) {
  return fmt::format(
      "{}[{}] lost {} records, from offset {} on: they were removed before they were read. Have "
      "them sent again, and let the lanes begin anew (docs/operating.md, Offsets out of range).",
      place.topic, place.partition, begins - next, next);
}

}  // namespace

Envelope OpenEnvelope(const KafkaRecordView& record) {
  Envelope envelope;
  matcher::EventAttributes attributes;
  for (const auto& [name, value] : record.headers) {
    const auto* const known = std::find_if(
        kAttributes.begin(), kAttributes.end(),
        [&, &header = name](const AttributeOf& one) { return NameIs(header, one.header); });
    if (known == kAttributes.end()) continue;
    if (!value || !base::IsValidUtf8(*value)) {
      envelope.wrong = DeadLetterReason::kUnknownEnvelope;
      envelope.element = known->header;
      return envelope;
    }
    attributes.*(known->attribute) = *value;
  }
  constexpr std::string_view kBatch = "application/cloudevents-batch";
  constexpr std::string_view kStructured = "application/cloudevents";
  if (attributes.datacontenttype.starts_with(kBatch)) {
    envelope.wrong = DeadLetterReason::kUnknownEnvelope;
    envelope.element = "content-type";
  } else if (!attributes.datacontenttype.starts_with(kStructured) &&
             !attributes.specversion.empty()) {
    envelope.attributes = attributes;
  }
  if (!envelope.wrong && !record.key) {
    // Without a key it lies in any partition, so it may not be its patient's.
    envelope.wrong = DeadLetterReason::kSubjectMissing;
    envelope.element = "key";
  }
  return envelope;
}

LaneInputs::LaneInputs(const TopicNames& topics, std::int32_t partition)
    : topics_(topics), partition_(partition) {}

tl::expected<std::unique_ptr<LaneInputs>, LaneFault> LaneInputs::Open(const KafkaProperties& kafka,
                                                                      const ReaderOptions& options,
                                                                      const TopicNames& topics,
                                                                      std::int32_t partition,
                                                                      const Offsets& start) {
  std::unique_ptr<LaneInputs> inputs(new LaneInputs(topics, partition));
  auto reader = OpenReader(kafka, options);
  if (!reader) return tl::unexpected(FaultOfState(reader.error()));
  inputs->reader_ = std::move(*reader);
  std::map<TopicPartition, std::int64_t> from;
  for (const auto& [topic, offset] : start) {
    const TopicPartition place{topic, partition};
    const auto marks = inputs->reader_->WatermarksOf(place, kAskTimeoutMs);
    if (!marks) return tl::unexpected(FaultOfReading(marks.error()));
    const std::int64_t next = offset == kFromBeginning ? marks->low : offset;
    if (next < marks->low) {
      return tl::unexpected(InputsLost(WhatWasLost(place, next, marks->low)));
    }
    if (next > marks->high) {
      return tl::unexpected(InputsLost(
          fmt::format("{}[{}] ends at offset {}, but {} was read already: it lost records, or is "
                      "another topic of that name.",
                      topic, partition, marks->high, next)));
    }
    from.emplace(place, next);
    inputs->NextOf(inputs->InputOf(topic)) = next;
  }
  if (const auto assigned = inputs->reader_->Assign(from); !assigned) {
    return tl::unexpected(FaultOfReading(assigned.error()));
  }
  return inputs;
}

LaneInput LaneInputs::InputOf(std::string_view topic) const {
  if (topic == topics_.journal) return LaneInput::kJournal;
  return topic == topics_.feedback ? LaneInput::kFeedback : LaneInput::kMoves;
}

std::deque<std::unique_ptr<LaneInputs::Waiting>>& LaneInputs::QueueOf(LaneInput input) {
  return input == LaneInput::kMoves ? moves_ : feedback_;
}

bool LaneInputs::BatchShouldEnd() const { return moves_.size() + feedback_.size() >= kWaitingMax; }

tl::expected<std::optional<LaneInputs::Next>, LaneFault> LaneInputs::Read(int timeout_ms) {
  for (LaneInput input : {LaneInput::kMoves, LaneInput::kFeedback}) {
    auto& queue = QueueOf(input);
    if (queue.empty() || input < at_) continue;
    given_ = std::move(queue.front());
    queue.pop_front();
    return Give(input, given_->view);
  }
  while (!BatchShouldEnd()) {
    const auto read = reader_->NextView(timeout_ms);
    if (!read) {
      if (read.error().code == ErrorCode::kNotFound) return tl::unexpected(Lost(read.error()));
      if (read.error().code == ErrorCode::kUnavailable) return std::nullopt;
      return tl::unexpected(FaultOfReading(read.error()));
    }
    if (*read == nullptr) return std::nullopt;
    const LaneInput input = InputOf((*read)->topic);
    if (input >= at_) return Give(input, **read);
    auto waiting = std::make_unique<Waiting>();
    waiting->record = (*read)->Copy();
    waiting->view = ViewOf(waiting->record);
    QueueOf(input).push_back(std::move(waiting));
    timeout_ms = 0;
  }
  return std::nullopt;
}

LaneInputs::Next LaneInputs::Give(LaneInput input, const KafkaRecordView& record) {
  at_ = input;
  NextOf(input) = record.offset + 1;
  return {input, &record};
}

const std::string& LaneInputs::TopicOf(LaneInput input) const {
  if (input == LaneInput::kJournal) return topics_.journal;
  return input == LaneInput::kFeedback ? topics_.feedback : topics_.moves;
}

matcher::InputPositions LaneInputs::Positions() const {
  matcher::InputPositions positions;
  for (const LaneInput input : {LaneInput::kMoves, LaneInput::kFeedback, LaneInput::kJournal}) {
    positions[TopicOf(input)] = fmt::format("{}", next_[static_cast<std::size_t>(input)]);
  }
  return positions;
}

// By the reader's place, which moves over what is no record.
bool LaneInputs::Reached(const std::map<std::string, std::int64_t>& offsets) const {
  return std::all_of(offsets.begin(), offsets.end(), [this](const auto& one) {
    const LaneInput input = InputOf(one.first);
    if (next_[static_cast<std::size_t>(input)] >= one.second) return true;
    if (input == LaneInput::kMoves && !moves_.empty()) return false;
    if (input == LaneInput::kFeedback && !feedback_.empty()) return false;
    const auto place = reader_->Position({one.first, partition_});
    return place.has_value() && *place >= one.second;
  });
}

// Which of the inputs it was the library does not say.
LaneFault LaneInputs::Lost(const base::Error& error) {
  std::string lost;
  for (const LaneInput input : {LaneInput::kJournal, LaneInput::kFeedback, LaneInput::kMoves}) {
    const TopicPartition place{TopicOf(input), partition_};
    const auto marks = reader_->WatermarksOf(place, kAskTimeoutMs);
    if (!marks || marks->low <= NextOf(input)) continue;
    lost += (lost.empty() ? "" : " ") + WhatWasLost(place, NextOf(input), marks->low);
  }
  return InputsLost(lost.empty() ? error.message + "." : lost);
}

std::int64_t LaneInputs::Lag() const {
  const auto end = reader_->KnownEnd({topics_.journal, partition_});
  return end ? std::max<std::int64_t>(0,
                                      *end - next_[static_cast<std::size_t>(LaneInput::kJournal)])
             : 0;
}

}  // namespace medverka::streams::internal
