// Worked values of Kafka's own tests of its hash.
#include "ops/base/murmur2.h"

#include <gtest/gtest.h>

namespace medverka::base {
namespace {

TEST(Murmur2, IsKafkas) {
  const auto hash = [](std::string_view text) { return static_cast<std::int32_t>(Murmur2(text)); };
  EXPECT_EQ(hash("21"), -973932308);
  EXPECT_EQ(hash("foobar"), -790332482);
  EXPECT_EQ(hash("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(hash("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(hash("abc"), 479470107);
}

TEST(Murmur2, PartitionTakesNoNoticeOfTheSign) {
  EXPECT_EQ(PartitionOf(Murmur2("21"), 1), 0U);
  EXPECT_EQ(PartitionOf(0xffffffffU, 10), 0x7fffffffU % 10);
}

}  // namespace
}  // namespace medverka::base
