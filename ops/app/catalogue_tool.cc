#include "ops/app/catalogue_tool.h"

#include <algorithm>
#include <map>

#include "ops/app/terminal.h"
#include "ops/base/crypto.h"

namespace medverka::app {
namespace {

constexpr int kReadMs = 60'000;
constexpr std::size_t kListedMax = 50;

// Goes through two lists sorted by key, side by side.
template <typename Item, typename Key, typename Value>
void Walk(const std::vector<Item>& before, const std::vector<Item>& after, const Key& key,
          const Value& value, std::vector<std::string>& added, std::vector<std::string>& changed,
          std::vector<std::string>& removed, std::uint64_t& same) {
  std::map<std::string_view, const Item*> old;
  for (const Item& item : before) old.emplace(key(item), &item);
  for (const Item& item : after) {
    const auto was = old.find(key(item));
    if (was == old.end()) {
      added.push_back(key(item));
      continue;
    }
    if (value(*was->second) == value(item)) {
      ++same;
    } else {
      changed.push_back(key(item));
    }
    old.erase(was);
  }
  for (const auto& [name, item] : old) removed.emplace_back(name);
  for (auto* list : {&added, &changed, &removed}) std::sort(list->begin(), list->end());
}

base::json::array ToArray(const std::vector<std::string>& words) {
  base::json::array array;
  for (const std::string& word : words) array.emplace_back(word);
  return array;
}

void List(std::string& text, std::string_view what, const std::vector<std::string>& ids) {
  for (std::size_t i = 0; i < std::min(ids.size(), kListedMax); ++i) {
    text += fmt::format("  {:<8} {}\n", what, ids[i]);
  }
  if (ids.size() > kListedMax) {
    text += fmt::format("  {:<8} and {} more\n", what, Thousands(ids.size() - kListedMax));
  }
}

}  // namespace

base::Result<std::unique_ptr<streams::CatalogueReader>> OpenCatalogue(
    const config::Config& config) {
  // Asked first, because it says best what is wrong with brokers, logins and topics.
  MEDVERKA_ASSIGN(const auto reports, streams::CheckTopics(config.kafka, config.topics.names));
  for (const streams::TopicReport& report : reports) {
    if (report.topic == config.topics.names.studies && !report.problem.empty()) {
      return base::Fail(base::ErrorCode::kInvalidArgument, "{}", report.problem);
    }
  }
  MEDVERKA_ASSIGN(auto reader,
                  streams::CatalogueReader::Open(config.kafka, config.topics.names.studies));
  MEDVERKA_TRY(reader->Poll(kReadMs));
  return reader;
}

CatalogueChanges Compare(const streams::CatalogueVersion* before,
                         const streams::CatalogueVersion& after) {
  const streams::CatalogueVersion none;
  const streams::CatalogueVersion& old = before != nullptr ? *before : none;
  CatalogueChanges changes;
  Walk(
      old.studies, after.studies, [](const auto& study) -> const std::string& { return study.id; },
      [](const auto& study) -> const std::string& { return study.program; }, changes.added,
      changes.changed, changes.removed, changes.unchanged);
  std::vector<std::string> added, changed, removed;
  std::uint64_t same = 0;
  Walk(
      old.files, after.files, [](const auto& file) -> const std::string& { return file.name; },
      [](const auto& file) -> const std::string& { return file.text; }, added, changed, removed,
      same);
  for (const auto* list : {&added, &changed, &removed}) {
    changes.files.insert(changes.files.end(), list->begin(), list->end());
  }
  std::sort(changes.files.begin(), changes.files.end());
  return changes;
}

std::string Summary(const CatalogueChanges& changes) {
  std::string text;
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count == 0) return;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", Thousands(count), what);
  };
  add(changes.added.size(), "new");
  add(changes.changed.size(), "changed");
  add(changes.removed.size(), "removed");
  add(changes.unchanged, "unchanged");
  return text.empty() ? "no study" : text;
}

std::string Listing(const CatalogueChanges& changes) {
  std::string text;
  List(text, "new", changes.added);
  List(text, "changed", changes.changed);
  List(text, "removed", changes.removed);
  if (text.empty() && !changes.files.empty()) {
    text = "  other words in files, no other meaning\n";
  }
  return text;
}

base::json::object ToJson(const CatalogueChanges& changes) {
  return {{"new", ToArray(changes.added)},
          {"changed", ToArray(changes.changed)},
          {"removed", ToArray(changes.removed)},
          {"unchanged", changes.unchanged},
          {"files_changed", ToArray(changes.files)}};
}

std::string HashOf(const criteria::CompiledStudy& study) {
  return base::Hex(base::AsBytes(criteria::HashOf(*study.program)));
}

std::vector<streams::CatalogueStudy> StudiesOf(const criteria::Compilation& compilation) {
  std::vector<streams::CatalogueStudy> studies;
  for (const auto& study : compilation.studies) {
    if (study.program == nullptr) continue;
    studies.push_back({study.id, HashOf(study)});
  }
  return studies;
}

std::string WhenPublished(const streams::CatalogueVersion& version) {
  return fmt::format("version {}, {}, by Medverka {}", version.version,
                     base::FormatLocal(version.published_at), version.engine_version);
}

}  // namespace medverka::app
