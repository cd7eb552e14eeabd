// Tests criteria/leaf_gestation.cc.
#include <gtest/gtest.h>

#include "support.h"

namespace medverka::criteria {
namespace {

using namespace testing;  // NOLINT: the truths and builders of these tests

struct Given {
  std::string code;
  std::string number;  // with a unit a quantity, without one a text
  std::string unit;
  std::string date;
};

constexpr int Days(int weeks, int days) { return weeks * 7 + days; }

CriterionVerdict Ask(GestationQuery query, const std::vector<Given>& given, std::string_view at,
                     std::string_view born = "") {
  Vocabulary vocabulary;
  StudyBuilder study;
  study.program().gestations.push_back(query);
  PatientBuilder patient(vocabulary);
  if (!born.empty()) patient.person().birth = base::ParseTime(born);
  for (const Given& one : given) {
    Fact& fact = patient.Add(FactKind::kObservation, SystemId::kLoinc, one.code, one.date);
    if (one.unit.empty()) {
      fact.value.type = Value::Type::kText;
      fact.value.text = one.number;
      continue;
    }
    fact.value.type = Value::Type::kQuantity;
    fact.value.number.low = fact.value.number.high = base::Decimal::Parse(one.number);
    fact.value.unit = vocabulary.Unit(one.unit);
  }
  const std::uint32_t node = study.Add({NodeKind::kGestation, 0, 0, {}});
  return Verdict(study, node, vocabulary, patient.View(), at);
}

GestationQuery Between(int min, int max) {
  GestationQuery query;
  query.min_days = min;
  query.max_days = max;
  return query;
}

TEST(Gestation, CarriesTheLatestDatingForward) {
  const GestationQuery late = Between(Days(40, 6), Days(41, 1));
  const std::vector<Given> dating = {{"18185-9", "18+0", "", "2026-01-10"}};
  EXPECT_EQ(Ask(late, dating, "2026-06-18T12:00:00+02:00").value, F);  // 40+5
  EXPECT_EQ(Ask(late, dating, "2026-06-19T00:00:00+02:00").value, T);  // 40+6
  EXPECT_EQ(Ask(late, dating, "2026-06-21T23:59:00+02:00").value, T);  // 41+1
  EXPECT_EQ(Ask(late, dating, "2026-06-22T00:00:00+02:00").value, F);
  const auto until = Ask(late, dating, "2026-06-01T12:00:00+02:00").until;
  ASSERT_TRUE(until);
  EXPECT_EQ(*until, At("2026-06-19T00:00:00+02:00"));
}

TEST(Gestation, ReadsEveryForm) {
  const GestationQuery exactly = Between(Days(39, 3), Days(39, 3));
  const auto on_the_day = [&](const std::string& number, const std::string& unit) {
    return Ask(exactly, {{"11884-4", number, unit, "2026-06-01"}}, "2026-06-01T12:00:00+02:00")
        .value;
  };
  EXPECT_EQ(on_the_day("39+3", ""), T);
  EXPECT_EQ(on_the_day("39 v + 3 d", ""), T);
  EXPECT_EQ(on_the_day("276", "d"), T);
  EXPECT_EQ(on_the_day("39.43", "wk"), T);
  EXPECT_EQ(on_the_day("39.4", "wk"), T);
  EXPECT_EQ(on_the_day("39.0", "wk"), F);
  EXPECT_EQ(on_the_day("39", "wk"), U);  // completed weeks
  EXPECT_EQ(on_the_day("fullgången", ""), U);
  EXPECT_EQ(on_the_day("39", "g/L"), U);
  EXPECT_EQ(Ask(Between(Days(39, 0), Days(39, 6)), {{"49051-6", "39", "wk", "2026-06-01"}},
                "2026-06-01T12:00:00+02:00")
                .value,
            T);
}

TEST(Gestation, IsUnknownWithoutADatingOrWithOneTooCoarse) {
  const GestationQuery any = Between(Days(20, 0), Days(42, 0));
  EXPECT_EQ(Ask(any, {}, "2026-06-01").value, U);
  EXPECT_EQ(
      Ask(Between(Days(20, 0), Days(21, 0)), {{"18185-9", "18+0", "", "2026-05"}}, "2026-06-10")
          .value,
      U);
  EXPECT_EQ(Ask(any, {{"18185-9", "12+0", "", "2024-05-01"}}, "2026-06-10").value,
            U);  // a former one
}

TEST(Gestation, AtBirthIsOfTheNewbornsOwnRecord) {
  GestationQuery query = Between(Days(37, 0), Days(41, 6));
  query.at_birth = true;
  EXPECT_EQ(Ask(query, {{"76516-4", "38+2", "", "2026-06-03"}}, "2026-08-10", "2026-06-01").value,
            T);
  EXPECT_EQ(Ask(query, {{"76516-4", "36+6", "", "2026-06-03"}}, "2026-08-10", "2026-06-01").value,
            F);
  EXPECT_EQ(Ask(query, {{"11884-4", "38", "wk", "2026-06-01"}}, "2026-08-10", "2026-06-01").value,
            T);
  // A dating of the person's own pregnancy is none of her birth.
  EXPECT_EQ(Ask(query, {{"11884-4", "38", "wk", "2026-06-01"}}, "2026-08-10", "1996-06-01").value,
            U);
}

}  // namespace
}  // namespace medverka::criteria
