#include "streams/kafka/ends_watch.h"

#include <chrono>
#include <utility>

#include "streams/kafka/handles.h"
#include "streams/kafka/partition_reader.h"

namespace medverka::streams::internal {
namespace {

constexpr int kAskTimeoutMs = 1'000;  // and so how long ending may take
// A partition that nobody has wanted for so many intervals is not asked for any more.
constexpr int kForgottenAfter = 2;
constexpr std::chrono::milliseconds kPause{100};

}  // namespace

EndsWatch::EndsWatch(KafkaProperties kafka, std::int64_t every_us)
    : kafka_(std::move(kafka)), every_us_(every_us) {}

EndsWatch::~EndsWatch() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::optional<Watermarks> EndsWatch::Since(const TopicPartition& place, std::int64_t since_us) {
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  Known& known = known_[place];
  known.wanted_us = MonotonicUs();
  if (known.asked_us <= since_us) return std::nullopt;
  return known.marks;
}

// Under mutex_. The one that has waited longest.
std::optional<TopicPartition> EndsWatch::NextDue(std::int64_t now) {
  std::optional<TopicPartition> due;
  std::int64_t oldest = now - every_us_;
  for (const auto& [place, known] : known_) {
    if (now - known.wanted_us > kForgottenAfter * every_us_ || known.asked_us > oldest) continue;
    oldest = known.asked_us;
    due = place;
  }
  return due;
}

void EndsWatch::Run() {
  std::unique_ptr<PartitionReader> reader;
  std::unique_lock lock(mutex_);
  while (!ending_) {
    const std::int64_t now = MonotonicUs();
    const auto place = NextDue(now);
    if (!place) {
      changed_.wait_for(lock, kPause);
      continue;
    }
    lock.unlock();
    if (reader == nullptr) {
      auto opened = OpenReader(kafka_, {});
      if (opened.has_value()) reader = std::move(*opened);
    }
    std::optional<Watermarks> marks;
    if (reader != nullptr) {
      const auto answer = reader->WatermarksOf(*place, kAskTimeoutMs);
      if (answer.has_value()) marks = *answer;
    }
    lock.lock();
    if (marks) {
      known_[*place].marks = *marks;
      known_[*place].asked_us = now;
    } else {
      changed_.wait_for(lock, kPause);
    }
  }
  lock.unlock();
}

}  // namespace medverka::streams::internal
