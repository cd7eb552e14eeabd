// Tests the promise behind every timer: until the instant a verdict names nothing changes, and at
// it something does. Random patients with coarse dates, open ends and orders; queries with all
// kinds of windows.
#include <gtest/gtest.h>

#include "random_case.h"

namespace medverka::criteria {
namespace {

using base::Instant;
using testing::PatientBuilder;
using testing::RandomCase;
using testing::StudyBuilder;

bool Same(const CriterionVerdict& a, const CriterionVerdict& b) {
  return a.value == b.value && a.policy == b.policy && a.evidence == b.evidence &&
         a.open_question == b.open_question;
}

// Holds one study against the promise; returns whether it names an end at all.
bool HoldsUntil(unsigned seed, const Evaluator& evaluator, const PatientView& view, Instant at,
                bool may_be_early = false) {
  EvaluateOptions explain;
  explain.explain = true;
  const CriterionVerdict now = evaluator.Evaluate(view, at, explain).criteria[0];
  const Instant end = now.until.value_or(at + base::kMicrosPerDay * 1500);
  EXPECT_GT(end, at) << "seed " << seed;
  if (now.until && !may_be_early) {
    EXPECT_FALSE(Same(now, evaluator.Evaluate(view, end, explain).criteria[0]))
        << "seed " << seed << " at " << base::FormatUtc(at) << " until " << base::FormatUtc(end)
        << " " << now.why.en;
  }
  std::vector<Instant> between = {end - 1};
  for (int i = 0; i < 12; ++i) {
    between.push_back({at.us + (end.us - 1 - at.us) / 12 * i});
    const base::Date day = base::LocalDate(between.back());
    if (base::StartOfDay(day) > at) between.push_back(base::StartOfDay(day));
  }
  for (const Instant instant : between) {
    const CriterionVerdict then = evaluator.Evaluate(view, instant, explain).criteria[0];
    if (Same(now, then)) continue;
    ADD_FAILURE() << "seed " << seed << " at " << base::FormatUtc(at) << " value "
                  << Name(now.value) << ", but " << Name(then.value) << " at "
                  << base::FormatUtc(instant) << ", promised until " << base::FormatUtc(end) << " "
                  << now.why.en << " / " << then.why.en;
    break;
  }
  return now.until.has_value();
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
    turned += HoldsUntil(seed, study.Build(vocabulary), view, random.InstantIn(2025, 1)) ? 1 : 0;
    if (HasFailure()) return;
  }
  EXPECT_GT(turned, 500);  // the cases are not all standing still
}

// The same of events, filters, lengths and `where`.
TEST(Until, HoldsOfWhatCountsFromEvents) {
  int turned = 0;
  int settled = 0;
  for (unsigned seed = 0; seed < 1500; ++seed) {
    RandomCase random(seed);
    Vocabulary vocabulary;
    StudyBuilder study;
    const Query query = random.RichQuery(study);
    study.Criterion(CriterionKind::kInclude, study.Of(query));
    PatientBuilder patient(vocabulary);
    random.AnyPerson(patient);
    for (int n = random.Below(6); n >= 0; --n) random.RichFact(patient);
    const PatientView view = patient.View();
    const Evaluator evaluator = study.Build(vocabulary);
    const Instant at = random.InstantIn(2025, 1);
    // A total that grows at one end of its window and shrinks at the other is looked at day by day,
    // which ends before it turns.
    const bool day_by_day = query.total.has_value();
    turned += HoldsUntil(seed, evaluator, view, at, day_by_day) ? 1 : 0;
    settled += evaluator.Evaluate(view, at).criteria[0].value != Truth::kUnknown ? 1 : 0;
    if (HasFailure()) return;
  }
  EXPECT_GT(turned, 200);
  EXPECT_GT(settled, 500);
}

// The short cut for studies that are out for good says what the whole evaluation says.
void GradeOnlyAgrees(int seeds, bool rich, int at_least_cut_short) {
  int cut_short = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    RandomCase random(static_cast<unsigned>(seed));
    Vocabulary vocabulary;
    StudyBuilder study;
    const int cohorts = rich ? random.Below(4) : 0;
    for (int i = 0; i < cohorts; ++i)
      study.program().cohorts.push_back({"c" + std::to_string(i), "", random.Below(4) > 0});
    for (int n = 1 + random.Below(3) + cohorts; n > 0; --n) {
      const Query query = rich ? random.RichQuery(study) : random.AnyQuery(study);
      study.Criterion(random.Below(2) == 0 ? CriterionKind::kInclude : CriterionKind::kExclude,
                      study.Of(query));
      if (cohorts > 0 && random.Below(3) > 0)
        study.program().criteria.back().cohort = static_cast<std::uint32_t>(random.Below(cohorts));
    }
    const Evaluator evaluator = study.Build(vocabulary);
    const Instant at = random.InstantIn(2025, 1);
    for (int patients = 0; patients < 3; ++patients) {
      PatientBuilder patient(vocabulary);
      for (int n = random.Below(4); n > 0; --n)
        rich ? random.RichFact(patient) : random.AnyFact(patient);
      const StudyVerdict whole = evaluator.Evaluate(patient.View(), at);
      const StudyVerdict brief = evaluator.Evaluate(
          patient.View(), at, {.explain = false, .grade_only = true, .visit = {}});
      EXPECT_EQ(whole.grade, brief.grade) << "seed " << seed;
      EXPECT_EQ(whole.changes_at, brief.changes_at) << "seed " << seed;
      EXPECT_EQ(whole.cohorts.size(), static_cast<std::size_t>(cohorts));
      Grade best = cohorts == 0 ? whole.grade : Grade::kIneligible;
      for (int i = 0; i < cohorts; ++i) {
        const auto index = static_cast<std::size_t>(i);
        if (study.program().cohorts[index].open) best = std::max(best, whole.cohorts[index]);
      }
      EXPECT_EQ(whole.grade, best) << "seed " << seed;
      if (brief.criteria.empty()) ++cut_short;
    }
  }
  EXPECT_GT(cut_short, at_least_cut_short);
}

TEST(Evaluator, GradeOnlyAgreesWithTheWholeEvaluation) { GradeOnlyAgrees(3000, false, 500); }
TEST(Evaluator, GradeOnlyAgreesOfEventsAndCohorts) { GradeOnlyAgrees(600, true, 60); }

// Until changes_at the grade stays, and with explain it is another one then; what blocks a study
// does so until then.
TEST(Cohorts, GradeStaysUntilItMayChange) {
  int changed = 0;
  int blocked = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    RandomCase random(seed);
    Vocabulary vocabulary;
    StudyBuilder study;
    for (int i = 0; i < 3; ++i)
      study.program().cohorts.push_back({"c" + std::to_string(i), "", i < 2});
    for (int n = 0; n < 4; ++n) {
      study.Criterion(random.Below(2) == 0 ? CriterionKind::kInclude : CriterionKind::kExclude,
                      study.Of(random.AnyQuery(study)));
      if (n > 0) study.program().criteria.back().cohort = static_cast<std::uint32_t>(n - 1);
    }
    PatientBuilder patient(vocabulary);
    for (int n = 1 + random.Below(4); n > 0; --n) random.AnyFact(patient);
    const PatientView view = patient.View();
    const Evaluator evaluator = study.Build(vocabulary);
    const Instant at = random.InstantIn(2025, 1);
    EvaluateOptions explain;
    explain.explain = true;
    const StudyVerdict exact = evaluator.Evaluate(view, at, explain);
    const StudyVerdict quick = evaluator.Evaluate(view, at);
    EXPECT_EQ(exact.grade, quick.grade) << "seed " << seed;
    EXPECT_EQ(exact.cohorts, quick.cohorts) << "seed " << seed;
    const Instant end = exact.changes_at.value_or(at + base::kMicrosPerDay * 1500);
    if (quick.changes_at) {
      EXPECT_LE(*quick.changes_at, end) << "seed " << seed;
    }
    if (exact.changes_at) {
      ++changed;
      EXPECT_NE(evaluator.Evaluate(view, end).grade, exact.grade) << "seed " << seed;
    }
    for (int i = 0; i <= 10; ++i) {
      const Instant then{at.us + (end.us - 1 - at.us) / 10 * i};
      EXPECT_EQ(evaluator.Evaluate(view, then).grade, exact.grade)
          << "seed " << seed << " at " << base::FormatUtc(then);
    }
    if (!quick.blocker) continue;
    ++blocked;
    const Instant quick_end = quick.changes_at.value_or(at + base::kMicrosPerDay * 1500);
    for (int i = 0; i <= 10; ++i) {
      const Instant then{at.us + (quick_end.us - 1 - at.us) / 10 * i};
      EXPECT_TRUE(evaluator.Evaluate(view, then, explain).criteria[*quick.blocker].against)
          << "seed " << seed;
    }
  }
  EXPECT_GT(changed, 30);
  EXPECT_GT(blocked, 30);
}

// Order of facts in the patient must not show.
TEST(Evaluator, OrderOfFactsDoesNotMatter) {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    RandomCase random(seed);
    Vocabulary vocabulary;
    StudyBuilder study;
    const Query query = seed % 2 == 0 ? random.AnyQuery(study) : random.RichQuery(study);
    study.Criterion(CriterionKind::kInclude, study.Of(query));
    PatientBuilder patient(vocabulary);
    for (int n = 0; n < 5; ++n) seed % 2 == 0 ? random.AnyFact(patient) : random.RichFact(patient);
    PatientView view = patient.View();
    const Evaluator evaluator = study.Build(vocabulary);
    const Instant at = random.InstantIn(2025, 1);
    EvaluateOptions explain;
    explain.explain = true;
    const CriterionVerdict once = evaluator.Evaluate(view, at, explain).criteria[0];
    for (auto& facts : view.facts) std::reverse(facts.begin(), facts.end());
    const CriterionVerdict again = evaluator.Evaluate(view, at, explain).criteria[0];
    EXPECT_TRUE(Same(once, again)) << "seed " << seed;
    EXPECT_EQ(once.why.en, again.why.en) << "seed " << seed;
    EXPECT_EQ(once.until, again.until) << "seed " << seed;
  }
}

// A date that becomes known more closely, an attribute that is reported after all: what was open
// may be settled by it, what was settled stays. Left out is what the language does not promise it
// of: a fact told to be unconfirmed can be the newest, and a statement of a drug ends older ones by
// the order of their dates.
TEST(Evaluator, KnowingADateMoreCloselyChangesNothingThatWasSettled) {
  int settled = 0;
  int newly = 0;
  for (unsigned seed = 0; seed < 4000; ++seed) {
    RandomCase random(seed);
    Vocabulary vocabulary;
    StudyBuilder study;
    study.Criterion(CriterionKind::kInclude, study.Of(random.RichQuery(study)));
    const Evaluator evaluator = study.Build(vocabulary);
    const Instant at = random.InstantIn(2025, 2);
    PatientBuilder patient(vocabulary);
    random.AnyPerson(patient);
    bool drugs = false;
    for (int n = random.Below(6); n >= 0; --n) {
      random.RichFact(patient);
      drugs = drugs || patient.last().facts[0].kind == FactKind::kMedication;
    }
    if (drugs) continue;
    const PatientView before = patient.View();
    std::deque<Resource> closer;
    PatientView after;
    after.demographics = before.demographics;
    for (const auto& facts : before.facts) {
      for (const FactRef& ref : facts) {
        Resource& resource = closer.emplace_back(*ref.resource);
        Fact& fact = resource.facts[0];
        Instant last = at;
        if (resource.recorded) last = std::min(last, resource.recorded->hi);
        if (fact.start && fact.start->lo < last && fact.start->lo < fact.start->hi) {
          const Instant hi = std::min(fact.start->hi, last);
          const auto span = static_cast<std::uint64_t>(hi.us - fact.start->lo.us) + 1;
          const Instant exact{fact.start->lo.us +
                              static_cast<std::int64_t>(
                                  static_cast<std::uint64_t>(random.Below(1'000'000'000)) *
                                  static_cast<std::uint64_t>(random.Below(1'000'000'000)) % span)};
          if (!fact.end || fact.end->lo >= exact) fact.start = {exact, exact};
        }
        after.Add(resource);
      }
    }
    const CriterionVerdict once = evaluator.Evaluate(before, at).criteria[0];
    const CriterionVerdict again = evaluator.Evaluate(after, at).criteria[0];
    if (once.value == Truth::kUnknown) {
      newly += again.value != Truth::kUnknown ? 1 : 0;
      continue;
    }
    if (again.policy == Absence::kUnknown) continue;
    ++settled;
    EXPECT_EQ(once.value, again.value) << "seed " << seed;
  }
  EXPECT_GT(settled, 500);
  EXPECT_GT(newly, 5);
}

// Bytes that were damaged and still decode make some other program, never a crash or an endless
// loop.
TEST(Evaluator, ADamagedProgramThatStillDecodesIsEvaluated) {
  int evaluated = 0;
  for (unsigned seed = 0; seed < 1500; ++seed) {
    RandomCase random(seed);
    Vocabulary vocabulary;
    StudyBuilder study;
    study.Criterion(CriterionKind::kInclude, study.Of(random.RichQuery(study)));
    std::string bytes = EncodeProgram(study.program());
    for (int n = 1 + random.Below(3); n > 0; --n)
      bytes[static_cast<std::size_t>(random.Below(static_cast<int>(bytes.size())))] =
          static_cast<char>(random.Below(16));
    base::Result<Program> program = DecodeProgram(bytes);
    if (!program.has_value()) continue;
    ++evaluated;
    PatientBuilder patient(vocabulary);
    for (int n = 0; n < 4; ++n) random.RichFact(patient);
    const Evaluator evaluator(std::make_shared<const Program>(std::move(program.value())),
                              vocabulary);
    static_cast<void>(evaluator.Evaluate(patient.View(), random.InstantIn(2025, 1)));
    for (std::size_t i = 0; i < evaluator.program().criteria.size(); ++i)
      static_cast<void>(evaluator.Reads(i, patient.last()));
  }
  EXPECT_GT(evaluated, 100);
}

// What no criterion reads changes no criterion: the lane may leave it alone.
TEST(Evaluator, WhatIsNotReadChangesNothing) {
  int unread = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    RandomCase random(seed);
    Vocabulary vocabulary;
    StudyBuilder study;
    study.Criterion(CriterionKind::kInclude, study.Of(random.RichQuery(study)));
    PatientBuilder patient(vocabulary);
    for (int n = 0; n < 4; ++n) random.RichFact(patient);
    const PatientView without = patient.View();
    random.RichFact(patient);
    const Evaluator evaluator = study.Build(vocabulary);
    if (evaluator.Reads(0, patient.last())) continue;
    ++unread;
    const Instant at = random.InstantIn(2025, 1);
    const CriterionVerdict once = evaluator.Evaluate(without, at).criteria[0];
    EXPECT_TRUE(Same(once, evaluator.Evaluate(patient.View(), at).criteria[0])) << "seed " << seed;
  }
  EXPECT_GT(unread, 300);
}

// Of a study whose suggestion is open everything is said: what none of its criteria reads leaves
// the whole verdict as it was.
TEST(Evaluator, WhatNoCriterionReadsLeavesTheStudyAsItWas) {
  int unread = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    RandomCase random(seed);
    Vocabulary vocabulary;
    StudyBuilder study;
    study.Criterion(CriterionKind::kInclude, study.Of(random.RichQuery(study)));
    study.Criterion(CriterionKind::kExclude, study.Of(random.RichQuery(study)));
    PatientBuilder patient(vocabulary);
    for (int n = 0; n < 4; ++n) random.RichFact(patient);
    const PatientView without = patient.View();
    random.RichFact(patient);
    const Evaluator evaluator = study.Build(vocabulary);
    const bool reads = evaluator.Reads(0, patient.last()) || evaluator.Reads(1, patient.last());
    EXPECT_EQ(evaluator.ReadsAtAll(patient.last()), reads) << "seed " << seed;
    if (reads) continue;
    ++unread;
    const Instant at = random.InstantIn(2025, 1);
    const StudyVerdict before = evaluator.Evaluate(without, at);
    const StudyVerdict after = evaluator.Evaluate(patient.View(), at);
    EXPECT_EQ(before.grade, after.grade) << "seed " << seed;
    EXPECT_EQ(before.changes_at, after.changes_at) << "seed " << seed;
    for (std::size_t i = 0; i < before.criteria.size(); ++i)
      EXPECT_TRUE(Same(before.criteria[i], after.criteria[i])) << "seed " << seed;
  }
  EXPECT_GT(unread, 100);
}

}  // namespace
}  // namespace medverka::criteria
