#include "criteria/vocabulary.h"

namespace medverka::criteria {
namespace {

constexpr std::string_view kOidPrefix = "urn:oid:";

// "1.2.752.116": digits and dots only, as HL7 v2, CDA and RIV-TA send an OID.
bool IsBareOid(std::string_view uri) {
  return uri.find('.') != std::string_view::npos &&
         uri.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

Vocabulary::Vocabulary() { codings_.push_back({}); }

// A system that is not in the table passes through as what it is; "X" and "urn:oid:X" are still
// one.
SystemId Vocabulary::System(std::string_view uri) {
  if (uri.empty()) return SystemId::kNone;
  const SystemId known = KnownSystem(uri);
  if (known != SystemId::kNone) return known;
  if (IsBareOid(uri)) return System(std::string(kOidPrefix).append(uri));
  const auto found = foreign_ids_.find(uri);
  if (found != foreign_ids_.end()) return found->second;
  const auto id = static_cast<SystemId>(static_cast<std::size_t>(SystemId::kFirstFree) +
                                        foreign_systems_.size());
  foreign_systems_.push_back(std::string(uri));
  foreign_ids_.emplace(foreign_systems_.back(), id);
  return id;
}

std::string_view Vocabulary::SystemUri(SystemId system) const {
  if (system < SystemId::kFirstFree) return UriOf(system);
  return foreign_systems_[static_cast<std::size_t>(system) -
                          static_cast<std::size_t>(SystemId::kFirstFree)];
}

CodeId Vocabulary::Code(SystemId system, std::string_view code) {
  // Most codes come as their normal form and are known already: no copy is made of those.
  const auto as_sent = code_ids_.find(Key{system, code});
  if (as_sent != code_ids_.end()) return as_sent->second;
  std::string normal = NormalCode(system, code);
  if (normal.empty()) return 0;
  const auto found = code_ids_.find(Key{system, normal});
  if (found != code_ids_.end()) return found->second;
  const auto id = static_cast<CodeId>(codings_.size());
  codings_.push_back({system, std::move(normal)});
  code_ids_.emplace(Key{system, codings_.back().code}, id);
  return id;
}

UnitId Vocabulary::Unit(std::string_view as_sent) { return units_.Intern(as_sent); }

}  // namespace medverka::criteria
