// Every bound of the matcher, with its unit and its reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace medverka::matcher {

// Decoded patients kept in memory. Others are decoded from the store when they are needed (some 10
// us each).
inline constexpr std::size_t kHotPatientBytesMax = 120 * 1024 * 1024;
// A shelf's deltas are folded into its snapshot when they outgrow it by this factor: amortised
// constant cost per event.
inline constexpr std::size_t kFoldWhenDeltasExceedSnapshotBy = 1;
inline constexpr std::size_t kFoldDeltaBytesMin = 4 * 1024;
// A shelf whose snapshot would be larger keeps its deltas, and a delta that is larger has parts: a
// row must fit into a record of Kafka (17 MiB).
inline constexpr std::size_t kSnapshotBytesMax = 8 * 1024 * 1024;
// A record stamped later than the clock by more than this is taken at the clock's time, and counted
// (docs/journal.md).
inline constexpr std::int64_t kFutureStampUsMax = 5 * 60 * 1'000'000LL;
// The embedded lane commits after this many records or this many bytes of journal, whichever comes
// first.
inline constexpr std::size_t kCommitRecordsMax = 5'000;
inline constexpr std::size_t kCommitBytesMax = 8 * 1024 * 1024;
// Patient links followed from one name before we call it a damaged chain.
inline constexpr std::size_t kPersonNamesMax = 1'000;

// Verdicts remembered for what they wait for (subject x study, some 30 bytes each); beyond that all
// are forgotten and found again.
inline constexpr std::size_t kWatchedStandsMax = 4'000'000;

}  // namespace medverka::matcher
