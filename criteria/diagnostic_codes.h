// The number of every diagnostic. Stable: a number is never reused, a new one is the next free of
// its group. Each has a page in explain_code.cc and a case in tests/cases/diagnostics/.
//   01xx the file  02xx grammar  03xx values and queries  04xx time  05xx names and codes  06xx the
//   study block 07xx examples  08xx not yet  09xx warnings
#pragma once

#include <cstdint>

#include "criteria/diagnostic.h"

namespace medverka::criteria {

#define MEDVERKA_DIAGNOSTIC_CODES(X) \
  X(kFileTooLarge, 101)              \
  X(kNotText, 102)                   \
  X(kWrongUtf8, 103)                 \
  X(kInvisibleCharacter, 104)        \
  X(kEmptyFile, 105)                 \
  X(kUnclosedString, 106)            \
  X(kUnexpectedCharacter, 107)       \
  X(kTooManyErrors, 108)             \
  X(kUnexpected, 201)                \
  X(kUnknownWord, 202)               \
  X(kUnclosedBracket, 203)           \
  X(kUnclosedBrace, 204)             \
  X(kAndOrMixed, 205)                \
  X(kTooDeep, 206)                   \
  X(kNumber, 207)                    \
  X(kDate, 208)                      \
  X(kName, 209)                      \
  X(kNoDeclaration, 210)             \
  X(kTwice, 211)                     \
  X(kTooLarge, 212)                  \
  X(kKindHasNoValue, 301)            \
  X(kSelectorSaysNothing, 302)       \
  X(kUpsideDown, 303)                \
  X(kImpossibleCount, 304)           \
  X(kKindHasNoSuchPart, 305)         \
  X(kUnitUnknown, 310)               \
  X(kUnitMissing, 311)               \
  X(kUnitDoesNotFit, 312)            \
  X(kFormula, 313)                   \
  X(kAgeUnit, 314)                   \
  X(kElseSaysNothing, 315)           \
  X(kTwoQuestions, 316)              \
  X(kNoSuchField, 317)               \
  X(kWhere, 318)                     \
  X(kPattern, 319)                   \
  X(kScale, 320)                     \
  X(kNothingToCount, 321)            \
  X(kEventDoesNotFit, 322)           \
  X(kWhichOne, 323)                  \
  X(kSideMissing, 401)               \
  X(kWindowNeverHolds, 402)          \
  X(kSideWithoutWindow, 403)         \
  X(kTimeBindsNothing, 404)          \
  X(kUnknownName, 501)               \
  X(kUnknownSet, 502)                \
  X(kDuplicateName, 503)             \
  X(kCycle, 504)                     \
  X(kUnknownSystem, 506)             \
  X(kCodeForm, 507)                  \
  X(kEmptySet, 508)                  \
  X(kNeedsTerminology, 509)          \
  X(kUseNotFound, 510)               \
  X(kUseCycle, 511)                  \
  X(kNotInShared, 512)               \
  X(kUnknownQuestion, 513)           \
  X(kUnknownCriterion, 514)          \
  X(kUnknownCohort, 515)             \
  X(kNoStudy, 601)                   \
  X(kSecondStudy, 602)               \
  X(kDuplicateStudy, 603)            \
  X(kHeaderKey, 604)                 \
  X(kHeaderValue, 605)               \
  X(kRegisterId, 606)                \
  X(kNoCriteria, 607)                \
  X(kExampleExpectsNothing, 701)     \
  X(kExampleFact, 702)               \
  X(kExampleFails, 703)              \
  X(kNotYet, 801)                    \
  X(kSetUnused, 901)                 \
  X(kDefinitionUnused, 902)          \
  X(kEveryAdultFits, 903)            \
  X(kTimeOnlyOnLast, 904)            \
  X(kLatestAssumed, 905)             \
  X(kBareCurrent, 906)               \
  X(kUnitNotReported, 907)           \
  X(kNoIneligibleExample, 908)       \
  X(kNoSite, 909)                    \
  X(kCheckDigit, 910)                \
  X(kWithoutDescendants, 911)        \
  X(kScaleUnused, 912)               \
  X(kEventUnused, 913)               \
  X(kEventNotRequired, 914)          \
  X(kAnyEventTwice, 915)             \
  X(kPercentOfPercent, 916)          \
  X(kBrandName, 917)                 \
  X(kAskUnneeded, 918)               \
  X(kNoOpenCohort, 919)              \
  X(kNeverTrue, 930)                 \
  X(kNeverFalse, 931)                \
  X(kContradicts, 932)               \
  X(kImplied, 933)                   \
  X(kNeverReached, 934)

enum class DiagnosticCode : std::uint16_t {
#define MEDVERKA_DIAGNOSTIC_CODE(name, number) name = number,
  MEDVERKA_DIAGNOSTIC_CODES(MEDVERKA_DIAGNOSTIC_CODE)
#undef MEDVERKA_DIAGNOSTIC_CODE
};

inline constexpr DiagnosticCode kAllDiagnosticCodes[] = {
#define MEDVERKA_DIAGNOSTIC_CODE(name, number) DiagnosticCode::name,
    MEDVERKA_DIAGNOSTIC_CODES(MEDVERKA_DIAGNOSTIC_CODE)
#undef MEDVERKA_DIAGNOSTIC_CODE
};

// 09xx warn, all others keep the file from compiling.
constexpr Severity SeverityOf(DiagnosticCode code) {
  return static_cast<int>(code) >= 900 ? Severity::kWarning : Severity::kError;
}

}  // namespace medverka::criteria
