// SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104), and a fast hash that is not for secrets.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace medverka::base {

using Digest = std::array<std::uint8_t, 32>;

Digest Sha256(std::string_view bytes);
Digest HmacSha256(std::string_view key, std::string_view bytes);
std::uint64_t FastHash(std::string_view bytes);  // XXH3, stable over versions and machines
std::string Hex(std::string_view bytes);
inline std::string_view AsBytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace medverka::base
