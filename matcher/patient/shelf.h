// A shelf: all that the journal says under one name of a person. Resources by their id, and the
// decisions that clinicians took. Facts never move between shelves when patients are merged: only
// who a name is changes (identity.h), so that a merge can be undone and any order of arrival ends
// the same.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/fact.h"
#include "matcher/journal/journal.h"

namespace medverka::matcher {

// A resource on a shelf. Facts that name a Medication carry its codes after their own.
struct ShelfItem {
  std::string id;  // as the journal's change has it; an answer's resource goes by a shorter one
  criteria::Resource resource;
  // Per fact, how many of its codes are its own. Empty where no fact names a Medication.
  std::vector<std::uint32_t> own_codes;
  bool refers = false;  // an attribute names another resource
  // A condition that a visit named as its main diagnosis, or as another: derived, never stored.
  bool has_rank_of_visit = false;

  bool names_medication() const { return !own_codes.empty(); }
  std::size_t own(std::size_t fact) const {
    return own_codes.empty() ? resource.facts[fact].codes.size() : own_codes[fact];
  }
};

// Takes the resource as it was read: where a fact names a Medication, its codes so far are its own.
ShelfItem MakeShelfItem(std::string id, criteria::Resource resource);

// A clinician's latest word on one study.
struct Decision {
  Version version;
  bool declined = false;
  std::string reason;
};

// Ordered, so that what is made from it has one order. Keys of items point into their ids.
using ShelfItems = std::map<std::string_view, std::unique_ptr<ShelfItem>>;
using Decisions = std::map<std::string, Decision, std::less<>>;

// Memory a resource takes, by rough count. For the bound on hot patients, not for accounts.
std::size_t ApproximateBytes(const ShelfItem& item);

}  // namespace medverka::matcher
