// All keys but those below kafka: one table, from which the reader, the environment's names,
// `config check`, NeedsRestart and the test of docs/configuration.md live.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ops/base/result.h"
#include "ops/config/config.h"

namespace medverka::config {

struct Key {
  std::string_view name;  // "commit.interval"
  std::string_view kind;  // as docs/configuration.md calls it: "duration"
  bool reloadable = false;
  // The error begins after the key: "must be ...". `text`: a list's items with "," between.
  base::Result<void> (*set)(Config& config, const std::string& text) = nullptr;
  std::string (*get)(const Config& config) = nullptr;
};

std::span<const Key> Keys();                // by name
const Key* FindKey(std::string_view name);  // nullptr: there is none
bool IsSection(std::string_view name);      // "commit": keys stand below it
bool IsText(const Key& key);                // written in quotes

// "MEDVERKA_COMMIT_INTERVAL"
std::string EnvironmentName(std::string_view key);

}  // namespace medverka::config
