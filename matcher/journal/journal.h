// Journal bytes to facts: the only place that knows FHIR JSON and CloudEvents. One record in (a
// CloudEvent, a bare FHIR R4 resource, or a Bundle), out come resource changes, dead letters and
// counts. A record is read and validated whole before anything leaves this room; nothing here keeps
// state of patients.
//
// The patient's identifiers become keyed hashes here (PersonKey) and go no further.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/fact.h"
#include "criteria/vocabulary.h"

namespace medverka::matcher {

// A name a patient goes by in the journal ("Patient/p1", or a personal identity number), hashed:
// one byte of key id, then 16 bytes of HMAC-SHA-256 under the subject key's secret. What is hashed:
// "Patient/" + id, or identifier system (canonical URI) + "|" + normal form of the value (personal
// numbers: 12 digits).
struct PersonKey {
  std::array<std::uint8_t, 17> bytes{};
  friend auto operator<=>(const PersonKey&, const PersonKey&) = default;
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};
// Of 34 hex digits, as suggestions give a subject's key; nullopt: they are none.
std::optional<PersonKey> PersonKeyFromHex(std::string_view hex);
struct PersonKeyHash {
  std::size_t operator()(const PersonKey& key) const {
    std::size_t hash = 0;
    for (std::size_t i = 1; i < 9; ++i) hash = hash << 8 | key.bytes[i];
    return hash;
  }
};

class SubjectHasher {
 public:
  SubjectHasher(std::uint8_t key_id, std::string secret)
      : key_id_(key_id), secret_(std::move(secret)) {}
  PersonKey Hash(std::string_view name) const;
  std::uint8_t key_id() const { return key_id_; }

 private:
  std::uint8_t key_id_;
  std::string secret_;
};

// Order of versions of one resource (docs/journal.md): versionId as a number, lastUpdated,
// CloudEvents sequence, time, content hash. Missing parts count as lowest. Never the offset.
struct Version {
  std::uint64_t number = 0;
  std::int64_t updated_us = INT64_MIN;
  std::uint64_t sequence = 0;
  std::int64_t time_us = INT64_MIN;
  std::uint64_t content = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
};
// A delete that says neither version nor time: it stands against every version of that resource.
inline constexpr Version kEndOfVersions{UINT64_MAX, INT64_MAX, UINT64_MAX, INT64_MAX, UINT64_MAX};

// Another Patient record that a link names by its id: where its journal events lie.
struct PatientRoute {
  PersonKey name;
  std::uint32_t murmur2 = 0;  // of the id, as Kafka's partitioner takes it
  friend auto operator<=>(const PatientRoute&, const PatientRoute&) = default;
};

// What a Patient resource says about who is who.
struct PatientLinks {
  PersonKey self;                      // "Patient/<id>"
  std::vector<PersonKey> identifiers;  // other names of the same person, best first (personnummer,
                                       // samordnings- nummer, reserve number, others)
  std::vector<PersonKey> replaced_by;  // link type replaced-by: this record is retired for these
  std::vector<PersonKey> replaces;     // link type replaces
  std::vector<PatientRoute> routes;    // of those of them that are named by id
  bool active = true;
};

enum class ChangeType : std::uint8_t { kPut, kDelete };

struct ResourceChange {
  ChangeType type = ChangeType::kPut;
  std::string id;  // "Observation/o1"; the resource's real id, also for "Patient/p1"
  Version version;
  // Whose it is. Missing for deletes that do not say, and for Medication.
  std::optional<PersonKey> person;
  criteria::Resource resource;  // no facts: replaces what was said before by nothing
  // Patient resources
  std::optional<PatientLinks> links;
  std::optional<criteria::Demographics> demographics;
  // Medication resources: the codes that medication_id of other resources stands for
  std::optional<std::vector<criteria::CodeId>> medication;
};

// A clinician's decision or answer, as it comes from match.feedback.v1; in the embedded mode a
// CloudEvent of type "se.medverka.feedback.v1" in the journal file, with data (docs/journal.md)
//   {"patient": {"reference": ...} or {"identifier": ...}, or "subject": "<hex>",
//    "study": "ALASCCA", "suggestion": "<id>" if it answers one, and
//    "outcome": "accepted" | "declined", "reason": "patient-declined"     a decision
//    "outcome": "enrolled" | "withdrawn"                                  a participation
//    "question": "can swallow", "answer": true | false | null             an answer
// Answers become facts of kind kAnswer in a ResourceChange (id "Answer/<study>/<question>/<person,
// hex>", version by event time), participations those of kind kParticipation (id
// "Enrolment/<study>/<person, hex>"); decisions stand here.
struct Feedback {
  PersonKey person;
  std::string study;
  bool declined = false;
  std::string reason;
  Version version;  // by event time, then event id's hash
};

inline constexpr std::string_view kEnrolmentPrefix = "Enrolment/";

// A suggestion that feedback says it answers.
struct NamedSuggestion {
  PersonKey person;
  std::string study;
  std::string id;
};

enum class DeadLetterReason : std::uint8_t {
  kMalformedJson,    // not JSON, cut off, wrong UTF-8, duplicate keys, a number beyond limits
  kTooDeep,          // nesting over kJsonDepthMax
  kOversize,         // record over kRecordBytesMax
  kUnknownResource,  // a resourceType that FHIR R4 does not have, or none
  kUnknownEnvelope,  // a CloudEvent that is none: specversion, required attributes, data
  kSchema,  // a wrong type, a missing required element, an impossible date, an unknown status
  kSubjectMissing,      // no patient
  kBadIdentifier,       // check digit of a personal identity number
  kBadVersion,          // meta.versionId or lastUpdated that cannot be read
  kUnusable,            // modifierExtension or implicitRules (docs/journal.md)
  kConditionalRequest,  // PUT or DELETE by query (docs/journal.md)
  kNullValue,           // a record without a value that is no event in binary mode
  kUnknownSuggestion,   // feedback on a suggestion that was never made; it counts all the same
  kBadMove,             // a record of the moves topic that does not read back
};
std::string_view Name(DeadLetterReason reason);  // "malformed-json", ...
inline constexpr std::size_t kDeadLetterReasons = 14;

struct DeadLetter {
  DeadLetterReason reason = DeadLetterReason::kSchema;
  std::int32_t entry = -1;   // index in the Bundle, -1: the record itself
  std::string_view element;  // path of the element that is wrong, from a fixed list
                             // ("Observation.status"), or ""
};

// CloudEvents 1.0 in binary mode (Kafka): the attributes stand in headers, the record's value is
// the data. Empty: not said. `id` and the others are borrowed for the call.
struct EventAttributes {
  std::string_view specversion = {}, id = {}, source = {}, type = {}, subject = {}, time = {},
                   sequence = {}, datacontenttype = {};
};

// Everything one record says. Reused between records: Clear keeps the memory.
struct ReadRecord {
  std::vector<ResourceChange> changes;
  std::vector<Feedback> feedback;
  std::vector<NamedSuggestion> suggestions;  // that the feedback names
  std::vector<DeadLetter> dead;
  std::vector<std::string_view>
      passed_over;  // R4 types that are not used, one per resource; static strings
  // When the record was made: CloudEvents time; else Bundle.timestamp; else the latest
  // meta.lastUpdated; else the latest issued, recorded or start time in it. None: the record says
  // nothing about time.
  std::optional<base::Instant> stamp;
  void Clear();
};

inline constexpr std::size_t kRecordBytesMax =
    16 * 1024 * 1024;  // whole-history Bundles of a patient are a few MB
inline constexpr int kJsonDepthMax =
    64;  // FHIR nests a dozen deep; deeper is an attack or a mistake

// Called with the patient's id as the file has it ("p1" for Patient/p1; the identifier's value for
// a logical reference), for `explain`, which must answer with it. Unset in the lane: the id then
// never leaves the reader.
using PersonNamed =
    std::function<void(const PersonKey& key, std::string_view name, bool is_resource_id)>;

class JournalReader {
 public:
  // Borrows both for its life. One reader per lane; not for several threads.
  JournalReader(criteria::Vocabulary& vocabulary, const SubjectHasher& hasher);
  ~JournalReader();

  // Reads one record. Never fails: what cannot be understood stands in out.dead. Empty or blank
  // bytes: nothing.
  void Read(std::string_view bytes, ReadRecord& out);
  // The same for an event in binary mode. `data` none: Kafka's null, a tombstone, which deletes the
  // resource that the event's subject names ("Observation/o1").
  void Read(const EventAttributes& attributes, std::optional<std::string_view> data,
            ReadRecord& out);

  void OnPersonNamed(PersonNamed callback);
  // Conclusions of reports are kept whole (up to kReportTextBytesMax) from now on, for criteria
  // that search in texts; else only what a value keeps.
  void KeepReportTexts(bool keep);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace medverka::matcher
