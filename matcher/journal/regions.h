// Sweden's 21 regions: two digits from what an address says.
#pragma once

#include <string_view>

namespace medverka::matcher::journal {

// From a region's code ("01"), a municipality's ("0180"), or a region's name in any usual form
// ("Stockholms län", "Region Skåne"). "" where it is none of them.
std::string_view RegionOf(std::string_view text);

}  // namespace medverka::matcher::journal
