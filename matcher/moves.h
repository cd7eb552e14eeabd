// Patients whose records hang together over several lanes. Each lane stays the home of the names
// that its journal speaks of, and tells the others what they need:
//
//   records  Patient records go to every lane that has a part in the person, from whoever knows
//            them, so that all know the same group and the same surviving subject. The newest
//            version counts, and a lane that was told of a record is told of every later one.
//   pages    what stands on a shelf goes from its home to the lane of the record that speaks for
//            the person, which alone evaluates; whole, in place of the page before, and taken back
//            when that is another lane.
//
// Idea: who belongs together follows from records alone, and what is known of records only grows.
// So whatever comes again or late ends the same, and lanes never keep each other in a group that
// is none any more.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "matcher/effects.h"
#include "matcher/patient/identity.h"
#include "matcher/patient/shelves.h"
#include "matcher/store/table.h"
#include "ops/base/crypto.h"

namespace medverka::matcher {

struct MoveRouting {
  std::uint32_t partition = 0;
  std::uint32_t partitions = 1;   // 1: nothing is ever moved
  bool keyed_by_subject = false;  // the journal's keys are the 16 bytes of the subject key
};

struct MovedPiece {
  std::uint32_t from = 0;
  PersonKey name;
  std::optional<PatientRecord> record;  // with its home, live or not; none: a page
  std::string page;                     // of the shelf (patient/codec.h); "": taken back
};
std::string EncodeMove(const MovedPiece& piece);
std::optional<MovedPiece> DecodeMove(std::string_view bytes);

class Moves {
 public:
  Moves(const Store& store, criteria::Vocabulary& vocabulary, Identity& identity, Shelves& shelves,
        MoveRouting routing);
  base::Result<void> Load();

  // Whether this lane evaluates the person: the record that speaks for it is one of this lane's.
  bool IsHere(const Person& person) const;

  // Takes in what another lane sent. Whom that touches: Identity::Around, before and after. False:
  // the page does not read back, and nothing has changed.
  base::Result<bool> Take(const MovedPiece& piece);

  // Tells the other lanes what has changed of the persons of these names.
  base::Result<void> Send(const std::set<PersonKey>& names, std::vector<MoveEvent>& out);

  void Write(Batch& batch);

 private:
  using Lanes = std::map<std::uint32_t, base::Digest>;  // what each has been told last
  using Told = std::map<PersonKey, Lanes>;

  struct Spread {
    std::set<std::uint32_t> others;  // lanes that have a part in the person
    std::uint32_t speaks = 0;        // the lane of the record that speaks for it
  };
  Spread SpreadOf(const Person& person) const;
  bool IsLocal(const PatientRecord* record) const { return record != nullptr && !record->foreign; }
  std::uint32_t HomeOf(const PatientRoute& route) const;
  void SendRecord(const Person& person, const PersonKey& name, const Spread& spread,
                  std::vector<MoveEvent>& out);
  base::Result<void> SendPage(const Person& person, const PersonKey& name, const Spread& spread,
                              std::vector<MoveEvent>& out);
  void TakeRecord(const MovedPiece& piece);
  base::Result<bool> TakePage(const MovedPiece& piece);
  static void LoadTold(const Table& rows, Told& told, base::Result<void>& outcome);

  criteria::Vocabulary& vocabulary_;
  Identity& identity_;
  Shelves& shelves_;
  MoveRouting routing_;
  Table record_rows_;       // foreign records: name -> home, record
  Table page_rows_;         // name, lane that sent a page of it -> nothing
  Table told_record_rows_;  // name, lane -> digest
  Table told_page_rows_;
  Told told_records_;
  Told told_pages_;
  std::map<PersonKey, std::set<std::uint32_t>> pages_;  // name -> lanes that sent a page of it
  bool has_foreign_ = false;                            // a record or a page
  std::unordered_set<PersonKey, PersonKeyHash> foreign_shelves_;
};

}  // namespace medverka::matcher
