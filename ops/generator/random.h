// Random numbers that are the same on every machine: xoshiro256** (Blackman and Vigna, 2018),
// seeded by splitmix64, and integer distributions. The standard library's distributions differ
// between libraries, so they are not used.
#pragma once

#include <cstdint>

namespace medverka::generator {

class Random {
 public:
  // `stream` separates patients: each has its own numbers, whatever the others draw.
  Random(std::uint64_t seed, std::uint64_t stream) {
    std::uint64_t x = seed * 0x9E3779B97F4A7C15ULL ^ (stream + 1) * 0xD1B54A32D192ED03ULL;
    for (auto& word : state_) word = SplitMix(x);
  }

  std::uint64_t Next() {
    const std::uint64_t result = Rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = Rotate(state_[3], 45);
    return result;
  }

  std::uint32_t Bits() { return static_cast<std::uint32_t>(Next() >> 32); }

  // 0 to n - 1. The bias of multiply-and-shift is below n / 2^32: far below any rate here.
  std::uint32_t Below(std::uint32_t n) {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(Bits()) * n) >> 32);
  }
  // Both ends included.
  std::int32_t Between(std::int32_t low, std::int32_t high) {
    return low + static_cast<std::int32_t>(Below(static_cast<std::uint32_t>(high - low + 1)));
  }
  bool Percent(std::uint32_t percent) { return Below(100) < percent; }
  bool Permille(std::uint32_t permille) { return Below(1'000) < permille; }
  bool PerMillion(std::uint32_t parts) { return Below(1'000'000) < parts; }

  // Bell-shaped: the sum of four uniform numbers, whose standard deviation is 1 / sqrt(3) of the
  // range below. Never farther than 3.46 standard deviations from the mean.
  std::int32_t Bell(std::int32_t mean, std::int32_t deviation) {
    const std::int64_t sum = static_cast<std::int64_t>(Below(1 << 16)) + Below(1 << 16) +
                             Below(1 << 16) + Below(1 << 16);
    return mean +
           static_cast<std::int32_t>((sum - 2 * (1 << 16)) * deviation * 1'732 / (1'000LL << 16));
  }

 private:
  static std::uint64_t Rotate(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  static std::uint64_t SplitMix(std::uint64_t& x) {
    x += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = x;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

  std::uint64_t state_[4];
};

}  // namespace medverka::generator
