// Who is who. Patient resources tie names together: a record's own id, its identifiers, the records
// it replaces or is replaced by. A subject is a connected group of names, and its key is a function
// of the group alone.
//
// Idea: facts stay on the shelf of the name they came under. A merge is a link that appears, an
// un-merge one that vanishes; nothing is moved, so whatever order the events arrive in, the end is
// the same.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "criteria/fact.h"
#include "matcher/journal/journal.h"
#include "ops/base/result.h"

namespace medverka::matcher {

// The newest that one Patient resource said, or that it is gone.
struct PatientRecord {
  Version version;
  bool live = false;  // false: deleted, or entered in error; the version stays
  PatientLinks links;
  criteria::Demographics demographics;
  // Another lane's journal says so, and that lane sent it (matcher/moves.h).
  bool foreign = false;
  std::uint32_t home = 0;  // that lane
};

// A subject: its key, and all names that are this person.
struct Person {
  PersonKey key;
  std::vector<PersonKey> names;  // sorted
  // More than kPersonNamesMax names hang together: a damaged chain, whose links are not followed.
  // Each of its names is then a person of its own.
  bool damaged = false;
  std::optional<PersonKey> record =
      std::nullopt;  // own name of the live record that speaks for the person
};

class Identity {
 public:
  // nullptr: no Patient resource of this name was ever seen.
  const PatientRecord* Find(const PersonKey& self) const;

  // Replaces what the record said before. Whom that touches: Around(names of the old and the new
  // links), before and after.
  void Set(const PersonKey& self, PatientRecord record);

  void Forget(const PersonKey& self);

  // `other` is a name of the same person, whatever the records say.
  void Tie(const PersonKey& name, const PersonKey& other);
  void Untie(const PersonKey& name, const PersonKey& other);

  Person Of(const PersonKey& name) const;
  // The one of the person's names by which everybody can be passed once: that of its first live
  // record that is not foreign, or the first one.
  PersonKey AnchorOf(const Person& person) const;

  // `name` and all names of the persons around the links of the record of `name`, sorted, unique.
  std::vector<PersonKey> Around(const PersonKey& self) const;

  // Of the record that gave the person's key; what it does not say from the others, in order of
  // their keys. A death in any record counts.
  criteria::Demographics DemographicsOf(const Person& person) const;
  bool HasRecord(const Person& person) const;  // a live one

  // All Patient records seen, by their own key.
  std::map<PersonKey, const PatientRecord*> Records() const;
  // How many of them are live.
  std::size_t LiveRecords() const;
  // All names that stand in a live record.
  std::vector<PersonKey> Names() const;

 private:
  struct Node {
    std::unique_ptr<PatientRecord> record;
    std::vector<PersonKey> named_by;  // own keys of live records that name this one
    std::vector<PersonKey> tied;
  };
  // Live records of a person, the one that speaks for it first.
  struct Speaker {
    PersonKey self;
    const PatientRecord* record = nullptr;
    PersonKey key;  // what it would call the person
    bool retired = false;
    bool has_identifier = false;
  };
  static void Retire(std::vector<Speaker>& speakers);
  std::vector<Speaker> SpeakersOf(const std::vector<PersonKey>& names) const;
  const Node* NodeOf(const PersonKey& name) const;
  // False: more than kPersonNamesMax.
  bool Collect(const PersonKey& name, std::vector<PersonKey>& names) const;

  std::unordered_map<PersonKey, Node, PersonKeyHash> nodes_;
};

// Row of a Patient record in the store.
std::string EncodePatientRecord(const PatientRecord& record);
base::Result<PatientRecord> DecodePatientRecord(std::string_view bytes);

}  // namespace medverka::matcher
