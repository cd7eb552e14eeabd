#include "matcher/journal/feedback.h"

#include "ops/base/crypto.h"

namespace medverka::matcher::journal {
namespace {

constexpr std::size_t kNameBytesMax = 128;  // study ids, names of questions, reasons

std::string_view Name(Reading& r, const Node* data, Path path, bool required) {
  const std::string_view name = Trim(r.String(data, path));
  if ((required && name.empty()) || name.size() > kNameBytesMax) r.Fail(path);
  return name;
}

void ReadDecision(Reading& r, const Node* data, const PersonKey& person, const Version& version,
                  ReadRecord& out) {
  Feedback feedback;
  feedback.person = person;
  feedback.version = version;
  feedback.study = Name(r, data, "Feedback.study", true);
  feedback.reason = Name(r, data, "Feedback.reason", false);
  const std::string_view outcome = r.String(data, "Feedback.outcome");
  feedback.declined = outcome == "declined";
  if (outcome != "declined" && outcome != "accepted") r.Fail("Feedback.outcome");
  if (!r.fault()) out.feedback.push_back(std::move(feedback));
}

// An answer replaces the one before to the same question; null takes it back.
void ReadAnswer(Reading& r, const Node* data, const PersonKey& person, const Version& version,
                base::Instant time, ReadRecord& out) {
  const std::string_view study = Name(r, data, "Feedback.study", true);
  const std::string_view question = Name(r, data, "Feedback.question", true);
  const auto answer = r.Bool(data, "Feedback.answer");
  if (r.fault()) return;
  ResourceChange change;
  change.type = answer ? ChangeType::kPut : ChangeType::kDelete;
  change.resource.id = "Answer/" + std::string(study) + "/" + std::string(question);
  change.id = change.resource.id + "/" + base::Hex(person.view());
  change.version = version;
  change.person = person;
  change.resource.recorded = base::TimeRange{time, time};
  if (answer) {
    criteria::Fact& fact = change.resource.facts.emplace_back();
    fact.kind = criteria::FactKind::kAnswer;
    fact.study = study;
    fact.question = question;
    fact.start = base::TimeRange{time, time};
    fact.value.type = criteria::Value::Type::kBoolean;
    fact.value.boolean = *answer;
  }
  out.changes.push_back(std::move(change));
}

}  // namespace

void ReadFeedback(const Node* data, std::string_view event_id, const Source& source,
                  ResourceReader& resources, ReadRecord& out) {
  Reading& r = resources.reading();
  r.Begin();
  if (data == nullptr || !data->is_object() || !source.time) {
    ResourceReader::Report(DeadLetterReason::kUnknownEnvelope,
                           data == nullptr ? "CloudEvent.data" : "CloudEvent.time", source, out);
    return;
  }
  ResourceChange nothing;
  r.Start(*data, nothing);
  r.SetWritten(source.time);
  Version version;
  version.time_us = source.time->us;
  version.content = base::FastHash(event_id);
  const auto person = r.Person(r.Object(data, "Feedback.patient"), "Feedback.patient");
  if (person) {
    const bool is_answer = !r.String(data, "Feedback.question").empty();
    if (is_answer) {
      ReadAnswer(r, data, *person, version, *source.time, out);
    } else {
      ReadDecision(r, data, *person, version, out);
    }
  }
  resources.Report(source, out);
}

}  // namespace medverka::matcher::journal
