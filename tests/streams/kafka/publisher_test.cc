// What a publisher makes of each way in which its transaction can end, by the client's own broker,
// which can be told to fail. It ends no transactions: what was written to it can be read at once,
// also where the commit was refused. So a refused commit here is one that was taken without an
// answer.
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "streams/kafka/catalogue_topic.h"
#include "streams/kafka/handles.h"

namespace medverka::streams {
namespace {

// Protocol numbers of requests.
constexpr std::int16_t kInitProducerId = 22, kAddPartitions = 24, kEndTxn = 26;
constexpr int kPollMs = 30'000;
const std::string kTopic = "studies";

class PublisherTest : public testing::Test {
 protected:
  void SetUp() override {
    char why[256];
    home_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof why));
    ASSERT_NE(home_, nullptr) << why;
    cluster_ = rd_kafka_mock_cluster_new(home_.get(), 1);
    ASSERT_EQ(rd_kafka_mock_topic_create(cluster_, kTopic.c_str(), 1, 1),
              RD_KAFKA_RESP_ERR_NO_ERROR);
    kafka_ = {{"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster_)},
              {"reconnect.backoff.ms", "5"}};
  }
  void TearDown() override { rd_kafka_mock_cluster_destroy(cluster_); }

  void Fail(std::int16_t api, const std::vector<rd_kafka_resp_err_t>& errors) {
    rd_kafka_mock_push_request_errors_array(cluster_, api, errors.size(), errors.data());
  }
  base::Result<std::uint64_t> Publish(std::uint64_t base = 0) {
    CatalogueVersion catalogue;
    catalogue.files = {{"a.study", "text"}};
    catalogue.studies = {{"A", "abc"}};
    return PublishCatalogue(kafka_, kTopic, "prefix", base, catalogue);
  }
  std::vector<CatalogueVersion> There() {
    const auto reader = CatalogueReader::Open(kafka_, kTopic);
    EXPECT_TRUE((*reader)->Poll(kPollMs).has_value());
    return (*reader)->all();
  }
  void ExpectFirst(const base::Result<std::uint64_t>& published) {
    ASSERT_TRUE(published.has_value()) << published.error().message;
    EXPECT_EQ(*published, 1u);
    EXPECT_EQ(There().size(), 1u);
  }

  internal::Handle home_;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
  KafkaProperties kafka_;
};

TEST_F(PublisherTest, AGoodOneIsThereOnce) { ExpectFirst(Publish()); }

TEST_F(PublisherTest, ACommitWithoutAnAnswerIsFoundAndNotWrittenTwice) {
  Fail(kEndTxn, {RD_KAFKA_RESP_ERR_UNKNOWN});
  ExpectFirst(Publish());
}

TEST_F(PublisherTest, ACommitWhoseAnswerIsTheNextPublishersFenceIsFound) {
  Fail(kEndTxn, {RD_KAFKA_RESP_ERR_PRODUCER_FENCED});
  ExpectFirst(Publish());
}

TEST_F(PublisherTest, WhatWasNotWrittenIsWrittenAgain) {
  Fail(kAddPartitions, {RD_KAFKA_RESP_ERR_UNKNOWN, RD_KAFKA_RESP_ERR_UNKNOWN});
  ExpectFirst(Publish());
}

TEST_F(PublisherTest, ABeginningThatFailsIsTriedAgain) {
  Fail(kInitProducerId, {RD_KAFKA_RESP_ERR_UNKNOWN});
  ExpectFirst(Publish());
}

TEST_F(PublisherTest, AFenceBeforeAnythingWasWrittenIsSomebodyElse) {
  Fail(kAddPartitions, {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH});
  const auto published = Publish();
  ASSERT_FALSE(published.has_value());
  EXPECT_EQ(published.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_NE(published.error().message.find("somebody else"), std::string::npos)
      << published.error().message;
  EXPECT_TRUE(There().empty());
}

TEST_F(PublisherTest, ARefusalIsSaidAtOnceAndNothingIsThere) {
  Fail(kAddPartitions, {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED});
  const auto published = Publish();
  ASSERT_FALSE(published.has_value());
  EXPECT_EQ(published.error().message.find("not known"), std::string::npos)
      << published.error().message;
  EXPECT_TRUE(There().empty());
}

TEST_F(PublisherTest, WhoNeverGetsThroughIsToldWhatIsCertain) {
  Fail(kAddPartitions, std::vector(64, RD_KAFKA_RESP_ERR_UNKNOWN));
  const auto published = Publish();
  ASSERT_FALSE(published.has_value());
  EXPECT_EQ(published.error().message.find("not known"), std::string::npos)
      << "no commit was asked for: " << published.error().message;
  EXPECT_TRUE(There().empty());
}

}  // namespace
}  // namespace medverka::streams
