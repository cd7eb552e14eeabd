#include "ops/base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <memory>

#include "ops/base/check.h"

namespace medverka::base {
namespace {

constexpr std::size_t kBlockBytes = 64;  // of SHA-256, FIPS 180-4

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Looking the algorithm up costs more than hashing a short text, so it is done once.
const EVP_MD* Sha256Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  MEDVERKA_CHECK(algorithm != nullptr);
  return algorithm;
}

// SHA-256 of two pieces, as HMAC needs it.
Digest Sha256Of(std::string_view first, std::string_view second) {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  MEDVERKA_CHECK(context != nullptr);
  Digest digest{};
  const bool done = EVP_DigestInit_ex(context.get(), Sha256Algorithm(), nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), first.data(), first.size()) == 1 &&
                    EVP_DigestUpdate(context.get(), second.data(), second.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  MEDVERKA_CHECK(done);
  return digest;
}

}  // namespace

Digest Sha256(std::string_view bytes) { return Sha256Of(bytes, {}); }

// RFC 2104: H(key ^ opad, H(key ^ ipad, bytes)); a key longer than a block is hashed first.
Digest HmacSha256(std::string_view key, std::string_view bytes) {
  std::array<char, kBlockBytes> block{};
  if (key.size() > kBlockBytes) {
    const Digest hashed = Sha256(key);
    AsBytes(hashed).copy(block.data(), block.size());
  } else {
    key.copy(block.data(), block.size());
  }
  constexpr char kInnerPad = 0x36;
  constexpr char kOuterPad = 0x5c;
  for (char& c : block) c = static_cast<char>(c ^ kInnerPad);
  const Digest inner = Sha256Of({block.data(), block.size()}, bytes);
  for (char& c : block) c = static_cast<char>(c ^ kInnerPad ^ kOuterPad);
  const Digest outer = Sha256Of({block.data(), block.size()}, AsBytes(inner));
  OPENSSL_cleanse(block.data(), block.size());
  return outer;
}

std::uint64_t FastHash(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 0x0f]);
  }
  return text;
}

}  // namespace medverka::base
