// `medverka config check`: what a configuration means, or everything that is wrong with it.
#include "ops/config/config.h"

#include <CLI/CLI.hpp>

#include "ops/app/application.h"
#include "ops/app/kafka_tool.h"
#include "ops/app/terminal.h"
#include "ops/base/json.h"

namespace medverka::app {
namespace {

struct ConfigOptions {
  std::string path;
  std::string format = "text";
};

base::json::value ToJson(const std::vector<config::ConfigProblem>& problems) {
  base::json::array list;
  for (const config::ConfigProblem& problem : problems) {
    list.push_back(base::json::object{
        {"place", problem.place}, {"key", problem.key}, {"message", problem.message}});
  }
  return base::json::object{{"valid", false}, {"problems", std::move(list)}};
}

base::json::value ToJson(const config::Config& config) {
  base::json::object values;
  for (const auto& [key, text] : config::Effective(config)) values[key] = text;
  return base::json::object{{"valid", true}, {"config", std::move(values)}};
}

int CheckConfig(const ConfigOptions& options) {
  const auto [config, problems] =
      config::ReadConfig(ConfigPath(options.path), config::Environment());
  const bool json = options.format == "json";
  if (problems.empty()) {
    Print(json ? base::ToPrettyJson(ToJson(config)) : config::ToYaml(config));
    return kFine;
  }
  if (json) {
    Print(base::ToPrettyJson(ToJson(problems)));
    return kInputHasErrors;
  }
  for (const config::ConfigProblem& problem : problems) {
    SayPlainly(config::ToText(problem) + "\n");
  }
  Say(fmt::format("{} in the configuration", Count(problems.size(), "problem", "problems")));
  return kInputHasErrors;
}

}  // namespace

void AddConfig(CLI::App& root, Commands& commands) {
  CLI::App* config = root.add_subcommand("config", "Look at a service's configuration");
  config->require_subcommand(1);
  config->footer("Example:\n  medverka config check --config medverka.yaml");
  CLI::App* check = config->add_subcommand(
      "check", "Print the configuration in force, or everything that is wrong with it");
  const auto options = std::make_shared<ConfigOptions>();
  check
      ->add_option("--config", options->path,
                   "The configuration (default: medverka.yaml in this folder, or the environment "
                   "alone)")
      ->type_name("FILE");
  AddFormat(*check, options->format);
  check->footer(
      R"(File and environment are read as `medverka serve` reads them: defaults included, secrets left out. What is
wrong is said all at once, with place, key and value, and the exit code is 1.

Examples:
  medverka config check --config medverka.yaml
  MEDVERKA_LOG_LEVEL=debug medverka config check --config medverka.yaml --format json)");
  commands.push_back({check, [options] { return CheckConfig(*options); }});
}

}  // namespace medverka::app
