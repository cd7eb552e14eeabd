// What `publish` and `catalogue` share: a published catalogue at hand, and what differs between
// two.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "criteria/criteria.h"
#include "ops/base/json.h"
#include "ops/base/result.h"
#include "ops/config/config.h"
#include "streams/kafka/catalogue_topic.h"

namespace medverka::app {

// Read to its end. The error says what to do when the topic is not there.
base::Result<std::unique_ptr<streams::CatalogueReader>> OpenCatalogue(const config::Config& config);

// Studies by id, files by name; each list in order.
struct CatalogueChanges {
  std::vector<std::string> added, changed, removed;
  std::uint64_t unchanged = 0;
  std::vector<std::string> files;  // with another text, new or gone
  bool nothing() const { return files.empty() && added.empty() && removed.empty(); }
};
// `before` nullptr: nothing was published.
CatalogueChanges Compare(const streams::CatalogueVersion* before,
                         const streams::CatalogueVersion& after);

// "2 new, 1 changed, 9 unchanged"
std::string Summary(const CatalogueChanges& changes);
// A line per study that is new, changed or removed; of thousands the first ones.
std::string Listing(const CatalogueChanges& changes);
base::json::object ToJson(const CatalogueChanges& changes);

// Of its program, in hex. REQUIRES: it has one.
std::string HashOf(const criteria::CompiledStudy& study);
// The studies of a compilation with the hashes of their programs. REQUIRES: no errors.
std::vector<streams::CatalogueStudy> StudiesOf(const criteria::Compilation& compilation);

// Number, time and engine of a version, for people.
std::string WhenPublished(const streams::CatalogueVersion& version);

}  // namespace medverka::app
