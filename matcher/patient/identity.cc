#include "matcher/patient/identity.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <unordered_set>

#include "matcher/limits.h"
#include "matcher/patient/codec.h"
#include "ops/base/bytes.h"

namespace medverka::matcher {
namespace {

template <typename Visit>
void ForEachLink(const PatientLinks& links, const Visit& visit) {
  for (const PersonKey& key : links.identifiers) visit(key);
  for (const PersonKey& key : links.replaced_by) visit(key);
  for (const PersonKey& key : links.replaces) visit(key);
}

bool Contains(const std::vector<PersonKey>& keys, const PersonKey& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

void SortUnique(std::vector<PersonKey>& keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

}  // namespace

const Identity::Node* Identity::NodeOf(const PersonKey& name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : &found->second;
}

const PatientRecord* Identity::Find(const PersonKey& self) const {
  const Node* node = NodeOf(self);
  return node == nullptr ? nullptr : node->record.get();
}

void Identity::Set(const PersonKey& self, PatientRecord record) {
  if (const PatientRecord* old = Find(self)) {
    ForEachLink(old->links, [&](const PersonKey& name) {
      std::vector<PersonKey>& named_by = nodes_[name].named_by;
      named_by.erase(std::remove(named_by.begin(), named_by.end(), self), named_by.end());
    });
  }
  ForEachLink(record.links, [&](const PersonKey& name) {
    std::vector<PersonKey>& named_by = nodes_[name].named_by;
    if (!Contains(named_by, self)) named_by.push_back(self);
  });
  nodes_[self].record = std::make_unique<PatientRecord>(std::move(record));
}

void Identity::Forget(const PersonKey& self) {
  Set(self, PatientRecord());
  nodes_[self].record.reset();
}

void Identity::Tie(const PersonKey& name, const PersonKey& other) {
  for (const auto& [from, to] : {std::pair(name, other), std::pair(other, name)}) {
    std::vector<PersonKey>& tied = nodes_[from].tied;
    if (!Contains(tied, to)) tied.push_back(to);
  }
}

void Identity::Untie(const PersonKey& name, const PersonKey& other) {
  for (const auto& [from, to] : {std::pair(name, other), std::pair(other, name)}) {
    std::vector<PersonKey>& tied = nodes_[from].tied;
    tied.erase(std::remove(tied.begin(), tied.end(), to), tied.end());
  }
}

bool Identity::Collect(const PersonKey& name, std::vector<PersonKey>& names) const {
  // Nearly all persons have a handful of names: a plain list is searched faster than a table is
  // made.
  constexpr std::size_t kListMax = 16;
  std::unordered_set<PersonKey, PersonKeyHash> seen;
  names.assign(1, name);
  const auto add = [&](const PersonKey& key) {
    if (names.size() < kListMax) {
      if (!Contains(names, key)) names.push_back(key);
      return;
    }
    if (seen.empty()) seen.insert(names.begin(), names.end());
    if (seen.insert(key).second) names.push_back(key);
  };
  for (std::size_t i = 0; i < names.size() && names.size() <= kPersonNamesMax; ++i) {
    const Node* node = NodeOf(names[i]);
    if (node == nullptr) continue;
    if (node->record && node->record->live) ForEachLink(node->record->links, add);
    for (const PersonKey& key : node->named_by) add(key);
    for (const PersonKey& key : node->tied) add(key);
  }
  return names.size() <= kPersonNamesMax;
}

// A record is retired, too, when another one says that it replaces it, by its own name or one of
// its identifiers.
void Identity::Retire(std::vector<Speaker>& speakers) {
  struct Replacement {
    PersonKey replaced;
    PersonKey by;
    auto operator<=>(const Replacement&) const = default;
  };
  std::vector<Replacement> replacements;
  for (const Speaker& newer : speakers) {
    for (const PersonKey& key : newer.record->links.replaces) {
      replacements.push_back({key, newer.self});
    }
  }
  std::sort(replacements.begin(), replacements.end());
  for (Speaker& older : speakers) {
    const auto is_replaced = [&](const PersonKey& name) {
      auto found =
          std::lower_bound(replacements.begin(), replacements.end(), Replacement{name, {}});
      for (; found != replacements.end() && found->replaced == name; ++found) {
        if (found->by != older.self) return true;
      }
      return false;
    };
    const std::vector<PersonKey>& identifiers = older.record->links.identifiers;
    older.retired = older.retired || is_replaced(older.self) ||
                    std::any_of(identifiers.begin(), identifiers.end(), is_replaced);
  }
}

std::vector<Identity::Speaker> Identity::SpeakersOf(const std::vector<PersonKey>& names) const {
  std::vector<Speaker> speakers;
  for (const PersonKey& name : names) {
    const PatientRecord* record = Find(name);
    if (record == nullptr || !record->live) continue;
    const bool has_identifier = !record->links.identifiers.empty();
    Speaker speaker;
    speaker.self = name;
    speaker.record = record;
    speaker.key = has_identifier ? record->links.identifiers.front() : name;
    speaker.has_identifier = has_identifier;
    speaker.retired =
        std::any_of(record->links.replaced_by.begin(), record->links.replaced_by.end(),
                    [&](const PersonKey& key) { return key != name; });
    speakers.push_back(speaker);
  }
  Retire(speakers);
  std::sort(speakers.begin(), speakers.end(), [](const Speaker& a, const Speaker& b) {
    return std::tuple(a.retired, !a.has_identifier, a.key, a.self) <
           std::tuple(b.retired, !b.has_identifier, b.key, b.self);
  });
  return speakers;
}

Person Identity::Of(const PersonKey& name) const {
  Person person;
  if (!Collect(name, person.names)) {
    person.key = name;
    person.names.assign(1, name);
    person.damaged = true;
    return person;
  }
  std::sort(person.names.begin(), person.names.end());
  const std::vector<Speaker> speakers = SpeakersOf(person.names);
  person.key = speakers.empty() ? person.names.front() : speakers.front().key;
  if (!speakers.empty()) person.record = speakers.front().self;
  return person;
}

PersonKey Identity::AnchorOf(const Person& person) const {
  for (const PersonKey& name : person.names) {
    const PatientRecord* record = Find(name);
    if (record != nullptr && record->live && !record->foreign) return name;
  }
  return person.names.front();
}

std::vector<PersonKey> Identity::Around(const PersonKey& self) const {
  std::vector<PersonKey> ends{self};
  if (const PatientRecord* record = Find(self)) {
    ForEachLink(record->links, [&](const PersonKey& name) { ends.push_back(name); });
  }
  SortUnique(ends);
  std::vector<PersonKey> all;
  for (const PersonKey& end : ends) {
    if (std::binary_search(all.begin(), all.end(), end)) continue;
    std::vector<PersonKey> names;
    if (!Collect(end, names)) names.assign(1, end);
    all.insert(all.end(), names.begin(), names.end());
    SortUnique(all);
  }
  return all;
}

criteria::Demographics Identity::DemographicsOf(const Person& person) const {
  criteria::Demographics all;
  std::vector<Speaker> speakers = SpeakersOf(person.names);
  if (speakers.empty()) return all;
  std::sort(speakers.begin() + 1, speakers.end(),
            [](const Speaker& a, const Speaker& b) { return a.self < b.self; });
  for (const Speaker& speaker : speakers) {
    const criteria::Demographics& one = speaker.record->demographics;
    if (all.sex == criteria::Sex::kUnknown) all.sex = one.sex;
    if (!all.birth) all.birth = one.birth;
    if (all.region.empty()) all.region = one.region;
    if (one.deceased != criteria::Truth::kTrue) continue;
    all.deceased = criteria::Truth::kTrue;
    if (!all.death) all.death = one.death;
  }
  return all;
}

bool Identity::HasRecord(const Person& person) const {
  return std::any_of(person.names.begin(), person.names.end(), [this](const PersonKey& name) {
    const PatientRecord* record = Find(name);
    return record != nullptr && record->live;
  });
}

std::map<PersonKey, const PatientRecord*> Identity::Records() const {
  std::map<PersonKey, const PatientRecord*> records;
  for (const auto& [name, node] : nodes_) {
    if (node.record) records.emplace(name, node.record.get());
  }
  return records;
}

std::size_t Identity::LiveRecords() const {
  return static_cast<std::size_t>(std::count_if(nodes_.begin(), nodes_.end(), [](const auto& one) {
    return one.second.record != nullptr && one.second.record->live;
  }));
}

std::vector<PersonKey> Identity::Names() const {
  std::vector<PersonKey> names;
  for (const auto& [name, node] : nodes_) {
    if ((node.record && node.record->live) || !node.named_by.empty()) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

namespace {

enum RecordPart : std::uint8_t {
  kIsLive = 1,
  kIsActive = 2,
  kHasBirth = 4,
  kIsDeceased = 8,
  kHasDeath = 16,
  kHasRoutes = 32,
};

void WriteKeys(base::ByteWriter& out, const std::vector<PersonKey>& keys) {
  out.Varint(keys.size());
  for (const PersonKey& key : keys) Write(out, key);
}

std::vector<PersonKey> ReadKeys(base::ByteReader& in) {
  std::vector<PersonKey> keys(in.Count());
  for (PersonKey& key : keys) key = ReadPersonKey(in);
  return keys;
}

}  // namespace

std::string EncodePatientRecord(const PatientRecord& record) {
  base::ByteWriter out;
  const criteria::Demographics& who = record.demographics;
  Write(out, record.version);
  out.U8(static_cast<std::uint8_t>(
      (record.live ? kIsLive : 0) | (record.links.active ? kIsActive : 0) |
      (who.birth ? kHasBirth : 0) | (who.deceased == criteria::Truth::kTrue ? kIsDeceased : 0) |
      (who.death ? kHasDeath : 0) |
      (record.live && !record.links.routes.empty() ? kHasRoutes : 0)));
  if (!record.live) return out.Take();
  Write(out, record.links.self);
  WriteKeys(out, record.links.identifiers);
  WriteKeys(out, record.links.replaced_by);
  WriteKeys(out, record.links.replaces);
  out.U8(static_cast<std::uint8_t>(who.sex));
  if (who.birth) out.Time(*who.birth);
  if (who.death) out.Time(*who.death);
  out.String(who.region);
  if (record.links.routes.empty()) return out.Take();
  out.Varint(record.links.routes.size());
  for (const PatientRoute& route : record.links.routes) {
    Write(out, route.name);
    out.Varint(route.murmur2);
  }
  return out.Take();
}

base::Result<PatientRecord> DecodePatientRecord(std::string_view bytes) {
  base::ByteReader in(bytes);
  PatientRecord record;
  record.version = ReadVersion(in);
  const std::uint8_t parts = in.U8();
  record.live = (parts & kIsLive) != 0;
  record.links.active = (parts & kIsActive) != 0;
  if (record.live) {
    record.links.self = ReadPersonKey(in);
    record.links.identifiers = ReadKeys(in);
    record.links.replaced_by = ReadKeys(in);
    record.links.replaces = ReadKeys(in);
    const std::uint8_t sex = in.U8();
    record.demographics.sex = sex <= static_cast<std::uint8_t>(criteria::Sex::kMale)
                                  ? static_cast<criteria::Sex>(sex)
                                  : criteria::Sex::kUnknown;
    if (parts & kHasBirth) record.demographics.birth = in.Range();
    if (parts & kIsDeceased) record.demographics.deceased = criteria::Truth::kTrue;
    if (parts & kHasDeath) record.demographics.death = in.Range();
    record.demographics.region = in.String();
    for (std::size_t left = parts & kHasRoutes ? in.Count() : 0; left > 0 && in.ok(); --left) {
      PatientRoute route;
      route.name = ReadPersonKey(in);
      route.murmur2 = static_cast<std::uint32_t>(in.Varint());
      record.links.routes.push_back(route);
    }
  }
  if (in.ok() && in.at_end()) return record;
  return base::Fail(base::ErrorCode::kCorruption,
                    "A patient's record in the state cannot be read back.");
}

}  // namespace medverka::matcher
