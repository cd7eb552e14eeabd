// librdkafka's own figures (a JSON text every few seconds) as measures.
#pragma once

#include <string>
#include <string_view>

#include "streams/measures.h"

namespace medverka::streams::internal {

// Sets the gauges kafka_client_* with the label `client`. True: some broker's connection is up.
bool TellStatistics(std::string_view json, const std::string& client, Measures& measures);

}  // namespace medverka::streams::internal
