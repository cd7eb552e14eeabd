// One resource, or the deletion of one, to a change: type, identity, version, provenance, patient,
// then the reader of its type. What is wrong with it becomes one dead letter; other resources of
// the record are not touched by it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "matcher/journal/reading.h"

namespace medverka::matcher::journal {

// What the envelope says about the resource in it.
struct Source {
  std::int32_t entry = -1;            // index in the Bundle
  std::optional<base::Instant> time;  // CloudEvents time
  std::uint64_t sequence = 0;         // CloudEvents sequence
  std::optional<base::Instant> made;  // time, or else Bundle.timestamp
  std::string_view fallback_id;       // from fullUrl or request.url, for a resource without id
  std::optional<std::uint64_t> version_number;  // Bundle: response.etag
  std::optional<base::Instant> last_modified;   // Bundle: response.lastModified
  std::optional<std::uint64_t>
      deleted_number;  // the version that a delete names as the one it deletes
};

struct ResourceType;

class ResourceReader {
 public:
  ResourceReader(criteria::Vocabulary& vocabulary, const SubjectHasher& hasher);

  // Forgets what the record before said about time, and its fullUrls.
  void BeginRecord();

  void Read(const Node& resource, const Document& document, const Source& source, ReadRecord& out);

  // `resource`: what a delete event carries along, or nullptr.
  void Delete(std::string_view type, std::string_view id, const Node* resource,
              const Source& source, ReadRecord& out);

  // Reports the fault the reading has come to, if any. True if there was one.
  bool Report(const Source& source, ReadRecord& out);
  static void Report(DeadLetterReason reason, std::string_view element, const Source& source,
                     ReadRecord& out);

  Reading& reading() { return reading_; }
  PersonNames& names() { return names_; }
  FullUrls& urls() { return urls_; }

  std::optional<base::Instant> latest_updated() const { return latest_updated_; }
  std::optional<base::Instant> latest_said() const { return latest_said_; }

 private:
  bool ReadHead(const Node& resource, const ResourceType& type, const Source& source,
                ResourceChange& change);
  void ReadVersion(const Node& resource, const Source& source, ResourceChange& change);
  void ReadProvenance(const Node& resource, criteria::Resource& out);
  void NoteTimes(const ResourceChange& change);

  CodeCache codes_;
  PersonNames names_;
  FullUrls urls_;
  KnownCodes known_;
  Reading reading_;
  std::optional<base::Instant> latest_updated_;
  std::optional<base::Instant> latest_said_;
};

// A version number as it stands in versionId ("3") or, within W/"3", in an ETag. nullopt: no
// number.
std::optional<std::uint64_t> ReadVersionNumber(std::string_view text);
std::optional<std::uint64_t> ReadEtag(std::string_view text);
// "Observation/o1", also as an absolute address or with a version behind it. False: it has no such
// form.
bool SplitReference(std::string_view url, std::string_view& type, std::string_view& id);

}  // namespace medverka::matcher::journal
