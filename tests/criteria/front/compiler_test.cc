// criteria/compiler.cc: which program a study becomes.
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

const Node& Root(const Program& program, std::size_t criterion = 0) {
  return program.nodes[program.criteria[criterion].root];
}

TEST(Compiler, GivesEachKindItsAbsence) {
  const auto program = ProgramOf(
      "include a : condition \"stroke\"\ninclude b : procedure \"op\"\ninclude c : medication "
      "\"statins\"\ninclude d : allergy \"stroke\"\n"
      "include e : immunization atc J07\ninclude f : visit\ninclude g : participation in "
      "study\ninclude h : observation \"hb\"\n"
      "include i : variant in gene kras\n");
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(program->queries[i].absence, Absence::kNo) << i;
  EXPECT_EQ(program->queries[7].absence, Absence::kUnknown);
  EXPECT_EQ(program->variants[0].absence, Absence::kUnknown);
  EXPECT_EQ(program->variants[0].genes, std::vector<std::string>{"KRAS"});
  EXPECT_FALSE(program->queries[0].absence_stated);
}

TEST(Compiler, HandsElseDownToQueriesThatSayNothing) {
  const auto program = ProgramOf(
      "define d : condition \"stroke\"\n"
      "include a : d and (observation \"hb\" else no) and procedure \"op\" else unknown\n"
      "include b : d\n");
  EXPECT_EQ(program->queries[0].absence, Absence::kUnknown);
  EXPECT_TRUE(program->queries[0].absence_stated);
  EXPECT_EQ(program->queries[1].absence, Absence::kNo);
  EXPECT_EQ(program->queries[2].absence, Absence::kUnknown);
  EXPECT_EQ(program->queries[3].absence, Absence::kNo);  // the definition by itself
  EXPECT_FALSE(program->queries[3].absence_stated);
}

TEST(Compiler, HandsATimeAfterABracketDown) {
  const auto program = ProgramOf(
      "include a : (procedure \"op\" or procedure kva JFH at least 2 years ago) within last 6 "
      "months\n");
  ASSERT_EQ(program->queries[0].times.size(), 1U);
  EXPECT_EQ(program->queries[0].times[0].kind, TimeClause::Kind::kWithinLast);
  EXPECT_EQ(program->queries[0].times[0].far, (base::Period{6, base::TimeUnit::kMonth}));
  ASSERT_EQ(program->queries[1].times.size(), 1U);
  EXPECT_EQ(program->queries[1].times[0].kind, TimeClause::Kind::kAtLeastAgo);
}

TEST(Compiler, TakesLatestForATestWithoutSelector) {
  const auto program = ProgramOf(
      "include a : observation \"hb\" >= 5 g/L\ninclude b : no observation \"hb\" >= 5 "
      "g/L\ninclude c : any observation \"hb\" >= 5 g/L\n"
      "include d : observation \"hb\"\n");
  EXPECT_EQ(program->queries[0].selector, Selector::kLatest);
  EXPECT_EQ(Root(*program, 1).kind, NodeKind::kNot);
  EXPECT_EQ(program->queries[1].selector, Selector::kThereIs);
  EXPECT_EQ(program->queries[2].selector, Selector::kAny);
  EXPECT_EQ(program->queries[3].selector, Selector::kThereIs);
  EXPECT_EQ(program->queries[0].test->analyte, Analyte::kHaemoglobin);
}

TEST(Compiler, MakesOneNodeOfADefinitionUsedTwice) {
  const auto program =
      ProgramOf("define d : condition \"stroke\"\ninclude a : d\nexclude b : d and alive\n");
  EXPECT_EQ(program->queries.size(), 1U);
  EXPECT_EQ(program->criteria[0].root, Root(*program, 1).children[0]);
}

TEST(Compiler, PutsChildrenBeforeParents) {
  const auto program = ProgramOf(
      "include a : if alive then (sex is male and condition \"stroke\") otherwise none of (alive; "
      "sex is female)\n");
  for (std::size_t i = 0; i < program->nodes.size(); ++i) {
    for (const std::uint32_t child : program->nodes[i].children) EXPECT_LT(child, i);
  }
  EXPECT_EQ(Root(*program).kind, NodeKind::kIf);
  EXPECT_EQ(Root(*program).children.size(), 3U);
  EXPECT_EQ(program->nodes[Root(*program).children[2]].kind, NodeKind::kNot);
}

TEST(Compiler, CoversAllOfACoarseBound) {
  const auto program = ProgramOf(
      "include a : procedure \"op\" before 2020\ninclude b : procedure \"op\" after "
      "2020-06\ninclude c : procedure \"op\" between 2020-01 and 2020-02\n"
      "include d : procedure \"op\" from 2020-01-01 to now\n");
  const auto clause = [&](std::size_t i) { return program->queries[i].times[0]; };
  EXPECT_EQ(base::FormatUtc(*clause(0).to + 1), "2019-12-31T23:00:00Z");
  EXPECT_FALSE(clause(0).from.has_value());
  EXPECT_EQ(base::FormatUtc(*clause(1).from), "2020-06-30T22:00:00Z");
  EXPECT_EQ(base::FormatUtc(*clause(2).from), "2019-12-31T23:00:00Z");
  EXPECT_EQ(base::FormatUtc(*clause(2).to + 1), "2020-02-29T23:00:00Z");
  EXPECT_TRUE(clause(3).to_now);
}

TEST(Compiler, ReadsCurrentWithinAsOngoing) {
  const auto program =
      ProgramOf("exclude a : medication \"statins\" current within last 30 days\n");
  EXPECT_TRUE(program->queries[0].current);
  EXPECT_EQ(program->queries[0].times[0].side, Side::kOngoing);
}

TEST(Compiler, NamesCodesInPlaceAsWrittenAndSharesEqualSets) {
  const auto program = ProgramOf(
      "include a : condition icd10se K25.0,  K25.4 , \"stroke\"\ninclude b : condition "
      "\"stroke\"\n");
  ASSERT_EQ(program->sets.size(), 2U);
  EXPECT_EQ(program->sets[0].name, "icd10se K25.0, K25.4");
  EXPECT_EQ(program->sets[0].clauses[0].include[0].from, "K250");
  EXPECT_EQ(program->sets[0].clauses[0].include[0].match, CodeRule::Match::kPrefix);
  EXPECT_EQ(program->queries[1].sets, std::vector<SetIndex>{1});
  EXPECT_EQ(program->sets[1].clauses[0].include[0].match, CodeRule::Match::kRange);
}

TEST(Compiler, WritesNestedSetsOutWithTheirExceptions) {
  const auto program = ProgramOf(
      "codes inner { icd10se I60 except icd10se I60.1 }\ncodes outer { set \"inner\" snomed "
      "44054006 except icd10se I60.2 }\n"
      "include a : condition \"outer\"\n");
  const CodeSet& set = program->sets[0];
  ASSERT_EQ(set.clauses.size(), 2U);
  EXPECT_EQ(set.clauses[0].include[0].from, "44054006");
  EXPECT_EQ(set.clauses[0].except.size(), 1U);
  EXPECT_EQ(set.clauses[1].include[0].from, "I60");
  ASSERT_EQ(set.clauses[1].except.size(), 2U);
  EXPECT_EQ(set.clauses[1].except[1].from, "I602");
}

TEST(Compiler, BringsItsOwnCreatinineWhereTheAuthorHasNone) {
  const auto program =
      ProgramOf("include a : egfr by lm-rev between 30 and 60 mL/min/1.73m2 within last 90 days\n");
  const CodeSet& set = program->sets[program->scores[0].inputs[0]];
  ASSERT_EQ(set.clauses[0].include.size(), 3U);
  EXPECT_EQ(set.clauses[0].include[0].from, "NPU04998");
  EXPECT_EQ(program->scores[0].times.size(), 1U);
  const auto own = ProgramOf(
      "codes Creatinine { npu NPU01807 }\ninclude a : egfr by lm-rev >= 30 mL/min/1.73m2\n");
  EXPECT_EQ(own->sets[own->scores[0].inputs[0]].clauses[0].include[0].from, "NPU01807");
}

TEST(Compiler, NamesTheQuestionOfElseAskAfterItsCriterion) {
  const auto program = ProgramOf(
      "include pressure fine : observation \"hb\" >= 5 g/L else ask \"Q?\" sv \"F?\"\n"
      "ask pregnant : \"Pregnant?\" sv \"Gravid?\" must be no valid for 6 months if sex is "
      "female\ninclude x : answer pregnant or alive\n");
  const Node& root = Root(*program);
  ASSERT_EQ(root.kind, NodeKind::kElseAsk);
  EXPECT_EQ(program->answers[root.payload].question, "pressure fine");
  EXPECT_EQ(program->answers[root.payload].text.sv, "F?");
  const Criterion& ask = program->criteria[1];
  EXPECT_TRUE(ask.must_be_no);
  EXPECT_EQ(ask.wanted(), Truth::kFalse);
  EXPECT_EQ(program->nodes[*ask.asked_if].kind, NodeKind::kSexIs);
  EXPECT_EQ(Root(*program, 2).children[0], ask.root);
  EXPECT_EQ(program->answers[program->nodes[ask.root].payload].valid_for,
            (base::Period{6, base::TimeUnit::kMonth}));
}

TEST(Compiler, TurnsLimitsBySexIntoOneOrder) {
  const auto program =
      ProgramOf("include a : latest observation loinc 8280-0 >= 88 cm in women, 102 cm in men\n");
  EXPECT_EQ(program->queries[0].test->kind, ValueTest::Kind::kCompareBySex);
  EXPECT_EQ(program->queries[0].test->limit.number.ToString(), "102");
  EXPECT_EQ(program->queries[0].test->limit2.number.ToString(), "88");
}

TEST(Compiler, TurnsAgesIntoBounds) {
  const auto program = ProgramOf(
      "include a : age between 18 and 80 years\ninclude b : age < 28 days\ninclude c : age = 5 "
      "months\n");
  EXPECT_EQ(program->ages[0].min, 18);
  EXPECT_EQ(program->ages[0].max, 80);
  EXPECT_FALSE(program->ages[1].min.has_value());
  EXPECT_TRUE(program->ages[1].max_strict);
  EXPECT_EQ(program->ages[1].unit, base::TimeUnit::kDay);
  EXPECT_EQ(program->ages[2].min, program->ages[2].max);
}

TEST(Compiler, GivesTheSameBytesWhateverTheLayout) {
  const std::string text =
      "include a : (condition \"stroke\" or procedure \"op\") starting within last 1 year else "
      "no\n";
  const auto one = ProgramOf(text + "define unused : alive\n");
  const auto two = ProgramOf("# a comment\n" + text.substr(0, 12) + "\n    " + text.substr(12));
  EXPECT_EQ(EncodeProgram(*one), EncodeProgram(*two));
  EXPECT_NE(EncodeProgram(*one), EncodeProgram(*ProgramOf("include a : alive\n")));
}

TEST(Compiler, TakesDefinitionsFromSharedFiles) {
  const SourceFile study{
      "dir/t.study",
      "study T1 \"t\" { }\nuse \"../shared/common.codes\"\ninclude a : from-shared\n"};
  int loads = 0;
  const auto load = [&](const std::string& from,
                        const std::string& name) -> std::optional<SourceFile> {
    ++loads;
    EXPECT_EQ(from, "dir/t.study");
    EXPECT_EQ(name, "../shared/common.codes");
    return SourceFile{"shared/common.codes",
                      "codes x { icd10se I63 }\ndefine from-shared : condition \"x\"\n"};
  };
  const Compilation loaded = Compile({study}, load);
  ASSERT_TRUE(loaded.studies[0].program) << RenderText(loaded.diagnostics, false);
  EXPECT_EQ(loads, 1);
  // Given beside the study, nothing is loaded.
  const Compilation given = Compile(
      {study,
       {"shared/common.codes", "codes x { icd10se I63 }\ndefine from-shared : condition \"x\"\n"}},
      nullptr);
  ASSERT_TRUE(given.studies[0].program) << RenderText(given.diagnostics, false);
  EXPECT_EQ(EncodeProgram(*given.studies[0].program), EncodeProgram(*loaded.studies[0].program));
}

TEST(Compiler, KeepsGoodStudiesBesideBadOnes) {
  const Compilation compilation = Compile({{"a.study", "study A \"a\" { }\ninclude x : alive\n"},
                                           {"b.study", "study B \"b\" { }\ninclude x : aliv\n"},
                                           {"c.study", ""},
                                           {"d.study", "study D \"d\" { }\ninclude x : alive\n"}},
                                          nullptr);
  ASSERT_EQ(compilation.studies.size(), 4U);
  EXPECT_TRUE(compilation.studies[0].program);
  EXPECT_FALSE(compilation.studies[1].program);
  EXPECT_EQ(compilation.studies[1].id, "B");
  EXPECT_FALSE(compilation.studies[2].program);
  EXPECT_EQ(compilation.studies[2].id, "");
  EXPECT_TRUE(compilation.studies[3].program);
}

}  // namespace
}  // namespace medverka::criteria
