// The catalogue of this process: follows the studies topic in a thread of its own, compiles each
// new version there, and lets the lanes take it up between two batches. What does not compile here
// (a publisher with a newer engine) is refused and told; its stored version stays live.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "matcher/lane.h"
#include "streams/kafka/catalogue_topic.h"
#include "streams/kafka/handles.h"

namespace medverka::streams::internal {

struct LiveCatalogue {
  matcher::CatalogueInput input;
  std::vector<std::string> refused;  // "ALASCCA: error E0312 ..."
};

// Pure.
LiveCatalogue CompileCatalogue(const CatalogueVersion& version);

class CatalogueFeed {
 public:
  CatalogueFeed(KafkaProperties kafka, std::string topic, BrokerWatch& watch, Measures& measures);
  ~CatalogueFeed();

  // Any thread. Has read the topic to its end once.
  bool read() const { return read_.load(); }
  // 0: nothing is published.
  std::uint64_t version() const { return version_.load(std::memory_order_relaxed); }
  std::shared_ptr<const LiveCatalogue> live() const;  // nullptr: nothing is published

 private:
  void Run();
  void Take(const CatalogueVersion& newest);

  const KafkaProperties kafka_;
  const std::string topic_;
  BrokerWatch& watch_;
  Measures& measures_;
  std::atomic<bool> ending_ = false;
  std::atomic<bool> read_ = false;
  std::atomic<std::uint64_t> version_ = 0;
  mutable std::mutex mutex_;
  std::shared_ptr<const LiveCatalogue> live_;
  std::thread thread_;
};

}  // namespace medverka::streams::internal
