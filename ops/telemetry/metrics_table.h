// All metrics there are. docs/operating.md has a row for each; a test holds the two together.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace medverka::telemetry {

enum class MetricKind : std::uint8_t { kCounter, kGauge, kHistogram };

struct Metric {
  std::string_view name;  // without the prefix
  MetricKind kind = MetricKind::kCounter;
  std::string_view labels;          // "topic,partition", by name; "": none
  std::span<const double> buckets;  // histograms: upper bounds
  std::string_view help;
};

inline constexpr std::string_view kMetricPrefix = "medverka_";

std::span<const Metric> MetricTable();
const Metric* FindMetric(std::string_view name);  // nullptr: not declared

// Metrics of the process itself, as every Prometheus client has them: with their whole names.
std::span<const Metric> ProcessMetrics();

}  // namespace medverka::telemetry
