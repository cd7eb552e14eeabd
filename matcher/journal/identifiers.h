// Swedish person numbers: normal form, check digit, what they say about the person. Forms and
// systems: conventions of Skatteverket (SKV 704, SKV 707) and the base profiles of HL7 Sweden.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "criteria/fact.h"
#include "ops/base/time.h"

namespace medverka::matcher::journal {

// From best to worst name of a person.
enum class IdentifierKind : std::uint8_t { kPersonnummer, kSamordningsnummer, kReserve, kOther };

struct PersonIdentifier {
  IdentifierKind kind = IdentifierKind::kOther;
  bool valid = true;  // false: a personal number whose check digit or date is wrong
  std::string name;   // canonical system + "|" + normal form; "" where the value is empty
  // Only of valid personal and coordination numbers; a reserve number says nothing about its
  // bearer.
  criteria::Sex sex = criteria::Sex::kUnknown;
  std::optional<base::TimeRange> birth;
};

// Reads one identifier. `written`: when it was written down, for numbers without a century: the
// latest century that makes the birth date not lie after it ("+" instead of "-": a hundred years
// before). Not known: 2025-12-31. Worked: personnummer "121212-1212" ->
// "http://electronichealth.se/identifier/personnummer|201212121212".
PersonIdentifier ReadIdentifier(std::string_view system, std::string_view value,
                                std::optional<base::Date> written);

// Is this system, by URI or OID, that of HSA-ids (organisations and staff)?
bool IsHsaSystem(std::string_view system);

}  // namespace medverka::matcher::journal
