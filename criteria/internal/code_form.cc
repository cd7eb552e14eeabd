#include "criteria/internal/code_form.h"

#include <algorithm>
#include <array>
#include <vector>

#include "ops/base/format.h"

namespace medverka::criteria::internal {
namespace {

bool Digit(char c) { return c >= '0' && c <= '9'; }
bool Letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool AllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), Digit);
}

// A prefix of a code of ICD-10: C, C1, C18, C18.7, C187, M05.9+, W00-9 is none.
bool Icd10(std::string_view code) {
  if (code.empty() || !Letter(code[0])) return false;
  constexpr std::size_t kLengthMax = 10;
  if (code.size() > kLengthMax) return false;
  for (std::size_t i = 1; i < code.size(); ++i) {
    if (i <= 2 ? !Digit(code[i])
               : !(Digit(code[i]) || Letter(code[i]) || code[i] == '.' || code[i] == '+' ||
                   code[i] == '*')) {
      return false;
    }
  }
  return true;
}

bool Atc(std::string_view code) {
  constexpr std::string_view kShape = "LDDLLDD";
  if (code.empty() || code.size() > kShape.size()) return false;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (kShape[i] == 'L' ? !Letter(code[i]) : !Digit(code[i])) return false;
  }
  return code.size() != 2 && code.size() != 6;
}

bool Kva(std::string_view code) {
  constexpr std::size_t kLengthMax = 6;
  if (code.empty() || code.size() > kLengthMax || !Letter(code[0])) return false;
  return std::all_of(code.begin(), code.end(), [](char c) { return Letter(c) || Digit(c); });
}

bool Npu(std::string_view code) {
  constexpr std::size_t kLength = 8;
  return code.size() == kLength &&
         std::all_of(code.begin(), code.begin() + 3, [](char c) { return c >= 'A' && c <= 'Z'; }) &&
         AllDigits(code.substr(3));
}

bool Loinc(std::string_view code) {
  constexpr std::size_t kDigitsMax = 7;
  if (code.substr(0, 2) == "LA" || code.substr(0, 2) == "LP") code.remove_prefix(2);
  const std::size_t dash = code.find('-');
  return dash != std::string_view::npos && dash <= kDigitsMax && AllDigits(code.substr(0, dash)) &&
         code.size() == dash + 2 && Digit(code.back());
}

// Mod 10 over the digits before the dash, the last one doubled first.
bool LoincCheckDigit(std::string_view code) {
  if (code.substr(0, 1) == "L") code.remove_prefix(2);
  int sum = 0;
  bool twice = true;
  for (std::size_t i = code.size() - 2; i-- > 0; twice = !twice) {
    const int digit = code[i] - '0';
    sum += twice ? digit * 2 / 10 + digit * 2 % 10 : digit;
  }
  return (10 - sum % 10) % 10 == code.back() - '0';
}

// Verhoeff's scheme, as the SNOMED CT technical implementation guide gives it: multiplication in
// D5, and a permutation by place.
bool Verhoeff(std::string_view digits) {
  constexpr std::array<std::array<int, 10>, 10> kD = {{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                                                       {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
                                                       {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
                                                       {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
                                                       {4, 0, 1, 2, 3, 9, 5, 6, 7, 8},
                                                       {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
                                                       {6, 5, 9, 8, 7, 1, 0, 4, 3, 2},
                                                       {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
                                                       {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
                                                       {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}};
  constexpr std::array<std::array<int, 10>, 8> kP = {{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                                                      {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
                                                      {5, 8, 0, 3, 7, 9, 6, 1, 4, 2},
                                                      {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
                                                      {9, 4, 5, 3, 1, 2, 6, 8, 7, 0},
                                                      {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
                                                      {2, 7, 9, 3, 8, 0, 6, 4, 1, 5},
                                                      {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}}};
  int check = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const auto digit = static_cast<std::size_t>(digits[digits.size() - 1 - i] - '0');
    check = kD[static_cast<std::size_t>(check)][static_cast<std::size_t>(kP[i % 8][digit])];
  }
  return check == 0;
}

bool Snomed(std::string_view code) {
  constexpr std::size_t kDigitsMin = 6;
  constexpr std::size_t kDigitsMax = 18;
  return AllDigits(code) && code.size() >= kDigitsMin && code.size() <= kDigitsMax;
}

}  // namespace

std::string FormProblem(SystemId system, std::string_view code) {
  switch (system) {
    case SystemId::kIcd10Se:
    case SystemId::kIcd10:
      return Icd10(code) ? ""
                         : "A code of ICD-10 reads C18, C18.7 or C187; the beginning stands for "
                           "all below it.";
    case SystemId::kAtc:
      return Atc(code) ? "" : "An ATC code reads A, A10, A10B, A10BA or A10BA02.";
    case SystemId::kKva:
      return Kva(code) ? "" : "A KVÅ code has up to six letters and digits, such as JFB or JFB00.";
    case SystemId::kNpu:
      return Npu(code) ? "" : "An NPU code reads NPU04998: three capital letters, five digits.";
    case SystemId::kLoinc:
      return Loinc(code) ? "" : "A LOINC code reads 8480-6: digits, a dash, a check digit.";
    case SystemId::kSnomed:
      return Snomed(code) ? "" : "A concept of SNOMED CT has 6 to 18 digits, such as 363406005.";
    case SystemId::kHgnc:
      return AllDigits(code.substr(0, 5) == "HGNC:" ? code.substr(5) : code)
                 ? ""
                 : "An HGNC identifier reads HGNC:3236 or 3236.";
    case SystemId::kCvx:
    case SystemId::kRxNorm:
      return AllDigits(code) ? "" : "Such a code has digits only.";
    default:
      return "";
  }
}

bool CheckDigitHolds(SystemId system, std::string_view code) {
  if (system == SystemId::kSnomed) return Verhoeff(code);
  if (system == SystemId::kLoinc) return LoincCheckDigit(code);
  return true;
}

std::string MeantCode(SystemId system, std::string_view code) {
  std::vector<std::string> tries;
  std::string digits(code);
  for (char& c : digits) {
    if (c == 'O' || c == 'o') c = '0';
    if (c == 'I' || c == 'l') c = '1';
  }
  tries.push_back(digits);
  // The first letters of ICD-10, ATC and NPU codes are letters.
  for (const std::size_t letters : {std::size_t{1}, std::size_t{3}}) {
    if (code.size() > letters)
      tries.push_back(std::string(code.substr(0, letters)) + digits.substr(letters));
  }
  std::string upper(code);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  tries.push_back(upper);
  if (code.size() > 1 && code.find('-') == std::string_view::npos)
    tries.push_back(fmt::format("{}-{}", code.substr(0, code.size() - 1), code.back()));
  for (const std::string& attempt : tries) {
    if (attempt != code && FormProblem(system, attempt).empty() && CheckDigitHolds(system, attempt))
      return attempt;
  }
  return "";
}

}  // namespace medverka::criteria::internal
