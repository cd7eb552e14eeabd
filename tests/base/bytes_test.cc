// The encoding of stored bytes: what is written reads back, its bytes are pinned, and damage is
// noticed without reading past the end. Not covered: that damage always is noticed; a flipped bit
// can give another valid value (checksums are the store's).
#include "ops/base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "ops/base/crypto.h"

namespace medverka::base {
namespace {

std::string Sample() {
  ByteWriter out;
  out.U8(7);
  out.Varint(300);
  out.Signed(-2);
  out.BigEndian64(0x0102030405060708);
  out.String("åäö");
  out.Number(Decimal(-6200, 2));
  out.Time(Instant{1'000'000});
  out.Time(TimeRange{{-5}, {5}});
  return out.Take();
}

void ReadSample(ByteReader& in) {
  in.U8();
  in.Varint();
  in.Signed();
  in.BigEndian64();
  in.String();
  in.Number();
  in.Time();
  in.Range();
}

TEST(Bytes, KeepsItsFormat) {
  EXPECT_EQ(Hex(Sample()),
            "07"
            "ac02"
            "03"
            "0102030405060708"
            "06c3a5c3a4c3b6"
            "ef60"
            "04"
            "80897a"
            "09"
            "0a");
}

TEST(Bytes, ReadsBackWhatWasWritten) {
  const std::string bytes = Sample();
  ByteReader in(bytes);
  EXPECT_EQ(in.U8(), 7);
  EXPECT_EQ(in.Varint(), 300u);
  EXPECT_EQ(in.Signed(), -2);
  EXPECT_EQ(in.BigEndian64(), 0x0102030405060708u);
  EXPECT_EQ(in.String(), "åäö");
  EXPECT_EQ(in.Number().ToString(), "-62.00");
  EXPECT_EQ(in.Time(), Instant{1'000'000});
  EXPECT_EQ(in.Range(), (TimeRange{{-5}, {5}}));
  EXPECT_TRUE(in.ok());
  EXPECT_TRUE(in.at_end());
}

TEST(Bytes, NoticesEveryCut) {
  const std::string bytes = Sample();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteReader in(std::string_view(bytes).substr(0, size));
    ReadSample(in);
    EXPECT_FALSE(in.ok()) << size;
  }
}

TEST(Bytes, GivesZeroAfterAFault) {
  ByteReader in(
      "\x05"
      "ab");
  EXPECT_EQ(in.String(), "");
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.U8(), 0);
  EXPECT_EQ(in.Varint(), 0u);
  EXPECT_EQ(in.BigEndian64(), 0u);
  EXPECT_TRUE(in.Number().is_zero());
  EXPECT_EQ(in.Range(), TimeRange{});
  EXPECT_EQ(in.Count(), 0u);
}

TEST(Bytes, RefusesNumbersThatAreTooLong) {
  ByteReader eleven("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  EXPECT_EQ(eleven.Varint(), 0u);
  EXPECT_FALSE(eleven.ok());
  ByteReader past_64_bits("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
  EXPECT_EQ(past_64_bits.Varint(), 0u);
  EXPECT_FALSE(past_64_bits.ok());
}

TEST(Bytes, RefusesAScaleBeyondTheLimits) {
  ByteWriter out;
  out.Signed(1);
  out.Signed(31);
  ByteReader in(out.bytes());
  EXPECT_TRUE(in.Number().is_zero());
  EXPECT_FALSE(in.ok());
}

TEST(Bytes, NeverPromisesMoreItemsThanBytesAreLeft) {
  ByteWriter out;
  out.Varint(std::uint64_t{1} << 60);
  ByteReader damaged(out.bytes());
  EXPECT_EQ(damaged.Count(), 0u);
  EXPECT_FALSE(damaged.ok());
  ByteReader fine(
      "\x02"
      "ab");
  EXPECT_EQ(fine.Count(), 2u);
  EXPECT_TRUE(fine.ok());
}

RC_GTEST_PROP(BytesProperty, WholeRangeReadsBack,
              (std::uint64_t u, std::int64_t s, std::int64_t lo, std::int64_t hi)) {
  ByteWriter out;
  out.Varint(u);
  out.Signed(s);
  out.BigEndian64(u);
  out.Time(TimeRange{{lo}, {hi}});
  ByteReader in(out.bytes());
  RC_ASSERT(in.Varint() == u);
  RC_ASSERT(in.Signed() == s);
  RC_ASSERT(in.BigEndian64() == u);
  RC_ASSERT(in.Range() == (TimeRange{{lo}, {hi}}));
  RC_ASSERT(in.ok() && in.at_end());
}

RC_GTEST_PROP(BytesProperty, KeysSortAsTheirNumbers, (std::uint64_t a, std::uint64_t b)) {
  ByteWriter x;
  ByteWriter y;
  x.BigEndian64(a);
  y.BigEndian64(b);
  RC_ASSERT((x.bytes() < y.bytes()) == (a < b));
}

RC_GTEST_PROP(BytesProperty, StandsAnyBytes, (const std::string& bytes)) {
  ByteReader in(bytes);
  for (int i = 0; i < 3; ++i) ReadSample(in);
  for (std::size_t n = in.Count(); n > 0; --n) in.U8();
  const bool spent_or_fine = in.ok() || in.at_end();
  RC_ASSERT(spent_or_fine);
}

}  // namespace
}  // namespace medverka::base
