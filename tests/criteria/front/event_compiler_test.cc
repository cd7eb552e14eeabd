// criteria/internal/{event,query,term}_compiler.cc: events, times that count from them, `where`,
// fields, changes, texts, scores, cohorts.
#include <gtest/gtest.h>

#include "tests/criteria/front/support.h"

namespace medverka::criteria {
namespace {

constexpr const char* kSets =
    "codes stroke { icd10se I60-I64 }\ncodes hb { npu NPU28309 }\ncodes op { kva JFB }\ncodes "
    "statins { atc C10AA }\n";

std::shared_ptr<const Program> ProgramOf(const std::string& text) {
  const Compilation compilation = CompileStudy(kSets + text);
  EXPECT_FALSE(compilation.diagnostics.has_errors()) << RenderText(compilation.diagnostics, false);
  return compilation.studies[0].program;
}

const Query& QueryOf(const Program& program, std::size_t criterion = 0) {
  const Node* node = &program.nodes[program.criteria[criterion].root];
  while (node->kind == NodeKind::kNot) node = &program.nodes[node->children[0]];
  EXPECT_EQ(node->kind, NodeKind::kQuery);
  return program.queries[node->payload];
}

TEST(EventCompiler, MakesOneEventOfEqualOnes) {
  const auto program = ProgramOf(
      "event operation : latest procedure \"op\"\n"
      "include a : procedure \"op\" on or after operation\n"
      "include b : visit within 30 days after operation\n"
      "include c : visit before (latest procedure \"op\")\n"
      "include d : visit after (latest procedure \"op\")\n");
  ASSERT_EQ(program->events.size(), 2U);  // the named one, and the one in place
  EXPECT_EQ(program->events[0].name, "operation");
  EXPECT_EQ(program->events[1].name, "");
  EXPECT_EQ(QueryOf(*program, 0).times[0].event, QueryOf(*program, 1).times[0].event);
  EXPECT_EQ(QueryOf(*program, 2).times[0].event, QueryOf(*program, 3).times[0].event);
}

TEST(EventCompiler, PutsEachEventAfterThoseItIsMadeFrom) {
  const auto program = ProgramOf(
      "event \"follow up\" : 12 months after stay\nevent stay : visit of operation\nevent "
      "operation : "
      "first ever procedure \"op\"\n"
      "include a : observation \"hb\" from 7 days before start of stay to 90 days after \"follow "
      "up\"\n");
  for (std::size_t i = 0; i < program->events.size(); ++i) {
    if (program->events[i].of != kNoEvent) {
      EXPECT_LT(program->events[i].of, i);
    }
  }
  const TimeClause& clause = QueryOf(*program).times[0];
  EXPECT_EQ(clause.kind, TimeClause::Kind::kSpan);
  EXPECT_EQ(clause.event, kNoEvent);
  EXPECT_TRUE(clause.from_bound.before);
  EXPECT_EQ(clause.from_bound.shift, (base::Period{7, base::TimeUnit::kDay}));
  EXPECT_EQ(program->events[clause.from_bound.event].kind, Event::Kind::kStartOf);
  EXPECT_FALSE(clause.to_bound.before);
  EXPECT_EQ(program->events[clause.to_bound.event].kind, Event::Kind::kShifted);
}

TEST(EventCompiler, NamesEachWindowFromAnEvent) {
  using Kind = TimeClause::Kind;
  const std::vector<std::pair<std::string, Kind>> windows = {
      {"within 30 days after e", Kind::kWithinAfter},
      {"within 30 days before e", Kind::kWithinBefore},
      {"within 30 days of e", Kind::kWithinOf},
      {"at least 2 hours before e", Kind::kAtLeastBefore},
      {"at least 2 hours after e", Kind::kAtLeastAfter},
      {"at most 2 hours before e", Kind::kWithinBefore},
      {"at most 2 hours after e", Kind::kWithinAfter},
      {"between 3 and 12 months before e", Kind::kBetweenBefore},
      {"between 3 and 12 months after e", Kind::kBetweenAfter},
      {"before e", Kind::kBefore},
      {"after e", Kind::kAfter},
      {"on or before e", Kind::kOnOrBefore},
      {"on or after e", Kind::kOnOrAfter},
      {"since e", Kind::kOnOrAfter},
      {"on same day as e", Kind::kOnSameDay},
      {"during e", Kind::kDuring},
      {"overlapping e", Kind::kOverlapping},
      {"between e and 2026-01-01", Kind::kSpan},
      {"from e to now", Kind::kSpan},
  };
  for (const auto& [words, kind] : windows) {
    const auto program =
        ProgramOf("event e : latest procedure \"op\"\ninclude a : visit " + words + "\n");
    ASSERT_TRUE(program) << words;
    const TimeClause& clause = QueryOf(*program).times[0];
    EXPECT_EQ(clause.kind, kind) << words;
    EXPECT_EQ(clause.event == kNoEvent, kind == Kind::kSpan) << words;
  }
}

TEST(EventCompiler, JudgesAnEventByItsOwnFact) {
  const auto program = ProgramOf(
      "event base : first observation \"hb\" since 2020\ninclude a : base >= 5 g/L else no\n"
      "include b : at visit class emergency\ninclude c : reason \"stroke\" of current visit\n");
  const Query& of_base = QueryOf(*program, 0);
  EXPECT_EQ(of_base.kind, FactKind::kObservation);
  EXPECT_NE(of_base.of_event, kNoEvent);
  EXPECT_TRUE(of_base.sets.empty());
  EXPECT_EQ(of_base.test->analyte, Analyte::kHaemoglobin);
  EXPECT_EQ(of_base.selector, Selector::kThereIs);
  EXPECT_EQ(of_base.absence, Absence::kNo);
  EXPECT_TRUE(of_base.absence_stated);
  const Query& at_visit = QueryOf(*program, 1);
  EXPECT_EQ(program->events[at_visit.of_event].kind, Event::Kind::kCurrentVisit);
  EXPECT_EQ(at_visit.visit_classes, std::vector<std::string>{"EMER"});
  const Query& reason = QueryOf(*program, 2);
  EXPECT_EQ(reason.of_event, at_visit.of_event);
  ASSERT_EQ(reason.fields.size(), 1U);
  EXPECT_EQ(reason.fields[0].field, Field::kReason);
  EXPECT_TRUE(reason.sets.empty());
}

TEST(EventCompiler, KeepsTheWindowOutOfWhereAndHandsElseIn) {
  const auto program = ProgramOf(
      "include a : (procedure \"op\" where (condition \"stroke\" starting within 30 days after it "
      "or observation \"hb\" >= 5 g/L)) within last 1 year else unknown\n");
  const Query& outer = QueryOf(*program);
  ASSERT_TRUE(outer.where.has_value());
  ASSERT_EQ(outer.times.size(), 1U);
  const Node& either = program->nodes[*outer.where];
  const Query& stroke = program->queries[program->nodes[either.children[0]].payload];
  const Query& hb = program->queries[program->nodes[either.children[1]].payload];
  EXPECT_EQ(program->events[stroke.times[0].event].kind, Event::Kind::kIt);
  EXPECT_TRUE(hb.times.empty());
  EXPECT_EQ(stroke.absence, Absence::kUnknown);
  EXPECT_TRUE(stroke.absence_stated);
}

TEST(EventCompiler, BindsDemandsToTheCountAndStillTakesTheWindow) {
  const auto program = ProgramOf(
      "include a : (at least 2 different medications \"statins\" at least 7 days apart on at least "
      "2 "
      "different days or at least 2 procedures \"op\" within any 24 hours before 2020) starting "
      "within last 1 year\n");
  const Query& first = program->queries[0];
  EXPECT_TRUE(first.different);
  EXPECT_EQ(first.apart, (base::Period{7, base::TimeUnit::kDay}));
  EXPECT_EQ(first.different_days, 2);
  ASSERT_EQ(first.times.size(), 1U);
  EXPECT_EQ(first.times[0].kind, TimeClause::Kind::kWithinLast);
  const Query& second = program->queries[1];
  EXPECT_EQ(second.within_any, (base::Period{24, base::TimeUnit::kHour}));
  ASSERT_EQ(second.times.size(), 1U);
  EXPECT_EQ(second.times[0].kind, TimeClause::Kind::kFixed);
}

TEST(EventCompiler, WritesFieldsAsSetsWordsOrNumbers) {
  const auto program = ProgramOf(
      "include a : medication \"statins\" dispensed regularly with daily dose >= 20 mg with route "
      "\"oral\" for \"stroke\"\ninclude b : condition \"stroke\" as main diagnosis with site "
      "\"stroke\"\n");
  const Query& drug = QueryOf(*program);
  EXPECT_EQ(drug.step, MedicationStep::kDispensed);
  EXPECT_TRUE(drug.regularly);
  ASSERT_EQ(drug.fields.size(), 3U);
  EXPECT_EQ(drug.fields[0].test->limit.unit, "mg");
  EXPECT_EQ(drug.fields[1].words, std::vector<std::string>{"oral"});
  EXPECT_EQ(drug.fields[2].sets.size(), 1U);
  const Query& condition = QueryOf(*program, 1);
  EXPECT_TRUE(condition.main_diagnosis);
  EXPECT_TRUE(condition.fields[0].words.empty());
  EXPECT_EQ(condition.fields[0].sets, condition.sets);  // the name of a set
}

TEST(EventCompiler, TakesTheScaleOfTheSetsName) {
  const auto program = ProgramOf(
      "codes stage { loinc 21908-9 }\nscale other { I < II < III }\nscale stage { I < II { IIA, "
      "IIB } "
      "< III }\ninclude a : latest observation \"stage\" >= II\ninclude b : latest observation "
      "\"stage\" in { IIA, III }\n");
  ASSERT_EQ(program->scales.size(), 1U);
  EXPECT_EQ(program->scales[0].levels[1].parts.size(), 2U);
  EXPECT_EQ(QueryOf(*program, 0).test->kind, ValueTest::Kind::kCompareLevel);
  EXPECT_EQ(QueryOf(*program, 0).test->scale, 0U);
  EXPECT_EQ(QueryOf(*program, 1).test->scale, 0U);
}

TEST(EventCompiler, GivesScoresTheAuthorsSetsOrTheBuiltInOnes) {
  const auto program = ProgramOf(
      "codes ASAT { npu NPU22279 }\ninclude a : score \"FIB-4\" < 1.3 within last 1 year else "
      "no\n");
  const ScoreQuery& score = program->scores[0];
  ASSERT_EQ(score.inputs.size(), 3U);
  EXPECT_EQ(program->sets[score.inputs[0]].clauses[0].include.size(), 1U);
  EXPECT_GT(program->sets[score.inputs[1]].clauses[0].include.size(), 1U);
  EXPECT_EQ(score.absence, Absence::kNo);
  EXPECT_TRUE(score.absence_stated);
}

TEST(EventCompiler, KeepsCohortsWithTheirCriteria) {
  const auto program = ProgramOf(
      "include adult : age >= 18 years\ncohort A \"first\" open {\n  include x : condition "
      "\"stroke\"\n}\ncohort B \"second\" closed {\n  exclude y : condition \"stroke\"\n}\n");
  ASSERT_EQ(program->cohorts.size(), 2U);
  EXPECT_TRUE(program->cohorts[0].open);
  EXPECT_FALSE(program->cohorts[1].open);
  EXPECT_FALSE(program->criteria[0].cohort.has_value());
  EXPECT_EQ(program->criteria[1].cohort, 0U);
  EXPECT_EQ(program->criteria[2].cohort, 1U);
}

TEST(EventCompiler, MakesChangesAndTextsOfQueriesThatNoNodeStandsFor) {
  const auto program = ProgramOf(
      "include a : fall of observation \"hb\" >= 20 g/L from highest to latest within any 48 "
      "hours\n"
      "include b : text matches \"angiosarcom\\w*\" in report \"op\" within last 1 year counts as "
      "yes\ninclude c : gestational age at birth between 40+6 and 41+1 weeks\n");
  const ChangeQuery& change = program->changes[0];
  EXPECT_FALSE(change.rise);
  EXPECT_EQ(change.from, ChangeQuery::Base::kHighest);
  EXPECT_EQ(program->queries[change.query].within_any, (base::Period{48, base::TimeUnit::kHour}));
  EXPECT_FALSE(program->queries[change.query].test.has_value());
  EXPECT_TRUE(program->texts[0].counts_as_yes);
  EXPECT_EQ(program->queries[program->texts[0].query].kind, FactKind::kReport);
  EXPECT_TRUE(program->gestations[0].at_birth);
  EXPECT_EQ(program->gestations[0].min_days, 286);
}

}  // namespace
}  // namespace medverka::criteria
