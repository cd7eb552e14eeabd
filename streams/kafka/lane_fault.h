// Why a lane cannot go on, and what follows.
#pragma once

#include <cstdint>
#include <string>

#include "ops/base/result.h"
#include "streams/kafka/client.h"

namespace medverka::streams::internal {

enum class LaneRemedy : std::uint8_t {
  kRecover,  // throw the lane away and take the partition over again, after a pause
  kWipe,     // the same, with an empty directory: the local copy is damaged
  kNoRoom,   // the same, when the disk has room; the directory stays
  kStay,     // an operator must look: offsets lost, changelog damaged
  kEnd,      // the service must end: another subject key, wrong topics
};

struct LaneFault {
  LaneRemedy remedy = LaneRemedy::kRecover;
  std::string why;  // a sentence; never patient data
};

// Failures of store and lane.
inline LaneFault FaultOfState(const base::Error& error) {
  switch (error.code) {
    case base::ErrorCode::kCorruption:
    case base::ErrorCode::kIo:
      return {LaneRemedy::kWipe, error.message};
    case base::ErrorCode::kExhausted:
      return {LaneRemedy::kNoRoom, error.message};
    case base::ErrorCode::kInvalidArgument:
      return {LaneRemedy::kEnd, error.message};
    default:
      return {LaneRemedy::kRecover, error.message};
  }
}

// Failures of reading the inputs or the changelog. An offset that is gone is for an operator.
inline LaneFault FaultOfReading(const base::Error& error) {
  const bool lost = error.code == base::ErrorCode::kNotFound;
  return {lost ? LaneRemedy::kStay : LaneRemedy::kRecover, error.message};
}

}  // namespace medverka::streams::internal
