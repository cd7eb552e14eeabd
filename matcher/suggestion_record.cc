#include "matcher/suggestion_record.h"

#include <array>
#include <string_view>
#include <utility>

#include "matcher/render.h"
#include "ops/base/crypto.h"
#include "ops/base/format.h"
#include "ops/base/json.h"

namespace medverka::matcher {

namespace json = base::json;

namespace {

constexpr std::array<std::string_view, 4> kStateNames = {"", "suggested", "changed", "withdrawn"};

json::object RenderCause(const SuggestionRecord& record) {
  json::object cause;
  switch (record.cause.kind) {
    case Cause::Kind::kRecord:
      cause["topic"] = record.cause.topic;
      cause["partition"] = record.partition;
      cause["offset"] = record.cause.offset;
      break;
    case Cause::Kind::kTimer:
      cause["timer"] = true;
      break;
    case Cause::Kind::kCatalogue:
      cause["catalogue"] = record.catalogue_version;
      break;
  }
  return cause;
}

json::object RenderData(const SuggestionRecord& record, const std::string& id,
                        const std::string& subject) {
  const criteria::StudyHeader& study = record.program->study;
  const bool withdrawn = record.transition == Transition::kWithdrawn;
  const bool judged = record.verdict != nullptr;
  json::object data;
  data["suggestion"] = id;
  data["subject"] = subject;
  data["study"] = RenderStudy(study);
  data["episode"] = record.entry->episode;
  data["state"] = json::string(kStateNames[static_cast<std::size_t>(record.transition)]);
  if (withdrawn) {
    data["reason"] = json::string(Name(record.entry->last_reason));
    if (record.entry->last_reason == Withdrawal::kCriterionAgainst && judged) {
      data["against"] = RenderAgainst(*record.program, *record.verdict);
    }
    if (record.merged_into) data["merged_into"] = base::Hex(record.merged_into->view());
  }
  data["grade"] = json::string(Name(judged ? record.verdict->grade : record.entry->grade));
  data["cohorts"] = judged ? RenderNamedCohorts(*record.program, *record.verdict) : json::array();
  data["criteria"] = judged ? RenderCriteria(*record.program, *record.verdict) : json::array();
  data["sites"] = RenderSites(study, record.region);
  data["contact"] = study.contact;
  data["changes_at"] = RenderTime(judged ? record.verdict->changes_at : std::nullopt);
  data["catalogue_version"] = record.catalogue_version;
  data["engine_version"] = MEDVERKA_VERSION;
  data["cause"] = RenderCause(record);
  return data;
}

}  // namespace

SuggestionEvent RenderSuggestion(const SuggestionRecord& record) {
  const std::string id =
      SuggestionId(record.subject, record.program->study.id, record.entry->episode);
  const std::string_view state = kStateNames[static_cast<std::size_t>(record.transition)];
  SuggestionEvent event;
  event.id = fmt::format("{}-{}", id, record.entry->transitions);
  event.source = fmt::format("urn:medverka:lane:{}", record.partition);
  event.type = fmt::format("se.medverka.suggestion.{}.v1", state);
  event.subject = base::Hex(record.subject.view());
  event.time = base::FormatUtc(record.log_time);
  event.study = record.program->study.id;
  event.episode = record.entry->episode;
  event.transitions = record.entry->transitions;
  if (record.transition == Transition::kWithdrawn) event.reason = Name(record.entry->last_reason);
  event.data = base::ToJson(RenderData(record, id, event.subject));
  if (record.cause.kind == Cause::Kind::kRecord) {
    event.topic = record.cause.topic;
    event.offset = record.cause.offset;
  }
  return event;
}

}  // namespace medverka::matcher
