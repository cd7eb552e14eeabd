// Large moves: packed they read back, damaged they are none.
#include "streams/kafka/packing.h"

#include <gtest/gtest.h>

#include "ops/base/format.h"
#include "streams/kafka/topics.h"

namespace medverka::streams::internal {
namespace {

KafkaRecordView Record(std::string_view value) {
  KafkaRecordView record;
  record.value = value;
  record.headers = {{kPackingHeader, kPackingZstd}};
  return record;
}

// As long stays are: the same few codes and units, other times and values.
std::string Facts(std::size_t bytes) {
  std::string facts;
  for (std::uint32_t i = 0; facts.size() < bytes; ++i) {
    facts +=
        fmt::format("http://loinc.org|8867-4|{:016x}|{}|/min|final;", i * 2654435761U, i % 190);
  }
  return facts;
}

TEST(Packing, MoreThanATopicTakesFitsAndReadsBack) {
  const std::string facts = Facts(4 * static_cast<std::size_t>(kMessageBytesMax));
  const std::string packed = Pack(facts);
  EXPECT_LT(packed.size(), static_cast<std::size_t>(kMessageBytesMax));
  std::string buffer;
  EXPECT_EQ(Unpacked(Record(packed), buffer), facts);
}

TEST(Packing, WhatIsNotPackedStaysAsItIs) {
  KafkaRecordView record = Record("plain");
  record.headers.clear();
  std::string buffer;
  EXPECT_EQ(Unpacked(record, buffer), "plain");
  record.value.reset();
  EXPECT_EQ(Unpacked(record, buffer), std::nullopt);
}

TEST(Packing, DamageIsNoticed) {
  const std::string packed = Pack(Facts(100'000));
  std::string buffer;
  EXPECT_EQ(Unpacked(Record("no frame"), buffer), std::nullopt);
  EXPECT_EQ(Unpacked(Record(""), buffer), std::nullopt);
  EXPECT_EQ(Unpacked(Record(packed.substr(0, packed.size() - 1)), buffer), std::nullopt);
  // A frame that promises 16 EiB: no such memory is asked for.
  std::string huge("\x28\xb5\x2f\xfd\xe0", 5);
  huge += std::string(8, '\xf0');
  EXPECT_EQ(Unpacked(Record(huge), buffer), std::nullopt);
}

}  // namespace
}  // namespace medverka::streams::internal
