#include "matcher/patient/patients.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "matcher/patient/codec.h"
#include "ops/base/bytes.h"

namespace medverka::matcher {
namespace {

constexpr std::string_view kPatientPrefix = "Patient/";
constexpr std::string_view kMedicationPrefix = "Medication/";
constexpr std::string_view kDevicePrefix = "Device/";

// The latest word on each participation that feedback speaks of, by study. At the same instant the
// end counts, and after that the order of ids, which depends on nothing.
using Enrolments = std::map<std::string_view, const ShelfItem*>;

void NoteEnrolment(const ShelfItem& item, Enrolments& enrolments) {
  const auto rank = [](const ShelfItem& one) {
    const std::int64_t time = one.resource.recorded ? one.resource.recorded->lo.us : INT64_MIN;
    return std::tuple(time, one.resource.facts.front().ended, std::string_view(one.id));
  };
  const ShelfItem*& latest = enrolments[item.resource.id];
  if (latest == nullptr || rank(*latest) < rank(item)) latest = &item;
}

bool HasEnrolments(const ShelfItems& items) {
  const auto first = items.lower_bound(kEnrolmentPrefix);
  return first != items.end() && first->first.starts_with(kEnrolmentPrefix);
}

// Everything but enrolments into the view, those for themselves.
void GatherBeside(const ShelfItems& items, criteria::PatientView& view, Enrolments& enrolments) {
  for (const auto& [id, item] : items) {
    if (id.starts_with(kEnrolmentPrefix)) {
      NoteEnrolment(*item, enrolments);
    } else {
      view.Add(item->resource);
    }
  }
}

}  // namespace

Patients::Patients(const Store& store, criteria::Vocabulary& vocabulary,
                   const SubjectHasher& hasher, std::size_t bytes_max, MoveRouting routing)
    : hasher_(hasher),
      records_(store, Room::kState, "p"),
      rows_(store),
      medications_(store, vocabulary),
      shelves_(store, vocabulary, medications_, bytes_max),
      moves_(store, vocabulary, identity_, shelves_, routing) {}

base::Result<void> Patients::Load() {
  base::Result<void> outcome;
  MEDVERKA_TRY(records_.Scan("", [&](std::string_view key, std::string_view value) {
    base::ByteReader in(key);
    const PersonKey self = ReadPersonKey(in);
    base::Result<PatientRecord> record = DecodePatientRecord(value);
    if (!record.has_value()) {
      outcome = tl::unexpected(std::move(record).error());
    } else {
      identity_.Set(self, std::move(*record));
    }
  }));
  MEDVERKA_TRY(outcome);
  return moves_.Load();
}

base::Result<void> Patients::Apply(ResourceChange change) {
  if (change.links || change.id.starts_with(kPatientPrefix)) return ApplyPatient(std::move(change));
  if (change.id.starts_with(kMedicationPrefix)) return ApplyMedication(change);
  return ApplyFacts(std::move(change));
}

bool Patients::IsNewer(const ResourceChange& change, const Version* held, bool held_deleted) {
  const bool deletes = change.type == ChangeType::kDelete;
  if (held != nullptr) {
    const VersionOrder order = Compare(change.version, deletes, *held, held_deleted);
    if (order == VersionOrder::kSame) ++counters_.duplicates;
    if (order == VersionOrder::kOlder) ++counters_.older_versions;
    if (order != VersionOrder::kNewer) return false;
  }
  ++counters_.applied;
  if (deletes) {
    ++counters_.deletes;
    if (held == nullptr) ++counters_.deletes_of_unseen;
  }
  return true;
}

base::Result<void> Patients::ApplyPatient(ResourceChange change) {
  // The record's name comes from its id, so that a delete, which has no links, finds it.
  const PersonKey self = hasher_.Hash(change.id);
  const PatientRecord* held = identity_.Find(self);
  if (held != nullptr && held->foreign) held = nullptr;  // this lane's own journal knows better
  if (!IsNewer(change, held == nullptr ? nullptr : &held->version,
               held != nullptr && !held->live)) {
    return {};
  }
  PatientRecord record;
  record.version = change.version;
  record.live = change.type == ChangeType::kPut && change.links.has_value();
  if (record.live) {
    record.links = std::move(*change.links);
    record.links.self = self;
    if (change.demographics) record.demographics = std::move(*change.demographics);
  }
  TouchAround(self);  // those who may be left,
  records_.Put(self.view(), EncodePatientRecord(record));
  identity_.Set(self, std::move(record));
  TouchAround(self);  // and those who are joined
  if (identity_.Of(self).damaged) ++counters_.damaged_chains;
  return {};
}

void Patients::TouchAround(const PersonKey& self) {
  for (const PersonKey& name : identity_.Around(self)) {
    touched_.names.insert(name);
    touched_.relinked.insert(name);
    touched_.changed.insert(name);
  }
}

base::Result<bool> Patients::Apply(const MovedPiece& piece) {
  TouchAround(piece.name);
  MEDVERKA_ASSIGN(const bool sound, moves_.Take(piece));
  TouchAround(piece.name);
  return sound;
}

base::Result<void> Patients::TouchUsers(const std::string& medication_id) {
  MEDVERKA_ASSIGN(const std::vector<PersonKey> users, medications_.Users(medication_id));
  for (const PersonKey& shelf : users) {
    MEDVERKA_TRY(shelves_.Refill(shelf, medication_id));
    touched_.names.insert(shelf);
    touched_.changed.insert(shelf);
  }
  return {};
}

base::Result<void> Patients::ApplyMedication(const ResourceChange& change) {
  MEDVERKA_ASSIGN(const std::optional<ResourceRow> held, rows_.Find(change.id));
  if (!IsNewer(change, held ? &held->version : nullptr, held && held->deleted)) return {};
  ResourceRow row;
  row.version = change.version;
  row.deleted = change.type == ChangeType::kDelete;
  rows_.Set(change.id, row);
  return SetArticle(change);
}

base::Result<void> Patients::SetArticle(const ResourceChange& change) {
  if (change.type == ChangeType::kDelete || !change.medication) {
    medications_.Forget(change.id);
  } else {
    medications_.Set(change.id, *change.medication);
  }
  return TouchUsers(change.id);
}

base::Result<void> Patients::ApplyFacts(ResourceChange change) {
  MEDVERKA_ASSIGN(const std::optional<ResourceRow> held, rows_.Find(change.id));
  if (!IsNewer(change, held ? &held->version : nullptr, held && held->deleted)) return {};
  ResourceRow row;
  row.version = change.version;
  row.deleted = change.type == ChangeType::kDelete;
  const bool says_something = !row.deleted && change.person && !change.resource.facts.empty();
  // A resource that says nothing stands on no shelf: as if it had never come, but for its version.
  if (says_something) row.shelf = change.person;
  rows_.Set(change.id, row);
  // A device is an article that statements of its use may name, and with a patient a fact, too.
  if (change.id.starts_with(kDevicePrefix)) MEDVERKA_TRY(SetArticle(change));
  if (held && held->shelf && held->shelf != row.shelf) {
    shelves_.Remove(*held->shelf, change.id);
    touched_.names.insert(*held->shelf);
    touched_.changed.insert(*held->shelf);
  }
  if (!says_something) return {};
  touched_.names.insert(*row.shelf);
  if (held) touched_.changed.insert(*row.shelf);
  return shelves_.Put(*row.shelf, std::move(change.id), std::move(change.resource));
}

base::Result<void> Patients::Apply(const Feedback& feedback) {
  MEDVERKA_ASSIGN(const bool newer,
                  shelves_.Decide(feedback.person, feedback.study,
                                  {feedback.version, feedback.declined, feedback.reason}));
  if (!newer) {
    ++counters_.duplicates;
    return {};
  }
  ++counters_.applied;
  touched_.names.insert(feedback.person);
  touched_.changed.insert(feedback.person);
  return {};
}

Patients::Touched Patients::TakeTouched() { return std::exchange(touched_, {}); }

base::Result<bool> Patients::Gather(const Person& person, Gathered& out) {
  bool exists = identity_.HasRecord(person);
  out.view.demographics = identity_.DemographicsOf(person);
  for (auto& facts : out.view.facts) facts.clear();
  out.decisions.clear();
  // Of one person's names each may have heard that a participation began or ended.
  const bool several = person.names.size() > 1;
  Enrolments enrolments;
  for (const PersonKey& name : person.names) {
    MEDVERKA_ASSIGN(const Shelves::Contents shelf, shelves_.Load(name));
    exists |= !shelf.items->empty();
    if (several && HasEnrolments(*shelf.items)) {
      GatherBeside(*shelf.items, out.view, enrolments);
    } else {
      out.view.Add(*shelf.facts);
    }
    if (!shelf.decisions->empty()) out.decisions.push_back(shelf.decisions);
  }
  for (const auto& [study, item] : enrolments) out.view.Add(item->resource);
  MEDVERKA_ASSIGN(out.linked, shelves_.Link(person.names));
  return exists;
}

base::Result<std::vector<PersonKey>> Patients::AllNames() const {
  MEDVERKA_ASSIGN(std::vector<PersonKey> names, shelves_.Names());
  const std::vector<PersonKey> linked = identity_.Names();
  names.insert(names.end(), linked.begin(), linked.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

base::Result<std::vector<Person>> Patients::All() {
  MEDVERKA_ASSIGN(const std::vector<PersonKey> names, AllNames());
  std::vector<Person> all;
  std::set<PersonKey> seen;
  Gathered gathered;
  for (const PersonKey& name : names) {
    if (seen.contains(name)) continue;
    Person person = identity_.Of(name);
    seen.insert(person.names.begin(), person.names.end());
    bool exists = identity_.HasRecord(person);
    if (!exists) {
      MEDVERKA_ASSIGN(exists, Gather(person, gathered));
      Trim();
    }
    if (exists) all.push_back(std::move(person));
  }
  std::sort(all.begin(), all.end(), [](const Person& a, const Person& b) { return a.key < b.key; });
  return all;
}

base::Result<Patients::Stretch> Patients::After(const std::optional<PersonKey>& after,
                                                std::size_t names_max) const {
  // Who has a live record is found by it, everybody else by the shelf.
  MEDVERKA_ASSIGN(std::vector<PersonKey> names, shelves_.NamesAfter(after, names_max));
  const auto shelves = static_cast<std::ptrdiff_t>(names.size());
  std::string from;
  if (after) from = std::string(after->view()) + '\0';
  MEDVERKA_TRY(records_.ScanFrom(from, [&](std::string_view key, std::string_view) {
    base::ByteReader in(key);
    names.push_back(ReadPersonKey(in));
    return names.size() - static_cast<std::size_t>(shelves) < names_max;
  }));
  std::inplace_merge(names.begin(), names.begin() + shelves, names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  Stretch stretch;
  if (names.size() >= names_max) {
    names.resize(names_max);
    stretch.up_to = names.back();
  }
  for (const PersonKey& name : names) {
    Person person = identity_.Of(name);
    if (identity_.AnchorOf(person) == name) stretch.persons.push_back(std::move(person));
  }
  return stretch;
}

base::Result<void> Patients::Write(Batch& batch, std::uint64_t sequence) {
  records_.Write(batch);
  rows_.table().Write(batch);
  medications_.Write(batch);
  moves_.Write(batch);
  return shelves_.Write(batch, sequence);
}

base::Result<void> Patients::ForHash(const std::function<void(std::string_view)>& add) {
  const auto add_row = [&](std::string_view key, std::string_view value) {
    add(key);
    add(value);
  };
  for (const auto& [self, record] : identity_.Records()) {
    add(self.view());
    add(EncodePatientRecord(*record));
  }
  MEDVERKA_TRY(rows_.table().Scan("", add_row));
  MEDVERKA_TRY(medications_.codes().Scan("", add_row));
  MEDVERKA_ASSIGN(const std::vector<PersonKey> names, shelves_.Names());
  for (const PersonKey& name : names) {
    MEDVERKA_ASSIGN(const std::string page, shelves_.Canonical(name));
    if (page.empty()) continue;
    add(name.view());
    add(page);
    shelves_.Trim();
  }
  return {};
}

}  // namespace medverka::matcher
