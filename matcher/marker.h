// The commit point as it stands in the store: written in the same batch as the changes it speaks
// for.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "matcher/journal/journal.h"
#include "matcher/store/changelog.h"
#include "matcher/store/store.h"
#include "ops/base/crypto.h"
#include "ops/base/result.h"
#include "ops/base/time.h"

namespace medverka::matcher {

struct Marker {
  std::uint32_t format = kStoreFormat;
  std::string engine;  // version that wrote it
  std::uint32_t partition = 0;
  PersonKey key_check;  // a fixed text under the subject key: another key would find nobody
  bool assume_recruiting = false;
  bool evaluates = true;
  std::uint64_t sequence = 0;  // rises by one per commit
  std::optional<base::Instant> log_time;
  std::uint64_t catalogue_version = 0;
  std::map<std::string, std::string> positions;
  base::Digest chain{};  // SHA-256 over the chain before and this batch
};

// Ends with a hash over the rest.
std::string EncodeMarker(const Marker& marker);
// kCorruption: damaged. kForeign: of a newer format. The sentence says what is wrong.
base::Result<Marker> DecodeMarker(std::string_view bytes);

}  // namespace medverka::matcher
