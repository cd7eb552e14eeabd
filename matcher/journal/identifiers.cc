#include "matcher/journal/identifiers.h"

#include <array>

#include "matcher/journal/element.h"

namespace medverka::matcher::journal {
namespace {

using base::Date;

constexpr std::string_view kPersonnummerSystem =
    "http://electronichealth.se/identifier/personnummer";
constexpr std::string_view kSamordningsnummerSystem =
    "http://electronichealth.se/identifier/samordningsnummer";

struct SystemRow {
  std::string_view system;  // OIDs without "urn:oid:"
  IdentifierKind kind;
  std::string_view canonical;
};
constexpr std::array kSystems = {
    SystemRow{kPersonnummerSystem, IdentifierKind::kPersonnummer, kPersonnummerSystem},
    SystemRow{"1.2.752.129.2.1.3.1", IdentifierKind::kPersonnummer, kPersonnummerSystem},
    SystemRow{"http://terminology.hl7.se/sid/se-personnummer", IdentifierKind::kPersonnummer,
              kPersonnummerSystem},
    SystemRow{kSamordningsnummerSystem, IdentifierKind::kSamordningsnummer,
              kSamordningsnummerSystem},
    SystemRow{"1.2.752.129.2.1.3.3", IdentifierKind::kSamordningsnummer, kSamordningsnummerSystem},
    SystemRow{"http://electronichealth.se/identifier/nationelltReservnummer",
              IdentifierKind::kReserve,
              "http://electronichealth.se/identifier/nationelltReservnummer"},
    SystemRow{"http://electronichealth.se/identifier/LMA-nummer", IdentifierKind::kReserve,
              "http://electronichealth.se/identifier/LMA-nummer"},
    SystemRow{"1.2.752.129.2.1.3.2", IdentifierKind::kReserve,
              "urn:oid:1.2.752.129.2.1.3.2"},  // Inera
    SystemRow{"1.2.752.97.3.1.3", IdentifierKind::kReserve,
              "urn:oid:1.2.752.97.3.1.3"},  // Stockholm
    SystemRow{"1.2.752.113.11.0.2.1.1.1", IdentifierKind::kReserve,
              "urn:oid:1.2.752.113.11.0.2.1.1.1"},                                    // VGR
    SystemRow{"1.2.752.74.9.2", IdentifierKind::kReserve, "urn:oid:1.2.752.74.9.2"},  // Värmland
};

constexpr int kCoordinationDayOffset = 60;
constexpr int kCenturyYears = 100;
constexpr std::size_t kLongForm = 12;   // CCYYMMDDNNNC
constexpr std::size_t kShortForm = 10;  // YYMMDDNNNC
// For numbers without a century in records without any time.
constexpr int kYearWithoutTime = 2025;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
int Digit(char c) { return c - '0'; }

// Upper case, without blanks and separators.
std::string Squeezed(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c != ' ' && c != '-' && c != '+' && c != '\t') text.push_back(Upper(c));
  }
  return text;
}

// An interim number has a letter in its serial, which counts as 1 for the check digit.
bool IsInterimLetter(char c) {
  return std::string_view("TRSUWXJKLMN").find(c) != std::string_view::npos;
}

// Luhn on YYMMDDNNN with weights 2,1,2,... against C. Worked: 121212121 -> 2.
bool CheckDigitFits(std::string_view ten) {
  int sum = 0;
  for (std::size_t i = 0; i + 1 < ten.size(); ++i) {
    const int digit = IsDigit(ten[i]) ? Digit(ten[i]) : 1;
    const int product = i % 2 == 0 ? digit * 2 : digit;
    sum += product / 10 + product % 10;
  }
  return (10 - sum % 10) % 10 == Digit(ten.back());
}

bool HasFormOfNumber(std::string_view ten) {
  for (std::size_t i = 0; i < ten.size(); ++i) {
    const bool serial = i >= 6 && i <= 8;
    if (!IsDigit(ten[i]) && !(serial && IsInterimLetter(ten[i]))) return false;
  }
  return true;
}

int TwoDigits(std::string_view text, std::size_t at) {
  return Digit(text[at]) * 10 + Digit(text[at + 1]);
}

std::string WithCentury(std::string_view ten, bool plus, std::optional<Date> written) {
  const auto latest = written.value_or(*base::MakeDate(kYearWithoutTime, 12, 31));
  const base::CivilDate now = base::ToCivil(latest);
  const int month = TwoDigits(ten, 2);
  const int day = TwoDigits(ten, 4) % kCoordinationDayOffset;
  int year = now.year / kCenturyYears * kCenturyYears + TwoDigits(ten, 0);
  const bool later =
      year > now.year ||
      (year == now.year && (month > now.month || (month == now.month && day > now.day)));
  if (later) year -= kCenturyYears;
  if (plus) year -= kCenturyYears;
  const int century = year / kCenturyYears;
  std::string twelve{static_cast<char>('0' + century / 10), static_cast<char>('0' + century % 10)};
  twelve += ten;
  return twelve;
}

// Coordination numbers of people whose birth date is not known have zeros: month 00, day 60.
std::optional<base::TimeRange> BirthOf(std::string_view twelve, bool coordination) {
  const int year = TwoDigits(twelve, 0) * kCenturyYears + TwoDigits(twelve, 2);
  const int month = TwoDigits(twelve, 4);
  const int day = TwoDigits(twelve, 6) - (coordination ? kCoordinationDayOffset : 0);
  if (coordination && (month == 0 || day == 0)) {
    if (month > 12 || (month == 0 && day > 31)) return std::nullopt;
    const auto first = base::MakeDate(year, month == 0 ? 1 : month, 1);
    const int last_month = month == 0 ? 12 : month;
    const auto last = base::MakeDate(year, last_month, base::DaysInMonth(year, last_month));
    if (!first || !last) return std::nullopt;
    return base::TimeRange{base::StartOfDay(*first), base::EndOfDay(*last)};
  }
  const auto date = base::MakeDate(year, month, day);
  if (!date) return std::nullopt;
  return base::TimeRange{base::StartOfDay(*date), base::EndOfDay(*date)};
}

void ReadPersonalNumber(std::string_view value, std::optional<Date> written,
                        PersonIdentifier& out) {
  std::string number = Squeezed(value);
  out.valid = false;
  if (number.size() != kLongForm && number.size() != kShortForm) return;
  const std::string ten = number.substr(number.size() - kShortForm);
  if (!HasFormOfNumber(ten)) return;
  if (number.size() == kShortForm) {
    number = WithCentury(ten, value.find('+') != std::string_view::npos, written);
  }
  if (!IsDigit(number[0]) || !IsDigit(number[1])) return;
  // Sources use either system for both sorts of number; the day tells which it is.
  const bool coordination = TwoDigits(number, 6) >= kCoordinationDayOffset;
  out.kind = coordination ? IdentifierKind::kSamordningsnummer : IdentifierKind::kPersonnummer;
  out.name =
      std::string(coordination ? kSamordningsnummerSystem : kPersonnummerSystem) + "|" + number;
  out.birth = BirthOf(number, coordination);
  out.valid = out.birth.has_value() && CheckDigitFits(ten);
  if (!out.valid) return;
  if (IsDigit(number[10])) {
    out.sex = Digit(number[10]) % 2 == 1 ? criteria::Sex::kMale : criteria::Sex::kFemale;
  }
}

}  // namespace

PersonIdentifier ReadIdentifier(std::string_view system, std::string_view value,
                                std::optional<Date> written) {
  PersonIdentifier out;
  value = Trim(value);
  if (value.empty() || system.empty()) return out;
  const std::string_view bare = WithoutOidPrefix(system);
  for (const SystemRow& row : kSystems) {
    if (row.system != bare) continue;
    out.kind = row.kind;
    if (row.kind == IdentifierKind::kReserve) {
      out.name = std::string(row.canonical) + "|" + Squeezed(value);
    } else {
      ReadPersonalNumber(value, written, out);
    }
    return out;
  }
  out.name = std::string(bare) + "|" + std::string(value);
  return out;
}

bool IsHsaSystem(std::string_view system) {
  const std::string_view bare = WithoutOidPrefix(system);
  return bare == "1.2.752.29.4.19" || bare == "1.2.752.129.2.1.4.1";
}

}  // namespace medverka::matcher::journal
