// Metrics for Prometheus behind streams::Measures. One table (metrics_table.cc) declares every
// metric: name, kind, help, labels, buckets; docs/operating.md explains each. Asking for one that
// is not in it is a fault of the code.
#pragma once

#include <memory>
#include <string>

#include "streams/measures.h"

namespace medverka::telemetry {

class Metrics : public streams::Measures {
 public:
  // With build_info and the process's own metrics (process_*), which are read when rendered.
  static std::unique_ptr<Metrics> Make();
  // volume_free_bytes and volume_size_bytes are those of this directory, read when rendered. Before
  // other threads begin.
  virtual void WatchVolume(std::string directory) = 0;
  // Text format 0.0.4, for /metrics. Any thread.
  virtual std::string Render() const = 0;
};

}  // namespace medverka::telemetry
