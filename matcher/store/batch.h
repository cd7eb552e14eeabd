// One commit's changes on their way into the store, with a digest over them in order: the marker's
// chain is made of these.
#pragma once

#include <string_view>

#include "matcher/store/store.h"
#include "ops/base/bytes.h"
#include "ops/base/crypto.h"

namespace medverka::matcher {

// A fast hash of each change, then one SHA-256 over all: against damage, not against an attacker.
class ChangeDigest {
 public:
  void Put(Room room, std::string_view key, std::string_view value) { Note(room, 1, key, value); }
  void Delete(Room room, std::string_view key) { Note(room, 0, key, {}); }
  base::Digest digest() const { return base::Sha256(notes_.bytes()); }

 private:
  void Note(Room room, std::uint8_t put, std::string_view key, std::string_view value) {
    notes_.U8(static_cast<std::uint8_t>(room));
    notes_.U8(put);
    notes_.BigEndian64(base::FastHash(key));
    notes_.BigEndian64(base::FastHash(value));
  }

  base::ByteWriter notes_;
};

class Batch {
 public:
  explicit Batch(Store& store) : store_(store) {}

  void Put(Room room, std::string_view key, std::string_view value) {
    digest_.Put(room, key, value);
    store_.Put(room, key, value);
  }
  void Delete(Room room, std::string_view key) {
    digest_.Delete(room, key);
    store_.Delete(room, key);
  }
  base::Digest digest() const { return digest_.digest(); }

 private:
  Store& store_;
  ChangeDigest digest_;
};

}  // namespace medverka::matcher
