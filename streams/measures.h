// What the edges measure of themselves. ops/telemetry makes Prometheus metrics of it (names without
// the prefix `medverka_`, docs/operating.md lists them all); streams knows no metrics library.
//
// Names and labels are a closed set that ops/telemetry declares with help text, kind and buckets;
// one that it does not know is a fault of the code. Label values come from closed sets too: never a
// patient, an id, a text of a record.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace medverka::streams {

class Counter {
 public:
  virtual ~Counter() = default;
  virtual void Add(double by) = 0;  // not below 0
};
// Not shown before it is set, nor while it is NaN: a partition that went to another process is no
// stale figure here. Of those called ..._info, 0 is not shown either.
class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void Set(double value) = 0;
};
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void Observe(double value) = 0;
};

using Labels = std::map<std::string, std::string>;

// Any thread. Asking for a handle takes a lock: ask once, keep it. Handles live as long as the
// Measures.
class Measures {
 public:
  virtual ~Measures() = default;
  virtual Counter& CounterOf(std::string_view name, const Labels& labels = {}) = 0;
  virtual Gauge& GaugeOf(std::string_view name, const Labels& labels = {}) = 0;
  virtual Histogram& HistogramOf(std::string_view name, const Labels& labels = {}) = 0;
};

// Counts nothing: for tools and tests.
Measures& NoMeasures();

}  // namespace medverka::streams
