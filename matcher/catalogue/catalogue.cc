#include "matcher/catalogue/catalogue.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "ops/base/bytes.h"

namespace medverka::matcher {
namespace {

constexpr std::string_view kCurrentKey = "catalogue";
constexpr std::string_view kVersionPrefix = "catalogue/";
constexpr std::string_view kProgramPrefix = "program/";

using Hashes = std::map<std::string, base::Digest>;

struct StoredCatalogue {
  std::uint64_t version = 0;
  Hashes hashes;
};

tl::unexpected<base::Error> Damaged() {
  return base::Fail(base::ErrorCode::kCorruption,
                    "The catalogue in the state cannot be read back. Move the state directory away "
                    "and run again from the journal.");
}

std::string ProgramKey(const base::Digest& hash) {
  return std::string(kProgramPrefix) + std::string(base::AsBytes(hash));
}

base::Result<StoredCatalogue> ReadCurrent(const Store& store) {
  StoredCatalogue stored;
  MEDVERKA_ASSIGN(const std::optional<std::string> bytes, store.Get(Room::kMeta, kCurrentKey));
  if (!bytes) return stored;
  base::ByteReader in(*bytes);
  stored.version = in.Varint();
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
    std::string study(in.String());
    base::Digest hash{};
    const std::string_view raw = in.Raw(hash.size());
    std::copy(raw.begin(), raw.end(), hash.begin());
    stored.hashes.emplace(std::move(study), hash);
  }
  if (!in.ok() || !in.at_end()) return Damaged();
  return stored;
}

base::Result<ProgramPtr> ReadProgram(const Store& store, const base::Digest& hash) {
  MEDVERKA_ASSIGN(const std::optional<std::string> bytes, store.Get(Room::kMeta, ProgramKey(hash)));
  if (!bytes) return Damaged();
  MEDVERKA_ASSIGN(criteria::Program program, criteria::DecodeProgram(*bytes));
  return std::make_shared<const criteria::Program>(std::move(program));
}

}  // namespace

base::Result<Catalogue> Catalogue::Open(const Store& store, std::vector<ProgramPtr> published,
                                        const std::vector<std::string>& unusable) {
  MEDVERKA_ASSIGN(const StoredCatalogue stored, ReadCurrent(store));
  std::map<std::string, ProgramPtr> live;
  for (ProgramPtr& program : published) {
    if (program)
      live.emplace(program->study.id, std::move(program));  // an id given twice: the first
  }
  for (const std::string& study : unusable) {
    const auto held = stored.hashes.find(study);
    if (held == stored.hashes.end() || live.contains(study)) continue;
    MEDVERKA_ASSIGN(ProgramPtr program, ReadProgram(store, held->second));
    live.emplace(study, std::move(program));
  }
  Catalogue catalogue;
  Hashes hashes;
  for (const auto& [study, program] : live) {
    const base::Digest hash = criteria::HashOf(*program);
    hashes.emplace(study, hash);
    catalogue.live_.push_back(program);
    catalogue.entries_.push_back({study, hash});
  }
  for (const auto& [study, hash] : stored.hashes) {
    if (live.contains(study)) continue;
    MEDVERKA_ASSIGN(ProgramPtr program, ReadProgram(store, hash));
    catalogue.removed_.push_back(std::move(program));
  }
  catalogue.changed_ = stored.version == 0 || hashes != stored.hashes;
  catalogue.version_ = stored.version + (catalogue.changed_ ? 1 : 0);
  catalogue.written_ = !catalogue.changed_;
  return catalogue;
}

std::string Catalogue::EncodeEntries() const {
  base::ByteWriter out;
  out.Varint(version_);
  out.Varint(entries_.size());
  for (const Entry& entry : entries_) {
    out.String(entry.study);
    out.Raw(base::AsBytes(entry.hash));
  }
  return out.Take();
}

void Catalogue::Write(Batch& batch) {
  if (std::exchange(written_, true)) return;
  const std::string entries = EncodeEntries();
  base::ByteWriter key;
  key.Raw(kVersionPrefix);
  key.BigEndian64(version_);
  batch.Put(Room::kMeta, kCurrentKey, entries);
  batch.Put(Room::kMeta, key.bytes(), entries);
  for (std::size_t i = 0; i < live_.size(); ++i) {
    batch.Put(Room::kMeta, ProgramKey(entries_[i].hash), criteria::EncodeProgram(*live_[i]));
  }
}

std::string Catalogue::Canonical() const { return EncodeEntries(); }

}  // namespace medverka::matcher
