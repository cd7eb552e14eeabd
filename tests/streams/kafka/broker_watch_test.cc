// What is said of brokers that are away: at once, then now and then, and that they are back.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "streams/kafka/handles.h"

namespace medverka::streams::internal {
namespace {

constexpr auto kDown = RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
constexpr auto kRefused = RD_KAFKA_RESP_ERR__AUTHENTICATION;

class BrokerWatchTest : public testing::Test {
 protected:
  // The lines that hearing so of the brokers causes.
  template <typename Hear>
  static std::string Said(Hear hear) {
    testing::internal::CaptureStderr();
    hear();
    return testing::internal::GetCapturedStderr();
  }
  static bool Has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
};

TEST_F(BrokerWatchTest, SaysItOnceForAllClientsAndTries) {
  BrokerWatch watch;
  EXPECT_TRUE(Has(Said([&] { watch.Gone(kDown); }), "brokers cannot be reached; trying on"));
  EXPECT_EQ(Said([&] {
              for (int i = 0; i < 100; ++i) watch.Gone(kDown);
            }),
            "");
  EXPECT_FALSE(watch.reachable());
  EXPECT_TRUE(Has(Said([&] { watch.Back(); }), "can be reached again"));
  EXPECT_EQ(Said([&] { watch.Back(); }), "");
  EXPECT_TRUE(watch.reachable());
}

TEST_F(BrokerWatchTest, SaysItAgainAfterItsTime) {
  EXPECT_EQ(BrokerWatch::kSayAgainUs, 60'000'000) << "a minute";
  constexpr std::int64_t kSoonUs = 20'000;
  BrokerWatch watch(kSoonUs);
  Said([&] { watch.Gone(kDown); });
  std::this_thread::sleep_for(std::chrono::microseconds(2 * kSoonUs));
  EXPECT_TRUE(Has(Said([&] { watch.Gone(kDown); }), "brokers still cannot be reached"));
}

TEST_F(BrokerWatchTest, SaysAtOnceThatWhoWasAwayRefusesTheLogin) {
  BrokerWatch watch;
  Said([&] { watch.Gone(kDown); });
  EXPECT_TRUE(Has(Said([&] { watch.Gone(kRefused); }), "brokers refuse the login; trying on"));
  EXPECT_EQ(Said([&] {
              watch.Gone(kRefused);
              watch.Gone(kDown);
              watch.Gone(kRefused);
            }),
            "");
  EXPECT_TRUE(Has(Said([&] { watch.Back(); }), "can be reached again"));
}

}  // namespace
}  // namespace medverka::streams::internal
