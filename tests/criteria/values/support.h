// Small programs and patients for the tests of selectors, values and special leaves.
#pragma once

#include "tests/criteria/evaluator/build.h"

namespace medverka::criteria::testing {

inline constexpr Truth T = Truth::kTrue;
inline constexpr Truth U = Truth::kUnknown;
inline constexpr Truth F = Truth::kFalse;

// A query for the results of NPU code "A".
inline Query Results(StudyBuilder& study, Selector selector = Selector::kThereIs) {
  Query query;
  query.kind = FactKind::kObservation;
  query.selector = selector;
  query.sets = {study.Set(SystemId::kNpu, "A")};
  query.absence = Absence::kUnknown;
  return query;
}

inline ValueTest TestOf(CompareOp op, std::string_view number, std::string unit) {
  ValueTest test;
  test.op = op;
  test.limit = {*base::Decimal::Parse(number), std::move(unit)};
  return test;
}

// The one criterion of the study, at a log time.
inline CriterionVerdict Verdict(StudyBuilder& study, std::uint32_t node, Vocabulary& vocabulary,
                                const PatientView& patient, std::string_view at) {
  study.program().criteria.clear();
  study.Criterion(CriterionKind::kInclude, node);
  EvaluateOptions options;
  options.explain = true;
  return study.Build(vocabulary).Evaluate(patient, At(at), options).criteria[0];
}

}  // namespace medverka::criteria::testing
