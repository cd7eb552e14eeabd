// What the reader of one resource type works with: the elements of the resource, who it is about,
// where its references lead, and the change it makes. Lives as long as one resource is read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matcher/journal/element.h"
#include "matcher/journal/identifiers.h"
#include "matcher/journal/journal.h"

namespace medverka::matcher::journal {

// Names of patients to keyed hashes. Remembers the latest ones: a keyed hash costs as much as
// reading a small resource.
class PersonNames {
 public:
  explicit PersonNames(const SubjectHasher& hasher);

  PersonKey OfPatientId(std::string_view id);
  // A subject key as suggestions give it: 34 hex digits. nullopt: none, or under another key id.
  std::optional<PersonKey> OfSubject(std::string_view hex) const;
  PersonKey OfIdentifier(const PersonIdentifier& identifier, std::string_view as_sent);
  void OnPersonNamed(PersonNamed callback) { callback_ = std::move(callback); }

 private:
  struct Remembered {
    std::string name;
    PersonKey key;
  };
  const PersonKey& Of(std::string_view name);

  const SubjectHasher& hasher_;
  PersonNamed callback_;
  std::vector<Remembered> remembered_;  // by hash; a newer name takes the place of an older one
  std::string name_;                    // scratch
};

// The entries of a Bundle by those of their fullUrls that are no addresses (urn:uuid:...), for
// references between them.
class FullUrls {
 public:
  void Clear() {
    entries_.clear();
    specimens_.clear();
  }
  void Add(std::string_view url, std::string_view type, std::string_view id) {
    entries_.push_back({url, type, id});
  }
  void Sort();
  struct Entry {
    std::string_view url;
    std::string_view type;
    std::string_view id;
  };
  const Entry* Find(std::string_view url) const;

  // The specimens of the record by their id, which results take their time from.
  void AddSpecimen(std::string_view id, const Node& specimen) {
    specimens_.push_back({id, &specimen});
  }
  const Node* FindSpecimen(std::string_view id) const;

 private:
  struct Specimen {
    std::string_view id;
    const Node* node;
  };
  std::vector<Entry> entries_;
  std::vector<Specimen> specimens_;
};

// Where a Reference leads: to a resource by type and id, to a contained one, or to somebody by
// identifier.
struct Target {
  std::string_view type;
  std::string_view id;
  const Node* contained = nullptr;
  std::string system;  // of a logical reference
  std::string value;
  std::string_view display;

  bool by_id() const { return !id.empty(); }
  bool by_identifier() const { return !value.empty(); }
};

// The marks of docs/journal.md; kNoFact stands for both 0 and X, since a change without facts
// does both.
enum class Effect : std::uint8_t { kHolds, kUnverified, kPast, kNegative, kNoFact };
struct StatusRow {
  std::string_view code;
  Effect effect;
};

// Codes that readers look for, interned once.
struct KnownCodes {
  explicit KnownCodes(criteria::Vocabulary& vocabulary);

  criteria::CodeId variant, region_studied, gene_studied, source_class, significance;  // LOINC
  criteria::CodeId overall_interpretation;
  criteria::CodeId present, absent, germline, somatic;  // LOINC answers
  std::vector<criteria::CodeId> found;                  // present, detected, positive
  std::vector<criteria::CodeId> not_found;              // absent, not detected, negative
  criteria::CodeId pathogenic, likely_pathogenic, uncertain, likely_benign, benign;
  std::vector<criteria::CodeId> genomic_reports;
  std::vector<criteria::CodeId> gestational_ages;
  std::vector<criteria::CodeId> no_known_allergy;
};

class Reading : public Elements {
 public:
  Reading(CodeCache& codes, PersonNames& names, const FullUrls& urls, const KnownCodes& known)
      : Elements(codes), names_(names), urls_(urls), known_(known) {}

  void Start(const Node& resource, ResourceChange& change);
  // When the resource was written, as far as it says: settles the century of short personal
  // numbers.
  void SetWritten(std::optional<base::Instant> written);

  const Node* resource() const { return resource_; }
  ResourceChange& change() { return *change_; }
  criteria::Resource& out() { return change_->resource; }
  PersonNames& names() { return names_; }
  const KnownCodes& known() const { return known_; }
  const FullUrls& urls() const { return urls_; }
  // Conclusions of reports are kept as texts to search in.
  void KeepReportTexts(bool keep) { report_texts_ = keep; }
  bool report_texts() const { return report_texts_; }
  std::optional<base::Date> written() const { return written_; }

  criteria::Fact& AddFact(criteria::FactKind kind, criteria::Holding holding);

  // The holding state that a required status code stands for. nullopt: no fact, or a fault.
  std::optional<criteria::Holding> Status(Path path, std::span<const StatusRow> rows);
  // The same for a code already read; `code` is not empty.
  std::optional<Effect> EffectOf(std::string_view code, Path path, std::span<const StatusRow> rows);

  // `expected`: the type of urn:uuid references that lead nowhere in this record.
  Target Resolve(const Node& reference, std::string_view expected);
  Target ResolveAt(Path path, std::string_view expected);
  // "Encounter/7", or "" where the resource names none by id.
  std::string ReferenceTo(Path path, std::string_view expected);

  // The patient a Reference means. Faults: kSubjectMissing, kBadIdentifier.
  std::optional<PersonKey> Person(const Node* reference, Path path);
  // One identifier of a person; nullopt where it has no value or is wrong (a fault).
  std::optional<PersonIdentifier> Identifier(const Node& identifier, Path path);

 private:
  const Node* Contained(std::string_view id);
  std::optional<PersonKey> ContainedPerson(const Node& patient, Path path);

  PersonNames& names_;
  const FullUrls& urls_;
  const KnownCodes& known_;
  const Node* resource_ = nullptr;
  ResourceChange* change_ = nullptr;
  bool report_texts_ = false;
  std::optional<base::Date> written_;
};

// Components, answers or conditions in one resource; Fact::part is 16 bits wide and no real panel
// comes near.
inline constexpr std::uint16_t kPartsMax = 10'000;

bool Contains(std::span<const criteria::CodeId> codes, criteria::CodeId code);
bool ContainsAny(std::span<const criteria::CodeId> codes, std::span<const criteria::CodeId> wanted);

}  // namespace medverka::matcher::journal
