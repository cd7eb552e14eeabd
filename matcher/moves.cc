#include "matcher/moves.h"

#include <algorithm>
#include <utility>

#include "matcher/patient/codec.h"
#include "matcher/patient/resource_rows.h"
#include "ops/base/bytes.h"
#include "ops/base/murmur2.h"

namespace medverka::matcher {
namespace {

constexpr std::uint8_t kMoveFormat = 1;
enum class Kind : std::uint8_t { kRecord, kPage };

// The shelf on which stands what that lane sent of this name.
PersonKey ForeignShelf(std::uint32_t from, const PersonKey& name) {
  base::ByteWriter out;
  out.String("medverka.foreign-shelf.v1");
  out.Varint(from);
  Write(out, name);
  const base::Digest digest = base::Sha256(out.bytes());
  PersonKey key;
  key.bytes[0] = name.bytes[0];
  std::copy_n(digest.begin(), key.bytes.size() - 1, key.bytes.begin() + 1);
  return key;
}

std::string RowKey(const PersonKey& name, std::uint32_t lane) {
  base::ByteWriter key;
  Write(key, name);
  key.BigEndian64(lane);
  return key.Take();
}

tl::unexpected<base::Error> Damaged() {
  return base::Fail(base::ErrorCode::kCorruption,
                    "What other lanes sent cannot be read back from the state.");
}

// As a row in the store, and within a message.
std::string EncodeForeign(const PatientRecord& record, std::uint32_t home) {
  base::ByteWriter out;
  out.Varint(home);
  out.String(EncodePatientRecord(record));
  return out.Take();
}

std::optional<PatientRecord> DecodeForeign(base::ByteReader& in) {
  const auto home = static_cast<std::uint32_t>(in.Varint());
  base::Result<PatientRecord> record = DecodePatientRecord(in.String());
  if (!in.ok() || !in.at_end() || !record.has_value()) return std::nullopt;
  record->foreign = true;
  record->home = home;
  return std::move(*record);
}

bool IsNewer(const PatientRecord& record, const PatientRecord& held) {
  return Compare(record.version, !record.live, held.version, !held.live) == VersionOrder::kNewer;
}

}  // namespace

std::string EncodeMove(const MovedPiece& piece) {
  base::ByteWriter out;
  out.U8(kMoveFormat);
  out.Varint(piece.from);
  Write(out, piece.name);
  out.U8(static_cast<std::uint8_t>(piece.record ? Kind::kRecord : Kind::kPage));
  out.Raw(piece.record ? EncodeForeign(*piece.record, piece.record->home) : piece.page);
  base::ByteWriter whole;
  whole.Raw(out.bytes());
  whole.BigEndian64(base::FastHash(out.bytes()));
  return whole.Take();
}

std::optional<MovedPiece> DecodeMove(std::string_view bytes) {
  constexpr std::size_t kHashBytes = 8;
  if (bytes.size() < kHashBytes) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - kHashBytes);
  base::ByteReader hash(bytes.substr(body.size()));
  if (hash.BigEndian64() != base::FastHash(body)) return std::nullopt;
  base::ByteReader in(body);
  if (in.U8() != kMoveFormat) return std::nullopt;
  MovedPiece piece;
  piece.from = static_cast<std::uint32_t>(in.Varint());
  piece.name = ReadPersonKey(in);
  const auto kind = static_cast<Kind>(in.U8());
  if (!in.ok()) return std::nullopt;
  if (kind == Kind::kPage) {
    piece.page = in.Raw(in.left());
    return piece;
  }
  if (kind != Kind::kRecord) return std::nullopt;
  piece.record = DecodeForeign(in);
  if (!piece.record) return std::nullopt;
  return piece;
}

Moves::Moves(const Store& store, criteria::Vocabulary& vocabulary, Identity& identity,
             Shelves& shelves, MoveRouting routing)
    : vocabulary_(vocabulary),
      identity_(identity),
      shelves_(shelves),
      routing_(routing),
      record_rows_(store, Room::kState, "f"),
      page_rows_(store, Room::kState, "g"),
      told_record_rows_(store, Room::kState, "n"),
      told_page_rows_(store, Room::kState, "o") {}

void Moves::LoadTold(const Table& rows, Told& told, base::Result<void>& outcome) {
  const base::Result<void> read = rows.Scan("", [&](std::string_view key, std::string_view value) {
    base::ByteReader row(key);
    const PersonKey name = ReadPersonKey(row);
    base::Digest& digest = told[name][static_cast<std::uint32_t>(row.BigEndian64())];
    if (!row.ok() || value.size() != digest.size()) {
      outcome = Damaged();
    } else {
      std::copy(value.begin(), value.end(), digest.begin());
    }
  });
  if (!read.has_value()) outcome = read;
}

base::Result<void> Moves::Load() {
  base::Result<void> outcome;
  MEDVERKA_TRY(record_rows_.Scan("", [&](std::string_view key, std::string_view value) {
    base::ByteReader row(key);
    const PersonKey name = ReadPersonKey(row);
    base::ByteReader in(value);
    std::optional<PatientRecord> record = DecodeForeign(in);
    if (!record) {
      outcome = Damaged();
    } else if (!IsLocal(identity_.Find(name))) {
      identity_.Set(name, std::move(*record));
      has_foreign_ = true;
    }
  }));
  MEDVERKA_TRY(page_rows_.Scan("", [&](std::string_view key, std::string_view) {
    base::ByteReader row(key);
    const PersonKey name = ReadPersonKey(row);
    const auto from = static_cast<std::uint32_t>(row.BigEndian64());
    pages_[name].insert(from);
    identity_.Tie(name, ForeignShelf(from, name));
    foreign_shelves_.insert(ForeignShelf(from, name));
    has_foreign_ = true;
  }));
  LoadTold(told_record_rows_, told_records_, outcome);
  LoadTold(told_page_rows_, told_pages_, outcome);
  return outcome;
}

bool Moves::IsHere(const Person& person) const {
  if (!has_foreign_) return true;
  if (person.record) return IsLocal(identity_.Find(*person.record));
  return std::none_of(person.names.begin(), person.names.end(), [this](const PersonKey& name) {
    const PatientRecord* const record = identity_.Find(name);
    return pages_.contains(name) || (record != nullptr && record->foreign);
  });
}

std::uint32_t Moves::HomeOf(const PatientRoute& route) const {
  const std::uint32_t hash =
      routing_.keyed_by_subject ? base::Murmur2(route.name.view().substr(1)) : route.murmur2;
  return base::PartitionOf(hash, routing_.partitions);
}

Moves::Spread Moves::SpreadOf(const Person& person) const {
  Spread spread;
  spread.speaks = routing_.partition;
  for (const PersonKey& name : person.names) {
    const PatientRecord* const record = identity_.Find(name);
    if (record == nullptr) continue;
    if (record->foreign) spread.others.insert(record->home);
    if (person.record == name && record->foreign) spread.speaks = record->home;
    for (const PatientRoute& route : record->links.routes) {
      // Where a record has come from tells more than where it ought to come from.
      if (identity_.Find(route.name) == nullptr) spread.others.insert(HomeOf(route));
    }
  }
  spread.others.erase(routing_.partition);
  return spread;
}

base::Result<void> Moves::Send(const std::set<PersonKey>& names, std::vector<MoveEvent>& out) {
  if (routing_.partitions <= 1) return {};
  std::set<PersonKey> done;
  for (const PersonKey& name : names) {
    if (done.contains(name)) continue;
    const Person person = identity_.Of(name);
    done.insert(person.names.begin(), person.names.end());
    const Spread spread = SpreadOf(person);
    for (const PersonKey& one : person.names) {
      if (foreign_shelves_.contains(one)) continue;
      SendRecord(person, one, spread, out);
      MEDVERKA_TRY(SendPage(person, one, spread, out));
    }
  }
  return {};
}

void Moves::SendRecord(const Person& person, const PersonKey& name, const Spread& spread,
                       std::vector<MoveEvent>& out) {
  const PatientRecord* const record = identity_.Find(name);
  if (record == nullptr) return;
  std::set<std::uint32_t> lanes = spread.others;
  const auto told = told_records_.find(name);
  if (told != told_records_.end()) {
    for (const auto& [lane, digest] : told->second) lanes.insert(lane);
  }
  if (lanes.empty()) return;
  MovedPiece piece;
  piece.from = routing_.partition;
  piece.name = name;
  piece.record = *record;
  piece.record->home = record->foreign ? record->home : routing_.partition;
  const base::Digest digest = base::Sha256(EncodeForeign(*piece.record, piece.record->home));
  for (const std::uint32_t lane : lanes) {
    if (lane == piece.record->home) continue;
    const auto [known, first] = told_records_[name].try_emplace(lane);
    if (!first && known->second == digest) continue;
    known->second = digest;
    told_record_rows_.Put(RowKey(name, lane), std::string(base::AsBytes(digest)));
    out.push_back({lane, base::Hex(person.key.view()), EncodeMove(piece)});
  }
}

base::Result<void> Moves::SendPage(const Person& person, const PersonKey& name,
                                   const Spread& spread, std::vector<MoveEvent>& out) {
  std::set<std::uint32_t> lanes;
  if (spread.speaks != routing_.partition) lanes.insert(spread.speaks);
  const auto told = told_pages_.find(name);
  if (told != told_pages_.end()) {
    for (const auto& [lane, digest] : told->second) lanes.insert(lane);
  }
  for (const std::uint32_t lane : lanes) {
    MovedPiece piece;
    piece.from = routing_.partition;
    piece.name = name;
    if (lane == spread.speaks) {
      MEDVERKA_ASSIGN(piece.page, shelves_.Portable(name));
    }
    const base::Digest digest = base::Sha256(piece.page);
    Lanes& known = told_pages_[name];
    const auto last = known.find(lane);
    if (last == known.end() ? piece.page.empty() : last->second == digest) continue;
    if (piece.page.empty()) {
      known.erase(lane);
      told_page_rows_.Delete(RowKey(name, lane));
    } else {
      known[lane] = digest;
      told_page_rows_.Put(RowKey(name, lane), std::string(base::AsBytes(digest)));
    }
    out.push_back({lane, base::Hex(person.key.view()), EncodeMove(piece)});
  }
  const auto rest = told_pages_.find(name);
  if (rest != told_pages_.end() && rest->second.empty()) told_pages_.erase(rest);
  return {};
}

// A record of this lane's own journal stands above what others say.
void Moves::TakeRecord(const MovedPiece& piece) {
  const PatientRecord& record = *piece.record;
  const PatientRecord* const held = identity_.Find(piece.name);
  if (IsLocal(held) || (held != nullptr && !IsNewer(record, *held))) return;
  const std::string row = EncodeForeign(record, record.home);
  record_rows_.Put(piece.name.view(), row);
  identity_.Set(piece.name, record);
  has_foreign_ = true;
  // Who sent it has it.
  const base::Digest digest = base::Sha256(row);
  told_records_[piece.name][piece.from] = digest;
  told_record_rows_.Put(RowKey(piece.name, piece.from), std::string(base::AsBytes(digest)));
}

base::Result<bool> Moves::TakePage(const MovedPiece& piece) {
  std::map<std::string, ShelfItem> items;
  std::map<std::string, Decision> decisions;
  if (!piece.page.empty()) {
    PageVisitor visit;
    visit.put = [&](ShelfItem item) { items.insert_or_assign(item.id, std::move(item)); };
    visit.remove = [](std::string_view) {};
    visit.decide = [&](std::string_view study, Decision decision) {
      decisions.insert_or_assign(std::string(study), std::move(decision));
    };
    if (!ReadPage(piece.page, vocabulary_, visit).has_value()) return false;
  }
  const PersonKey shelf = ForeignShelf(piece.from, piece.name);
  MEDVERKA_ASSIGN(const Shelves::Contents held, shelves_.Load(shelf));
  std::vector<std::string> gone;
  for (const auto& [id, item] : *held.items) {
    if (!items.contains(std::string(id))) gone.emplace_back(id);
  }
  for (const std::string& id : gone) shelves_.Remove(shelf, id);
  for (auto& [id, item] : items) {
    MEDVERKA_TRY(shelves_.Put(shelf, id, std::move(item.resource)));
  }
  for (auto& [study, decision] : decisions) {
    MEDVERKA_ASSIGN([[maybe_unused]] const bool newer,
                    shelves_.Decide(shelf, study, std::move(decision)));
  }
  const std::string row = RowKey(piece.name, piece.from);
  if (!piece.page.empty()) {
    identity_.Tie(piece.name, shelf);
    foreign_shelves_.insert(shelf);
    pages_[piece.name].insert(piece.from);
    page_rows_.Put(row, "");
    has_foreign_ = true;
    return true;
  }
  identity_.Untie(piece.name, shelf);
  const auto pages = pages_.find(piece.name);
  if (pages != pages_.end()) {
    pages->second.erase(piece.from);
    if (pages->second.empty()) pages_.erase(pages);
    page_rows_.Delete(row);
  }
  return true;
}

base::Result<bool> Moves::Take(const MovedPiece& piece) {
  if (!piece.record) return TakePage(piece);
  TakeRecord(piece);
  return true;
}

void Moves::Write(Batch& batch) {
  record_rows_.Write(batch);
  page_rows_.Write(batch);
  told_record_rows_.Write(batch);
  told_page_rows_.Write(batch);
}

}  // namespace medverka::matcher
