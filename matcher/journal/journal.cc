// Idea: the envelope decides what the bytes are (a CloudEvent, a resource, a Bundle), everything
// below it works on nodes. A whole record is parsed and valid before the first resource of it is
// read.
#include "matcher/journal/journal.h"

#include <algorithm>
#include <array>

#include "matcher/journal/bundle.h"
#include "matcher/journal/feedback.h"
#include "matcher/journal/json.h"
#include "matcher/journal/resource_reader.h"
#include "ops/base/crypto.h"

namespace medverka::matcher {

using journal::Document;
using journal::JsonFault;
using journal::Node;
using journal::Reading;
using journal::ResourceReader;
using journal::Source;

namespace {

constexpr std::array<std::string_view, kDeadLetterReasons> kReasonNames = {"malformed-json",
                                                                           "too-deep",
                                                                           "oversize",
                                                                           "unknown-resource",
                                                                           "unknown-envelope",
                                                                           "schema",
                                                                           "subject-missing",
                                                                           "bad-identifier",
                                                                           "bad-version",
                                                                           "unusable",
                                                                           "conditional-request",
                                                                           "null-value",
                                                                           "unknown-suggestion",
                                                                           "bad-move"};

// RFC 4648 section 4. False: not base64.
bool DecodeBase64(std::string_view text, std::string& out) {
  out.clear();
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    std::uint32_t value = 0;
    if (c >= 'A' && c <= 'Z')
      value = static_cast<std::uint32_t>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      value = static_cast<std::uint32_t>(c - 'a') + 26;
    else if (c >= '0' && c <= '9')
      value = static_cast<std::uint32_t>(c - '0') + 52;
    else if (c == '+')
      value = 62;
    else if (c == '/')
      value = 63;
    else
      return false;
    bits = (bits << 6 | value) & 0xFFFFFFU;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>(bits >> count & 0xFFU));
    }
  }
  return count < 6;
}

bool SaysDeleted(std::string_view type) {
  constexpr std::string_view kWord = "deleted";
  return (type.size() >= kWord.size() && type.substr(type.size() - kWord.size()) == kWord) ||
         type.find(".deleted.") != std::string_view::npos;
}

// A number, as a string or a number; other sequences order nothing.
std::uint64_t ReadSequence(const Node& event) {
  const Node* const sequence = event.Member("sequence");
  if (sequence == nullptr || (!sequence->is_string() && sequence->type != Node::Type::kNumber))
    return 0;
  return journal::ReadVersionNumber(sequence->text).value_or(0);
}

}  // namespace

std::string_view Name(DeadLetterReason reason) {
  return kReasonNames[static_cast<std::size_t>(reason)];
}

PersonKey SubjectHasher::Hash(std::string_view name) const {
  const base::Digest digest = base::HmacSha256(secret_, name);
  PersonKey key;
  key.bytes[0] = key_id_;
  std::copy_n(digest.begin(), key.bytes.size() - 1, key.bytes.begin() + 1);
  return key;
}

void ReadRecord::Clear() {
  changes.clear();
  feedback.clear();
  suggestions.clear();
  dead.clear();
  passed_over.clear();
  stamp.reset();
}

class JournalReader::Impl {
 public:
  Impl(criteria::Vocabulary& vocabulary, const SubjectHasher& hasher)
      : resources_(vocabulary, hasher) {}

  void Read(std::string_view bytes, ReadRecord& out) {
    bytes = WithoutMark(bytes);
    Begin(out);
    if (journal::Trim(bytes).empty()) return;
    const Node* const root = Parse(document_, bytes, out);
    if (root == nullptr) return;
    if (root->is_array()) {
      ResourceReader::Report(DeadLetterReason::kUnknownEnvelope, "", {}, out);  // a batch of events
    } else if (IsCloudEvent(*root)) {
      ReadCloudEvent(*root, out);
    } else {
      ReadFhir(*root, document_, {}, out);
    }
    Stamp(out);
  }

  void Read(const EventAttributes& attributes, std::optional<std::string_view> data,
            ReadRecord& out) {
    Begin(out);
    Event event;
    if (!ReadAttributes(attributes, event, out)) return;
    const Node* node = nullptr;
    if (data) {
      node = Parse(document_, WithoutMark(*data), out);
      if (node == nullptr) return;
    }
    TakeEvent(event, node, document_, out);
    Stamp(out);
  }

  void KeepReportTexts(bool keep) { resources_.reading().KeepReportTexts(keep); }
  void OnPersonNamed(PersonNamed callback) {
    resources_.names().OnPersonNamed(std::move(callback));
  }

 private:
  // What an envelope says, in either mode.
  struct Event {
    std::string_view id;
    std::string_view type;
    std::string_view subject;
    Source source;
  };

  void Begin(ReadRecord& out) {
    out.Clear();
    resources_.BeginRecord();
    made_.reset();
  }

  void Stamp(ReadRecord& out) const {
    out.stamp = made_                         ? made_
                : resources_.latest_updated() ? resources_.latest_updated()
                                              : resources_.latest_said();
  }

  // Some tools put the mark of UTF-8 at the beginning of a file.
  static std::string_view WithoutMark(std::string_view bytes) {
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    return bytes.substr(0, kMark.size()) == kMark ? bytes.substr(kMark.size()) : bytes;
  }

  static const Node* Parse(Document& document, std::string_view bytes, ReadRecord& out) {
    DeadLetterReason reason = DeadLetterReason::kOversize;
    if (bytes.size() <= kRecordBytesMax) {
      switch (document.Parse(bytes, kJsonDepthMax)) {
        case JsonFault::kNone:
          return &document.root();
        case JsonFault::kMalformed:
          reason = DeadLetterReason::kMalformedJson;
          break;
        case JsonFault::kTooDeep:
          reason = DeadLetterReason::kTooDeep;
          break;
        case JsonFault::kTooLarge:
          break;
      }
    }
    ResourceReader::Report(reason, "", {}, out);
    return nullptr;
  }

  static bool IsCloudEvent(const Node& root) {
    if (root.Member("specversion") != nullptr) return true;
    return root.Member("resourceType") == nullptr &&
           (root.Member("source") != nullptr || root.Member("data") != nullptr ||
            root.Member("data_base64") != nullptr);
  }

  void ReadFhir(const Node& root, const Document& document, const Source& source, ReadRecord& out) {
    const Node* const type = root.Member("resourceType");
    if (type != nullptr && type->is_string() && type->text == "Bundle") {
      const auto timestamp = journal::ReadBundle(root, document, source, resources_, out);
      if (!made_) made_ = timestamp;
    } else {
      resources_.Read(root, document, source, out);
    }
  }

  // False: the envelope is none, and was reported.
  bool IsEnvelope(const Event& event, ReadRecord& out) {
    Reading& r = resources_.reading();
    if (event.id.empty()) r.Fail("CloudEvent.id");
    if (event.type.empty()) r.Fail("CloudEvent.type");
    if (!r.fault()) return true;
    ResourceReader::Report(DeadLetterReason::kUnknownEnvelope, r.fault()->element, event.source,
                           out);
    return false;
  }

  bool ReadAttributes(const EventAttributes& attributes, Event& event, ReadRecord& out) {
    Reading& r = resources_.reading();
    r.Begin();
    if (attributes.specversion != "1.0") r.Fail("CloudEvent.specversion");
    if (attributes.source.empty()) r.Fail("CloudEvent.source");
    if (!attributes.time.empty()) {
      const auto time = base::ParseTime(attributes.time);
      if (time) event.source.time = time->lo;
      if (!time) r.Fail("CloudEvent.time");
    }
    const std::string_view content = attributes.datacontenttype;
    if (!content.empty() && content.find("json") == std::string_view::npos) {
      r.Fail("CloudEvent.datacontenttype");
    }
    event.id = attributes.id;
    event.type = attributes.type;
    event.subject = attributes.subject;
    event.source.sequence = journal::ReadVersionNumber(attributes.sequence).value_or(0);
    return IsEnvelope(event, out);
  }

  void ReadCloudEvent(const Node& node, ReadRecord& out) {
    Reading& r = resources_.reading();
    r.Begin();
    Event event;
    if (r.String(&node, "CloudEvent.specversion") != "1.0") r.Fail("CloudEvent.specversion");
    if (r.String(&node, "CloudEvent.source").empty()) r.Fail("CloudEvent.source");
    event.id = r.String(&node, "CloudEvent.id");
    event.type = r.String(&node, "CloudEvent.type");
    if (const auto time = r.Time(&node, "CloudEvent.time")) event.source.time = time->lo;
    event.subject = r.String(&node, "CloudEvent.subject");
    if (!IsEnvelope(event, out)) return;
    event.source.sequence = ReadSequence(node);

    const Document* holder = &document_;
    const Node* data = node.Member("data");
    if (const Node* const encoded = node.Member("data_base64")) {
      made_ = event.source.time;
      data = ParseEncoded(*encoded, r.String(&node, "CloudEvent.datacontenttype"), out);
      if (data == nullptr) return;
      holder = &inner_;
    }
    TakeEvent(event, data, *holder, out);
  }

  void TakeEvent(Event& event, const Node* data, const Document& holder, ReadRecord& out) {
    Source& source = event.source;
    source.made = source.time;
    made_ = source.time;
    if (data != nullptr && !data->is_object()) {
      ResourceReader::Report(DeadLetterReason::kUnknownEnvelope, "CloudEvent.data", source, out);
    } else if (event.type == journal::kFeedbackType) {
      journal::ReadFeedback(data, event.id, source, resources_, out);
    } else if (data == nullptr || SaysDeleted(event.type)) {
      ReadDelete(data, event.subject, source, out);
    } else {
      ReadFhir(*data, holder, source, out);
    }
  }

  const Node* ParseEncoded(const Node& encoded, std::string_view content_type, ReadRecord& out) {
    const bool json = content_type.empty() || content_type.find("json") != std::string_view::npos;
    if (!json || !encoded.is_string() || !DecodeBase64(encoded.text, decoded_)) {
      ResourceReader::Report(DeadLetterReason::kUnknownEnvelope, "CloudEvent.data_base64", {}, out);
      return nullptr;
    }
    return Parse(inner_, decoded_, out);
  }

  // What was deleted stands in the data that comes along, or else in the event's subject.
  void ReadDelete(const Node* data, std::string_view subject, Source source, ReadRecord& out) {
    Reading& r = resources_.reading();
    std::string_view type;
    std::string_view id;
    if (data != nullptr) {
      type = r.String(data, "Resource.resourceType");
      id = r.String(data, "Resource.id");
      const Node* const meta = r.Object(data, "Resource.meta");
      source.deleted_number = journal::ReadVersionNumber(r.String(meta, "Meta.versionId"));
      if (resources_.Report(source, out)) return;
    }
    const bool by_data = !type.empty() && !id.empty();
    if (!by_data && !journal::SplitReference(subject, type, id)) {
      ResourceReader::Report(DeadLetterReason::kUnknownEnvelope, "CloudEvent.subject", source, out);
      return;
    }
    resources_.Delete(type, id, by_data ? data : nullptr, source, out);
  }

  ResourceReader resources_;
  Document document_;
  Document inner_;  // of data_base64
  std::string decoded_;
  std::optional<base::Instant> made_;
};

JournalReader::JournalReader(criteria::Vocabulary& vocabulary, const SubjectHasher& hasher)
    : impl_(std::make_unique<Impl>(vocabulary, hasher)) {}
JournalReader::~JournalReader() = default;

void JournalReader::Read(std::string_view bytes, ReadRecord& out) { impl_->Read(bytes, out); }
void JournalReader::Read(const EventAttributes& attributes, std::optional<std::string_view> data,
                         ReadRecord& out) {
  impl_->Read(attributes, data, out);
}
void JournalReader::KeepReportTexts(bool keep) { impl_->KeepReportTexts(keep); }
void JournalReader::OnPersonNamed(PersonNamed callback) {
  impl_->OnPersonNamed(std::move(callback));
}

std::optional<PersonKey> PersonKeyFromHex(std::string_view hex) {
  PersonKey key;
  if (hex.size() != 2 * key.bytes.size()) return std::nullopt;
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  for (std::size_t i = 0; i < key.bytes.size(); ++i) {
    const int high = digit(hex[2 * i]);
    const int low = digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    key.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return key;
}

}  // namespace medverka::matcher
