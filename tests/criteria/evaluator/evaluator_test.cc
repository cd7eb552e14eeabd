// Tests criteria/evaluator.cc: Kleene's tables for every operator, the grade of a study, and what a
// verdict rests on.
#include "criteria/evaluator.h"

#include <gtest/gtest.h>

#include "build.h"

namespace medverka::criteria {
namespace {

using testing::At;
using testing::PatientBuilder;
using testing::StudyBuilder;

constexpr Truth T = Truth::kTrue;
constexpr Truth U = Truth::kUnknown;
constexpr Truth F = Truth::kFalse;
constexpr Truth kAll[] = {F, U, T};

Truth ValueOf(NodeKind kind, std::vector<Truth> children, int count = 0) {
  StudyBuilder study;
  Node node{kind, count, 0, {}};
  for (const Truth child : children) node.children.push_back(study.Constant(child));
  study.Criterion(CriterionKind::kInclude, study.Add(node));
  Vocabulary vocabulary;
  return study.Build(vocabulary).Evaluate({}, At("2026-05-01")).criteria[0].value;
}

// What the operator says of every settling of the unknowns; they agree, or it is unknown.
template <typename Operator>
Truth BySettling(const std::vector<Truth>& children, const Operator& truth_of) {
  bool any_true = false;
  bool any_false = false;
  const std::size_t n = children.size();
  for (std::size_t bits = 0; bits < (std::size_t{1} << n); ++bits) {
    std::vector<bool> settled;
    bool fits = true;
    for (std::size_t i = 0; i < n; ++i) {
      const bool value = (bits >> i & 1) != 0;
      fits = fits && (children[i] == U || (children[i] == T) == value);
      settled.push_back(value);
    }
    if (!fits) continue;
    (truth_of(settled) ? any_true : any_false) = true;
  }
  return any_true && any_false ? U : any_true ? T : F;
}

int CountTrue(const std::vector<bool>& values) {
  return static_cast<int>(std::count(values.begin(), values.end(), true));
}

TEST(Kleene, EveryOperatorAgreesWithSettlingItsUnknownsOverThreeParts) {
  for (const Truth a : kAll) {
    EXPECT_EQ(ValueOf(NodeKind::kNot, {a}), Not(a));
    for (const Truth b : kAll) {
      for (const Truth c : kAll) {
        const std::vector<Truth> all = {a, b, c};
        EXPECT_EQ(ValueOf(NodeKind::kAnd, all),
                  BySettling(all, [](const auto& v) { return CountTrue(v) == 3; }));
        EXPECT_EQ(ValueOf(NodeKind::kOr, all),
                  BySettling(all, [](const auto& v) { return CountTrue(v) >= 1; }));
        for (int n = 0; n <= 4; ++n) {
          EXPECT_EQ(ValueOf(NodeKind::kAtLeastOf, all, n),
                    BySettling(all, [n](const auto& v) { return CountTrue(v) >= n; }));
          EXPECT_EQ(ValueOf(NodeKind::kAtMostOf, all, n),
                    BySettling(all, [n](const auto& v) { return CountTrue(v) <= n; }));
          EXPECT_EQ(ValueOf(NodeKind::kExactlyOf, all, n),
                    BySettling(all, [n](const auto& v) { return CountTrue(v) == n; }));
        }
        EXPECT_EQ(ValueOf(NodeKind::kIf, all),
                  BySettling(all, [](const auto& v) { return v[0] ? v[1] : v[2]; }));
      }
      EXPECT_EQ(ValueOf(NodeKind::kIf, {a, b}),
                BySettling({a, b}, [](const auto& v) { return !v[0] || v[1]; }));
    }
  }
}

Grade GradeOf(const std::function<void(StudyBuilder&)>& fill) {
  StudyBuilder study;
  fill(study);
  Vocabulary vocabulary;
  return study.Build(vocabulary).Evaluate({}, At("2026-05-01")).grade;
}

TEST(Grade, IsTheWorstOfItsCriteria) {
  EXPECT_EQ(GradeOf([](StudyBuilder& s) {
              s.Criterion(CriterionKind::kInclude, s.Constant(T));
              s.Criterion(CriterionKind::kExclude, s.Constant(F));
            }),
            Grade::kEligible);
  EXPECT_EQ(GradeOf([](StudyBuilder& s) {
              s.Criterion(CriterionKind::kInclude, s.Constant(T));
              s.Criterion(CriterionKind::kAsk, s.Ask("swallow"));
            }),
            Grade::kLikely);
  EXPECT_EQ(GradeOf([](StudyBuilder& s) {
              s.Criterion(CriterionKind::kExclude, s.Constant(U));
              s.Criterion(CriterionKind::kAsk, s.Ask("swallow"));
            }),
            Grade::kPossible);
  EXPECT_EQ(GradeOf([](StudyBuilder& s) {
              s.Criterion(CriterionKind::kExclude, s.Constant(T));
              s.Criterion(CriterionKind::kInclude, s.Constant(U));
            }),
            Grade::kIneligible);
}

// An answer alone would settle `ask or false`, but not `ask and unknown data`.
TEST(Grade, AnUnknownIsAnOpenQuestionOnlyIfAnswersAloneSettleIt) {
  EXPECT_EQ(
      GradeOf([](StudyBuilder& s) {
        const auto ask = s.Ask("swallow");
        s.Criterion(CriterionKind::kInclude, s.Add({NodeKind::kOr, 0, 0, {ask, s.Constant(F)}}));
      }),
      Grade::kLikely);
  EXPECT_EQ(
      GradeOf([](StudyBuilder& s) {
        const auto ask = s.Ask("swallow");
        s.Criterion(CriterionKind::kInclude, s.Add({NodeKind::kAnd, 0, 0, {ask, s.Constant(U)}}));
      }),
      Grade::kPossible);
}

TEST(Answer, SettlesAnAskAndMustBeNoTurnsIt) {
  Vocabulary vocabulary;
  for (const bool answer : {true, false}) {
    for (const bool must_be_no : {true, false}) {
      StudyBuilder study;
      study.Criterion(CriterionKind::kAsk, study.Ask("Can Swallow"), must_be_no);
      PatientBuilder patient(vocabulary);
      Fact& fact = patient.Add(FactKind::kAnswer, SystemId::kNone, "", "2026-04-01");
      fact.study = "T0001";
      fact.question = "can swallow";
      fact.value.type = Value::Type::kBoolean;
      fact.value.boolean = answer;
      const StudyVerdict verdict =
          study.Build(vocabulary).Evaluate(patient.View(), At("2026-05-01"));
      EXPECT_EQ(verdict.criteria[0].value, FromBool(answer));
      EXPECT_EQ(verdict.criteria[0].against, answer == must_be_no);
    }
  }
}

struct Lab {
  Vocabulary vocabulary;
  PatientBuilder patient{vocabulary};
  StudyVerdict Judge(Selector selector, CompareOp op, const std::string& limit,
                     const std::string& unit, bool explain = false) {
    StudyBuilder study;
    Query query;
    query.kind = FactKind::kObservation;
    query.selector = selector;
    query.sets = {study.Set(SystemId::kNpu, "NPU28309")};
    query.absence = Absence::kUnknown;
    query.test = ValueTest{};
    query.test->op = op;
    query.test->limit = {*base::Decimal::Parse(limit), unit};
    study.Criterion(CriterionKind::kInclude, study.Of(query));
    EvaluateOptions options;
    options.explain = explain;
    return study.Build(vocabulary)
        .Evaluate(patient.View(), At("2026-05-01T12:00:00+02:00"), options);
  }
};

TEST(Latest, OfTwoResultsAtTheSameInstantTheLaterIssuedCounts) {
  Lab lab;
  lab.patient.Result("NPU28309", "90", "g/L", "2026-04-01T08:00:00+02:00");
  lab.patient.last().issued = At("2026-04-01T10:00:00+02:00");
  lab.patient.Result("NPU28309", "120", "g/L", "2026-04-01T08:00:00+02:00");
  lab.patient.last().issued = At("2026-04-01T09:00:00+02:00");
  EXPECT_EQ(lab.Judge(Selector::kLatest, CompareOp::kGreaterEqual, "100", "g/L").criteria[0].value,
            F);
  EXPECT_EQ(lab.Judge(Selector::kFirst, CompareOp::kGreaterEqual, "100", "g/L").criteria[0].value,
            T);
}

TEST(Latest, AChoiceThatCoarseDatesLeaveOpenIsSettledOnlyIfAllAgree) {
  Lab lab;
  lab.patient.Result("NPU28309", "90", "g/L", "2026-04");
  lab.patient.Result("NPU28309", "120", "g/L", "2026-04-15");
  EXPECT_EQ(lab.Judge(Selector::kLatest, CompareOp::kGreaterEqual, "100", "g/L").criteria[0].value,
            U);
  EXPECT_EQ(lab.Judge(Selector::kLatest, CompareOp::kGreaterEqual, "80", "g/L").criteria[0].value,
            T);
  EXPECT_EQ(lab.Judge(Selector::kLatest, CompareOp::kGreaterEqual, "130", "g/L").criteria[0].value,
            F);
}

TEST(Latest, APreliminaryResultLeavesItOpen) {
  Lab lab;
  lab.patient.Result("NPU28309", "120", "g/L", "2026-04-01");
  lab.patient.Result("NPU28309", "120", "g/L", "2026-04-02").holding = Holding::kUnverified;
  EXPECT_EQ(lab.Judge(Selector::kLatest, CompareOp::kGreaterEqual, "100", "g/L").criteria[0].value,
            U);
}

TEST(Latest, AValueThatCannotBeUsedIsUnknownWhateverThePolicy) {
  Lab lab;
  lab.patient.Result("NPU28309", "120", "furlong", "2026-04-01");
  EXPECT_EQ(lab.Judge(Selector::kLatest, CompareOp::kGreaterEqual, "100", "g/L").criteria[0].value,
            U);
}

TEST(Extreme, TheLowestReachesALimitOnlyIfAllDo) {
  Lab lab;
  lab.patient.Result("NPU28309", "12.0", "g/dL", "2026-04-01");
  lab.patient.Result("NPU28309", "90", "g/L", "2026-04-02");
  EXPECT_EQ(lab.Judge(Selector::kLowest, CompareOp::kGreaterEqual, "100", "g/L").criteria[0].value,
            F);
  EXPECT_EQ(lab.Judge(Selector::kLowest, CompareOp::kLess, "100", "g/L").criteria[0].value, T);
  EXPECT_EQ(lab.Judge(Selector::kHighest, CompareOp::kGreaterEqual, "120", "g/L").criteria[0].value,
            T);
  EXPECT_EQ(lab.Judge(Selector::kLowest, CompareOp::kEqual, "90", "g/L").criteria[0].value, T);
  EXPECT_EQ(lab.Judge(Selector::kHighest, CompareOp::kEqual, "90", "g/L").criteria[0].value, F);
}

TEST(OpenResult, BelowFiveSettlesWhatItCan) {
  Lab lab;
  Fact& fact = lab.patient.Result("NPU28309", "5", "g/L", "2026-04-01");
  fact.value.number.low.reset();
  fact.value.number.high_open = true;  // "<5"
  EXPECT_EQ(lab.Judge(Selector::kLatest, CompareOp::kLess, "5", "g/L").criteria[0].value, T);
  EXPECT_EQ(lab.Judge(Selector::kLatest, CompareOp::kLessEqual, "5", "g/L").criteria[0].value, T);
  EXPECT_EQ(lab.Judge(Selector::kLatest, CompareOp::kLess, "10", "g/L").criteria[0].value, T);
  EXPECT_EQ(lab.Judge(Selector::kLatest, CompareOp::kLess, "3", "g/L").criteria[0].value, U);
  EXPECT_EQ(lab.Judge(Selector::kLatest, CompareOp::kGreaterEqual, "5", "g/L").criteria[0].value,
            F);
}

TEST(Verdict, NamesItsEvidenceWithVersionAndSaysWhyInBothLanguages) {
  Lab lab;
  lab.patient.Result("NPU28309", "131.0", "g/L", "2026-04-10");
  lab.patient.last().id = "Observation/o1";
  lab.patient.last().version = "3";
  const StudyVerdict verdict =
      lab.Judge(Selector::kLatest, CompareOp::kGreaterEqual, "100", "g/L", true);
  EXPECT_EQ(verdict.criteria[0].evidence, std::vector<std::string>{"Observation/o1/_history/3"});
  EXPECT_EQ(verdict.criteria[0].why.en,
            "latest result \"NPU28309\" 131.0 g/L on 2026-04-10 meets >= 100 g/L.");
  EXPECT_EQ(verdict.criteria[0].why.sv,
            "senaste resultat \"NPU28309\" 131.0 g/L 2026-04-10 uppfyller >= 100 g/L.");
}

TEST(Verdict, NamesThePolicyThatDecided) {
  Lab lab;
  const StudyVerdict verdict =
      lab.Judge(Selector::kLatest, CompareOp::kGreaterEqual, "100", "g/L", true);
  EXPECT_EQ(verdict.criteria[0].policy, Absence::kUnknown);
  EXPECT_NE(verdict.criteria[0].why.en.find("not recorded leaves it open"), std::string::npos);
  EXPECT_EQ(verdict.criteria[0].needs.en, "a result \"NPU28309\"");
}

TEST(Verdict, TheDeadMatchNothing) {
  Lab lab;
  lab.patient.Result("NPU28309", "131", "g/L", "2026-04-10");
  EXPECT_EQ(lab.Judge(Selector::kLatest, CompareOp::kGreaterEqual, "100", "g/L").grade,
            Grade::kEligible);
  lab.patient.person().deceased = T;
  lab.patient.person().death = base::ParseTime("2026-04-20");
  EXPECT_EQ(lab.Judge(Selector::kLatest, CompareOp::kGreaterEqual, "100", "g/L").grade,
            Grade::kIneligible);
  lab.patient.person().death = base::ParseTime("2026-06-20");
  const StudyVerdict before = lab.Judge(Selector::kLatest, CompareOp::kGreaterEqual, "100", "g/L");
  EXPECT_EQ(before.grade, Grade::kEligible);
  EXPECT_EQ(before.changes_at, base::ParseTime("2026-06-20")->lo);
}

}  // namespace
}  // namespace medverka::criteria
