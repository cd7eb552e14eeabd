#include "matcher/catalogue/catalogue.h"

#include <algorithm>
#include <utility>

#include "ops/base/bytes.h"

namespace medverka::matcher {
namespace {

constexpr std::string_view kCurrentKey = "catalogue";
constexpr std::string_view kVersionPrefix = "catalogue/";
constexpr std::string_view kProgramPrefix = "program/";

tl::unexpected<base::Error> Damaged() {
  return base::Fail(base::ErrorCode::kCorruption,
                    "The catalogue in the state cannot be read back.");
}

std::string ProgramKey(const base::Digest& hash) {
  return std::string(kProgramPrefix) + std::string(base::AsBytes(hash));
}

std::string VersionKey(std::uint64_t version) {
  base::ByteWriter key;
  key.Raw(kVersionPrefix);
  key.BigEndian64(version);
  return key.Take();
}

bool ReadEntries(std::string_view bytes, std::uint64_t& version,
                 std::map<std::string, base::Digest, std::less<>>& hashes) {
  base::ByteReader in(bytes);
  version = in.Varint();
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
    std::string study(in.String());
    base::Digest hash{};
    const std::string_view raw = in.Raw(hash.size());
    std::copy(raw.begin(), raw.end(), hash.begin());
    hashes.emplace(std::move(study), hash);
  }
  return in.ok() && in.at_end();
}

}  // namespace

base::Result<void> Catalogue::Load() {
  MEDVERKA_ASSIGN(const std::optional<std::string> bytes, store_->Get(Room::kMeta, kCurrentKey));
  if (!bytes) return {};
  bool sound = ReadEntries(*bytes, version_, hashes_);
  MEDVERKA_TRY(
      store_->Scan(Room::kMeta, kVersionPrefix, [&](std::string_view, std::string_view value) {
        std::uint64_t version = 0;
        Hashes hashes;
        sound = sound && ReadEntries(value, version, hashes);
        versions_.emplace(version, std::move(hashes));
        return sound;
      }));
  if (!sound) return Damaged();
  return {};
}

base::Result<ProgramPtr> Catalogue::ReadProgram(const base::Digest& hash) const {
  MEDVERKA_ASSIGN(const std::optional<std::string> bytes,
                  store_->Get(Room::kMeta, ProgramKey(hash)));
  if (!bytes) return Damaged();
  MEDVERKA_ASSIGN(criteria::Program program, criteria::DecodeProgram(*bytes));
  return std::make_shared<const criteria::Program>(std::move(program));
}

// Of a study that is live up to now.
base::Result<ProgramPtr> Catalogue::Current(const std::string& study,
                                            const base::Digest& hash) const {
  for (const ProgramPtr& program : live_) {
    if (program->study.id == study) return program;
  }
  return ReadProgram(hash);
}

base::Result<Catalogue> Catalogue::OpenStored(const Store& store) {
  Catalogue catalogue(store);
  MEDVERKA_TRY(catalogue.Load());
  for (const auto& [study, hash] : catalogue.hashes_) {
    MEDVERKA_ASSIGN(ProgramPtr program, catalogue.ReadProgram(hash));
    catalogue.live_.push_back(std::move(program));
  }
  return catalogue;
}

base::Result<Catalogue> Catalogue::Open(const Store& store, std::vector<ProgramPtr> published,
                                        const std::vector<std::string>& unusable) {
  Catalogue catalogue(store);
  MEDVERKA_TRY(catalogue.Load());
  const std::uint64_t stored = catalogue.version_;
  MEDVERKA_ASSIGN(const std::vector<std::string> changes,
                  catalogue.Set(stored + 1, std::move(published), unusable));
  catalogue.changed_ = stored == 0 || !changes.empty();
  catalogue.written_ = !catalogue.changed_;
  if (!catalogue.changed_) catalogue.version_ = stored;
  return catalogue;
}

base::Result<std::vector<std::string>> Catalogue::Set(std::uint64_t version,
                                                      std::vector<ProgramPtr> published,
                                                      const std::vector<std::string>& unusable) {
  std::map<std::string, ProgramPtr> next;
  for (ProgramPtr& program : published) {
    // An id given twice: the first.
    if (program) next.emplace(program->study.id, std::move(program));
  }
  for (const std::string& study : unusable) {
    const auto held = hashes_.find(study);
    if (held == hashes_.end() || next.contains(study)) continue;
    MEDVERKA_ASSIGN(ProgramPtr program, Current(study, held->second));
    next.emplace(study, std::move(program));
  }
  std::map<std::string, ProgramPtr> removed;
  for (const ProgramPtr& program : removed_) {
    if (!next.contains(program->study.id)) removed.emplace(program->study.id, program);
  }
  std::vector<std::string> changes;
  for (const auto& [study, hash] : hashes_) {
    if (next.contains(study)) continue;
    MEDVERKA_ASSIGN(removed[study], Current(study, hash));
    changes.push_back(study);
  }
  Hashes hashes;
  for (const auto& [study, program] : next) {
    const base::Digest hash = criteria::HashOf(*program);
    const auto held = hashes_.find(study);
    if (held == hashes_.end() || held->second != hash) changes.push_back(study);
    hashes.emplace(study, hash);
  }
  std::sort(changes.begin(), changes.end());
  written_ = written_ && version == version_ && changes.empty();
  version_ = version;
  hashes_ = std::move(hashes);
  live_.clear();
  for (auto& [study, program] : next) live_.push_back(std::move(program));
  removed_.clear();
  for (auto& [study, program] : removed) removed_.push_back(std::move(program));
  return changes;
}

base::Result<void> Catalogue::RememberRemoved(const std::vector<std::string>& studies) {
  std::map<std::string, ProgramPtr> removed;
  for (const ProgramPtr& program : removed_) removed.emplace(program->study.id, program);
  for (const std::string& study : studies) {
    if (hashes_.contains(study) || removed.contains(study)) continue;
    for (auto version = versions_.rbegin(); version != versions_.rend(); ++version) {
      const auto held = version->second.find(study);
      if (held == version->second.end()) continue;
      MEDVERKA_ASSIGN(removed[study], ReadProgram(held->second));
      break;
    }
  }
  removed_.clear();
  for (auto& [study, program] : removed) removed_.push_back(std::move(program));
  return {};
}

std::string Catalogue::EncodeEntries() const {
  base::ByteWriter out;
  out.Varint(version_);
  out.Varint(hashes_.size());
  for (const auto& [study, hash] : hashes_) {
    out.String(study);
    out.Raw(base::AsBytes(hash));
  }
  return out.Take();
}

// Hashes of the programs that the stored versions name.
std::set<base::Digest> Catalogue::Stored() const {
  std::set<base::Digest> stored;
  for (const auto& [version, hashes] : versions_) {
    for (const auto& [study, hash] : hashes) stored.insert(hash);
  }
  return stored;
}

// Programs of a version that is kept no more, but for those that another one names.
void Catalogue::Forget(Batch& batch, const Hashes& hashes) const {
  const std::set<base::Digest> stored = Stored();
  for (const auto& [study, hash] : hashes) {
    if (!stored.contains(hash)) batch.Delete(Room::kMeta, ProgramKey(hash));
  }
}

void Catalogue::Write(Batch& batch) {
  if (std::exchange(written_, true)) return;
  const std::string entries = EncodeEntries();
  batch.Put(Room::kMeta, kCurrentKey, entries);
  batch.Put(Room::kMeta, VersionKey(version_), entries);
  const std::set<base::Digest> stored = Stored();
  for (const ProgramPtr& program : live_) {
    const base::Digest& hash = hashes_.find(program->study.id)->second;
    if (!stored.contains(hash)) {
      batch.Put(Room::kMeta, ProgramKey(hash), criteria::EncodeProgram(*program));
    }
  }
  Hashes replaced = std::exchange(versions_[version_], hashes_);
  Forget(batch, replaced);
  while (versions_.size() > kCatalogueVersionsKept) {
    auto oldest = versions_.extract(versions_.begin());
    batch.Delete(Room::kMeta, VersionKey(oldest.key()));
    Forget(batch, oldest.mapped());
  }
}

std::string Catalogue::Canonical() const { return EncodeEntries(); }

}  // namespace medverka::matcher
