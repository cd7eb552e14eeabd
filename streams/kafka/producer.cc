#include "streams/kafka/producer.h"

#include <utility>

#include "ops/base/murmur2.h"
#include "streams/kafka/handles.h"

namespace medverka::streams {

using base::ErrorCode;
using base::Fail;
using base::Result;

std::uint32_t Murmur2(std::string_view key) { return base::Murmur2(key); }

namespace {

using internal::MonotonicUs;

constexpr int kPollMs = 1;
constexpr int kFullQueueTries = 30'000;  // of kPollMs each
constexpr std::int64_t kMicrosPerMs = 1000;

class PlainProducer final : public KafkaProducer, private internal::ClientEvents {
 public:
  static Result<std::unique_ptr<KafkaProducer>> Open(const KafkaProperties& properties) {
    auto producer = std::unique_ptr<PlainProducer>(new PlainProducer);
    MEDVERKA_ASSIGN(internal::Conf conf,
                    internal::MakeConf(properties, internal::ProducerSettings(), *producer));
    rd_kafka_conf_set_dr_msg_cb(conf.get(), OnDelivery);
    MEDVERKA_ASSIGN(producer->handle_, internal::MakeHandle(RD_KAFKA_PRODUCER, std::move(conf)));
    return std::unique_ptr<KafkaProducer>(std::move(producer));
  }

  ~PlainProducer() override {
    // What was not flushed is not promised.
    rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_poll(handle_.get(), 0);
  }

  Result<void> Produce(const KafkaRecord& record) override {
    for (int tries = 0; tries < kFullQueueTries; ++tries) {
      const rd_kafka_resp_err_t error = Send(record);
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ++outstanding_;
        // Now and then, so that the reports do not pile up.
        rd_kafka_poll(handle_.get(), 0);
        return {};
      }
      if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        return tl::unexpected(internal::ToError(
            error, fmt::format("A record cannot be written to {}", record.topic)));
      }
      rd_kafka_poll(handle_.get(), kPollMs);
    }
    return Fail(ErrorCode::kUnavailable,
                "The queue to the brokers stays full: they cannot be reached.");
  }

  Result<void> Flush(int timeout_ms) override {
    const std::int64_t deadline = MonotonicUs() + timeout_ms * kMicrosPerMs;
    while (outstanding_ > 0 && MonotonicUs() < deadline) rd_kafka_poll(handle_.get(), kPollMs);
    if (failed_.has_value()) return tl::unexpected(*std::exchange(failed_, std::nullopt));
    if (outstanding_ > 0) {
      return Fail(ErrorCode::kUnavailable,
                  "{} records were not acknowledged within {} ms. Can the brokers be reached?",
                  outstanding_, timeout_ms);
    }
    return {};
  }

 private:
  PlainProducer() = default;

  rd_kafka_resp_err_t Send(const KafkaRecord& record) {
    rd_kafka_headers_t* headers = nullptr;
    if (!record.headers.empty()) {
      headers = rd_kafka_headers_new(record.headers.size());
      for (const auto& [name, value] : record.headers) {
        rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()),
                            value ? value->data() : nullptr,
                            value ? static_cast<ssize_t>(value->size()) : 0);
      }
    }
    internal::Outgoing outgoing;
    outgoing.topic = record.topic.c_str();
    outgoing.partition = record.partition;
    if (record.key) outgoing.key = *record.key;
    if (record.value) outgoing.value = *record.value;
    if (record.timestamp) outgoing.stamp_ms = record.timestamp->us / kMicrosPerMs;
    outgoing.headers = headers;
    outgoing.copy = true;
    const rd_kafka_resp_err_t error = internal::Send(*handle_, outgoing);
    // Taken over only where it went well.
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR && headers != nullptr) {
      rd_kafka_headers_destroy(headers);
    }
    return error;
  }

  static void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    auto& producer = *static_cast<PlainProducer*>(static_cast<internal::ClientEvents*>(opaque));
    --producer.outstanding_;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR || producer.failed_.has_value()) return;
    producer.failed_ = internal::ToError(
        message->err, fmt::format("A record was not taken by {}[{}]",
                                  rd_kafka_topic_name(message->rkt), message->partition));
  }

  internal::Handle handle_;
  std::int64_t outstanding_ = 0;
  std::optional<base::Error> failed_;
};

}  // namespace

Result<std::unique_ptr<KafkaProducer>> KafkaProducer::Open(const KafkaProperties& properties) {
  return PlainProducer::Open(properties);
}

}  // namespace medverka::streams
