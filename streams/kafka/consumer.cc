#include "streams/kafka/consumer.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "streams/kafka/handles.h"
#include "streams/kafka/partition_reader.h"

namespace medverka::streams {

using base::ErrorCode;
using base::Fail;
using base::Result;

KafkaRecord KafkaRecordView::Copy() const {
  KafkaRecord copy;
  copy.topic = topic;
  copy.partition = partition;
  copy.offset = offset;
  copy.timestamp = timestamp;
  if (key) copy.key.emplace(*key);
  if (value) copy.value.emplace(*value);
  copy.headers.reserve(headers.size());
  for (const auto& [name, text] : headers) {
    copy.headers.emplace_back(std::string(name),
                              text ? std::optional<std::string>(*text) : std::nullopt);
  }
  return copy;
}

namespace internal {
namespace {

constexpr std::int64_t kMicrosPerMs = 1000;
// Partitions of a topic that was deleted stop without a word; everything else is an error message
// in the queue.
constexpr int kQueryTimeoutMinMs = 100;
constexpr int kAskAgainMs = 20;  // of a partition without a leader

// A partition that was just made, or whose broker was lost, has no leader for a moment.
bool IsSettling(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
         error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
}

class Reader final : public PartitionReader {
 public:
  // librdkafka keeps a pointer to events_, so the reader stays where it is.
  static Result<std::unique_ptr<PartitionReader>> Open(const KafkaProperties& properties,
                                                       const ReaderOptions& options) {
    auto reader = std::unique_ptr<Reader>(new Reader);
    reader->events_.watch = options.watch;
    reader->events_.measures = options.measures;
    reader->events_.client = options.client;
    Settings settings = ConsumerSettings(options.read_committed);
    // Assigned by hand it joins no group, but the library wants one; a real one where its stable
    // offsets are asked for.
    settings.emplace_back("group.id", options.group.empty() ? "medverka-reader" : options.group);
    // How a position gets over the control records behind the last record.
    settings.emplace_back("enable.partition.eof", "true");
    if (options.to_the_end) settings.emplace_back("fetch.wait.max.ms", "10");
    if (options.queue_bytes > 0) {
      settings.emplace_back(
          "queued.max.messages.kbytes",
          fmt::format("{}", std::max<std::uint64_t>(1, options.queue_bytes / 1024)));
    }
    MEDVERKA_ASSIGN(Conf conf, MakeConf(properties, settings, reader->events_));
    MEDVERKA_ASSIGN(reader->handle_, MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)));
    rd_kafka_poll_set_consumer(reader->handle_.get());
    return std::unique_ptr<PartitionReader>(std::move(reader));
  }

  ~Reader() override {
    message_.reset();
    // Assigned by hand there is no group to leave: closing would only wait.
    if (handle_ == nullptr) return;  // never opened
    rd_kafka_destroy_flags(handle_.release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }

  Result<void> Assign(const std::map<TopicPartition, std::int64_t>& from) override {
    PartitionList list = MakeList(from.size());
    for (const auto& [place, offset] : from) {
      rd_kafka_topic_partition_list_add(list.get(), place.topic.c_str(), place.partition)->offset =
          offset;
    }
    const rd_kafka_resp_err_t error = rd_kafka_assign(handle_.get(), list.get());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return tl::unexpected(ToError(error, "Partitions cannot be assigned"));
    }
    next_ = from;
    last_topic_ = nullptr;
    return {};
  }

  Result<std::optional<KafkaRecord>> Next(int timeout_ms) override {
    MEDVERKA_ASSIGN(const KafkaRecordView* view, NextView(timeout_ms));
    if (view == nullptr) return std::nullopt;
    return view->Copy();
  }

  Result<const KafkaRecordView*> NextView(int timeout_ms) override {
    message_.reset(rd_kafka_consumer_poll(handle_.get(), timeout_ms));
    while (message_ != nullptr) {
      if (message_->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (Show(*message_)) return &view_;
      } else if (message_->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        MoveTo(*message_, message_->offset);
      } else {
        return tl::unexpected(ToError(message_->err, WhileReading(*message_)));
      }
      message_.reset(rd_kafka_consumer_poll(handle_.get(), 0));
    }
    const rd_kafka_resp_err_t failed = events_.failed.exchange(RD_KAFKA_RESP_ERR_NO_ERROR);
    if (failed == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || IsRefusal(failed)) {
      return tl::unexpected(ToError(failed, "The brokers cannot be reached"));
    }
    return nullptr;
  }

  Result<std::int64_t> Position(const TopicPartition& place) override {
    const auto next = next_.find(place);
    if (next == next_.end()) {
      return Fail(ErrorCode::kInvalidArgument, "{}[{}] is not assigned to this reader.",
                  place.topic, place.partition);
    }
    return std::max<std::int64_t>(next->second, 0);
  }

  Result<Watermarks> WatermarksOf(const TopicPartition& place, int timeout_ms) override {
    Watermarks marks;
    const std::int64_t deadline = MonotonicUs() + timeout_ms * std::int64_t{1000};
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
    while (true) {
      error = rd_kafka_query_watermark_offsets(handle_.get(), place.topic.c_str(), place.partition,
                                               &marks.low, &marks.high,
                                               std::max(timeout_ms, kQueryTimeoutMinMs));
      if (!IsSettling(error) || MonotonicUs() > deadline) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(kAskAgainMs));
    }
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return tl::unexpected(ToError(error, fmt::format("The ends of {}[{}] cannot be asked for",
                                                       place.topic, place.partition)));
    }
    return marks;
  }

  std::optional<std::int64_t> KnownEnd(const TopicPartition& place) const override {
    std::int64_t low = 0;
    std::int64_t high = 0;
    const rd_kafka_resp_err_t error = rd_kafka_get_watermark_offsets(
        handle_.get(), place.topic.c_str(), place.partition, &low, &high);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR || high < 0) return std::nullopt;
    return high;
  }

  rd_kafka_t* handle() const { return handle_.get(); }

 private:
  Reader() = default;

  // False: a record that lies before the one that is due. Some paths of the library read again what
  // was read before; a reader moves forward only.
  bool Show(const rd_kafka_message_t& message) {
    if (!MoveTo(message, message.offset + 1)) return false;
    view_.topic = last_->first.topic;
    view_.partition = message.partition;
    view_.offset = message.offset;
    rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const std::int64_t stamp_ms = rd_kafka_message_timestamp(&message, &kind);
    view_.timestamp.reset();
    if (kind != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE && stamp_ms >= 0) {
      view_.timestamp = base::Instant{stamp_ms * kMicrosPerMs};
    }
    view_.key.reset();
    if (message.key != nullptr) {
      view_.key.emplace(static_cast<const char*>(message.key), message.key_len);
    }
    view_.value.reset();
    if (message.payload != nullptr) {
      view_.value.emplace(static_cast<const char*>(message.payload), message.len);
    }
    ShowHeaders(message);
    return true;
  }

  // False: it has been passed already.
  bool MoveTo(const rd_kafka_message_t& message, std::int64_t next) {
    // One partition follows itself mostly, so its name and place are looked up once.
    if (message.rkt != last_topic_ || message.partition != last_partition_) {
      last_topic_ = message.rkt;
      last_partition_ = message.partition;
      const TopicPartition place{rd_kafka_topic_name(message.rkt), message.partition};
      last_ = &*next_.try_emplace(place, 0).first;
    }
    if (next <= last_->second) return false;
    last_->second = next;
    return true;
  }

  void ShowHeaders(const rd_kafka_message_t& message) {
    view_.headers.clear();
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0;
         rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i) {
      std::optional<std::string_view> text;
      if (value != nullptr) text.emplace(static_cast<const char*>(value), size);
      view_.headers.emplace_back(name, text);
    }
  }

  static std::string WhileReading(const rd_kafka_message_t& message) {
    if (message.rkt == nullptr) return "Reading failed";
    return fmt::format("Reading {}[{}] failed", rd_kafka_topic_name(message.rkt),
                       message.partition);
  }

  ClientEvents events_;
  Handle handle_;
  Message message_;
  KafkaRecordView view_;
  std::map<TopicPartition, std::int64_t> next_;  // the offset below which nothing is due any more
  const rd_kafka_topic_t* last_topic_ = nullptr;
  std::int32_t last_partition_ = -1;
  std::pair<const TopicPartition, std::int64_t>* last_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<PartitionReader>> OpenReader(const KafkaProperties& properties,
                                                    const ReaderOptions& options) {
  return Reader::Open(properties, options);
}

Result<std::map<std::string, std::int64_t>> StableOffsets(PartitionReader& reader,
                                                          const std::vector<std::string>& topics,
                                                          std::int32_t partition, int timeout_ms) {
  auto* const own = dynamic_cast<Reader*>(&reader);
  if (own == nullptr) {
    return Fail(ErrorCode::kInvalidArgument, "This reader has no group to ask for offsets.");
  }
  PartitionList list = MakeList(topics.size());
  for (const std::string& topic : topics) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  }
  const rd_kafka_resp_err_t error = rd_kafka_committed(own->handle(), list.get(), timeout_ms);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return tl::unexpected(ToError(error, "The committed offsets cannot be asked for"));
  }
  std::map<std::string, std::int64_t> offsets;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = list->elems[i];
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return tl::unexpected(ToError(one.err, "The committed offsets cannot be asked for"));
    }
    if (one.offset >= 0) offsets.emplace(one.topic, one.offset);
  }
  return offsets;
}

}  // namespace internal

Result<std::unique_ptr<PartitionReader>> PartitionReader::Open(const KafkaProperties& properties,
                                                               bool read_committed) {
  internal::ReaderOptions options;
  options.read_committed = read_committed;
  return internal::OpenReader(properties, options);
}

}  // namespace medverka::streams
