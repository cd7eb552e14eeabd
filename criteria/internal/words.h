// What the sentences about leaves are made from: nouns, times, values, tests. Each piece is given
// in both languages at once; a piece that follows another begins with a blank.
#pragma once

#include <string>
#include <vector>

#include "criteria/internal/leaf.h"
#include "criteria/internal/leaves.h"

namespace medverka::criteria::internal {

// One leaf to be put into words.
struct Telling {
  PreparedProgram& prepared;
  const Leaf& leaf;
  const Demographics& person;
  base::Instant at;

  const Program& program() const { return prepared.program; }
  const Vocabulary& vocabulary() const { return prepared.vocabulary; }
};

inline Bilingual Text(std::string en, std::string sv) { return {std::move(sv), std::move(en)}; }
inline Bilingual Same(const std::string& text) { return {text, text}; }
inline Bilingual operator+(const Bilingual& a, const Bilingual& b) {
  return {a.sv + b.sv, a.en + b.en};
}
inline bool Empty(const Bilingual& text) { return text.en.empty(); }

// ---- nouns

Bilingual KindNoun(FactKind kind);
// "ingen diagnos", "inget resultat": Swedish nouns have a gender, and what agrees with them too.
bool IsNeuter(FactKind kind);
std::string SetNames(const Program& program, const std::vector<SetIndex>& sets,
                     std::string_view last);
// `diagnosis "stroke" or "TIA"`
Bilingual Asked(const Program& program, const Query& query);
Bilingual FieldNoun(Field field);
// "a result", "an allergy"; Swedish without article.
Bilingual OneOf(const Bilingual& noun);

// ---- time

Bilingual PeriodText(base::Period period);
Bilingual ClausesText(const Telling& telling, const std::vector<TimeClause>& clauses);
// `" as current for at least 6 weeks with daily dose >= 40 mg"`
Bilingual FiltersText(const Telling& telling, const Query& query);

// ---- facts and values

std::string NumberText(const Bounds& bounds);
Bilingual ValueText(const Telling& telling, const Fact& fact, bool words_known);
// The value in the unit of the test, where that is another one: " (62 umol/L)".
std::string ComparedText(const Telling& telling, const Fact& fact, const PreparedTest& test);
Bilingual DateText(const UsedFact& used);
// "C18.7, 2026-07-20", and what its filters found.
Bilingual FactText(const Telling& telling, const UsedFact& used, const Query* query = nullptr);
Bilingual AttributesText(const Telling& telling, const Fact& fact,
                         const std::vector<FieldFilter>& fields);
Bilingual MoreText(const Leaf& leaf);
std::string WithUnit(const std::string& number, std::string_view unit);

// ---- tests and policies

std::string_view OpText(CompareOp op);
std::string LimitText(const Limit& limit);
Bilingual TestText(const Program& program, const ValueTest& test);
// "meets", "does not meet", "does not settle"
Bilingual Meets(Truth value);
Bilingual PolicyText(Absence policy);

// ---- whole sentences that several leaves have

struct Missing {
  Bilingual asked;
  FactKind kind;
  const std::vector<TimeClause>& clauses;
  Bilingual property;
};
LeafWords NotRecorded(const Telling& telling, const Missing& missing, Absence policy);
// What a new fact would have to be.
Bilingual Needed(const Telling& telling, const Missing& missing);
// The event that times count from does not exist, or is not known.
LeafWords NoEvent(const Telling& telling);
LeafWords LimitReached();

// ---- the leaves, by file

LeafWords QueryWords(const Telling& telling, const Query& query);         // why_query.cc
LeafWords ChangeWords(const Telling& telling, const ChangeQuery& query);  // why_values.cc
LeafWords TextWords(const Telling& telling, const TextQuery& query);
LeafWords GestationWords(const Telling& telling, const GestationQuery& query);
LeafWords ScoreWords(const Telling& telling, const ScoreQuery& query);      // why_score.cc
LeafWords VariantWords(const Telling& telling, const VariantQuery& query);  // why_variant.cc

}  // namespace medverka::criteria::internal
