// What a reader does when its client gets stuck, by the client's own broker.
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "streams/kafka/handles.h"
#include "streams/kafka/partition_reader.h"

namespace medverka::streams::internal {
namespace {

// Protocol numbers of requests.
constexpr std::int16_t kFetch = 1, kListOffsets = 2, kOffsetFetch = 9;
constexpr int kForEverMs = 600'000;
constexpr std::int64_t kPatienceUs = 60 * 1'000'000;
constexpr std::int64_t kStuckHereUs = 500'000;

class ReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    char why[256];
    home_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof why));
    ASSERT_NE(home_, nullptr) << why;
    cluster_ = rd_kafka_mock_cluster_new(home_.get(), 1);
    ASSERT_EQ(rd_kafka_mock_topic_create(cluster_, place_.topic.c_str(), 1, 1),
              RD_KAFKA_RESP_ERR_NO_ERROR);
    kafka_ = {{"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster_)},
              // So that the client does not give up by itself what is never answered.
              {"socket.timeout.ms", std::to_string(kForEverMs / 2)}};
    ReaderOptions options;
    options.stuck_us = kStuckHereUs;
    options.group = "group";
    auto opened = OpenReader(kafka_, options);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    reader_ = std::move(*opened);
  }

  void TearDown() override {
    reader_.reset();
    rd_kafka_mock_cluster_destroy(cluster_);
  }

  // The answer to the next request of this kind does not come, and those behind it wait for it.
  void Withhold(std::int16_t api) {
    rd_kafka_mock_broker_push_request_error_rtts(cluster_, 1, api, 1, RD_KAFKA_RESP_ERR_NO_ERROR,
                                                 kForEverMs);
  }

  void Produce(const std::string& value) {
    ClientEvents events;
    auto conf = MakeConf(kafka_, {}, events);
    ASSERT_TRUE(conf.has_value()) << conf.error().message;
    auto producer = MakeHandle(RD_KAFKA_PRODUCER, std::move(*conf));
    ASSERT_TRUE(producer.has_value()) << producer.error().message;
    Outgoing record;
    record.topic = place_.topic.c_str();
    record.partition = place_.partition;
    record.value = value;
    record.copy = true;
    ASSERT_EQ(Send(**producer, record), RD_KAFKA_RESP_ERR_NO_ERROR);
    ASSERT_EQ(rd_kafka_flush(producer->get(), kForEverMs / 10), RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  // The next value, or "" when none comes.
  std::string Read() {
    const std::int64_t deadline = MonotonicUs() + kPatienceUs;
    while (MonotonicUs() < deadline) {
      const auto record = reader_->Next(50);
      if (record.has_value() && record->has_value()) return (*record)->value.value_or("");
    }
    return "";
  }

  template <typename T>
  T Ask(const std::function<base::Result<T>()>& question) {
    const std::int64_t deadline = MonotonicUs() + kPatienceUs;
    while (MonotonicUs() < deadline) {
      const auto answer = question();
      if (answer.has_value()) return *answer;
      EXPECT_EQ(answer.error().code, base::ErrorCode::kUnavailable);
    }
    ADD_FAILURE() << "no answer";
    return {};
  }

  const TopicPartition place_{"journal", 0};
  KafkaProperties kafka_;
  Handle home_;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
  std::unique_ptr<PartitionReader> reader_;
};

TEST_F(ReaderTest, ReadsOnWithANewClientWhenRecordsDoNotCome) {
  Produce("first");
  ASSERT_TRUE(reader_->Assign({{place_, kFromBeginning}}).has_value());
  EXPECT_EQ(Read(), "first");
  Withhold(kFetch);
  Produce("second");
  Produce("third");
  EXPECT_EQ(Read(), "second");
  EXPECT_EQ(Read(), "third");
  EXPECT_EQ(*reader_->Position(place_), 3);
}

TEST_F(ReaderTest, BeginsWithANewClientWhenTheBeginningDoesNotCome) {
  Produce("first");
  Withhold(kFetch);
  ASSERT_TRUE(reader_->Assign({{place_, kFromBeginning}}).has_value());
  EXPECT_EQ(Read(), "first");
}

TEST_F(ReaderTest, AsksForTheEndsWithANewClient) {
  Produce("first");
  Withhold(kListOffsets);
  const auto marks = Ask<Watermarks>([&] { return reader_->WatermarksOf(place_, 200); });
  EXPECT_EQ(marks.high, 1);
}

// A broker that has just come up says so of topics that it will know in a moment. What is taken for
// lost for good would stop its lane.
TEST_F(ReaderTest, ATopicThatTheBrokerDoesNotKnowIsAskedForAgain) {
  Produce("first");
  const std::vector<rd_kafka_resp_err_t> unknown(8, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  rd_kafka_mock_push_request_errors_array(cluster_, kListOffsets, unknown.size(), unknown.data());
  EXPECT_EQ(reader_->WatermarksOf(place_, 1).error().code, base::ErrorCode::kUnavailable);
  const auto marks = Ask<Watermarks>([&] { return reader_->WatermarksOf(place_, 200); });
  EXPECT_EQ(marks.high, 1);
}

TEST_F(ReaderTest, AsksForCommittedOffsetsWithANewClient) {
  Withhold(kOffsetFetch);
  using Offsets = std::map<std::string, std::int64_t>;
  EXPECT_TRUE(Ask<Offsets>([&] { return StableOffsets(*reader_, {"journal"}, 0, 200); }).empty());
}

TEST_F(ReaderTest, SilenceAtTheEndIsNoReasonForANewClient) {
  Produce("first");
  ASSERT_TRUE(reader_->Assign({{place_, kFromBeginning}}).has_value());
  EXPECT_EQ(Read(), "first");
  const std::int64_t until = MonotonicUs() + 4 * kStuckHereUs;
  while (MonotonicUs() < until) {
    const auto record = reader_->Next(50);
    ASSERT_TRUE(record.has_value()) << record.error().message;
    EXPECT_FALSE(record->has_value()) << "nothing is read twice";
  }
  Produce("second");
  EXPECT_EQ(Read(), "second");
}

}  // namespace
}  // namespace medverka::streams::internal
