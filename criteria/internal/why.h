// Pieces of sentences that the files of why share.
#pragma once

#include <string>
#include <vector>

#include "criteria/internal/leaf.h"

namespace medverka::criteria::internal {

// "80 umol/L", as sent.
Bilingual ValueWords(const Fact& fact, const Vocabulary& vocabulary);
Bilingual DateWords(const UsedFact& used);
// ">= 30 mL/min/1.73m2"
Bilingual TestWords(const ValueTest& test, const Program& program);
// Of `asked` ("result "creatinine"") nothing lies in the window, and what that says.
LeafWords NotRecordedWords(const Bilingual& asked, FactKind kind,
                           const std::vector<TimeClause>& clauses, Absence policy,
                           base::Instant at);
// "a result "creatinine" dated 2026-01-01 or later"
Bilingual NeededWords(const Bilingual& asked, const std::vector<TimeClause>& clauses,
                      base::Instant at);

// why_score.cc
LeafWords ScoreWords(const Program& program, const Vocabulary& vocabulary, const ScoreQuery& query,
                     const Leaf& leaf, base::Instant at);

}  // namespace medverka::criteria::internal
