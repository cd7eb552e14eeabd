// Genetic findings: variants present, absent, not settled; genes that were looked at.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

using criteria::Fact;
using criteria::FactKind;
using criteria::Holding;

std::string Component(std::string_view loinc, std::string_view system, std::string_view code,
                      std::string_view display) {
  return "{'code':{'coding':[{'system':'http://loinc.org','code':'" + std::string(loinc) +
         "'}]},'valueCodeableConcept':{'coding':[{'system':'" + std::string(system) + "','code':'" +
         std::string(code) + "','display':'" + std::string(display) + "'}]}}";
}
std::string Gene(std::string_view code, std::string_view symbol) {
  return Component("48018-6", "http://www.genenames.org/geneId", code, symbol);
}
std::string Finding(std::string_view value, std::string_view components) {
  return "{'resourceType':'Observation','id':'v1','status':'final','code':{'coding':[{'system':'"
         "http://loinc.org','code':'69548-6'}]},"
         "'subject':{'reference':'Patient/p1'},'effectiveDateTime':'2026-01-18'" +
         std::string(value) + ",'component':[" + std::string(components) + "]}";
}
std::string Answer(std::string_view code) {
  return ",'valueCodeableConcept':{'coding':[{'system':'http://loinc.org','code':'" +
         std::string(code) + "'}]}";
}

using Genomics = JournalTest;

TEST_F(Genomics, VariantKeepsGeneOriginSignificanceAndName) {
  const Fact& fact = TheFact(Finding(
      Answer("LA9633-4"),
      Gene("HGNC:8975", "PIK3CA") + "," +
          Component("48002-0", "http://loinc.org", "LA6684-0", "Somatic") + "," +
          Component("53037-8", "http://loinc.org", "LA6668-3", "Pathogenic") + "," +
          Component("48005-3", "http://varnomen.hgvs.org", "NP_006209.2:p.His1047Arg", "")));
  EXPECT_EQ(fact.kind, FactKind::kVariant);
  EXPECT_EQ(fact.holding, Holding::kHolds);
  EXPECT_FALSE(fact.covers);
  const std::vector<criteria::CodeId> genes = {
      vocabulary_.Code(criteria::SystemId::kHgnc, "HGNC:8975"),
      vocabulary_.Code(criteria::SystemId::kGeneSymbol, "PIK3CA")};
  EXPECT_EQ(fact.genes, genes);
  EXPECT_EQ(fact.origin, criteria::Origin::kSomatic);
  EXPECT_EQ(fact.significance, criteria::Significance::kPathogenic);
  EXPECT_EQ(Codes(fact.codes),
            "http://loinc.org|69548-6 http://varnomen.hgvs.org|NP_006209.2:p.His1047Arg");
}

TEST_F(Genomics, AnswerDecidesWhatTheFindingIs) {
  const auto holding = [&](std::string_view value) {
    return TheFact(Finding(value, Gene("8975", "PIK3CA"))).holding;
  };
  EXPECT_EQ(holding(Answer("LA9633-4")), Holding::kHolds);
  EXPECT_EQ(holding(Answer("LA9634-2")), Holding::kNegative);
  EXPECT_EQ(holding(Answer("LA18198-4")), Holding::kUnverified) << "no call";
  EXPECT_EQ(holding(Answer("LA11884-6")), Holding::kUnverified) << "indeterminate";
  EXPECT_EQ(holding(""), Holding::kUnverified) << "not said";
  EXPECT_EQ(holding(",'valueBoolean':false"), Holding::kNegative);
  EXPECT_EQ(holding(",'valueCodeableConcept':{'coding':[{'system':'http://snomed.info/"
                    "sct','code':'260415000'}]}"),
            Holding::kNegative);
  EXPECT_EQ(holding(",'dataAbsentReason':{'text':'x'}" + Answer("LA9633-4")), Holding::kUnverified);
  EXPECT_EQ(
      TheFact(Replaced(Finding(Answer("LA9633-4"), Gene("8975", "PIK3CA")), "final", "preliminary"))
          .holding,
      Holding::kUnverified);
}

TEST_F(Genomics, SignificanceAndOriginByCode) {
  const auto significance = [&](std::string_view code) {
    return TheFact(Finding(Answer("LA9633-4"), Component("53037-8", "http://loinc.org", code, "")))
        .significance;
  };
  EXPECT_EQ(significance("LA26332-9"), criteria::Significance::kLikelyPathogenic);
  EXPECT_EQ(significance("LA26333-7"), criteria::Significance::kUncertain);
  EXPECT_EQ(significance("LA26334-5"), criteria::Significance::kBenign);
  EXPECT_EQ(significance("LA6675-8"), criteria::Significance::kBenign);
  EXPECT_EQ(significance("other"), criteria::Significance::kNotReported);
  EXPECT_EQ(
      TheFact(Finding(Answer("LA9633-4"), Component("48002-0", "http://loinc.org", "LA6683-2", "")))
          .origin,
      criteria::Origin::kGermline);
  EXPECT_EQ(TheFact(Finding(Answer("LA9633-4"), "")).origin, criteria::Origin::kNotReported);
}

TEST_F(Genomics, HgncNumberAloneIsTheSameGene) {
  EXPECT_EQ(
      TheFact(Finding(Answer("LA9633-4"), Gene("8975", ""))).genes,
      std::vector<criteria::CodeId>{vocabulary_.Code(criteria::SystemId::kHgnc, "HGNC:8975")});
  EXPECT_EQ(TheFact(Finding(Answer("LA9633-4"), Gene("8975", "phosphatidylinositol kinase")))
                .genes.size(),
            1U)
      << "a description is no symbol";
}

TEST_F(Genomics, RegionStudiedSaysWhichGenesWereCovered) {
  const Fact& fact =
      TheFact(Replaced(Finding("", Gene("HGNC:8975", "PIK3CA") + "," + Gene("HGNC:9588", "PTEN")),
                       "69548-6", "53041-0"));
  EXPECT_EQ(fact.kind, FactKind::kVariant);
  EXPECT_TRUE(fact.covers);
  EXPECT_EQ(fact.holding, Holding::kHolds);
  EXPECT_EQ(fact.genes.size(), 4U);
}

TEST_F(Genomics, GeneStudiedAsAnObservationOfItsOwnCovers) {
  const Fact& fact =
      TheFact(Replaced(Finding(",'valueCodeableConcept':{'coding':[{'system':'http://"
                               "www.genenames.org/geneId','code':'HGNC:8975','display':'PIK3CA'}]}",
                               ""),
                       "69548-6", "48018-6"));
  EXPECT_TRUE(fact.covers);
  EXPECT_EQ(fact.genes.size(), 2U);
}

TEST_F(Genomics, FinalReportThatNamesGenesCoversThem) {
  const std::string report =
      "{'resourceType':'DiagnosticReport','id':'r1','status':'$','code':{'coding':[{'system':'http:"
      "//loinc.org','code':'51969-4'}]},"
      "'subject':{'reference':'Patient/"
      "p1'},'effectiveDateTime':'2026-01-18','conclusionCode':[{'coding':[{"
      "'system':'http://www.genenames.org/geneId','code':'HGNC:8975','display':'PIK3CA'}]}]}";
  const auto& facts = Change(Replaced(report, "$", "final")).resource.facts;
  ASSERT_EQ(facts.size(), 2U);
  EXPECT_EQ(facts[0].kind, FactKind::kReport);
  EXPECT_EQ(facts[1].kind, FactKind::kVariant);
  EXPECT_TRUE(facts[1].covers);
  EXPECT_EQ(facts[1].genes.size(), 2U);
  EXPECT_EQ(Change(Replaced(report, "$", "partial")).resource.facts.size(), 1U);
}

std::string Number(std::string_view loinc, std::string_view value, std::string_view unit) {
  return "{'code':{'coding':[{'system':'http://loinc.org','code':'" + std::string(loinc) +
         "'}]},'valueQuantity':{'value':" + std::string(value) + ",'unit':'" + std::string(unit) +
         "'}}";
}
std::string Words(std::string_view loinc, std::string_view text) {
  return "{'code':{'coding':[{'system':'http://loinc.org','code':'" + std::string(loinc) +
         "'}]},'valueString':'" + std::string(text) + "'}";
}

TEST_F(Genomics, VariantKeepsWhatIsReportedOfIt) {
  const Fact& fact = TheFact(Finding(
      Answer("LA9633-4"),
      Gene("HGNC:3236", "EGFR") + "," + Words("47999-8", "Exon 21") + "," +
          Component("48005-3", "http://varnomen.hgvs.org", "NP_005219.2:p.(Leu858Arg)", "") + "," +
          Words("48004-6", "NM_005228.4:c.2573T>G") + "," + Number("81258-6", "12.5", "%") + "," +
          Component("48006-1", "http://loinc.org", "LA6698-0", "Missense")));
  EXPECT_EQ(Attributes(fact),
            "exon [21, 21]; change 'p.L858R'; change 'c.2573T>G'; allele fraction [0.125, 0.125]; "
            "consequence http://loinc.org|LA6698-0 'missense'");
}

TEST_F(Genomics, FractionIsOfOneAndExonsMayBeARange) {
  EXPECT_EQ(Attributes(TheFact(Finding(Answer("LA9633-4"), Number("81258-6", "0.05", "1") + "," +
                                                               Words("47999-8", "exons 18-20")))),
            "allele fraction [0.05, 0.05]; exon [18, 18]; exon [19, 19]; exon [20, 20]");
}

TEST_F(Genomics, ConsequenceByTheSequenceOntologyOrInWords) {
  const std::string so = "http://www.sequenceontology.org";
  EXPECT_EQ(Attributes(TheFact(Finding(Answer("LA9633-4"),
                                       Component("48006-1", so, "SO:0001587", "stop_gained")))),
            "consequence http://www.sequenceontology.org|SO:0001587 'nonsense'");
  EXPECT_EQ(Attributes(TheFact(Finding(Answer("LA9633-4"), Words("48006-1", "In-frame deletion")))),
            "consequence 'inframe'");
}

TEST_F(Genomics, StructuresAndCopies) {
  const std::string so = "http://www.sequenceontology.org";
  EXPECT_EQ(
      Attributes(TheFact(Finding(
          Answer("LA9633-4"), Gene("HGNC:3430", "ERBB2") + "," +
                                  Component("48019-4", so, "SO:0001880", "feature_amplification") +
                                  "," + Number("82155-3", "8", "1")))),
      "structure http://www.sequenceontology.org|SO:0001880 'amplification'; copies [8, 8]");
  // A lost gene, and a change of a few letters that is called a deletion.
  const std::string deletion = Component("48019-4", so, "SO:0000159", "deletion");
  const std::string homozygous = Component("53034-5", "http://loinc.org", "LA6705-3", "Homozygous");
  EXPECT_EQ(Attributes(TheFact(Finding(Answer("LA9633-4"), deletion + "," + homozygous))),
            "structure http://www.sequenceontology.org|SO:0000159 'deletion'; "
            "structure 'homozygous deletion'");
  EXPECT_EQ(Attributes(TheFact(Finding(Answer("LA9633-4"),
                                       deletion + "," + Words("48005-3", "p.Glu746_Ala750del")))),
            "change 'p.E746_A750del'");
  EXPECT_EQ(Attributes(TheFact(Finding(Answer("LA9633-4"), homozygous))), "");
}

TEST_F(Genomics, GenesOfAFusionArePartnersOfEachOther) {
  const std::string fusion =
      Component("48019-4", "http://www.sequenceontology.org", "SO:0001565", "gene_fusion");
  const Fact& fact =
      TheFact(Finding(Answer("LA9633-4"),
                      Gene("HGNC:6325", "KIF5B") + "," + Gene("HGNC:9967", "RET") + "," + fusion));
  EXPECT_EQ(Attributes(fact),
            "structure http://www.sequenceontology.org|SO:0001565 'fusion'; partner 'KIF5B'; "
            "partner 'RET'");
  EXPECT_EQ(fact.genes.size(), 4U);
  const Fact& joint = TheFact(
      Finding(Answer("LA9633-4"), Component("48018-6", "", "", "EML4::ALK") + "," + fusion));
  EXPECT_EQ(joint.genes.size(), 2U);
}

TEST_F(Genomics, AnOverallInterpretationThatNamesGenesSaysThatTheyWereLookedAt) {
  const std::string text =
      "{'resourceType':'Observation','id':'v1','status':'final','code':{'coding':[{'system':'"
      "http://loinc.org','code':'51968-6'}]},'subject':{'reference':'Patient/p1'},"
      "'valueCodeableConcept':{'text':'Negative'},'component':[";
  const Fact& fact = TheFact(text + Gene("HGNC:6407", "KRAS") + "]}");
  EXPECT_EQ(fact.kind, FactKind::kVariant);
  EXPECT_TRUE(fact.covers);
  EXPECT_EQ(fact.genes.size(), 2U);
  EXPECT_EQ(Change(text + "]}").resource.facts[0].kind, FactKind::kObservation);
}

}  // namespace
}  // namespace medverka::matcher
