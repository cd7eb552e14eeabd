// The producer of one lane: transactions, one after the other.
//
//             Init                 Begin               Produce*, AwaitDelivery, SendOffsets
//   [opened] -------> [initialised] ----> [in transaction] ------------------------+
//                          ^   ^                |  Abort                           | Commit
//                          |   +----------------+                                  |
//                          +-------------------------------------------------------+
//
// Commit says how often EndTxn went out. More than once means that a copy of it may still be on its
// way, and could end a later transaction (librdkafka has no KIP-890): whoever commits then makes a
// new producer, whose Init raises the epoch and makes the stray request void.
//
// Without transactions (at_least_once) Begin, SendOffsets and Commit do nothing: the same calls,
// the same waiting for delivery.
//
// One thread. Calls may hang in librdkafka whatever their timeout says (send_offsets does): the
// committer tells a watchdog since when.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ops/base/result.h"
#include "ops/base/time.h"
#include "streams/kafka/client.h"
#include "streams/kafka/handles.h"

namespace medverka::streams::internal {

// What went wrong, and what is to be done about it.
using Outcome = tl::expected<void, KafkaError>;

struct ProducerOptions {
  KafkaProperties kafka;
  std::string transactional_id;
  bool transactions = true;
  std::vector<std::string> topics;  // that will be written, so that Init asks for their leaders
  std::uint64_t queue_bytes = 0;    // 0: the library's 1 GiB
  std::string client;               // label of the measures
  BrokerWatch* watch = nullptr;
  Measures* measures = nullptr;
};

// Of the client made from it: how often EndTxn went out. `count` outlives the client.
void CountEndTxn(rd_kafka_conf_t& conf, std::atomic<int>& count);

using MetadataSource = std::function<GroupMetadata()>;

class TransactionalProducer {
 public:
  static base::Result<std::unique_ptr<TransactionalProducer>> Open(const ProducerOptions& options);
  ~TransactionalProducer();

  // Fences whoever had this transactional id, and settles what they left open. Learns where the
  // topics are, so that the first transaction need not wait for it. A retriable error may come of a
  // client that has got stuck: a new one is the better try.
  Outcome Init(int timeout_ms);
  Outcome Begin();
  // Waits while the queue is full. Keys are copied, values stay the caller's until AwaitDelivery
  // has returned, or the producer is destroyed.
  Outcome Produce(Outgoing record);
  // The same for the last record, whose place and time Last gives once it is delivered.
  Outcome ProduceLast(Outgoing record);
  Outcome AwaitDelivery(int timeout_ms);
  Outcome SendOffsets(const std::map<std::string, std::int64_t>& next, std::int32_t partition,
                      const MetadataSource& metadata, int timeout_ms);
  // After a retriable error: the same call again goes on where it was.
  Outcome Commit(int timeout_ms);
  Outcome Abort(int timeout_ms);

  struct Delivered {
    std::int64_t offset = -1;
    base::Instant timestamp{};  // the broker's where it stamps, else ours
  };
  const Delivered& last() const { return last_; }
  // How often EndTxn went out since Begin.
  int end_requests() const { return end_requests_.load(); }

 private:
  explicit TransactionalProducer(const ProducerOptions& options);
  Outcome MeetTopics(int timeout_ms);
  Outcome Queue(const Outgoing& record);
  static void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque);

  struct Events : ClientEvents {
    TransactionalProducer* producer = nullptr;
  };
  Events events_;
  const bool transactions_;
  std::atomic<int> end_requests_ = 0;  // counted on the library's threads
  std::int64_t outstanding_ = 0;
  rd_kafka_resp_err_t undelivered_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  Delivered last_;
  Handle handle_;  // after what its threads use
  std::vector<Topic> topics_;
};

}  // namespace medverka::streams::internal
