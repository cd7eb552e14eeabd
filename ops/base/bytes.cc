#include "ops/base/bytes.h"

namespace medverka::base {
namespace {

constexpr int kVarintBytesMax = 10;  // 64 bits in groups of seven

}  // namespace

void ByteWriter::Varint(std::uint64_t value) {
  while (value >= 0x80) {
    bytes_.push_back(static_cast<char>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  bytes_.push_back(static_cast<char>(value));
}

void ByteWriter::Signed(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  Varint((bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

void ByteWriter::BigEndian64(std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes_.push_back(static_cast<char>((value >> shift) & 0xff));
}

void ByteWriter::String(std::string_view text) {
  Varint(text.size());
  bytes_.append(text);
}

void ByteWriter::Number(const Decimal& value) {
  Signed(value.coefficient());
  Signed(value.scale());
}

// The second bound as its distance from the first: an exactly known time costs one byte more than
// an instant.
void ByteWriter::Time(const TimeRange& range) {
  Signed(range.lo.us);
  Varint(static_cast<std::uint64_t>(range.hi.us) - static_cast<std::uint64_t>(range.lo.us));
}

std::string_view ByteReader::Raw(std::size_t size) {
  if (size > bytes_.size()) {
    ok_ = false;
    bytes_ = {};
    return {};
  }
  const std::string_view taken = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return taken;
}

std::uint8_t ByteReader::U8() {
  const std::string_view byte = Raw(1);
  return byte.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(byte.front());
}

std::uint64_t ByteReader::Varint() {
  std::uint64_t value = 0;
  for (int i = 0; i < kVarintBytesMax; ++i) {
    const std::uint64_t byte = U8();
    if (!ok_) return 0;
    if (i == kVarintBytesMax - 1 && byte > 1) break;  // more than 64 bits
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) return value;
  }
  ok_ = false;
  bytes_ = {};
  return 0;
}

std::int64_t ByteReader::Signed() {
  const std::uint64_t bits = Varint();
  return static_cast<std::int64_t>((bits >> 1) ^ ((bits & 1) != 0 ? ~std::uint64_t{0} : 0));
}

std::uint64_t ByteReader::BigEndian64() {
  std::uint64_t value = 0;
  for (const char c : Raw(8)) value = (value << 8) | static_cast<unsigned char>(c);
  return value;
}

std::string_view ByteReader::String() {
  const std::uint64_t size = Varint();
  return Raw(static_cast<std::size_t>(size));
}

Decimal ByteReader::Number() {
  const std::int64_t coefficient = Signed();
  const std::int64_t scale = Signed();
  if (scale > Decimal::kScaleMax || scale < -Decimal::kScaleMax) {
    ok_ = false;
    bytes_ = {};
  }
  return ok_ ? Decimal(coefficient, static_cast<int>(scale)) : Decimal();
}

TimeRange ByteReader::Range() {
  const std::int64_t lo = Signed();
  const std::uint64_t apart = Varint();
  if (!ok_) return {};
  return {{lo}, {static_cast<std::int64_t>(static_cast<std::uint64_t>(lo) + apart)}};
}

std::size_t ByteReader::Count() {
  const std::uint64_t count = Varint();
  if (count > bytes_.size()) {  // every item takes at least one byte
    ok_ = false;
    bytes_ = {};
    return 0;
  }
  return static_cast<std::size_t>(count);
}

}  // namespace medverka::base
