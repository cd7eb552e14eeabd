#include "streams/kafka/transaction.h"

#include <algorithm>
#include <utility>

namespace medverka::streams::internal {
namespace {

// Protocol number of EndTxn.
constexpr std::int16_t kEndTxn = 26;
constexpr int kPollMs = 1;
constexpr std::int64_t kMicrosPerMs = 1000;
// A full queue that does not move for so long means that the brokers are away.
constexpr std::int64_t kQueueFullUs = 10 * 1'000'000;
constexpr int kOffsetsTries = 3;
// Asking for the topics comes on top of init's time.
constexpr int kMeetTimeoutMs = 3'000;

Settings TransactionSettings(const ProducerOptions& options) {
  Settings settings = ProducerSettings();
  if (options.transactions) {
    settings.emplace_back("transactional.id", options.transactional_id);
    // The broker ends what a dead owner left open soon, so that readers do not wait for it; longer
    // than the pauses of a busy machine.
    settings.emplace_back("transaction.timeout.ms", "15000");
    // Below the transaction's, as the library demands.
    settings.emplace_back("message.timeout.ms", "10000");
    // So that a lost EndTxn is noticed while its transaction lives.
    settings.emplace_back("socket.timeout.ms", "7000");
  }
  // The broker answers CONCURRENT_TRANSACTIONS for a moment after each commit; the default waits
  // 100 ms for it.
  settings.emplace_back("retry.backoff.ms", "5");
  // The bound on bytes counts; that on records would come first with small rows.
  settings.emplace_back("queue.buffering.max.messages", "1000000");
  if (options.queue_bytes > 0) {
    settings.emplace_back(
        "queue.buffering.max.kbytes",
        fmt::format("{}", std::max<std::uint64_t>(1, options.queue_bytes / 1024)));
  }
  return settings;
}

rd_kafka_resp_err_t OnRequestSent(rd_kafka_t*, int, const char*, std::int32_t, std::int16_t api,
                                  std::int16_t, std::int32_t, std::size_t, void* opaque) {
  if (api == kEndTxn) static_cast<std::atomic<int>*>(opaque)->fetch_add(1);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t OnNew(rd_kafka_t* handle, const rd_kafka_conf_t*, void* opaque, char*,
                          std::size_t) {
  return rd_kafka_interceptor_add_on_request_sent(handle, "medverka-end-txn", OnRequestSent,
                                                  opaque);
}

Outcome Take(RdError error, std::string_view while_doing) {
  if (error == nullptr) return {};
  return tl::unexpected(Judge(*error, while_doing));
}

tl::unexpected<KafkaError> FailWith(KafkaFault fault, rd_kafka_resp_err_t error,
                                    std::string_view while_doing) {
  return tl::unexpected(KafkaError{fault, std::string(NameOf(error)),
                                   fmt::format("{}: {}", while_doing, rd_kafka_err2str(error))});
}

}  // namespace

void CountEndTxn(rd_kafka_conf_t& conf, std::atomic<int>& count) {
  rd_kafka_conf_interceptor_add_on_new(&conf, "medverka-end-txn", OnNew, &count);
}

TransactionalProducer::TransactionalProducer(const ProducerOptions& options)
    : transactions_(options.transactions) {
  events_.producer = this;
  events_.watch = options.watch;
  events_.measures = options.measures;
  events_.client = options.client;
}

base::Result<std::unique_ptr<TransactionalProducer>> TransactionalProducer::Open(
    const ProducerOptions& options) {
  std::unique_ptr<TransactionalProducer> producer(new TransactionalProducer(options));
  MEDVERKA_ASSIGN(Conf conf,
                  MakeConf(options.kafka, TransactionSettings(options), producer->events_));
  rd_kafka_conf_set_dr_msg_cb(conf.get(), OnDelivery);
  CountEndTxn(*conf, producer->end_requests_);
  MEDVERKA_ASSIGN(producer->handle_, MakeHandle(RD_KAFKA_PRODUCER, std::move(conf)));
  for (const std::string& topic : options.topics) {
    producer->topics_.emplace_back(
        rd_kafka_topic_new(producer->handle_.get(), topic.c_str(), nullptr));
  }
  return producer;
}

TransactionalProducer::~TransactionalProducer() {
  if (handle_ == nullptr) return;
  topics_.clear();
  // What is still here belongs to nobody: without this, destroying waits for it to be delivered.
  rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_poll(handle_.get(), 0);
}

Outcome TransactionalProducer::Init(int timeout_ms) {
  if (transactions_) {
    Outcome ready = Take(RdError(rd_kafka_init_transactions(handle_.get(), timeout_ms)),
                         "The lane's producer cannot take over");
    if (!ready.has_value()) return ready;
  }
  return topics_.empty() ? Outcome() : MeetTopics(std::min(timeout_ms, kMeetTimeoutMs));
}

// The library asks for the leader of a topic that it does not know once a second only: the first
// records would wait for that.
Outcome TransactionalProducer::MeetTopics(int timeout_ms) {
  const rd_kafka_metadata_t* metadata = nullptr;
  // Of the topics that have a handle here. What is wrong with one of them, writing to it tells.
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(handle_.get(), 0, nullptr, &metadata, timeout_ms);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return FailWith(KafkaFault::kRetriable, error, "The lane's topics cannot be asked for");
  }
  rd_kafka_metadata_destroy(metadata);
  return {};
}

Outcome TransactionalProducer::Begin() {
  undelivered_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  last_ = {};
  end_requests_.store(0);
  if (!transactions_) return {};
  return Take(RdError(rd_kafka_begin_transaction(handle_.get())), "A transaction cannot be begun");
}

Outcome TransactionalProducer::Queue(const Outgoing& record) {
  const std::int64_t began = MonotonicUs();
  for (;;) {
    const rd_kafka_resp_err_t error = Send(*handle_, record);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      ++outstanding_;
      return {};
    }
    const bool full = error == RD_KAFKA_RESP_ERR__QUEUE_FULL;
    if (!full || MonotonicUs() - began > kQueueFullUs) {
      if (record.headers != nullptr) rd_kafka_headers_destroy(record.headers);
      const bool fatal =
          events_.fatal.load() != RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR__FENCED;
      return FailWith(fatal ? KafkaFault::kFatal : KafkaFault::kAbortable, error,
                      "A record cannot be written");
    }
    rd_kafka_poll(handle_.get(), kPollMs);
  }
}

Outcome TransactionalProducer::Produce(Outgoing record) {
  record.copy = false;
  return Queue(record);
}

Outcome TransactionalProducer::ProduceLast(Outgoing record) {
  record.copy = true;
  record.opaque = &last_;
  return Queue(record);
}

void TransactionalProducer::OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message,
                                       void* opaque) {
  auto* const producer = static_cast<Events*>(static_cast<ClientEvents*>(opaque))->producer;
  --producer->outstanding_;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    producer->undelivered_ = message->err;
    return;
  }
  if (message->_private == nullptr) return;
  rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  producer->last_.offset = message->offset;
  producer->last_.timestamp.us = rd_kafka_message_timestamp(message, &kind) * kMicrosPerMs;
}

Outcome TransactionalProducer::AwaitDelivery(int timeout_ms) {
  const std::int64_t deadline = MonotonicUs() + timeout_ms * kMicrosPerMs;
  while (outstanding_ > 0 && MonotonicUs() < deadline) rd_kafka_poll(handle_.get(), kPollMs);
  const rd_kafka_resp_err_t fatal = events_.fatal.load();
  if (fatal != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return FailWith(KafkaFault::kFatal, fatal, "Records were not taken");
  }
  if (undelivered_ != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return FailWith(KafkaFault::kAbortable, undelivered_, "Records were not taken");
  }
  if (outstanding_ > 0) {
    return FailWith(KafkaFault::kAbortable, RD_KAFKA_RESP_ERR__TIMED_OUT,
                    "Records were not acknowledged in time");
  }
  return {};
}

Outcome TransactionalProducer::SendOffsets(const std::map<std::string, std::int64_t>& next,
                                           std::int32_t partition, const MetadataSource& metadata,
                                           int timeout_ms) {
  if (!transactions_ || next.empty()) return {};
  PartitionList list = MakeList(next.size());
  for (const auto& [topic, offset] : next) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  }
  // A retry is the same list with the same metadata, as the library demands.
  const GroupMetadata group = metadata();
  if (group == nullptr) {
    return tl::unexpected(
        KafkaError{KafkaFault::kAbortable, "NO_GROUP", "The member of the group is not there now"});
  }
  Outcome outcome;
  const std::int64_t deadline = MonotonicUs() + timeout_ms * kMicrosPerMs;
  for (int tries = 0; tries < kOffsetsTries; ++tries) {
    const std::int64_t left_ms = (deadline - MonotonicUs()) / kMicrosPerMs;
    if (tries > 0 && left_ms <= 0) break;
    outcome = Take(RdError(rd_kafka_send_offsets_to_transaction(
                       handle_.get(), list.get(), group.get(), static_cast<int>(left_ms))),
                   "Offsets cannot be added to the transaction");
    if (outcome.has_value() || outcome.error().fault != KafkaFault::kRetriable) return outcome;
  }
  return outcome;
}

Outcome TransactionalProducer::Commit(int timeout_ms) {
  if (!transactions_) return {};
  return Take(RdError(rd_kafka_commit_transaction(handle_.get(), timeout_ms)),
              "The transaction cannot be committed");
}

Outcome TransactionalProducer::Abort(int timeout_ms) {
  if (!transactions_) return {};
  // Aborting throws away what is not yet out and waits for the rest.
  Outcome outcome = Take(RdError(rd_kafka_abort_transaction(handle_.get(), timeout_ms)),
                         "The transaction cannot be aborted");
  const std::int64_t deadline = MonotonicUs() + timeout_ms * kMicrosPerMs;
  while (outstanding_ > 0 && MonotonicUs() < deadline) rd_kafka_poll(handle_.get(), kPollMs);
  return outcome;
}

}  // namespace medverka::streams::internal
