// Everything a lane knows and thinks, as text: what must not depend on the order of arrival, nor on
// how a catalogue came to be live.
#pragma once

#include <string>

#include "matcher/lane.h"

namespace medverka::tests {

std::string Portrait(matcher::Lane& lane);

}  // namespace medverka::tests
