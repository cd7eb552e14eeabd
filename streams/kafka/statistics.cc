#include "streams/kafka/statistics.h"

#include "ops/base/json.h"

namespace medverka::streams::internal {
namespace {

namespace json = base::json;

double NumberIn(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return 0;
  if (value->is_int64()) return static_cast<double>(value->get_int64());
  if (value->is_uint64()) return static_cast<double>(value->get_uint64());
  return value->is_double() ? value->get_double() : 0;
}

struct Brokers {
  double up = 0;
  double round_trip_us = 0;  // the slowest broker's median
};

Brokers LookAtBrokers(const json::object& root) {
  Brokers seen;
  const json::value* brokers = root.if_contains("brokers");
  if (brokers == nullptr || !brokers->is_object()) return seen;
  for (const auto& member : brokers->get_object()) {
    if (!member.value().is_object()) continue;
    const json::object& broker = member.value().get_object();
    const json::value* state = broker.if_contains("state");
    if (state != nullptr && state->is_string() && state->get_string() == "UP") ++seen.up;
    const json::value* trips = broker.if_contains("rtt");
    if (trips != nullptr && trips->is_object()) {
      seen.round_trip_us = std::max(seen.round_trip_us, NumberIn(trips->get_object(), "p50"));
    }
  }
  return seen;
}

bool HasCoordinator(const json::object& root) {
  const json::value* group = root.if_contains("cgrp");
  if (group == nullptr || !group->is_object()) return false;
  const json::value* state = group->get_object().if_contains("state");
  return state != nullptr && state->is_string() && state->get_string() == "up";
}

}  // namespace

ClientStanding TellStatistics(std::string_view text, const std::string& client,
                              Measures& measures) {
  const auto parsed = base::ParseJson(text);
  if (!parsed.has_value() || !parsed->is_object()) return {};
  const json::object& root = parsed->get_object();
  const Brokers brokers = LookAtBrokers(root);
  const Labels labels{{"client", client}};
  constexpr double kMicros = 1e-6;
  measures.GaugeOf("kafka_client_brokers_up", labels).Set(brokers.up);
  measures.GaugeOf("kafka_client_round_trip_seconds", labels).Set(brokers.round_trip_us * kMicros);
  measures.GaugeOf("kafka_client_queued_records", labels).Set(NumberIn(root, "msg_cnt"));
  measures.GaugeOf("kafka_client_queued_bytes", labels).Set(NumberIn(root, "msg_size"));
  measures.GaugeOf("kafka_client_pending_operations", labels).Set(NumberIn(root, "replyq"));
  measures.GaugeOf("kafka_client_sent_bytes", labels).Set(NumberIn(root, "tx_bytes"));
  measures.GaugeOf("kafka_client_received_bytes", labels).Set(NumberIn(root, "rx_bytes"));
  return {brokers.up > 0, HasCoordinator(root)};
}

}  // namespace medverka::streams::internal
