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
bool HoldsUntil(unsigned seed, const Evaluator& evaluator, const PatientView& view, Instant at) {
  EvaluateOptions explain;
  explain.explain = true;
  const CriterionVerdict now = evaluator.Evaluate(view, at, explain).criteria[0];
  const Instant end = now.until.value_or(at + base::kMicrosPerDay * 1500);
  EXPECT_GT(end, at) << "seed " << seed;
  if (now.until) {
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
  for (unsigned seed = 0; seed < 6000; ++seed) {
    RandomCase random(seed);
    Vocabulary vocabulary;
    StudyBuilder study;
    study.Criterion(CriterionKind::kInclude, study.Of(random.RichQuery(study)));
    PatientBuilder patient(vocabulary);
    random.AnyPerson(patient);
    for (int n = random.Below(6); n >= 0; --n) random.RichFact(patient);
    const PatientView view = patient.View();
    const Evaluator evaluator = study.Build(vocabulary);
    const Instant at = random.InstantIn(2025, 1);
    turned += HoldsUntil(seed, evaluator, view, at) ? 1 : 0;
    settled += evaluator.Evaluate(view, at).criteria[0].value != Truth::kUnknown ? 1 : 0;
    if (HasFailure()) return;
  }
  EXPECT_GT(turned, 1000);
  EXPECT_GT(settled, 2000);
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
