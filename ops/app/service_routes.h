// What the service answers over HTTP: /metrics, /livez, /readyz, /status, /suggestions/{subject}.
#pragma once

#include <functional>
#include <optional>

#include "ops/telemetry/metrics.h"
#include "streams/http/server.h"
#include "streams/kafka/read_model.h"
#include "streams/kafka/service.h"

namespace medverka::app {

// What the routes ask; each is called on the server's threads. A role that this process has not:
// unset.
struct ServiceView {
  telemetry::Metrics* metrics = nullptr;
  std::function<streams::ServiceStatus()> lanes;
  // Unset or nullptr while the read model is being opened.
  std::function<const streams::ReadModel*()> suggestions;
};

// The routes borrow what `view` points at until the server is gone.
void AddServiceRoutes(streams::HttpServer& server, const ServiceView& view);

}  // namespace medverka::app
