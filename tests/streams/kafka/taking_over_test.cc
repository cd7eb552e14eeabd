// Taking a partition over from a changelog that lies on a real broker: whole, damaged, begun anew,
// and with inputs that do not reach back any more.
#include <gtest/gtest.h>

#include <fstream>

#include "matcher/marker.h"
#include "matcher/store/batch.h"
#include "matcher/store/changelog.h"
#include "streams/kafka/commit_record.h"
#include "streams/kafka/handles.h"
#include "streams/kafka/producer.h"
#include "streams/kafka/recovery.h"
#include "streams/kafka/topics.h"
#include "tests/support/kafka.h"
#include "tests/support/temporary_directory.h"

namespace medverka::streams::internal {
namespace {

using matcher::Room;

constexpr int kFlushMs = 30'000;

class TakingOver : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(tests::TestBroker(), "") << "no broker: run it by ctest, or ./dev broker start";
    name_ = tests::UniqueName("taking-over");
    options_.kafka = {{"bootstrap.servers", tests::TestBroker()}};
    options_.topics = {name_ + ".j", name_ + ".f", name_ + ".m", name_ + ".c",
                       name_ + ".s", name_ + ".t", name_ + ".d"};
    options_.group = name_;
    options_.producer.kafka = options_.kafka;
    options_.producer.transactional_id = name_;
    options_.producer.client = "producer-0";
    TopicPlan plan;
    plan.partitions = 1;
    plan.replication = 1;
    plan.names = options_.topics;
    ASSERT_TRUE(CreateTopics(options_.kafka, plan).has_value());
    auto producer = KafkaProducer::Open(options_.kafka);
    ASSERT_TRUE(producer.has_value());
    producer_ = std::move(*producer);
    for (int i = 0; i < 3; ++i) Write(options_.topics.journal, "p1", "{}");
  }

  void Write(const std::string& topic, const std::string& key, const std::string& value) {
    KafkaRecord record;
    record.topic = topic;
    record.partition = 0;
    record.key = key;
    record.value = value;
    ASSERT_TRUE(producer_->Produce(record).has_value());
    ASSERT_TRUE(producer_->Flush(kFlushMs).has_value());
  }

  // A commit of one row, behind the one before.
  void WriteCommit(std::uint64_t sequence, const std::string& row, const std::string& marker = "") {
    matcher::ChangeDigest rows;
    rows.Put(Room::kState, row, "value");
    CommitRecord commit;
    commit.sequence = sequence;
    if (sequence > 1) commit.before = Link(sequence - 1);
    commit.chain = Link(sequence);
    commit.records = 1;
    commit.delta = rows.digest();
    commit.input_next = {{options_.topics.journal, fmt::format("{}", sequence)}};
    matcher::Marker said;
    said.engine = "test";
    said.sequence = sequence;
    said.positions = commit.input_next;
    said.chain = commit.chain;
    commit.marker = marker.empty() ? matcher::EncodeMarker(said) : marker;
    Write(options_.topics.state, matcher::ChangelogKey(Room::kState, row), "value");
    Write(options_.topics.state, CommitKey(sequence), ToJson(commit));
  }
  static base::Digest Link(std::uint64_t number) {
    base::Digest digest{};
    digest.fill(static_cast<std::uint8_t>(number));
    return digest;
  }

  // From an empty directory where none is named.
  RecoveryResult TakeOver(const std::string& directory = "") {
    static int count = 0;
    options_.directory =
        directory.empty() ? folder_ / ("lane-" + std::to_string(++count)) : directory;
    return Recover(options_);
  }
  static bool Has(const Recovered& recovered, const std::string& row) {
    return recovered.store->Get(Room::kState, row).value().has_value();
  }

  // As retention does it.
  void RemoveFirstRecords(const std::string& topic, std::int64_t before) {
    ClientEvents events;
    const Handle client = *MakeHandle(RD_KAFKA_PRODUCER, *MakeConf(options_.kafka, {}, events));
    PartitionList list = MakeList(1);
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), 0)->offset = before;
    rd_kafka_DeleteRecords_t* request = rd_kafka_DeleteRecords_new(list.get());
    rd_kafka_queue_t* queue = rd_kafka_queue_new(client.get());
    rd_kafka_DeleteRecords(client.get(), &request, 1, nullptr, queue);
    rd_kafka_event_t* event = rd_kafka_queue_poll(queue, kFlushMs);
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(rd_kafka_event_error(event), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_DeleteRecords_destroy(request);
  }

  std::string name_;
  RecoveryOptions options_;
  std::unique_ptr<KafkaProducer> producer_;
  tests::TemporaryDirectory folder_;
};

TEST_F(TakingOver, AWholeChangelogIsRestored) {
  WriteCommit(1, "a");
  WriteCommit(2, "b");
  const auto recovered = TakeOver();
  ASSERT_TRUE(recovered.has_value()) << recovered.error().why;
  EXPECT_TRUE(Has(*recovered, "a"));
  EXPECT_TRUE(Has(*recovered, "b"));
  EXPECT_EQ(recovered->start.at(options_.topics.journal), 2);
  EXPECT_EQ(recovered->alarm, nullptr);
}

TEST_F(TakingOver, ADamagedChangelogIsBegunAnewAndNeverMetAgain) {
  WriteCommit(1, "a");
  Write(options_.topics.state, "what is this", "");
  WriteCommit(2, "b");
  {
    const auto recovered = TakeOver();
    ASSERT_TRUE(recovered.has_value()) << recovered.error().why;
    EXPECT_STREQ(recovered->alarm, kAlarmChangelogDamaged);
    EXPECT_EQ(recovered->standing, Standing::kStateLost);
    EXPECT_FALSE(Has(*recovered, "a"));
    EXPECT_EQ(recovered->start.at(options_.topics.journal), kFromBeginning);
    EXPECT_EQ(recovered->again_until.at(options_.topics.journal), 3)
        << "no offset of the group: to the end";
  }
  WriteCommit(1, "c");
  const auto recovered = TakeOver();
  ASSERT_TRUE(recovered.has_value()) << recovered.error().why;
  EXPECT_EQ(recovered->alarm, nullptr);
  EXPECT_FALSE(Has(*recovered, "a")) << "of before";
  EXPECT_TRUE(Has(*recovered, "c"));
  EXPECT_EQ(recovered->start.at(options_.topics.journal), 1);
}

TEST_F(TakingOver, WhatDoesNotFitIsDamageToo) {
  const auto damaged = [this](const std::string& what) {
    const auto recovered = TakeOver();
    ASSERT_TRUE(recovered.has_value()) << what << ": " << recovered.error().why;
    EXPECT_STREQ(recovered->alarm, kAlarmChangelogDamaged) << what;
  };
  WriteCommit(1, "a");
  Write(options_.topics.state, CommitKey(2), "no commit");
  damaged("a commit record that does not read back");
  WriteCommit(1, "a");
  WriteCommit(1, "a");
  damaged("the same commit twice");
  WriteCommit(1, "a", "no marker");
  damaged("a marker that does not read back");
  WriteCommit(1, "a");
  Write(options_.topics.state, matcher::ChangelogKey(Room::kState, "x"), "of no commit");
  damaged("a row that no commit speaks of");
  WriteCommit(1, "a");
  const auto recovered = TakeOver();
  ASSERT_TRUE(recovered.has_value()) << recovered.error().why;
  EXPECT_EQ(recovered->alarm, nullptr) << "behind the last new beginning all is well";
}

TEST_F(TakingOver, AStoreOfTheHistoryBeforeIsWiped) {
  WriteCommit(1, "a");
  const std::string directory = folder_ / "stale";
  ASSERT_TRUE(TakeOver(directory).has_value());
  Write(options_.topics.state, "what is this", "");
  ASSERT_TRUE(TakeOver().has_value());
  WriteCommit(1, "c");
  const auto recovered = TakeOver(directory);
  ASSERT_TRUE(recovered.has_value()) << recovered.error().why;
  EXPECT_EQ(recovered->wiped, std::vector<std::string_view>{"chain"});
  EXPECT_FALSE(Has(*recovered, "a"));
  EXPECT_TRUE(Has(*recovered, "c"));
}

// Nothing was committed since, so only the clock can tell that a deletion may have been missed.
TEST_F(TakingOver, ACopyThatSleptTooLongIsRestoredWhole) {
  WriteCommit(1, "a");
  const std::string directory = folder_ / "asleep";
  const auto sleep = [&](std::int64_t hours) {
    auto recovered = TakeOver(directory);
    ASSERT_TRUE(recovered.has_value());
    const auto bytes = recovered->store->Get(Room::kMeta, matcher::kChangelogPositionKey).value();
    auto place = ReadChangelogPlace(*bytes).value();
    place.committed_at.us -= hours * base::kMicrosPerHour;
    recovered->store->Put(Room::kMeta, matcher::kChangelogPositionKey, Encode(place));
    recovered->store->Put(Room::kState, "deleted since", "");
    ASSERT_TRUE(recovered->store->Commit().has_value());
  };
  sleep(11);
  {
    const auto recovered = TakeOver(directory);
    ASSERT_TRUE(recovered.has_value());
    EXPECT_TRUE(recovered->wiped.empty());
    EXPECT_TRUE(Has(*recovered, "deleted since"));
  }
  sleep(13);
  const auto recovered = TakeOver(directory);
  ASSERT_TRUE(recovered.has_value());
  EXPECT_EQ(recovered->wiped, std::vector<std::string_view>{"old"});
  EXPECT_TRUE(Has(*recovered, "a"));
  EXPECT_FALSE(Has(*recovered, "deleted since"));
}

TEST_F(TakingOver, StaysWhereTheInputsDoNotReachBack) {
  WriteCommit(1, "a");
  const std::string directory = folder_ / "kept";
  ASSERT_TRUE(TakeOver(directory).has_value());
  Write(options_.topics.state, "what is this", "");
  RemoveFirstRecords(options_.topics.journal, 1);
  const auto stopped = TakeOver(directory);
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().remedy, LaneRemedy::kStay);
  EXPECT_STREQ(stopped.error().alarm, kAlarmChangelogDamaged);
  EXPECT_NE(stopped.error().why.find("begins at offset 1"), std::string::npos)
      << stopped.error().why;
  const auto store = matcher::OpenRocksDbStore(directory);
  ASSERT_TRUE(store.has_value());
  EXPECT_TRUE((*store)->Get(Room::kState, "a").value().has_value()) << "nothing is thrown away";
}

TEST_F(TakingOver, ADirectoryOfANewerVersionIsLeftAlone) {
  const std::string directory = folder_ / "newer";
  ASSERT_TRUE(TakeOver(directory).has_value());
  std::ofstream(directory + "/MEDVERKA") << "medverka state, format 99\n";
  const auto stopped = TakeOver(directory);
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().remedy, LaneRemedy::kStay);
  EXPECT_NE(stopped.error().why.find("newer Medverka (format 99"), std::string::npos);
  std::ifstream stamp(directory + "/MEDVERKA");
  std::string line;
  std::getline(stamp, line);
  EXPECT_EQ(line, "medverka state, format 99");
}

}  // namespace
}  // namespace medverka::streams::internal
