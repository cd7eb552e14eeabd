// The catalogue as it lies on the studies topic (one partition, compacted), written whole in one
// transaction:
//
//   key "file/<sha256>"       value the text of a study or codes file
//   key "catalogue/<version>" value JSON, an object of "version", "published_at", "engine_version",
//                             "note", "rolled_back_to" (of a rollback), "publication",
//                             "files" [{"name", "sha256"}] and "studies" [{"id", "program"}]
//
// The highest version is live. A rollback is a new version with the files of an old one: versions
// only rise, so that every lane and every suggestion agrees on what a number means. Publishing
// fences other publishers by its transactional id (<prefix>-publish), and fails when the version it
// was made from is no longer the newest. "publication" is chance: by it a publisher who was not
// told how its commit ended finds its own version again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "criteria/criteria.h"
#include "ops/base/result.h"
#include "ops/base/time.h"
#include "streams/kafka/client.h"

namespace medverka::streams {

struct CatalogueFile {
  std::string name;  // "alascca.study", "common.codes": unique, no folders
  std::string text;
};
struct CatalogueStudy {
  std::string id;
  std::string program;  // hex of the hash of the compiled study, as the publisher's engine made it
};
struct CatalogueVersion {
  std::uint64_t version = 0;
  base::Instant published_at;
  std::string engine_version;
  std::string note;
  std::optional<std::uint64_t> rolled_back_to;
  std::vector<CatalogueFile> files;     // by name; empty where only the list was asked for
  std::vector<CatalogueStudy> studies;  // by id
};

// What criteria::Compile takes: the study files, and whoever brings in what they use. A `use` finds
// its file by name alone, whatever folder stands before it. REQUIRES: `catalogue` has its files;
// the loader borrows it.
std::vector<criteria::SourceFile> StudyFilesOf(const CatalogueVersion& catalogue);
criteria::UseLoader UsesOf(const CatalogueVersion& catalogue);

// Follows the studies topic. One thread. Keeps the texts of all versions there are. A version that
// does not read back, or whose files are not all there, is passed over and logged.
class CatalogueReader {
 public:
  static base::Result<std::unique_ptr<CatalogueReader>> Open(const KafkaProperties& properties,
                                                             std::string topic);
  virtual ~CatalogueReader() = default;
  // Reads to the end of the topic, at most `timeout_ms` long. True: the newest version changed.
  // kUnavailable: the end was not reached; the next call goes on from there.
  virtual base::Result<bool> Poll(int timeout_ms) = 0;
  virtual const CatalogueVersion* newest() const = 0;     // with files; nullptr: nothing published
  virtual std::vector<CatalogueVersion> all() const = 0;  // without files, by version
  virtual base::Result<CatalogueVersion> Read(std::uint64_t version) const = 0;  // with files
};

// `base`: the version it was made from, 0 for none. Of `catalogue` the number is not looked at.
// Gives the new version's number. kInvalidArgument: somebody published meanwhile, or a file is too
// large for a record. Of many at the same time exactly one gets a number. An outcome that the
// client library cannot tell is looked up under a new fence, and what is not there is written
// again, a few times; kUnavailable says whether the outcome is known.
base::Result<std::uint64_t> PublishCatalogue(const KafkaProperties& properties,
                                             const std::string& topic, const std::string& prefix,
                                             std::uint64_t base, const CatalogueVersion& catalogue);

}  // namespace medverka::streams
