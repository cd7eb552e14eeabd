// The broker that ctest gives to tests with the label kafka, and names that no other test uses.
#pragma once

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>

namespace medverka::tests {

// Bootstrap servers, "" when there is no broker: the test then fails with that said, and is not
// skipped. The file that holds them is named by MEDVERKA_TEST_KAFKA (medverka_needs_kafka in
// CMake).
inline std::string TestBroker() {
  const char* named = std::getenv("MEDVERKA_TEST_KAFKA");
  std::ifstream file(named != nullptr ? named : "build/broker/bootstrap");
  std::string servers;
  std::getline(file, servers);
  return servers;
}

// For topics, groups and transactional ids: one broker serves many tests and many runs.
inline std::string UniqueName(const std::string& prefix) {
  static int count = 0;
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  return prefix + "-" + std::to_string(::getpid()) + "-" + std::to_string(now) + "-" +
         std::to_string(++count);
}

}  // namespace medverka::tests
