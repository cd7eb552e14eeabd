// Code systems and their many names, normal forms of codes, interning, and which codes are which
// analyte.
#include "criteria/vocabulary.h"

#include <gtest/gtest.h>

#include <string>

#include "criteria/analytes.h"

namespace medverka::criteria {
namespace {

TEST(KnownSystem, KnowsEveryNameOfIcd10Se) {
  for (const char* uri :
       {"http://hl7.org/fhir/sid/icd-10-se", "https://www.icd10.se/", "1.2.752.116.1.1.1.1.3",
        "urn:oid:1.2.752.116.1.1.1.1.3", "urn:oid:1.2.752.116.1.1.1.1.8", "1.2.752.116.1.1.1",
        "https://terminologitjansten.inera.se/fhir/CodeSystem/icd-10-se"}) {
    EXPECT_EQ(KnownSystem(uri), SystemId::kIcd10Se) << uri;
  }
}

TEST(KnownSystem, KeepsNeighboursApart) {
  EXPECT_EQ(KnownSystem("http://hl7.org/fhir/sid/icd-10"), SystemId::kIcd10);
  EXPECT_EQ(KnownSystem("http://hl7.org/fhir/sid/icd-10-cm"), SystemId::kIcd10Cm);
  EXPECT_EQ(KnownSystem("urn:oid:1.2.752.116.1.1.1.1.1"), SystemId::kKva);
  EXPECT_EQ(KnownSystem("urn:oid:2.16.840.1.113883.6.1"), SystemId::kLoinc);
  EXPECT_EQ(KnownSystem("urn:oid:1.2.752.108.1"), SystemId::kNpu);
  EXPECT_EQ(KnownSystem("http://terminology.hl7.org/CodeSystem/v3-ActCode"), SystemId::kActCode);
  EXPECT_EQ(KnownSystem("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"),
            SystemId::kInterpretation);
}

TEST(KnownSystem, TakesEditionsOfSnomedAsSnomed) {
  EXPECT_EQ(KnownSystem("http://snomed.info/sct/45991000052106"), SystemId::kSnomed);
  EXPECT_EQ(KnownSystem("http://snomed.info/sct/45991000052106/version/20251130"),
            SystemId::kSnomed);
  EXPECT_EQ(KnownSystem("http://snomed.info/sctx"), SystemId::kNone);
}

TEST(KnownSystem, GuessesNothing) {
  for (const char* uri :
       {"", "http://loinc.org/x", "HTTP://LOINC.ORG", "icd10", "urn:oid:", "urn:oid:1.2.3"}) {
    EXPECT_EQ(KnownSystem(uri), SystemId::kNone) << uri;
  }
}

TEST(Systems, WordsAndUrisLeadBack) {
  for (std::uint32_t i = 1; i < static_cast<std::uint32_t>(SystemId::kFirstFree); ++i) {
    const auto id = static_cast<SystemId>(i);
    EXPECT_EQ(KnownSystem(UriOf(id)), id) << UriOf(id);
    if (!WordOf(id).empty()) {
      EXPECT_EQ(SystemOfWord(WordOf(id)), id) << WordOf(id);
    }
  }
  EXPECT_EQ(SystemOfWord("icd10se"), SystemId::kIcd10Se);
  EXPECT_EQ(SystemOfWord(""), SystemId::kNone);
  EXPECT_EQ(SystemOfWord("ICD10SE"), SystemId::kNone);
}

TEST(NormalCode, TakesDotsAndMarksFromIcd) {
  EXPECT_EQ(NormalCode(SystemId::kIcd10Se, "E11.9"), "E119");
  EXPECT_EQ(NormalCode(SystemId::kIcd10Se, " e11.9 "), "E119");
  EXPECT_EQ(NormalCode(SystemId::kIcd10Se, "C44.0B"), "C440B");
  EXPECT_EQ(NormalCode(SystemId::kIcd10Se, "M01.0*"), "M010");
  EXPECT_EQ(NormalCode(SystemId::kIcd10Se, "A39.8†"), "A398");
  EXPECT_EQ(NormalCode(SystemId::kIcd10Se, "A39.8+"), "A398");
  EXPECT_EQ(NormalCode(SystemId::kIcdO3, "c50.9"), "C509");
  EXPECT_EQ(NormalCode(SystemId::kIcdO3, "8140/3"), "8140/3");
}

TEST(NormalCode, KeepsWhatIsExact) {
  EXPECT_EQ(NormalCode(SystemId::kLoinc, " 2160-0 "), "2160-0");
  EXPECT_EQ(NormalCode(SystemId::kAtc, "l01 xc 02"), "L01XC02");
  EXPECT_EQ(NormalCode(SystemId::kKva, "jkb11"), "JKB11");
  EXPECT_EQ(NormalCode(SystemId::kGeneSymbol, "pik3ca"), "PIK3CA");
  EXPECT_EQ(NormalCode(SystemId::kHgnc, "1100"), "HGNC:1100");
  EXPECT_EQ(NormalCode(SystemId::kHgnc, "HGNC:1100"), "HGNC:1100");
  EXPECT_EQ(NormalCode(SystemId::kNone, " a b "), "a b");
}

TEST(Vocabulary, InternsCodesByTheirNormalForm) {
  Vocabulary words;
  const CodeId code = words.Code(SystemId::kIcd10Se, "E11.9");
  EXPECT_NE(code, 0u);
  EXPECT_EQ(words.Code(SystemId::kIcd10Se, "e119"), code);
  EXPECT_EQ(words.Code(SystemId::kIcd10Se, "E119"), code);
  EXPECT_NE(words.Code(SystemId::kIcd10, "E119"), code);
  EXPECT_EQ(words.coding(code).code, "E119");
  EXPECT_EQ(words.coding(code).system, SystemId::kIcd10Se);
  EXPECT_EQ(words.code_count(), 3u);  // none, and two codes
}

TEST(Vocabulary, HasNoCodeForEmptyText) {
  Vocabulary words;
  EXPECT_EQ(words.Code(SystemId::kLoinc, ""), 0u);
  EXPECT_EQ(words.Code(SystemId::kLoinc, "  "), 0u);
  EXPECT_EQ(words.Code(SystemId::kIcd10Se, "."), 0u);
}

TEST(Vocabulary, PassesUnknownSystemsThrough) {
  Vocabulary words;
  EXPECT_EQ(words.System(""), SystemId::kNone);
  EXPECT_EQ(words.System("http://loinc.org"), SystemId::kLoinc);
  const SystemId local = words.System("https://example.org/local");
  EXPECT_GE(local, SystemId::kFirstFree);
  EXPECT_EQ(words.System("https://example.org/local"), local);
  EXPECT_EQ(words.SystemUri(local), "https://example.org/local");
  EXPECT_EQ(words.SystemUri(SystemId::kNone), "");
}

TEST(Vocabulary, TakesABareOidForItsUrn) {
  Vocabulary words;
  const SystemId bare = words.System("1.2.752.999.1");
  EXPECT_EQ(words.System("urn:oid:1.2.752.999.1"), bare);
  EXPECT_EQ(words.SystemUri(bare), "urn:oid:1.2.752.999.1");
}

TEST(Vocabulary, KeepsAddressesWhileItGrows) {
  Vocabulary words;
  const CodeId first = words.Code(SystemId::kSnomed, "363406005");
  for (int i = 0; i < 10'000; ++i) {
    words.Code(SystemId::kSnomed, std::to_string(i));
    words.System("urn:x:" + std::to_string(i));
  }
  EXPECT_EQ(words.Code(SystemId::kSnomed, "363406005"), first);
  EXPECT_EQ(words.SystemUri(words.System("urn:x:77")), "urn:x:77");
}

TEST(Analytes, KnowsTheCodesOfTheFour) {
  EXPECT_EQ(AnalyteOf({SystemId::kNpu, "NPU04998"}), Analyte::kCreatinine);
  EXPECT_EQ(AnalyteOf({SystemId::kLoinc, "2160-0"}), Analyte::kCreatinine);
  EXPECT_EQ(AnalyteOf({SystemId::kLoinc, "2345-7"}), Analyte::kGlucose);
  EXPECT_EQ(AnalyteOf({SystemId::kNpu, "NPU28309"}), Analyte::kHaemoglobin);
  EXPECT_EQ(AnalyteOf({SystemId::kLoinc, "4548-4"}), Analyte::kHbA1c);
  EXPECT_EQ(AnalyteOf({SystemId::kLoinc, "NPU04998"}), Analyte::kNone);
  EXPECT_EQ(AnalyteOf({}), Analyte::kNone);
}

TEST(Analytes, ReportsOnlyUnitsThatCompare) {
  UnitTable units;
  for (const Analyte analyte :
       {Analyte::kCreatinine, Analyte::kGlucose, Analyte::kHaemoglobin, Analyte::kHbA1c}) {
    const auto reported = ReportedUnits(analyte);
    ASSERT_FALSE(reported.empty()) << Name(analyte);
    for (const std::string_view unit : reported) {
      EXPECT_TRUE(units.Comparable(units.Intern(unit), units.Intern(reported.front()), analyte))
          << unit;
    }
  }
  EXPECT_TRUE(ReportedUnits(Analyte::kNone).empty());
}

}  // namespace
}  // namespace medverka::criteria
