// Compact binary encoding for what is stored: varints, zigzag, length-prefixed strings, big-endian
// for keys. A Reader never reads past its end: after a fault ok() is false and every further read
// gives zero.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ops/base/decimal.h"
#include "ops/base/time.h"

namespace medverka::base {

class ByteWriter {
 public:
  void U8(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void Varint(std::uint64_t value);
  void Signed(std::int64_t value);  // zigzag varint
  void BigEndian64(std::uint64_t value);
  void String(std::string_view text);  // varint length, bytes
  void Raw(std::string_view bytes) { bytes_.append(bytes); }
  void Number(const Decimal& value);
  void Time(Instant instant) { Signed(instant.us); }
  void Time(const TimeRange& range);

  const std::string& bytes() const { return bytes_; }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t U8();
  std::uint64_t Varint();
  std::int64_t Signed();
  std::uint64_t BigEndian64();
  std::string_view String();
  std::string_view Raw(std::size_t size);
  Decimal Number();
  Instant Time() { return {Signed()}; }
  TimeRange Range();

  // A count read from the bytes, checked against what is left, so that damage cannot ask for
  // memory.
  std::size_t Count();
  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }
  std::size_t left() const { return bytes_.size(); }

 private:
  bool ok_ = true;
  std::string_view bytes_;
};

}  // namespace medverka::base
