#include "matcher/effects.h"

#include "ops/base/json.h"

namespace medverka::matcher {

namespace json = base::json;

std::string ToNdjson(const std::vector<SuggestionEvent>& suggestions) {
  std::string lines;
  for (const SuggestionEvent& suggestion : suggestions) {
    json::object event;
    event["specversion"] = "1.0";
    event["id"] = suggestion.id;
    event["source"] = suggestion.source;
    event["type"] = suggestion.type;
    event["subject"] = suggestion.subject;
    event["time"] = suggestion.time;
    event["datacontenttype"] = "application/json";
    // The data is JSON text already: it goes in as it is, as the last member.
    std::string line = base::ToJson(event);
    line.pop_back();
    lines.append(line).append(",\"data\":").append(suggestion.data).append("}\n");
  }
  return lines;
}

std::string ToNdjson(const std::vector<DeadLetterEvent>& dead_letters) {
  std::string lines;
  for (const DeadLetterEvent& dead : dead_letters) {
    json::object line;
    line["offset"] = dead.offset;
    line["line"] = dead.line;
    line["entry"] = dead.entry < 0 ? json::value(nullptr) : json::value(dead.entry);
    line["reason"] = json::string(Name(dead.reason));
    line["element"] = json::string(dead.element);
    lines.append(base::ToJson(line)).push_back('\n');
  }
  return lines;
}

}  // namespace medverka::matcher
