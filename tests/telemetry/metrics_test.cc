// Metrics as Prometheus gets them: every declared one, in a form that promtool finds nothing to say
// about, and each of them explained to operators.
#include "ops/telemetry/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "ops/base/format.h"
#include "ops/telemetry/metrics_table.h"

namespace medverka::telemetry {
namespace {

// "a,b" -> {a: "x", b: "x"}
streams::Labels SomeLabels(std::string_view names) {
  streams::Labels labels;
  std::istringstream text{std::string(names)};
  for (std::string name; std::getline(text, name, ',');) labels[name] = "x";
  return labels;
}

// All metrics with a value each.
std::unique_ptr<Metrics> Full() {
  auto metrics = Metrics::Make();
  for (const Metric& metric : MetricTable()) {
    const streams::Labels labels = SomeLabels(metric.labels);
    if (metric.name.substr(0, 7) == "volume_" || metric.name == "build_info") continue;
    switch (metric.kind) {
      case MetricKind::kCounter:
        metrics->CounterOf(metric.name, labels).Add(3);
        break;
      case MetricKind::kGauge:
        metrics->GaugeOf(metric.name, labels).Set(2.5);
        break;
      case MetricKind::kHistogram:
        metrics->HistogramOf(metric.name, labels).Observe(0.02);
        break;
    }
  }
  metrics->WatchVolume(".");
  return metrics;
}

bool Says(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line) != std::string::npos;
}

TEST(Metrics, ShowsEveryDeclaredOne) {
  const std::string text = Full()->Render();
  for (const Metric& metric : MetricTable()) {
    EXPECT_TRUE(Says(text, fmt::format("# HELP medverka_{} {}\n", metric.name, metric.help)))
        << metric.name;
  }
  for (const Metric& metric : ProcessMetrics()) {
    EXPECT_TRUE(Says(text, fmt::format("# HELP {} {}\n", metric.name, metric.help)));
  }
  EXPECT_TRUE(Says(text, "medverka_timers_fired_total 3\n")) << text;
  EXPECT_TRUE(Says(text, "medverka_consumer_lag_records{partition=\"x\",topic=\"x\"} 2.5\n"));
  EXPECT_TRUE(Says(text, "medverka_commit_seconds_bucket{stage=\"x\",le=\"0.025\"} 1\n")) << text;
  EXPECT_TRUE(Says(text, "medverka_commit_seconds_bucket{stage=\"x\",le=\"0.015\"} 0\n"));
}

TEST(Metrics, PromtoolHasNothingToSay) {
  const char* promtool = std::getenv("PROMTOOL");
  ASSERT_NE(promtool, nullptr) << "run by ctest, which names it";
  const std::string path = testing::TempDir() + "metrics.txt";
  std::ofstream(path) << Full()->Render();
  std::string said;
  FILE* pipe = popen(fmt::format("{} check metrics < {} 2>&1", promtool, path).c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
    said.push_back(static_cast<char>(c));
  EXPECT_EQ(pclose(pipe), 0);
  EXPECT_EQ(said, "");
}

TEST(Metrics, TheTableIsInOrder) {
  for (std::size_t i = 1; i < MetricTable().size(); ++i) {
    EXPECT_LT(MetricTable()[i - 1].name, MetricTable()[i].name);
  }
  for (const Metric& metric : MetricTable()) {
    EXPECT_EQ(FindMetric(metric.name), &metric);
    EXPECT_EQ(metric.kind == MetricKind::kHistogram, !metric.buckets.empty()) << metric.name;
    EXPECT_TRUE(std::is_sorted(metric.buckets.begin(), metric.buckets.end())) << metric.name;
  }
}

TEST(Metrics, CountersStandAtZeroFromTheStartAndGaugesAreSilentUntilSet) {
  const auto metrics = Metrics::Make();
  EXPECT_TRUE(Says(metrics->Render(), "medverka_timers_fired_total 0\n"));
  streams::Gauge& time = metrics->GaugeOf("log_time_timestamp_seconds", {{"partition", "0"}});
  EXPECT_EQ(metrics->Render().find("medverka_log_time"), std::string::npos);
  time.Set(1'700'000'000);
  EXPECT_TRUE(
      Says(metrics->Render(), "medverka_log_time_timestamp_seconds{partition=\"0\"} 1700000000\n"))
      << metrics->Render();
  time.Set(std::nan(""));
  EXPECT_EQ(metrics->Render().find("medverka_log_time"), std::string::npos);
}

TEST(Metrics, OnlyTheLiveCatalogueIsShown) {
  const auto metrics = Metrics::Make();
  metrics->GaugeOf("catalogue_info", {{"version", "1"}}).Set(1);
  metrics->GaugeOf("catalogue_info", {{"version", "1"}}).Set(0);
  metrics->GaugeOf("catalogue_info", {{"version", "2"}}).Set(1);
  EXPECT_FALSE(Says(metrics->Render(), "medverka_catalogue_info{version=\"1\"}"));
  EXPECT_TRUE(Says(metrics->Render(), "medverka_catalogue_info{version=\"2\"} 1\n"));
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameHandle) {
  const auto metrics = Metrics::Make();
  EXPECT_EQ(&metrics->CounterOf("timers_fired_total"), &metrics->CounterOf("timers_fired_total"));
  EXPECT_NE(&metrics->CounterOf("dlq_records_total", {{"reason", "a"}}),
            &metrics->CounterOf("dlq_records_total", {{"reason", "b"}}));
}

TEST(Metrics, CountsOfManyThreadsAddUp) {
  constexpr int kThreads = 4, kEach = 10'000;
  const auto metrics = Metrics::Make();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      streams::Counter& counter = metrics->CounterOf("timers_fired_total");
      for (int i = 0; i < kEach; ++i) counter.Add(1);
    });
  }
  EXPECT_FALSE(metrics->Render().empty());
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(
      Says(metrics->Render(), fmt::format("medverka_timers_fired_total {}\n", kThreads * kEach)));
}

TEST(MetricsDeathTest, WhatIsNotDeclaredIsAFaultOfTheCode) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto metrics = Metrics::Make();
  EXPECT_DEATH(metrics->CounterOf("no_such_total"), "metric");
  EXPECT_DEATH(metrics->GaugeOf("timers_fired_total"), "metric");
  EXPECT_DEATH(metrics->CounterOf("dlq_records_total"), "metric");
  EXPECT_DEATH(metrics->CounterOf("dlq_records_total", {{"reason", "a"}, {"patient", "b"}}),
               "metric");
}

TEST(Metrics, ProcessFiguresAreTrue) {
  const std::string text = Metrics::Make()->Render();
  const auto value = [&](const std::string& name) {
    const std::size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1.0 : std::atof(text.c_str() + at + 1 + name.size());
  };
  EXPECT_GT(value("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(value("process_virtual_memory_bytes"), value("process_resident_memory_bytes"));
  EXPECT_GT(value("process_open_fds"), 2);
  EXPECT_GT(value("process_max_fds"), value("process_open_fds"));
  EXPECT_GE(value("process_cpu_seconds_total"), 0);
  EXPECT_GT(value("process_start_time_seconds"), 1.6e9);
  EXPECT_LE(value("process_start_time_seconds"), static_cast<double>(std::time(nullptr)) + 1);
}

}  // namespace
}  // namespace medverka::telemetry
