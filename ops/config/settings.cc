#include "ops/config/settings.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>

#include "ops/base/text.h"
#include "ops/config/keys.h"

namespace medverka::config {
namespace {

// What is deeper or more is no configuration but aliases gone wild.
constexpr int kDepthMax = 8;
constexpr std::size_t kSettingsMax = 1'000;
constexpr std::size_t kProblemsMax = 100;

constexpr std::array<std::string_view, 5> kSecrets = {"sasl.password", "ssl.key.password",
                                                      "ssl.key.pem", "ssl.keystore.password",
                                                      "sasl.oauthbearer.client.secret"};

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// What may have been meant by a key that is none.
std::string Guess(std::string_view name) {
  for (const std::string_view start : {"bootstrap.", "sasl.", "ssl.", "security."}) {
    if (StartsWith(name, start)) return fmt::format("kafka.{}", name);
  }
  std::vector<std::string_view> names;
  for (const Key& key : Keys()) names.push_back(key.name);
  const std::size_t whole = names.size();
  for (const Key& key : Keys()) {
    const std::size_t dot = key.name.find('.');
    if (dot != std::string_view::npos) names.push_back(key.name.substr(0, dot));
  }
  names.push_back("kafka");
  const std::string_view meant = base::DidYouMean(name, names);
  if (!meant.empty()) return std::string(meant);
  // The right word in the wrong section, or in none.
  const std::size_t dot = name.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  for (std::size_t i = 0; i < whole; ++i) {
    const std::size_t at = names[i].rfind('.');
    if (at != std::string_view::npos && names[i].substr(at + 1) == last) {
      return std::string(names[i]);
    }
  }
  return "";
}

std::string UnknownKey(std::string_view name) {
  const std::string meant = Guess(name);
  return meant.empty() ? "is not a key; docs/configuration.md lists them"
                       : fmt::format("is not a key; did you mean \"{}\"?", meant);
}

std::string SecretInTheClear(std::string_view property) {
  return fmt::format(
      "is a secret and must not stand here; write it to a file that only this service can read, "
      "name the file with kafka.{}{}, and change the secret",
      property, kFileSuffix);
}

class YamlReader {
 public:
  YamlReader(const std::string& path, Settings& settings, std::vector<ConfigProblem>& problems)
      : path_(path), settings_(settings), problems_(problems) {}

  bool Read(const std::string& text) {
    try {
      const std::vector<YAML::Node> documents = YAML::LoadAll(text);
      if (documents.size() > 1) {
        Say(path_, "", "holds more than one YAML document; take out the line \"---\"");
      }
      if (documents.empty() || documents.front().IsNull()) return true;
      if (!documents.front().IsMap()) {
        Say(Place(documents.front()), "", "must be keys with values, as in \"group: medverka\"");
        return false;
      }
      Walk(documents.front(), "", 0);
      return true;
    } catch (const YAML::Exception& error) {
      // Its own text says where again, in another form.
      Say(Place(error.mark), "", fmt::format("is not YAML: {}", error.msg));
      return false;
    }
  }

 private:
  std::string Place(const YAML::Mark& mark) const {
    return mark.is_null() ? path_ : fmt::format("{}:{}:{}", path_, mark.line + 1, mark.column + 1);
  }
  std::string Place(const YAML::Node& node) const { return Place(node.Mark()); }

  void Say(std::string place, std::string key, std::string message) {
    if (problems_.size() < kProblemsMax) {
      problems_.push_back({std::move(place), std::move(key), std::move(message)});
    }
  }

  void Walk(const YAML::Node& map, const std::string& prefix, int depth) {
    if (depth > kDepthMax || settings_.size() > kSettingsMax) {
      return Say(Place(map), prefix.substr(0, prefix.size() - 1), "holds too much below it");
    }
    for (const auto& member : map) {
      if (!member.first.IsScalar()) {
        Say(Place(member.first), prefix, "must have words as keys");
        continue;
      }
      TakeMember(prefix + member.first.Scalar(), Place(member.first), member.second, depth);
    }
  }

  void TakeMember(const std::string& name, const std::string& place, const YAML::Node& value,
                  int depth) {
    const bool below_kafka = StartsWith(name, kKafkaPrefix);
    if (name == "kafka" || IsSection(name) || (below_kafka && value.IsMap())) {
      if (value.IsMap()) return Walk(value, name + ".", depth + 1);
      if (!value.IsNull()) Say(place, name, "is a section: its keys stand indented below it");
      return;  // a section with everything in it commented out is fine
    }
    const Key* key = FindKey(name);
    if (key == nullptr && !below_kafka) return Say(place, name, UnknownKey(name));
    const bool list = below_kafka || key->kind == "list";
    if (value.IsNull()) {
      return Say(place, name, "has no value; leave the key out to have the default");
    }
    if (value.IsMap() || (value.IsSequence() && !list)) {
      return Say(place, name, "must be one value");
    }
    std::string text = value.IsScalar() ? value.Scalar() : "";
    if (value.IsSequence() && !Join(value, text)) {
      return Say(place, name, "must be a list of words");
    }
    if (below_kafka && IsSecretProperty(name.substr(kKafkaPrefix.size()))) {
      return Say(place, name, SecretInTheClear(name.substr(kKafkaPrefix.size())));
    }
    const auto [found, added] = settings_.emplace(name, Setting{std::move(text), place});
    if (!added) Say(place, name, fmt::format("stands twice, first at {}", found->second.place));
  }

  static bool Join(const YAML::Node& list, std::string& text) {
    for (const auto& item : list) {
      if (!item.IsScalar()) return false;
      text += (text.empty() ? "" : ",") + item.Scalar();
    }
    return true;
  }

  const std::string& path_;
  Settings& settings_;
  std::vector<ConfigProblem>& problems_;
};

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Kubernetes tells every pod of the services beside it; one that is called medverka-something gives
// MEDVERKA_SOMETHING_PORT_8080_TCP_ADDR and its like, which nobody wrote.
bool IsServiceLink(std::string_view name) {
  return EndsWith(name, "_SERVICE_HOST") || EndsWith(name, "_PORT") ||
         name.find("_SERVICE_PORT") != std::string_view::npos ||
         name.find("_TCP") != std::string_view::npos || name.find("_UDP") != std::string_view::npos;
}

// "KAFKA_SASL_PASSWORD_FILE" -> "kafka.sasl.password_file"
std::string KafkaKey(std::string_view name) {
  constexpr std::string_view kFile = "_FILE";
  const bool file = EndsWith(name, kFile);
  if (file) name.remove_suffix(kFile.size());
  std::string key;
  for (const char c : name) {
    key.push_back(c == '_' ? '.' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return file ? key + std::string(kFileSuffix) : key;
}

// The key whose variable has nearly this name.
std::string UnknownVariable(const std::string& name) {
  std::vector<std::string> names;
  for (const Key& key : Keys()) names.push_back(EnvironmentName(key.name));
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::string_view meant = base::DidYouMean(name, candidates);
  return meant.empty() ? "is not the name of a key; docs/configuration.md lists them"
                       : fmt::format("is not the name of a key; did you mean {}?", meant);
}

}  // namespace

bool IsSecretProperty(std::string_view property) {
  return std::find(kSecrets.begin(), kSecrets.end(), property) != kSecrets.end();
}

bool ReadYaml(const std::string& path, const std::string& text, Settings& settings,
              std::vector<ConfigProblem>& problems) {
  return YamlReader(path, settings, problems).Read(text);
}

void ReadEnvironment(const std::map<std::string, std::string>& environment, Settings& settings,
                     std::vector<ConfigProblem>& problems) {
  constexpr std::string_view kPrefix = "MEDVERKA_", kKafka = "MEDVERKA_KAFKA_",
                             kTest = "MEDVERKA_TEST_";
  for (const auto& [name, value] : environment) {
    if (!StartsWith(name, kPrefix) || StartsWith(name, kTest) || IsServiceLink(name)) continue;
    const std::string place = fmt::format("environment {}", name);
    if (StartsWith(name, kKafka)) {
      const std::string key = KafkaKey(std::string_view(name).substr(kPrefix.size()));
      const std::string property = key.substr(kKafkaPrefix.size());
      if (IsSecretProperty(property)) {
        problems.push_back({place, key, SecretInTheClear(property)});
      } else {
        settings[key] = {value, place};
      }
      continue;
    }
    const auto keys = Keys();
    const auto key = std::find_if(keys.begin(), keys.end(), [&name = name](const Key& k) {
      return EnvironmentName(k.name) == name;
    });
    if (key == keys.end()) {
      problems.push_back({place, "", UnknownVariable(name)});
    } else {
      settings[std::string(key->name)] = {value, place};
    }
  }
}

}  // namespace medverka::config
