// Small programs and patients for evaluator tests, in the fewest words.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "criteria/evaluator.h"

namespace medverka::criteria::testing {

inline base::Instant At(std::string_view text) { return base::ParseTime(text)->lo; }

// A study of one `include` per node added with Include.
class StudyBuilder {
 public:
  StudyBuilder() { program_.study.id = "T0001"; }

  std::uint32_t Add(Node node) {
    program_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(program_.nodes.size() - 1);
  }
  std::uint32_t Constant(Truth truth) {
    return Add({NodeKind::kConstant, 0, static_cast<std::uint32_t>(truth), {}});
  }
  std::uint32_t Ask(const std::string& question) {
    program_.answers.push_back({question, {"Fråga?", "Question?"}, std::nullopt});
    return Add({NodeKind::kAnswer, 0, static_cast<std::uint32_t>(program_.answers.size() - 1), {}});
  }
  std::uint32_t Of(Query query) {
    program_.queries.push_back(std::move(query));
    return Add({NodeKind::kQuery, 0, static_cast<std::uint32_t>(program_.queries.size() - 1), {}});
  }
  std::uint32_t Payload(Query query) {
    program_.queries.push_back(std::move(query));
    return static_cast<std::uint32_t>(program_.queries.size() - 1);
  }
  EventIndex AddEvent(Event event) {
    program_.events.push_back(std::move(event));
    return static_cast<EventIndex>(program_.events.size() - 1);
  }
  EventIndex Chosen(Query query, Selector selector = Selector::kLatest) {
    query.selector = selector;
    Event event;
    event.query = Payload(std::move(query));
    return AddEvent(event);
  }
  EventIndex Plain(Event::Kind kind, EventIndex of = kNoEvent) {
    Event event;
    event.kind = kind;
    event.of = of;
    return AddEvent(event);
  }
  SetIndex Set(SystemId system, const std::string& code) {
    CodeSet set;
    set.name = code;
    set.clauses.push_back({{{system, "", CodeRule::Match::kPrefix, code, ""}}, {}});
    program_.sets.push_back(set);
    return static_cast<SetIndex>(program_.sets.size() - 1);
  }
  void Criterion(CriterionKind kind, std::uint32_t root, bool must_be_no = false) {
    criteria::Criterion criterion;
    criterion.kind = kind;
    criterion.name = "c" + std::to_string(program_.criteria.size());
    criterion.root = root;
    criterion.must_be_no = must_be_no;
    program_.criteria.push_back(criterion);
  }
  Program& program() { return program_; }
  Evaluator Build(Vocabulary& vocabulary) {
    return Evaluator(std::make_shared<const Program>(program_), vocabulary);
  }

 private:
  Program program_;
};

// A patient whose facts are added one resource each.
class PatientBuilder {
 public:
  explicit PatientBuilder(Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  Fact& Add(FactKind kind, SystemId system, const std::string& code, std::string_view start) {
    Resource& resource = resources_.emplace_back();
    resource.id = "Resource/" + std::to_string(resources_.size());
    Fact& fact = resource.facts.emplace_back();
    fact.kind = kind;
    fact.codes = {vocabulary_.Code(system, code)};
    if (!start.empty()) fact.start = base::ParseTime(start);
    return fact;
  }
  Fact& Result(const std::string& code, const std::string& number, const std::string& unit,
               std::string_view start) {
    Fact& fact = Add(FactKind::kObservation, SystemId::kNpu, code, start);
    fact.value.type = Value::Type::kQuantity;
    fact.value.number.low = fact.value.number.high = base::Decimal::Parse(number);
    fact.value.unit = vocabulary_.Unit(unit);
    return fact;
  }
  CodeId Code(SystemId system, const std::string& code) { return vocabulary_.Code(system, code); }
  Resource& last() { return resources_.back(); }
  Demographics& person() { return demographics_; }
  PatientView View() const {
    PatientView view;
    view.demographics = demographics_;
    for (const Resource& resource : resources_) view.Add(resource);
    return view;
  }

 private:
  Vocabulary& vocabulary_;
  std::deque<Resource> resources_;
  Demographics demographics_;
};

}  // namespace medverka::criteria::testing
