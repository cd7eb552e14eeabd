// Tests criteria/scale_value.cc and tests on scales.
#include <gtest/gtest.h>

#include "support.h"

namespace medverka::criteria {
namespace {

using namespace testing;  // NOLINT: the truths and builders of these tests

Scale Stages() {
  return {"TNM", {{"0", {}}, {"I", {"IA", "IB"}}, {"II", {"IIA", "IIB"}}, {"III", {}}}};
}

Truth Ask(ValueTest::Kind kind, CompareOp op, const std::vector<std::string>& words,
          const std::string& value, bool number = false) {
  Vocabulary vocabulary;
  StudyBuilder study;
  study.program().scales.push_back(Stages());
  Query query = Results(study, Selector::kLatest);
  query.test = ValueTest{};
  query.test->kind = kind;
  query.test->op = op;
  query.test->words = words;
  query.test->scale = 0;
  PatientBuilder patient(vocabulary);
  Fact& fact = patient.Result("A", number ? value : "1", "", "2026-06-01");
  if (!number) {
    fact.value = {};
    fact.value.type = Value::Type::kText;
    fact.value.text = value;
  }
  const std::uint32_t node = study.Of(query);
  return Verdict(study, node, vocabulary, patient.View(), "2026-07-15").value;
}

Truth Compared(CompareOp op, const std::string& limit, const std::string& value) {
  return Ask(ValueTest::Kind::kCompareLevel, op, {limit}, value);
}
Truth Among(const std::vector<std::string>& words, const std::string& value) {
  return Ask(ValueTest::Kind::kIn, CompareOp::kEqual, words, value);
}

TEST(Scales, AreOrdered) {
  EXPECT_EQ(Compared(CompareOp::kGreaterEqual, "II", "III"), T);
  EXPECT_EQ(Compared(CompareOp::kGreaterEqual, "II", "IIA"), T);
  EXPECT_EQ(Compared(CompareOp::kGreaterEqual, "II", "I"), F);
  EXPECT_EQ(Compared(CompareOp::kGreater, "II", "II"), F);
  EXPECT_EQ(Compared(CompareOp::kLess, "II", "IB"), T);
  EXPECT_EQ(Compared(CompareOp::kLessEqual, "II", "IIB"), T);
  EXPECT_EQ(Compared(CompareOp::kEqual, "II", "IIB"), T);
}

TEST(Scales, ACoarseValueIsOneOfItsParts) {
  EXPECT_EQ(Compared(CompareOp::kGreaterEqual, "IIB", "II"), U);
  EXPECT_EQ(Compared(CompareOp::kGreaterEqual, "IIB", "IIA"), F);
  EXPECT_EQ(Compared(CompareOp::kGreaterEqual, "IIA", "II"), T);
  EXPECT_EQ(Compared(CompareOp::kLess, "IIB", "II"), U);
  EXPECT_EQ(Compared(CompareOp::kEqual, "IIB", "II"), U);
  EXPECT_EQ(Among({"IIA", "III"}, "II"), U);
  EXPECT_EQ(Among({"IIA", "IIB"}, "II"), T);
  EXPECT_EQ(Among({"I", "III"}, "II"), F);
  EXPECT_EQ(Among({"I", "III"}, "IA"), T);
}

TEST(Scales, AreReadInEverySpelling) {
  for (const char* text : {"IIA", "iia", "Stadium IIA", "stage IIA", "TNM IIA", "TNM stadium IIA"})
    EXPECT_EQ(Compared(CompareOp::kEqual, "IIA", text), T) << text;
  EXPECT_EQ(Compared(CompareOp::kEqual, "IIA", "T3N1"), U);  // not on the scale
  EXPECT_EQ(Among({"I", "II", "III"}, "IV"), U);
  EXPECT_EQ(Ask(ValueTest::Kind::kIn, CompareOp::kEqual, {"0"}, "0", true), T);
  EXPECT_EQ(Ask(ValueTest::Kind::kIn, CompareOp::kEqual, {"0"}, "7", true), U);
}

}  // namespace
}  // namespace medverka::criteria
