#include "matcher/journal/reading.h"

#include <algorithm>

#include "ops/base/crypto.h"

namespace medverka::matcher::journal {

using criteria::CodeId;
using criteria::Holding;
using criteria::SystemId;

namespace {

constexpr std::size_t kNamesRemembered = 16'384;  // about 2 MB; a power of two
constexpr std::string_view kUuidPrefix = "urn:uuid:";

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Percent-encoding of a query (RFC 3986 section 2.1).
std::string Decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
        HexDigit(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

// "Patient?identifier=system|value" to its two parts; false where the query is another one.
bool ReadIdentifierQuery(std::string_view query, Target& target) {
  constexpr std::string_view kPrefix = "identifier=";
  if (query.substr(0, kPrefix.size()) != kPrefix || query.find('&') != std::string_view::npos)
    return false;
  const std::string decoded = Decoded(query.substr(kPrefix.size()));
  const std::size_t bar = decoded.find('|');
  if (bar == std::string::npos) return false;
  target.system = decoded.substr(0, bar);
  target.value = decoded.substr(bar + 1);
  return !target.value.empty();
}

// "Patient/1", "https://server/fhir/Patient/1/_history/2" to type and id.
bool ReadTypeAndId(std::string_view url, Target& target) {
  const std::size_t history = url.find("/_history/");
  url = url.substr(0, history);
  const std::size_t slash = url.rfind('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == url.size()) return false;
  target.id = url.substr(slash + 1);
  const std::string_view before = url.substr(0, slash);
  const std::size_t previous = before.rfind('/');
  target.type = previous == std::string_view::npos ? before : before.substr(previous + 1);
  return !target.type.empty();
}

}  // namespace

PersonNames::PersonNames(const SubjectHasher& hasher)
    : hasher_(hasher), remembered_(kNamesRemembered) {}

const PersonKey& PersonNames::Of(std::string_view name) {
  Remembered& place = remembered_[base::FastHash(name) & (kNamesRemembered - 1)];
  if (place.name != name) {
    place.key = hasher_.Hash(name);
    place.name = name;
  }
  return place.key;
}

PersonKey PersonNames::OfPatientId(std::string_view id) {
  name_.assign("Patient/");
  name_.append(id);
  const PersonKey key = Of(name_);
  if (callback_) callback_(key, id, true);
  return key;
}

std::optional<PersonKey> PersonNames::OfSubject(std::string_view hex) const {
  const std::optional<PersonKey> key = PersonKeyFromHex(hex);
  if (!key || key->bytes[0] != hasher_.key_id()) return std::nullopt;
  return key;
}

PersonKey PersonNames::OfIdentifier(const PersonIdentifier& identifier, std::string_view as_sent) {
  const PersonKey key = Of(identifier.name);
  if (callback_) callback_(key, as_sent, false);
  return key;
}

void FullUrls::Sort() {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& a, const Entry& b) { return a.url < b.url; });
  std::stable_sort(specimens_.begin(), specimens_.end(),
                   [](const Specimen& a, const Specimen& b) { return a.id < b.id; });
}

const Node* FullUrls::FindSpecimen(std::string_view id) const {
  const auto at = std::lower_bound(
      specimens_.begin(), specimens_.end(), id,
      [](const Specimen& each, std::string_view wanted) { return each.id < wanted; });
  return at != specimens_.end() && at->id == id ? at->node : nullptr;
}

const FullUrls::Entry* FullUrls::Find(std::string_view url) const {
  const auto at = std::lower_bound(
      entries_.begin(), entries_.end(), url,
      [](const Entry& entry, std::string_view wanted) { return entry.url < wanted; });
  return at != entries_.end() && at->url == url ? &*at : nullptr;
}

KnownCodes::KnownCodes(criteria::Vocabulary& vocabulary) {
  const auto loinc = [&](std::string_view code) { return vocabulary.Code(SystemId::kLoinc, code); };
  const auto snomed = [&](std::string_view code) {
    return vocabulary.Code(SystemId::kSnomed, code);
  };
  variant = loinc("69548-6");
  region_studied = loinc("53041-0");
  gene_studied = loinc("48018-6");
  overall_interpretation = loinc("51968-6");
  source_class = loinc("48002-0");
  significance = loinc("53037-8");
  present = loinc("LA9633-4");
  absent = loinc("LA9634-2");
  germline = loinc("LA6683-2");
  somatic = loinc("LA6684-0");
  found = {present, snomed("52101004"), snomed("260373001"), snomed("10828004")};
  not_found = {absent, snomed("2667000"), snomed("260415000"), snomed("260385009")};
  pathogenic = loinc("LA6668-3");
  likely_pathogenic = loinc("LA26332-9");
  uncertain = loinc("LA26333-7");
  likely_benign = loinc("LA26334-5");
  benign = loinc("LA6675-8");
  genomic_reports = {loinc("51969-4"), loinc("81247-9")};
  for (const char* code :
       {"11884-4", "11885-1", "11886-9", "11887-7", "11888-5", "18185-9", "49051-6"}) {
    gestational_ages.push_back(loinc(code));
  }
  gestational_ages.push_back(snomed("57036006"));
  for (const char* code :
       {"716186003", "409137002", "428607008", "429625007", "716184000", "716220001"}) {
    no_known_allergy.push_back(snomed(code));
  }
}

bool Contains(std::span<const CodeId> codes, CodeId code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool ContainsAny(std::span<const CodeId> codes, std::span<const CodeId> wanted) {
  return std::any_of(codes.begin(), codes.end(),
                     [&](CodeId code) { return Contains(wanted, code); });
}

void Reading::Start(const Node& resource, ResourceChange& change) {
  Begin();
  resource_ = &resource;
  change_ = &change;
  written_.reset();
}

void Reading::SetWritten(std::optional<base::Instant> written) {
  written_.reset();
  if (written) written_ = base::LocalDate(*written);
}

criteria::Fact& Reading::AddFact(criteria::FactKind kind, Holding holding) {
  criteria::Fact& fact = change_->resource.facts.emplace_back();
  fact.kind = kind;
  fact.holding = holding;
  return fact;
}

std::optional<Effect> Reading::EffectOf(std::string_view code, Path path,
                                        std::span<const StatusRow> rows) {
  for (const StatusRow& row : rows) {
    if (row.code == code) return row.effect;
  }
  Fail(path);
  return std::nullopt;
}

std::optional<Holding> Reading::Status(Path path, std::span<const StatusRow> rows) {
  const auto effect = EffectOf(String(resource_, path), path, rows);
  if (!effect || *effect == Effect::kNoFact) return std::nullopt;
  return static_cast<Holding>(*effect);
}
static_assert(static_cast<int>(Effect::kHolds) == static_cast<int>(Holding::kHolds));
static_assert(static_cast<int>(Effect::kUnverified) == static_cast<int>(Holding::kUnverified));
static_assert(static_cast<int>(Effect::kPast) == static_cast<int>(Holding::kPast));
static_assert(static_cast<int>(Effect::kNegative) == static_cast<int>(Holding::kNegative));

const Node* Reading::Contained(std::string_view id) {
  const Node* const contained = Array(resource_, "Resource.contained");
  if (contained == nullptr) return nullptr;
  for (const Node& item : *contained) {
    if (String(&item, "Resource.id") == id) return &item;
  }
  return nullptr;
}

Target Reading::Resolve(const Node& reference, std::string_view expected) {
  Target target;
  if (!Expect(reference, Node::Type::kObject, "Reference")) return target;
  target.display = String(&reference, "Reference.display");
  const std::string_view url = String(&reference, "Reference.reference");
  const std::size_t query = url.find('?');
  if (!url.empty() && url.front() == '#') {
    target.contained = Contained(url.substr(1));
  } else if (url.substr(0, 4) == "urn:") {
    if (const FullUrls::Entry* const entry = urls_.Find(url)) {
      target.type = entry->type;
      target.id = entry->id;
    } else if (url.substr(0, kUuidPrefix.size()) == kUuidPrefix) {
      target.type = expected;
      target.id = url.substr(kUuidPrefix.size());
    }
  } else if (query != std::string_view::npos) {
    const std::size_t slash = url.substr(0, query).rfind('/');
    target.type = slash == std::string_view::npos ? url.substr(0, query)
                                                  : url.substr(slash + 1, query - slash - 1);
    ReadIdentifierQuery(url.substr(query + 1), target);
  } else if (!url.empty()) {
    ReadTypeAndId(url, target);
  }
  if (target.by_id() || target.by_identifier()) return target;
  if (const Node* const identifier = Object(&reference, "Reference.identifier")) {
    target.system = String(identifier, "Identifier.system");
    target.value = Trim(String(identifier, "Identifier.value"));
    if (target.type.empty()) target.type = String(&reference, "Reference.type");
  }
  return target;
}

Target Reading::ResolveAt(Path path, std::string_view expected) {
  const Node* const reference = Object(resource_, path);
  return reference == nullptr ? Target{} : Resolve(*reference, expected);
}

std::string Reading::ReferenceTo(Path path, std::string_view expected) {
  const Target target = ResolveAt(path, expected);
  if (!target.by_id()) return {};
  std::string id(target.type);
  id += '/';
  id += target.id;
  return id;
}

std::optional<PersonIdentifier> Reading::Identifier(const Node& identifier, Path path) {
  const std::string_view system = String(&identifier, "Identifier.system");
  const std::string_view value = String(&identifier, "Identifier.value");
  PersonIdentifier read = ReadIdentifier(system, value, written_);
  if (!read.valid) {
    Fail(DeadLetterReason::kBadIdentifier, path.text());
    return std::nullopt;
  }
  if (read.name.empty()) return std::nullopt;
  return read;
}

std::optional<PersonKey> Reading::ContainedPerson(const Node& patient, Path path) {
  const Node* const identifiers = Array(&patient, "Patient.identifier");
  if (identifiers == nullptr) return std::nullopt;
  std::optional<PersonIdentifier> best;
  std::string_view as_sent;
  for (const Node& item : *identifiers) {
    const auto identifier = Identifier(item, path);
    if (identifier && (!best || identifier->kind < best->kind)) {
      best = identifier;
      as_sent = String(&item, "Identifier.value");
    }
  }
  if (!best) return std::nullopt;
  return names_.OfIdentifier(*best, as_sent);
}

std::optional<PersonKey> Reading::Person(const Node* reference, Path path) {
  std::optional<PersonKey> person;
  if (reference != nullptr) {
    const Target target = Resolve(*reference, "Patient");
    if (target.contained != nullptr) {
      person = ContainedPerson(*target.contained, path);
    } else if (target.by_id() && target.type == "Patient") {
      person = names_.OfPatientId(target.id);
    } else if (target.by_identifier() && (target.type.empty() || target.type == "Patient")) {
      const PersonIdentifier read = ReadIdentifier(target.system, target.value, written_);
      if (!read.valid) {
        Fail(DeadLetterReason::kBadIdentifier, path.text());
      } else if (!read.name.empty()) {
        person = names_.OfIdentifier(read, target.value);
      }
    }
  }
  if (!person) Fail(DeadLetterReason::kSubjectMissing, path.text());
  return person;
}

}  // namespace medverka::matcher::journal
