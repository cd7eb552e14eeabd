#include "ops/app/service_routes.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "ops/base/json.h"
#include "ops/base/time.h"

namespace medverka::app {
namespace {

namespace json = base::json;
using streams::HttpRequest;
using streams::HttpResponse;
using streams::LaneState;
using streams::LaneStatus;

constexpr std::size_t kSubjectHexDigits = 34;  // key id and 16 bytes
constexpr std::string_view kSuggestionsPath = "/suggestions/";
constexpr std::array<std::string_view, 3> kStateNames = {"restoring", "running", "stopped"};

// Subject keys are pseudonyms, still personal data: no cache may keep an answer.
HttpResponse Json(int status, const json::value& value) {
  return {status, "application/json", base::ToJson(value) + "\n"};
}
HttpResponse Problem(int status, std::string_view sentence) {
  json::object body;
  body["error"] = json::string(sentence);
  return Json(status, body);
}

json::object LaneOf(const LaneStatus& lane) {
  json::object object;
  object["partition"] = lane.partition;
  object["state"] = json::string(kStateNames[static_cast<std::size_t>(lane.state)]);
  if (!lane.why_stopped.empty()) object["why_stopped"] = lane.why_stopped;
  object["restored_records"] = lane.restored_records;
  object["restore_target"] = lane.restore_target;
  object["sequence"] = lane.sequence;
  object["catalogue_version"] = lane.catalogue_version;
  object["backfill_done"] = lane.backfill_done;
  object["backfill_total"] = lane.backfill_total;
  object["log_time"] = base::FormatUtc(lane.log_time);
  object["lag_records"] = lane.lag_records;
  return object;
}

HttpResponse Status(const ServiceView& view) {
  json::object body;
  body["version"] = MEDVERKA_VERSION;
  if (view.lanes) {
    const streams::ServiceStatus status = view.lanes();
    json::object lanes;
    lanes["ready"] = status.ready;
    lanes["broker_reachable"] = status.broker_reachable;
    lanes["catalogue_version"] = status.catalogue_version;
    json::array refused;
    for (const std::string& study : status.refused_studies) refused.push_back(json::string(study));
    lanes["refused_studies"] = std::move(refused);
    json::array list;
    for (const LaneStatus& lane : status.lanes) list.push_back(LaneOf(lane));
    lanes["lanes"] = std::move(list);
    body["matching"] = std::move(lanes);
  }
  if (view.suggestions) {
    const streams::ReadModel* const model = view.suggestions();
    json::object reading;
    reading["caught_up"] = model != nullptr && model->caught_up();
    json::array positions;
    if (model != nullptr) {
      for (const std::int64_t position : model->positions()) positions.push_back(position);
    }
    reading["positions"] = std::move(positions);
    body["reading"] = std::move(reading);
  }
  return Json(200, body);
}

struct Check {
  std::string_view name;
  bool passes = false;
};

std::vector<Check> ChecksOf(const ServiceView& view) {
  std::vector<Check> checks;
  if (view.lanes) {
    const streams::ServiceStatus status = view.lanes();
    checks.push_back({"broker reachable", status.broker_reachable});
    checks.push_back({"catalogue loaded", status.catalogue_version > 0});
    checks.push_back({"lanes restored and running",
                      std::all_of(status.lanes.begin(), status.lanes.end(), [](const auto& lane) {
                        return lane.state == LaneState::kRunning;
                      })});
    checks.push_back({"assignment settled", status.ready});
  }
  if (view.suggestions) {
    const streams::ReadModel* const model = view.suggestions();
    checks.push_back({"suggestions read", model != nullptr && model->caught_up()});
  }
  return checks;
}

bool AllPass(const std::vector<Check>& checks) {
  return std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.passes; });
}

HttpResponse Ready(const ServiceView& view, const HttpRequest& request) {
  const std::vector<Check> checks = ChecksOf(view);
  const bool ready = AllPass(checks);
  std::string body;
  if (request.query.contains("verbose")) {
    for (const Check& check : checks) {
      body.append(check.passes ? "[+] " : "[-] ").append(check.name).push_back('\n');
    }
  }
  body.append(ready ? "ready\n" : "not ready\n");
  return {ready ? 200 : 503, "text/plain; charset=utf-8", std::move(body)};
}

bool IsSubject(std::string_view text) {
  return text.size() == kSubjectHexDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

HttpResponse Suggestions(const ServiceView& view, const HttpRequest& request) {
  // Until callers carry tokens nobody beyond this machine may ask; from there the path does not
  // exist.
  if (!request.from_loopback) return Problem(404, "not found");
  const std::string_view subject = std::string_view(request.path).substr(kSuggestionsPath.size());
  if (!IsSubject(subject)) {
    return Problem(400, "a subject is 34 hexadecimal digits in small letters");
  }
  const streams::ReadModel* const model = view.suggestions();
  if (model == nullptr || !model->caught_up()) {
    return Problem(503, "the suggestions are still being read; ask again in a moment");
  }
  const auto stored = model->Of(subject);
  if (!stored.has_value()) return Problem(500, "the suggestions cannot be read now");
  // The data are JSON already and go in as they are.
  std::string body = R"({"subject":")" + std::string(subject) + R"(","suggestions":[)";
  for (const streams::StoredSuggestion& one : *stored) {
    json::object event;
    event["id"] = one.event_id;
    event["type"] = one.event_type;
    event["time"] = one.time;
    std::string line = base::ToJson(event);
    line.pop_back();
    if (body.back() == '}') body.push_back(',');
    body.append(line).append(",\"data\":").append(one.data).push_back('}');
  }
  body.append("]}\n");
  return {200, "application/json", std::move(body)};
}

}  // namespace

void AddServiceRoutes(streams::HttpServer& server, const ServiceView& view) {
  server.Handle("GET", "/livez", [](const HttpRequest&) {
    return HttpResponse{200, "text/plain; charset=utf-8", "alive\n"};
  });
  const auto ready = [view](const HttpRequest& request) { return Ready(view, request); };
  server.Handle("GET", "/readyz", ready);
  server.Handle("GET", "/healthz", ready);
  server.Handle("GET", "/status", [view](const HttpRequest&) { return Status(view); });
  server.Handle("GET", "/metrics", [view](const HttpRequest&) {
    // As the probe would answer now: alerts read it here.
    view.metrics->GaugeOf("ready").Set(AllPass(ChecksOf(view)) ? 1 : 0);
    return HttpResponse{200, "text/plain; version=0.0.4; charset=utf-8", view.metrics->Render()};
  });
  if (view.suggestions) {
    server.Handle("GET", std::string(kSuggestionsPath),
                  [view](const HttpRequest& request) { return Suggestions(view, request); });
  }
}

}  // namespace medverka::app
