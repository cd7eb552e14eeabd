// The published studies of a lane: compiled programs, one version number for all of them together.
// The last kCatalogueVersionsKept versions stay in the store with their programs, so that an old
// suggestion can be understood.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/program.h"
#include "matcher/store/batch.h"
#include "matcher/store/store.h"
#include "ops/base/crypto.h"
#include "ops/base/result.h"

namespace medverka::matcher {

using ProgramPtr = std::shared_ptr<const criteria::Program>;

inline constexpr std::size_t kCatalogueVersionsKept = 20;

class Catalogue {
 public:
  explicit Catalogue(const Store& store) : store_(&store) {}

  // Compares what is published now with what is stored, and gives it the next number where it
  // differs. `unusable`: studies whose file has errors; the stored program of such a one stays
  // live. Borrows the store for its life.
  static base::Result<Catalogue> Open(const Store& store, std::vector<ProgramPtr> published,
                                      const std::vector<std::string>& unusable);
  // What is stored, as it is. Nothing: version 0, no studies.
  static base::Result<Catalogue> OpenStored(const Store& store);

  // What is published from now on, under a number that somebody else gave it. Gives the ids of the
  // studies that are new, changed or removed.
  base::Result<std::vector<std::string>> Set(std::uint64_t version,
                                             std::vector<ProgramPtr> published,
                                             const std::vector<std::string>& unusable);
  // The programs of studies that are live no more, as they were last, for what is still to be said
  // of them.
  base::Result<void> RememberRemoved(const std::vector<std::string>& studies);

  std::uint64_t version() const { return version_; }             // from 1
  const std::vector<ProgramPtr>& live() const { return live_; }  // by study id
  bool IsLive(std::string_view study) const { return hashes_.contains(study); }
  // Live in the version before, or remembered; by study id.
  const std::vector<ProgramPtr>& removed() const { return removed_; }
  bool changed() const { return changed_; }  // when it was opened, against the stored version

  // The version and its programs, where they are new.
  void Write(Batch& batch);
  std::string Canonical() const;  // version and hashes, for the hash over the state

 private:
  using Hashes = std::map<std::string, base::Digest, std::less<>>;  // by study

  base::Result<void> Load();
  base::Result<ProgramPtr> ReadProgram(const base::Digest& hash) const;
  base::Result<ProgramPtr> Current(const std::string& study, const base::Digest& hash) const;
  std::set<base::Digest> Stored() const;
  void Forget(Batch& batch, const Hashes& hashes) const;
  std::string EncodeEntries() const;

  const Store* store_;
  std::uint64_t version_ = 0;
  bool changed_ = false;
  bool written_ = true;
  std::vector<ProgramPtr> live_;
  std::vector<ProgramPtr> removed_;
  Hashes hashes_;                             // of what is live
  std::map<std::uint64_t, Hashes> versions_;  // as stored
};

}  // namespace medverka::matcher
