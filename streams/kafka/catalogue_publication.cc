#include "streams/kafka/catalogue_publication.h"

#include <array>
#include <utility>

#include "streams/kafka/topics.h"
#include "streams/kafka/transaction.h"

namespace medverka::streams::internal {
namespace {

using base::ErrorCode;

constexpr std::int64_t kMicrosPerMs = 1'000;
constexpr int kTransactionMs = 60'000;
constexpr int kBrokerMs = 30'000;
constexpr int kFullQueueMs = 10;
constexpr std::size_t kReasonBytes = 512;

bool IsFence(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
         code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

}  // namespace

tl::unexpected<Trouble> Finally(base::Error error) {
  return tl::unexpected(Trouble{Setback::kFinal, std::move(error)});
}

tl::expected<std::unique_ptr<Publication>, Trouble> Publication::Open(
    const KafkaProperties& properties, const std::string& topic, const std::string& prefix) {
  auto publication = std::unique_ptr<Publication>(new Publication(topic));
  Settings settings = ProducerSettings();
  settings.emplace_back("transactional.id", prefix + "-publish");
  settings.emplace_back("transaction.timeout.ms", std::to_string(kTransactionMs));
  settings.emplace_back("message.max.bytes", std::to_string(kMessageBytesMax));
  auto conf = MakeConf(properties, settings, publication->events_);
  if (!conf.has_value()) return Finally(std::move(conf).error());
  // To be fenced is no fault here, and the caller says it.
  rd_kafka_conf_set_log_cb(conf->get(), [](const rd_kafka_t*, int, const char*, const char*) {});
  CountEndTxn(**conf, publication->end_requests_);
  auto handle = MakeHandle(RD_KAFKA_PRODUCER, std::move(*conf));
  if (!handle.has_value()) return Finally(std::move(handle).error());
  publication->producer_ = std::move(*handle);
  auto fenced = publication->Repeat("cannot begin to publish", [&] {
    return rd_kafka_init_transactions(publication->producer_.get(), kBrokerMs);
  });
  if (!fenced.has_value()) return tl::unexpected(std::move(fenced).error());
  return publication;
}

Publication::~Publication() {
  if (producer_ == nullptr) return;
  // What is still here is given up; otherwise the end would wait for it to be delivered.
  rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

Step Publication::Begin() {
  return Repeat("cannot begin to publish",
                [&] { return rd_kafka_begin_transaction(producer_.get()); });
}

Step Publication::Write(const std::string& key, const std::string& value, const std::string& what) {
  Outgoing record;
  record.topic = topic_.c_str();
  record.partition = 0;
  record.key = key;
  record.value = value;
  record.copy = true;
  const std::int64_t deadline = MonotonicUs() + kBrokerMs * kMicrosPerMs;
  while (true) {
    const auto failed = Send(*producer_, record);
    if (failed == RD_KAFKA_RESP_ERR_NO_ERROR) {
      rd_kafka_poll(producer_.get(), 0);
      return {};
    }
    if (failed == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
      return Finally({ErrorCode::kInvalidArgument,
                      fmt::format("{} is too large to be published ({} KiB of {})", what,
                                  value.size() / 1024, kMessageBytesMax / 1024)});
    }
    if (failed != RD_KAFKA_RESP_ERR__QUEUE_FULL || MonotonicUs() > deadline) {
      return tl::unexpected(
          Trouble{SetbackOf(failed), ToError(failed, "the catalogue cannot be written")});
    }
    rd_kafka_poll(producer_.get(), kFullQueueMs);
  }
}

Step Publication::Commit() {
  return Repeat("the catalogue was not published",
                [&] { return rd_kafka_commit_transaction(producer_.get(), kBrokerMs); });
}

void Publication::Abort() {
  if (FatalOf() != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const RdError ignored(rd_kafka_abort_transaction(producer_.get(), kBrokerMs));
}

rd_kafka_resp_err_t Publication::FatalOf() const {
  std::array<char, kReasonBytes> ignored{};
  return rd_kafka_fatal_error(producer_.get(), ignored.data(), ignored.size());
}

// Once a handle is lost, calls say only that it is; why, it says itself.
Setback Publication::SetbackOf(rd_kafka_resp_err_t code) const {
  if (IsFence(code) || IsFence(FatalOf())) return Setback::kFenced;
  return IsRefusal(code) ? Setback::kFinal : Setback::kUnknown;
}

Step Publication::Repeat(std::string_view what, const std::function<rd_kafka_error_t*()>& call) {
  const std::int64_t deadline = MonotonicUs() + kBrokerMs * kMicrosPerMs;
  while (true) {
    const RdError error(call());
    if (error == nullptr) return {};
    const KafkaError judged = Judge(*error, what);
    const Setback setback =
        SetbackOf(static_cast<rd_kafka_resp_err_t>(rd_kafka_error_code(error.get())));
    if (judged.fault != KafkaFault::kRetriable || setback != Setback::kUnknown) {
      return tl::unexpected(
          Trouble{setback, {ErrorCode::kIo, fmt::format("{} ({})", judged.message, judged.name)}});
    }
    if (MonotonicUs() > deadline) {
      return tl::unexpected(
          Trouble{Setback::kUnknown,
                  {ErrorCode::kUnavailable,
                   fmt::format("{} ({}); are the brokers up?", judged.message, judged.name)}});
    }
  }
}

}  // namespace medverka::streams::internal
