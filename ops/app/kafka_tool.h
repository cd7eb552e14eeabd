// What the commands that talk to the brokers have in common: --config, and how its problems are
// told.
#pragma once

#include <optional>
#include <string>

#include "ops/config/config.h"

namespace CLI {
class App;
}

namespace medverka::app {

// --config FILE. Left out: medverka.yaml in the current folder, if there is one, and else the
// environment alone.
void AddConfigOption(CLI::App& command, std::string& path);

// The configuration, as tools need it: no state directory and no subject key are asked for. None:
// its problems have been said, and the exit code is kInputHasErrors.
// The path that was given, or medverka.yaml where it lies in this folder; "": the environment
// alone.
std::string ConfigPath(const std::string& given);

std::optional<config::Config> LoadConfig(const std::string& path);

}  // namespace medverka::app
