#include "streams/kafka/catalogue_feed.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "criteria/criteria.h"
#include "ops/base/log.h"

namespace medverka::streams::internal {
namespace {

using base::Log;
using base::LogLevel;

constexpr int kPollMs = 500;
constexpr std::chrono::milliseconds kPause{500};
// Names are unique in a catalogue and know no folders.
std::string_view LastPart(std::string_view name) {
  const std::size_t slash = name.find_last_of('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

std::string FirstError(const criteria::Diagnostics& diagnostics, const std::string& path) {
  for (const criteria::Diagnostic& one : diagnostics.all()) {
    if (one.path == path && one.severity == criteria::Severity::kError) {
      return fmt::format("line {}: {}", one.line, one.message);
    }
  }
  return "it does not compile here";
}

}  // namespace

LiveCatalogue CompileCatalogue(const CatalogueVersion& version) {
  std::vector<criteria::SourceFile> files;
  for (const CatalogueFile& file : version.files) files.push_back({file.name, file.text});
  const criteria::UseLoader load =
      [&version](const std::string&,
                 const std::string& name) -> std::optional<criteria::SourceFile> {
    for (const CatalogueFile& file : version.files) {
      if (file.name == LastPart(name)) return criteria::SourceFile{file.name, file.text};
    }
    return std::nullopt;
  };
  const criteria::Compilation compiled = criteria::Compile(files, load);
  LiveCatalogue live;
  live.input.version = version.version;
  std::vector<std::string> unread;
  for (const CatalogueStudy& study : version.studies) unread.push_back(study.id);
  for (const criteria::CompiledStudy& study : compiled.studies) {
    std::erase(unread, study.id);
    if (study.program != nullptr) {
      live.input.studies.push_back({study.program});
      continue;
    }
    if (!study.id.empty()) live.input.unusable.push_back(study.id);
    live.refused.push_back(fmt::format("{}: {}", study.id.empty() ? study.path : study.id,
                                       FirstError(compiled.diagnostics, study.path)));
  }
  // Published, but not even its id can be read here.
  for (const std::string& id : unread) {
    live.input.unusable.push_back(id);
    live.refused.push_back(
        fmt::format("{}: no file of the catalogue reads as this study here", id));
  }
  return live;
}

CatalogueFeed::CatalogueFeed(KafkaProperties kafka, std::string topic, BrokerWatch& watch,
                             Measures& measures)
    : kafka_(std::move(kafka)), topic_(std::move(topic)), watch_(watch), measures_(measures) {
  thread_ = std::thread([this] { Run(); });
}

CatalogueFeed::~CatalogueFeed() {
  ending_.store(true);
  thread_.join();
}

std::shared_ptr<const LiveCatalogue> CatalogueFeed::live() const {
  const std::lock_guard lock(mutex_);
  return live_;
}

void CatalogueFeed::Run() {
  std::unique_ptr<CatalogueReader> reader;
  std::string said;
  while (!ending_.load()) {
    if (reader == nullptr) {
      auto opened = CatalogueReader::Open(kafka_, topic_);
      if (opened.has_value()) reader = std::move(*opened);
    }
    if (reader != nullptr) {
      const auto polled = reader->Poll(kPollMs);
      if (polled.has_value()) {
        watch_.Back();
        said.clear();
        if (const CatalogueVersion* newest = reader->newest();
            newest != nullptr && newest->version > version()) {
          Take(*newest);
        }
        read_.store(true);
        continue;
      }
      // Said once; a broker that is away is said elsewhere.
      if (polled.error().code != base::ErrorCode::kUnavailable && said != polled.error().message) {
        said = polled.error().message;
        Log(LogLevel::kError, "the catalogue cannot be read", {{"error", said}});
        reader.reset();
      }
    }
    std::this_thread::sleep_for(kPause);
  }
}

void CatalogueFeed::Take(const CatalogueVersion& newest) {
  auto live = std::make_shared<const LiveCatalogue>(CompileCatalogue(newest));
  for (const std::string& why : live->refused) {
    Log(LogLevel::kError, "a published study is refused; its version before stays",
        {{"catalogue", static_cast<std::int64_t>(newest.version)}, {"study", why}});
  }
  Log(LogLevel::kInfo, "a catalogue is taken up",
      {{"catalogue", static_cast<std::int64_t>(newest.version)},
       {"studies", static_cast<std::int64_t>(live->input.studies.size())},
       {"refused", static_cast<std::int64_t>(live->refused.size())}});
  const std::string before = fmt::format("{}", version());
  if (version() > 0) measures_.GaugeOf("catalogue_info", {{"version", before}}).Set(0);
  measures_.GaugeOf("catalogue_info", {{"version", fmt::format("{}", newest.version)}}).Set(1);
  measures_.GaugeOf("catalogue_studies").Set(static_cast<double>(live->input.studies.size()));
  measures_.GaugeOf("catalogue_refused_studies").Set(static_cast<double>(live->refused.size()));
  measures_.GaugeOf("catalogue_load_timestamp_seconds")
      .Set(std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
               .count());
  {
    const std::lock_guard lock(mutex_);
    live_ = std::move(live);
  }
  version_.store(newest.version);
}

}  // namespace medverka::streams::internal
