// librdkafka's own figures (a JSON text every few seconds) as measures.
#pragma once

#include <string>
#include <string_view>

#include "streams/measures.h"

namespace medverka::streams::internal {

struct ClientStanding {
  bool connected = false;    // to some broker
  bool coordinated = false;  // of a group's member: to the group's coordinator
};

// Sets the gauges kafka_client_* with the label `client`.
ClientStanding TellStatistics(std::string_view json, const std::string& client, Measures& measures);

}  // namespace medverka::streams::internal
