// What a dead letter says of the record it holds, and that a replay gives that record back.
#include "streams/kafka/dead_letters.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "streams/kafka/topics.h"

namespace medverka::streams {
namespace {

KafkaRecord Original() {
  KafkaRecord record;
  record.topic = "journal.events.v1";
  record.partition = 3;
  record.offset = 42;
  record.timestamp = base::Instant{1'760'000'000'123'000};
  record.key = std::string("\0\x01k", 3);
  record.value = "{\"resourceType\":\"Observation\"";
  record.headers = {{"ce_id", "e1"}, {"flag", std::nullopt}, {"ce_id", "e2"}};
  return record;
}

matcher::DeadLetterEvent Why() {
  matcher::DeadLetterEvent event;
  event.topic = "journal.events.v1";
  event.offset = 42;
  event.reason = matcher::DeadLetterReason::kSchema;
  event.entry = 7;
  event.element = "Observation.status";
  return event;
}

std::vector<std::string> Values(const KafkaRecord& record, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [header, value] : record.headers) {
    if (header == name) values.push_back(value.value_or("(null)"));
  }
  return values;
}

using List = std::vector<std::string>;

TEST(DeadLetter, KeepsTheRecordAndSaysWhereFromAndWhy) {
  const KafkaRecord dead = MakeDeadLetter(Original(), Why(), "journal.events.v1.dlq");
  EXPECT_EQ(dead.topic, "journal.events.v1.dlq");
  EXPECT_EQ(dead.partition, 3);
  EXPECT_EQ(dead.key, Original().key);
  EXPECT_EQ(dead.value, Original().value);
  EXPECT_FALSE(dead.timestamp.has_value());
  EXPECT_EQ(Values(dead, "ce_id"), (List{"e1", "e2"}));
  EXPECT_EQ(Values(dead, "flag"), List{"(null)"});
  EXPECT_EQ(Values(dead, "medverka_dlq_topic"), List{"journal.events.v1"});
  EXPECT_EQ(Values(dead, "medverka_dlq_partition"), List{"3"});
  EXPECT_EQ(Values(dead, "medverka_dlq_offset"), List{"42"});
  EXPECT_EQ(Values(dead, "medverka_dlq_timestamp"), List{"1760000000123"});
  EXPECT_EQ(Values(dead, "medverka_dlq_reason"), List{"schema"});
  EXPECT_EQ(Values(dead, "medverka_dlq_stage"), List{"resource"});
  EXPECT_EQ(Values(dead, "medverka_dlq_attempts"), List{"1"});
  EXPECT_EQ(Values(dead, "medverka_dlq_app_version"), List{MEDVERKA_VERSION});
  EXPECT_EQ(Values(dead, "medverka_dlq_entry"), List{"7"});
  EXPECT_EQ(Values(dead, "medverka_dlq_element"), List{"Observation.status"});
}

TEST(DeadLetter, ReadsBackWhole) {
  const auto note = ReadDeadLetter(MakeDeadLetter(Original(), Why(), "dlq"));
  ASSERT_TRUE(note.has_value()) << note.error().message;
  EXPECT_EQ(note->topic, "journal.events.v1");
  EXPECT_EQ(note->partition, 3);
  EXPECT_EQ(note->offset, 42);
  EXPECT_EQ(note->timestamp, Original().timestamp);
  EXPECT_EQ(note->reason, "schema");
  EXPECT_EQ(note->attempts, 1u);
  EXPECT_EQ(note->entry, 7);
  EXPECT_EQ(note->element, "Observation.status");
}

TEST(DeadLetter, ReplayGivesTheRecordBackAndTheNextFailureCountsUp) {
  const auto replay = ReplayOf(MakeDeadLetter(Original(), Why(), "dlq"));
  ASSERT_TRUE(replay.has_value());
  EXPECT_EQ(replay->topic, "journal.events.v1");
  EXPECT_EQ(replay->partition, 3);
  EXPECT_EQ(replay->key, Original().key);
  EXPECT_EQ(replay->value, Original().value);
  EXPECT_EQ(replay->timestamp, Original().timestamp);
  EXPECT_EQ(replay->headers.size(), Original().headers.size() + 1);
  EXPECT_EQ(Values(*replay, "medverka_dlq_attempts"), List{"1"});

  KafkaRecord again = *replay;
  again.offset = 99;
  const KafkaRecord dead = MakeDeadLetter(again, Why(), "dlq");
  EXPECT_EQ(Values(dead, "medverka_dlq_attempts"), List{"2"});
  EXPECT_EQ(Values(dead, "medverka_dlq_offset"), List{"99"});
  EXPECT_EQ(dead.headers.size(), MakeDeadLetter(Original(), Why(), "dlq").headers.size());
}

TEST(DeadLetter, NullKeyAndValueStayNull) {
  KafkaRecord original = Original();
  original.key.reset();
  original.value.reset();
  const auto replay = ReplayOf(MakeDeadLetter(original, Why(), "dlq"));
  ASSERT_TRUE(replay.has_value());
  EXPECT_FALSE(replay->key.has_value());
  EXPECT_FALSE(replay->value.has_value());
}

TEST(DeadLetter, WhatIsTooLargeForTheTopicIsLeftOutAndSaid) {
  const std::string large(static_cast<std::size_t>(kDeadLetterMessageBytesMax), 'x');
  KafkaRecord original = Original();
  const std::size_t headers = MakeDeadLetter(original, Why(), "dlq").headers.size();
  original.value = large;
  KafkaRecord dead = MakeDeadLetter(original, Why(), "dlq");
  EXPECT_FALSE(dead.value.has_value());
  EXPECT_EQ(dead.key, original.key);
  EXPECT_EQ(dead.headers.size(), headers + 1);
  EXPECT_EQ(ReadDeadLetter(dead)->left_out, "value");
  // A null value would be taken for a deletion.
  const auto replay = ReplayOf(dead);
  ASSERT_FALSE(replay.has_value());
  EXPECT_NE(replay.error().message.find("not whole"), std::string::npos);

  original.headers.emplace_back("note", large);
  dead = MakeDeadLetter(original, Why(), "dlq");
  EXPECT_EQ(ReadDeadLetter(dead)->left_out, "value,headers");
  EXPECT_EQ(dead.key, original.key);
  original.key = large;
  dead = MakeDeadLetter(original, Why(), "dlq");
  EXPECT_EQ(ReadDeadLetter(dead)->left_out, "value,headers,key");
  EXPECT_FALSE(dead.key.has_value());
}

TEST(DeadLetter, AnotherProgramsAttemptsCountAsNone) {
  KafkaRecord original = Original();
  original.headers.emplace_back("medverka_dlq_attempts", "-7 many");
  const KafkaRecord dead = MakeDeadLetter(original, Why(), "dlq");
  EXPECT_EQ(Values(dead, "medverka_dlq_attempts"), List{"1"});
}

TEST(DeadLetter, WhatIsNoneIsNamedByPlaceAndHeaderOnly) {
  KafkaRecord dead = MakeDeadLetter(Original(), Why(), "dlq");
  dead.offset = 5;
  for (const std::string name :
       {"medverka_dlq_topic", "medverka_dlq_partition", "medverka_dlq_offset",
        "medverka_dlq_reason", "medverka_dlq_attempts", "medverka_dlq_timestamp"}) {
    KafkaRecord spoilt = dead;
    const auto header = std::find_if(spoilt.headers.begin(), spoilt.headers.end(),
                                     [&](const KafkaHeader& h) { return h.first == name; });
    header->second = name == "medverka_dlq_topic" || name == "medverka_dlq_reason" ? "" : "p1 x";
    const auto note = ReadDeadLetter(spoilt);
    ASSERT_FALSE(note.has_value()) << name;
    EXPECT_NE(note.error().message.find("offset 5 of dlq [3]"), std::string::npos);
    EXPECT_NE(note.error().message.find(name), std::string::npos);
    EXPECT_EQ(note.error().message.find("p1"), std::string::npos);
  }
  EXPECT_FALSE(ReadDeadLetter(Original()).has_value());
}

}  // namespace
}  // namespace medverka::streams
