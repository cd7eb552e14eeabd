// The pages of `medverka explain-code`: terms, times, names and codes.
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/explain_pages.h"

namespace medverka::criteria::internal {

using C = DiagnosticCode;

std::span<const ExplainPage> PagesOfTerms() {
  static const ExplainPage kPages[] = {
      // ---- values and queries
      {C::kKindHasNoValue, "This kind has no value",
       "Only observations and their components have a value. A condition or a procedure is there "
       "or not.",
       "include x : condition \"stroke\" >= 3", "Name the observation that is meant.",
       "include x : latest observation \"HbA1c\" >= 48 mmol/mol", false},
      {C::kSelectorSaysNothing, "The selector says nothing",
       "\"latest\" and \"first\" choose one fact for a test to judge, \"every\" judges all of "
       "them, \"lowest\" and \"highest\" compare values. Without a test nothing is judged.",
       "include x : latest procedure \"operation\" within last 6 months",
       "Leave it out, add a test, or write \"latest ever\" or \"first ever\": then the time clause "
       "judges the choice.",
       "include x : procedure \"operation\" within last 6 months", false},
      {C::kUpsideDown, "Upside down",
       "The first bound lies above the second, or the end before the start: nothing can lie "
       "between.",
       "include x : age between 80 and 18 years", "Change their places.",
       "include x : age between 18 and 80 years", false},
      {C::kImpossibleCount, "A count that cannot be",
       "The number can never be reached, or is always reached.",
       "include x : at least 3 of (alive; sex is male)", "Correct the number or the list.",
       "include x : at least 2 of (alive; sex is male)", false},
      {C::kKindHasNoSuchPart, "The kind has no such part",
       "A class belongs to visits, a length to what lasts, \"current\" to what can be current, a "
       "selector to facts.",
       "include x : observation \"HbA1c\" current",
       "Leave the part out, or say it with a window of time.",
       "include x : observation \"HbA1c\" within last 30 days", false},
      {C::kUnitUnknown, "Unknown unit",
       "The text is no unit of UCUM, nor a spelling that Swedish journals use.",
       "include x : latest observation \"HbA1c\" >= 48 mmmol/mol",
       "Write the unit as on a laboratory report: mmol/L, 10^9/L, mL/min/1.73m2.",
       "include x : latest observation \"HbA1c\" >= 48 mmol/mol", false},
      {C::kUnitMissing, "The unit is missing",
       "What is measured has a unit, and a number without one could be off by a factor of ten or a "
       "thousand.",
       "include x : latest observation \"HbA1c\" >= 48", "Write the unit after the number.",
       "include x : latest observation \"HbA1c\" >= 48 mmol/mol", false},
      {C::kUnitDoesNotFit, "The unit does not fit",
       "The unit measures something else than the observation does, so that no value could be "
       "compared with the limit.",
       "include x : egfr by lm-rev >= 30 g/L within last 90 days",
       "Write a unit that laboratories report it in.",
       "include x : egfr by lm-rev >= 30 mL/min/1.73m2 within last 90 days", false},
      {C::kFormula, "The formula of a score",
       "Formulas of one score give different results, so the formula is always named.",
       "include x : egfr >= 30 mL/min/1.73m2", "Write \"egfr by lm-rev\".",
       "include x : egfr by lm-rev >= 30 mL/min/1.73m2", false},
      {C::kAgeUnit, "The unit of an age",
       "An age is counted in years, months, weeks or days, and says which.",
       "include adult : age >= 18", "Write \"age >= 18 years\".", "include adult : age >= 18 years",
       false},
      {C::kElseSaysNothing, "\"else\" says nothing",
       "\"else no\" and \"else unknown\" speak for facts that are not recorded. There is no query "
       "of facts here.",
       "include adult : age >= 18 years else no", "Leave it out.",
       "include adult : age >= 18 years", false},
      {C::kTwoQuestions, "Two questions in one criterion",
       "A question asked by \"else ask\" carries the name of its criterion, so there can be one "
       "only.",
       "include x : (condition \"stroke\" else ask \"Stroke?\") or (condition \"TIA\" else ask "
       "\"TIA?\")",
       "Write one of them as an \"ask\" of its own, and use \"answer NAME\".",
       "ask stroke : \"Stroke?\"\ninclude x : (answer stroke) or (condition \"TIA\" else ask "
       "\"TIA?\")",
       false},
      {C::kNoSuchField, "The kind has no such field",
       "Each kind of fact has its own list of what can be asked of it beside its codes. A "
       "condition has a severity, a medication a dose; nothing is recorded of the rest.",
       "include x : condition \"TIA\" with route \"oral\"",
       "Ask for a field of the list in the hint.",
       "include x : condition \"TIA\" with severity \"severe\"", false},
      {C::kWhere, "\"where\" and \"it\"",
       "\"where\" judges each candidate of its query, and \"it\" is that candidate. Outside of a "
       "\"where\" nothing is \"it\", and within one nobody can be asked.",
       "include x : procedure \"operation\" within 30 days after it",
       "Count from an event that has a name, or put the demand into \"where ( ... )\".",
       "include x : procedure \"operation\" where (condition \"TIA\" starting within 30 days after "
       "it)",
       false},
      {C::kPattern, "The pattern cannot be used",
       "Patterns are those of RE2, which never takes long: without looking back or ahead, and "
       "within a bound of memory. One that is found in every text says nothing.",
       "include x : text matches \"angio(sarcom\" in report \"TIA\"",
       "Correct the pattern as the message says.",
       "include x : text matches \"angiosarcom\\w*\" in report \"TIA\"", false},
      {C::kScale, "Not a level of the scale",
       "Levels are compared on a scale: that of the same name as the set, else the only one that "
       "has all the levels named. Here there is none, or several could be meant.",
       "scale HbA1c { low < high }\ninclude x : latest observation \"HbA1c\" >= hgh",
       "Correct the level, or give the scale the name of the set.",
       "scale HbA1c { low < high }\ninclude x : latest observation \"HbA1c\" >= high", false},
      {C::kNothingToCount, "Nothing to tell apart",
       "\"apart\", \"different days\" and \"within any\" say how counted facts, or the two of a "
       "change, lie to one another. Here nothing is counted.",
       "include x : procedure \"operation\" at least 7 days apart",
       "Say how many: at least 2 procedures \"operation\" at least 7 days apart.",
       "include x : at least 2 procedures \"operation\" at least 7 days apart", false},
      {C::kEventDoesNotFit, "The event is of another sort",
       "Only a fact has a visit, only a visit a reason, and a point or period of time is neither "
       "true nor false.",
       "event summer : from 2025-06-01 to 2025-08-31\ninclude x : summer",
       "Name an event that fits.",
       "event summer : from 2025-06-01 to 2025-08-31\ninclude x : procedure \"operation\" during "
       "summer",
       false},
      {C::kWhichOne, "Which one is the event?",
       "An event is one fact, from which times are counted. Where there can be several it must be "
       "said which.",
       "event op : at least 2 procedures \"operation\"\ninclude x : visit after op",
       "Write first, latest, lowest, highest or any.",
       "event op : latest procedure \"operation\"\ninclude x : visit after op", false},

      // ---- time
      {C::kSideMissing, "Which side of the interval?",
       "Conditions, medications, allergies and participations last. \"condition within last 6 "
       "months\" could mean that it began then, ended then, or lasted then, and these differ.",
       "exclude x : condition \"stroke\" within last 6 months",
       "Write starting, ending, ongoing or recorded before the window, or \"current\".",
       "exclude x : condition \"stroke\" starting within last 6 months", false},
      {C::kWindowNeverHolds, "A window that can never hold",
       "All windows of a query must hold at once, and these have no time in common.",
       "include x : observation \"HbA1c\" >= 48 mmol/mol within last 3 months at least 1 year ago",
       "Delete one of them, or write two queries with \"or\".",
       "include x : latest observation \"HbA1c\" >= 48 mmol/mol between 3 and 12 months ago",
       false},
      {C::kSideWithoutWindow, "A side without a window",
       "\"starting\" and its kin say which side of an interval must lie in a window. No window "
       "follows.",
       "include x : medication \"statins\" ongoing", "Write the window, or \"current\" for now.",
       "include x : medication \"statins\" ongoing within last 30 days", false},
      {C::kTimeBindsNothing, "A time clause that binds nothing",
       "A time clause after a bracket goes to every query inside that has none of its own. There "
       "is none. After a name it cannot stand at all.",
       "include x : (age >= 18 years) within last 1 year",
       "Leave it out, or put the name in brackets.",
       "include x : (age >= 18 years and procedure \"operation\") within last 1 year", false},

      // ---- names and codes
      {C::kUnknownName, "Unknown definition",
       "No definition of this name is in the file or in the files that it uses.",
       "include x : smoker", "Correct the name, or make one: define smoker : ...",
       "define smoker : observation \"HbA1c\" >= 48 mmol/mol\ninclude x : smoker", false},
      {C::kUnknownSet, "Unknown set of codes",
       "No set of this name is in the file or in the files that it uses.",
       "include x : condition \"diabetus\"",
       "Correct the name, make a set with \"codes\", or bring one in with \"use\".",
       "include x : condition \"stroke\"", false},
      {C::kDuplicateName, "The name is taken",
       "Two things of one kind have one name. Capitals make no difference.",
       "include adult : age >= 18 years\ninclude Adult : age >= 18 years",
       "Give one of them another name.",
       "include adult : age >= 18 years\ninclude woman : sex is female", false},
      {C::kCycle, "A name that leads back to itself",
       "Definitions, or sets, need one another in a circle, so none of them means anything.",
       "define a : b\ndefine b : a", "Break the circle.",
       "define b : alive\ndefine a : b\ninclude x : a", false},
      {C::kUnknownSystem, "Unknown code system",
       "The word names no code system that has a short name.", "include x : condition icd9 410",
       "Correct the word, or name the system: system \"URI\" code.",
       "include x : condition icd10se I21", false},
      {C::kCodeForm, "Not a code of its system",
       "Codes of this system look otherwise. Such a code would match nobody, in silence.",
       "codes stroke { icd10se 63 }", "Correct the code, or the system.",
       "codes stroke { icd10se I63 }\ninclude x : condition \"stroke\"", false},
      {C::kEmptySet, "An empty set", "A set without codes matches nothing.", "codes stroke { }",
       "Put codes in it, or delete it.",
       "codes stroke { icd10se I63 }\ninclude x : condition \"stroke\"", false},
      {C::kNeedsTerminology, "A terminology must be loaded",
       "\"<<\" takes in all concepts below one. Which these are is in the files of SNOMED CT, and "
       "none are loaded.",
       "include x : condition snomed << 363406005",
       "Name the concepts one by one, or use codes of another system.",
       "include x : condition snomed 363406005", false},
      {C::kUseNotFound, "The used file is not there",
       "The file that \"use\" names cannot be found or read, or is not a .codes file.",
       "use \"no-such-file.codes\"",
       "Correct the name. It is relative to the folder of the file it stands in.",
       "codes fever { icd10se R50 }\ninclude x : condition \"fever\"", false},
      {C::kUseCycle, "Files that use one another",
       "A file uses itself, directly or by way of others.", "",
       "Put what both need into a third file.", "", false},
      {C::kNotInShared, "Not for a shared file",
       "A .codes file holds codes and definitions. Studies, criteria, questions and examples stand "
       "in .study files.",
       "", "Move the declaration to a study file.", "", false},
      {C::kUnknownQuestion, "Unknown question",
       "\"answer\" takes the name of an \"ask\" of the same file.",
       "include x : answer can swallow", "Correct the name, or add the \"ask\".",
       "ask can swallow : \"Can the patient swallow?\"\ninclude x : answer can swallow", false},
      {C::kUnknownCriterion, "Unknown criterion",
       "An example expects something of a criterion that is not in the study.",
       "example \"x\" at 2026-01-01 { expect possible, unknown: kidneys }", "Correct the name.",
       "include kidneys : condition \"stroke\"\nexample \"x\" at 2026-01-01 { expect ineligible, "
       "against: kidneys }",
       false},
      {C::kUnknownCohort, "Unknown cohort",
       "An example expects something of a cohort that the study does not have, or that is closed.",
       "cohort A \"first\" open {\n  include x : alive\n}\nexample \"x\" at 2026-01-01 { expect "
       "eligible, cohort: B }",
       "Correct the name, or open the cohort.",
       "cohort A \"first\" open {\n  include x : alive\n}\nexample \"x\" at 2026-01-01 { expect "
       "eligible, cohort: A }",
       false},
  };
  return kPages;
}

}  // namespace medverka::criteria::internal
