// The read model against a real broker: what it answers, over restarts, damage and another topic.
#include "streams/kafka/read_model.h"

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "streams/kafka/producer.h"
#include "streams/kafka/topics.h"
#include "tests/support/kafka.h"
#include "tests/support/temporary_directory.h"

namespace medverka::streams {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);
constexpr int kFlushMs = 30'000;
const std::string kSubject = "01" + std::string(32, 'a');
const std::string kOther = "01" + std::string(32, 'b');

// A model with its follower, as the service runs it.
class Running {
 public:
  Running(const KafkaProperties& kafka, const std::string& topic, const std::string& directory) {
    ReadModelOptions options;
    options.kafka = kafka;
    options.topic = topic;
    options.directory = directory;
    options.partitions = 2;
    auto opened = ReadModel::Open(options, NoMeasures());
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
    model_ = std::move(*opened);
    follower_ = std::thread([this] { outcome_ = model_->Run([this] { return stop_.load(); }); });
  }
  ~Running() {
    stop_ = true;
    follower_.join();
    EXPECT_TRUE(outcome_.has_value()) << outcome_.error().message;
  }
  ReadModel& operator*() { return *model_; }
  ReadModel* operator->() { return model_.get(); }

  bool Until(const std::function<bool()>& holds) const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
  }
  bool CaughtUp() const {
    return Until([this] { return model_->caught_up(); });
  }
  std::string Ids(const std::string& subject) const {
    std::string ids;
    const auto found = model_->Of(subject);
    for (const auto& one : *found) ids += one.event_id + " ";
    return ids;
  }

 private:
  std::unique_ptr<ReadModel> model_;
  std::atomic<bool> stop_ = false;
  base::Result<void> outcome_;
  std::thread follower_;
};

class ReadModelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(tests::TestBroker(), "") << "no broker: run it by ctest, or ./dev broker start";
    kafka_ = {{"bootstrap.servers", tests::TestBroker()}};
    const std::string name = tests::UniqueName("read-model");
    TopicPlan plan;
    plan.partitions = 2;
    plan.replication = 1;
    plan.names = {name + ".j", name + ".f", name + ".m", name + ".c",
                  name + ".s", name + ".t", name + ".d"};
    topic_ = plan.names.suggestions;
    other_topic_ = plan.names.feedback;
    ASSERT_TRUE(CreateTopics(kafka_, plan).has_value());
    auto producer = KafkaProducer::Open(kafka_);
    ASSERT_TRUE(producer.has_value());
    producer_ = std::move(*producer);
  }

  void Write(const std::optional<std::string>& key, const std::optional<std::string>& value,
             const std::string& id, std::int32_t partition = 0) {
    KafkaRecord record;
    record.topic = topic_;
    record.partition = partition;
    record.key = key;
    record.value = value;
    record.headers = {{"ce_id", id}, {"ce_type", "t"}, {"ce_time", "2026-01-01T00:00:00Z"}};
    ASSERT_TRUE(producer_->Produce(record).has_value());
    ASSERT_TRUE(producer_->Flush(kFlushMs).has_value());
  }

  KafkaProperties kafka_;
  std::string topic_, other_topic_;
  std::unique_ptr<KafkaProducer> producer_;
  tests::TemporaryDirectory folder_;
};

TEST_F(ReadModelTest, AnswersTheNewestOfEachStudyByStudy) {
  Write(kSubject + "/B", R"({"n":1})", "b1");
  Write(kSubject + "/A", R"({"n":2})", "a1");
  Write(kSubject + "/B", R"({"n":3})", "b2");
  Write(kOther + "/A", R"({"n":4})", "x", 1);
  Running model(kafka_, topic_, folder_ / "store");
  ASSERT_TRUE(model.CaughtUp());
  EXPECT_EQ(model.Ids(kSubject), "a1 b2 ");
  EXPECT_EQ(model.Ids(kOther), "x ");
  EXPECT_EQ(model.Ids("01" + std::string(32, 'c')), "");
  EXPECT_EQ(model.Ids("Patient/p1"), "");
}

TEST_F(ReadModelTest, AnEmptyTopicIsReadToItsEndAtOnce) {
  Running model(kafka_, topic_, folder_ / "store");
  EXPECT_TRUE(model.CaughtUp());
}

TEST_F(ReadModelTest, FollowsAndForgetsWhatIsErased) {
  Running model(kafka_, topic_, folder_ / "store");
  ASSERT_TRUE(model.CaughtUp());
  Write(kSubject + "/A", "{}", "a1");
  Write(kSubject + "/B", "{}", "b1");
  EXPECT_TRUE(model.Until([&] { return model.Ids(kSubject) == "a1 b1 "; }));
  Write(kSubject + "/A", std::nullopt, "gone");
  EXPECT_TRUE(model.Until([&] { return model.Ids(kSubject) == "b1 "; }));
}

TEST_F(ReadModelTest, GoesOnWhereItStoodAfterARestart) {
  const std::string store = folder_ / "store";
  Write(kSubject + "/A", "{}", "a1");
  {
    Running model(kafka_, topic_, store);
    ASSERT_TRUE(model.CaughtUp());
    EXPECT_TRUE(model.Until([&] { return model->positions()[0] == 1; }));
  }
  Write(kSubject + "/A", "{}", "a2");
  Running model(kafka_, topic_, store);
  EXPECT_GE(model->positions()[0], 1) << "read again from the beginning";
  ASSERT_TRUE(model.CaughtUp());
  EXPECT_EQ(model.Ids(kSubject), "a2 ");
}

TEST_F(ReadModelTest, ADamagedStoreIsReadAnew) {
  const std::string store = folder_ / "store";
  Write(kSubject + "/A", "{}", "a1");
  {
    Running model(kafka_, topic_, store);
    ASSERT_TRUE(model.CaughtUp());
  }
  std::ofstream(store + "/CURRENT") << "MANIFEST-999999\n";
  Running model(kafka_, topic_, store);
  ASSERT_TRUE(model.CaughtUp());
  EXPECT_EQ(model.Ids(kSubject), "a1 ");
}

TEST_F(ReadModelTest, AnotherTopicIsReadFromItsBeginning) {
  const std::string store = folder_ / "store";
  Write(kSubject + "/A", "{}", "a1");
  {
    Running model(kafka_, topic_, store);
    ASSERT_TRUE(model.CaughtUp());
  }
  Running model(kafka_, other_topic_, store);
  ASSERT_TRUE(model.CaughtUp());
  EXPECT_EQ(model.Ids(kSubject), "");
}

TEST_F(ReadModelTest, RecordsOfOthersArePassedOver) {
  Write("not a subject/A", "{}", "x");
  Write(kSubject, "{}", "x");
  Write(kSubject + "/A", "no JSON", "x");
  Write(kSubject + "/A", "{}", "a1");
  Running model(kafka_, topic_, folder_ / "store");
  ASSERT_TRUE(model.CaughtUp());
  EXPECT_EQ(model.Ids(kSubject), "a1 ");
}

TEST_F(ReadModelTest, AnotherProgramsDirectoryIsLeftAlone) {
  std::filesystem::create_directory(folder_ / "store");
  std::ofstream(folder_ / "store/letter.txt") << "dear";
  ReadModelOptions options;
  options.kafka = kafka_;
  options.topic = topic_;
  options.directory = folder_ / "store";
  options.partitions = 2;
  EXPECT_FALSE(ReadModel::Open(options, NoMeasures()).has_value());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "store/letter.txt"));
}

// A disk of its own that can be filled; none where this user may mount nothing.
class SmallDisk {
 public:
  explicit SmallDisk(std::string folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=96m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }
  void Fill() const {
    std::ofstream ballast(folder_ + "/ballast");
    const std::string piece(1024 * 1024, 'x');
    while (ballast.write(piece.data(), static_cast<std::streamsize>(piece.size())).flush()) {
    }
  }
  void MakeRoom() const { std::filesystem::remove(folder_ + "/ballast"); }

 private:
  std::string folder_;
  bool mounted_ = false;
};

TEST_F(ReadModelTest, WithAFullDiskItWaitsForRoom) {
  const SmallDisk disk(folder_ / "disk");
  if (!disk.mounted()) GTEST_SKIP() << "no disk can be mounted here";
  Write(kSubject + "/T1", R"({"n":1})", "first");
  disk.Fill();
  Running model(kafka_, topic_, folder_ / "disk/model");
  EXPECT_FALSE(model->caught_up());
  EXPECT_FALSE(model->Of(kSubject).has_value()) << "it would not be all";
  disk.MakeRoom();
  ASSERT_TRUE(model.CaughtUp());
  EXPECT_EQ(model.Ids(kSubject), "first ");
}

}  // namespace
}  // namespace medverka::streams
