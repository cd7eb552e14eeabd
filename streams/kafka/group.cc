#include "streams/kafka/group.h"

#include <algorithm>
#include <utility>

#include "ops/base/log.h"

namespace medverka::streams::internal {

using base::Log;
using base::LogLevel;
using base::Result;

namespace {

// A member without a coordinator for so long, though brokers can be reached, looks for it in the
// wrong place. Finding it anew takes the library seconds, and its statistics come every five.
constexpr std::int64_t kNoCoordinatorUs = 20 * 1'000'000;
constexpr int kLastCommitMs = 5'000;
constexpr std::int64_t kLastWordsUs = 100'000;
constexpr int kLastPollMs = 10;

}  // namespace

Member::Member(const MemberOptions& options) : reached_us_(MonotonicUs()) {
  events_->member = this;
  events_->watch = options.watch;
  events_->measures = options.measures;
  events_->client = "member";
}

Result<std::unique_ptr<Member>> Member::Open(const MemberOptions& options) {
  std::unique_ptr<Member> member(new Member(options));
  Settings settings = ConsumerSettings(true);
  settings.emplace_back("group.id", options.group);
  settings.emplace_back("partition.assignment.strategy", "cooperative-sticky");
  if (!options.instance.empty()) settings.emplace_back("group.instance.id", options.instance);
  // It reads nothing, so it needs no room for it.
  settings.emplace_back("queued.max.messages.kbytes", "1024");
  MEDVERKA_ASSIGN(Conf conf, MakeConf(options.kafka, settings, *member->events_));
  rd_kafka_conf_set_rebalance_cb(conf.get(), OnRebalance);
  MEDVERKA_ASSIGN(member->handle_, MakeHandle(RD_KAFKA_CONSUMER, std::move(conf)));
  rd_kafka_poll_set_consumer(member->handle_.get());
  PartitionList topics = MakeList(1);
  rd_kafka_topic_partition_list_add(topics.get(), options.journal.c_str(), RD_KAFKA_PARTITION_UA);
  const rd_kafka_resp_err_t error = rd_kafka_subscribe(member->handle_.get(), topics.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return tl::unexpected(ToError(error, "The journal topic cannot be subscribed to"));
  }
  return member;
}

Member::~Member() {
  if (handle_ == nullptr) return;
  // A rebalance that waits for an answer of ours gets it: without it the library may wait for ever.
  const std::int64_t until = MonotonicUs() + kLastWordsUs;
  while (MonotonicUs() < until) {
    Poll(kLastPollMs);
    FinishRevoke();
  }
  DestroyMember(std::move(handle_), events_);
}

void Member::Poll(int timeout_ms) {
  if (events_->watch != nullptr && !events_->watch->reachable()) reached_us_ = MonotonicUs();
  const Message message(rd_kafka_consumer_poll(handle_.get(), timeout_ms));
  // Records that slipped in before the pause are the lane's, who reads them itself; so are errors
  // of their partitions.
  if (message != nullptr && message->err == RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED) {
    Log(LogLevel::kError, "the service was held up for so long that the group gave its lanes away");
  }
}

Member::Change Member::TakeChange() { return std::exchange(change_, {}); }

void Member::OnRebalance(rd_kafka_t*, rd_kafka_resp_err_t what,
                         rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  Member& member = *static_cast<Events*>(static_cast<ClientEvents*>(opaque))->member;
  if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    member.Assign(partitions);
  } else {
    member.Revoke(partitions);
  }
}

void Member::Assign(rd_kafka_topic_partition_list_t* partitions) {
  joined_ = true;
  if (const RdError error(rd_kafka_incremental_assign(handle_.get(), partitions));
      error != nullptr) {
    Log(LogLevel::kError, "partitions could not be taken",
        {{"error", std::string(rd_kafka_error_name(error.get()))}});
  }
  rd_kafka_pause_partitions(handle_.get(), partitions);
  for (int i = 0; i < partitions->cnt; ++i) {
    change_.assigned.insert(partitions->elems[i].partition);
  }
}

void Member::Revoke(rd_kafka_topic_partition_list_t* partitions) {
  change_.lost = change_.lost || rd_kafka_assignment_lost(handle_.get()) != 0;
  for (int i = 0; i < partitions->cnt; ++i) {
    change_.revoked.insert(partitions->elems[i].partition);
    change_.assigned.erase(partitions->elems[i].partition);
  }
  if (to_return_ == nullptr) to_return_ = MakeList(static_cast<std::size_t>(partitions->cnt));
  for (int i = 0; i < partitions->cnt; ++i) {
    rd_kafka_topic_partition_list_add(to_return_.get(), partitions->elems[i].topic,
                                      partitions->elems[i].partition);
  }
}

void Member::FinishRevoke() {
  if (to_return_ == nullptr) return;
  if (const RdError error(rd_kafka_incremental_unassign(handle_.get(), to_return_.get()));
      error != nullptr) {
    Log(LogLevel::kError, "partitions could not be given back",
        {{"error", std::string(rd_kafka_error_name(error.get()))}});
  }
  to_return_.reset();
}

std::optional<std::string> Member::Fatal() const {
  // Asked, not waited for: of a consumer's fatal error the library makes a message among the
  // records, and does not call the error callback. (A static member is fenced when the coordinator
  // that knew it is killed.)
  const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(handle_.get(), nullptr, 0);
  if (fatal != RD_KAFKA_RESP_ERR_NO_ERROR) return std::string(rd_kafka_err2str(fatal));
  if (events_->watch == nullptr || events_->measures == nullptr) return std::nullopt;
  const std::int64_t since = std::max(reached_us_, events_->coordinated_us.load());
  if (MonotonicUs() - since < kNoCoordinatorUs) return std::nullopt;
  return "it finds no coordinator of the group, though brokers can be reached";
}

GroupMetadata Member::Metadata() const {
  return GroupMetadata(rd_kafka_consumer_group_metadata(handle_.get()));
}

void Member::CommitLater(std::int32_t partition, const std::map<std::string, std::int64_t>& next) {
  const std::lock_guard lock(offsets_mutex_);
  for (const auto& [topic, offset] : next) offsets_[{topic, partition}] = offset;
}

void Member::CommitNow(bool wait) {
  // Never inside a rebalance: 2.0.2 then loses the assignment.
  if (!joined_ || to_return_ != nullptr) return;
  PartitionList list;
  {
    const std::lock_guard lock(offsets_mutex_);
    if (offsets_.empty()) return;
    list = MakeList(offsets_.size());
    for (const auto& [place, offset] : offsets_) {
      rd_kafka_topic_partition_list_add(list.get(), place.first.c_str(), place.second)->offset =
          offset;
    }
    offsets_.clear();
  }
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  if (wait) {
    // Waiting in the call itself knows no end.
    const Queue answer(rd_kafka_queue_new(handle_.get()));
    error = rd_kafka_commit_queue(handle_.get(), list.get(), answer.get(), nullptr, nullptr);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      const Event event(rd_kafka_queue_poll(answer.get(), kLastCommitMs));
      error = event == nullptr ? RD_KAFKA_RESP_ERR__TIMED_OUT : rd_kafka_event_error(event.get());
    }
  } else {
    error = rd_kafka_commit(handle_.get(), list.get(), 1);
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Log(LogLevel::kWarning, "offsets were not committed; the state says where to go on",
        {{"error", std::string(NameOf(error))}});
  }
}

}  // namespace medverka::streams::internal
