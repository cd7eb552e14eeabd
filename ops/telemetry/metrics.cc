#include "ops/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <utility>
#include <vector>

#include "ops/base/check.h"
#include "ops/telemetry/metrics_table.h"
#include "ops/telemetry/process_metrics.h"

namespace medverka::telemetry {
namespace {

using streams::Labels;

class CounterHandle final : public streams::Counter {
 public:
  explicit CounterHandle(prometheus::Counter& counter) : counter_(counter) {}
  void Add(double by) override { counter_.Increment(by); }

 private:
  prometheus::Counter& counter_;
};

class GaugeHandle final : public streams::Gauge {
 public:
  explicit GaugeHandle(prometheus::Gauge& gauge) : gauge_(gauge) {}
  void Set(double value) override { gauge_.Set(value); }

 private:
  prometheus::Gauge& gauge_;
};

class HistogramHandle final : public streams::Histogram {
 public:
  explicit HistogramHandle(prometheus::Histogram& histogram) : histogram_(histogram) {}
  void Observe(double value) override { histogram_.Observe(value); }

 private:
  prometheus::Histogram& histogram_;
};

std::string LabelNames(const Labels& labels) {
  std::string names;
  for (const auto& label : labels) names += (names.empty() ? "" : ",") + label.first;
  return names;
}

const Metric& Declared(std::string_view name, MetricKind kind, const Labels& labels) {
  const Metric* metric = FindMetric(name);
  MEDVERKA_CHECK(metric != nullptr && metric->kind == kind && metric->labels == LabelNames(labels));
  return *metric;
}

prometheus::MetricType TypeOf(MetricKind kind) {
  return kind == MetricKind::kCounter ? prometheus::MetricType::Counter
                                      : prometheus::MetricType::Gauge;
}

prometheus::MetricFamily One(std::string name, const Metric& metric, double value) {
  prometheus::MetricFamily family;
  family.name = std::move(name);
  family.help = metric.help;
  family.type = TypeOf(metric.kind);
  prometheus::ClientMetric sample;
  (metric.kind == MetricKind::kCounter ? sample.counter.value : sample.gauge.value) = value;
  family.metric.push_back(std::move(sample));
  return family;
}

// Gauges that say nothing now (streams/measures.h).
void LeaveOutSilent(prometheus::MetricFamily& family) {
  if (family.type != prometheus::MetricType::Gauge) return;
  constexpr std::string_view kInfo = "_info";
  const bool info =
      family.name.size() > kInfo.size() &&
      family.name.compare(family.name.size() - kInfo.size(), kInfo.size(), kInfo) == 0;
  const auto silent = [info](const prometheus::ClientMetric& sample) {
    return std::isnan(sample.gauge.value) || (info && !(sample.gauge.value > 0));
  };
  family.metric.erase(std::remove_if(family.metric.begin(), family.metric.end(), silent),
                      family.metric.end());
}

// The registry gives the family that is there, if there is one.
template <typename Builder>
auto& FamilyOf(Builder builder, const Metric& metric, prometheus::Registry& registry) {
  return builder.Name(std::string(kMetricPrefix) + std::string(metric.name))
      .Help(std::string(metric.help))
      .Register(registry);
}

class PrometheusMetrics final : public Metrics {
 public:
  PrometheusMetrics() {
    // A counter that is not there cannot be told from one that stands still.
    for (const Metric& metric : MetricTable()) {
      if (!metric.labels.empty()) continue;
      if (metric.kind == MetricKind::kCounter) CounterOf(metric.name, {});
      if (metric.kind == MetricKind::kHistogram) HistogramOf(metric.name, {});
    }
    GaugeOf("build_info", {{"version", MEDVERKA_VERSION}, {"revision", MEDVERKA_REVISION}}).Set(1);
  }

  streams::Counter& CounterOf(std::string_view name, const Labels& labels) override {
    const Metric& metric = Declared(name, MetricKind::kCounter, labels);
    return HandleOf<CounterHandle>(counters_, metric, labels, [&] {
      return &FamilyOf(prometheus::BuildCounter(), metric, registry_).Add(labels);
    });
  }

  streams::Gauge& GaugeOf(std::string_view name, const Labels& labels) override {
    const Metric& metric = Declared(name, MetricKind::kGauge, labels);
    return HandleOf<GaugeHandle>(gauges_, metric, labels, [&] {
      return &FamilyOf(prometheus::BuildGauge(), metric, registry_)
                  .Add(labels, std::numeric_limits<double>::quiet_NaN());
    });
  }

  streams::Histogram& HistogramOf(std::string_view name, const Labels& labels) override {
    const Metric& metric = Declared(name, MetricKind::kHistogram, labels);
    return HandleOf<HistogramHandle>(histograms_, metric, labels, [&] {
      return &FamilyOf(prometheus::BuildHistogram(), metric, registry_)
                  .Add(labels, prometheus::Histogram::BucketBoundaries(metric.buckets.begin(),
                                                                       metric.buckets.end()));
    });
  }

  void WatchVolume(std::string directory) override { directory_ = std::move(directory); }

  std::string Render() const override {
    std::vector<prometheus::MetricFamily> families = registry_.Collect();
    AddProcess(families);
    AddVolume(families);
    for (prometheus::MetricFamily& family : families) LeaveOutSilent(family);
    families.erase(std::remove_if(families.begin(), families.end(),
                                  [](const auto& family) { return family.metric.empty(); }),
                   families.end());
    std::sort(families.begin(), families.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return prometheus::TextSerializer().Serialize(families);
  }

 private:
  template <typename Handle>
  using Handles = std::map<std::pair<std::string_view, Labels>, std::unique_ptr<Handle>>;

  template <typename Handle, typename Make>
  Handle& HandleOf(Handles<Handle>& handles, const Metric& metric, const Labels& labels,
                   const Make& make) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Handle>& handle = handles[{metric.name, labels}];
    if (handle == nullptr) handle = std::make_unique<Handle>(*make());
    return *handle;
  }

  static void AddProcess(std::vector<prometheus::MetricFamily>& families) {
    const auto values = ReadProcess();
    for (const Metric& metric : ProcessMetrics()) {
      const auto value = values.find(std::string(metric.name));
      if (value != values.end()) families.push_back(One(value->first, metric, value->second));
    }
  }

  void AddVolume(std::vector<prometheus::MetricFamily>& families) const {
    Volume volume;
    if (directory_.empty() || !ReadVolume(directory_, volume)) return;
    for (const auto& [name, value] : {std::pair("volume_free_bytes", volume.free_bytes),
                                      std::pair("volume_size_bytes", volume.size_bytes)}) {
      families.push_back(One(std::string(kMetricPrefix) + name, *FindMetric(name), value));
    }
  }

  prometheus::Registry registry_;
  std::string directory_;
  std::mutex mutex_;
  // Guarded by mutex_. Names are the table's.
  Handles<CounterHandle> counters_;
  Handles<GaugeHandle> gauges_;
  Handles<HistogramHandle> histograms_;
};

}  // namespace

std::unique_ptr<Metrics> Metrics::Make() { return std::make_unique<PrometheusMetrics>(); }

}  // namespace medverka::telemetry
