// The pages of `medverka explain-code`: the file and its grammar.
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/explain_pages.h"

namespace medverka::criteria::internal {

using C = DiagnosticCode;

std::span<const ExplainPage> PagesOfText() {
  static const ExplainPage kPages[] = {
      // ---- the file
      {C::kFileTooLarge, "The file is too large",
       "A study file has at most 1 MiB. The largest real studies take a twentieth of that, so a "
       "file beyond the limit is most likely no study file.",
       "", "Check that the right file was given. Long lists of codes can be moved to .codes files.",
       "", false},
      {C::kNotText, "The file is not text",
       "The file holds a byte that no text has. Word processors and spreadsheets save such files, "
       "and so does the encoding UTF-16.",
       "", "Save the file as plain text in UTF-8.", "", false},
      {C::kWrongUtf8, "A byte is not UTF-8",
       "Study files are UTF-8, so that å, ä and ö are the same everywhere. This file was saved in "
       "another encoding, such as Windows-1252.",
       "", "Save the file again as UTF-8.", "", false},
      {C::kInvisibleCharacter, "A character that nobody can see",
       "Some characters have no width, turn the direction of the text or control a terminal. What "
       "a reader sees would then differ from what the machine reads. An accent that stands apart "
       "from its letter belongs here too: two names could look alike and differ.",
       "include adult : age >= 18 \xE2\x80\x8Byears",
       "Delete the character; it came along when text was pasted. Type a letter with an accent "
       "anew.",
       "include adult : age >= 18 years", false},
      {C::kEmptyFile, "The file says nothing", "The file is empty, or has comments only.",
       "# a comment only", "Write a study, or leave the file out.",
       "study T0001 \"a study\" { sites \"Danderyds sjukhus\" region 01 }\ninclude x : alive",
       true},
      {C::kUnclosedString, "A quote is never closed",
       "A text in quotes ends on its own line, so that one forgotten quote does not swallow the "
       "rest of the file.",
       "include cancer : condition \"colorectal cancer", "Add the closing quote.",
       "include cancer : condition \"colorectal\"", false},
      {C::kUnexpectedCharacter, "A typographic sign",
       "Word processors turn straight quotes into curved ones and hyphens into dashes. They mean "
       "nothing in a study file.",
       "include cancer : condition \xE2\x80\x9C"
       "colorectal cancer\xE2\x80\x9D",
       "Type the plain sign: \" or -.", "include cancer : condition \"colorectal\"", false},
      {C::kTooManyErrors, "Too many errors",
       "After a thousand errors the rest of the file is not read.", "",
       "Mend the first ones; many of the others may go with them.", "", false},

      // ---- grammar
      {C::kUnexpected, "Something else should stand here",
       "The line cannot be read on from here. The message says what could have stood at this "
       "place.",
       "include adult : age 18 years", "Compare the line with the grammar in LANGUAGE.md.",
       "include adult : age >= 18 years", false},
      {C::kUnknownWord, "A word means nothing here",
       "At this place only words of the language can stand, and this is none of them. If a near "
       "one exists, the hint names it.",
       "include cancer : condition \"colorectal cancer\" curent",
       "Correct the word. Names of sets stand in quotes.",
       "include cancer : condition \"colorectal\" current within last 30 days", false},
      {C::kUnclosedBracket, "A bracket is never closed",
       "The declaration ends before the bracket does.",
       "include x : (age >= 18 years and sex is female", "Add the closing bracket.",
       "include x : (age >= 18 years and sex is female)", false},
      {C::kUnclosedBrace, "A brace is never closed",
       "The next declaration begins, or the file ends, before the brace is closed.",
       "codes stroke { icd10se I63", "Add the closing brace.",
       "codes stroke { icd10se I63 }\ninclude x : condition \"stroke\"", false},
      {C::kAndOrMixed, "\"and\" and \"or\" are mixed",
       "\"a and b or c\" can be read in two ways, and different people read it differently. So it "
       "is not read at all.",
       "include x : age >= 18 years and sex is female or alive",
       "Put brackets around what belongs together: (a and b) or c.",
       "include x : (age >= 18 years and sex is female) or alive", false},
      {C::kTooDeep, "Too many levels",
       "Brackets, \"not\"s, definitions or sets stand within one another deeper than anybody could "
       "follow.",
       "", "Give the inner parts names with \"define\", or write some definitions out.", "", false},
      {C::kNumber, "A number that cannot be read",
       "Numbers are written with a point, with a blank before the unit, and have at most 18 "
       "digits. Counts and amounts of time are whole numbers.",
       "include x : latest observation \"HbA1c\" >= 48,5 mmol/mol",
       "Write the number as in the hint.",
       "include x : latest observation \"HbA1c\" >= 48.5 mmol/mol", false},
      {C::kDate, "A date that does not exist", "The text at this place is no date of the calendar.",
       "include x : procedure \"operation\" since 2025-02-30",
       "A date reads 2026, 2026-10, 2026-10-01 or 2026-10-01T09:30.",
       "include x : procedure \"operation\" since 2025-02-28", false},
      {C::kName, "A name that cannot be",
       "A name is missing, is a word of the language, or has characters that such a name cannot "
       "have. The name of a definition is one word, or stands in quotes.",
       "define age : alive", "Choose another name.",
       "define grown : age >= 18 years\ninclude x : grown", false},
      {C::kNoDeclaration, "No declaration begins here",
       "Every line that is not part of the declaration before begins with study, codes, use, "
       "define, include, exclude, ask or example.",
       "inclde adult : age >= 18 years", "Correct the first word of the line.",
       "include adult : age >= 18 years", false},
      {C::kTwice, "Said twice",
       "This part can stand once only; the second could contradict the first.",
       "include x : condition \"stroke\" current current", "Delete one of them.",
       "include x : medication \"statins\" current", false},
      {C::kTooLarge, "The study is too large",
       "With all definitions and sets written out, the study or the set is larger than the limit.",
       "",
       "Definitions under brackets with times of their own multiply; sets of sets add up. Do with "
       "fewer.",
       "", false},
  };
  return kPages;
}

}  // namespace medverka::criteria::internal
