// Hashes against published vectors: FIPS 180-4 examples, RFC 4231, and XXH3 of the empty text.
#include "ops/base/crypto.h"

#include <gtest/gtest.h>

#include <string>

namespace medverka::base {
namespace {

std::string HexSha(std::string_view bytes) { return Hex(AsBytes(Sha256(bytes))); }
std::string HexHmac(std::string_view key, std::string_view bytes) {
  return Hex(AsBytes(HmacSha256(key, bytes)));
}

TEST(Sha256, GivesTheStandardsExamples) {
  EXPECT_EQ(HexSha("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HexSha(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HexSha(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(HmacSha256, GivesTheVectorsOfRfc4231) {
  EXPECT_EQ(HexHmac(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(HexHmac("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      HexHmac(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(FastHash, IsTheSameOnEveryMachine) {
  EXPECT_EQ(FastHash(""), 0x2d06800538d394c2u);
  EXPECT_NE(FastHash("a"), FastHash("b"));
}

}  // namespace
}  // namespace medverka::base
