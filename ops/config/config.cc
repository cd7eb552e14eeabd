#include "ops/config/config.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "ops/base/json.h"
#include "ops/config/files.h"
#include "ops/config/keys.h"
#include "ops/config/settings.h"

namespace medverka::config {
namespace {

constexpr std::size_t kSubjectKeyBytesMin = 16;  // less can be guessed
constexpr std::size_t kSubjectKeyBytesMax = 4'096;
constexpr std::size_t kValueBytesShown = 100;

// librdkafka's properties that name a file to read, and those of them that hold a private key.
constexpr std::array<std::string_view, 4> kFileProperties = {
    "ssl.ca.location", "ssl.certificate.location", "ssl.crl.location", "sasl.kerberos.keytab"};
constexpr std::array<std::string_view, 2> kKeyProperties = {"ssl.key.location",
                                                            "ssl.keystore.location"};

template <typename Names>
bool Has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "medverka";
  return name.data();
}

// Turns settings into a Config; what does not fit becomes a problem with the setting's place.
class Maker {
 public:
  Maker(std::string source, const Settings& settings, ConfigUse use, ConfigOutcome& outcome)
      : source_(std::move(source)), settings_(settings), use_(use), outcome_(outcome) {}

  void Make() {
    outcome_.config.instance = HostName();
    for (const auto& [name, setting] : settings_) {
      if (name.compare(0, kKafkaPrefix.size(), kKafkaPrefix) == 0) {
        TakeKafka(name, setting);
      } else if (const auto set = FindKey(name)->set(outcome_.config, setting.text);
                 !set.has_value()) {
        Say(name, set.error().message);
      }
    }
    CheckRequired();
    CheckTogether();
  }

 private:
  void Say(const std::string& key, std::string message) {
    const auto setting = settings_.find(key);
    outcome_.problems.push_back(
        {setting == settings_.end() ? source_ : setting->second.place, key, std::move(message)});
  }
  template <typename T>
  void SayIf(const std::string& key, const base::Result<T>& result) {
    if (!result.has_value()) Say(key, result.error().message);
  }

  void TakeKafka(const std::string& name, const Setting& setting) {
    std::string property = name.substr(kKafkaPrefix.size());
    if (setting.text.empty()) {
      return Say(name, "has no value; leave the key out to have the default");
    }
    const bool from_file =
        property.size() > kFileSuffix.size() &&
        property.compare(property.size() - kFileSuffix.size(), std::string::npos, kFileSuffix) == 0;
    if (!from_file) {
      if (Has(kKeyProperties, property)) {
        SayIf(name, ReadSecret(setting.text));
      } else if (Has(kFileProperties, property) && setting.text != "probe") {
        SayIf(name, CheckReadable(setting.text, property == "ssl.ca.location"));
      }
      CheckProperty(name, property, setting.text, true);
      outcome_.config.kafka[property] = setting.text;
      return;
    }
    property.resize(property.size() - kFileSuffix.size());
    if (settings_.count(std::string(kKafkaPrefix) + property) != 0) {
      return Say(name, fmt::format("and kafka.{} are both there; keep one of them", property));
    }
    auto secret = ReadSecret(setting.text);
    if (!secret.has_value()) return Say(name, secret.error().message);
    CheckProperty(name, property, *secret, false);
    outcome_.config.kafka[property] = std::move(*secret);
    outcome_.config.kafka_files[property] = setting.text;
  }

  // One by one, so that all are said, each with its place. `plain`: the value stands in the
  // configuration and may be repeated; what came from a file is not.
  void CheckProperty(const std::string& name, const std::string& property, const std::string& value,
                     bool plain) {
    const auto checked =
        streams::CheckKafkaProperties({{"bootstrap.servers", "localhost:9092"}, {property, value}});
    if (checked.has_value()) return;
    // The sentence begins with the property, and so does a problem.
    std::string_view message = checked.error().message;
    const std::string start = std::string(kKafkaPrefix) + property;
    if (message.substr(0, start.size()) == start) message.remove_prefix(start.size());
    while (!message.empty() && (message.front() == ':' || message.front() == ' ')) {
      message.remove_prefix(1);
    }
    constexpr std::string_view kThis = "does not take this value";
    std::string said(message);
    if (const auto at = said.find(kThis); plain && at != std::string::npos) {
      said.replace(at, kThis.size(),
                   fmt::format("does not take \"{}\"", value.substr(0, kValueBytesShown)));
    }
    Say(name, std::move(said));
  }

  void CheckRequired() {
    Require("kafka.bootstrap.servers",
            "is missing: the brokers, as in \"broker-1:9092,broker-2:9092\"");
    if (use_ == ConfigUse::kTool) return;
    const Config& config = outcome_.config;
    if (Require("state.directory", "is missing: the directory for the lanes' stores")) {
      SayIf("state.directory", CheckWritableDirectory(config.state_directory));
    }
    if (Require("subject_key_file",
                "is missing: the file with the secret under which patients' identifiers become "
                "subject keys; `openssl rand -hex 32` makes a good one")) {
      CheckSubjectKey(config.subject_key_file);
    }
  }

  bool Require(const std::string& key, std::string message) {
    if (settings_.count(key) != 0) return true;
    Say(key, std::move(message));
    return false;
  }

  void CheckSubjectKey(const std::string& path) {
    const auto secret = ReadSecret(path);
    SayIf("subject_key_file", secret);
    if (secret.has_value() &&
        (secret->size() < kSubjectKeyBytesMin || secret->size() > kSubjectKeyBytesMax)) {
      Say("subject_key_file",
          fmt::format("names {}, which holds {} bytes; it must be {} to {}", path, secret->size(),
                      kSubjectKeyBytesMin, kSubjectKeyBytesMax));
    }
  }

  void CheckTogether() {
    const Config& config = outcome_.config;
    if (config.write_buffer_bytes > config.block_cache_bytes) {
      Say(settings_.count("memory.write_buffer") != 0 ? "memory.write_buffer"
                                                      : "memory.block_cache",
          "does not fit: write buffers are charged to the block cache, so memory.block_cache must "
          "be at least memory.write_buffer");
    }
    std::map<std::string, std::string> topics;  // topic -> key
    for (const Key& key : Keys()) {
      if (key.name.substr(0, 7) != "topics." || key.kind != "name") continue;
      const auto [other, added] = topics.emplace(key.get(config), key.name);
      if (!added) {
        Say(std::string(key.name), fmt::format("must be a topic of its own, and is \"{}\" like {}",
                                               key.get(config), other->second));
      }
    }
  }

  std::string source_;
  const Settings& settings_;
  ConfigUse use_;
  ConfigOutcome& outcome_;
};

// In the order in which a reader meets them: those of the file by line, then the environment.
bool Before(const ConfigProblem& a, const ConfigProblem& b) {
  const auto rank = [](const ConfigProblem& problem) {
    long line = 0;
    const std::size_t column = problem.place.rfind(':');
    const std::size_t row =
        column == std::string::npos || column == 0 ? column : problem.place.rfind(':', column - 1);
    if (row != std::string::npos) {
      line = std::strtol(problem.place.c_str() + row + 1, nullptr, 10);
    }
    const bool environment = problem.place.compare(0, 12, "environment ") == 0;
    return std::pair(environment ? 1 : 0, line);
  };
  return rank(a) < rank(b);
}

}  // namespace

ConfigOutcome ReadConfig(const std::string& path,
                         const std::map<std::string, std::string>& environment, ConfigUse use) {
  ConfigOutcome outcome;
  Settings settings;
  if (!path.empty()) {
    const auto text = ReadConfigFile(path);
    if (!text.has_value()) {
      // Everything else would only say that keys are missing.
      outcome.problems.push_back({"--config", "", text.error().message});
      return outcome;
    }
    if (!ReadYaml(path, *text, settings, outcome.problems)) return outcome;
  }
  ReadEnvironment(environment, settings, outcome.problems);
  Maker(path.empty() ? "configuration" : path, settings, use, outcome).Make();
  std::stable_sort(outcome.problems.begin(), outcome.problems.end(), Before);
  return outcome;
}

std::map<std::string, std::string> Environment() {
  std::map<std::string, std::string> variables;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view pair = *variable;
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return variables;
}

std::map<std::string, std::string> Effective(const Config& config) {
  std::map<std::string, std::string> values;
  for (const Key& key : Keys()) {
    std::string text = key.get(config);
    if (!text.empty()) values.emplace(key.name, std::move(text));
  }
  for (const auto& [property, value] : config.kafka) {
    const std::string name = std::string(kKafkaPrefix) + property;
    const auto file = config.kafka_files.find(property);
    if (file != config.kafka_files.end()) {
      values.emplace(name + std::string(kFileSuffix), file->second);
    } else if (!IsSecretProperty(property)) {
      values.emplace(name, value);
    }
  }
  return values;
}

std::string ToYaml(const Config& config) {
  std::string yaml, section;
  for (const auto& [name, text] : Effective(config)) {
    const Key* key = FindKey(name);
    const std::size_t dot = name.find('.');
    const std::string above = dot == std::string::npos ? "" : name.substr(0, dot);
    if (above != section && !above.empty()) yaml += fmt::format("{}:\n", above);
    section = above;
    const bool quoted = key == nullptr || IsText(*key);
    yaml += fmt::format("{}{}: {}\n", above.empty() ? "" : "  ",
                        above.empty() ? name : name.substr(dot + 1),
                        quoted                ? base::ToJson(base::json::value(text))
                        : key->kind == "list" ? "[" + text + "]"
                                              : text);
  }
  return yaml;
}

std::string ToText(const ConfigProblem& problem) {
  return fmt::format("{}: {}{}{}", problem.place, problem.key, problem.key.empty() ? "" : " ",
                     problem.message);
}

std::vector<std::string> NeedsRestart(const Config& before, const Config& after) {
  std::set<std::string> changed;
  for (const Key& key : Keys()) {
    if (!key.reloadable && key.get(before) != key.get(after)) changed.emplace(key.name);
  }
  const auto compare = [&](const Config& one, const Config& other) {
    for (const auto& [property, value] : one.kafka) {
      const auto found = other.kafka.find(property);
      const bool from_file = one.kafka_files.count(property) != 0;
      if (found == other.kafka.end() || found->second != value ||
          from_file != (other.kafka_files.count(property) != 0)) {
        changed.insert(std::string(kKafkaPrefix) + property +
                       (from_file ? std::string(kFileSuffix) : ""));
      }
    }
  };
  compare(before, after);
  compare(after, before);
  return {changed.begin(), changed.end()};
}

}  // namespace medverka::config
