// Every bound of the language, with its reason. Reaching one is a diagnostic, never a crash and
// never silence.
#pragma once

#include <cstddef>
#include <cstdint>

namespace medverka::criteria {

// A study of three hundred criteria takes some 50 KiB; what is larger is not a study file.
inline constexpr std::size_t kStudyFileBytesMax = 1024 * 1024;

// Brackets, `not`s and definitions within one another. A person loses count at five; a stack holds
// far more.
inline constexpr int kExpressionDepthMax = 100;

// Levels of a term with the definitions in it written out; passes over the program go that deep.
inline constexpr int kDefinitionDepthMax = 500;

// Sets that name sets that name sets.
inline constexpr int kSetDepthMax = 100;

// After so many errors in one file the rest of it is not read: they no longer tell the author
// anything.
inline constexpr std::size_t kErrorsPerFileMax = 1000;

// Code rules of one set with all sets in it written out.
inline constexpr std::size_t kCodeRulesPerSetMax = 100'000;

// Levels of a scale, and parts of a level: the longest in use (tumour stages) has some thirty.
inline constexpr std::size_t kScaleLevelsMax = 100;

// Nodes of one compiled study. Definitions under brackets with times of their own can multiply.
inline constexpr std::size_t kProgramNodesMax = 100'000;

// Amounts of time and counts: beyond a thousand years or a million facts a number is a slip.
inline constexpr std::int64_t kAmountMax = 1'000'000;

// RE2 takes up to 8 MiB per pattern unless told otherwise; for ten thousand studies one is plenty.
// A pattern that needs more is a diagnostic when the study is checked, never "no match" later.
inline constexpr std::int64_t kPatternMemoryBytesMax = 1024 * 1024;

// A pattern that a person can still read.
inline constexpr std::size_t kPatternBytesMax = 1000;

// Text of a line that a diagnostic keeps for its carets, in code points.
inline constexpr int kSourceLineCodePointsMax = 1000;

// Combinations of choices of the events that one query counts from. A weekly laboratory value over
// twenty years makes a thousand of an `any` event; beyond that the query is unknown and says so.
inline constexpr int kEventCombinationsMax = 1024;

// A text that a pattern is looked for in: as long as a report's conclusion may be (fact.h).
inline constexpr std::size_t kSearchedTextBytesMax = 16 * 1024;

}  // namespace medverka::criteria
