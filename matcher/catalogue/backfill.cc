#include "matcher/catalogue/backfill.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "matcher/patient/codec.h"
#include "ops/base/bytes.h"

namespace medverka::matcher {
namespace {

constexpr std::string_view kKey = "backfill";
constexpr double kExpectedWeight = 0.5;
enum Part : std::uint8_t { kAll = 1, kHasMark = 2 };

// Which part of all possible keys is not after this one, 0 to 1. The first byte is the key's id.
double PartUpTo(const PersonKey& key) {
  double part = 0;
  double weight = 1;
  for (std::size_t i = 1; i <= 6; ++i) {
    weight /= 256;
    part += weight * key.bytes[i];
  }
  return part;
}

}  // namespace

base::Result<void> Backfill::Load(const Store& store) {
  MEDVERKA_ASSIGN(const std::optional<std::string> bytes, store.Get(Room::kMeta, kKey));
  if (!bytes) return {};
  base::ByteReader in(*bytes);
  const std::uint8_t parts = in.U8();
  all_ = (parts & kAll) != 0;
  done_ = in.Varint();
  if (parts & kHasMark) mark_ = ReadPersonKey(in);
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
    studies_.insert(std::string(in.String()));
  }
  if (in.ok() && in.at_end()) return {};
  return base::Fail(base::ErrorCode::kCorruption,
                    "The state's note of how far a new catalogue has come cannot be read back.");
}

void Backfill::Begin() {
  mark_.reset();
  done_ = 0;
  written_ = false;
}

void Backfill::Add(const std::vector<std::string>& studies) {
  if (studies.empty()) return;
  studies_.insert(studies.begin(), studies.end());
  Begin();
}

void Backfill::AddAll() {
  all_ = true;
  Begin();
}

void Backfill::Advance(std::uint64_t subjects, std::optional<PersonKey> mark) {
  done_ += subjects;
  mark_ = mark;
  written_ = false;
  if (mark) return;
  all_ = false;
  studies_.clear();
}

std::uint64_t Backfill::total() const {
  if (!under_way()) return done_;
  const double part = mark_ ? PartUpTo(*mark_) : 0;
  // What was expected weighs as much as this part of all keys.
  const double weight = expected_ > 0 ? kExpectedWeight : 0;
  if (part + weight <= 0) return done_ + 1;
  const double all =
      (static_cast<double>(done_) + weight * static_cast<double>(expected_)) / (part + weight);
  const auto left = static_cast<std::uint64_t>(std::llround((1 - part) * all));
  return done_ + std::max<std::uint64_t>(1, left);
}

void Backfill::Write(Batch& batch) {
  if (written_) return;
  written_ = true;
  if (!under_way()) {
    batch.Delete(Room::kMeta, kKey);
    return;
  }
  base::ByteWriter out;
  out.U8(static_cast<std::uint8_t>((all_ ? kAll : 0) | (mark_ ? kHasMark : 0)));
  out.Varint(done_);
  if (mark_) matcher::Write(out, *mark_);
  out.Varint(studies_.size());
  for (const std::string& study : studies_) out.String(study);
  batch.Put(Room::kMeta, kKey, out.Take());
}

}  // namespace medverka::matcher
