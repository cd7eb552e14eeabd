// The commit record: the last record of each transaction in the changelog. It says what the
// transaction holds, where the inputs stand, and carries the marker, so that the changelog alone
// can make the state anew. One line of JSON, key "commit/<seq mod 4096>": compaction leaves the
// last 4096.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "matcher/store/hand_over_store.h"
#include "ops/base/crypto.h"
#include "ops/base/result.h"
#include "ops/base/time.h"

namespace medverka::streams::internal {

inline constexpr std::uint64_t kCommitRecordsKept = 4096;

struct CommitRecord {
  std::uint32_t partition = 0;
  std::uint64_t sequence = 0;
  base::Digest before{};  // the chain before this commit, and after it
  base::Digest chain{};
  std::map<std::string, std::string> input_next;  // topic -> next offset
  std::optional<base::Instant> log_time;
  std::uint64_t records = 0;  // rows of this transaction in the changelog
  std::uint64_t bytes = 0;
  base::Digest delta{};
  std::uint64_t suggestions = 0, dead_letters = 0, moves = 0;
  std::string engine_version;
  std::uint64_t catalogue_version = 0;
  std::string marker;  // the row's bytes
};

// A record of the changelog of its own: all before it counts no more, the state begins anew behind
// it, at sequence 1. Written where the changelog was found damaged; a restore begins after the last
// one. Compaction keeps that one alone.
inline constexpr std::string_view kAnewKey = "anew";
// Why, for people; nothing reads it.
std::string AnewJson(std::uint32_t partition, std::string_view why);

std::string CommitKey(std::uint64_t sequence);
bool IsCommitKey(std::string_view key);

std::string ToJson(const CommitRecord& record);
// kCorruption: what does not read back.
base::Result<CommitRecord> ReadCommitRecord(std::string_view json);

// Offsets as the marker has them: decimal text. kCorruption: they are none.
base::Result<std::map<std::string, std::int64_t>> OffsetsOf(
    const std::map<std::string, std::string>& positions);

// The store's own row kChangelogPositionKey: which record of the changelog comes after the commit
// that the marker speaks of, and when the broker took that commit.
struct ChangelogPlace {
  std::int64_t next = 0;
  base::Instant committed_at{};
};
std::string Encode(const ChangelogPlace& place);
base::Result<ChangelogPlace> ReadChangelogPlace(std::string_view text);  // kCorruption

}  // namespace medverka::streams::internal
