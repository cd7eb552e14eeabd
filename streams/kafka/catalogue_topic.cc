#include "streams/kafka/catalogue_topic.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <random>
#include <thread>

#include "ops/base/crypto.h"
#include "ops/base/json.h"
#include "ops/base/log.h"
#include "streams/kafka/catalogue_publication.h"
#include "streams/kafka/consumer.h"
#include "streams/kafka/handles.h"
#include "streams/kafka/topics.h"

namespace medverka::streams {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;
using internal::Publication;
using internal::Setback;
using internal::Step;
using internal::Trouble;

namespace json = base::json;

constexpr std::string_view kFilePrefix = "file/";
constexpr std::string_view kVersionPrefix = "catalogue/";
constexpr int kPollMs = 100;
constexpr std::int64_t kMicrosPerMs = 1'000;
// Ten thousand studies are some 30 MB and take a second or two.
constexpr int kReadAllMs = 60'000;
constexpr int kAskAgainMs = 20;
// How often a publication whose outcome is not known is looked at and tried again.
constexpr int kTriesMax = 5;

std::string FileKey(const std::string& text) {
  return std::string(kFilePrefix) + base::Hex(base::AsBytes(base::Sha256(text)));
}

std::string_view BaseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// ---- the record "catalogue/<version>"

std::string ToRecord(const CatalogueVersion& catalogue, const std::string& mark) {
  json::object manifest{{"version", catalogue.version},
                        {"published_at", base::FormatUtc(catalogue.published_at)},
                        {"engine_version", catalogue.engine_version},
                        {"note", catalogue.note},
                        {"publication", mark}};
  if (catalogue.rolled_back_to.has_value()) manifest["rolled_back_to"] = *catalogue.rolled_back_to;
  json::array files;
  for (const CatalogueFile& file : catalogue.files) {
    files.push_back(json::object{{"name", file.name},
                                 {"sha256", base::Hex(base::AsBytes(base::Sha256(file.text)))}});
  }
  manifest["files"] = std::move(files);
  json::array studies;
  for (const CatalogueStudy& study : catalogue.studies) {
    studies.push_back(json::object{{"id", study.id}, {"program", study.program}});
  }
  manifest["studies"] = std::move(studies);
  return base::ToJson(manifest);
}

// As it lies on the topic: files by hash, without their texts.
struct Manifest {
  CatalogueVersion catalogue;                              // files empty
  std::string mark;                                        // of whoever published it
  std::vector<std::pair<std::string, std::string>> files;  // name, key of the text
};

std::optional<std::string> TextIn(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->as_string());
}

std::optional<std::uint64_t> NumberIn(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(name);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code failed;
  const auto number = value->to_number<std::uint64_t>(failed);
  if (failed) return std::nullopt;
  return number;
}

// Pairs of texts from an array of objects; nullopt: one of them is not that.
std::optional<std::vector<std::pair<std::string, std::string>>> PairsIn(const json::object& from,
                                                                        std::string_view list,
                                                                        std::string_view first,
                                                                        std::string_view second) {
  const json::value* value = from.if_contains(list);
  if (value == nullptr || !value->is_array()) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const json::value& one : value->as_array()) {
    if (!one.is_object()) return std::nullopt;
    auto a = TextIn(one.as_object(), first);
    auto b = TextIn(one.as_object(), second);
    if (!a.has_value() || !b.has_value()) return std::nullopt;
    pairs.emplace_back(std::move(*a), std::move(*b));
  }
  return pairs;
}

std::optional<Manifest> ReadManifest(std::uint64_t version, std::string_view text) {
  const auto parsed = base::ParseJson(text);
  if (!parsed.has_value() || !parsed->is_object()) return std::nullopt;
  const json::object& from = parsed->as_object();
  if (NumberIn(from, "version") != version) return std::nullopt;
  const auto published = base::ParseTime(TextIn(from, "published_at").value_or(""));
  auto files = PairsIn(from, "files", "name", "sha256");
  const auto studies = PairsIn(from, "studies", "id", "program");
  if (!published.has_value() || !files.has_value() || !studies.has_value()) return std::nullopt;
  Manifest manifest;
  manifest.catalogue.version = version;
  manifest.catalogue.published_at = published->lo;
  manifest.catalogue.engine_version = TextIn(from, "engine_version").value_or("");
  manifest.catalogue.note = TextIn(from, "note").value_or("");
  manifest.mark = TextIn(from, "publication").value_or("");
  manifest.catalogue.rolled_back_to = NumberIn(from, "rolled_back_to");
  for (auto& [name, hash] : *files) {
    manifest.files.emplace_back(std::move(name), std::string(kFilePrefix) + hash);
  }
  for (const auto& [id, program] : *studies) manifest.catalogue.studies.push_back({id, program});
  return manifest;
}

// ---- reading

class Reader final : public CatalogueReader {
 public:
  static Result<std::unique_ptr<Reader>> Make(const KafkaProperties& properties,
                                              std::string topic) {
    auto reader = std::unique_ptr<Reader>(new Reader());
    reader->place_ = {std::move(topic), 0};
    MEDVERKA_ASSIGN(reader->records_, PartitionReader::Open(properties, true));
    MEDVERKA_TRY(reader->records_->Assign({{reader->place_, kFromBeginning}}));
    return reader;
  }

  Result<bool> Poll(int timeout_ms) override {
    const std::int64_t deadline = internal::MonotonicUs() + timeout_ms * kMicrosPerMs;
    MEDVERKA_ASSIGN(const Watermarks marks, Ends(deadline));
    while (true) {
      MEDVERKA_ASSIGN(const std::int64_t position, records_->Position(place_));
      if (std::max(position, marks.low) >= marks.high) break;
      if (internal::MonotonicUs() > deadline) {
        return Fail(ErrorCode::kUnavailable,
                    "the catalogue could not be read to its end within {} ms", timeout_ms);
      }
      auto record = records_->NextView(kPollMs);
      // While a broker is away there is nothing to be had; the deadline says when that is enough.
      if (!record.has_value() && record.error().code == ErrorCode::kUnavailable) continue;
      MEDVERKA_ASSIGN(const KafkaRecordView* one, std::move(record));
      if (one != nullptr) Take(*one);
    }
    return FindNewest();
  }

  const CatalogueVersion* newest() const override {
    return newest_.has_value() ? &*newest_ : nullptr;
  }

  std::vector<CatalogueVersion> all() const override {
    std::vector<CatalogueVersion> versions;
    for (const auto& [number, manifest] : versions_) versions.push_back(manifest.catalogue);
    return versions;
  }

  Result<CatalogueVersion> Read(std::uint64_t version) const override {
    const auto found = versions_.find(version);
    if (found == versions_.end()) {
      return Fail(ErrorCode::kNotFound, "there is no version {} in the catalogue{}", version,
                  versions_.empty() ? ", which is empty"
                                    : fmt::format("; there are {} to {}", versions_.begin()->first,
                                                  versions_.rbegin()->first));
    }
    CatalogueVersion catalogue = found->second.catalogue;
    for (const auto& [name, key] : found->second.files) {
      const auto text = texts_.find(key);
      if (text == texts_.end()) {
        return Fail(ErrorCode::kCorruption,
                    "version {} of the catalogue is not whole: the text of {} is not on {}",
                    version, name, place_.topic);
      }
      catalogue.files.push_back({name, text->second});
    }
    return catalogue;
  }

  bool Has(const std::string& file_key) const { return texts_.contains(file_key); }
  // The version that was published under this mark.
  std::optional<std::uint64_t> MarkedBy(const std::string& mark) const {
    for (auto at = versions_.rbegin(); at != versions_.rend(); ++at) {
      if (at->second.mark == mark) return at->first;
    }
    return std::nullopt;
  }
  // Of any record of a version, readable or not: a number is never given twice.
  std::uint64_t highest() const { return highest_; }

 private:
  Reader() = default;

  // Partitions change leaders, and a new one has none for a moment.
  Result<Watermarks> Ends(std::int64_t deadline_us) {
    while (true) {
      const std::int64_t left_us = deadline_us - internal::MonotonicUs();
      auto marks = records_->WatermarksOf(
          place_, static_cast<int>(std::max<std::int64_t>(left_us, 0) / kMicrosPerMs));
      if (marks.has_value() || marks.error().code != ErrorCode::kUnavailable || left_us <= 0) {
        return marks;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(kAskAgainMs));
    }
  }

  void Take(const KafkaRecordView& record) {
    if (!record.key.has_value()) return;
    const std::string_view key = *record.key;
    if (key.substr(0, kFilePrefix.size()) == kFilePrefix) {
      TakeFile(std::string(key), record);
    } else if (key.substr(0, kVersionPrefix.size()) == kVersionPrefix) {
      TakeVersion(key.substr(kVersionPrefix.size()), record);
    }
  }

  void TakeFile(const std::string& key, const KafkaRecordView& record) {
    if (!record.value.has_value()) {
      texts_.erase(key);
      return;
    }
    std::string text(*record.value);
    if (FileKey(text) != key) {
      base::Log(base::LogLevel::kError,
                "a file of the catalogue has another text than its hash says",
                {{"offset", record.offset}});
      return;
    }
    texts_.insert_or_assign(key, std::move(text));
  }

  void TakeVersion(std::string_view number, const KafkaRecordView& record) {
    std::uint64_t version = 0;
    const auto [end, failed] =
        std::from_chars(number.data(), number.data() + number.size(), version);
    if (failed != std::errc() || end != number.data() + number.size()) return;
    highest_ = std::max(highest_, version);
    if (!record.value.has_value()) {
      versions_.erase(version);
      return;
    }
    auto manifest = ReadManifest(version, *record.value);
    if (!manifest.has_value()) {
      base::Log(base::LogLevel::kError, "a version of the catalogue does not read back",
                {{"version", static_cast<std::int64_t>(version)}, {"offset", record.offset}});
      return;
    }
    versions_.insert_or_assign(version, std::move(*manifest));
  }

  // The highest version that is whole.
  bool FindNewest() {
    for (auto at = versions_.rbegin(); at != versions_.rend(); ++at) {
      if (newest_.has_value() && newest_->version == at->first) return false;
      auto catalogue = Read(at->first);
      if (catalogue.has_value()) {
        newest_ = std::move(*catalogue);
        return true;
      }
      if (told_ != at->first) base::Log(base::LogLevel::kError, catalogue.error().message);
      told_ = at->first;
    }
    const bool had = newest_.has_value();
    newest_.reset();
    return had;
  }

  TopicPartition place_;
  std::unique_ptr<PartitionReader> records_;
  std::map<std::string, std::string> texts_;  // by key of the record
  std::map<std::uint64_t, Manifest> versions_;
  std::optional<CatalogueVersion> newest_;
  std::uint64_t highest_ = 0;
  std::uint64_t told_ = 0;  // the broken version that was logged last
};

// ---- writing

tl::unexpected<base::Error> SomebodyElse() {
  return Fail(ErrorCode::kInvalidArgument,
              "somebody else published meanwhile, or is about to, and nothing of this was "
              "published; look at `medverka catalogue list` and publish again");
}

Step WriteCatalogue(Publication& publication, const Reader& there,
                    const CatalogueVersion& catalogue, const std::string& mark) {
  if (auto begun = publication.Begin(); !begun.has_value()) return begun;
  for (const CatalogueFile& file : catalogue.files) {
    const std::string key = FileKey(file.text);
    if (there.Has(key)) continue;
    if (auto written = publication.Write(key, file.text, file.name); !written.has_value()) {
      return written;
    }
  }
  // Last, so that whoever has read it has read its files.
  return publication.Write(std::string(kVersionPrefix) + std::to_string(catalogue.version),
                           ToRecord(catalogue, mark), "the list of studies");
}

// Who publishes, over all tries.
std::string NewMark() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}", random(), random(), random());
}

// One catalogue on its way to the topic, as often as it takes to know what became of it.
class Publisher {
 public:
  static Result<Publisher> Make(const KafkaProperties& properties, const std::string& topic,
                                const std::string& prefix) {
    Publisher publisher;
    publisher.properties_ = properties;
    publisher.topic_ = topic;
    publisher.prefix_ = prefix;
    publisher.mark_ = NewMark();
    MEDVERKA_ASSIGN(publisher.there_, Reader::Make(properties, topic));
    return publisher;
  }

  Result<std::uint64_t> Publish(std::uint64_t base, CatalogueVersion next) {
    base::Error last;
    for (int tries = 0; tries < kTriesMax; ++tries) {
      const auto done = Try(base, next);
      if (done.has_value()) return Seen(*done);
      last = done.error().error;
      if (done.error().setback == Setback::kFenced) return Fenced();
      if (done.error().setback == Setback::kFinal) break;
      base::Log(base::LogLevel::kInfo, "what became of the catalogue is not known; it is looked at",
                {{"reason", last.message}});
    }
    if (!ended_) return tl::unexpected(last);
    return Fail(ErrorCode::kUnavailable,
                "{}; whether it was published is not known: look at `medverka catalogue list`",
                last.message);
  }

 private:
  Publisher() = default;

  tl::expected<std::uint64_t, Trouble> Try(std::uint64_t base, CatalogueVersion& next) {
    // First the fence: what another publisher (or the try before) had under way is settled, and
    // what it tries later fails. Only then what is newest can be known.
    auto publication = Publication::Open(properties_, topic_, prefix_);
    if (!publication.has_value()) {
      Trouble trouble = std::move(publication).error();
      // Brokers that are away so long are not asked again.
      if (trouble.error.code == ErrorCode::kUnavailable) trouble.setback = Setback::kFinal;
      return tl::unexpected(std::move(trouble));
    }
    if (const auto polled = there_->Poll(kReadAllMs); !polled.has_value()) {
      return internal::Finally(polled.error());
    }
    if (const auto own = there_->MarkedBy(mark_)) return *own;
    ended_ = false;  // the fence has settled it: it is not there, and will not come
    const std::uint64_t newest = there_->newest() != nullptr ? there_->newest()->version : 0;
    if (newest != base) return internal::Finally(SomebodyElse().value());
    next.version = there_->highest() + 1;
    if (auto written = WriteCatalogue(**publication, *there_, next, mark_); !written.has_value()) {
      (*publication)->Abort();
      return tl::unexpected(std::move(written).error());
    }
    auto committed = (*publication)->Commit();
    if (committed.has_value()) return next.version;
    ended_ = (*publication)->asked_to_end();
    if (!ended_) (*publication)->Abort();
    return tl::unexpected(std::move(committed).error());
  }

  // A commit that was taken, but whose answer was lost, may be told of the next publisher's fence.
  Result<std::uint64_t> Fenced() {
    if (!ended_) return SomebodyElse();
    MEDVERKA_TRY(there_->Poll(kReadAllMs));
    if (const auto own = there_->MarkedBy(mark_)) return *own;
    return SomebodyElse();
  }

  // The broker answers a commit some moments before readers can see it. Who is told of a version
  // can read it.
  std::uint64_t Seen(std::uint64_t version) {
    const std::int64_t deadline = internal::MonotonicUs() + kReadAllMs * kMicrosPerMs;
    while (there_->highest() < version && internal::MonotonicUs() < deadline) {
      const auto polled = there_->Poll(kReadAllMs);
      if (!polled.has_value()) break;  // it is published all the same
      if (there_->highest() < version) {
        std::this_thread::sleep_for(std::chrono::milliseconds(kAskAgainMs));
      }
    }
    return version;
  }

  KafkaProperties properties_;
  std::string topic_, prefix_, mark_;
  std::unique_ptr<Reader> there_;
  bool ended_ = false;  // the brokers were asked to commit, and what became of it is not known
};

}  // namespace

std::vector<criteria::SourceFile> StudyFilesOf(const CatalogueVersion& catalogue) {
  constexpr std::string_view kStudy = ".study";
  std::vector<criteria::SourceFile> files;
  for (const CatalogueFile& file : catalogue.files) {
    if (file.name.ends_with(kStudy)) files.push_back({file.name, file.text});
  }
  return files;
}

criteria::UseLoader UsesOf(const CatalogueVersion& catalogue) {
  std::map<std::string_view, const CatalogueFile*> files;
  for (const CatalogueFile& file : catalogue.files) files.emplace(file.name, &file);
  return [files = std::move(files)](
             const std::string&, const std::string& name) -> std::optional<criteria::SourceFile> {
    const auto file = files.find(BaseName(name));
    if (file == files.end()) return std::nullopt;
    return criteria::SourceFile{file->second->name, file->second->text};
  };
}

Result<std::unique_ptr<CatalogueReader>> CatalogueReader::Open(const KafkaProperties& properties,
                                                               std::string topic) {
  MEDVERKA_ASSIGN(auto reader, Reader::Make(properties, std::move(topic)));
  return std::unique_ptr<CatalogueReader>(std::move(reader));
}

Result<std::uint64_t> PublishCatalogue(const KafkaProperties& properties, const std::string& topic,
                                       const std::string& prefix, std::uint64_t base,
                                       const CatalogueVersion& catalogue) {
  CatalogueVersion next = catalogue;
  const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
  std::sort(next.files.begin(), next.files.end(), by_name);
  std::sort(next.studies.begin(), next.studies.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  MEDVERKA_ASSIGN(auto publisher, Publisher::Make(properties, topic, prefix));
  return publisher.Publish(base, std::move(next));
}

}  // namespace medverka::streams
