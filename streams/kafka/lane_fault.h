// Why a lane cannot go on, and what follows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "ops/base/result.h"
#include "streams/kafka/client.h"

namespace medverka::streams::internal {

enum class LaneRemedy : std::uint8_t {
  kRecover,  // throw the lane away and take the partition over again, after a pause
  kWipe,     // the same, with an empty directory: the local copy is damaged
  kNoRoom,   // the same, when the disk has room; the directory stays
  kStay,     // an operator must look: inputs that are gone, a directory that is not ours to wipe
  kEnd,      // the service must end: another subject key, wrong topics
};

inline constexpr std::string_view kCorruption = "corruption", kIo = "io";

struct LaneFault {
  LaneRemedy remedy = LaneRemedy::kRecover;
  std::string why;  // a sentence; never patient data
  // Labels of the measures: kWipe: kCorruption or kIo; and what must not be, if anything.
  std::string_view cause = kCorruption;
  const char* alarm = nullptr;
};

// Failures of store and lane.
inline LaneFault FaultOfState(const base::Error& error) {
  switch (error.code) {
    case base::ErrorCode::kCorruption:
      return {LaneRemedy::kWipe, error.message};
    case base::ErrorCode::kIo:
      return {LaneRemedy::kWipe, error.message, kIo};
    case base::ErrorCode::kForeign:
      return {LaneRemedy::kStay, error.message};
    case base::ErrorCode::kExhausted:
      return {LaneRemedy::kNoRoom, error.message};
    case base::ErrorCode::kInvalidArgument:
      return {LaneRemedy::kEnd, error.message};
    default:
      return {LaneRemedy::kRecover, error.message};
  }
}

// What must not be, as labels of the measures.
inline constexpr const char* kAlarmOffsets = "offset-out-of-range";
inline constexpr const char* kAlarmChangelogDamaged = "changelog-damaged";
inline constexpr const char* kAlarmChangelogBehind = "changelog-behind";

// Records that are gone before they were read: an operator must say what is to become of it.
inline LaneFault InputsLost(std::string why) {
  return {LaneRemedy::kStay, std::move(why), "", kAlarmOffsets};
}

// Failures of reading the inputs or the changelog.
inline LaneFault FaultOfReading(const base::Error& error) {
  if (error.code == base::ErrorCode::kNotFound) return InputsLost(error.message);
  return {LaneRemedy::kRecover, error.message};
}

}  // namespace medverka::streams::internal
