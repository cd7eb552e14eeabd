// The values that a key can have, each read from its text. Every error is the rest of a sentence
// that begins with the key: "must be ...".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ops/base/result.h"

namespace medverka::config {

// "256MiB", "8 KiB", "1000" (bytes); units B, KiB, MiB, GiB, TiB.
base::Result<std::uint64_t> ParseSize(std::string_view text);
// "50ms", "30s", "7d"; units us, ms, s, min, h, d. A bare number is refused: nobody would know of
// what.
base::Result<std::int64_t> ParseDurationUs(std::string_view text);
base::Result<std::int64_t> ParseWhole(std::string_view text, std::int64_t least, std::int64_t most);
base::Result<double> ParseShare(std::string_view text);  // 0.01 to 1
base::Result<bool> ParseTruth(std::string_view text);    // true, false

struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
};
// "127.0.0.1:8080", "[::1]:8080": an address, not a name, so that it is plain who can reach it.
base::Result<Endpoint> ParseEndpoint(std::string_view text);

// The shortest text that reads back as the same.
std::string SizeText(std::uint64_t bytes);
std::string DurationText(std::int64_t us);
std::string EndpointText(const Endpoint& endpoint);

}  // namespace medverka::config
