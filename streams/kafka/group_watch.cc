#include "streams/kafka/group_watch.h"

#include <chrono>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "ops/base/log.h"

namespace medverka::streams::internal {
namespace {

using base::Log;
using base::LogLevel;
using base::Result;

constexpr int kAskMs = 2'000;
// A partition without an owner for so many looks in a row is not one that is being handed over.
constexpr int kOwnerlessLooks = 3;
// How long the visitor waits to be let in, and to be seen leaving.
constexpr std::int64_t kVisitUs = 10 * 1'000'000;
constexpr std::int64_t kLeaveUs = 1'000'000;
constexpr int kPollMs = 50;

using Groups = std::unique_ptr<const rd_kafka_group_list, DestroyWith<rd_kafka_group_list_destroy>>;

// What the brokers keep of a member: "Version0 => topics: [name, partitions: [int32]]", all big
// endian, behind a version of two bytes (Kafka's ConsumerProtocolAssignment.json).
class AssignmentReader {
 public:
  explicit AssignmentReader(std::string_view bytes) : left_(bytes) {}

  // False: these are no such bytes.
  bool AddPartitionsOf(std::string_view topic, std::set<std::int32_t>& found) {
    if (left_.empty()) return true;  // a member that has been given nothing yet
    if (!Number(2)) return false;
    const auto topics = Number(4);
    for (std::int64_t i = 0; topics && i < *topics; ++i) {
      const auto length = Number(2);
      if (!length || *length > left_.size()) return false;
      const bool ours = left_.substr(0, *length) == topic;
      left_.remove_prefix(*length);
      const auto partitions = Number(4);
      for (std::int64_t k = 0; partitions && k < *partitions; ++k) {
        const auto partition = Number(4);
        if (!partition) return false;
        if (ours) found.insert(static_cast<std::int32_t>(*partition));
      }
      if (!partitions) return false;
    }
    return topics.has_value();
  }

 private:
  std::optional<std::uint32_t> Number(std::size_t bytes) {
    if (left_.size() < bytes) return std::nullopt;
    std::uint32_t value = 0;
    for (const char byte : left_.substr(0, bytes))
      value = value << 8U | static_cast<unsigned char>(byte);
    left_.remove_prefix(bytes);
    return value;
  }

  std::string_view left_;
};

Result<Handle> MakeClient(const GroupWatchOptions& options, ClientEvents& events) {
  Settings settings = ConsumerSettings(true);
  settings.emplace_back("group.id", options.group);
  settings.emplace_back("partition.assignment.strategy", "cooperative-sticky");
  MEDVERKA_ASSIGN(Conf conf, MakeConf(options.kafka, settings, events));
  MEDVERKA_ASSIGN(Handle client, MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)));
  rd_kafka_poll_set_consumer(client.get());
  return client;
}

}  // namespace

GroupWatch::GroupWatch(GroupWatchOptions options, const BrokerWatch& brokers)
    : options_(std::move(options)), brokers_(brokers) {
  thread_ = std::thread([this] { Run(); });
}

GroupWatch::~GroupWatch() {
  {
    const std::lock_guard lock(mutex_);
    ending_.store(true);
  }
  changed_.notify_all();
  thread_.join();
}

void GroupWatch::Run() {
  const auto events = std::make_shared<ClientEvents>();
  Handle client;
  int looks = 0;  // in a row that found a partition without an owner
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::microseconds(options_.every_us),
                            [this] { return ending_.load(); })) {
    lock.unlock();
    if (client == nullptr) {
      if (auto made = MakeClient(options_, *events); made.has_value()) client = std::move(*made);
    }
    const std::int32_t ownerless =
        client != nullptr && brokers_.reachable() ? AskForOwnerless(*client) : 0;
    looks = ownerless > 0 ? looks + 1 : 0;
    if (looks == kOwnerlessLooks) {
      Log(LogLevel::kWarning, "the group has partitions without an owner; asking for a rebalance",
          {{"partitions", std::int64_t{ownerless}}});
      JoinForAMoment();
      looks = 0;
    }
    lock.lock();
  }
  lock.unlock();
  if (client != nullptr) DestroyMember(std::move(client), events);
}

// Of a group that is sharing out, or that could not be asked about: 0.
std::int32_t GroupWatch::AskForOwnerless(rd_kafka_t& client) const {
  while (const Message message{rd_kafka_consumer_poll(&client, 0)}) {
  }  // nothing of interest
  const rd_kafka_group_list* list = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_list_groups(&client, options_.group.c_str(), &list, kAskMs);
  const Groups groups(list);
  // One broker of several that does not answer is no reason not to look at what the others say.
  if (groups == nullptr ||
      (error != RD_KAFKA_RESP_ERR_NO_ERROR && error != RD_KAFKA_RESP_ERR__PARTIAL)) {
    return 0;
  }
  for (int i = 0; i < groups->group_cnt; ++i) {
    const rd_kafka_group_info& group = groups->groups[i];
    if (group.err != RD_KAFKA_RESP_ERR_NO_ERROR || options_.group != group.group ||
        std::string_view(group.state) != "Stable" || group.member_cnt == 0) {
      continue;
    }
    std::set<std::int32_t> owned;
    for (int k = 0; k < group.member_cnt; ++k) {
      const rd_kafka_group_member_info& member = group.members[k];
      AssignmentReader assignment({static_cast<const char*>(member.member_assignment),
                                   static_cast<std::size_t>(member.member_assignment_size)});
      if (!assignment.AddPartitionsOf(options_.journal, owned)) return 0;
    }
    return options_.partitions - static_cast<std::int32_t>(owned.size());
  }
  return 0;
}

// The group shares out when somebody comes, and when he goes. A visitor, who has no name to come
// back under and wants nothing of the journal, moves nobody's partitions. The library knows no
// other way of asking for it.
void GroupWatch::JoinForAMoment() const {
  const auto events = std::make_shared<ClientEvents>();
  auto visitor = MakeClient(options_, *events);
  if (!visitor.has_value()) return;
  const auto poll_until = [this, &visitor](std::int64_t deadline, bool let_in) {
    PartitionList assigned;
    while (MonotonicUs() < deadline && !ending_.load()) {
      const Message message(rd_kafka_consumer_poll(visitor->get(), kPollMs));
      rd_kafka_topic_partition_list_t* list = nullptr;
      if (rd_kafka_assignment(visitor->get(), &list) != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      assigned.reset(list);
      if (let_in && list->cnt > 0) return;
    }
  };
  const PartitionList topics = MakeList(1);
  rd_kafka_topic_partition_list_add(topics.get(), options_.other.c_str(), RD_KAFKA_PARTITION_UA);
  if (rd_kafka_subscribe(visitor->get(), topics.get()) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    poll_until(MonotonicUs() + kVisitUs, true);
    rd_kafka_unsubscribe(visitor->get());
    poll_until(MonotonicUs() + kLeaveUs, false);
  }
  DestroyMember(std::move(*visitor), events);
}

}  // namespace medverka::streams::internal
