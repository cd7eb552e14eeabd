// What a suggestion and `explain` say of a verdict, as JSON: one form for both.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/evaluator.h"
#include "criteria/program.h"
#include "ops/base/json.h"
#include "ops/base/time.h"

namespace medverka::matcher {

// RFC 3339 in UTC, or null.
base::json::value RenderTime(std::optional<base::Instant> instant);

// [{name, cohort, kind, value, why {sv, en}, policy "no"|"unknown"|null, evidence [], needs,
// needs_sv, until}], in the study's order; null is what is not there. REQUIRES: the verdict is of
// this program, made with explain.
base::json::array RenderCriteria(const criteria::Program& program,
                                 const criteria::StudyVerdict& verdict);

// [{name, title}]: the open cohorts that have the study's grade. REQUIRES as above.
base::json::array RenderNamedCohorts(const criteria::Program& program,
                                     const criteria::StudyVerdict& verdict);
// [{name, title, open, verdict}]: all of them.
base::json::array RenderCohorts(const criteria::Program& program,
                                const criteria::StudyVerdict& verdict);

// {id, title {en, sv}, ids {nct: ...}}
base::json::object RenderStudy(const criteria::StudyHeader& study);

// [{name, region, hsa_id}], those of the patient's region first.
base::json::array RenderSites(const criteria::StudyHeader& study, std::string_view region);

// Names of the criteria that are against, in the study's order.
base::json::array RenderAgainst(const criteria::Program& program,
                                const criteria::StudyVerdict& verdict);

}  // namespace medverka::matcher
