// The pages of `medverka explain-code`: what a diagnostic means, what brings it about, how to mend
// it. The example of every page is run by a test: it must bring about the code of its page.
#include <cctype>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/explain_pages.h"
#include "ops/base/format.h"

namespace medverka::criteria {
namespace internal {

using C = DiagnosticCode;

std::span<const ExplainPage> ExplainPages() {
  static const ExplainPage kPages[] = {
      // ---- the file
      {C::kFileTooLarge, "The file is too large",
       "A study file has at most 1 MiB. The largest real studies take a twentieth of that, so a "
       "file beyond the limit is most likely no study file.",
       "",
       "Check that the right file was given. Long lists of codes can be moved to .codes files."},
      {C::kNotText, "The file is not text",
       "The file holds a byte that no text has. Word processors and spreadsheets save such files, "
       "and so does the encoding UTF-16.",
       "", "Save the file as plain text in UTF-8."},
      {C::kWrongUtf8, "A byte is not UTF-8",
       "Study files are UTF-8, so that å, ä and ö are the same everywhere. This file was saved in "
       "another encoding, such as Windows-1252.",
       "", "Save the file again as UTF-8."},
      {C::kInvisibleCharacter, "A character that nobody can see",
       "Some characters have no width, turn the direction of the text or control a terminal. What "
       "a reader sees would then differ from what the machine reads. "
       "An accent that stands apart from its letter belongs here too: two names could look alike "
       "and differ.",
       "include adult : age >= 18 \xE2\x80\x8Byears",
       "Delete the character; it came along when text was pasted. Type a letter with an accent "
       "anew."},
      {C::kEmptyFile, "The file says nothing", "The file is empty, or has comments only.", "",
       "Write a study, or leave the file out."},
      {C::kUnclosedString, "A quote is never closed",
       "A text in quotes ends on its own line, so that one forgotten quote does not swallow the "
       "rest of the file.",
       "include cancer : condition \"colorectal cancer", "Add the closing quote."},
      {C::kUnexpectedCharacter, "A typographic sign",
       "Word processors turn straight quotes into curved ones and hyphens into dashes. They mean "
       "nothing in a study file.",
       "include cancer : condition \xE2\x80\x9C"
       "colorectal cancer\xE2\x80\x9D",
       "Type the plain sign: \" or -."},
      {C::kTooManyErrors, "Too many errors",
       "After a thousand errors the rest of the file is not read.", "",
       "Mend the first ones; many of the others may go with them."},

      // ---- grammar
      {C::kUnexpected, "Something else should stand here",
       "The line cannot be read on from here. The message says what could have stood at this "
       "place.",
       "include adult : age 18 years", "Compare the line with the grammar in LANGUAGE.md."},
      {C::kUnknownWord, "A word means nothing here",
       "At this place only words of the language can stand, and this is none of them. If a near "
       "one exists, the hint names it.",
       "include cancer : condition \"colorectal cancer\" curent",
       "Correct the word. Names of sets stand in quotes."},
      {C::kUnclosedBracket, "A bracket is never closed",
       "The declaration ends before the bracket does.",
       "include x : (age >= 18 years and sex is female", "Add the closing bracket."},
      {C::kUnclosedBrace, "A brace is never closed",
       "The next declaration begins, or the file ends, before the brace is closed.",
       "codes stroke { icd10se I63", "Add the closing brace."},
      {C::kAndOrMixed, "\"and\" and \"or\" are mixed",
       "\"a and b or c\" can be read in two ways, and different people read it differently. So it "
       "is not read at all.",
       "include x : age >= 18 years and sex is female or alive",
       "Put brackets around what belongs together: (a and b) or c."},
      {C::kTooDeep, "Too many levels",
       "Brackets, \"not\"s, definitions or sets stand within one another deeper than anybody could "
       "follow.",
       "", "Give the inner parts names with \"define\", or write some definitions out."},
      {C::kNumber, "A number that cannot be read",
       "Numbers are written with a point, with a blank before the unit, and have at most 18 "
       "digits. Counts and amounts of time are whole numbers.",
       "include x : latest observation \"HbA1c\" >= 48,5 mmol/mol",
       "Write the number as in the hint."},
      {C::kDate, "A date that does not exist", "The text at this place is no date of the calendar.",
       "include x : procedure \"operation\" since 2025-02-30",
       "A date reads 2026, 2026-10, 2026-10-01 or 2026-10-01T09:30."},
      {C::kName, "A name that cannot be",
       "A name is missing, is a word of the language, or has characters that such a name cannot "
       "have. The name of a definition is one word, or stands in quotes.",
       "define age : alive", "Choose another name."},
      {C::kNoDeclaration, "No declaration begins here",
       "Every line that is not part of the declaration before begins with study, codes, use, "
       "define, include, exclude, ask or example.",
       "inclde adult : age >= 18 years", "Correct the first word of the line."},
      {C::kTwice, "Said twice",
       "This part can stand once only; the second could contradict the first.",
       "include x : condition \"stroke\" current current", "Delete one of them."},
      {C::kTooLarge, "The study is too large",
       "With all definitions and sets written out, the study or the set is larger than the limit.",
       "",
       "Definitions under brackets with times of their own multiply; sets of sets add up. Do with "
       "fewer."},

      // ---- values and queries
      {C::kKindHasNoValue, "This kind has no value",
       "Only observations and their components have a value. A condition or a procedure is there "
       "or not.",
       "include x : condition \"stroke\" >= 3", "Name the observation that is meant."},
      {C::kSelectorSaysNothing, "The selector says nothing",
       "\"latest\" and \"first\" choose one fact for a test to judge, \"every\" judges all of "
       "them, \"lowest\" and \"highest\" compare values. Without a test nothing is judged.",
       "include x : latest procedure \"operation\" within last 6 months",
       "Leave it out, add a test, or write \"latest ever\" or \"first ever\": then the time clause "
       "judges the choice."},
      {C::kUpsideDown, "Upside down",
       "The first bound lies above the second, or the end before the start: nothing can lie "
       "between.",
       "include x : age between 80 and 18 years", "Change their places."},
      {C::kImpossibleCount, "A count that cannot be",
       "The number can never be reached, or is always reached.",
       "include x : at least 3 of (alive; sex is male)", "Correct the number or the list."},
      {C::kKindHasNoSuchPart, "The kind has no such part",
       "A class belongs to visits, a length to what lasts, \"current\" to what can be current, a "
       "selector to facts.",
       "include x : observation \"HbA1c\" current",
       "Leave the part out, or say it with a window of time."},
      {C::kUnitUnknown, "Unknown unit",
       "The text is no unit of UCUM, nor a spelling that Swedish journals use.",
       "include x : latest observation \"HbA1c\" >= 48 mmmol/mol",
       "Write the unit as on a laboratory report: mmol/L, 10^9/L, mL/min/1.73m2."},
      {C::kUnitMissing, "The unit is missing",
       "What is measured has a unit, and a number without one could be off by a factor of ten or a "
       "thousand.",
       "include x : latest observation \"HbA1c\" >= 48", "Write the unit after the number."},
      {C::kUnitDoesNotFit, "The unit does not fit",
       "The unit measures something else than the observation does, so that no value could be "
       "compared with the limit.",
       "include x : egfr by lm-rev >= 30 g/L within last 90 days",
       "Write a unit that laboratories report it in."},
      {C::kFormula, "The formula of a score",
       "Formulas of one score give different results, so the formula is always named.",
       "include x : egfr >= 30 mL/min/1.73m2", "Write \"egfr by lm-rev\"."},
      {C::kAgeUnit, "The unit of an age",
       "An age is counted in years, months, weeks or days, and says which.",
       "include adult : age >= 18", "Write \"age >= 18 years\"."},
      {C::kElseSaysNothing, "\"else\" says nothing",
       "\"else no\" and \"else unknown\" speak for facts that are not recorded. There is no query "
       "of facts here.",
       "include adult : age >= 18 years else no", "Leave it out."},
      {C::kTwoQuestions, "Two questions in one criterion",
       "A question asked by \"else ask\" carries the name of its criterion, so there can be one "
       "only.",
       "include x : (condition \"stroke\" else ask \"Stroke?\") or (condition \"TIA\" else ask "
       "\"TIA?\")",
       "Write one of them as an \"ask\" of its own, and use \"answer NAME\"."},

      // ---- time
      {C::kSideMissing, "Which side of the interval?",
       "Conditions, medications, allergies and participations last. \"condition within last 6 "
       "months\" could mean that it began then, ended then, or lasted then, and these differ.",
       "exclude x : condition \"stroke\" within last 6 months",
       "Write starting, ending, ongoing or recorded before the window, or \"current\"."},
      {C::kWindowNeverHolds, "A window that can never hold",
       "All windows of a query must hold at once, and these have no time in common.",
       "include x : observation \"HbA1c\" >= 48 mmol/mol within last 3 months at least 1 year ago",
       "Delete one of them, or write two queries with \"or\"."},
      {C::kSideWithoutWindow, "A side without a window",
       "\"starting\" and its kin say which side of an interval must lie in a window. No window "
       "follows.",
       "include x : medication \"statins\" ongoing", "Write the window, or \"current\" for now."},
      {C::kTimeBindsNothing, "A time clause that binds nothing",
       "A time clause after a bracket goes to every query inside that has none of its own. There "
       "is none. After a name it cannot stand at all.",
       "include x : (age >= 18 years) within last 1 year",
       "Leave it out, or put the name in brackets."},

      // ---- names and codes
      {C::kUnknownName, "Unknown definition",
       "No definition of this name is in the file or in the files that it uses.",
       "include x : smoker", "Correct the name, or make one: define smoker : ..."},
      {C::kUnknownSet, "Unknown set of codes",
       "No set of this name is in the file or in the files that it uses.",
       "include x : condition \"diabetus\"",
       "Correct the name, make a set with \"codes\", or bring one in with \"use\"."},
      {C::kDuplicateName, "The name is taken",
       "Two things of one kind have one name. Capitals make no difference.",
       "include adult : age >= 18 years\ninclude Adult : age >= 18 years",
       "Give one of them another name."},
      {C::kCycle, "A name that leads back to itself",
       "Definitions, or sets, need one another in a circle, so none of them means anything.",
       "define a : b\ndefine b : a", "Break the circle."},
      {C::kUnknownSystem, "Unknown code system",
       "The word names no code system that has a short name.", "include x : condition icd9 410",
       "Correct the word, or name the system: system \"URI\" code."},
      {C::kCodeForm, "Not a code of its system",
       "Codes of this system look otherwise. Such a code would match nobody, in silence.",
       "codes stroke { icd10se 63 }", "Correct the code, or the system."},
      {C::kEmptySet, "An empty set", "A set without codes matches nothing.", "codes stroke { }",
       "Put codes in it, or delete it."},
      {C::kNeedsTerminology, "A terminology must be loaded",
       "\"<<\" takes in all concepts below one. Which these are is in the files of SNOMED CT, and "
       "none are loaded.",
       "include x : condition snomed << 363406005",
       "Name the concepts one by one, or use codes of another system."},
      {C::kUseNotFound, "The used file is not there",
       "The file that \"use\" names cannot be found or read, or is not a .codes file.",
       "use \"no-such-file.codes\"",
       "Correct the name. It is relative to the folder of the file it stands in."},
      {C::kUseCycle, "Files that use one another",
       "A file uses itself, directly or by way of others.", "",
       "Put what both need into a third file."},
      {C::kNotInShared, "Not for a shared file",
       "A .codes file holds codes and definitions. Studies, criteria, questions and examples stand "
       "in .study files.",
       "", "Move the declaration to a study file."},
      {C::kUnknownQuestion, "Unknown question",
       "\"answer\" takes the name of an \"ask\" of the same file.",
       "include x : answer can swallow", "Correct the name, or add the \"ask\"."},
      {C::kUnknownCriterion, "Unknown criterion",
       "An example expects something of a criterion that is not in the study.",
       "example \"x\" at 2026-01-01 { expect possible, unknown: kidneys }", "Correct the name."},

      // ---- the study block
      {C::kNoStudy, "No study block",
       "A .study file holds one study, and the block of its name, title and status is missing.", "",
       "Begin the file with: study ID \"title\" { ... }"},
      {C::kSecondStudy, "A second study", "A file holds one study.", "study T0002 \"another\" { }",
       "Put it into a file of its own."},
      {C::kDuplicateStudy, "Two studies of one name",
       "The short name of a study is its name everywhere, so no two files can have the same.", "",
       "Give one of them another short name."},
      {C::kHeaderKey, "Unknown word in the study block",
       "Lines of the study block begin with a word of a closed list.", "", "Correct the word."},
      {C::kHeaderValue, "A value that cannot be",
       "The line of the study block takes one of a few words, and this is none of them.", "",
       "Write one of those in the hint."},
      {C::kRegisterId, "Not an identifier of its register",
       "Identifiers of this register have another form.", "",
       "Copy the identifier from the register."},
      {C::kNoCriteria, "No criteria", "Without a criterion the study would fit everybody.", "",
       "Add criteria."},

      // ---- examples
      {C::kExampleExpectsNothing, "An example that expects nothing",
       "An example without \"expect\" shows nothing.", "example \"x\" at 2026-01-01 { female }",
       "Write what must come out: expect eligible"},
      {C::kExampleFact, "A fact of an example that cannot be",
       "The fact, or the time, contradicts the example.",
       "example \"x\" at 2026-01-01 { condition icd10se C18-C20 expect eligible }",
       "A fact has one code, and later times follow earlier ones."},

      // ---- not yet
      {C::kNotYet, "Not yet",
       "The words are part of the language and their meaning is settled, but this version cannot "
       "evaluate them.",
       "include x : family history \"breast cancer\"",
       "Leave the criterion out, or let a person answer it: ask NAME : \"...?\""},

      // ---- warnings
      {C::kSetUnused, "A set that is never used",
       "Nothing refers to the set. Was something else meant where a similar name stands?",
       "codes unused { icd10se I63 }", "Use it, or delete it."},
      {C::kDefinitionUnused, "A definition that is never used", "Nothing refers to the definition.",
       "define unused : alive", "Use it, or delete it."},
      {C::kEveryAdultFits, "Every adult fits", "The study asks for an age and nothing else.", "",
       "Add what the study is about."},
      {C::kTimeOnlyOnLast, "The time clause is that of the last query",
       "In \"a and b within last 6 months\" the window belongs to b alone. Whoever reads it may "
       "think that it belongs to both.",
       "include x : procedure \"operation\" or immunization \"influenza\" within last 6 months",
       "Put brackets around both and the time clause behind, or give each its own."},
      {C::kLatestAssumed, "Only the latest value excludes",
       "A test without a selector judges the latest value. Under \"exclude\" one high value among "
       "many may have been meant.",
       "exclude x : observation \"HbA1c\" >= 48 mmol/mol", "Write \"latest\" or \"any\"."},
      {C::kBareCurrent, "\"current\" on a condition",
       "Most diagnoses are recorded at a visit, and nobody says when they end. After the visit it "
       "is unknown whether such a condition is current.",
       "exclude x : condition \"stroke\" current",
       "Set a limit of your own: current within last 30 days."},
      {C::kUnitNotReported, "Laboratories use another unit",
       "The limit can be compared with results, but nobody reports results in this unit. Perhaps "
       "the number belongs to another one.",
       "include x : latest observation \"creatinine\" <= 150 mol/L",
       "Write the limit in a usual unit."},
      {C::kNoIneligibleExample, "No example is turned away",
       "Examples show what a study does. None of these shows that it turns anybody away.", "",
       "Add an example that ends ineligible."},
      {C::kNoSite, "No site", "A suggestion names the nearest site, and the study has none.", "",
       "Write: sites \"Danderyds sjukhus\" region 01"},
      {C::kCheckDigit, "A check digit is wrong",
       "Codes of SNOMED CT and LOINC end with a digit that is worked out from the others. This one "
       "is not right, so the code does not exist.",
       "codes stroke { snomed 230690008 }", "Look the code up again."},
      {C::kWithoutDescendants, "Without what is below",
       "\"<<\" takes in all concepts below one. No SNOMED CT is loaded, so the concept stands for "
       "itself alone.",
       "codes stroke { snomed << 230690007 }",
       "Add codes of another system to the set, such as icd10se."},
      {C::kNeverTrue, "A criterion that nobody meets",
       "Whatever the journal says, this criterion is never true. Two of its parts exclude each "
       "other.",
       "include x : age >= 65 years and age < 18 years", "Look at the limits and at and, or, not."},
      {C::kNeverFalse, "A criterion that everybody meets",
       "Whatever the journal says, this criterion is never false. As include it says nothing, as "
       "exclude it shuts everybody out.",
       "include x : any of (age >= 18 years; age < 65 years)",
       "Look at the limits and at and, or, not."},
      {C::kContradicts, "Two criteria contradict each other",
       "No patient can satisfy both, so nobody can ever take part.",
       "include old : age >= 65 years\nexclude grown : age >= 60 years", "Mend one of the two."},
      {C::kImplied, "A criterion that another one implies",
       "Whoever satisfies the one satisfies the other too, so the other changes nothing. Perhaps a "
       "limit or a window of it is not the one that was meant.",
       "include grown : age >= 18 years\ninclude old : age >= 65 years",
       "Leave out the weaker one, or mend it."},
      {C::kNeverReached, "A condition that nobody meets",
       "The condition behind \"if\" is never true, so what stands behind \"then\" is never asked.",
       "include x : if age < 18 years and age > 65 years then sex is female otherwise alive",
       "Look at the limits in the condition."},
  };
  return kPages;
}

}  // namespace internal

std::string ExplainCode(std::string_view code_name) {
  std::string name(code_name);
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (const internal::ExplainPage& page : internal::ExplainPages()) {
    if (CodeName(page.code) != name) continue;
    std::string out = fmt::format("{} ({}): {}\n\n{}\n", name,
                                  SeverityOf(page.code) == Severity::kError ? "error" : "warning",
                                  page.title, page.meaning);
    if (!page.example.empty()) {
      out += "\nExample:\n\n";
      std::string_view rest = page.example;
      while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        out += fmt::format("    {}\n", rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      }
    }
    out += fmt::format("\nCure: {}\n", page.cure);
    return out;
  }
  return "";
}

}  // namespace medverka::criteria
