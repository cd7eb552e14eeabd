// Moments as users type them.
#include "ops/app/moment.h"

#include <gtest/gtest.h>

namespace medverka::app {
namespace {

TEST(Moment, TakesInstantsLocalTimesAndBareDates) {
  const auto utc = [](const char* text) {
    return base::FormatUtc(ParseMoment(text).value_or(base::Instant{0}));
  };
  EXPECT_EQ(utc("2026-03-01T09:30:00+01:00"), "2026-03-01T08:30:00Z");
  EXPECT_EQ(utc("2026-07-01T09:30:00Z"), "2026-07-01T09:30:00Z");
  EXPECT_EQ(utc("2026-07-01T09:30"), "2026-07-01T07:30:00Z");
  // A bare date is 12:00 local, in winter and in summer.
  EXPECT_EQ(utc("2026-03-01"), "2026-03-01T11:00:00Z");
  EXPECT_EQ(utc("2026-07-01"), "2026-07-01T10:00:00Z");
}

TEST(Moment, RefusesWhatIsNoMoment) {
  for (const char* text :
       {"", "2026", "2026-03", "2026-02-30", "yesterday", "2026-03-01T25:00:00Z"}) {
    EXPECT_FALSE(ParseMoment(text).has_value()) << text;
    EXPECT_NE(CheckMoment(text), "") << text;
  }
  EXPECT_EQ(CheckMoment("2026-03-01"), "");
}

}  // namespace
}  // namespace medverka::app
