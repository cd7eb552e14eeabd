// librdkafka's handles as C++ has them, and how a client of ours is made. For the .cc files of this
// folder (and the tests of the mock broker) only: nobody else sees librdkafka.
#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ops/base/result.h"
#include "streams/kafka/client.h"
#include "streams/measures.h"

namespace medverka::streams::internal {

template <auto Destroy>
struct DestroyWith {
  template <typename T>
  void operator()(T* pointer) const {
    Destroy(pointer);
  }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, DestroyWith<rd_kafka_conf_destroy>>;
using Handle = std::unique_ptr<rd_kafka_t, DestroyWith<rd_kafka_destroy>>;
using Topic = std::unique_ptr<rd_kafka_topic_t, DestroyWith<rd_kafka_topic_destroy>>;
using Message = std::unique_ptr<rd_kafka_message_t, DestroyWith<rd_kafka_message_destroy>>;
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                      DestroyWith<rd_kafka_topic_partition_list_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, DestroyWith<rd_kafka_queue_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, DestroyWith<rd_kafka_event_destroy>>;
using RdError = std::unique_ptr<rd_kafka_error_t, DestroyWith<rd_kafka_error_destroy>>;
using GroupMetadata = std::unique_ptr<rd_kafka_consumer_group_metadata_t,
                                      DestroyWith<rd_kafka_consumer_group_metadata_destroy>>;

// Whether the brokers can be reached, as the clients of a process hear it: said once when they are
// gone, then every minute, and once when they are back. Any thread.
class BrokerWatch {
 public:
  // Said at once, and again whenever so much time has gone by.
  static constexpr std::int64_t kSayAgainUs = 60 * 1'000'000;
  explicit BrokerWatch(std::int64_t say_again_us = kSayAgainUs) : say_again_us_(say_again_us) {}
  // All brokers down, or a lookup or login that failed.
  void Gone(rd_kafka_resp_err_t error);
  void Back();
  bool reachable() const { return reachable_.load(std::memory_order_relaxed); }
  // It was said that they are gone, and not yet that they are back.
  bool gone() const { return said_us_.load(std::memory_order_relaxed) != 0; }
  // Heard of a broker at all since the start.
  bool ever_reached() const { return ever_reached_.load(std::memory_order_relaxed); }

 private:
  const std::int64_t say_again_us_;
  std::atomic<bool> reachable_ = false;
  std::atomic<bool> ever_reached_ = false;
  std::atomic<bool> refused_ = false;      // the last that was said: a refused login
  std::atomic<std::int64_t> said_us_ = 0;  // monotonic; 0: not gone
};

// What a handle tells of itself outside the calls made on it: its opaque pointer. Outlives the
// handle.
struct ClientEvents {
  BrokerWatch* watch = nullptr;  // none: errors stay in `failed`
  Measures* measures = nullptr;  // none: no statistics are asked for
  std::string client;            // label of the measures: "member", "lane", "catalogue"
  // Written by librdkafka's callbacks, within poll calls of the handle's thread.
  std::atomic<rd_kafka_resp_err_t> failed = RD_KAFKA_RESP_ERR_NO_ERROR;  // last, until taken
  std::atomic<rd_kafka_resp_err_t> fatal = RD_KAFKA_RESP_ERR_NO_ERROR;
  // Monotonic, when the statistics last showed the group's coordinator connected; 0: never.
  std::atomic<std::int64_t> coordinated_us = 0;
};

using Settings = std::vector<std::pair<const char*, std::string>>;
// Settings that every consumer has, and every producer (with the reasons: client.cc).
Settings ConsumerSettings(bool read_committed);
Settings ProducerSettings();

// The user's properties first, then ours. kInvalidArgument names the property.
base::Result<Conf> MakeConf(const KafkaProperties& properties, const Settings& ours,
                            ClientEvents& events);
base::Result<Handle> MakeHandle(rd_kafka_type_t type, Conf conf);

PartitionList MakeList(std::size_t size);

// Destroys a member of a group without a last rebalance. In the middle of one librdkafka 2.0.2 can
// wait for itself for ever, so this waits some seconds only; what hangs is left behind, with
// `events`, until the process ends.
void DestroyMember(Handle handle, std::shared_ptr<ClientEvents> events);

// "_FENCED"
std::string_view NameOf(rd_kafka_resp_err_t error);
// Which of the three flags is set; none: fatal, as the library's header has it.
KafkaError Judge(const rd_kafka_error_t& error, std::string_view while_doing);
// As an Error of ours, for calls outside transactions.
base::Error ToError(rd_kafka_resp_err_t error, std::string_view while_doing);
// Login, certificate or permission: trying again does not help.
bool IsRefusal(rd_kafka_resp_err_t error);

// One record on its way out.
struct Outgoing {
  const char* topic = nullptr;
  std::int32_t partition = RD_KAFKA_PARTITION_UA;
  std::optional<std::string_view> key, value;  // none: null
  std::optional<std::int64_t> stamp_ms;
  rd_kafka_headers_t* headers = nullptr;  // taken over, unless Send fails
  void* opaque = nullptr;                 // given back with the delivery report
  bool copy = false;                      // else value stays the caller's until it is delivered
};
// Queues it; librdkafka's error where it cannot.
rd_kafka_resp_err_t Send(rd_kafka_t& handle, const Outgoing& record);

// Monotonic, microseconds.
std::int64_t MonotonicUs();

// While it lives, a call to the library is out: a watchdog reads since when. Of nested ones the
// outer counts.
class CallOut {
 public:
  explicit CallOut(std::atomic<std::int64_t>* began_us) : began_us_(began_us) {
    if (began_us_ == nullptr) return;
    before_ = began_us_->load();
    if (before_ == 0) began_us_->store(MonotonicUs());
  }
  ~CallOut() {
    if (began_us_ != nullptr) began_us_->store(before_);
  }
  CallOut(const CallOut&) = delete;
  CallOut& operator=(const CallOut&) = delete;

 private:
  std::atomic<std::int64_t>* began_us_;
  std::int64_t before_ = 0;
};

}  // namespace medverka::streams::internal
