// The published studies of a lane: compiled programs, one version number for all of them together.
// Every version ever live stays in the store with its programs, so that an old suggestion can be
// understood.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "criteria/program.h"
#include "matcher/store/batch.h"
#include "matcher/store/store.h"
#include "ops/base/crypto.h"
#include "ops/base/result.h"

namespace medverka::matcher {

using ProgramPtr = std::shared_ptr<const criteria::Program>;

class Catalogue {
 public:
  // Compares what is published now with what is stored. `unusable`: studies whose file has errors;
  // the stored program of such a one stays live.
  static base::Result<Catalogue> Open(const Store& store, std::vector<ProgramPtr> published,
                                      const std::vector<std::string>& unusable);

  std::uint64_t version() const { return version_; }             // from 1
  const std::vector<ProgramPtr>& live() const { return live_; }  // by study id
  const std::vector<ProgramPtr>& removed() const {
    return removed_;
  }                                          // live in the version before, by study id
  bool changed() const { return changed_; }  // against the stored version

  // The version and its programs, where they are new.
  void Write(Batch& batch);
  std::string Canonical() const;  // version and hashes, for the hash over the state

 private:
  struct Entry {
    std::string study;
    base::Digest hash{};
  };
  std::string EncodeEntries() const;

  std::uint64_t version_ = 0;
  bool changed_ = false;
  bool written_ = true;
  std::vector<ProgramPtr> live_;
  std::vector<ProgramPtr> removed_;
  std::vector<Entry> entries_;  // of live_
};

}  // namespace medverka::matcher
