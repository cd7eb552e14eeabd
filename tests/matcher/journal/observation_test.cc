// Observation: values of every type, components, limits, absent values.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

using criteria::Fact;
using criteria::Value;

std::string Result(std::string_view more) {
  return "{'resourceType':'Observation','id':'o1','status':'final','code':{'coding':[{'system':'"
         "http://loinc.org','code':'718-7'}]},"
         "'subject':{'reference':'Patient/p1'},'effectiveDateTime':'2026-01-18'" +
         std::string(more) + "}";
}

class Observation : public JournalTest {
 protected:
  std::string QuantityOf(std::string_view more) { return Quantity(TheFact(Result(more)).value); }
  const Value& ValueOf(std::string_view more) { return TheFact(Result(more)).value; }
  std::string Limits(std::string_view ranges) {
    const Fact& fact =
        TheFact(Result(",'valueQuantity':{'value':7,'unit':'mmol/L'},'referenceRange':[" +
                       std::string(ranges) + "]"));
    if (!fact.limits) return "none";
    return (fact.limits->low ? fact.limits->low->ToString() : "") + ".." +
           (fact.limits->high ? fact.limits->high->ToString() : "") + " " +
           std::string(vocabulary_.units().as_sent(fact.limits->unit));
  }
};

TEST_F(Observation, Status) {
  EXPECT_EQ(Marks(Replaced(Result(",'valueInteger':1"), "final", "$"),
                  {"final", "amended", "corrected", "preliminary", "unknown", "registered",
                   "cancelled", "entered-in-error", "x"}),
            "final + amended + corrected + preliminary ? unknown ? registered 0 cancelled 0 "
            "entered-in-error 0 x !");
}

TEST_F(Observation, QuantityKeepsDigitsAndUnitAsSent) {
  EXPECT_EQ(QuantityOf(",'valueQuantity':{'value':62.0,'unit':'mmol/mol'}"),
            "[62.0, 62.0] mmol/mol");
  EXPECT_EQ(QuantityOf(",'valueQuantity':{'value':142,'unit':'mmHg','system':'http://"
                       "unitsofmeasure.org','code':'mm[Hg]'}"),
            "[142, 142] mm[Hg]");
  EXPECT_EQ(
      QuantityOf(",'valueQuantity':{'value':142,'unit':'mmHg','system':'urn:local','code':'17'}"),
      "[142, 142] mmHg")
      << "a code of another system is no unit";
  EXPECT_EQ(QuantityOf(",'valueQuantity':{'value':142,'code':'mm[Hg]'}"), "[142, 142] mm[Hg]");
  EXPECT_EQ(QuantityOf(",'valueQuantity':{'value':5}"), "[5, 5]");
  EXPECT_EQ(QuantityOf(",'valueQuantity':{'value':1.50e2,'unit':'g/L'}"), "[150, 150] g/L");
}

TEST_F(Observation, ComparatorMakesAnOpenInterval) {
  EXPECT_EQ(QuantityOf(",'valueQuantity':{'value':5,'comparator':'<','unit':'mg/L'}"),
            "[, 5) mg/L");
  EXPECT_EQ(QuantityOf(",'valueQuantity':{'value':5,'comparator':'<=','unit':'mg/L'}"),
            "[, 5] mg/L");
  EXPECT_EQ(QuantityOf(",'valueQuantity':{'value':90,'comparator':'>'}"), "(90, ]");
  EXPECT_EQ(QuantityOf(",'valueQuantity':{'value':90,'comparator':'>='}"), "[90, ]");
  EXPECT_EQ(DeadOf(Result(",'valueQuantity':{'value':90,'comparator':'~'}")),
            "schema Quantity.comparator");
}

TEST_F(Observation, CodedValueKeepsCodesAndDisplay) {
  const Value& value = ValueOf(
      ",'valueCodeableConcept':{'coding':[{'system':'http://"
      "loinc.org','code':'LA15920-4','display':'Never smoker'},"
      "{'system':'http://snomed.info/sct','code':'266919005'}],'text':'Aldrig'}");
  EXPECT_EQ(value.type, Value::Type::kCoded);
  EXPECT_EQ(Codes(value.codes), "http://loinc.org|LA15920-4 http://snomed.info/sct|266919005");
  EXPECT_EQ(value.text, "Never smoker");
  EXPECT_EQ(ValueOf(",'valueCodeableConcept':{'text':'Aldrig'}").type, Value::Type::kText);
  EXPECT_TRUE(TheFact(Result(",'valueCodeableConcept':{}")).value_absent);
}

TEST_F(Observation, TextThatIsANumberIsAQuantity) {
  EXPECT_EQ(QuantityOf(",'valueString':'<5'"), "[, 5)");
  EXPECT_EQ(QuantityOf(",'valueString':'12,3'"), "[12.3, 12.3]");
  EXPECT_EQ(QuantityOf(",'valueString':'12,3 mmol/L'"), "[12.3, 12.3] mmol/L");
  const Value& value = ValueOf(",'valueString':' Sparsam växt '");
  EXPECT_EQ(value.type, Value::Type::kText);
  EXPECT_EQ(value.text, "Sparsam växt");
  EXPECT_TRUE(TheFact(Result(",'valueString':''")).value_absent);
  EXPECT_EQ(ValueOf(",'valueString':'" + std::string(1000, 'x') + "'").text.size(),
            criteria::kValueTextBytesMax);
}

TEST_F(Observation, OtherTypesOfValue) {
  EXPECT_EQ(ValueOf(",'valueBoolean':false").type, Value::Type::kBoolean);
  EXPECT_FALSE(ValueOf(",'valueBoolean':false").boolean);
  EXPECT_TRUE(ValueOf(",'valueBoolean':true").boolean);
  EXPECT_EQ(QuantityOf(",'valueInteger':2"), "[2, 2]");
  EXPECT_EQ(
      QuantityOf(",'valueRange':{'low':{'value':2,'unit':'mm'},'high':{'value':5,'unit':'mm'}}"),
      "[2, 5] mm");
  EXPECT_EQ(QuantityOf(",'valueRange':{'high':{'value':5,'unit':'mm'}}"), "[, 5] mm");
  EXPECT_EQ(
      QuantityOf(",'valueRange':{'low':{'value':2,'unit':'mm'},'high':{'value':5,'unit':'cm'}}"),
      "no quantity");
  EXPECT_EQ(QuantityOf(",'valueRatio':{'numerator':{'value':1},'denominator':{'value':128}}"),
            "[128, 128]");
  EXPECT_EQ(QuantityOf(",'valueRatio':{'numerator':{'value':3,'unit':'mg'},'denominator':{'value':"
                       "1,'unit':'mmol'}}"),
            "[3, 3] mg/mmol");
  EXPECT_EQ(ValueOf(",'valueRatio':{'numerator':{'value':3},'denominator':{'value':4}}").text,
            "3:4");
  EXPECT_EQ(ValueOf(",'valueDateTime':'2026-01-02'").text, "2026-01-02");
  EXPECT_EQ(ValueOf(",'valueTime':'08:00:00'").text, "08:00:00");
  EXPECT_EQ(ValueOf(",'valuePeriod':{'start':'2026'}").type, Value::Type::kNone);
  EXPECT_EQ(ValueOf(",'valueSampledData':{}").type, Value::Type::kNone);
  EXPECT_EQ(DeadOf(Result(",'valueFnord':1")), "schema Observation.value");
  EXPECT_EQ(DeadOf(Result(",'valueBoolean':'yes'")), "schema Observation.value");
  EXPECT_EQ(DeadOf(Result(",'valueDateTime':'2026-02-30'")), "schema Observation.value");
}

TEST_F(Observation, AbsentValueIsSaid) {
  EXPECT_TRUE(
      TheFact(Result(",'dataAbsentReason':{'coding':[{'code':'not-performed'}]}")).value_absent);
  EXPECT_TRUE(TheFact(Result(",'_valueString':{'extension':[]}")).value_absent);
  EXPECT_TRUE(TheFact(Result(",'valueQuantity':{'unit':'g/L'}")).value_absent);
  EXPECT_FALSE(TheFact(Result("")).value_absent) << "a panel without a value of its own";
}

TEST_F(Observation, TimeIsThatOfTheSpecimen) {
  const auto time = [&](std::string_view element) {
    return Range(
        TheFact(Replaced(Result(",'valueInteger':1"), "'effectiveDateTime':'2026-01-18'", element))
            .start);
  };
  EXPECT_EQ(time("'effectiveDateTime':'2026-01'"), "2026-01");
  EXPECT_EQ(time("'effectiveInstant':'2026-01-18T07:40:00Z'"), "2026-01-18 08:40");
  EXPECT_EQ(time("'effectivePeriod':{'start':'2026-01-01','end':'2026-01-03'}"), "2026-01-03")
      << "a period: its end";
  EXPECT_EQ(time("'effectivePeriod':{'start':'2026-01-01'}"), "2026-01-01");
  EXPECT_EQ(time("'effectiveTiming':{'event':['2026-01-01','2026-01-04','2026-01-02']}"),
            "2026-01-04");
  EXPECT_EQ(time("'issued':'2026-01-18T07:40:00Z'"), "2026-01-18 08:40");
  EXPECT_EQ(time("'x':1"), "none");
  EXPECT_EQ(At(*Change(Result(",'issued':'2026-01-18T07:40:00Z'")).resource.issued),
            "2026-01-18T07:40:00Z");
}

TEST_F(Observation, ComponentsAreFactsOfTheirOwn) {
  const ResourceChange& change = Change(
      "{'resourceType':'Observation','id':'bp','status':'preliminary','code':{'coding':[{'system':'"
      "http://loinc.org','code':'85354-9'}]},"
      "'subject':{'reference':'Patient/p1'},'encounter':{'reference':'Encounter/"
      "e1'},'effectiveDateTime':'2026-01-18','component':["
      "{'code':{'coding':[{'system':'http://"
      "loinc.org','code':'8480-6'}]},'valueQuantity':{'value':142,'unit':'mm[Hg]'},"
      "'interpretation':[{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/"
      "v3-ObservationInterpretation','code':'H'}]}]},"
      "{'code':{'coding':[{'system':'http://"
      "loinc.org','code':'8462-4'}]},'dataAbsentReason':{'text':'x'}}]}");
  const auto& facts = change.resource.facts;
  ASSERT_EQ(facts.size(), 3U);
  EXPECT_EQ(facts[0].part, 0);
  EXPECT_TRUE(facts[0].parent_codes.empty());
  EXPECT_EQ(facts[1].part, 1);
  EXPECT_EQ(Codes(facts[1].codes), "http://loinc.org|8480-6");
  EXPECT_EQ(Codes(facts[1].parent_codes), "http://loinc.org|85354-9");
  EXPECT_EQ(Quantity(facts[1].value), "[142, 142] mm[Hg]");
  EXPECT_EQ(facts[1].interpretation, std::vector<criteria::CodeId>{vocabulary_.Code(
                                         criteria::SystemId::kInterpretation, "H")});
  EXPECT_EQ(facts[2].part, 2);
  EXPECT_TRUE(facts[2].value_absent);
  for (const Fact& fact : facts) {
    EXPECT_EQ(fact.holding, criteria::Holding::kUnverified);
    EXPECT_EQ(Range(fact.start), "2026-01-18");
    EXPECT_EQ(fact.visit_id, "Encounter/e1");
  }
  EXPECT_EQ(DeadOf(Result(",'component':[{'valueInteger':1}]")),
            "schema Observation.component.code");
}

TEST_F(Observation, ReferenceLimits) {
  EXPECT_EQ(Limits("{'low':{'value':4.2},'high':{'value':6.3}}"), "4.2..6.3 mmol/L");
  EXPECT_EQ(Limits("{'low':{'value':42,'unit':'mg/dL'}}"), "42.. mg/dL");
  EXPECT_EQ(Limits("{'text':'4,2-6,3'}"), "4.2..6.3 mmol/L");
  EXPECT_EQ(Limits("{'text':'< 0,8'}"), "..0.8 mmol/L");
  EXPECT_EQ(Limits("{'text':'<0,8 mg/dL'}"), "..0.8 mg/dL");
  EXPECT_EQ(Limits("{'text':'se remiss'}"), "none");
  EXPECT_EQ(Limits("{'high':{'value':6.3},'type':{'coding':[{'code':'normal'}]}}"), "..6.3 mmol/L");
  EXPECT_EQ(Limits("{'high':{'value':99},'type':{'coding':[{'code':'therapeutic'}]}},{'high':{'"
                   "value':6.3}}"),
            "..6.3 mmol/L");
  EXPECT_EQ(Limits("{'high':{'value':6.3},'appliesTo':[{'text':'kvinnor'}]},{'high':{'value':7.3},'"
                   "appliesTo':[{'text':'män'}]}"),
            "none")
      << "which of the two is not guessed";
}

TEST_F(Observation, SiteMethodAndFocusAlsoOfComponents) {
  const ResourceChange& change = Change(
      "{'resourceType':'Observation','id':'o1','status':'final','code':{'text':'x'},"
      "'subject':{'reference':'Patient/p1'},'bodySite':{'text':'right arm'},"
      "'method':{'text':'lab'},'focus':[{'reference':'Condition/c1'}],"
      "'component':[{'code':{'text':'y'},'valueInteger':1}]}");
  ASSERT_EQ(change.resource.facts.size(), 2U);
  for (const criteria::Fact& fact : change.resource.facts) {
    EXPECT_EQ(Attributes(fact),
              "site 'right arm'; side 'right'; method 'lab'; reason -> Condition/c1");
  }
}

TEST_F(Observation, SpecimenTimeGoesBeforeEffective) {
  const std::string result =
      "{'resourceType':'Observation','id':'o1','status':'final','code':{'text':'x'},"
      "'subject':{'reference':'Patient/p1'},'effectiveDateTime':'2026-01-20',"
      "'specimen':{'reference':'$'}";
  const std::string specimen = "'collection':{'collectedDateTime':'2026-01-18'}";
  EXPECT_EQ(Range(TheFact(Replaced(result, "$", "#s") +
                          ",'contained':[{'resourceType':'Specimen','id':'s'," + specimen + "}]}")
                      .start),
            "2026-01-18");
  EXPECT_EQ(Range(TheFact(Replaced(result, "$", "Specimen/s1") + "}").start), "2026-01-20");
  // In the same Bundle, after it.
  for (const char* reference : {"Specimen/s1", "urn:uuid:5"}) {
    Read("{'resourceType':'Bundle','type':'collection','entry':[{'resource':" +
         Replaced(result, "$", reference) +
         "}},{'fullUrl':'urn:uuid:5','resource':{'resourceType':"
         "'Specimen','id':'s1','subject':{'reference':'Patient/p1'}," +
         specimen + "}}]}");
    ASSERT_EQ(record_.changes.size(), 1U) << Dead();
    EXPECT_EQ(Range(record_.changes[0].resource.facts[0].start), "2026-01-18") << reference;
  }
  // The next record knows nothing of it.
  EXPECT_EQ(Range(TheFact(Replaced(result, "$", "Specimen/s1") + "}").start), "2026-01-20");
}

TEST_F(Observation, WeeksAndDaysOfAPregnancyAreDays) {
  const std::string text =
      "{'resourceType':'Observation','id':'o1','status':'final','subject':{'reference':"
      "'Patient/p1'},'code':{'coding':[{'system':'http://loinc.org','code':'$'}]},'valueString':";
  const std::string gestation = Replaced(text, "$", "11884-4");
  EXPECT_EQ(Quantity(TheFact(gestation + "'28+3'}").value), "[199, 199] d");
  EXPECT_EQ(Quantity(TheFact(gestation + "'28+7'}").value), "no quantity");
  EXPECT_EQ(Quantity(TheFact(gestation + "'28+3 v'}").value), "no quantity");
  EXPECT_EQ(Quantity(TheFact(gestation + "'28'}").value), "[28, 28]");
  EXPECT_EQ(Quantity(TheFact(Replaced(text, "$", "718-7") + "'28+3'}").value), "no quantity");
}

}  // namespace
}  // namespace medverka::matcher
