// Medication resources: what "Medication/3" stands for, and on whose shelves it is named. They
// belong to no patient, may come after the prescriptions that name them, and may change.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "criteria/vocabulary.h"
#include "matcher/journal/journal.h"
#include "matcher/store/table.h"

namespace medverka::matcher {

class Medications {
 public:
  Medications(const Store& store, criteria::Vocabulary& vocabulary)
      : vocabulary_(vocabulary),
        codes_(store, Room::kState, "m"),
        users_(store, Room::kState, "u") {}

  // Unknown: no codes. Borrowed until the next call.
  base::Result<const std::vector<criteria::CodeId>*> Codes(const std::string& id);
  void Set(const std::string& id, const std::vector<criteria::CodeId>& codes);
  void Forget(const std::string& id);

  // A shelf stays listed once it has named the medication, also when it names it no more.
  void AddUser(std::string_view id, const PersonKey& shelf);
  base::Result<std::vector<PersonKey>> Users(std::string_view id) const;

  const Table& codes() const { return codes_; }
  void Write(Batch& batch);

 private:
  criteria::Vocabulary& vocabulary_;
  Table codes_;
  Table users_;
  std::unordered_map<std::string, std::vector<criteria::CodeId>> cache_;
};

}  // namespace medverka::matcher
