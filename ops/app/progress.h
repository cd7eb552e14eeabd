// A bar on standard error while work goes on. Silent unless standard error is a terminal and the
// work takes longer than kProgressAfterMs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace medverka::app {

inline constexpr int kProgressAfterMs = 2'000;
inline constexpr int kProgressEveryMs = 100;

class Progress {
 public:
  // `wanted` false keeps it silent whatever the terminal; `at_once` shows it from the beginning.
  explicit Progress(std::string what, bool at_once = false);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `total` 0: not known. `note` stands behind the bar ("12 suggestions").
  void Show(std::uint64_t done, std::uint64_t total, std::uint64_t events, const std::string& note);
  void Clear();  // takes the bar away, so that something else can be said

 private:
  using Clock = std::chrono::steady_clock;
  const std::string what_;
  const bool shown_at_all_;
  const Clock::time_point begun_;
  Clock::time_point next_;
  bool on_screen_ = false;
};

}  // namespace medverka::app
