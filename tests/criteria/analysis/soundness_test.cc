// What analysis finds holds for every patient: random studies that have findings, random patients
// who try to disprove them.
#include <gtest/gtest.h>

#include <random>

#include "criteria/analysis/analysis.h"
#include "tests/criteria/evaluator/build.h"
#include "tests/criteria/front/support.h"

namespace medverka::criteria {
namespace {

using testing::At;
using testing::PatientBuilder;

class Random {
 public:
  explicit Random(unsigned seed) : random_(seed) {}
  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  std::string Number(int n) { return std::to_string(Below(n)); }

  std::string Window(bool sided) {
    const std::string side = sided ? (Below(2) == 0 ? " starting" : " ongoing") : "";
    switch (Below(5)) {
      case 0:
        return "";
      case 1:
        return side + " within last " + std::to_string(1 + Below(3)) + " months";
      case 2:
        return side + " within last " + std::to_string(20 + Below(60)) + " days";
      case 3:
        return side + " at least " + std::to_string(1 + Below(3)) + " months ago";
      default:
        return side + " since 2026-0" + std::to_string(1 + Below(5));
    }
  }

  std::string Leaf() {
    constexpr const char* kCodes[] = {"I60", "I61", "I60-I63", "I6", "I61-I69"};
    constexpr const char* kOps[] = {">=", ">", "<", "<=", "="};
    constexpr const char* kElse[] = {"", " else no", " else unknown"};
    const std::string test =
        std::string(kOps[Below(5)]) + " " + std::to_string(4 + Below(4)) + " g/L";
    switch (Below(8)) {
      case 0:
        return "age " + std::string(kOps[Below(4)]) + " " + std::to_string(48 + Below(4)) +
               " years";
      case 1:
        return std::string("sex is ") + (Below(2) == 0 ? "female" : "male");
      case 2:
        return std::string("condition icd10se ") + kCodes[Below(5)] + Window(true);
      case 3:
        return "at least " + std::to_string(1 + Below(2)) + " procedures kva " +
               (Below(2) == 0 ? "JFB" : "JF") + Window(false);
      case 4:
        return "(latest observation npu NPU28309 " + test + kElse[Below(3)] + ")";
      case 5:
        return "latest observation npu NPU28309 " + test + " within last 3 months";
      case 6:
        return "any observation npu NPU28309 " + test + Window(false);
      default:
        return "medication atc B01AA" + std::string(Below(2) == 0 ? "03" : "") +
               (Below(2) == 0 ? " current" : Window(true));
    }
  }

  std::string Criterion(int number) {
    std::string text = Below(2) == 0 ? "include c" : "exclude c";
    text += std::to_string(number) + " : ";
    switch (Below(4)) {
      case 0:
        return text + Leaf() + "\n";
      case 1:
        return text + "any of (" + Leaf() + "; " + Leaf() + ")\n";
      case 2:
        return text + "all of (" + Leaf() + "; " + Leaf() + ")\n";
      default:
        return text + "not (" + Leaf() + ")\n";
    }
  }

  std::string Date() {
    constexpr const char* kDates[] = {"2026",       "2026-03",    "2026-04-11", "2026-05-28",
                                      "2026-05-30", "2025-12-31", "2026-02",    "2026-05-01"};
    return kDates[Below(8)];
  }

  void Fact(PatientBuilder& patient) {
    criteria::Fact* fact = nullptr;
    switch (Below(4)) {
      case 0:
        fact = &patient.Add(FactKind::kCondition, SystemId::kIcd10Se,
                            Below(2) == 0 ? "I60" : "I619", Date());
        break;
      case 1:
        fact = &patient.Add(FactKind::kProcedure, SystemId::kKva, Below(2) == 0 ? "JFB00" : "JFC10",
                            Date());
        break;
      case 2:
        fact = &patient.Add(FactKind::kMedication, SystemId::kAtc,
                            Below(2) == 0 ? "B01AA03" : "B01AA07", Date());
        break;
      default:
        fact = &patient.Result("NPU28309", std::to_string(3 + Below(6)), "g/L", Date());
        if (Below(4) == 0) fact->value.number.low.reset();
        break;
    }
    fact->holding = Below(5) == 0 ? static_cast<Holding>(Below(4)) : Holding::kHolds;
    fact->upkeep = static_cast<Upkeep>(Below(4));
    fact->ongoing = Below(2) == 0;
    if (Below(3) == 0) patient.last().recorded = base::ParseTime(Date());
  }

 private:
  std::mt19937_64 random_;
};

// What would disprove the finding, or "".
std::string Disproof(const Finding& finding, const Program& program, const StudyVerdict& verdict) {
  const CriterionVerdict& one = verdict.criteria[finding.criterion];
  const CriterionVerdict& other = verdict.criteria[finding.other];
  const auto satisfied = [&](std::size_t i) {
    return verdict.criteria[i].value == program.criteria[i].wanted();
  };
  switch (finding.kind) {
    case Finding::Kind::kNeverTrue:
      return one.value == Truth::kTrue ? "true" : "";
    case Finding::Kind::kNeverFalse:
      return one.value == Truth::kFalse ? "false" : "";
    case Finding::Kind::kContradicts:
      return satisfied(finding.criterion) && satisfied(finding.other) ? "both satisfied" : "";
    case Finding::Kind::kImplied:
      return satisfied(finding.other) && one.against ? "implied and yet against" : "";
    case Finding::Kind::kSame:
      return (satisfied(finding.other) && one.against) ||
                     (satisfied(finding.criterion) && other.against)
                 ? "the same and yet not"
                 : "";
    default:
      return "";
  }
}

TEST(Analysis, IsNeverWrong) {
  int findings_tried = 0;
  int kinds_seen[6] = {};
  for (unsigned seed = 0; seed < 4000; ++seed) {
    Random random(seed);
    const std::string text = random.Criterion(0) + random.Criterion(1);
    const Compilation compilation = CompileStudy(text);
    const auto& program = compilation.studies[0].program;
    if (!program) continue;
    const std::vector<Finding> findings = Analyse(*program);
    if (findings.empty()) continue;
    Vocabulary vocabulary;
    const Evaluator evaluator(program, vocabulary);
    for (int n = 0; n < 60; ++n) {
      PatientBuilder patient(vocabulary);
      patient.person().sex = static_cast<Sex>(random.Below(3));
      if (random.Below(5) > 0)
        patient.person().birth = base::ParseTime(std::to_string(1973 + random.Below(6)) + "-05-30");
      for (int facts = random.Below(4); facts > 0; --facts) random.Fact(patient);
      const StudyVerdict verdict =
          evaluator.Evaluate(patient.View(), At("2026-06-01T12:00:00+02:00"));
      for (const Finding& finding : findings) {
        ++findings_tried;
        ++kinds_seen[static_cast<int>(finding.kind)];
        EXPECT_EQ(Disproof(finding, *program, verdict), "") << "seed " << seed << "\n" << text;
      }
    }
  }
  EXPECT_GT(findings_tried, 5000);
  for (int kind = 0; kind < 5; ++kind) EXPECT_GT(kinds_seen[kind], 50) << kind;
}

}  // namespace
}  // namespace medverka::criteria
