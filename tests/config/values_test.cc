// Sizes, durations and the other values a key can have.
#include "ops/config/values.h"

#include <gtest/gtest.h>

namespace medverka::config {
namespace {

TEST(Values, SizesHaveUnits) {
  EXPECT_EQ(*ParseSize("256MiB"), 256ULL << 20);
  EXPECT_EQ(*ParseSize("8 KiB"), 8'192U);
  EXPECT_EQ(*ParseSize("1GiB"), 1ULL << 30);
  EXPECT_EQ(*ParseSize("17"), 17U);
  EXPECT_EQ(*ParseSize("0"), 0U);
}

TEST(Values, WrongSizesSayWhatIsWrong) {
  EXPECT_EQ(ParseSize("-1MiB").error().message, "must not be negative, and is -1MiB");
  EXPECT_EQ(ParseSize("256MB").error().message,
            "has the unknown unit \"MB\"; the units are B, KiB, MiB, GiB, TiB, as in 256MiB");
  EXPECT_EQ(ParseSize("much").error().message, "must be a size such as 256MiB, not \"much\"");
  EXPECT_EQ(ParseSize("9223372036854775807TiB").error().message,
            "is too large: 9223372036854775807TiB");
  EXPECT_EQ(ParseSize("99999999999999999999").error().message,
            "is too large: 99999999999999999999");
  EXPECT_FALSE(ParseSize("").has_value());
  EXPECT_FALSE(ParseSize("1.5GiB").has_value());
}

TEST(Values, DurationsHaveUnits) {
  EXPECT_EQ(*ParseDurationUs("50ms"), 50'000);
  EXPECT_EQ(*ParseDurationUs("20us"), 20);
  EXPECT_EQ(*ParseDurationUs("30 s"), 30'000'000);
  EXPECT_EQ(*ParseDurationUs("5min"), 300'000'000);
  EXPECT_EQ(*ParseDurationUs("365d"), 365 * 86'400'000'000);
  EXPECT_EQ(*ParseDurationUs("0"), 0);
  EXPECT_EQ(ParseDurationUs("50").error().message,
            "must have a unit, as in 50ms; the units are us, ms, s, min, h, d");
  EXPECT_EQ(ParseDurationUs("-50ms").error().message, "must not be negative, and is -50ms");
}

TEST(Values, TextsReadBackAsTheSame) {
  for (const std::uint64_t bytes : {0ULL, 1ULL, 1'000ULL, 4'096ULL, 3ULL << 20, 5ULL << 40}) {
    EXPECT_EQ(*ParseSize(SizeText(bytes)), bytes) << SizeText(bytes);
  }
  for (const std::int64_t us : {0LL, 1LL, 1'500LL, 50'000LL, 90'000'000LL, 86'400'000'000LL}) {
    EXPECT_EQ(*ParseDurationUs(DurationText(us)), us) << DurationText(us);
  }
}

TEST(Values, EndpointsAreAddresses) {
  EXPECT_EQ(ParseEndpoint("0.0.0.0:8080")->port, 8080);
  EXPECT_EQ(ParseEndpoint("[::1]:0")->address, "::1");
  EXPECT_EQ(EndpointText(*ParseEndpoint("[::1]:9")), "[::1]:9");
  for (const char* wrong : {"", ":8080", "8080", "localhost:8080", "127.0.0.1", "127.0.0.1:",
                            "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", "[::1]", "1.2.3.4:80x"}) {
    EXPECT_FALSE(ParseEndpoint(wrong).has_value()) << wrong;
  }
}

TEST(Values, WholeNumbersKeepTheirLimits) {
  EXPECT_EQ(*ParseWhole("5", 1, 5), 5);
  EXPECT_EQ(ParseWhole("6", 1, 5).error().message, "must be from 1 to 5, and is 6");
  EXPECT_EQ(ParseWhole("99999999999999999999", 1, 5).error().message,
            "must be from 1 to 5, and is 99999999999999999999");
  EXPECT_EQ(ParseWhole("5x", 1, 5).error().message, "must be a whole number, not \"5x\"");
  EXPECT_FALSE(ParseWhole("", 0, 5).has_value());
}

TEST(Values, SharesAreBetweenOneInAHundredAndAll) {
  EXPECT_EQ(*ParseShare("0.5"), 0.5);
  EXPECT_EQ(*ParseShare("1"), 1.0);
  for (const char* wrong : {"0", "1.1", "-0.5", "nan", "inf", "half", "", "0.5x"}) {
    EXPECT_FALSE(ParseShare(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace medverka::config
