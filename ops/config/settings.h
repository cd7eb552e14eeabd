// The keys and values that file and environment hold, as text, each with its place. Nothing is
// interpreted yet.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ops/config/config.h"

namespace medverka::config {

struct Setting {
  std::string text;   // a list's items with "," between
  std::string place;  // "medverka.yaml:12:5", "environment MEDVERKA_X"
};
// By full key: "commit.interval", "kafka.bootstrap.servers", "kafka.sasl.password_file".
using Settings = std::map<std::string, Setting>;

// Both add what is wrong to `problems`; the environment replaces what the file says. False: it is
// no YAML, and nothing more can be said of it.
bool ReadYaml(const std::string& path, const std::string& text, Settings& settings,
              std::vector<ConfigProblem>& problems);
void ReadEnvironment(const std::map<std::string, std::string>& environment, Settings& settings,
                     std::vector<ConfigProblem>& problems);

inline constexpr std::string_view kKafkaPrefix = "kafka.";
inline constexpr std::string_view kFileSuffix = "_file";
// Properties that are secrets: from files only.
bool IsSecretProperty(std::string_view property);

}  // namespace medverka::config
