// The four kinds of medication entries, and Medication itself.
#include "reading_record.h"

namespace medverka::matcher {
namespace {

using criteria::Fact;
using criteria::Holding;
using criteria::Upkeep;

constexpr std::string_view kAtc =
    "'medicationCodeableConcept':{'coding':[{'system':'http://www.whocc.no/"
    "atc','code':'A10BA02'}]}";

std::string Entry(std::string_view type, std::string_view status, std::string_view more) {
  return "{'resourceType':'" + std::string(type) + "','id':'m1','status':'" + std::string(status) +
         "','subject':{'reference':'Patient/p1'}," + std::string(kAtc) + std::string(more) + "}";
}
std::string Request(std::string_view more) {
  return Entry("MedicationRequest", "active",
               ",'intent':'order','authoredOn':'2025-11-03'" + std::string(more));
}

class Medication : public JournalTest {
 protected:
  // "start to end" of an order.
  std::string Window(std::string_view more) {
    const Fact& fact = TheFact(Request(more));
    return Range(fact.start) + " to " + Range(fact.end);
  }
};

TEST_F(Medication, RequestStatus) {
  EXPECT_EQ(Marks(Replaced(Request(""), "active", "$"),
                  {"active", "on-hold", "unknown", "completed", "stopped", "cancelled", "draft",
                   "entered-in-error", "x"}),
            "active + on-hold ? unknown ? completed h stopped h cancelled 0 draft 0 "
            "entered-in-error 0 x !");
}

TEST_F(Medication, RequestIntent) {
  EXPECT_EQ(Marks(Replaced(Request(""), "'intent':'order'", "'intent':'$'"),
                  {"order", "original-order", "reflex-order", "filler-order", "instance-order",
                   "proposal", "plan", "option", "x", ""}),
            "order + original-order + reflex-order + filler-order + instance-order + proposal ? "
            "plan ? option ? x !  !");
  EXPECT_EQ(TheFact(Request(",'doNotPerform':true")).holding, Holding::kNegative);
  EXPECT_EQ(TheFact(Request(",'doNotPerform':false")).holding, Holding::kHolds);
}

TEST_F(Medication, RequestIsAnOrder) {
  const Fact& fact = TheFact(Request(",'encounter':{'reference':'Encounter/e1'}"));
  EXPECT_EQ(fact.kind, criteria::FactKind::kMedication);
  EXPECT_EQ(fact.upkeep, Upkeep::kOrder);
  EXPECT_EQ(fact.codes,
            std::vector<criteria::CodeId>{vocabulary_.Code(criteria::SystemId::kAtc, "A10BA02")});
  EXPECT_TRUE(fact.ongoing);
  EXPECT_EQ(fact.visit_id, "Encounter/e1");
  EXPECT_EQ(Range(record_.changes.front().resource.recorded), "2025-11-03");
  EXPECT_TRUE(TheFact(Replaced(Request(""), "active", "stopped")).ended);
}

TEST_F(Medication, RequestWindowIsTheBestThatIsSaid) {
  EXPECT_EQ(Window(""), "2025-11-03 to none");
  EXPECT_EQ(Window(",'dosageInstruction':[{'timing':{'repeat':{'boundsPeriod':{'start':'2025-11-05'"
                   ",'end':'2025-12-05'}}}}]"),
            "2025-11-05 to 2025-12-05");
  EXPECT_EQ(
      Window(",'dosageInstruction':[{'timing':{'repeat':{'boundsPeriod':{'start':'2025-11-12','end'"
             ":'2025-12-05'}}}},"
             "{'timing':{'repeat':{'boundsPeriod':{'start':'2025-11-05','end':'2025-11-11'}}}}]"),
      "2025-11-05 to 2025-12-05");
  EXPECT_EQ(Window(",'dosageInstruction':[{'timing':{'repeat':{'boundsPeriod':{'start':'2025-11-05'"
                   ",'end':'2025-12-05'}}}},{'text':'vid behov'}]"),
            "2025-11-05 to none")
      << "one dosage without an end leaves it open";
  EXPECT_EQ(Window(",'dosageInstruction':[{'timing':{'repeat':{'boundsDuration':{'value':10,'code':"
                   "'d','system':'http://unitsofmeasure.org'}}}}]"),
            "2025-11-03 to 2025-11-13");
  EXPECT_EQ(
      Window(",'dispenseRequest':{'validityPeriod':{'start':'2025-11-04','end':'2026-11-03'}}"),
      "2025-11-03 to 2026-11-03");
  EXPECT_EQ(Window(",'dispenseRequest':{'expectedSupplyDuration':{'value':3,'unit':'mo'}}"),
            "2025-11-03 to 2026-02-03");
  EXPECT_EQ(Window(",'dispenseRequest':{'numberOfRepeatsAllowed':3,'expectedSupplyDuration':{'"
                   "value':3,'unit':'mo'}}"),
            "2025-11-03 to none");
  EXPECT_EQ(Window(",'dispenseRequest':{'expectedSupplyDuration':{'value':3,'unit':'fnord'}}"),
            "2025-11-03 to none");
}

TEST_F(Medication, StatementStatus) {
  EXPECT_EQ(Marks(Entry("MedicationStatement", "$", ""),
                  {"active", "completed", "stopped", "intended", "on-hold", "unknown", "not-taken",
                   "entered-in-error", "x"}),
            "active + completed h stopped h intended 0 on-hold ? unknown ? not-taken - "
            "entered-in-error 0 x !");
}

TEST_F(Medication, StatementIsKeptUp) {
  const Fact& fact =
      TheFact(Entry("MedicationStatement", "active",
                    ",'effectivePeriod':{'start':'2025'},'dateAsserted':'2026-01-02'"));
  EXPECT_EQ(fact.upkeep, Upkeep::kKept);
  EXPECT_TRUE(fact.ongoing);
  EXPECT_EQ(Range(fact.start), "2025");
  EXPECT_FALSE(fact.end);
  EXPECT_EQ(Range(record_.changes.front().resource.recorded), "2026-01-02");
  EXPECT_EQ(
      Range(TheFact(Entry("MedicationStatement", "active", ",'dateAsserted':'2026-01-02'")).start),
      "none");
}

TEST_F(Medication, AdministrationStatus) {
  EXPECT_EQ(
      Marks(Entry("MedicationAdministration", "$", ",'effectiveDateTime':'2026-01-02'"),
            {"completed", "in-progress", "stopped", "on-hold", "unknown", "not-done",
             "entered-in-error", "x"}),
      "completed + in-progress + stopped h on-hold ? unknown ? not-done - entered-in-error 0 x !");
}

TEST_F(Medication, AdministrationIsSupply) {
  const Fact& fact = TheFact(Entry("MedicationAdministration", "completed",
                                   ",'effectivePeriod':{'start':'2026-01-02','end':'2026-01-03'},'"
                                   "context':{'reference':'Encounter/e1'}"));
  EXPECT_EQ(fact.upkeep, Upkeep::kSupply);
  EXPECT_EQ(Range(fact.start) + " to " + Range(fact.end), "2026-01-02 to 2026-01-03");
  EXPECT_EQ(fact.visit_id, "Encounter/e1");
  EXPECT_EQ(DeadOf(Entry("MedicationAdministration", "completed", "")),
            "schema MedicationAdministration.effective");
}

TEST_F(Medication, DispenseStatus) {
  EXPECT_EQ(Marks(Entry("MedicationDispense", "$", ""),
                  {"completed", "preparation", "in-progress", "on-hold", "unknown", "stopped",
                   "declined", "cancelled", "entered-in-error", "x"}),
            "completed + preparation ? in-progress ? on-hold ? unknown ? stopped 0 declined 0 "
            "cancelled 0 entered-in-error 0 x !");
}

TEST_F(Medication, DispenseLastsAsLongAsItsDays) {
  const auto window = [&](std::string_view more) {
    const Fact& fact = TheFact(Entry("MedicationDispense", "completed", more));
    EXPECT_EQ(fact.upkeep, Upkeep::kSupply);
    return Range(fact.start) + " to " + Range(fact.end);
  };
  EXPECT_EQ(window(",'whenHandedOver':'2026-01-02','whenPrepared':'2026-01-01'"),
            "2026-01-02 to none");
  EXPECT_EQ(window(",'whenPrepared':'2026-01-01'"), "2026-01-01 to none");
  EXPECT_EQ(window(",'whenHandedOver':'2026-01-02','daysSupply':{'value':90,'unit':'d'}"),
            "2026-01-02 to 2026-04-02");
  EXPECT_EQ(window(",'whenHandedOver':'2026-01-02','daysSupply':{'value':90}"),
            "2026-01-02 to 2026-04-02");
  EXPECT_EQ(window(",'whenHandedOver':'2026-01-02','daysSupply':{'value':0}"),
            "2026-01-02 to none");
}

TEST_F(Medication, MayBeContainedOrReferenced) {
  const std::string contained =
      Replaced(Request(",'contained':[{'resourceType':'Medication','id':'x','code':{'coding':[{'"
                       "system':'http://www.whocc.no/atc','code':'B01AF02'}]}}]"),
               kAtc, "'medicationReference':{'reference':'#x'}");
  EXPECT_EQ(TheFact(contained).codes,
            std::vector<criteria::CodeId>{vocabulary_.Code(criteria::SystemId::kAtc, "B01AF02")});
  const Fact& referenced =
      TheFact(Replaced(Request(""), kAtc, "'medicationReference':{'reference':'Medication/3'}"));
  EXPECT_EQ(referenced.medication_id, "Medication/3");
  EXPECT_TRUE(referenced.codes.empty());
  EXPECT_EQ(DeadOf(Replaced(Request(""), std::string(kAtc) + ",", "")),
            "schema MedicationRequest.medication");
}

TEST_F(Medication, ResourceOfItsOwnBelongsToNobody) {
  const ResourceChange& change = Change(
      "{'resourceType':'Medication','id':'3','code':{'coding':[{'system':'http://www.whocc.no/"
      "atc','code':'B01AF02'}]}}");
  EXPECT_EQ(change.id, "Medication/3");
  EXPECT_FALSE(change.person);
  EXPECT_TRUE(change.resource.facts.empty());
  EXPECT_EQ(*change.medication,
            std::vector<criteria::CodeId>{vocabulary_.Code(criteria::SystemId::kAtc, "B01AF02")});
  EXPECT_EQ(Change("{'resourceType':'Medication','id':'3','ingredient':[{'itemCodeableConcept':{'"
                   "coding':[{'system':'http://www.whocc.no/atc',"
                   "'code':'B01AF02'}]}}]}")
                .medication->size(),
            1U);
  EXPECT_TRUE(Change("{'resourceType':'Medication','id':'3','status':'entered-in-error','code':{'"
                     "coding':[{'code':'x'}]}}")
                  .medication->empty());
  EXPECT_EQ(DeadOf("{'resourceType':'Medication','id':'3','status':'gone'}"),
            "schema Medication.status");
}

// A prescription with these dosages.
std::string Dosed(std::string_view dosages) {
  return "{'resourceType':'MedicationRequest','id':'m1','status':'active','intent':'order',"
         "'medicationCodeableConcept':{'text':'x'},'subject':{'reference':'Patient/p1'},"
         "'authoredOn':'2026-01-18','dosageInstruction':[" +
         std::string(dosages) + "]}";
}
std::string Dose(std::string_view repeat, std::string_view value = "10",
                 std::string_view more = "") {
  return "{'timing':{'repeat':{" + std::string(repeat) +
         "}},'doseAndRate':[{'doseQuantity':{'value':" + std::string(value) +
         ",'unit':'mg','system':'http://unitsofmeasure.org','code':'mg'}}]" + std::string(more) +
         "}";
}

using Dosages = JournalTest;

TEST_F(Dosages, DailyDoseOfAPlainTiming) {
  const auto daily = [&](std::string_view repeat, std::string_view value = "10") {
    std::string all = Attributes(TheFact(Dosed(Dose(repeat, value))));
    const std::size_t at = all.find("daily dose ");
    if (at == std::string::npos) return std::string("none");
    all = all.substr(at + 11);
    return all.substr(0, all.find(';'));
  };
  EXPECT_EQ(daily("'frequency':2,'period':1,'periodUnit':'d'"), "[20, 20] mg");
  EXPECT_EQ(daily("'frequency':1,'period':8,'periodUnit':'h'"), "[30, 30] mg");
  EXPECT_EQ(daily("'frequency':3,'period':1,'periodUnit':'d'", "0.25"), "[0.75, 0.75] mg");
  EXPECT_EQ(daily("'frequency':1,'period':2,'periodUnit':'d'"), "[5, 5] mg");
  EXPECT_EQ(daily("'frequency':1,'period':0.5,'periodUnit':'d'"), "[20, 20] mg");
  EXPECT_EQ(daily("'period':1,'periodUnit':'d'"), "[10, 10] mg") << "FHIR's default is once";
  EXPECT_EQ(daily("'frequency':1,'period':1,'periodUnit':'wk'", "7"), "[1, 1] mg");
  EXPECT_EQ(daily("'frequency':1,'period':1,'periodUnit':'wk'"), "[1.428571, 1.428572] mg")
      << "ten sevenths lie between the two";
  EXPECT_EQ(daily("'frequency':1,'frequencyMax':3,'period':1,'periodUnit':'d'"), "[10, 30] mg");
  EXPECT_EQ(daily("'frequency':1,'period':4,'periodMax':6,'periodUnit':'h'"), "[40, 60] mg");
  EXPECT_EQ(daily("'when':['MORN','NIGHT']"), "[20, 20] mg");
  EXPECT_EQ(daily("'timeOfDay':['08:00:00','14:00:00','20:00:00']"), "[30, 30] mg");
  EXPECT_EQ(daily("'frequency':1,'period':1,'periodUnit':'mo'"), "none");
  EXPECT_EQ(daily("'frequency':1,'period':1,'periodUnit':'d','dayOfWeek':['mon']"), "none");
  EXPECT_EQ(daily("'frequency':1,'period':0,'periodUnit':'d'"), "none");
  EXPECT_EQ(daily("'frequency':1,'period':1,'periodUnit':'d'", "123456789012345678"),
            "[123456789012345678, 123456789012345678] mg");
  EXPECT_EQ(daily("'frequency':9,'period':1,'periodUnit':'d'", "923456789012345678"), "none");
}

TEST_F(Dosages, SeveralAreTakenTogether) {
  const std::string morning = Dose("'frequency':1,'period':1,'periodUnit':'d'", "10");
  const std::string evening = Dose("'frequency':1,'period':1,'periodUnit':'d'", "2.5");
  EXPECT_EQ(Attributes(TheFact(Dosed(morning + "," + evening))),
            "dose [10, 10] mg; dose [2.5, 2.5] mg; daily dose [12.5, 12.5] mg; regular [1, 1]");
  // Steps that follow upon each other have no one daily dose; nor has one at an unknown hour.
  const std::string first =
      Dose("'frequency':1,'period':1,'periodUnit':'d'", "10", ",'sequence':1");
  const std::string second =
      Dose("'frequency':1,'period':1,'periodUnit':'d'", "20", ",'sequence':2");
  EXPECT_EQ(Attributes(TheFact(Dosed(first + "," + second))),
            "dose [10, 10] mg; dose [20, 20] mg; regular [1, 1]");
  const std::string bounded =
      Dose("'frequency':1,'period':1,'periodUnit':'d','boundsPeriod':{'end':'2026-02-01'}", "20");
  EXPECT_EQ(Attributes(TheFact(Dosed(morning + "," + bounded))),
            "dose [10, 10] mg; dose [20, 20] mg; regular [1, 1]");
}

TEST_F(Dosages, AsNeededIsNoPartOfTheDailyDose) {
  const std::string regular = Dose("'frequency':1,'period':1,'periodUnit':'d'");
  const std::string needed =
      Dose("'frequency':4,'period':1,'periodUnit':'d'", "500", ",'asNeededBoolean':true");
  EXPECT_EQ(Attributes(TheFact(Dosed(needed))), "dose [500, 500] mg; regular [0, 0]");
  EXPECT_EQ(Attributes(TheFact(Dosed(regular + "," + needed))),
            "dose [10, 10] mg; dose [500, 500] mg; daily dose [10, 10] mg; regular [1, 1]");
  EXPECT_EQ(Attributes(TheFact(Dosed("{'text':'enligt ordination'}"))), "");
}

TEST_F(Dosages, RouteRangeTimingCodeAndReasons) {
  EXPECT_EQ(Attributes(TheFact(Replaced(
                Dosed("{'route':{'text':'oral'},'timing':{'code':{'coding':[{'code':'BID'}]}},"
                      "'doseAndRate':[{'doseRange':{'low':{'value':1,'unit':'g'},'high':{'value':2,"
                      "'unit':'g'}}}]}"),
                "'authoredOn'",
                "'reasonCode':[{'text':'pain'}],'reasonReference':[{'reference':'Condition/c1'}],"
                "'authoredOn'"))),
            "dose [1, 2] g; route 'oral'; daily dose [2, 4] g; regular [1, 1]; reason 'pain'; "
            "reason -> Condition/c1");
}

TEST_F(Dosages, EachStepOfAMedicationSaysWhichItIs) {
  using criteria::MedicationStep;
  const std::string rest =
      "'id':'m1','status':'completed','medicationCodeableConcept':{'text':'x'},'subject':"
      "{'reference':'Patient/p1'}";
  EXPECT_EQ(TheFact(Dosed("")).step, MedicationStep::kPrescribed);
  const criteria::Fact& given = TheFact(
      "{'resourceType':'MedicationAdministration'," + rest +
      ",'effectiveDateTime':'2026-01-18','dosage':{'dose':{'value':75,'unit':'mg'},'route':{'text':"
      "'iv'}},'reasonCode':[{'text':'pain'}]}");
  EXPECT_EQ(given.step, MedicationStep::kGiven);
  EXPECT_EQ(Attributes(given), "route 'iv'; dose [75, 75] mg; reason 'pain'");
  const std::string dosage = Dose("'frequency':2,'period':1,'periodUnit':'d'");
  const criteria::Fact& dispensed = TheFact("{'resourceType':'MedicationDispense'," + rest +
                                            ",'dosageInstruction':[" + dosage + "]}");
  EXPECT_EQ(dispensed.step, MedicationStep::kDispensed);
  EXPECT_EQ(Attributes(dispensed), "dose [10, 10] mg; daily dose [20, 20] mg; regular [1, 1]");
  const criteria::Fact& stated = TheFact("{'resourceType':'MedicationStatement'," + rest +
                                         ",'dosage':[" + dosage + "],'reasonCode':[{'text':'x'}]}");
  EXPECT_EQ(stated.step, MedicationStep::kNotReported);
  EXPECT_EQ(Attributes(stated),
            "dose [10, 10] mg; daily dose [20, 20] mg; regular [1, 1]; reason 'x'");
}

}  // namespace
}  // namespace medverka::matcher
