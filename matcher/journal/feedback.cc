#include "matcher/journal/feedback.h"

#include <algorithm>
#include <optional>

#include "ops/base/crypto.h"

namespace medverka::matcher::journal {
namespace {

constexpr std::size_t kNameBytesMax = 128;  // study ids, names of questions, reasons

std::string_view Name(Reading& r, const Node* data, Path path, bool required) {
  const std::string_view name = Trim(r.String(data, path));
  if ((required && name.empty()) || name.size() > kNameBytesMax) r.Fail(path);
  return name;
}

// Coded, so that nobody writes about the patient here.
bool IsCode(std::string_view reason) {
  return std::all_of(reason.begin(), reason.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == ':';
  });
}

// What all feedback says: about whom, when, and on which study.
struct Said {
  PersonKey person;
  std::string_view study;
  Version version;
  base::Instant time;
};

void ReadDecision(Reading& r, const Node* data, const Said& said, ReadRecord& out) {
  Feedback feedback;
  feedback.person = said.person;
  feedback.version = said.version;
  feedback.study = said.study;
  feedback.reason = Name(r, data, "Feedback.reason", false);
  if (!IsCode(feedback.reason)) r.Fail("Feedback.reason");
  const std::string_view outcome = r.String(data, "Feedback.outcome");
  feedback.declined = outcome == "declined";
  if (outcome != "declined" && outcome != "accepted") r.Fail("Feedback.outcome");
  if (!r.fault()) out.feedback.push_back(std::move(feedback));
}

// A participation that begins or ends; the later word on it takes the place of the earlier one.
void ReadEnrolment(Reading& r, bool ends, const Said& said, ReadRecord& out) {
  if (r.fault()) return;
  ResourceChange change;
  change.resource.id = std::string(kEnrolmentPrefix) + std::string(said.study);
  change.id = change.resource.id + "/" + base::Hex(said.person.view());
  change.version = said.version;
  change.person = said.person;
  const base::TimeRange time{said.time, said.time};
  change.resource.recorded = time;
  criteria::Fact& fact = change.resource.facts.emplace_back();
  fact.kind = criteria::FactKind::kParticipation;
  fact.holding = ends ? criteria::Holding::kPast : criteria::Holding::kHolds;
  fact.study = said.study;
  (ends ? fact.end : fact.start) = time;
  fact.ongoing = !ends;
  fact.ended = ends;
  out.changes.push_back(std::move(change));
}

// An answer replaces the one before to the same question; null takes it back.
void ReadAnswer(Reading& r, const Node* data, const Said& said, ReadRecord& out) {
  const std::string_view question = Name(r, data, "Feedback.question", true);
  const auto answer = r.Bool(data, "Feedback.answer");
  if (r.fault()) return;
  ResourceChange change;
  change.type = answer ? ChangeType::kPut : ChangeType::kDelete;
  change.resource.id = "Answer/" + std::string(said.study) + "/" + std::string(question);
  change.id = change.resource.id + "/" + base::Hex(said.person.view());
  change.version = said.version;
  change.person = said.person;
  change.resource.recorded = base::TimeRange{said.time, said.time};
  if (answer) {
    criteria::Fact& fact = change.resource.facts.emplace_back();
    fact.kind = criteria::FactKind::kAnswer;
    fact.study = said.study;
    fact.question = question;
    fact.start = base::TimeRange{said.time, said.time};
    fact.value.type = criteria::Value::Type::kBoolean;
    fact.value.boolean = *answer;
  }
  out.changes.push_back(std::move(change));
}

// By reference or identifier, or by the subject key that a suggestion names.
std::optional<PersonKey> ReadPerson(Reading& r, const Node* data) {
  const Node* const patient = r.Object(data, "Feedback.patient");
  const std::string_view subject = r.String(data, "Feedback.subject");
  if (patient != nullptr || subject.empty()) return r.Person(patient, "Feedback.patient");
  const auto person = r.names().OfSubject(subject);
  if (!person) r.Fail("Feedback.subject");
  return person;
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
  const auto person = ReadPerson(r, data);
  if (person) {
    const std::string_view study = Name(r, data, "Feedback.study", true);
    const std::string_view suggestion = Name(r, data, "Feedback.suggestion", false);
    const std::string_view outcome = r.String(data, "Feedback.outcome");
    const Said said{*person, study, version, *source.time};
    if (!r.String(data, "Feedback.question").empty()) {
      ReadAnswer(r, data, said, out);
    } else if (outcome == "enrolled" || outcome == "withdrawn") {
      ReadEnrolment(r, outcome == "withdrawn", said, out);
    } else {
      ReadDecision(r, data, said, out);
    }
    if (!r.fault() && !suggestion.empty()) {
      out.suggestions.push_back({*person, std::string(study), std::string(suggestion)});
    }
  }
  resources.Report(source, out);
}

}  // namespace medverka::matcher::journal
