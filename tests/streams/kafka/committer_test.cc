// Each branch of what an outcome of a transaction means, by the client's own broker, which can be
// told to fail. What it cannot do (isolation, transactional offsets) the tests with the real one
// look at.
#include "streams/kafka/committer.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka_mock.h>

#include "matcher/marker.h"
#include "matcher/store/changelog.h"
#include "streams/kafka/commit_record.h"

namespace medverka::streams::internal {
namespace {

// Protocol numbers of requests.
constexpr std::int16_t kProduce = 0, kInitProducerId = 22, kAddPartitions = 24, kAddOffsets = 25,
                       kEndTxn = 26, kTxnOffsetCommit = 28;
constexpr int kPatienceMs = 60'000;
constexpr int kWithheld = 50;
constexpr int kForEverMs = 10 * kPatienceMs;

class CommitterTest : public testing::Test {
 protected:
  void SetUp() override {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    char why[256];
    home_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why));
    ASSERT_NE(home_, nullptr) << why;
    cluster_ = rd_kafka_mock_cluster_new(home_.get(), 1);
    for (const std::string& topic : {topics_.state, topics_.suggestions, topics_.dead_letters}) {
      ASSERT_EQ(rd_kafka_mock_topic_create(cluster_, topic.c_str(), 2, 1),
                RD_KAFKA_RESP_ERR_NO_ERROR);
    }
  }

  void TearDown() override {
    committer_.reset();
    rd_kafka_mock_cluster_destroy(cluster_);
  }

  void Fail(std::int16_t api, const std::vector<rd_kafka_resp_err_t>& errors) {
    rd_kafka_mock_push_request_errors_array(cluster_, api, errors.size(), errors.data());
  }

  // The answers to the next requests of this kind do not come while anybody waits for them.
  void Withhold(std::int16_t api) {
    for (int i = 0; i < kWithheld; ++i) {
      rd_kafka_mock_broker_push_request_error_rtts(cluster_, 1, api, 1, RD_KAFKA_RESP_ERR_NO_ERROR,
                                                   kForEverMs);
    }
  }

  void Open(bool transactions = true) {
    CommitterOptions options;
    options.producer.kafka = {{"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster_)},
                              {"reconnect.backoff.ms", "5"}};
    options.producer.transactional_id = "lane";
    options.producer.transactions = transactions;
    options.producer.topics = {topics_.state, topics_.suggestions, topics_.dead_letters};
    options.topics = topics_;
    options.partition = 1;
    options.group = [] { return GroupMetadata(rd_kafka_consumer_group_metadata_new("group")); };
    options.offsets = [this](const std::map<std::string, std::int64_t>& next) { offsets_ = next; };
    options.at_point = [this](std::string_view point) { points_.emplace_back(point); };
    options.call_timeout_ms = call_timeout_ms_;
    options.patience_us = patience_us_;
    auto producer = TransactionalProducer::Open(options.producer);
    ASSERT_TRUE(producer.has_value()) << producer.error().message;
    const Outcome ready = (*producer)->Init(kPatienceMs);
    ASSERT_TRUE(ready.has_value()) << ready.error().message;
    committer_ = std::make_unique<Committer>(std::move(options), std::move(*producer), *store_);
  }

  // A commit of one row, as a lane would hand it over.
  Committed CommitOne(std::uint64_t sequence = 1) {
    matcher::Marker marker;
    marker.sequence = sequence;
    marker.positions = {{"journal", "7"}};
    auto changes = std::make_shared<matcher::StoreChanges>();
    changes->push_back({matcher::Room::kState, "row", "value"});
    changes->push_back(
        {matcher::Room::kMeta, std::string(matcher::kMarkerKey), EncodeMarker(marker)});
    CommitBatch batch;
    batch.committed.sequence = sequence;
    batch.positions = marker.positions;
    batch.changes = changes;
    committer_->Hand(std::move(batch));
    auto done = committer_->Wait(kPatienceMs);
    EXPECT_TRUE(done.has_value()) << "the commit did not come back";
    return done.value_or(Committed{});
  }

  bool InStore() const {
    const auto row = store_->Get(matcher::Room::kState, "row");
    const auto place = store_->Get(matcher::Room::kMeta, matcher::kChangelogPositionKey);
    EXPECT_EQ(row->has_value(), place->has_value()) << "rows and their place go together";
    return row->has_value();
  }

  void ExpectThrough(const Committed& done) {
    EXPECT_FALSE(done.fault.has_value()) << done.fault->why;
    EXPECT_TRUE(InStore());
  }
  void ExpectGone(const Committed& done) {
    ASSERT_TRUE(done.fault.has_value());
    EXPECT_EQ(done.fault->remedy, LaneRemedy::kRecover) << done.fault->why;
    EXPECT_FALSE(InStore()) << "what the log may not have must not be in the store";
  }

  TopicNames topics_;
  int call_timeout_ms_ = 10'000;
  std::int64_t patience_us_ = 15 * 1'000'000;
  Handle home_;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
  std::unique_ptr<matcher::Store> store_ = matcher::MakeMemoryStore();
  std::vector<std::string> points_;
  std::map<std::string, std::int64_t> offsets_;
  std::unique_ptr<Committer> committer_;
};

TEST_F(CommitterTest, AGoodCommitIsInTheStoreOnce) {
  Open();
  const Committed done = CommitOne();
  ExpectThrough(done);
  EXPECT_EQ(done.rows, 1U);
  EXPECT_EQ(done.retries, 0U);
  EXPECT_FALSE(done.renewed);
  EXPECT_EQ(points_, (std::vector<std::string>{"before-produce", "after-produce", "before-offsets",
                                               "before-commit", "after-commit", "before-write",
                                               "after-write"}));
}

TEST_F(CommitterTest, ARetriedProduceIsNoMatter) {
  Open();
  Fail(kProduce, {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION});
  const Committed done = CommitOne();
  ExpectThrough(done);
  EXPECT_EQ(done.retries, 0U);
}

TEST_F(CommitterTest, RetriableErrorsOfTheCoordinatorAreWaitedOut) {
  Open();
  Fail(kAddPartitions,
       {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS});
  Fail(kAddOffsets, {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE});
  Fail(kTxnOffsetCommit, {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS});
  const Committed done = CommitOne();
  ExpectThrough(done);
}

TEST_F(CommitterTest, AStaleGenerationIsAbortedAndTriedAgain) {
  Open();
  Fail(kTxnOffsetCommit, {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION});
  const Committed done = CommitOne();
  ExpectThrough(done);
  EXPECT_EQ(done.retries, 1U);
}

TEST_F(CommitterTest, ARefusedTopicIsAbortedAndAtLastTheLaneGoes) {
  Open();
  Fail(kTxnOffsetCommit, std::vector(32, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION));
  ExpectGone(CommitOne());
}

TEST_F(CommitterTest, ADroppedConnectionAtTheEndRenewsTheProducer) {
  Open();
  Fail(kEndTxn, {RD_KAFKA_RESP_ERR__TRANSPORT});
  const Committed done = CommitOne();
  ExpectThrough(done);
  EXPECT_TRUE(done.renewed) << "EndTxn went out twice";
  points_.clear();
  const Committed next = CommitOne(2);
  ExpectThrough(next);
  EXPECT_FALSE(next.renewed) << "by a new producer, which sent it once";
}

TEST_F(CommitterTest, AnEndThatIsAnsweredLaterRenewsTheProducer) {
  Open();
  Fail(kEndTxn, {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE});
  const Committed done = CommitOne();
  ExpectThrough(done);
  EXPECT_TRUE(done.renewed);
}

TEST_F(CommitterTest, AnotherOwnerEndsTheLane) {
  Open();
  Fail(kEndTxn, {RD_KAFKA_RESP_ERR_PRODUCER_FENCED});
  ExpectGone(CommitOne());
}

TEST_F(CommitterTest, AnotherOwnerSeenWhileProducingEndsTheLane) {
  Open();
  Fail(kAddPartitions, {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH});
  ExpectGone(CommitOne());
}

TEST_F(CommitterTest, ARefusedTransactionalIdEndsTheLane) {
  Open();
  Fail(kAddPartitions, {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED});
  ExpectGone(CommitOne());
}

TEST_F(CommitterTest, AStateThatMustNotBeEndsTheLane) {
  Open();
  Fail(kEndTxn, {RD_KAFKA_RESP_ERR_INVALID_TXN_STATE});
  ExpectGone(CommitOne());
}

TEST_F(CommitterTest, WhenAbortingFailsTheLaneGoes) {
  Open();
  Fail(kTxnOffsetCommit, {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION});
  Fail(kEndTxn, {RD_KAFKA_RESP_ERR_PRODUCER_FENCED});
  ExpectGone(CommitOne());
}

TEST_F(CommitterTest, WithoutAMemberItIsTriedAgainAndAtLastTheLaneGoes) {
  Open();
  committer_.reset();
  CommitterOptions options;
  options.producer.kafka = {{"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster_)}};
  options.producer.transactional_id = "lane";
  options.topics = topics_;
  options.group = [] { return GroupMetadata(); };
  auto producer = TransactionalProducer::Open(options.producer);
  ASSERT_TRUE(producer.has_value());
  ASSERT_TRUE((*producer)->Init(kPatienceMs).has_value());
  committer_ = std::make_unique<Committer>(std::move(options), std::move(*producer), *store_);
  ExpectGone(CommitOne());
}

TEST_F(CommitterTest, AnAbandonedLaneCommitsNothing) {
  Open();
  committer_->Abandon();
  ExpectGone(CommitOne());
  EXPECT_TRUE(points_.empty());
}

TEST_F(CommitterTest, AnEndThatIsNeverAnsweredIsGivenUp) {
  call_timeout_ms_ = 300;
  patience_us_ = 500'000;
  Open();
  Withhold(kEndTxn);
  ExpectGone(CommitOne());
}

TEST_F(CommitterTest, RecordsThatAreNeverTakenAreGivenUp) {
  call_timeout_ms_ = 300;
  patience_us_ = 500'000;
  Open();
  Withhold(kProduce);
  const Committed done = CommitOne();
  ExpectGone(done);
  EXPECT_LT(done.retries, 2U) << "by time, and not by the number of tries";
}

TEST_F(CommitterTest, WithoutTransactionsOffsetsFollowTheStore) {
  Open(false);
  const Committed done = CommitOne();
  ExpectThrough(done);
  EXPECT_EQ(offsets_, (std::map<std::string, std::int64_t>{{"journal", 7}}));
}

TEST_F(CommitterTest, AnInitThatIsRefusedSaysSo) {
  Fail(kInitProducerId, {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED});
  ProducerOptions options;
  options.kafka = {{"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster_)}};
  options.transactional_id = "lane";
  auto producer = TransactionalProducer::Open(options);
  ASSERT_TRUE(producer.has_value());
  const Outcome ready = (*producer)->Init(kPatienceMs);
  ASSERT_FALSE(ready.has_value());
  EXPECT_EQ(ready.error().fault, KafkaFault::kFatal);
}

}  // namespace
}  // namespace medverka::streams::internal
