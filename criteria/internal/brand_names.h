// Drugs that a protocol may name by brand. A closed list of names that every Swedish ward knows;
// no warning is better than a wrong one.
#pragma once

#include <string_view>

namespace medverka::criteria::internal {

// The substance of a brand that stands as a word in `name`; "" if there is none.
std::string_view SubstanceOf(std::string_view name);

}  // namespace medverka::criteria::internal
