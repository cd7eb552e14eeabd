// Members of a group on a real broker, which come and go at bad moments: every partition has an
// owner in the end.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "streams/kafka/group.h"
#include "streams/kafka/group_watch.h"
#include "streams/kafka/topics.h"
#include "tests/support/kafka.h"

namespace medverka::streams::internal {
namespace {

constexpr std::int64_t kPatienceUs = 60 * 1'000'000;
constexpr int kPollMs = 20;
constexpr std::int32_t kPartitions = 2;

// What a service does with its member, without lanes.
struct Process {
  std::unique_ptr<Member> member;
  std::set<std::int32_t> owned;
  bool gives_back = true;
  bool was_asked = false;  // to give something back

  void Turn() {
    member->Poll(kPollMs);
    const Member::Change change = member->TakeChange();
    owned.insert(change.assigned.begin(), change.assigned.end());
    for (const std::int32_t partition : change.revoked) owned.erase(partition);
    was_asked = was_asked || !change.revoked.empty();
    if (gives_back) member->FinishRevoke();
  }
};

class Membership : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(tests::TestBroker(), "") << "no broker: run it by ctest, or ./dev broker start";
    options_.group = tests::UniqueName("membership");
    options_.kafka = {{"bootstrap.servers", tests::TestBroker()}};
    TopicPlan plan;
    plan.partitions = kPartitions;
    plan.replication = 1;
    plan.names = {options_.group + ".j", options_.group + ".f", options_.group + ".m",
                  options_.group + ".c", options_.group + ".s", options_.group + ".t",
                  options_.group + ".d"};
    ASSERT_TRUE(CreateTopics(options_.kafka, plan).has_value());
    options_.journal = plan.names.journal;
    watched_ = {options_.kafka, options_.group,     options_.journal,
                kPartitions,    plan.names.studies, 200'000};
    brokers_.Back();
  }

  Process Start(const std::string& instance) {
    options_.instance = instance;
    auto member = Member::Open(options_);
    EXPECT_TRUE(member.has_value());
    return {std::move(*member), {}};
  }

  static bool Until(const std::function<bool()>& holds, std::vector<Process*> processes) {
    const std::int64_t deadline = MonotonicUs() + kPatienceUs;
    while (!holds()) {
      if (MonotonicUs() > deadline) return false;
      for (Process* process : processes) process->Turn();
    }
    return true;
  }

  MemberOptions options_;
  GroupWatchOptions watched_;
  BrokerWatch brokers_;
};

// The group takes a partition from one member, to give it to the other as soon as the first has
// said that it is free. The first is killed before it can say so. Under its old name it comes back
// within its session, is given what it has left without any word to the others, and so nothing
// makes the group look at the partition that is free.
TEST_F(Membership, APartitionThatWasBeingGivenAwayFindsAnOwner) {
  Process first = Start("first");
  ASSERT_TRUE(Until([&] { return first.owned.size() == kPartitions; }, {&first}));
  Process second = Start("second");
  first.gives_back = false;
  ASSERT_TRUE(Until([&] { return first.was_asked; }, {&first, &second}));
  first = Start("first");
  const GroupWatch watch(watched_, brokers_);
  EXPECT_TRUE(Until([&] { return first.owned.size() + second.owned.size() == kPartitions; },
                    {&first, &second}))
      << "the first owns " << first.owned.size() << ", the second " << second.owned.size();
}

// Who asks in vain, since the group cannot give what is not there, disturbs nobody.
TEST_F(Membership, SharingOutAgainAndAgainDoesNoHarm) {
  watched_.partitions = kPartitions + 1;
  watched_.every_us = 50'000;
  testing::internal::CaptureStderr();
  Process first = Start("first");
  Process second = Start("second");
  const auto both = [&] { return first.owned.size() == 1 && second.owned.size() == 1; };
  EXPECT_TRUE(Until(both, {&first, &second}));
  first.was_asked = second.was_asked = false;
  {
    const GroupWatch watch(watched_, brokers_);
    const std::int64_t until = MonotonicUs() + 8 * 1'000'000;
    Until([&] { return MonotonicUs() > until; }, {&first, &second});
  }
  EXPECT_TRUE(both());
  EXPECT_FALSE(first.was_asked || second.was_asked) << "nothing moves";
  // A member inside a rebalance that does not end commits nothing.
  first.member->CommitLater(*first.owned.begin(), {{options_.journal, 0}});
  first.member->CommitNow(true);
  const std::string said = testing::internal::GetCapturedStderr();
  std::size_t times = 0;
  for (std::size_t at = 0; (at = said.find("asking for a rebalance", at)) != std::string::npos;
       ++at) {
    ++times;
  }
  EXPECT_GE(times, 2) << said;
  EXPECT_EQ(said.find("offsets were not committed"), std::string::npos) << said;
}

}  // namespace
}  // namespace medverka::streams::internal
