// The catalogue on a real broker: what one publishes another reads, and of two publishers one wins.
#include "streams/kafka/catalogue_topic.h"

#include <gtest/gtest.h>

#include <thread>

#include "streams/kafka/producer.h"
#include "streams/kafka/topics.h"
#include "tests/support/kafka.h"

namespace medverka::streams {
namespace {

constexpr int kPollMs = 30'000;

class CatalogueTopic : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(tests::TestBroker(), "") << "no broker: run it by ctest, or ./dev broker start";
    kafka_ = {{"bootstrap.servers", tests::TestBroker()}};
    prefix_ = tests::UniqueName("catalogue");
    TopicPlan plan;
    plan.partitions = plan.replication = 1;
    plan.names = {prefix_ + ".j", prefix_ + ".f", prefix_ + ".m", prefix_ + ".c",
                  prefix_ + ".s", prefix_ + ".t", prefix_ + ".d"};
    topic_ = plan.names.studies;
    const auto made = CreateTopics(kafka_, plan);
    ASSERT_TRUE(made.has_value()) << made.error().message;
  }

  static CatalogueVersion One(const std::string& id, const std::string& text) {
    CatalogueVersion catalogue;
    catalogue.published_at = base::Instant{1'790'000'000'000'000};
    catalogue.engine_version = "9.9.9";
    catalogue.note = "åäö";
    catalogue.files = {{id + ".study", text}, {"common.codes", "codes x { atc C07 }\n"}};
    catalogue.studies = {{id, "abc"}};
    return catalogue;
  }
  base::Result<std::uint64_t> Publish(std::uint64_t base, const CatalogueVersion& catalogue) {
    return PublishCatalogue(kafka_, topic_, prefix_, base, catalogue);
  }
  std::unique_ptr<CatalogueReader> Reader() {
    auto reader = CatalogueReader::Open(kafka_, topic_);
    EXPECT_TRUE(reader.has_value());
    return std::move(*reader);
  }

  KafkaProperties kafka_;
  std::string prefix_, topic_;
};

TEST_F(CatalogueTopic, EmptyHasNoNewest) {
  const auto reader = Reader();
  const auto changed = reader->Poll(kPollMs);
  ASSERT_TRUE(changed.has_value()) << changed.error().message;
  EXPECT_FALSE(*changed);
  EXPECT_EQ(reader->newest(), nullptr);
  EXPECT_TRUE(reader->all().empty());
  EXPECT_EQ(reader->Read(1).error().code, base::ErrorCode::kNotFound);
}

TEST_F(CatalogueTopic, WhatIsPublishedIsReadWhole) {
  ASSERT_EQ(Publish(0, One("A", "study A")).value(), 1u);
  const auto reader = Reader();
  ASSERT_TRUE(reader->Poll(kPollMs).value());
  ASSERT_NE(reader->newest(), nullptr);
  const CatalogueVersion& newest = *reader->newest();
  EXPECT_EQ(newest.version, 1u);
  EXPECT_EQ(newest.published_at, base::Instant{1'790'000'000'000'000});
  EXPECT_EQ(newest.engine_version, "9.9.9");
  EXPECT_EQ(newest.note, "åäö");
  ASSERT_EQ(newest.files.size(), 2u);
  EXPECT_EQ(newest.files[0].name, "A.study");
  EXPECT_EQ(newest.files[0].text, "study A");
  ASSERT_EQ(newest.studies.size(), 1u);
  EXPECT_EQ(newest.studies[0].program, "abc");
  EXPECT_FALSE(reader->Poll(kPollMs).value()) << "nothing new";

  // A reader that follows hears of the next; the version before stays readable.
  CatalogueVersion back = One("A", "study A");
  back.rolled_back_to = 1;
  ASSERT_EQ(Publish(1, back).value(), 2u);
  EXPECT_TRUE(reader->Poll(kPollMs).value());
  EXPECT_EQ(reader->newest()->version, 2u);
  EXPECT_EQ(reader->newest()->rolled_back_to, 1u);
  EXPECT_EQ(reader->Read(1)->files[0].text, "study A");
  EXPECT_EQ(reader->all().size(), 2u);
}

TEST_F(CatalogueTopic, WhoStartsFromAnOlderVersionIsTold) {
  ASSERT_EQ(Publish(0, One("A", "a")).value(), 1u);
  const auto late = Publish(0, One("B", "b"));
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_NE(late.error().message.find("somebody else published"), std::string::npos);
  const auto reader = Reader();
  ASSERT_TRUE(reader->Poll(kPollMs).value());
  EXPECT_EQ(reader->all().size(), 1u);
}

TEST_F(CatalogueTopic, OfManyAtTheSameTimeOneWins) {
  constexpr std::size_t kPublishers = 8;
  constexpr std::uint64_t kRounds = 3;
  const auto reader = Reader();
  for (std::uint64_t round = 1; round <= kRounds; ++round) {
    std::vector<base::Result<std::uint64_t>> outcomes(kPublishers);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kPublishers; ++i) {
      threads.emplace_back([&, i] {
        outcomes[i] =
            Publish(round - 1, One(fmt::format("S{}", i), fmt::format("text of round {}", round)));
      });
    }
    for (std::thread& thread : threads) thread.join();
    std::vector<std::size_t> won;
    for (std::size_t i = 0; i < kPublishers; ++i) {
      if (outcomes[i].has_value()) {
        EXPECT_EQ(*outcomes[i], round);
        won.push_back(i);
        continue;
      }
      EXPECT_EQ(outcomes[i].error().code, base::ErrorCode::kInvalidArgument)
          << outcomes[i].error().message;
      EXPECT_NE(outcomes[i].error().message.find("somebody else published"), std::string::npos)
          << outcomes[i].error().message;
    }
    ASSERT_EQ(won.size(), 1u) << "in round " << round;
    // Who was told so is the one whose studies are there.
    ASSERT_TRUE(reader->Poll(kPollMs).value());
    ASSERT_EQ(reader->all().size(), round);
    EXPECT_EQ(reader->newest()->studies[0].id, fmt::format("S{}", won[0]));
  }
}

TEST_F(CatalogueTopic, RecordsThatAreNoneOfItArePassedOver) {
  ASSERT_EQ(Publish(0, One("A", "a")).value(), 1u);
  const auto producer = KafkaProducer::Open(kafka_);
  ASSERT_TRUE(producer.has_value());
  const std::vector<std::pair<std::optional<std::string>, std::optional<std::string>>> records = {
      {"catalogue/7", "not JSON"},
      {"catalogue/8", R"({"version":9,"published_at":"2026-01-01","files":[],"studies":[]})"},
      {"catalogue/9",
       R"({"version":9,"published_at":"2026-01-01","files":[{"name":"x","sha256":"00"}],"studies":[]})"},
      {"catalogue/-1", "{}"},
      {"file/1234", "another text"},
      {"else", std::nullopt}};  // without a key a compacted topic takes nothing
  for (const auto& [key, value] : records) {
    KafkaRecord record;
    record.topic = topic_;
    record.key = key;
    record.value = value;
    ASSERT_TRUE((*producer)->Produce(record).has_value());
  }
  ASSERT_TRUE((*producer)->Flush(kPollMs).has_value());
  const auto reader = Reader();
  ASSERT_TRUE(reader->Poll(kPollMs).value());
  EXPECT_EQ(reader->newest()->version, 1u);
  EXPECT_EQ(reader->Read(9).error().code, base::ErrorCode::kCorruption);
  // A number that stands on the topic is never given again.
  EXPECT_EQ(Publish(1, One("A", "b")).value(), 10u);
}

TEST_F(CatalogueTopic, AFileBeyondARecordIsNamedAndNothingPublished) {
  CatalogueVersion large = One("A", std::string(18 * 1024 * 1024, ' '));
  const auto refused = Publish(0, large);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_NE(refused.error().message.find("A.study is too large"), std::string::npos);
  EXPECT_EQ(Publish(0, One("A", "a")).value(), 1u);
}

TEST(Catalogue, UsesAreFoundByBareName) {
  CatalogueVersion catalogue;
  catalogue.files = {{"a.study", "A"}, {"common.codes", "C"}};
  ASSERT_EQ(StudyFilesOf(catalogue).size(), 1u);
  EXPECT_EQ(StudyFilesOf(catalogue)[0].path, "a.study");
  const auto load = UsesOf(catalogue);
  EXPECT_EQ(load("a.study", "../shared/common.codes")->text, "C");
  EXPECT_EQ(load("a.study", "../shared/common.codes")->path, "common.codes");
  EXPECT_FALSE(load("a.study", "other.codes").has_value());
}

}  // namespace
}  // namespace medverka::streams
