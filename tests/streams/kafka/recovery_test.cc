#include "streams/kafka/recovery.h"

#include <gtest/gtest.h>

#include "streams/kafka/commit_record.h"
#include "streams/kafka/lane_inputs.h"
#include "streams/kafka/restore.h"

namespace medverka::streams::internal {
namespace {

using matcher::ChangeDigest;
using matcher::Room;

TEST(Judge, NeitherStateNorOffsetsIsTheFirstStart) {
  EXPECT_EQ(Judge(std::nullopt, {}), Standing::kFirstStart);
}

TEST(Judge, OffsetsWithoutStateMeanThatTheStateIsLost) {
  EXPECT_EQ(Judge(std::nullopt, {{"journal", 5}}), Standing::kStateLost);
}

TEST(Judge, EqualIsNormal) {
  EXPECT_EQ(Judge(Offsets{{"journal", 5}, {"feedback", 2}}, {{"journal", 5}, {"feedback", 2}}),
            Standing::kAgree);
}

TEST(Judge, ATopicThatWasNeverReadCountsAsItsBeginning) {
  EXPECT_EQ(Judge(Offsets{{"journal", 5}, {"moves", 0}}, {{"journal", 5}}), Standing::kAgree);
  EXPECT_EQ(Judge(Offsets{{"journal", 5}}, {{"journal", 5}, {"moves", 0}}), Standing::kAgree);
}

TEST(Judge, StateAheadMeansThatOffsetsWereTornOff) {
  EXPECT_EQ(Judge(Offsets{{"journal", 6}, {"feedback", 2}}, {{"journal", 5}, {"feedback", 2}}),
            Standing::kOffsetsBehind);
  EXPECT_EQ(Judge(Offsets{{"journal", 6}}, {}), Standing::kOffsetsBehind);
}

TEST(Judge, StateBehindMeansThatTheChangelogWasTornOff) {
  EXPECT_EQ(Judge(Offsets{{"journal", 4}}, {{"journal", 5}}), Standing::kStateBehind);
  EXPECT_EQ(Judge(Offsets{{"journal", 5}}, {{"journal", 5}, {"moves", 1}}), Standing::kStateBehind);
}

TEST(Judge, OneInputAheadAndOneBehindIsTheWorseOfBoth) {
  EXPECT_EQ(Judge(Offsets{{"journal", 6}, {"feedback", 1}}, {{"journal", 5}, {"feedback", 2}}),
            Standing::kStateBehind);
}

base::Digest Link(int number) {
  base::Digest digest{};
  digest.fill(static_cast<std::uint8_t>(number));
  return digest;
}

// Commit `sequence` after the one before it, with the row a=b.
CommitRecord CommitOf(std::uint64_t sequence) {
  ChangeDigest rows;
  rows.Put(Room::kState, "a", "b");
  CommitRecord record;
  record.sequence = sequence;
  record.before = Link(static_cast<int>(sequence) - 1);
  record.chain = Link(static_cast<int>(sequence));
  record.records = 1;
  record.delta = rows.digest();
  return record;
}

TEST(ChangelogVerifier, TakesCommitsInOrder) {
  ChangelogVerifier verifier(true, 6, Link(6));
  for (const std::uint64_t sequence : {7U, 8U, 9U}) {
    verifier.Row(Room::kState, "a", "b");
    EXPECT_TRUE(verifier.Commit(CommitOf(sequence)).has_value());
  }
  EXPECT_TRUE(verifier.End().has_value());
  EXPECT_EQ(verifier.sequence(), 9U);
}

TEST(ChangelogVerifier, NamesARowThatIsNotTheCommits) {
  ChangelogVerifier verifier(true, 6, Link(6));
  verifier.Row(Room::kState, "a", "c");
  const auto fits = verifier.Commit(CommitOf(7));
  ASSERT_FALSE(fits.has_value());
  EXPECT_EQ(fits.error().code, base::ErrorCode::kCorruption);
}

TEST(ChangelogVerifier, RowsThatCompactionTookAreNoDamage) {
  ChangelogVerifier verifier(true, 6, Link(6));
  EXPECT_TRUE(verifier.Commit(CommitOf(7)).has_value());
  EXPECT_TRUE(verifier.End().has_value());
}

TEST(ChangelogVerifier, MoreRowsThanACommitHasAreDamage) {
  ChangelogVerifier verifier(true, 6, Link(6));
  verifier.Row(Room::kState, "a", "b");
  verifier.Row(Room::kState, "x", std::nullopt);
  EXPECT_FALSE(verifier.Commit(CommitOf(7)).has_value());
}

TEST(ChangelogVerifier, WithoutTransactionsRowsOfAnUnfinishedCommitAreExpected) {
  ChangelogVerifier verifier(false, 6, Link(6));
  verifier.Row(Room::kState, "x", std::nullopt);
  verifier.Row(Room::kState, "a", "b");
  EXPECT_TRUE(verifier.Commit(CommitOf(7)).has_value());
  verifier.Row(Room::kState, "a", "b");
  EXPECT_TRUE(verifier.End().has_value());
}

TEST(ChangelogVerifier, AChainOfAnotherHistoryIsDamage) {
  ChangelogVerifier verifier(true, 6, Link(60));
  EXPECT_FALSE(verifier.Commit(CommitOf(7)).has_value());
}

TEST(ChangelogVerifier, TheSameCommitTwiceIsDamage) {
  ChangelogVerifier verifier(true, 6, Link(6));
  EXPECT_TRUE(verifier.Commit(CommitOf(7)).has_value());
  EXPECT_FALSE(verifier.Commit(CommitOf(7)).has_value());
}

TEST(ChangelogVerifier, RowsAtTheEndWithoutACommitAreDamage) {
  ChangelogVerifier verifier(true, 6, Link(6));
  verifier.Row(Room::kState, "a", "b");
  EXPECT_FALSE(verifier.End().has_value());
}

TEST(ChangelogVerifier, AGapIsDamageWithinTheLastCommitsOnly) {
  ChangelogVerifier early(true);
  EXPECT_TRUE(early.Commit(CommitOf(100)).has_value());
  EXPECT_FALSE(early.End().has_value()) << "99 is missing, and 100 is the last";

  ChangelogVerifier late(true);
  CommitRecord record = CommitOf(100);
  EXPECT_TRUE(late.Commit(record).has_value());
  for (std::uint64_t next = 101; next <= 99 + kCommitRecordsKept; ++next) {
    record.sequence = next;
    record.before = record.chain;
    record.chain = Link(static_cast<int>(next % 251));
    EXPECT_TRUE(late.Commit(record).has_value());
  }
  EXPECT_TRUE(late.End().has_value()) << "what is missing lies before the last 4096";
}

TEST(CommitRecord, ReadsBackWhatItSays) {
  CommitRecord record = CommitOf(4097);
  record.partition = 3;
  record.input_next = {{"journal", "17"}, {"moves", "0"}};
  record.log_time = base::Instant{1'700'000'000'123'456};
  record.bytes = 99;
  record.suggestions = 1;
  record.dead_letters = 2;
  record.moves = 3;
  record.engine_version = "0.1.0";
  record.catalogue_version = 12;
  record.marker = std::string("\x00\xff\x10zz", 5);
  const auto read = ReadCommitRecord(ToJson(record));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(ToJson(*read), ToJson(record));
  EXPECT_EQ(read->marker, record.marker);
  EXPECT_EQ(read->chain, record.chain);
  EXPECT_EQ(CommitKey(4097), "commit/1");
}

TEST(CommitRecord, WhatIsMissingIsNamed) {
  for (const char* text : {"", "[]", "{}", R"({"partition":1,"seq":-1})"}) {
    const auto read = ReadCommitRecord(text);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().code, base::ErrorCode::kCorruption);
  }
}

TEST(ChangelogPlace, ReadsBack) {
  const auto place = ReadChangelogPlace(Encode({42, base::Instant{7}}));
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(place->next, 42);
  EXPECT_EQ(place->committed_at.us, 7);
  for (const char* text : {"", "42", "42 ", "-1 7", "x 7", "42 7 "}) {
    EXPECT_FALSE(ReadChangelogPlace(text).has_value()) << text;
  }
}

KafkaRecordView Record() {
  KafkaRecordView record;
  record.key = "k";
  record.value = "{}";
  return record;
}

TEST(Envelope, APlainRecordHasNoAttributes) {
  const Envelope envelope = OpenEnvelope(Record());
  EXPECT_FALSE(envelope.attributes.has_value());
  EXPECT_FALSE(envelope.wrong.has_value());
}

TEST(Envelope, BinaryModeIsReadFromHeaders) {
  KafkaRecordView record = Record();
  record.headers = {
      {"CE_specversion", "1.0"}, {"ce_id", "7"}, {"Content-Type", "application/fhir+json"}};
  const Envelope envelope = OpenEnvelope(record);
  ASSERT_TRUE(envelope.attributes.has_value());
  EXPECT_EQ(envelope.attributes->id, "7");
  EXPECT_EQ(envelope.attributes->datacontenttype, "application/fhir+json");
}

TEST(Envelope, StructuredModeIsTheValuesBusiness) {
  KafkaRecordView record = Record();
  record.headers = {{"content-type", "application/cloudevents+json"}, {"ce_specversion", "1.0"}};
  EXPECT_FALSE(OpenEnvelope(record).attributes.has_value());
}

TEST(Envelope, WhatCannotBeTakenIsNamed) {
  KafkaRecordView batch = Record();
  batch.headers = {{"content-type", "application/cloudevents-batch+json"}};
  EXPECT_EQ(OpenEnvelope(batch).wrong, matcher::DeadLetterReason::kUnknownEnvelope);
  KafkaRecordView null = Record();
  null.headers = {{"ce_id", std::nullopt}};
  EXPECT_EQ(OpenEnvelope(null).wrong, matcher::DeadLetterReason::kUnknownEnvelope);
  KafkaRecordView bytes = Record();
  bytes.headers = {{"ce_subject", "\xff\xfe"}};
  EXPECT_EQ(OpenEnvelope(bytes).wrong, matcher::DeadLetterReason::kUnknownEnvelope);
  KafkaRecordView keyless = Record();
  keyless.key.reset();
  EXPECT_EQ(OpenEnvelope(keyless).wrong, matcher::DeadLetterReason::kSubjectMissing);
}

}  // namespace
}  // namespace medverka::streams::internal
