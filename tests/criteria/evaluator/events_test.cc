// Tests criteria/events.cc, event_time.cc, filters.cc and lengths.cc on hand-made programs: what
// windows around events are, which choices an event has, and what the choices come to together.
#include <gtest/gtest.h>

#include "build.h"

namespace medverka::criteria {
namespace {

using base::TimeUnit;
using testing::At;
using testing::PatientBuilder;
using testing::StudyBuilder;

constexpr Truth T = Truth::kTrue;
constexpr Truth U = Truth::kUnknown;
constexpr Truth F = Truth::kFalse;

// A study of one query on result A, counted from an operation, and a patient.
struct Case {
  Vocabulary vocabulary;
  StudyBuilder study;
  PatientBuilder patient{vocabulary};
  Query query;
  EventIndex op = kNoEvent;
  std::string_view at = "2026-06-01T12:00:00+02:00";

  explicit Case(Selector selector = Selector::kLatest) {
    Query operation;
    operation.kind = FactKind::kProcedure;
    operation.sets = {study.Set(SystemId::kKva, "JFB")};
    op = study.Chosen(operation, selector);
    query.kind = FactKind::kObservation;
    query.sets = {study.Set(SystemId::kNpu, "A")};
    query.absence = Absence::kUnknown;
  }
  Case& When(TimeClause::Kind kind, base::Period period = {}, base::Period far = {}) {
    TimeClause clause;
    clause.kind = kind;
    clause.event = op;
    clause.near = period;
    clause.far = far.amount == 0 ? period : far;
    query.times.push_back(clause);
    return *this;
  }
  Fact& Operation(std::string_view start) {
    return patient.Add(FactKind::kProcedure, SystemId::kKva, "JFB00", start);
  }
  Fact& Result(std::string_view start) { return patient.Result("A", "5", "g/L", start); }
  CriterionVerdict Verdict(std::string_view visit = {}) {
    StudyBuilder built = study;
    built.Criterion(CriterionKind::kInclude, built.Of(query));
    EvaluateOptions options;
    options.explain = true;
    options.visit = visit;
    return built.Build(vocabulary).Evaluate(patient.View(), At(at), options).criteria[0];
  }
  Truth Value() { return Verdict().value; }
};

Truth Around(TimeClause::Kind kind, base::Period near, base::Period far, std::string_view operation,
             std::string_view result) {
  Case c;
  c.query.absence = Absence::kNo;  // outside the window there is none
  c.When(kind, near, far);
  c.Operation(operation);
  c.Result(result);
  return c.Value();
}

TEST(EventWindow, DaysAreCalendarDistances) {
  using Kind = TimeClause::Kind;
  const base::Period month{30, TimeUnit::kDay};
  const char* const op = "2026-03-01T15:00:00+01:00";
  // The same day counts whatever the hour.
  EXPECT_EQ(Around(Kind::kWithinAfter, month, {}, op, "2026-03-01T08:00:00+01:00"), T);
  EXPECT_EQ(Around(Kind::kWithinAfter, month, {}, op, "2026-03-31T23:59:00+02:00"), T);
  EXPECT_EQ(Around(Kind::kWithinAfter, month, {}, op, "2026-04-01T00:00:00+02:00"), F);
  EXPECT_EQ(Around(Kind::kWithinAfter, month, {}, op, "2026-02-28T23:00:00+01:00"), F);
  EXPECT_EQ(Around(Kind::kWithinBefore, month, {}, op, "2026-03-01T20:00:00+01:00"), T);
  EXPECT_EQ(Around(Kind::kWithinBefore, month, {}, op, "2026-01-30"), T);
  EXPECT_EQ(Around(Kind::kWithinBefore, month, {}, op, "2026-01-29"), F);
  EXPECT_EQ(Around(Kind::kWithinOf, month, {}, op, "2026-01-30"), T);
  EXPECT_EQ(Around(Kind::kWithinOf, month, {}, op, "2026-03-31"), T);
  EXPECT_EQ(Around(Kind::kWithinOf, month, {}, op, "2026-04-01"), F);
  const base::Period week{7, TimeUnit::kDay};
  EXPECT_EQ(Around(Kind::kAtLeastAfter, week, {}, op, "2026-03-08T01:00:00+01:00"), T);
  EXPECT_EQ(Around(Kind::kAtLeastAfter, week, {}, op, "2026-03-07T23:00:00+01:00"), F);
  EXPECT_EQ(Around(Kind::kAtLeastBefore, week, {}, op, "2026-02-22T23:00:00+01:00"), T);
  EXPECT_EQ(Around(Kind::kAtLeastBefore, week, {}, op, "2026-02-23"), F);
  EXPECT_EQ(Around(Kind::kBetweenAfter, week, month, op, "2026-03-07"), F);
  EXPECT_EQ(Around(Kind::kBetweenAfter, week, month, op, "2026-03-08"), T);
  EXPECT_EQ(Around(Kind::kBetweenBefore, week, month, op, "2026-02-22"), T);
  EXPECT_EQ(Around(Kind::kOnSameDay, {}, {}, op, "2026-03-01"), T);
  EXPECT_EQ(Around(Kind::kOnSameDay, {}, {}, op, "2026-03-02T00:00:00+01:00"), F);
  EXPECT_EQ(Around(Kind::kOnOrAfter, {}, {}, op, "2026-03-01T01:00:00+01:00"), T);
  EXPECT_EQ(Around(Kind::kOnOrBefore, {}, {}, op, "2026-03-01T23:00:00+01:00"), T);
}

TEST(EventWindow, MonthsClampAndNightsOfClockChangesCount) {
  using Kind = TimeClause::Kind;
  const base::Period month{1, TimeUnit::kMonth};
  EXPECT_EQ(Around(Kind::kWithinAfter, month, {}, "2026-01-31", "2026-02-28T23:00:00+01:00"), T);
  EXPECT_EQ(Around(Kind::kWithinAfter, month, {}, "2026-01-31", "2026-03-01T00:00:00+01:00"), F);
  // The night of 2026-03-29 lasts 23 hours: from 12:00 to 11:00 it is 22 of them, to 13:00 24.
  const base::Period day_and_night{24, TimeUnit::kHour};
  const char* const op = "2026-03-28T12:00:00+01:00";
  EXPECT_EQ(Around(Kind::kWithinAfter, day_and_night, {}, op, "2026-03-29T13:00:00+02:00"), T);
  EXPECT_EQ(Around(Kind::kWithinAfter, day_and_night, {}, op, "2026-03-29T13:00:01+02:00"), F);
  const base::Period one_day{1, TimeUnit::kDay};
  EXPECT_EQ(Around(Kind::kWithinAfter, one_day, {}, op, "2026-03-29T23:59:59+02:00"), T);
}

TEST(EventWindow, BareBeforeAndAfterCompareInstants) {
  using Kind = TimeClause::Kind;
  const char* const op = "2026-03-01T15:00:00+01:00";
  EXPECT_EQ(Around(Kind::kBefore, {}, {}, op, "2026-03-01T14:59:00+01:00"), T);
  EXPECT_EQ(Around(Kind::kBefore, {}, {}, op, op), F);
  EXPECT_EQ(Around(Kind::kAfter, {}, {}, op, op), F);
  EXPECT_EQ(Around(Kind::kAfter, {}, {}, op, "2026-03-01T15:01:00+01:00"), T);
  EXPECT_EQ(Around(Kind::kBefore, {}, {}, op, "2026-03-01"), U);  // same day, one without hour
  EXPECT_EQ(Around(Kind::kBefore, {}, {}, "2026-03-01", "2026-03-01"), U);
  EXPECT_EQ(Around(Kind::kBefore, {}, {}, "2026-03-01", "2026-02-28"), T);
  EXPECT_EQ(Around(Kind::kAfter, {}, {}, "2026", "2026-02-28"), U);
}

TEST(Event, AChoiceLeftOpenIsSettledOnlyIfAllChoicesAgree) {
  Case c;
  c.When(TimeClause::Kind::kWithinAfter, {60, TimeUnit::kDay});
  c.Operation("2026-03");
  c.Operation("2026-03-20");
  c.Result("2026-04-10");
  EXPECT_EQ(c.Value(), T);  // within 60 days of either
  c.query.times.clear();
  c.When(TimeClause::Kind::kWithinAfter, {21, TimeUnit::kDay});
  EXPECT_EQ(c.Value(), U);
  Case far;
  far.When(TimeClause::Kind::kWithinAfter, {10, TimeUnit::kDay});
  far.Operation("2026-03");
  far.Operation("2026-03-20");
  far.Result("2026-05-10");
  far.query.absence = Absence::kNo;
  EXPECT_EQ(far.Value(), F);
  EXPECT_EQ(far.Verdict().policy, Absence::kNo);
}

TEST(Event, OneThatDoesNotExistSaysWhatItsKindsAbsenceSays) {
  Case c;
  c.When(TimeClause::Kind::kWithinAfter, {30, TimeUnit::kDay});
  c.Result("2026-03-01");
  EXPECT_EQ(c.Value(), F);  // no operation: no, though a result's own absence is unknown
  EXPECT_EQ(c.Verdict().policy, Absence::kNo);
  c.query.absence_stated = true;
  EXPECT_EQ(c.Value(), U);
  Case of_result;
  Query other;
  other.kind = FactKind::kObservation;
  other.sets = of_result.query.sets;
  other.absence = Absence::kUnknown;
  of_result.op = of_result.study.Chosen(other);
  of_result.query.kind = FactKind::kCondition;
  of_result.query.absence = Absence::kNo;
  of_result.When(TimeClause::Kind::kAfter);
  EXPECT_EQ(of_result.Value(), U);
  Case counted;
  counted.When(TimeClause::Kind::kAfter);
  counted.query.selector = Selector::kAtMost;
  counted.query.count = 1;
  EXPECT_EQ(counted.Value(), T);
}

TEST(Event, AnUnverifiedOneLeavesOpenWhetherItExists) {
  Case c;
  c.When(TimeClause::Kind::kWithinAfter, {30, TimeUnit::kDay});
  c.Operation("2026-03-01").holding = Holding::kUnverified;
  c.Result("2026-03-10");
  EXPECT_EQ(c.Value(), U);
  Case without;  // no result in the window either way: no
  without.query.absence_stated = true;
  without.query.absence = Absence::kNo;
  without.When(TimeClause::Kind::kWithinAfter, {30, TimeUnit::kDay});
  without.Operation("2026-03-01").holding = Holding::kUnverified;
  without.Result("2026-05-10");
  EXPECT_EQ(without.Value(), F);
}

TEST(Event, AnyHoldsIfItHoldsForOne) {
  Case c(Selector::kAny);
  c.When(TimeClause::Kind::kWithinAfter, {5, TimeUnit::kDay});
  c.Operation("2026-01-10");
  c.Operation("2026-03-10");
  c.Result("2026-01-12");
  EXPECT_EQ(c.Value(), T);
  Case latest;
  latest.query.absence = Absence::kNo;
  latest.When(TimeClause::Kind::kWithinAfter, {5, TimeUnit::kDay});
  latest.Operation("2026-01-10");
  latest.Operation("2026-03-10");
  latest.Result("2026-01-12");
  EXPECT_EQ(latest.Value(), F);
  Case unsure(Selector::kAny);
  unsure.When(TimeClause::Kind::kWithinAfter, {5, TimeUnit::kDay});
  unsure.Operation("2026-01-10").holding = Holding::kUnverified;
  unsure.Result("2026-01-12");
  EXPECT_EQ(unsure.Value(), U);
}

TEST(Event, BeyondTheLimitOfCombinationsItIsUnknown) {
  Case c(Selector::kAny);
  c.query.absence = Absence::kNo;
  c.When(TimeClause::Kind::kWithinAfter, {5, TimeUnit::kDay});
  for (int i = 0; i < 1100; ++i) c.Operation("2025-01-10");
  c.Result("2026-01-12");
  EXPECT_EQ(c.Value(), U);
  EXPECT_EQ(c.Verdict().policy, std::nullopt);
}

TEST(Event, TheVerdictRestsOnItToo) {
  Case c;
  c.When(TimeClause::Kind::kWithinAfter, {30, TimeUnit::kDay});
  c.Operation("2026-03-01");
  c.Result("2026-03-10");
  EXPECT_EQ(c.Verdict().evidence, (std::vector<std::string>{"Resource/1", "Resource/2"}));
}

TEST(Event, ShiftedByMonthsIsAWholeDay) {
  Case c;
  Event shifted;
  shifted.kind = Event::Kind::kShifted;
  shifted.of = c.op;
  shifted.shift = {1, TimeUnit::kMonth};
  c.op = c.study.AddEvent(shifted);
  c.When(TimeClause::Kind::kBefore);
  c.Operation("2026-01-31T10:00:00+01:00");
  c.query.absence = Absence::kNo;
  c.Result("2026-02-28");
  EXPECT_EQ(c.Value(), F);  // 31 January and one month is all of 28 February
  c.Result("2026-02-27");
  EXPECT_EQ(c.Value(), T);
}

// ---- visits

struct VisitCase : Case {
  VisitCase() {
    op = study.Plain(Event::Kind::kCurrentVisit);
    When(TimeClause::Kind::kDuring);
  }
  Fact& Visit(std::string_view visit_class, std::string_view start) {
    Fact& visit = patient.Add(FactKind::kVisit, SystemId::kNone, "", start);
    visit.codes.clear();
    visit.visit_class = patient.Code(SystemId::kActCode, std::string(visit_class));
    visit.ongoing = true;
    return visit;
  }
};

TEST(CurrentVisit, IsTheOneInProgressAndNoneIsNo) {
  VisitCase none;
  none.Result("2026-06-01T10:00:00+02:00");
  EXPECT_EQ(none.Value(), F);
  VisitCase emergency;
  emergency.Visit("EMER", "2026-05-30T08:00:00+02:00");
  emergency.Result("2026-05-31");
  EXPECT_EQ(emergency.Value(), T);
  emergency.at = "2026-06-02T08:00:01+02:00";  // nobody closed it: over after 72 hours
  EXPECT_EQ(emergency.Value(), F);
  VisitCase finished;
  Fact& visit = finished.Visit("IMP", "2026-05-30T08:00:00+02:00");
  visit.ongoing = false;
  visit.end = base::ParseTime("2026-05-31T08:00:00+02:00");
  finished.Result("2026-05-30T09:00:00+02:00");
  EXPECT_EQ(finished.Value(), F);
}

TEST(CurrentVisit, IsTheOneThatTheCallerNames) {
  VisitCase c;
  Fact& visit = c.Visit("IMP", "2026-05-01T08:00:00+02:00");
  visit.ongoing = false;
  visit.end = base::ParseTime("2026-05-05T08:00:00+02:00");
  c.Visit("EMER", "2026-05-31T08:00:00+02:00");
  c.Result("2026-05-03");
  c.query.absence = Absence::kNo;
  EXPECT_EQ(c.Verdict("Resource/1").value, T);
  EXPECT_EQ(c.Verdict("").value, F);
  EXPECT_EQ(c.Verdict("Encounter/9").value, U);  // there is one, but nothing of it is known
}

TEST(CurrentVisit, AResultThatNamesItIsInItWhateverItsTime) {
  VisitCase c;
  c.Visit("EMER", "2026-05-31T08:00:00+02:00");
  c.Result("2026-05-30").visit_id = "Resource/1";
  EXPECT_EQ(c.Value(), T);
}

TEST(VisitOf, IsTheReferenceElseTheOnlyOneThatHoldsIt) {
  const auto value = [](const char* reference, std::vector<const char*> starts) {
    VisitCase c;
    Query operation;
    operation.kind = FactKind::kProcedure;
    operation.sets = {c.study.Set(SystemId::kKva, "JFB")};
    c.op = c.study.Plain(Event::Kind::kVisitOf, c.study.Chosen(operation));
    c.query.times.clear();
    c.query.absence = Absence::kNo;
    c.When(TimeClause::Kind::kDuring);
    for (const char* const start : starts) {
      Fact& visit = c.Visit("IMP", start);
      visit.ongoing = false;
      visit.end = base::ParseTime("2026-03-10");
    }
    c.Operation("2026-03-03").visit_id = reference;
    c.Result("2026-03-04");
    return c.Value();
  };
  EXPECT_EQ(value("", {"2026-03-01"}), T);
  EXPECT_EQ(value("", {"2026-03-01", "2026-03-02"}), U);
  EXPECT_EQ(value("Resource/2", {"2026-03-01", "2026-03-02"}), T);
  EXPECT_EQ(value("", {"2026-03-05"}), U);            // held by none: not known
  EXPECT_EQ(value("Resource/1", {"2026-03-05"}), F);  // said, whatever its dates
  EXPECT_EQ(value("", {}), U);
}

// ---- where

TEST(Where, TiesSeveralDemandsToOneFact) {
  const auto value = [](std::vector<std::pair<int, int>> readings) {
    Case c;
    c.query.selector = Selector::kThereIs;
    const SetIndex systolic = c.study.Set(SystemId::kNpu, "S");
    const SetIndex diastolic = c.study.Set(SystemId::kNpu, "D");
    const EventIndex it = c.study.Plain(Event::Kind::kIt);
    const auto part = [&](SetIndex set, int limit) {
      Query of_it;
      of_it.kind = FactKind::kObservation;
      of_it.component = true;
      of_it.components = {set};
      of_it.of_event = it;
      of_it.absence = Absence::kUnknown;
      of_it.test = ValueTest{};
      of_it.test->limit = {base::Decimal(limit), "g/L"};
      return c.study.Of(of_it);
    };
    c.query.where = c.study.Add({NodeKind::kAnd, 0, 0, {part(systolic, 140), part(diastolic, 90)}});
    for (const auto& [high, low] : readings) {
      c.patient.Result("A", "1", "g/L", "2026-05-01");
      Resource& resource = c.patient.last();
      for (const auto& [code, number] : {std::pair{"S", high}, std::pair{"D", low}}) {
        if (number == 0) continue;
        Fact component = resource.facts.front();
        component.part = static_cast<std::uint16_t>(resource.facts.size());
        component.parent_codes = component.codes;
        component.codes = {c.patient.Code(SystemId::kNpu, code)};
        component.value.number.low = component.value.number.high = base::Decimal(number);
        resource.facts.push_back(component);
      }
    }
    return c.Value();
  };
  EXPECT_EQ(value({{150, 95}}), T);
  EXPECT_EQ(value({{150, 80}, {120, 95}}), F);  // each once, never both
  EXPECT_EQ(value({{150, 0}}), U);              // the lower one was not reported
  EXPECT_EQ(value({{120, 0}}), F);
}

TEST(Where, TimesCanCountFromIt) {
  Case c;
  c.query.selector = Selector::kThereIs;
  const EventIndex it = c.study.Plain(Event::Kind::kIt);
  Query drug;
  drug.kind = FactKind::kMedication;
  drug.sets = {c.study.Set(SystemId::kAtc, "H02")};
  TimeClause clause;
  clause.kind = TimeClause::Kind::kWithinAfter;
  clause.side = Side::kStarting;
  clause.event = it;
  clause.far = {7, TimeUnit::kDay};
  drug.times = {clause};
  c.query.where = c.study.Of(drug);
  c.Result("2026-03-01");
  c.Result("2026-04-01");
  EXPECT_EQ(c.Value(), F);
  c.patient.Add(FactKind::kMedication, SystemId::kAtc, "H02AB06", "2026-04-05");
  const CriterionVerdict verdict = c.Verdict();
  EXPECT_EQ(verdict.value, T);
  EXPECT_EQ(verdict.evidence, (std::vector<std::string>{"Resource/2", "Resource/3"}));
}

// ---- filters and lengths

Truth Side(const std::function<void(Fact&)>& say) {
  Case c;
  c.query.selector = Selector::kThereIs;
  FieldFilter left;
  left.field = Field::kSide;
  left.words = {"left"};
  c.query.fields = {left};
  say(c.Result("2026-03-01"));
  return c.Value();
}

TEST(Filter, AnAttributeThatIsNotReportedIsUnknown) {
  EXPECT_EQ(Side([](Fact&) {}), U);
  const auto word = [](const char* text) {
    return [text](Fact& fact) {
      Attribute side;
      side.field = Field::kSide;
      side.text = text;
      fact.attributes.push_back(side);
    };
  };
  EXPECT_EQ(Side(word("Left")), T);
  EXPECT_EQ(Side(word("vänster")), T);
  EXPECT_EQ(Side(word("right")), F);
  EXPECT_EQ(Side(word("")), U);  // reported, but not what
}

TEST(Filter, MedicationStepsMainDiagnosisAndRegularity) {
  const auto flag = [](Field field, std::optional<int> number) {
    Case c;
    c.query.selector = Selector::kThereIs;
    (field == Field::kMain ? c.query.main_diagnosis : c.query.regularly) = true;
    Fact& fact = c.Result("2026-03-01");
    if (number) {
      Attribute attribute;
      attribute.field = field;
      attribute.number.low = attribute.number.high = base::Decimal(*number);
      fact.attributes.push_back(attribute);
    }
    return c.Value();
  };
  for (const Field field : {Field::kMain, Field::kRegular}) {
    EXPECT_EQ(flag(field, 1), T);
    EXPECT_EQ(flag(field, 0), F);
    EXPECT_EQ(flag(field, std::nullopt), U);
  }
  const auto step = [](MedicationStep said) {
    Case c;
    c.query.kind = FactKind::kMedication;
    c.query.step = MedicationStep::kDispensed;
    Fact& fact = c.patient.Add(FactKind::kMedication, SystemId::kNpu, "A", "2026-03-01");
    fact.step = said;
    return c.Value();
  };
  EXPECT_EQ(step(MedicationStep::kDispensed), T);
  EXPECT_EQ(step(MedicationStep::kPrescribed), F);
  EXPECT_EQ(step(MedicationStep::kNotReported), U);
}

TEST(Filter, SuspectedOrConfirmedCountsWhatIsUnverified) {
  for (const bool too : {false, true}) {
    Case c;
    c.query.kind = FactKind::kCondition;
    c.query.suspected_too = too;
    Fact& fact = c.patient.Add(FactKind::kCondition, SystemId::kNpu, "A", "2026-03-01");
    fact.holding = Holding::kUnverified;
    EXPECT_EQ(c.Value(), too ? T : U);
    fact.holding = Holding::kNegative;
    EXPECT_EQ(c.Value(), F);
  }
}

// Periods of a drug, from and to, and what a query says of them.
Truth Drug(const std::function<void(Query&)>& ask,
           std::vector<std::pair<const char*, const char*>> periods) {
  Case c;
  c.query.kind = FactKind::kMedication;
  c.query.absence = Absence::kNo;
  ask(c.query);
  for (const auto& [from, to] : periods) {
    Fact& fact = c.patient.Add(FactKind::kMedication, SystemId::kNpu, "A", from);
    fact.upkeep = Upkeep::kOrder;
    fact.ongoing = to == nullptr;
    if (to != nullptr) fact.end = base::ParseTime(to);
  }
  return c.Value();
}

TEST(Length, GapsAreJoinedOnlyWhereTheyAreAllowed) {
  const auto lasting = [](std::optional<base::Period> gaps) {
    return [gaps](Query& query) {
      query.lasting = base::Period{2, TimeUnit::kMonth};
      query.gaps = gaps;
    };
  };
  const base::Period ten_days{10, TimeUnit::kDay};
  EXPECT_EQ(
      Drug(lasting(std::nullopt), {{"2026-01-01", "2026-01-31"}, {"2026-02-01", "2026-03-02"}}),
      T);  // they touch
  EXPECT_EQ(
      Drug(lasting(std::nullopt), {{"2026-01-01", "2026-01-31"}, {"2026-02-11", "2026-03-12"}}), F);
  EXPECT_EQ(Drug(lasting(ten_days), {{"2026-01-01", "2026-01-31"}, {"2026-02-11", "2026-03-12"}}),
            T);  // ten days without
  EXPECT_EQ(Drug(lasting(ten_days), {{"2026-01-01", "2026-01-31"}, {"2026-02-12", "2026-03-12"}}),
            F);
}

TEST(Length, AtMostIsOpenWhileItGoesOn) {
  const auto at_most = [](bool current) {
    return [current](Query& query) {
      query.lasting_at_most = base::Period{10, TimeUnit::kDay};
      query.current = current;
    };
  };
  EXPECT_EQ(Drug(at_most(false), {{"2026-01-01", "2026-01-11"}}), T);
  EXPECT_EQ(Drug(at_most(false), {{"2026-01-01", "2026-01-12"}}), F);
  EXPECT_EQ(Drug(at_most(false), {{"2026-05-28", nullptr}}), U);
  EXPECT_EQ(Drug(at_most(true), {{"2026-05-28", nullptr}}), T);
  EXPECT_EQ(Drug(at_most(true), {{"2026-05-20", nullptr}}), F);
}

TEST(Length, TotalsCountTheDaysInTheWindow) {
  const auto total = [](int days, bool last_30) {
    return [days, last_30](Query& query) {
      query.total = base::Period{days, TimeUnit::kDay};
      if (!last_30) return;
      TimeClause clause;
      clause.side = Side::kOngoing;
      clause.far = {30, TimeUnit::kDay};
      query.times = {clause};
    };
  };
  const std::vector<std::pair<const char*, const char*>> two = {{"2026-03-01", "2026-03-07"},
                                                                {"2026-05-01", "2026-05-07"}};
  EXPECT_EQ(Drug(total(14, false), two), T);  // each day counts, first and last too
  EXPECT_EQ(Drug(total(15, false), two), F);
  EXPECT_EQ(Drug(total(7, true), two), F);  // since 2 May: 2 to 7 May
  EXPECT_EQ(Drug(total(6, true), {{"2026-05-01", "2026-05-07"}}), T);
  EXPECT_EQ(Drug(total(7, true), {{"2026-05-01", "2026-05-07"}}), F);
  // Overlapping ones are not counted twice.
  EXPECT_EQ(Drug(total(8, false), {{"2026-05-01", "2026-05-07"}, {"2026-05-03", "2026-05-07"}}), F);
  EXPECT_EQ(Drug(total(40, false), {{"2026-03", "2026-04-15"}}), U);
  EXPECT_EQ(Drug(total(15, false), {{"2026-03", "2026-04-15"}}), T);
  EXPECT_EQ(Drug(total(47, false), {{"2026-03", "2026-04-15"}}), F);
}

// ---- cohorts

TEST(Cohorts, TheGradeIsTheBestOpenOnes) {
  const auto verdict = [](std::vector<std::pair<bool, Truth>> cohorts, Truth common) {
    Vocabulary vocabulary;
    StudyBuilder study;
    study.Criterion(CriterionKind::kInclude, study.Constant(common));
    for (const auto& [open, value] : cohorts) {
      study.program().cohorts.push_back({"c", "", open});
      study.Criterion(CriterionKind::kInclude, study.Constant(value));
      study.program().criteria.back().cohort =
          static_cast<std::uint32_t>(study.program().cohorts.size() - 1);
    }
    return study.Build(vocabulary).Evaluate({}, At("2026-06-01"));
  };
  EXPECT_EQ(verdict({{true, F}, {true, U}}, T).grade, Grade::kPossible);
  EXPECT_EQ(verdict({{true, F}, {true, U}}, T).cohorts,
            (std::vector<Grade>{Grade::kIneligible, Grade::kPossible}));
  EXPECT_EQ(verdict({{true, F}, {false, T}}, T).grade, Grade::kIneligible);  // closed: never raises
  EXPECT_EQ(verdict({{true, F}, {false, T}}, T).cohorts[1], Grade::kEligible);
  EXPECT_EQ(verdict({{false, T}}, T).grade, Grade::kIneligible);  // none open
  EXPECT_EQ(verdict({{true, T}, {true, T}}, F).grade, Grade::kIneligible);
  EXPECT_EQ(verdict({{true, T}, {true, F}}, U).grade, Grade::kPossible);
  EXPECT_EQ(verdict({{true, F}, {true, F}}, T).blocker, std::nullopt);  // no single one blocks
  EXPECT_EQ(verdict({{true, F}}, T).blocker, 1u);
  EXPECT_EQ(verdict({{true, F}, {true, F}}, F).blocker, 0u);
}

}  // namespace
}  // namespace medverka::criteria
