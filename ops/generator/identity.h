// Who the patients are: births, sex, region, and identity numbers that no living person can have.
//
// Personal identity numbers (personnummer) and coordination numbers (samordningsnummer) are only
// made with the birth numbers 980 to 999, the range that Skatteverket keeps for tests
// ("Testpersonnummer" and "Testsamordningsnummer", open data of Skatteverket,
// https://www.skatteverket.se, Rowstore). A day holds ten of each sex; when they are used up, and
// for people who have no number yet, a regional reserve number is made (conventions of Region
// Stockholm: 99, birth year, five digits).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ops/generator/calendar.h"
#include "ops/generator/generator.h"

namespace medverka::generator {

enum class IdKind : std::uint8_t { kPersonal, kCoordination, kReserve };

// The story a patient walks through because a study looks for such patients (stories.cc).
enum class Story : std::uint8_t {
  kNone,
  kColorectalMutated,
  kInfarctionPreserved,
  kMetacarpal,
  kColorectalOther,    // near: wild type, or anticoagulants
  kInfarctionReduced,  // near: ejection fraction below 50 %, or already on a beta-blocker
};

inline constexpr Day kNever = INT32_MAX;

struct Person {
  std::uint64_t number = 0;   // twelve digits
  std::uint64_t reserve = 0;  // reserve number used before the real one was known; 0: none
  Seconds merged_at = 0;      // when the records of both numbers became one; 0: never
  Day birth = 0;
  Day death = kNever;
  Day joins = 0;  // first day in the journal
  IdKind kind = IdKind::kPersonal;
  std::uint8_t region = 0;  // row of kRegions
  Story story = Story::kNone;
  bool female = false;
  bool protected_identity = false;
  bool opted_out = false;  // wants no questions about research
};

// Luhn's check digit over `digits` (weights 2, 1, 2, ... from the left). Worked: 121212121 -> 2
// (19121212-1212).
int LuhnDigit(std::string_view digits);

// Issues each number once. Not for several threads.
class NumberIssuer {
 public:
  NumberIssuer();
  // 0: the day's test numbers of this sex are used up.
  std::uint64_t Issue(Day birth, bool female, bool coordination);
  std::uint64_t IssueReserve(Day birth);

 private:
  static constexpr Day kFirstBirth = -40'177;  // 1860-01-01
  std::vector<std::uint8_t> used_;             // by day, kind and sex
  std::vector<std::uint32_t> reserves_;        // by year
};

std::vector<Person> MakePeople(const GenerateOptions& options, Day start);

}  // namespace medverka::generator
