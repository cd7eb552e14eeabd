// Idea: everything that all resources share is read here, in one order, so that a reader of one
// type is a page of element by element. A reader never decides about dead letters: it notes a
// fault, and this file looks once.
#include "matcher/journal/resource_reader.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "matcher/journal/resource_types.h"
#include "ops/base/crypto.h"

namespace medverka::matcher::journal {

using base::Instant;

namespace {

constexpr std::size_t kIdBytesMax = 64;  // FHIR's type `id`
constexpr std::string_view kSourceHsaPrefix = "urn:oid:1.2.752.129.2.1.4.1#";

const Node kNoNode;

// FHIR's grammar, and the underscore that some servers use.
constexpr std::array<bool, 256> kIdCharacters = [] {
  std::array<bool, 256> allowed{};
  for (const char c :
       std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._")) {
    allowed[static_cast<unsigned char>(c)] = true;
  }
  return allowed;
}();

bool IsId(std::string_view text) {
  if (text.empty() || text.size() > kIdBytesMax) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return kIdCharacters[static_cast<unsigned char>(c)]; });
}

// Case folded, without hyphens: "care-unit", "careUnit" and "CareUnit" are one word.
bool UrlSays(std::string_view url, std::string_view word) {
  std::string plain;
  for (const char c : url) {
    if (c != '-') plain.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return plain.find(word) != std::string::npos;
}

void Later(std::optional<Instant>& latest, std::optional<Instant> other) {
  if (other && (!latest || *other > *latest)) latest = other;
}

// Of a day or less its end: the record was made when that was over or at it. Of a month or a year
// its start.
Instant SaidAt(const base::TimeRange& range) {
  return range.hi.us - range.lo.us <= 25 * base::kMicrosPerHour ? range.hi : range.lo;
}

class Provenance {
 public:
  Provenance(Reading& reading, criteria::Resource& out) : r_(reading), out_(out) {}

  // HsaHierarchy of commonprofiles.care and its kin: extensions named after care provider and care
  // unit.
  void Extensions(const Node* holder) {
    const Node* const extensions = r_.Array(holder, "Element.extension");
    if (extensions == nullptr) return;
    for (const Node& extension : *extensions) {
      const std::string_view url = r_.String(&extension, "Extension.url");
      if (UrlSays(url, "careprovider")) Set(out_.provider, extension);
      if (UrlSays(url, "careunit")) Set(out_.unit, extension);
      if (extension.Member("extension") != nullptr) Extensions(&extension);
    }
  }

 private:
  void Set(std::string& id, const Node& extension) {
    if (!id.empty()) return;
    const Node* identifier = r_.Object(&extension, "Extension.valueIdentifier");
    if (identifier == nullptr) {
      identifier =
          r_.Object(r_.Object(&extension, "Extension.valueReference"), "Reference.identifier");
    }
    id = BoundedText(identifier != nullptr ? r_.String(identifier, "Identifier.value")
                                           : r_.String(&extension, "Extension.valueString"));
  }

  Reading& r_;
  criteria::Resource& out_;
};

}  // namespace

std::optional<std::uint64_t> ReadVersionNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> ReadEtag(std::string_view text) {
  const std::size_t open = text.find('"');
  const std::size_t close = text.rfind('"');
  if (open == std::string_view::npos || close <= open) return ReadVersionNumber(text);
  return ReadVersionNumber(text.substr(open + 1, close - open - 1));
}

bool SplitReference(std::string_view url, std::string_view& type, std::string_view& id) {
  url = url.substr(0, url.find("/_history"));
  const std::size_t slash = url.rfind('/');
  if (slash == std::string_view::npos) return false;
  id = url.substr(slash + 1);
  type = url.substr(0, slash);
  const std::size_t previous = type.rfind('/');
  if (previous != std::string_view::npos) type = type.substr(previous + 1);
  return !type.empty() && IsId(id);
}

ResourceReader::ResourceReader(criteria::Vocabulary& vocabulary, const SubjectHasher& hasher)
    : codes_(vocabulary),
      names_(hasher),
      known_(vocabulary),
      reading_(codes_, names_, urls_, known_) {}

void ResourceReader::BeginRecord() {
  urls_.Clear();
  latest_updated_.reset();
  latest_said_.reset();
}

void ResourceReader::Report(DeadLetterReason reason, std::string_view element, const Source& source,
                            ReadRecord& out) {
  out.dead.push_back({reason, source.entry, element});
}

bool ResourceReader::Report(const Source& source, ReadRecord& out) {
  if (!reading_.fault()) return false;
  Report(reading_.fault()->reason, reading_.fault()->element, source, out);
  return true;
}

void ResourceReader::Read(const Node& resource, const Document& document, const Source& source,
                          ReadRecord& out) {
  reading_.Begin();
  const std::string_view name = reading_.String(&resource, "Resource.resourceType");
  const ResourceType* const type = FindResourceType(name);
  if (type == nullptr) {
    Report(DeadLetterReason::kUnknownResource, "Resource.resourceType", source, out);
    return;
  }
  if (type->reader == nullptr) {
    out.passed_over.push_back(type->name);
    return;
  }
  const bool implicit_rules = resource.Member("implicitRules") != nullptr;
  if (implicit_rules || document.HasModifierExtension(resource)) {
    Report(DeadLetterReason::kUnusable,
           implicit_rules ? "Resource.implicitRules" : "Resource.modifierExtension", source, out);
    return;
  }
  ResourceChange& change = out.changes.emplace_back();
  reading_.Start(resource, change);
  if (ReadHead(resource, *type, source, change)) type->reader(reading_);
  if (Report(source, out)) {
    out.changes.pop_back();
    return;
  }
  NoteTimes(change);
}

// False: there is a fault already, and nothing more is worth reading.
bool ResourceReader::ReadHead(const Node& resource, const ResourceType& type, const Source& source,
                              ResourceChange& change) {
  std::string_view id = reading_.String(&resource, "Resource.id");
  if (id.empty()) id = source.fallback_id;
  if (!IsId(id)) reading_.Fail("Resource.id");
  change.id.reserve(type.name.size() + 1 + id.size());
  change.id.append(type.name).append("/").append(id);
  change.resource.id = change.id;
  ReadVersion(resource, source, change);
  ReadProvenance(resource, change.resource);
  reading_.SetWritten(change.resource.updated ? change.resource.updated : source.made);
  if (!type.subject.empty()) {
    const Path path = Path::OfTable(type.subject);
    change.person = reading_.Person(reading_.Object(&resource, path), path);
  }
  return !reading_.fault();
}

void ResourceReader::ReadVersion(const Node& resource, const Source& source,
                                 ResourceChange& change) {
  Version& version = change.version;
  version.sequence = source.sequence;
  if (source.time) version.time_us = source.time->us;
  version.content = base::FastHash(resource.text);
  std::optional<std::uint64_t> number = source.version_number;
  std::optional<Instant> updated = source.last_modified;
  if (const Node* const meta = reading_.Object(&resource, "Resource.meta")) {
    if (const Node* const said = meta->Member("versionId")) {
      if (!said->is_string() || !IsId(said->text)) {
        reading_.Fail(DeadLetterReason::kBadVersion, "Meta.versionId");
        return;
      }
      change.resource.version = said->text;
      number = ReadVersionNumber(said->text);  // opaque ids order nothing
    }
    if (const Node* const said = meta->Member("lastUpdated")) {
      const auto time = said->is_string() ? base::ParseTime(said->text) : std::nullopt;
      if (!time) {
        reading_.Fail(DeadLetterReason::kBadVersion, "Meta.lastUpdated");
        return;
      }
      updated = time->lo;
    }
  }
  version.number = number.value_or(0);
  if (updated) version.updated_us = updated->us;
  change.resource.updated = updated;
}

void ResourceReader::ReadProvenance(const Node& resource, criteria::Resource& out) {
  if (resource.Member("extension") != nullptr) Provenance(reading_, out).Extensions(&resource);
  if (!out.provider.empty()) return;
  const std::string_view source = reading_.String(resource.Member("meta"), "Meta.source");
  if (source.substr(0, kSourceHsaPrefix.size()) == kSourceHsaPrefix) {
    out.provider = BoundedText(source.substr(kSourceHsaPrefix.size()));
  }
}

void ResourceReader::NoteTimes(const ResourceChange& change) {
  const criteria::Resource& resource = change.resource;
  Later(latest_updated_, resource.updated);
  Later(latest_said_, resource.issued);
  if (resource.recorded) Later(latest_said_, SaidAt(*resource.recorded));
  for (const criteria::Fact& fact : resource.facts) {
    if (fact.start) Later(latest_said_, SaidAt(*fact.start));
  }
}

void ResourceReader::Delete(std::string_view type_name, std::string_view id, const Node* resource,
                            const Source& source, ReadRecord& out) {
  const ResourceType* const type = FindResourceType(type_name);
  if (type == nullptr) {
    Report(DeadLetterReason::kUnknownResource,
           source.entry < 0 ? "CloudEvent.subject" : "Bundle.entry.request.url", source, out);
    return;
  }
  if (type->reader == nullptr) {
    out.passed_over.push_back(type->name);
    return;
  }
  ResourceChange change;
  change.type = ChangeType::kDelete;
  change.id = std::string(type->name) + "/" + std::string(id);
  change.resource.id = type->name == "Patient" ? "Patient" : change.id;
  if (type->name == "Patient") change.person = names_.OfPatientId(id);
  reading_.Start(resource != nullptr ? *resource : kNoNode, change);
  if (resource != nullptr && !type->subject.empty()) {
    const Path path = Path::OfTable(type->subject);
    if (const Node* const subject = resource->Member(path.name()))
      change.person = reading_.Person(subject, path);
  }
  const auto when = source.last_modified ? source.last_modified : source.made;
  Version& version = change.version;
  if (source.version_number || source.deleted_number) {
    // A delete that names the version it deletes comes right after that one.
    version.number = source.version_number ? *source.version_number : *source.deleted_number;
    version.updated_us =
        source.last_modified && source.version_number ? source.last_modified->us : INT64_MAX;
  } else if (when) {
    version.number =
        UINT64_MAX;  // without a number it stands against all versions, the later delete on top
    version.updated_us = when->us;
  } else {
    version = kEndOfVersions;
  }
  if (version != kEndOfVersions) {
    version.sequence = source.sequence;
    if (source.time) version.time_us = source.time->us;
  }
  change.resource.updated = when;
  Later(latest_updated_, when);
  out.changes.push_back(std::move(change));
}

}  // namespace medverka::matcher::journal
