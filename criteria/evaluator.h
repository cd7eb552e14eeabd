// The reference evaluator: slow, obvious, every criterion of a study for one patient at one log
// time. Reads no clock, keeps no state between calls but a cache of which codes are in which sets.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "criteria/fact.h"
#include "criteria/program.h"
#include "criteria/truth.h"

namespace medverka::criteria {

// A resource a verdict rests on, in the form of a FHIR versioned reference:
// "Observation/o1/_history/3".
std::string EvidenceName(const Resource& resource);

struct CriterionVerdict {
  Truth value = Truth::kUnknown;
  bool against = false;               // value is settled and not the wanted one
  bool open_question = false;         // unknown, and only answers are missing
  std::optional<Absence> policy;      // the absence policy, where it decided
  std::vector<std::string> evidence;  // sorted, unique
  std::optional<base::Instant>
      until;        // first log time at which value, policy or evidence changes with no new event
  Bilingual why;    // only with explain
  Bilingual needs;  // what would settle an unknown; only with explain
};

struct StudyVerdict {
  Grade grade = Grade::kIneligible;
  std::vector<CriterionVerdict> criteria;  // as in the program
  // Earliest log time at which the grade can change with no new event. Exact with explain; without,
  // never late but maybe early (then a criterion changes at it, though not the grade).
  std::optional<base::Instant> changes_at;
  // Ineligible: a criterion that stays against until changes_at, unless a fact that it reads comes
  // or goes.
  std::optional<std::size_t> blocker;
  // Beside Program::cohorts: the grade with the common criteria and this cohort's. The study's
  // grade is the best of the open ones. Empty with grade_only.
  std::vector<Grade> cohorts;
};

struct EvaluateOptions {
  bool explain = false;  // sentences, and an exact changes_at
  // Only grade and changes_at are asked for: a study that some criterion is against for good is
  // done with at that one, and `criteria` is then empty. The two it gives are those of a whole
  // evaluation.
  bool grade_only = false;
  // The visit that the caller names: "Encounter/7". "" : the one in progress is the current one.
  std::string_view visit = {};
};

class Evaluator {
 public:
  // `vocabulary` must outlive the evaluator and be the one the facts were read with.
  Evaluator(std::shared_ptr<const Program> program, Vocabulary& vocabulary);
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;

  StudyVerdict Evaluate(const PatientView& patient, base::Instant at,
                        EvaluateOptions options = {}) const;

  // Could a fact of this resource be read by that criterion at all? By kind and codes, whatever its
  // time.
  bool Reads(std::size_t criterion, const Resource& resource) const;
  bool ReadsAtAll(const Resource& resource) const;  // by any criterion

  const Program& program() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace medverka::criteria
