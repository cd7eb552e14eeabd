// Tests criteria/variants.cc and criteria/leaf_variant.cc.
#include <gtest/gtest.h>

#include "criteria/internal/variants.h"
#include "support.h"

namespace medverka::criteria {
namespace {

using namespace testing;  // NOLINT: the truths and builders of these tests
using internal::Fits;
using internal::ReadChange;
using Type = VariantQuery::Type;
using Consequence = VariantQuery::Consequence;

bool Is(std::string_view asked, std::string_view reported) {
  return Fits(ReadChange(asked), ReadChange(reported));
}

TEST(Hgvs, ReadsEverySpellingOfAProteinChange) {
  for (const char* same :
       {"p.V600E", "p.Val600Glu", "p.(Val600Glu)", "NP_004324.2:p.V600E", "p.(V600E)"}) {
    EXPECT_TRUE(Is("p.V600E", same)) << same;
    EXPECT_TRUE(Is("p.V600", same)) << same;
    EXPECT_FALSE(Is("p.V600K", same)) << same;
    EXPECT_FALSE(Is("p.V601", same)) << same;
  }
  EXPECT_TRUE(Is("p.R213*", "p.Arg213Ter"));
  EXPECT_TRUE(Is("p.R213*", "p.R213X"));
  EXPECT_TRUE(Is("p.G12fs", "p.Gly12AlafsTer5"));
  EXPECT_TRUE(Is("p.E746_A750del", "p.Glu746_Ala750del"));
  EXPECT_TRUE(Is("p.L747", "p.E746_A750del"));
  EXPECT_FALSE(Is("p.A767", "p.A767_V769insASV"));
  EXPECT_FALSE(Is("p.V600", "p.V600="));
  EXPECT_FALSE(Is("p.E600", "p.V600E"));
}

TEST(Hgvs, ReadsCodingChanges) {
  EXPECT_TRUE(Is("c.-32-13T>G", "NM_000152.5:c.-32-13T>G"));
  EXPECT_TRUE(Is("c.2235_2249del", "c.2235_2249delGGAATTAAGAGAAGC"));
  EXPECT_FALSE(Is("c.1799T>A", "c.1799T>C"));
  EXPECT_FALSE(Is("c.1799T>A", "p.V600E"));
  EXPECT_EQ(ReadChange("g.140453136A>T").level, 0);
  EXPECT_EQ(ReadChange("p.").level, 0);
  EXPECT_EQ(ReadChange("").level, 0);
}

class Record {
 public:
  Fact& Found(const std::string& gene, const std::vector<std::string>& changes = {}) {
    Fact& fact = patient_.Add(FactKind::kVariant, SystemId::kLoinc, "69548-6", "2026-04-01");
    fact.genes = {vocabulary_.Code(SystemId::kGeneSymbol, gene)};
    for (const std::string& change : changes) Say(fact, Field::kChange, change);
    return fact;
  }
  Fact& Covered(const std::string& gene) {
    Fact& fact = Found(gene);
    fact.covers = true;
    return fact;
  }
  static void Say(Fact& fact, Field field, const std::string& text) {
    Attribute attribute;
    attribute.field = field;
    attribute.text = text;
    fact.attributes.push_back(attribute);
  }
  static void Count(Fact& fact, Field field, std::string_view number) {
    Attribute attribute;
    attribute.field = field;
    attribute.number.low = attribute.number.high = base::Decimal::Parse(number);
    fact.attributes.push_back(attribute);
  }
  CriterionVerdict Verdict(const VariantQuery& query) {
    StudyBuilder study;
    study.program().variants.push_back(query);
    const std::uint32_t node = study.Add({NodeKind::kVariant, 0, 0, {}});
    return testing::Verdict(study, node, vocabulary_, patient_.View(), "2026-07-15");
  }
  Truth Ask(const VariantQuery& query) { return Verdict(query).value; }

 private:
  Vocabulary vocabulary_;
  PatientBuilder patient_{vocabulary_};
};

VariantQuery In(const std::string& gene, const std::vector<std::string>& changes = {}) {
  VariantQuery query;
  query.genes = {gene};
  query.changes = changes;
  return query;
}

TEST(Variants, WithoutAnyReportAreUnknown) {
  Record record;
  EXPECT_EQ(record.Ask(In("BRAF")), U);
  VariantQuery no = In("BRAF");
  no.absence = Absence::kNo;
  EXPECT_EQ(record.Ask(no), F);
}

TEST(Variants, OfAResidueAndOfAChange) {
  Record record;
  record.Found("BRAF", {"p.V600K", "c.1798_1799delinsAA"});
  EXPECT_EQ(record.Ask(In("BRAF")), T);
  EXPECT_EQ(record.Ask(In("BRAF", {"p.V600"})), T);
  EXPECT_EQ(record.Ask(In("BRAF", {"p.V600E", "p.V600K"})), T);
  // Another change is there; whether the one asked for was looked for is not said.
  EXPECT_EQ(record.Ask(In("BRAF", {"p.V600E"})), U);
  EXPECT_EQ(record.Ask(In("BRAF", {"c.1798_1799delinsAA"})), T);
  EXPECT_EQ(record.Ask(In("KRAS", {"p.G12C"})), U);
}

TEST(Variants, AChangeAtAnotherLevelIsNotReported) {
  Record record;
  record.Found("BRAF", {"c.1799T>A"});
  EXPECT_EQ(record.Ask(In("BRAF", {"p.V600E"})), U);
  record.Covered("BRAF");
  EXPECT_EQ(record.Ask(In("BRAF", {"p.V600E"})), U);
}

TEST(Variants, AreRuledOutByAReportThatNamesWhatIsAsked) {
  {
    Record record;
    record.Covered("BRAF");
    EXPECT_EQ(record.Ask(In("BRAF")), F);
    EXPECT_EQ(record.Ask(In("KRAS")), U);
    EXPECT_EQ(record.Ask(In("BRAF", {"p.V600E"})), U);  // the residue is not named
    VariantQuery exon = In("BRAF");
    exon.exons = {15};
    EXPECT_EQ(record.Ask(exon), U);
  }
  {
    Record record;
    Record::Say(record.Covered("BRAF"), Field::kChange, "p.V600");
    EXPECT_EQ(record.Ask(In("BRAF", {"p.V600E"})), F);
    EXPECT_EQ(record.Ask(In("BRAF", {"p.V600"})), F);
    EXPECT_EQ(record.Ask(In("BRAF", {"p.K601E"})), U);
    EXPECT_EQ(record.Ask(In("BRAF")), U);  // one residue is not the gene
  }
  {
    Record record;
    Fact& fact = record.Covered("EGFR");
    Record::Count(fact, Field::kExon, "19");
    Record::Count(fact, Field::kExon, "21");
    VariantQuery exons = In("EGFR");
    exons.exons = {19, 21};
    EXPECT_EQ(record.Ask(exons), F);
    exons.exons = {19, 20};
    EXPECT_EQ(record.Ask(exons), U);
  }
  {
    Record record;
    record.Covered("BRAF").holding = Holding::kUnverified;  // not final
    EXPECT_EQ(record.Ask(In("BRAF")), U);
  }
}

TEST(Variants, ABenignOneNeverCounts) {
  Record record;
  record.Found("BRCA1").significance = Significance::kBenign;
  EXPECT_EQ(record.Ask(In("BRCA1")), U);
  record.Covered("BRCA1");
  EXPECT_EQ(record.Ask(In("BRCA1")), F);
}

TEST(Variants, EveryAttributeThatIsNotReportedIsUnknown) {
  Record record;
  record.Found("TP53");
  VariantQuery query = In("TP53");
  query.origin = Origin::kGermline;
  EXPECT_EQ(record.Ask(query), U);
  query = In("TP53");
  query.pathogenic = true;
  EXPECT_EQ(record.Ask(query), U);
  query = In("TP53");
  query.consequence = Consequence::kMissense;
  EXPECT_EQ(record.Ask(query), U);
  query = In("TP53");
  query.exons = {5};
  EXPECT_EQ(record.Ask(query), U);
  query = In("TP53");
  query.fields.emplace_back();
  query.fields[0].field = Field::kAlleleFraction;
  query.fields[0].test = TestOf(CompareOp::kGreaterEqual, "5", "%");
  EXPECT_EQ(record.Ask(query), U);
  query = In("TP53");
  query.type = Type::kDeletion;
  EXPECT_EQ(record.Ask(query), U);
}

TEST(Variants, AlleleFractionInPercent) {
  Record record;
  Record::Count(record.Found("TP53"), Field::kAlleleFraction, "0.05");
  VariantQuery query = In("TP53");
  query.fields.emplace_back();
  query.fields[0].field = Field::kAlleleFraction;
  query.fields[0].test = TestOf(CompareOp::kGreaterEqual, "5", "%");
  EXPECT_EQ(record.Ask(query), T);
  query.fields[0].test = TestOf(CompareOp::kGreater, "5", "%");
  EXPECT_EQ(record.Ask(query), U);
  record.Covered("TP53");
  EXPECT_EQ(record.Ask(query), F);
}

Truth Effect(Consequence asked, const std::string& change, const std::string& words = "") {
  Record record;
  Fact& fact = record.Found("TP53", {change});
  if (!words.empty()) Record::Say(fact, Field::kConsequence, words);
  record.Covered("TP53");
  VariantQuery query = In("TP53");
  query.consequence = asked;
  return record.Ask(query);
}

TEST(Variants, ConsequencesAreReportedOrFollowFromTheChange) {
  EXPECT_EQ(Effect(Consequence::kMissense, "p.R175H"), T);
  EXPECT_EQ(Effect(Consequence::kMissense, "p.R213*"), F);
  EXPECT_EQ(Effect(Consequence::kTruncating, "p.R213*"), T);
  EXPECT_EQ(Effect(Consequence::kTruncating, "p.G12fs"), T);
  EXPECT_EQ(Effect(Consequence::kFrameshift, "p.Gly12Alafs*5"), T);
  EXPECT_EQ(Effect(Consequence::kInframe, "p.E746_A750del"), T);
  EXPECT_EQ(Effect(Consequence::kSplice, "c.375+1G>A"), T);
  EXPECT_EQ(Effect(Consequence::kTruncating, "c.376-2A>G"), T);
  EXPECT_EQ(Effect(Consequence::kSplice, "c.-32-13T>G"), U);
  EXPECT_EQ(Effect(Consequence::kMissense, "c.524G>A"), U);
  EXPECT_EQ(Effect(Consequence::kMissense, "c.524G>A", "missense_variant"), T);
  EXPECT_EQ(Effect(Consequence::kTruncating, "c.524G>A", "stop_gained"), T);
  EXPECT_EQ(Effect(Consequence::kMissense, "p.R175H", "splice_donor_variant"), F);
}

Truth Structure(Type asked, const std::string& words) {
  Record record;
  Record::Say(record.Found("ERBB2"), Field::kStructure, words);
  record.Covered("ERBB2");
  VariantQuery query = In("ERBB2");
  query.type = asked;
  return record.Ask(query);
}

TEST(Variants, StructuresTakeInTheirKin) {
  EXPECT_EQ(Structure(Type::kAmplification, "amplification"), T);
  EXPECT_EQ(Structure(Type::kAmplification, "gain"), U);
  EXPECT_EQ(Structure(Type::kAmplification, "loss"), F);
  EXPECT_EQ(Structure(Type::kGain, "amplification"), T);
  EXPECT_EQ(Structure(Type::kLoss, "homozygous deletion"), T);
  EXPECT_EQ(Structure(Type::kDeletion, "loss"), U);
  EXPECT_EQ(Structure(Type::kHomozygousDeletion, "deletion"), U);
  EXPECT_EQ(Structure(Type::kCopyNumberChange, "gain"), T);
  EXPECT_EQ(Structure(Type::kCopyNumberChange, "fusion"), F);
  EXPECT_EQ(Structure(Type::kVariant, "amplification"), T);
}

TEST(Variants, FusionsHaveTwoGenes) {
  VariantQuery query = In("KIF5B");
  query.type = Type::kFusion;
  query.partner = "RET";
  {
    Record record;
    Fact& fact = record.Found("RET");
    Record::Say(fact, Field::kStructure, "fusion");
    EXPECT_EQ(record.Ask(query), U);  // the partner is not reported
    Record::Say(fact, Field::kPartner, "KIF5B");
    EXPECT_EQ(record.Ask(query), T);
  }
  {
    Record record;
    Fact& fact = record.Found("RET");
    Record::Say(fact, Field::kStructure, "fusion");
    Record::Say(fact, Field::kPartner, "CCDC6");
    record.Covered("RET");
    EXPECT_EQ(record.Ask(query), F);
    VariantQuery any = In("RET");
    any.type = Type::kFusion;
    EXPECT_EQ(record.Ask(any), T);
    any.genes = {"CCDC6"};
    EXPECT_EQ(record.Ask(any), T);
  }
  {
    Record record;
    record.Found("RET", {"p.M918T"});  // a small change is no fusion
    record.Covered("RET");
    EXPECT_EQ(record.Ask(query), F);
  }
}

TEST(Variants, CopyNumbers) {
  VariantQuery query = In("ERBB2");
  query.type = Type::kCopyNumber;
  query.copies = TestOf(CompareOp::kGreaterEqual, "6", "");
  {
    Record record;
    Record::Count(record.Found("ERBB2"), Field::kCopyNumber, "6");
    EXPECT_EQ(record.Ask(query), T);
  }
  {
    Record record;
    Record::Count(record.Found("ERBB2"), Field::kCopyNumber, "5.9");
    EXPECT_EQ(record.Ask(query), F);
  }
  {
    Record record;
    record.Covered("ERBB2");
    EXPECT_EQ(record.Ask(query), U);
    record.Found("ERBB2", {"p.S310F"});
    EXPECT_EQ(record.Ask(query), U);
  }
}

TEST(Variants, TestedFor) {
  VariantQuery query = In("BRCA1");
  query.type = Type::kTestedFor;
  Record record;
  EXPECT_EQ(record.Ask(query), U);
  record.Covered("BRCA1");
  EXPECT_EQ(record.Ask(query), T);
  query.genes = {"BRCA1", "BRCA2"};
  EXPECT_EQ(record.Ask(query), U);
  record.Found("BRCA2", {"p.K3326*"});
  EXPECT_EQ(record.Ask(query), T);
}

TEST(Variants, SayWhatIsMissing) {
  Record record;
  record.Found("BRAF", {"p.V600E"});
  VariantQuery query = In("BRAF", {"p.V600E"});
  query.origin = Origin::kSomatic;
  const CriterionVerdict verdict = record.Verdict(query);
  EXPECT_EQ(verdict.why.en,
            "somatic variant in BRAF p.V600E is not settled by what is reported (BRAF p.V600E, "
            "2026-04-01): not reported is origin.");
  EXPECT_EQ(verdict.why.sv,
            "somatisk variant i BRAF p.V600E avgörs inte av det som är rapporterat (BRAF p.V600E, "
            "2026-04-01): inte angivet är ursprung.");
  EXPECT_EQ(verdict.needs.en, "word of origin, or a final genetic report that covers BRAF p.V600E");
}

}  // namespace
}  // namespace medverka::criteria
