// Bundles of all types (https://hl7.org/fhir/R4/bundle.html): each entry stands for itself, also in
// a transaction; one that is wrong is a dead letter with its index, the others count.
#pragma once

#include "matcher/journal/resource_reader.h"

namespace medverka::matcher::journal {

// `envelope`: what the CloudEvent around it says. Returns Bundle.timestamp.
std::optional<base::Instant> ReadBundle(const Node& bundle, const Document& document,
                                        const Source& envelope, ResourceReader& resources,
                                        ReadRecord& out);

}  // namespace medverka::matcher::journal
