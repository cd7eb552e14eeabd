// When a member of the group is of no more use, by the client's own broker.
#include "streams/kafka/group.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka_mock.h>

namespace medverka::streams::internal {
namespace {

constexpr std::int16_t kHeartbeat = 12;
constexpr std::int64_t kPatienceUs = 60 * 1'000'000;

TEST(Member, AFencedOneSaysSo) {
  char why[256];
  const Handle home(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof why));
  ASSERT_NE(home, nullptr) << why;
  rd_kafka_mock_cluster_t* const cluster = rd_kafka_mock_cluster_new(home.get(), 1);
  ASSERT_EQ(rd_kafka_mock_topic_create(cluster, "journal", 1, 1), RD_KAFKA_RESP_ERR_NO_ERROR);
  MemberOptions options;
  options.kafka = {{"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster)},
                   {"heartbeat.interval.ms", "100"}};
  options.group = "group";
  options.instance = "member-0";
  options.journal = "journal";
  auto member = Member::Open(options);
  ASSERT_TRUE(member.has_value()) << member.error().message;
  const std::int64_t deadline = MonotonicUs() + kPatienceUs;
  while (!(*member)->joined() && MonotonicUs() < deadline) (*member)->Poll(20);
  ASSERT_TRUE((*member)->joined());
  EXPECT_FALSE((*member)->Fatal().has_value());
  const rd_kafka_resp_err_t fenced = RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
  rd_kafka_mock_push_request_errors_array(cluster, kHeartbeat, 1, &fenced);
  while (!(*member)->Fatal() && MonotonicUs() < deadline) (*member)->Poll(20);
  EXPECT_TRUE((*member)->Fatal().has_value()) << "or its lanes are gone and nobody joins anew";
  member->reset();
  rd_kafka_mock_cluster_destroy(cluster);
}

}  // namespace
}  // namespace medverka::streams::internal
