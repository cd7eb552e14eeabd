// The pages of `medverka explain-code`: the study block, examples and warnings.
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/explain_pages.h"

namespace medverka::criteria::internal {

using C = DiagnosticCode;

std::span<const ExplainPage> PagesOfStudies() {
  static const ExplainPage kPages[] = {
      // ---- the study block
      {C::kNoStudy, "No study block",
       "A .study file holds one study, and the block of its name, title and status is missing.",
       "include adult : age >= 18 years", "Begin the file with: study ID \"title\" { ... }",
       "study T0001 \"a study\" { sites \"Danderyds sjukhus\" region 01 }\ninclude adult : age >= "
       "18 years",
       true},
      {C::kSecondStudy, "A second study", "A file holds one study.", "study T0002 \"another\" { }",
       "Put it into a file of its own.", "include x : condition \"stroke\"", false},
      {C::kDuplicateStudy, "Two studies of one name",
       "The short name of a study is its name everywhere, so no two files can have the same.", "",
       "Give one of them another short name.", "", false},
      {C::kHeaderKey, "Unknown word in the study block",
       "Lines of the study block begin with a word of a closed list.",
       "study T0001 \"a study\" { spnsor \"KI\" }\ninclude x : alive", "Correct the word.",
       "study T0001 \"a study\" { sponsor \"KI\" }\ninclude x : alive", true},
      {C::kHeaderValue, "A value that cannot be",
       "The line of the study block takes one of a few words, and this is none of them.",
       "study T0001 \"a study\" { status open }\ninclude x : alive",
       "Write one of those in the hint.",
       "study T0001 \"a study\" { status recruiting }\ninclude x : alive", true},
      {C::kRegisterId, "Not an identifier of its register",
       "Identifiers of this register have another form.",
       "study T0001 \"a study\" { ids nct 02647099 }\ninclude x : alive",
       "Copy the identifier from the register.",
       "study T0001 \"a study\" { ids nct NCT02647099 }\ninclude x : alive", true},
      {C::kNoCriteria, "No criteria", "Without a criterion the study would fit everybody.",
       "study T0001 \"a study\" { sites \"Danderyds sjukhus\" region 01 }", "Add criteria.",
       "study T0001 \"a study\" { sites \"Danderyds sjukhus\" region 01 }\ninclude x : alive",
       true},

      // ---- examples
      {C::kExampleExpectsNothing, "An example that expects nothing",
       "An example without \"expect\" shows nothing.", "example \"x\" at 2026-01-01 { female }",
       "Write what must come out: expect eligible",
       "example \"x\" at 2026-01-01 { female expect eligible }", false},
      {C::kExampleFact, "A fact of an example that cannot be",
       "The fact, or the time, contradicts the example.",
       "example \"x\" at 2026-01-01 { condition icd10se C18-C20 expect eligible }",
       "A fact has one code, and later times follow earlier ones.",
       "example \"x\" at 2026-01-01 { condition icd10se C18.7 expect eligible }", false},
      {C::kExampleFails, "An example comes out otherwise",
       "The small patient of the example gets another grade, or a criterion another value, than "
       "the example expects.",
       "include adult : age >= 18 years\nexample \"x\" at 2026-01-01 { born 2020 expect eligible }",
       "Mend the criteria, or what is expected.",
       "include adult : age >= 18 years\nexample \"x\" at 2026-01-01 { born 2020 expect ineligible "
       "}",
       false},

      // ---- not yet
      {C::kNotYet, "Not yet",
       "The words are part of the language and their meaning is settled, but this version cannot "
       "evaluate them.",
       "include x : sick leave",
       "Leave the criterion out, or let a person answer it: ask NAME : \"...?\"",
       "ask home : \"Is the patient on sick leave?\"", false},

      // ---- warnings
      {C::kSetUnused, "A set that is never used",
       "Nothing refers to the set. Was something else meant where a similar name stands?",
       "codes unused { icd10se I63 }", "Use it, or delete it.",
       "codes used { icd10se I63 }\ninclude x : condition \"used\"", false},
      {C::kDefinitionUnused, "A definition that is never used", "Nothing refers to the definition.",
       "define unused : alive", "Use it, or delete it.",
       "define living : alive\ninclude x : living", false},
      {C::kEveryAdultFits, "Every adult fits", "The study asks for an age and nothing else.",
       "study T0001 \"a study\" { sites \"Danderyds sjukhus\" region 01 }\ninclude adult : age >= "
       "18 years",
       "Add what the study is about.",
       "study T0001 \"a study\" { sites \"Danderyds sjukhus\" region 01 }\ninclude adult : age >= "
       "18 years\ninclude woman : sex is female",
       true},
      {C::kTimeOnlyOnLast, "The time clause is that of the last query",
       "In \"a and b within last 6 months\" the window belongs to b alone. Whoever reads it may "
       "think that it belongs to both.",
       "include x : procedure \"operation\" or immunization \"influenza\" within last 6 months",
       "Put brackets around both and the time clause behind, or give each its own.",
       "include x : (procedure \"operation\" or immunization \"influenza\") within last 6 months",
       false},
      {C::kLatestAssumed, "Only the latest value excludes",
       "A test without a selector judges the latest value. Under \"exclude\" one high value among "
       "many may have been meant.",
       "exclude x : observation \"HbA1c\" >= 48 mmol/mol", "Write \"latest\" or \"any\".",
       "exclude x : any observation \"HbA1c\" >= 48 mmol/mol", false},
      {C::kBareCurrent, "\"current\" on a condition",
       "Most diagnoses are recorded at a visit, and nobody says when they end. After the visit it "
       "is unknown whether such a condition is current.",
       "exclude x : condition \"stroke\" current",
       "Set a limit of your own: current within last 30 days.",
       "exclude x : condition \"stroke\" current within last 30 days", false},
      {C::kUnitNotReported, "Laboratories use another unit",
       "The limit can be compared with results, but nobody reports results in this unit. Perhaps "
       "the number belongs to another one.",
       "include x : latest observation \"creatinine\" <= 150 mol/L",
       "Write the limit in a usual unit.",
       "include x : latest observation \"creatinine\" <= 150 umol/L", false},
      {C::kNoIneligibleExample, "No example is turned away",
       "Examples show what a study does. None of these shows that it turns anybody away.",
       "study T0001 \"a study\" { sites \"Danderyds sjukhus\" region 01 }\ninclude woman : sex is "
       "female",
       "Add an example that ends ineligible.",
       "study T0001 \"a study\" { sites \"Danderyds sjukhus\" region 01 }\ninclude woman : sex is "
       "female\nexample \"a man\" at 2026-01-01 { male expect ineligible }",
       true},
      {C::kNoSite, "No site", "A suggestion names the nearest site, and the study has none.",
       "study T0001 \"a study\" { }\ninclude woman : sex is female",
       "Write: sites \"Danderyds sjukhus\" region 01",
       "study T0001 \"a study\" { sites \"Danderyds sjukhus\" region 01 }\ninclude woman : sex is "
       "female",
       true},
      {C::kCheckDigit, "A check digit is wrong",
       "Codes of SNOMED CT and LOINC end with a digit that is worked out from the others. This one "
       "is not right, so the code does not exist.",
       "codes stroke { snomed 230690008 }", "Look the code up again.",
       "codes stroke { snomed 230690007 }\ninclude x : condition \"stroke\"", false},
      {C::kWithoutDescendants, "Without what is below",
       "\"<<\" takes in all concepts below one. No SNOMED CT is loaded, so the concept stands for "
       "itself alone.",
       "codes stroke { snomed << 230690007 }",
       "Add codes of another system to the set, such as icd10se.",
       "codes stroke { snomed 230690007  icd10se I60-I64 }\ninclude x : condition \"stroke\"",
       false},
      {C::kScaleUnused, "A scale that is never used",
       "No test compares with a level of the scale. Has it the name of the set?",
       "scale unused { I < II }", "Use it, or delete it.",
       "scale HbA1c { low < high }\ninclude x : latest observation \"HbA1c\" >= high", false},
      {C::kEventUnused, "An event that is never used", "Nothing counts from the event.",
       "event unused : latest procedure \"operation\"", "Use it, or delete it.",
       "event op : latest procedure \"operation\"\ninclude x : visit after op", false},
      {C::kEventNotRequired, "Nobody needs to have the event",
       "Criteria count from the event, and none of them makes sure that it exists. Where it does "
       "not, \"no ... after it\" is true.",
       "event op : latest procedure \"operation\"\nexclude x : procedure kva JGB after op",
       "Add the event as a criterion: include operated : op",
       "event op : latest procedure \"operation\"\ninclude operated : op\nexclude x : procedure "
       "kva JGB after op",
       false},
      {C::kAnyEventTwice, "Any one, twice",
       "An event chosen by \"any\" is there if some fact fits. Two criteria that count from it may "
       "each be met by another one.",
       "event op : any procedure \"operation\"\ninclude x : visit after op\ninclude y : no visit "
       "class emergency after op",
       "Choose first or latest, or put both demands into one criterion.",
       "event op : first procedure \"operation\"\ninclude x : visit after op\ninclude y : no visit "
       "class emergency after op",
       false},
      {C::kPercentOfPercent, "Per cent of per cent",
       "A change in % is a share of the earlier result. Of a measurement that is itself in % it is "
       "seldom meant so: from 50 % to 55 % is a rise of 10 %.",
       "include x : rise of observation \"HbA1c\" >= 10 %",
       "Write \"points\" if units of the measurement are meant.",
       "include x : rise of observation \"HbA1c\" >= 10 points", false},
      {C::kBrandName, "A brand instead of a substance",
       "The pharmacy changes brands, and patients have the same substance under other names.",
       "codes Waran { atc B01AA03 }\ninclude x : medication \"Waran\" current",
       "Name the set after the substance.",
       "codes warfarin { atc B01AA03 }\ninclude x : medication \"warfarin\" current", false},
      {C::kAskUnneeded, "A question that nothing depends on",
       "The question is asked only of those whom another criterion turns away.",
       "include women : sex is female\nask x : \"Prostate removed?\" if sex is male",
       "Delete it, or correct its \"if\".",
       "include women : sex is female\nask x : \"Pregnant?\" must be no", false},
      {C::kNoOpenCohort, "No cohort is open",
       "A study with cohorts is its common criteria and at least one open cohort. All of these are "
       "closed.",
       "cohort A \"first\" closed {\n  include x : condition \"TIA\"\n}", "Open a cohort.",
       "cohort A \"first\" open {\n  include x : condition \"TIA\"\n}", false},
      {C::kNeverTrue, "A criterion that nobody meets",
       "Whatever the journal says, this criterion is never true. Two of its parts exclude each "
       "other.",
       "include x : age >= 65 years and age < 18 years", "Look at the limits and at and, or, not.",
       "include x : age >= 18 years and age < 65 years", false},
      {C::kNeverFalse, "A criterion that everybody meets",
       "Whatever the journal says, this criterion is never false. As include it says nothing, as "
       "exclude it shuts everybody out.",
       "include x : any of (age >= 18 years; age < 65 years)",
       "Look at the limits and at and, or, not.", "include x : age >= 18 years and age < 65 years",
       false},
      {C::kContradicts, "Two criteria contradict each other",
       "No patient can satisfy both, so nobody can ever take part.",
       "include old : age >= 65 years\nexclude grown : age >= 60 years", "Mend one of the two.",
       "include old : age >= 65 years\nexclude oldest : age >= 80 years", false},
      {C::kImplied, "A criterion that another one implies",
       "Whoever satisfies the one satisfies the other too, so the other changes nothing. Perhaps a "
       "limit or a window of it is not the one that was meant.",
       "include grown : age >= 18 years\ninclude old : age >= 65 years",
       "Leave out the weaker one, or mend it.", "include old : age >= 65 years", false},
      {C::kNeverReached, "A condition that nobody meets",
       "The condition behind \"if\" is never true, so what stands behind \"then\" is never asked.",
       "include x : if age < 18 years and age > 65 years then sex is female otherwise alive",
       "Look at the limits in the condition.",
       "include x : if age < 18 years then sex is female otherwise alive", false},
  };
  return kPages;
}

}  // namespace medverka::criteria::internal
