#include "ops/app/kafka_tool.h"

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "ops/app/terminal.h"
#include "ops/base/log.h"

namespace medverka::app {
namespace {

constexpr const char* kUsualConfig = "medverka.yaml";

}  // namespace

void AddConfigOption(CLI::App& command, std::string& path) {
  command
      .add_option("--config", path,
                  "The configuration, of which kafka, group and topics count here (default: "
                  "medverka.yaml in this folder, or the environment alone)")
      ->type_name("FILE");
}

std::string ConfigPath(const std::string& given) {
  return given.empty() && access(kUsualConfig, F_OK) == 0 ? kUsualConfig : given;
}

std::optional<config::Config> LoadConfig(const std::string& path) {
  auto outcome =
      config::ReadConfig(ConfigPath(path), config::Environment(), config::ConfigUse::kTool);
  for (const config::ConfigProblem& problem : outcome.problems) Say(config::ToText(problem));
  if (!outcome.problems.empty()) return std::nullopt;
  if (const auto fine = streams::CheckKafkaProperties(outcome.config.kafka); !fine.has_value()) {
    Say(fine.error().message);
    return std::nullopt;
  }
  // The log is the service's; a tool says what it has to say in sentences of its own.
  base::ConfigureLog(outcome.config.log_format, base::LogLevel::kError);
  return std::move(outcome.config);
}

}  // namespace medverka::app
