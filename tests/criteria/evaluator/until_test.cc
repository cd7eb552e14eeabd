// Tests the promise behind every timer: until the instant a verdict names nothing changes, and at
// it something does. Random patients with coarse dates, open ends and orders; queries with all
// kinds of windows.
#include <gtest/gtest.h>

#include <random>

#include "build.h"

namespace medverka::criteria {
namespace {

using base::Instant;
using base::TimeUnit;
using testing::PatientBuilder;
using testing::StudyBuilder;

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

bool Same(const CriterionVerdict& a, const CriterionVerdict& b) {
  return a.value == b.value && a.policy == b.policy && a.evidence == b.evidence &&
         a.open_question == b.open_question;
}

TEST(Until, NothingChangesBeforeItAndSomethingDoesAtIt) {
  int turned = 0;
  for (unsigned seed = 0; seed < 4000; ++seed) {
    RandomCase random(seed);
    Vocabulary vocabulary;
    StudyBuilder study;
    study.Criterion(CriterionKind::kInclude, study.Of(random.AnyQuery(study)));
    PatientBuilder patient(vocabulary);
    for (int n = random.Below(5); n >= 0; --n) random.AnyFact(patient);
    const PatientView view = patient.View();
    const Evaluator evaluator = study.Build(vocabulary);
    const Instant at = random.InstantIn(2025, 1);
    EvaluateOptions explain;
    explain.explain = true;
    const CriterionVerdict now = evaluator.Evaluate(view, at, explain).criteria[0];
    const Instant end = now.until.value_or(at + base::kMicrosPerDay * 1500);
    ASSERT_GT(end, at) << "seed " << seed;
    if (now.until) {
      ++turned;
      EXPECT_FALSE(Same(now, evaluator.Evaluate(view, end, explain).criteria[0]))
          << "seed " << seed << " at " << base::FormatUtc(at) << " until " << base::FormatUtc(end)
          << " " << now.why.en << " dated " << (view.facts[0].empty() ? 0 : 1);
    }
    std::vector<Instant> between = {end - 1};
    for (int i = 0; i < 12; ++i) {
      between.push_back({at.us + (end.us - 1 - at.us) / 12 * i});
      const base::Date day = base::LocalDate(between.back());
      if (base::StartOfDay(day) > at) between.push_back(base::StartOfDay(day));
    }
    for (const Instant instant : between) {
      const CriterionVerdict then = evaluator.Evaluate(view, instant, explain).criteria[0];
      ASSERT_TRUE(Same(now, then))
          << "seed " << seed << " at " << base::FormatUtc(at) << " value " << Name(now.value)
          << ", but " << Name(then.value) << " at " << base::FormatUtc(instant)
          << ", promised until " << base::FormatUtc(end) << " " << now.why.en << " / "
          << then.why.en;
    }
  }
  EXPECT_GT(turned, 500);  // the cases are not all standing still
}

// The short cut for studies that are out for good says what the whole evaluation says.
TEST(Evaluator, GradeOnlyAgreesWithTheWholeEvaluation) {
  int cut_short = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    RandomCase random(seed);
    Vocabulary vocabulary;
    StudyBuilder study;
    for (int n = 1 + random.Below(3); n > 0; --n) {
      study.Criterion(random.Below(2) == 0 ? CriterionKind::kInclude : CriterionKind::kExclude,
                      study.Of(random.AnyQuery(study)));
    }
    const Evaluator evaluator = study.Build(vocabulary);
    const Instant at = random.InstantIn(2025, 1);
    for (int patients = 0; patients < 3; ++patients) {
      PatientBuilder patient(vocabulary);
      for (int n = random.Below(4); n > 0; --n) random.AnyFact(patient);
      const StudyVerdict whole = evaluator.Evaluate(patient.View(), at);
      const StudyVerdict brief =
          evaluator.Evaluate(patient.View(), at, {.explain = false, .grade_only = true});
      EXPECT_EQ(whole.grade, brief.grade) << "seed " << seed;
      EXPECT_EQ(whole.changes_at, brief.changes_at) << "seed " << seed;
      if (brief.criteria.empty()) ++cut_short;
    }
  }
  EXPECT_GT(cut_short, 500);
}

// Order of facts in the patient must not show.
TEST(Evaluator, OrderOfFactsDoesNotMatter) {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    RandomCase random(seed);
    Vocabulary vocabulary;
    StudyBuilder study;
    study.Criterion(CriterionKind::kInclude, study.Of(random.AnyQuery(study)));
    PatientBuilder patient(vocabulary);
    for (int n = 0; n < 5; ++n) random.AnyFact(patient);
    PatientView view = patient.View();
    const Evaluator evaluator = study.Build(vocabulary);
    const Instant at = random.InstantIn(2025, 1);
    const CriterionVerdict once = evaluator.Evaluate(view, at).criteria[0];
    for (auto& facts : view.facts) std::reverse(facts.begin(), facts.end());
    EXPECT_TRUE(Same(once, evaluator.Evaluate(view, at).criteria[0])) << "seed " << seed;
  }
}

}  // namespace
}  // namespace medverka::criteria
