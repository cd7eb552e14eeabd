// Forms that text takes in Swedish journals: person numbers, regions, results and limits as text.
#include <gtest/gtest.h>

#include "matcher/journal/element.h"
#include "matcher/journal/identifiers.h"
#include "matcher/journal/quantity_text.h"
#include "matcher/journal/regions.h"

namespace medverka::matcher::journal {
namespace {

constexpr std::string_view kPnr = "http://electronichealth.se/identifier/personnummer";
constexpr std::string_view kSam = "http://electronichealth.se/identifier/samordningsnummer";

// The number of its kind that fits `first`, the digits before the check digit (YYMMDDNNN).
std::string WithCheckDigit(const std::string& first) {
  int sum = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const int product = (first[i] - '0') * (i % 2 == 0 ? 2 : 1);
    sum += product / 10 + product % 10;
  }
  return first + static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::string NameOf(std::string_view system, std::string_view value) {
  const auto written = base::MakeDate(2026, 6, 15);
  const PersonIdentifier read = ReadIdentifier(system, value, written);
  return read.valid ? read.name : "bad";
}

TEST(PersonNumber, IsOneNameInAllItsForms) {
  const std::string ten = WithCheckDigit("710302982");
  const std::string name = std::string(kPnr) + "|19" + ten;
  EXPECT_EQ(NameOf(kPnr, "19" + ten), name);
  EXPECT_EQ(NameOf(kPnr, "19" + ten.substr(0, 6) + "-" + ten.substr(6)), name);
  EXPECT_EQ(NameOf(kPnr, ten.substr(0, 6) + "-" + ten.substr(6)), name);
  EXPECT_EQ(NameOf(kPnr, " " + ten + " "), name);
  EXPECT_EQ(NameOf("urn:oid:1.2.752.129.2.1.3.1", ten), name);
  EXPECT_EQ(NameOf("1.2.752.129.2.1.3.1", ten), name);
  EXPECT_EQ(NameOf("http://terminology.hl7.se/sid/se-personnummer", ten), name);
}

TEST(PersonNumber, GetsTheLatestCenturyThatIsNotInTheFuture) {
  const std::string june14 = WithCheckDigit("260614981");
  const std::string june16 = WithCheckDigit("260616981");
  EXPECT_EQ(NameOf(kPnr, june14), std::string(kPnr) + "|20" + june14);
  EXPECT_EQ(NameOf(kPnr, june16), std::string(kPnr) + "|19" + june16);
  const std::string plus = june14.substr(0, 6) + "+" + june14.substr(6);
  EXPECT_EQ(NameOf(kPnr, plus), std::string(kPnr) + "|19" + june14);
}

TEST(PersonNumber, WithWrongCheckDigitOrDateIsBad) {
  std::string wrong = WithCheckDigit("710302982");
  wrong.back() = wrong.back() == '9' ? '0' : static_cast<char>(wrong.back() + 1);
  EXPECT_EQ(NameOf(kPnr, "19" + wrong), "bad");
  EXPECT_EQ(NameOf(kPnr, "19" + WithCheckDigit("711302982")), "bad") << "month 13";
  EXPECT_EQ(NameOf(kPnr, "19" + WithCheckDigit("710230982")), "bad") << "30 February";
  EXPECT_EQ(NameOf(kPnr, "12345"), "bad");
  EXPECT_EQ(NameOf(kPnr, "hemlig"), "bad");
}

TEST(PersonNumber, SaysSexAndBirthDate) {
  const auto woman = ReadIdentifier(kPnr, "19" + WithCheckDigit("710302982"), std::nullopt);
  EXPECT_EQ(woman.sex, criteria::Sex::kFemale);
  EXPECT_EQ(base::FormatRange(*woman.birth), "1971-03-02");
  EXPECT_EQ(ReadIdentifier(kPnr, "19" + WithCheckDigit("710302981"), std::nullopt).sex,
            criteria::Sex::kMale);
}

TEST(PersonNumber, InterimLetterCountsAsOne) {
  std::string number = WithCheckDigit("710302181");  // T in place of the first 1 of the serial
  number[6] = 'T';
  EXPECT_EQ(NameOf(kPnr, "19" + number), std::string(kPnr) + "|19" + number);
  EXPECT_EQ(NameOf(kPnr, "1971030" + std::string("2A812")), "bad") << "A is no such letter";
}

TEST(CoordinationNumber, IsToldByItsDayUnderEitherSystem) {
  const std::string ten = WithCheckDigit("701063980");
  EXPECT_EQ(NameOf(kSam, "19" + ten), std::string(kSam) + "|19" + ten);
  EXPECT_EQ(NameOf(kPnr, "19" + ten), std::string(kSam) + "|19" + ten);
  EXPECT_EQ(NameOf(kSam, "197010632391"), std::string(kSam) + "|197010632391");
  EXPECT_EQ(NameOf(kSam, "197010632392"), "bad");
  EXPECT_EQ(base::FormatRange(*ReadIdentifier(kSam, "19" + ten, std::nullopt).birth), "1970-10-03");
}

TEST(CoordinationNumber, MayLeaveTheBirthDateOpen) {
  EXPECT_EQ(base::FormatRange(
                *ReadIdentifier(kSam, "19" + WithCheckDigit("701060980"), std::nullopt).birth),
            "1970-10");
  EXPECT_EQ(base::FormatRange(
                *ReadIdentifier(kSam, "19" + WithCheckDigit("700060980"), std::nullopt).birth),
            "1970");
}

TEST(ReserveNumber, IsNeverCheckedAndSaysNothing) {
  const auto read = ReadIdentifier("urn:oid:1.2.752.97.3.1.3", "99 1971-123457", std::nullopt);
  EXPECT_TRUE(read.valid);
  EXPECT_EQ(read.name, "urn:oid:1.2.752.97.3.1.3|991971123457");
  EXPECT_EQ(read.kind, IdentifierKind::kReserve);
  EXPECT_EQ(read.sex, criteria::Sex::kUnknown);
  EXPECT_FALSE(read.birth);
  EXPECT_EQ(NameOf("http://electronichealth.se/identifier/nationelltReservnummer", "22710302aa06"),
            "http://electronichealth.se/identifier/nationelltReservnummer|22710302AA06");
}

TEST(OtherIdentifier, IsKeptAsSent) {
  EXPECT_EQ(NameOf("urn:oid:1.2.3", " ab-1 "), "1.2.3|ab-1");
  EXPECT_EQ(NameOf("https://hospital.example/mrn", "77"), "https://hospital.example/mrn|77");
  EXPECT_EQ(NameOf("", "77"), "");
}

TEST(Region, IsReadFromCodesAndNames) {
  EXPECT_EQ(RegionOf("01"), "01");
  EXPECT_EQ(RegionOf("0180"), "01");
  EXPECT_EQ(RegionOf("Stockholms län"), "01");
  EXPECT_EQ(RegionOf("STOCKHOLM"), "01");
  EXPECT_EQ(RegionOf("Region Skåne"), "12");
  EXPECT_EQ(RegionOf("Skåne län"), "12");
  EXPECT_EQ(RegionOf("Västra Götalandsregionen"), "14");
  EXPECT_EQ(RegionOf("Västra Götalands län"), "14");
  EXPECT_EQ(RegionOf("Region Jönköpings län"), "06");
  EXPECT_EQ(RegionOf("Region Sörmland"), "04");
  EXPECT_EQ(RegionOf("Region Jämtland Härjedalen"), "23");
  EXPECT_EQ(RegionOf("Gotlands län"), "09");
  EXPECT_EQ(RegionOf("Massachusetts"), "");
  EXPECT_EQ(RegionOf("02"), "") << "no such region";
  EXPECT_EQ(RegionOf("012"), "");
  EXPECT_EQ(RegionOf(""), "");
}

std::string Text(std::string_view text) {
  const auto read = ReadQuantityText(text);
  if (!read) return "text";
  std::string out = read->number.low_open ? "(" : "[";
  if (read->number.low) out += read->number.low->ToString();
  out += ",";
  if (read->number.high) out += read->number.high->ToString();
  out += read->number.high_open ? ")" : "]";
  return out + std::string(read->unit);
}

TEST(QuantityText, IsReadWithCommaComparatorAndUnit) {
  EXPECT_EQ(Text("12,3"), "[12.3,12.3]");
  EXPECT_EQ(Text("12.3"), "[12.3,12.3]");
  EXPECT_EQ(Text(" <5 "), "[,5)");
  EXPECT_EQ(Text("< 5"), "[,5)");
  EXPECT_EQ(Text("≤5"), "[,5]");
  EXPECT_EQ(Text(">=60"), "[60,]");
  EXPECT_EQ(Text("> 90"), "(90,]");
  EXPECT_EQ(Text("12,3 mmol/L"), "[12.3,12.3]mmol/L");
  EXPECT_EQ(Text("12,3mmol/L"), "[12.3,12.3]mmol/L");
  EXPECT_EQ(Text("45 %"), "[45,45]%");
  EXPECT_EQ(Text("-2,5"), "[-2.5,-2.5]");
}

TEST(QuantityText, LeavesOtherTextAlone) {
  for (const std::string_view text :
       {"", "negativ", "1:128", "120/80", "2024-01-01", "1+", "5-10", "3 tabletter dagligen",
        "ca 5", "<", "5,", "12,3,4", "1 2", "400000000000000000000"}) {
    EXPECT_EQ(Text(text), "text") << text;
  }
}

std::string Limits(std::string_view text) {
  const auto read = ReadLimitsText(text);
  if (!read) return "none";
  return (read->low ? read->low->ToString() : "") + ".." +
         (read->high ? read->high->ToString() : "") + std::string(read->unit);
}

TEST(LimitsText, IsReadInTheFormsLaboratoriesPrint) {
  EXPECT_EQ(Limits("31-46"), "31..46");
  EXPECT_EQ(Limits("31 – 46"), "31..46");
  EXPECT_EQ(Limits("3,5-8,8 10*9/L"), "3.5..8.810*9/L");
  EXPECT_EQ(Limits("< 0,8"), "..0.8");
  EXPECT_EQ(Limits(">= 60"), "60..");
  EXPECT_EQ(Limits("-2 - 2"), "-2..2");
  for (const std::string_view text :
       {"", "negativ", "46-31", "5", "kvinnor 4-9", "31-46 beroende på ålder"}) {
    EXPECT_EQ(Limits(text), "none") << text;
  }
}

TEST(BoundedText, IsCutBetweenCharacters) {
  const std::string exact(criteria::kValueTextBytesMax, 'a');
  EXPECT_EQ(BoundedText(exact), exact);
  const std::string swedish = std::string(criteria::kValueTextBytesMax - 1, 'a') + "åäö";
  EXPECT_EQ(BoundedText(swedish), std::string(criteria::kValueTextBytesMax - 1, 'a'));
}

}  // namespace
}  // namespace medverka::matcher::journal
