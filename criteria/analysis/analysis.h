// What can be said about a compiled study without any patient: criteria that nobody, or everybody,
// meets, and pairs that exclude or repeat one another. Sound, not complete: what is found is so for
// every patient at every log time; what is not found may be so all the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "criteria/program.h"

namespace medverka::criteria {

struct Finding {
  enum class Kind : std::uint8_t {
    kNeverTrue,     // the criterion is true for nobody
    kNeverFalse,    // the criterion is false for nobody
    kContradicts,   // nobody satisfies both `criterion` and `other`
    kImplied,       // who satisfies `other` satisfies `criterion` too
    kSame,          // each implies the other
    kNeverReached,  // an `if` whose condition is true for nobody
  };
  Kind kind = Kind::kNeverTrue;
  std::size_t criterion = 0;  // in Program::criteria
  // kContradicts, kSame: the other one. kImplied: the one that implies it.
  std::size_t other = 0;
  friend bool operator==(const Finding&, const Finding&) = default;
};

// In order of criteria. Questions (ask) are left out: their answers are anybody's.
std::vector<Finding> Analyse(const Program& program);

}  // namespace medverka::criteria
