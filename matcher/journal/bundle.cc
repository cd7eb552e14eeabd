#include "matcher/journal/bundle.h"

#include <algorithm>
#include <array>

namespace medverka::matcher::journal {
namespace {

constexpr std::array<std::string_view, 9> kTypes = {
    "batch",     "batch-response", "collection",          "document", "history", "message",
    "searchset", "transaction",    "transaction-response"};
constexpr std::string_view kUuidPrefix = "urn:uuid:";

// The id that a fullUrl gives a resource without one of its own.
std::string_view IdOfFullUrl(std::string_view url) {
  if (url.substr(0, kUuidPrefix.size()) == kUuidPrefix) return url.substr(kUuidPrefix.size());
  std::string_view type;
  std::string_view id;
  return SplitReference(url, type, id) ? id : std::string_view();
}

class BundleReader {
 public:
  BundleReader(const Document& document, ResourceReader& resources, ReadRecord& out)
      : document_(document), resources_(resources), r_(resources.reading()), out_(out) {}

  void Entries(const Node& entries, const Source& envelope) {
    for (const Node& entry : entries) NoteFullUrl(entry);
    resources_.urls().Sort();
    std::int32_t index = 0;
    for (const Node& entry : entries) {
      Source source = envelope;
      source.entry = index++;
      r_.Begin();
      if (r_.Expect(entry, Node::Type::kObject, "Bundle.entry"))
        Entry(entry, source);
      else
        resources_.Report(source, out_);
    }
  }

 private:
  void NoteFullUrl(const Node& entry) {
    const Node* const url = entry.Member("fullUrl");
    const Node* const resource = entry.Member("resource");
    if (resource == nullptr) return;
    const Node* const type = resource->Member("resourceType");
    if (type == nullptr || !type->is_string()) return;
    const bool is_urn = url != nullptr && url->text.substr(0, 4) == "urn:";
    const bool is_specimen = type->text == "Specimen";
    if (!is_urn && !is_specimen) return;
    const Node* const id = resource->Member("id");
    const bool has_id = id != nullptr && id->is_string();
    const std::string_view fallback = url == nullptr ? std::string_view() : IdOfFullUrl(url->text);
    if (is_urn) resources_.urls().Add(url->text, type->text, has_id ? id->text : fallback);
    if (is_specimen) resources_.urls().AddSpecimen(has_id ? id->text : fallback, *resource);
  }

  void Entry(const Node& entry, Source& source) {
    const Node* const request = r_.Object(&entry, "Bundle.entry.request");
    const Node* const response = r_.Object(&entry, "Bundle.entry.response");
    const Node* const search = r_.Object(&entry, "Bundle.entry.search");
    const Node* const resource = r_.Object(&entry, "Bundle.entry.resource");
    const std::string_view method = r_.String(request, "Bundle.entry.request.method");
    const std::string_view url = r_.String(request, "Bundle.entry.request.url");
    source.fallback_id = IdOfFullUrl(r_.String(&entry, "Bundle.entry.fullUrl"));
    source.version_number = ReadEtag(r_.String(response, "Bundle.entry.response.etag"));
    if (const auto time = r_.Time(response, "Bundle.entry.response.lastModified"))
      source.last_modified = time->lo;
    const bool outcome = r_.String(search, "Bundle.entry.search.mode") == "outcome";
    if (resources_.Report(source, out_) || outcome) return;
    if (method == "DELETE") {
      Delete(url, request, source);
    } else if (method == "PATCH") {
      resources_.Report(DeadLetterReason::kSchema, "Bundle.entry.request.method", source, out_);
    } else if (resource != nullptr) {
      Put(*resource, method, url, source);
    } else if (response == nullptr && method != "GET" && method != "HEAD") {
      resources_.Report(DeadLetterReason::kSchema, "Bundle.entry.resource", source, out_);
    }
  }

  // "DELETE Observation/123"; by a query nobody but the server knows what it deletes.
  void Delete(std::string_view url, const Node* request, Source& source) {
    std::string_view type;
    std::string_view id;
    if (url.find('?') != std::string_view::npos) {
      resources_.Report(DeadLetterReason::kConditionalRequest, "Bundle.entry.request.url", source,
                        out_);
    } else if (!SplitReference(url, type, id)) {
      resources_.Report(DeadLetterReason::kSchema, "Bundle.entry.request.url", source, out_);
    } else {
      source.deleted_number = ReadEtag(r_.String(request, "Bundle.entry.request.ifMatch"));
      resources_.Delete(type, id, nullptr, source, out_);
    }
  }

  void Put(const Node& resource, std::string_view method, std::string_view url, Source& source) {
    const Node* const type = resource.Member("resourceType");
    if (type != nullptr && type->text == "Bundle") {
      resources_.Report(DeadLetterReason::kSchema, "Bundle.entry.resource", source, out_);
      return;
    }
    if (method == "PUT") {
      const std::size_t query = url.find('?');
      const bool by_identifier =
          url.substr(query == std::string_view::npos ? 0 : query + 1, 11) == "identifier=" &&
          url.find('&') == std::string_view::npos;
      if (query != std::string_view::npos && !(by_identifier && resource.Member("id") != nullptr)) {
        resources_.Report(DeadLetterReason::kConditionalRequest, "Bundle.entry.request.url", source,
                          out_);
        return;
      }
      std::string_view url_type;
      std::string_view url_id;
      if (query == std::string_view::npos && SplitReference(url, url_type, url_id))
        source.fallback_id = url_id;
    }
    resources_.Read(resource, document_, source, out_);
  }

  const Document& document_;
  ResourceReader& resources_;
  Reading& r_;
  ReadRecord& out_;
};

}  // namespace

std::optional<base::Instant> ReadBundle(const Node& bundle, const Document& document,
                                        const Source& envelope, ResourceReader& resources,
                                        ReadRecord& out) {
  Reading& r = resources.reading();
  r.Begin();
  const std::string_view type = r.String(&bundle, "Bundle.type");
  if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) r.Fail("Bundle.type");
  if (bundle.Member("implicitRules") != nullptr) {
    r.Fail(DeadLetterReason::kUnusable, "Bundle.implicitRules");
  }
  const auto timestamp = r.Time(&bundle, "Bundle.timestamp");
  const Node* const entries = bundle.Member("entry");
  if (entries != nullptr) r.Expect(*entries, Node::Type::kArray, "Bundle.entry");
  if (resources.Report(envelope, out)) return std::nullopt;
  std::optional<base::Instant> made;
  if (timestamp) made = timestamp->lo;
  if (entries == nullptr) return made;
  Source source = envelope;
  if (!source.made) source.made = made;
  BundleReader(document, resources, out).Entries(*entries, source);
  return made;
}

}  // namespace medverka::matcher::journal
