// What a resource reports beside the fact itself, for the filters of the language: one function per
// shape that FHIR gives it. What is not there adds nothing.
#pragma once

#include <string_view>

#include "matcher/journal/reading.h"

namespace medverka::matcher::journal {

// Of one fact. A journal entry has a handful; more is an attack or a mistake, and a fault.
inline constexpr std::size_t kAttributesMax = 512;

// nullptr: one too many, a fault.
criteria::Attribute* AddAttribute(Reading& reading, criteria::Field field, Path path,
                                  criteria::Fact& fact);

// A CodeableConcept: its codes, and its display or text.
void AddConcept(Reading& reading, const Node& concept_node, criteria::Field field, Path path,
                criteria::Fact& fact);
// A member that is one, or an array of them.
void AddConceptAt(Reading& reading, const Node* parent, Path path, criteria::Field field,
                  criteria::Fact& fact);
void AddConceptsAt(Reading& reading, const Node* parent, Path path, criteria::Field field,
                   criteria::Fact& fact);

// bodySite, one or several: the site, and the side where a code, an extension named after
// laterality or the words say it. Its text is then "left", "right" or "bilateral".
void AddSite(Reading& reading, const Node& site, Path path, criteria::Fact& fact);
void AddSiteAt(Reading& reading, Path path, criteria::Fact& fact);
void AddSitesAt(Reading& reading, Path path, criteria::Fact& fact);

void AddNumber(Reading& reading, criteria::Field field, const criteria::Bounds& number,
               criteria::UnitId unit, Path path, criteria::Fact& fact);
void AddText(Reading& reading, criteria::Field field, std::string_view text, Path path,
             criteria::Fact& fact);

// A Reference to what something was done for: codes where it is contained, else its name for the
// shelf to fill in, else its display.
criteria::Attribute* AddReason(Reading& reading, const Node& reference, Path path,
                               criteria::Fact& fact);
// An array of them.
void AddReasonsAt(Reading& reading, Path path, criteria::Fact& fact);

}  // namespace medverka::matcher::journal
