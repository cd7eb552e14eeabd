// The patients of a lane: takes in what the journal says, and says whom it touched. Puts together
// who is who, the order of versions, the shelves and the medications.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "criteria/fact.h"
#include "criteria/vocabulary.h"
#include "matcher/journal/journal.h"
#include "matcher/moves.h"
#include "matcher/patient/identity.h"
#include "matcher/patient/medications.h"
#include "matcher/patient/resource_rows.h"
#include "matcher/patient/shelves.h"
#include "matcher/store/table.h"

namespace medverka::matcher {

struct PatientCounters {
  std::uint64_t applied = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t older_versions = 0;
  std::uint64_t deletes = 0;
  std::uint64_t deletes_of_unseen = 0;
  std::uint64_t damaged_chains = 0;
};

class Patients {
 public:
  Patients(const Store& store, criteria::Vocabulary& vocabulary, const SubjectHasher& hasher,
           std::size_t bytes_max, MoveRouting routing = {});
  base::Result<void> Load();

  base::Result<void> Apply(ResourceChange change);
  base::Result<void> Apply(const Feedback& feedback);

  // What another lane sent. False: it does not read back.
  base::Result<bool> Apply(const MovedPiece& piece);
  // What other lanes must be told of the persons of these names.
  base::Result<void> Send(const std::set<PersonKey>& names, std::vector<MoveEvent>& out) {
    return moves_.Send(names, out);
  }
  // False: another lane evaluates the person.
  bool IsHere(const Person& person) const { return moves_.IsHere(person); }

  // Names whose person may have changed since the last call.
  struct Touched {
    std::set<PersonKey> names;
    std::set<PersonKey> relinked;  // those of them whose person may now go by another key
    std::set<PersonKey>
        changed;  // those of whom something was replaced, taken away or decided; others only grew
  };
  Touched TakeTouched();

  Person PersonOf(const PersonKey& name) const { return identity_.Of(name); }
  PersonKey SubjectKeyOf(const PersonKey& name) const { return identity_.Of(name).key; }

  // What is known of a person. False: nothing at all; the person is none.
  struct Gathered {
    criteria::PatientView view;
    std::vector<const Decisions*> decisions;
    bool linked = false;  // some fact says what another one is
  };
  // Borrows from the shelves until the next Apply or Trim.
  base::Result<bool> Gather(const Person& person, Gathered& out);
  void Trim() { shelves_.Trim(); }

  // Everybody there is, by key.
  base::Result<std::vector<Person>> All();

  // About how many persons there are: those with a Patient record that counts.
  std::size_t PersonsAbout() const { return identity_.LiveRecords(); }

  // The persons of the next `names_max` names after `after`, each person once over the whole round.
  struct Stretch {
    std::vector<Person> persons;
    std::optional<PersonKey> up_to;  // the last of these names; none: there are no more
  };
  base::Result<Stretch> After(const std::optional<PersonKey>& after, std::size_t names_max) const;

  base::Result<void> Write(Batch& batch, std::uint64_t sequence);
  // Calls `add` with the content in one order, whatever way it is held.
  base::Result<void> ForHash(const std::function<void(std::string_view)>& add);

  const PatientCounters& counters() const { return counters_; }

 private:
  // Whether the change is newer than what is held, counted.
  bool IsNewer(const ResourceChange& change, const Version* held, bool held_deleted);
  base::Result<void> ApplyPatient(ResourceChange change);
  void TouchAround(const PersonKey& self);
  base::Result<void> ApplyMedication(const ResourceChange& change);
  base::Result<void> ApplyFacts(ResourceChange change);
  // What references to this Medication or Device stand for.
  base::Result<void> SetArticle(const ResourceChange& change);
  base::Result<void> TouchUsers(const std::string& medication_id);
  base::Result<std::vector<PersonKey>> AllNames() const;

  const SubjectHasher& hasher_;
  Identity identity_;
  Table records_;
  ResourceRows rows_;
  Medications medications_;
  Shelves shelves_;
  Moves moves_;
  Touched touched_;
  PatientCounters counters_;
};

}  // namespace medverka::matcher
