#include "matcher/marker.h"

#include <algorithm>

#include "matcher/patient/codec.h"
#include "ops/base/bytes.h"

namespace medverka::matcher {
namespace {

constexpr std::size_t kHashBytes = 8;
enum MarkerPart : std::uint8_t { kHasLogTime = 1, kAssumesRecruiting = 2, kEvaluates = 4 };

std::string HashOf(std::string_view bytes) {
  base::ByteWriter hash;
  hash.BigEndian64(base::FastHash(bytes));
  return hash.Take();
}

tl::unexpected<base::Error> Damaged() {
  return base::Fail(
      base::ErrorCode::kCorruption,
      "The marker of the last commit is damaged, so nobody can tell how far the state "
      "goes.");
}

}  // namespace

std::string EncodeMarker(const Marker& marker) {
  base::ByteWriter out;
  out.Varint(marker.format);
  out.String(marker.engine);
  out.Varint(marker.partition);
  Write(out, marker.key_check);
  out.U8(static_cast<std::uint8_t>((marker.log_time ? kHasLogTime : 0) |
                                   (marker.assume_recruiting ? kAssumesRecruiting : 0) |
                                   (marker.evaluates ? kEvaluates : 0)));
  out.Varint(marker.sequence);
  if (marker.log_time) out.Time(*marker.log_time);
  out.Varint(marker.catalogue_version);
  out.Varint(marker.positions.size());
  for (const auto& [name, position] : marker.positions) {
    out.String(name);
    out.String(position);
  }
  out.Raw(base::AsBytes(marker.chain));
  const std::string hash = HashOf(out.bytes());
  out.Raw(hash);
  return out.Take();
}

base::Result<Marker> DecodeMarker(std::string_view bytes) {
  if (bytes.size() < kHashBytes) return Damaged();
  const std::string_view body = bytes.substr(0, bytes.size() - kHashBytes);
  if (HashOf(body) != bytes.substr(body.size())) return Damaged();
  base::ByteReader in(body);
  Marker marker;
  marker.format = static_cast<std::uint32_t>(in.Varint());
  if (in.ok() && marker.format > kStoreFormat) {
    return base::Fail(base::ErrorCode::kForeign,
                      "The state was written by a newer Medverka (format {}; this one reads up to "
                      "{}). Use that version, or another state directory.",
                      marker.format, kStoreFormat);
  }
  marker.engine = in.String();
  marker.partition = static_cast<std::uint32_t>(in.Varint());
  marker.key_check = ReadPersonKey(in);
  const std::uint8_t parts = in.U8();
  marker.assume_recruiting = (parts & kAssumesRecruiting) != 0;
  marker.evaluates = (parts & kEvaluates) != 0;
  marker.sequence = in.Varint();
  if (parts & kHasLogTime) marker.log_time = in.Time();
  marker.catalogue_version = in.Varint();
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
    std::string name(in.String());
    marker.positions.emplace(std::move(name), in.String());
  }
  const std::string_view chain = in.Raw(marker.chain.size());
  if (!in.ok() || !in.at_end()) return Damaged();
  std::copy(chain.begin(), chain.end(), marker.chain.begin());
  return marker;
}

}  // namespace medverka::matcher
