// Random patients with coarse dates, open ends and orders; queries with all kinds of windows,
// events and filters. From a seed, so that a failure can be looked at again.
#pragma once

#include <random>

#include "build.h"

namespace medverka::criteria::testing {

using base::Instant;
using base::TimeUnit;

class RandomCase {
 public:
  explicit RandomCase(unsigned seed) : random_(seed) {}

  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  std::string Date() {
    const int year = 2024 + Below(3);
    const int month = 1 + Below(12);
    const int day = 1 + Below(28);
    switch (Below(5)) {
      case 0:
        return std::to_string(year);
      case 1:
        return Two("{}-{:02}", year, month, 0);
      case 2:
        return Two("{}-{:02}-{:02}T", year, month, day) +
               (Below(2) == 0 ? "09:30:00+01:00" : "23:59:59Z");
      default:
        return Two("{}-{:02}-{:02}", year, month, day);
    }
  }

  TimeClause Clause() {
    TimeClause clause;
    clause.kind = static_cast<TimeClause::Kind>(Below(4));
    clause.side = static_cast<Side>(Below(5));
    const TimeUnit units[] = {TimeUnit::kHour, TimeUnit::kDay, TimeUnit::kWeek, TimeUnit::kMonth,
                              TimeUnit::kYear};
    clause.near = {1 + Below(3), units[Below(4)]};
    clause.far = {4 + Below(20), clause.near.unit};
    if (clause.kind == TimeClause::Kind::kFixed) {
      if (Below(2) == 0) clause.from = base::ParseTime(Date())->lo;
      if (Below(2) == 0) clause.to = base::ParseTime(Date())->hi;
    }
    return clause;
  }

  Query AnyQuery(StudyBuilder& study) {
    Query query;
    const FactKind kinds[] = {FactKind::kCondition, FactKind::kMedication, FactKind::kObservation,
                              FactKind::kVisit, FactKind::kProcedure};
    query.kind = kinds[Below(5)];
    query.sets = {study.Set(SystemId::kNpu, "A")};
    query.absence = Below(2) == 0 ? Absence::kNo : Absence::kUnknown;
    const Selector selectors[] = {Selector::kThereIs, Selector::kAny,    Selector::kEvery,
                                  Selector::kAtLeast, Selector::kAtMost, Selector::kLatest,
                                  Selector::kFirst,   Selector::kLowest};
    query.selector = selectors[Below(8)];
    query.count = 1 + Below(2);
    query.ever = Below(4) == 0 &&
                 (query.selector == Selector::kLatest || query.selector == Selector::kFirst);
    query.current = Below(4) == 0;
    if (Below(4) == 0) query.lasting = base::Period{1 + Below(12), TimeUnit::kMonth};
    if (query.kind == FactKind::kObservation && Below(3) > 0) {
      query.test = ValueTest{};
      query.test->op = static_cast<CompareOp>(Below(5));
      query.test->limit = {base::Decimal(5), "g/L"};
    }
    for (int n = Below(3); n > 0; --n) query.times.push_back(Clause());
    return query;
  }

  void AnyFact(PatientBuilder& patient) {
    const FactKind kinds[] = {FactKind::kCondition, FactKind::kMedication, FactKind::kObservation,
                              FactKind::kVisit, FactKind::kProcedure};
    Fact& fact =
        patient.Result("A", std::to_string(3 + Below(5)), "g/L", Below(10) == 0 ? "" : Date());
    fact.kind = kinds[Below(5)];
    fact.holding = Below(6) == 0 ? static_cast<Holding>(Below(4)) : Holding::kHolds;
    fact.upkeep = static_cast<Upkeep>(Below(4));
    fact.ongoing = Below(2) == 0;
    fact.ended = !fact.ongoing && Below(2) == 0;
    if (fact.start && Below(3) == 0) {
      fact.end = base::ParseTime(Date());
      if (fact.end->lo < fact.start->lo) std::swap(*fact.end, *fact.start);
    }
    if (Below(3) == 0) patient.last().recorded = base::ParseTime(Date());
    if (Below(3) == 0) patient.last().updated = base::ParseTime(Date())->lo;
  }

  // ---- events

  base::Period AnyPeriod(int most) {
    const TimeUnit units[] = {TimeUnit::kHour, TimeUnit::kDay, TimeUnit::kWeek, TimeUnit::kMonth,
                              TimeUnit::kYear};
    return {Below(most), units[Below(5)]};
  }

  Bound AnyBound(const StudyBuilder& study) {
    Bound bound;
    bound.kind = static_cast<Bound::Kind>(Below(4));
    if (bound.kind == Bound::Kind::kInstant) bound.instant = base::ParseTime(Date())->lo;
    if (bound.kind == Bound::Kind::kEvent) {
      bound.event = EventBefore(study);
      if (Below(2) == 0) bound.shift = AnyPeriod(12);
      bound.before = Below(2) == 0;
    }
    return bound;
  }

  // Counts from an event that the study has.
  TimeClause EventClause(const StudyBuilder& study) {
    TimeClause clause;
    const int first = static_cast<int>(TimeClause::Kind::kWithinAfter);
    const int last = static_cast<int>(TimeClause::Kind::kSpan);
    clause.kind = static_cast<TimeClause::Kind>(first + Below(last - first + 1));
    clause.side = static_cast<Side>(Below(5));
    clause.near = AnyPeriod(4);
    clause.far = {clause.near.amount + Below(10), clause.near.unit};
    if (clause.kind == TimeClause::Kind::kSpan) {
      clause.from_bound = AnyBound(study);
      clause.to_bound = AnyBound(study);
    } else {
      clause.event = EventBefore(study);
    }
    return clause;
  }

  void AnyEvent(StudyBuilder& study) {
    Event event;
    const bool first = study.program().events.empty();
    switch (first ? Below(3) : Below(9)) {
      case 0:
      case 3: {
        Query query = AnyQuery(study);
        const Selector selectors[] = {Selector::kLatest, Selector::kFirst, Selector::kAny,
                                      Selector::kLowest, Selector::kHighest};
        query.selector = selectors[Below(5)];
        query.absence = query.kind == FactKind::kObservation ? Absence::kUnknown : Absence::kNo;
        query.lasting.reset();
        if (!first && Below(2) == 0) query.times.push_back(EventClause(study));
        event.query = study.Payload(std::move(query));
        break;
      }
      case 1:
        event.kind = Event::Kind::kCurrentVisit;
        break;
      case 2:
        event.kind = Event::Kind::kBirth;
        break;
      case 4:
        event.kind = Event::Kind::kVisitOf;
        break;
      case 5:
        event.kind = Event::Kind::kStartOf;
        break;
      case 6:
        event.kind = Event::Kind::kEndOf;
        break;
      case 7:
        event.kind = Event::Kind::kShifted;
        event.shift = AnyPeriod(12);
        event.before = Below(2) == 0;
        break;
      default:
        event.kind = Event::Kind::kPeriod;
        event.from = AnyBound(study);
        event.to = AnyBound(study);
        break;
    }
    if (event.kind >= Event::Kind::kVisitOf && event.kind <= Event::Kind::kShifted &&
        event.kind != Event::Kind::kPeriod)
      event.of = EventBefore(study);
    study.AddEvent(event);
  }

  EventIndex EventBefore(const StudyBuilder& study) {
    return static_cast<EventIndex>(
        Below(static_cast<int>(const_cast<StudyBuilder&>(study).program().events.size())));
  }

  // Anything a query can say beside windows that count from log time.
  Query RichQuery(StudyBuilder& study, bool may_nest = true) {
    for (int n = 1 + Below(3); n > 0 && may_nest; --n) AnyEvent(study);
    Query query = AnyQuery(study);
    if (Below(4) > 0) query.times = {EventClause(study)};
    query.absence_stated = Below(4) == 0;
    if (Below(8) == 0) query.lasting_at_most = AnyPeriod(12);
    if (Below(6) == 0) query.total = base::Period{1 + Below(60), TimeUnit::kDay};
    if (Below(6) == 0) query.gaps = AnyPeriod(4);
    query.suspected_too = Below(6) == 0;
    query.regularly = Below(10) == 0;
    query.main_diagnosis = Below(10) == 0;
    if (Below(8) == 0) query.step = static_cast<MedicationStep>(1 + Below(3));
    if (Below(8) == 0) {
      FieldFilter filter;
      filter.field = static_cast<Field>(Below(3));
      filter.words = {Below(2) == 0 ? "left" : "severe"};
      query.fields.push_back(filter);
    }
    if (may_nest && Below(4) == 0) {
      const EventIndex it = study.Plain(Event::Kind::kIt);
      if (Below(2) == 0) study.Plain(Event::Kind::kVisitOf, it);
      Query inside = RichQuery(study, false);
      if (Below(2) == 0) {
        inside = {};
        inside.kind = query.kind;
        inside.of_event = it;
        if (query.kind == FactKind::kObservation) inside.test = query.test;
        query.test.reset();
      } else {
        inside.times = {EventClause(study)};
      }
      query.where = study.Of(std::move(inside));
    } else if (may_nest && Below(8) == 0) {
      query.of_event = EventBefore(study);
      query.sets.clear();
    }
    return query;
  }

  void RichFact(PatientBuilder& patient) {
    AnyFact(patient);
    Resource& resource = patient.last();
    Fact& fact = resource.facts.back();
    if (fact.kind != FactKind::kVisit && Below(2) == 0)
      fact.visit_id = "Resource/" + std::to_string(1 + Below(5));
    fact.step = static_cast<MedicationStep>(Below(4));
    if (fact.kind == FactKind::kVisit) {
      const char* const classes[] = {"IMP", "EMER", "AMB"};
      fact.visit_class = patient.Code(SystemId::kActCode, classes[Below(3)]);
    }
    for (const Field field : {Field::kSite, Field::kSide, Field::kMain, Field::kRegular}) {
      if (Below(3) > 0) continue;
      Attribute attribute;
      attribute.field = field;
      attribute.text = Below(2) == 0 ? "left" : "severe";
      attribute.number.low = attribute.number.high = base::Decimal(Below(2));
      fact.attributes.push_back(attribute);
    }
  }

  void AnyPerson(PatientBuilder& patient) {
    if (Below(4) > 0) patient.person().birth = base::ParseTime(Date());
  }

  Instant InstantIn(int from_year, int years) {
    const std::int64_t start = base::ParseTime(std::to_string(from_year))->lo.us;
    const std::int64_t span = base::kMicrosPerDay * 365 * years;
    return {start + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(span))};
  }

 private:
  static std::string Two(fmt::string_view format, int a, int b, int c) {
    return fmt::vformat(format, fmt::make_format_args(a, b, c));
  }
  std::mt19937_64 random_;
};

}  // namespace medverka::criteria::testing
