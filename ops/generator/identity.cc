#include "ops/generator/identity.h"

#include <algorithm>
#include <array>

#include "ops/generator/random.h"
#include "ops/generator/tables.h"

namespace medverka::generator {
namespace {

constexpr int kTestSerialFirst = 980;  // 980 to 999; odd: men, even: women
constexpr int kSerialsPerDayAndSex = 10;
constexpr int kReserveSerials = 100'000;

// Share of the population by age group of ten years, per mille (SCB, population 31 December 2023;
// rounded).
constexpr std::array<std::uint32_t, 10> kAgePermille = {111, 120, 120, 140, 125,
                                                        127, 109, 94,  46,  8};

std::int32_t DrawAge(Random& random) {
  std::uint32_t x = random.Below(1'000);
  std::int32_t group = 0;
  for (const std::uint32_t share : kAgePermille) {
    if (x < share) break;
    x -= share;
    ++group;
  }
  return std::min(group, 9) * 10 + random.Between(0, 9);
}

// Yearly risk of death per 100,000: 40 at 30 years of age, doubling every seven; near SCB's life
// tables of 2023.
std::uint32_t DeathRisk(std::int32_t age) {
  if (age < 30) return 40;
  const auto sevenths = static_cast<std::uint32_t>(age - 30);
  const std::uint32_t whole = 40U << sevenths / 7;
  return std::min(whole + whole * (sevenths % 7) / 7, 40'000U);
}

Story StoryOf(std::uint64_t patient) {
  if (patient % 100 != 42) return Story::kNone;
  return static_cast<Story>(1 + patient / 100 % 5);
}

std::int32_t StoryAge(Story story, Random& random) {
  switch (story) {
    case Story::kMetacarpal:
      return random.Between(19, 62);
    case Story::kInfarctionPreserved:
    case Story::kInfarctionReduced:
      return random.Between(48, 78);
    default:
      return random.Between(45, 79);
  }
}

Day DrawDeath(const Person& person, Day start, Day end, Random& random) {
  if (person.story != Story::kNone) return kNever;
  for (Day day = start; day < end; day += 365) {
    const std::int32_t age = AgeAt(person.birth, day);
    if (age >= 0 && random.Below(100'000) < DeathRisk(age)) {
      const Day death = day + random.Between(0, 364);
      return death < end && death > person.birth + 30 ? death : kNever;
    }
  }
  return kNever;
}

// Some four in a thousand are known under a reserve number first (unconscious, a newborn, a
// visitor), then by name.
void GiveReserveFirst(Person& person, NumberIssuer& issuer, Day end, Random& random) {
  if (!random.Permille(4) || person.kind != IdKind::kPersonal) return;
  const Day merged = person.joins + random.Between(20, 700);
  if (merged >= std::min(end, person.death)) return;
  person.reserve = issuer.IssueReserve(person.birth);
  person.merged_at = merged * kSecondsPerDay + random.Between(28'000, 60'000);
}

Person MakePerson(std::uint64_t patient, const GenerateOptions& options, Day start,
                  NumberIssuer& issuer) {
  Random random(options.seed, patient * 2 + 1);  // even streams: the planner's
  Person person;
  person.story = options.stories ? StoryOf(patient) : Story::kNone;
  person.female = random.Percent(50);
  // The age is that at the end of the period; children younger than the period are born in it.
  const std::int32_t age =
      person.story == Story::kNone ? DrawAge(random) : StoryAge(person.story, random);
  person.birth = options.end_day - age * 365 - age / 4 - random.Between(0, 364);
  person.joins = std::max(start + random.Between(0, 45), person.birth + random.Between(1, 20));
  person.death = DrawDeath(person, std::max(person.joins, start), options.end_day, random);
  person.region = static_cast<std::uint8_t>(DrawRegion(random.Below(1'000)));
  person.protected_identity = random.Permille(3);
  person.opted_out = random.Permille(5);
  const bool coordination = random.Permille(12) && AgeAt(person.birth, start) >= 0;
  person.kind = coordination ? IdKind::kCoordination : IdKind::kPersonal;
  person.number = issuer.Issue(person.birth, person.female, coordination);
  if (person.number == 0) {
    person.kind = IdKind::kReserve;
    person.number = issuer.IssueReserve(person.birth);
  }
  GiveReserveFirst(person, issuer, options.end_day, random);
  return person;
}

}  // namespace

int LuhnDigit(std::string_view digits) {
  int sum = 0;
  int weight = 2;
  for (const char c : digits) {
    const int product = (c - '0') * weight;
    sum += product / 10 + product % 10;
    weight = 3 - weight;
  }
  return (10 - sum % 10) % 10;
}

NumberIssuer::NumberIssuer() : used_(4 * 70'000, 0), reserves_(300, 0) {}

std::uint64_t NumberIssuer::Issue(Day birth, bool female, bool coordination) {
  const auto day = static_cast<std::size_t>(birth - kFirstBirth);
  std::uint8_t& used = used_.at(day * 4 + (coordination ? 2U : 0U) + (female ? 1U : 0U));
  if (used >= kSerialsPerDayAndSex) return 0;
  const int serial = kTestSerialFirst + 2 * used++ + (female ? 0 : 1);
  const Civil civil = CivilOf(birth);
  std::string digits;
  AppendDigits(digits, civil.year % 100, 2);
  AppendDigits(digits, civil.month, 2);
  AppendDigits(digits, civil.day + (coordination ? 60 : 0), 2);
  AppendDigits(digits, serial, 3);
  const int check = LuhnDigit(digits);
  std::uint64_t number = static_cast<std::uint64_t>(civil.year / 100);
  for (const char c : digits) number = number * 10 + static_cast<std::uint64_t>(c - '0');
  return number * 10 + static_cast<std::uint64_t>(check);
}

std::uint64_t NumberIssuer::IssueReserve(Day birth) {
  const std::int32_t year = CivilOf(birth).year;
  std::uint32_t& used = reserves_.at(static_cast<std::size_t>(year - 1'850));
  const std::uint32_t serial = used++ % kReserveSerials;
  std::string digits;
  AppendDigits(digits, year % 100, 2);
  AppendDigits(digits, serial, 5);
  const auto check = static_cast<std::uint64_t>(LuhnDigit(digits));
  return ((990'000ULL + static_cast<std::uint64_t>(year)) * kReserveSerials + serial) * 10 + check;
}

std::vector<Person> MakePeople(const GenerateOptions& options, Day start) {
  NumberIssuer issuer;
  std::vector<Person> people;
  people.reserve(options.patients);
  for (std::uint64_t patient = 0; patient < options.patients; ++patient) {
    people.push_back(MakePerson(patient, options, start, issuer));
  }
  return people;
}

}  // namespace medverka::generator
