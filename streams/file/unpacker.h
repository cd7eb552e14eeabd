// Compressed bytes in, plain bytes out: gzip (RFC 1952) and Zstandard (RFC 8878), members and
// frames one after another, in bounded memory. Which of them it is, the first bytes say, never the
// file's name.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "ops/base/result.h"

namespace medverka::streams {

enum class Packing { kUndecided, kPlain, kGzip, kZstd };

// Enough bytes to tell any packing.
inline constexpr std::size_t kMagicBytes = 4;
// kUndecided: what there is so far could still become the start of a packed input.
Packing PackingOf(std::string_view first_bytes);

class Unpacker {
 public:
  struct Step {
    std::size_t taken = 0;  // of the input
    std::size_t made = 0;   // of the output
  };
  virtual ~Unpacker() = default;

  // Unpacks until the input is used up or the output is full. kInvalidArgument: the data is
  // damaged; what was made before stays good.
  virtual base::Result<Step> Unpack(std::string_view in, char* out, std::size_t out_size) = 0;

  // At a boundary: all members or frames begun so far are complete.
  virtual bool complete() const = 0;
};

std::unique_ptr<Unpacker> MakeUnpacker(Packing packing);  // REQUIRES: kGzip or kZstd

}  // namespace medverka::streams
