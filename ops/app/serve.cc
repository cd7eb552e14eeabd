// `medverka serve`: puts configuration, metrics, HTTP, read model and lanes together, keeps them
// going until it is asked to stop, and takes up what can be changed while it runs.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <thread>

#include "ops/app/application.h"
#include "ops/app/kafka_tool.h"
#include "ops/app/service_routes.h"
#include "ops/app/signals.h"
#include "ops/app/subject_key.h"
#include "ops/app/terminal.h"
#include "ops/base/log.h"
#include "ops/config/config.h"
#include "ops/telemetry/metrics.h"
#include "streams/kafka/read_model.h"
#include "streams/kafka/service.h"
#include "streams/kafka/topics.h"

namespace medverka::app {
namespace {

using base::ErrorCode;
using base::LogLevel;
using base::Result;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr milliseconds kLookInterval{200};  // for a stop, a reload, a changed file
constexpr seconds kBrokerAwayRepeat{60};    // said at once, then no oftener than this
constexpr milliseconds kBrokerRetry{1000};

// Patients' data must not end in a core file, nor be read by another process of the same user.
void KeepMemoryPrivate() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

// For tests: "after-commit:3" kills the process, as a power cut would, when it passes that point
// the third time.
std::function<void(std::string_view)> DieAt() {
  const char* const wish = std::getenv("MEDVERKA_TEST_DIE_AT");
  if (wish == nullptr) return {};
  const std::string text(wish);
  const std::size_t colon = text.find(':');
  const std::string point = text.substr(0, colon);
  int passing = 1;
  if (colon != std::string::npos) {
    std::from_chars(text.data() + colon + 1, text.data() + text.size(), passing);
  }
  const auto left = std::make_shared<std::atomic<int>>(passing);
  return [point, left](std::string_view passed) {
    if (passed == point && left->fetch_sub(1) == 1) kill(getpid(), SIGKILL);
  };
}

streams::ServiceOptions OptionsOf(const config::Config& config, std::string subject_key,
                                  std::int32_t partitions) {
  streams::ServiceOptions options;
  options.kafka = config.kafka;
  options.group = config.group;
  options.instance = config.instance;
  options.exactly_once = config.delivery == config::Delivery::kExactlyOnce;
  options.topics = config.topics.names;
  options.partitions = partitions;
  options.state_directory = config.state_directory;
  options.lane.subject_key = std::move(subject_key);
  options.lane.subject_key_id = config.subject_key_id;
  options.lane.assume_recruiting = config.assume_recruiting;
  options.lane.partitions = static_cast<std::uint32_t>(partitions);
  options.lane.keyed_by_subject = config.partition_key == config::PartitionKey::kSubjectKey;
  options.lane.background_backfill = true;
  options.commit_interval_us = config.commit_interval_us;
  options.commit_records_max = config.commit_records_max;
  options.commit_bytes_max = config.commit_bytes_max;
  options.idle_tick_us = config.idle_tick_us;
  options.block_cache_bytes = config.block_cache_bytes;
  options.write_buffer_bytes = config.write_buffer_bytes;
  options.hot_patient_bytes = config.hot_patient_bytes;
  options.consumer_queue_bytes = config.consumer_queue_bytes;
  options.producer_queue_bytes = config.producer_queue_bytes;
  options.backfill_share = config.backfill_share;
  options.at_point = DieAt();
  return options;
}

// Waits for the broker; wrong topics and refused authentication are the operator's to mend.
Result<std::int32_t> TopicsWhenThere(const config::Config& config) {
  std::optional<steady_clock::time_point> said;
  while (true) {
    const auto partitions = streams::VerifyTopics(config.kafka, config.topics.names, StopIsAsked);
    if (partitions.has_value() || partitions.error().code != ErrorCode::kUnavailable ||
        StopIsAsked()) {
      return partitions;
    }
    if (!said || steady_clock::now() - *said >= kBrokerAwayRepeat) {
      base::Log(LogLevel::kWarning, partitions.error().message + "; trying on");
      said = steady_clock::now();
    }
    std::this_thread::sleep_for(kBrokerRetry);
  }
}

// What a running service takes up without a restart.
class Reloading {
 public:
  Reloading(std::string path, config::Config config)
      : path_(std::move(path)), config_(std::move(config)), changed_(ChangeOf(path_)) {}

  // Called now and then. `apply` gets the new configuration.
  void Look(const std::function<void(const config::Config&)>& apply) {
    const auto changed = ChangeOf(path_);
    const bool asked = TakeReloadAsked();
    if (!asked && changed == changed_) return;
    changed_ = changed;
    config::ConfigOutcome outcome = config::ReadConfig(path_, config::Environment());
    if (!outcome.problems.empty()) {
      for (const config::ConfigProblem& problem : outcome.problems) {
        base::Log(LogLevel::kError,
                  "the changed configuration is not taken up: " + config::ToText(problem));
      }
      return;
    }
    for (const std::string& key : config::NeedsRestart(config_, outcome.config)) {
      base::Log(LogLevel::kWarning, "a changed key takes effect at the next start", {{"key", key}});
    }
    base::SetLogLevel(outcome.config.log_level);
    apply(outcome.config);
    config_ = std::move(outcome.config);
    base::Log(LogLevel::kInfo, "the configuration was read again");
  }

 private:
  static std::filesystem::file_time_type ChangeOf(const std::string& path) {
    std::error_code ignored;
    return path.empty() ? std::filesystem::file_time_type{}
                        : std::filesystem::last_write_time(path, ignored);
  }

  const std::string path_;
  config::Config config_;
  std::filesystem::file_time_type changed_;
};

class Serving {
 public:
  Serving(std::string path, config::Config config)
      : path_(std::move(path)), config_(std::move(config)), metrics_(telemetry::Metrics::Make()) {}

  ~Serving() {
    ending_ = true;
    for (std::thread* thread : {&reader_, &reloader_}) {
      if (thread->joinable()) thread->join();
    }
    server_.reset();  // before what its routes point at
  }

  Result<void> Run() {
    MEDVERKA_ASSIGN(std::string key, ReadSubjectKey(config_.subject_key_file));
    metrics_->WatchVolume(config_.state_directory);
    MEDVERKA_TRY(StartServer());
    MEDVERKA_ASSIGN(const std::int32_t partitions, TopicsWhenThere(config_));
    if (config_.api) MEDVERKA_TRY(StartReading(partitions));
    if (config_.lanes) {
      MEDVERKA_ASSIGN(auto service, streams::Service::Create(
                                        OptionsOf(config_, std::move(key), partitions), *metrics_));
      service_ = std::move(service);
      running_.store(service_.get());
    }
    reloader_ = std::thread([this] { LookForChanges(); });
    if (service_ != nullptr) return service_->Run([this] { return StopIsAsked() || failed_; });
    while (!StopIsAsked() && !failed_) std::this_thread::sleep_for(kLookInterval);
    return {};
  }

  bool failed() const { return failed_; }

 private:
  Result<void> StartServer() {
    streams::HttpServerOptions options;
    options.address = config_.http_address;
    options.port = config_.http_port;
    MEDVERKA_ASSIGN(server_, streams::HttpServer::Start(options));
    ServiceView view;
    view.metrics = metrics_.get();
    if (config_.lanes) {
      view.lanes = [this] {
        const streams::Service* const service = running_.load();
        return service == nullptr ? streams::ServiceStatus() : service->status();
      };
    }
    if (config_.api) view.suggestions = [this] { return reading_.load(); };
    AddServiceRoutes(*server_, view);
    base::Log(LogLevel::kInfo, "answering over HTTP",
              {{"address", config_.http_address}, {"port", std::int64_t{server_->port()}}});
    return {};
  }

  Result<void> StartReading(std::int32_t partitions) {
    streams::ReadModelOptions options;
    options.kafka = config_.kafka;
    options.topic = config_.topics.names.suggestions;
    options.directory = config_.state_directory + "/suggestions";
    options.partitions = partitions;
    MEDVERKA_ASSIGN(model_, streams::ReadModel::Open(std::move(options), *metrics_));
    reading_.store(model_.get());
    reader_ = std::thread([this] {
      const auto ran = model_->Run([this] { return ending_ || StopIsAsked(); });
      if (ran.has_value()) return;
      base::Log(LogLevel::kError, ran.error().message);
      failed_ = true;
    });
    return {};
  }

  void LookForChanges() {
    Reloading reloading(path_, config_);
    while (!ending_ && !StopIsAsked()) {
      reloading.Look([this](const config::Config& config) {
        if (streams::Service* const service = running_.load()) {
          service->Reload(config.commit_interval_us, config.backfill_share);
        }
      });
      std::this_thread::sleep_for(kLookInterval);
    }
  }

  const std::string path_;
  const config::Config config_;
  std::unique_ptr<telemetry::Metrics> metrics_;
  std::unique_ptr<streams::ReadModel> model_;
  std::unique_ptr<streams::Service> service_;
  std::atomic<const streams::ReadModel*> reading_{nullptr};
  std::atomic<streams::Service*> running_{nullptr};
  std::atomic<bool> ending_{false};
  std::atomic<bool> failed_{false};
  std::unique_ptr<streams::HttpServer> server_;
  std::thread reader_;
  std::thread reloader_;
};

int Serve(const std::string& path) {
  KeepMemoryPrivate();
  config::ConfigOutcome outcome = config::ReadConfig(path, config::Environment());
  if (!outcome.problems.empty()) {
    for (const config::ConfigProblem& problem : outcome.problems) Say(config::ToText(problem));
    return kInputHasErrors;
  }
  if (const auto fine = streams::CheckKafkaProperties(outcome.config.kafka); !fine.has_value()) {
    return Complain(fine.error());
  }
  base::ConfigureLog(outcome.config.log_format, outcome.config.log_level);
  CatchStopSignals();
  CatchReloadSignal();
  base::Log(LogLevel::kInfo, "starting", {{"version", std::string(MEDVERKA_VERSION)}});
  Serving serving(path, std::move(outcome.config));
  const auto ran = serving.Run();
  if (StopIsAsked() && (ran.has_value() || ran.error().code == ErrorCode::kUnavailable)) {
    base::Log(LogLevel::kInfo, "stopped as asked");
    return kFine;
  }
  if (!ran.has_value()) {
    base::Log(LogLevel::kError, ran.error().message);
    return ExitCodeOf(ran.error());
  }
  return serving.failed() ? kMachineFailed : kFine;
}

}  // namespace

void AddServe(CLI::App& root, Commands& commands) {
  CLI::App* const serve =
      root.add_subcommand("serve", "Match patients as their journal events arrive on Kafka");
  const auto path = std::make_shared<std::string>();
  serve
      ->add_option("--config", *path,
                   "The configuration, as docs/configuration.md has it (default: medverka.yaml in "
                   "this folder, or the environment alone)")
      ->type_name("FILE");
  serve->footer(
      R"(Runs until SIGTERM, then finishes its commit (exit code 0). SIGHUP, or a changed file, reads the configuration again. Ends at
once with 1 when the configuration, the login, a topic or the subject key is wrong, with 3 when the machine fails; waits for brokers
that are away. What it does is told by its log (log.format: text or json) and over HTTP: /status, /readyz, /livez, /metrics.

Examples:
  medverka config check --config medverka.yaml
  medverka topics create --config medverka.yaml
  medverka publish criteria/studies --config medverka.yaml
  medverka serve --config medverka.yaml
  MEDVERKA_LOG_FORMAT=json medverka serve --config medverka.yaml)");
  commands.push_back({serve, [path] { return Serve(ConfigPath(*path)); }});
}

}  // namespace medverka::app
